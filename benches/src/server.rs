//! A KMIP server that answers with fixed bytes: W1, or a batch of 1,000 Get responses if the request has more than 4
//! KiB.
//!
//! It reads only the length of a request and the identifiers of its batch items, so that the client makes the
//! difference. A short batch is answered item by item.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use kmip_client::protocol::attribute::{AttributeValue, Attributes};
use kmip_client::protocol::message::{RequestMessage, ResponseBatchItem};
use kmip_client::protocol::operation::{GetAttributesResponse, ResponsePayload};
use kmip_client::test_server::Pki;
use kmip_ttlv::enumeration::{OperationCode, State};
use kmip_ttlv::{Rules, Tag, Walk, frame_len};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::WebPkiClientVerifier;
use rustls::{HandshakeKind, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::workload::{MANY, Message, Workload};

/// Any reason for which the server does not start.
pub type Failure = Box<dyn std::error::Error>;

/// The Unique Identifier in the answer to a Get.
pub const ID: &str = "00000000-da42-6384-268a-000000000000";

/// Writes the files with which a client connects into a folder: `ca.pem`, `client.pem` and `client.key`.
///
/// # Errors
///
/// Returns an error if they cannot be written.
pub fn write_client_files(pki: &Pki, folder: &Path) -> io::Result<()> {
    let issued = pki.issue_client("alice");
    fs::write(folder.join("ca.pem"), pki.ca_pem())?;
    fs::write(folder.join("client.pem"), issued.certificate_pem())?;
    fs::write(folder.join("client.key"), issued.private_key_pem())
}

/// A running server; it runs as long as the program.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// To one Get.
    answer: Vec<u8>,
    /// The same as a message, to which the identifier of a request is added.
    message: Message<'static>,
    /// To a batch of a thousand, and where the identifiers of its items are.
    batch: (Vec<u8>, Vec<usize>),
    closing: bool,
    connections: AtomicUsize,
    resumed: AtomicUsize,
}

impl Server {
    /// Starts a server on loopback. If `closing`, it ends each connection with its first answer.
    ///
    /// # Errors
    ///
    /// Returns an error if the port or the certificates cannot be used.
    pub fn start(pki: &Pki, closing: bool) -> Result<Self, Failure> {
        Self::start_at(pki, (Ipv4Addr::LOCALHOST, 0).into(), closing)
    }

    /// Starts a server at this address.
    ///
    /// # Errors
    ///
    /// Returns an error if the address or the certificates cannot be used.
    pub fn start_at(pki: &Pki, address: SocketAddr, closing: bool) -> Result<Self, Failure> {
        let issued = pki.issue_server();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pki.ca_pem().as_bytes())?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let tls = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes())?],
                PrivateKeyDer::from_pem_slice(issued.private_key_pem().as_bytes())?,
            )?;
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let [answer, _, _, batch, _] = Workload::all();
        let shared = Arc::new(Shared {
            answer: answer.frame,
            message: answer.message,
            batch: numbered(batch)?,
            closing,
            connections: AtomicUsize::new(0),
            resumed: AtomicUsize::new(0),
        });
        let (tls, serving) = (Arc::new(tls), Arc::clone(&shared));
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let (tls, shared) = (Arc::clone(&tls), Arc::clone(&serving));
                // A connection ends when its client goes.
                thread::spawn(move || drop(serve(tcp, tls, &shared)));
            }
        });
        Ok(Self { address, shared })
    }

    /// Returns the address that it listens at.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the length of an answer to a Get, in bytes.
    #[must_use]
    pub fn answer(&self) -> usize {
        self.shared.answer.len()
    }

    /// Returns the number of connections that it has accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Returns the number of connections that resumed a TLS session.
    #[must_use]
    pub fn resumed(&self) -> usize {
        self.shared.resumed.load(Ordering::Relaxed)
    }
}

/// The batch, with identifiers of the length that the client gives to its items, and where they are in it.
fn numbered(batch: Workload) -> Result<(Vec<u8>, Vec<usize>), Failure> {
    let Message::Response(mut message) = batch.message else { return Err("it is a response".into()) };
    // The first response for all: a client that asks for one key takes no other for the answer.
    let mut item = message.batch_items.swap_remove(0);
    item.unique_batch_item_id = Some(&[0; 8]);
    message.batch_items = vec![item; MANY];
    let frame = message.encode_message()?;
    let places = places_of_ids(&frame).collect::<Vec<_>>();
    if places.len() == MANY { Ok((frame, places)) } else { Err("each item of the batch has an identifier".into()) }
}

/// Returns the offsets of the identifiers of batch items.
fn places_of_ids(frame: &[u8]) -> impl Iterator<Item = usize> {
    let start = frame.as_ptr() as usize;
    let ids = Walk::new(frame).map_while(Result::ok).filter(|visit| visit.item.tag() == Tag::UNIQUE_BATCH_ITEM_ID);
    ids.filter(|visit| visit.item.value().len() == 8).map(move |visit| visit.item.value().as_ptr() as usize - start)
}

/// Returns the answer to a request that names its items or has several; `None` if the fixed answer fits.
///
/// Each item is answered by that of `answer`, but Get Attributes by a state: some clients fetch a key with it.
fn itemwise(request: &[u8], answer: &Message<'_>) -> Option<Vec<u8>> {
    let in_request = |tag| {
        Walk::new(request)
            .map_while(Result::ok)
            .filter(move |visit| visit.item.tag() == tag)
            .map(|visit| visit.item.value())
    };
    let several = in_request(Tag::BATCH_ITEM).nth(1).is_some();
    let id = in_request(Tag::UNIQUE_BATCH_ITEM_ID).next();
    let Message::Response(mut answer) = answer.clone() else { return None };
    if several {
        let (request, _) = RequestMessage::decode_message(request, Rules::STRICT.skip_unknown()).ok()?;
        let got = answer.batch_items.pop()?;
        for asked in request.batch_items {
            let mut item = if asked.operation == OperationCode::GET_ATTRIBUTES { active() } else { got.clone() };
            item.unique_batch_item_id = asked.unique_batch_item_id;
            answer.batch_items.push(item);
        }
        answer.header.batch_count = i32::try_from(answer.batch_items.len()).ok();
        answer.encode_message().ok()
    } else {
        answer.batch_items.first_mut()?.unique_batch_item_id = Some(id?);
        answer.encode_message().ok()
    }
}

fn active<'a>() -> ResponseBatchItem<'a, ResponsePayload<'a>> {
    let mut attributes = GetAttributesResponse::default();
    attributes.unique_identifier = ID.into();
    attributes.attributes = Some(Attributes::from_iter([AttributeValue::State(State::ACTIVE)]));
    ResponseBatchItem::success(OperationCode::GET_ATTRIBUTES, ResponsePayload::GetAttributes(attributes))
}

/// Copies the identifiers of a request into the answer.
fn echo_ids(request: &[u8], answer: &mut [u8], places: &[usize]) {
    for (from, to) in places_of_ids(request).zip(places) {
        answer[*to..][..8].copy_from_slice(&request[from..][..8]);
    }
}

fn serve(tcp: TcpStream, tls: Arc<ServerConfig>, shared: &Shared) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let mut stream = StreamOwned::new(ServerConnection::new(tls).map_err(io::Error::other)?, tcp);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    shared.connections.fetch_add(1, Ordering::Relaxed);
    if stream.conn.handshake_kind() == Some(HandshakeKind::Resumed) {
        shared.resumed.fetch_add(1, Ordering::Relaxed);
    }
    let mut request = vec![0; 1 << 20];
    let (mut batch, places) = (shared.batch.0.clone(), &shared.batch.1);
    loop {
        stream.read_exact(&mut request[..8])?;
        let length = frame_len(&request[..8], request.len()).ok().flatten().ok_or(io::ErrorKind::InvalidData)?;
        stream.read_exact(&mut request[8..length])?;
        if length > 4096 {
            echo_ids(&request[..length], &mut batch, places);
            stream.write_all(&batch)?;
        } else if let Some(answer) = itemwise(&request[..length], &shared.message) {
            stream.write_all(&answer)?;
        } else {
            stream.write_all(&shared.answer)?;
        }
        stream.flush()?;
        if shared.closing {
            stream.conn.send_close_notify();
            stream.flush()?;
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use kmip_client::protocol::attribute::Attributes;
    use kmip_client::protocol::message::{RequestBatchItem, RequestMessage, ResponseMessage};
    use kmip_client::protocol::operation::{Get, GetAttributes, RequestPayload, ResponsePayload};
    use kmip_ttlv::enumeration::{OperationCode, State};
    use kmip_ttlv::{Rules, V1_4};

    use super::{ID, echo_ids, itemwise, numbered};
    use crate::workload::{MANY, Workload};

    fn request(ids: &[Option<&[u8]>]) -> Vec<u8> {
        let items = ids.iter().map(|id| {
            let mut item = RequestBatchItem::new(OperationCode::GET, RequestPayload::Get(Get::id(ID)));
            item.unique_batch_item_id = *id;
            item
        });
        RequestMessage::new(V1_4, items.collect()).encode_message().expect("encodes")
    }

    fn ids(frame: &[u8]) -> Vec<Option<&[u8]>> {
        let (message, _) = ResponseMessage::decode_message(frame, Rules::STRICT).expect("an answer");
        message.batch_items.iter().map(|item| item.unique_batch_item_id).collect()
    }

    #[test]
    fn one_request_gets_its_identifier_back_whatever_its_length() {
        let [w1, ..] = Workload::all();
        assert_eq!(itemwise(&request(&[None]), &w1.message), None);
        for id in [&b"\0\0\0\x01"[..], b"7", b"0123456789abcdef"] {
            let answer = itemwise(&request(&[Some(id)]), &w1.message).expect("it has an identifier");
            assert_eq!(ids(&answer), [Some(id)]);
        }
    }

    #[test]
    fn a_key_and_its_state_come_in_one_batch() {
        let [w1, ..] = Workload::all();
        let asked = GetAttributes::id(ID).state();
        let items = vec![
            RequestBatchItem::new(OperationCode::GET, RequestPayload::Get(Get::id(ID))).unique_batch_item_id(b"1"),
            RequestBatchItem::new(OperationCode::GET_ATTRIBUTES, RequestPayload::GetAttributes(asked))
                .unique_batch_item_id(b"2"),
        ];
        let request = RequestMessage::new(V1_4, items).encode_message().expect("encodes");
        let answer = itemwise(&request, &w1.message).expect("it has two items");
        assert_eq!(ids(&answer), [Some(&b"1"[..]), Some(b"2")]);
        let (message, _) = ResponseMessage::decode_message(&answer, Rules::STRICT).expect("an answer");
        let ResponsePayload::GetAttributes(payload) = message.batch_items[1].payload.as_ref().expect("a success")
        else {
            panic!("the second item is of another operation");
        };
        assert_eq!(payload.attributes.as_ref().and_then(Attributes::state), Some(State::ACTIVE));
    }

    #[test]
    fn a_batch_gets_its_identifiers_back() {
        let [_, _, _, batch, _] = Workload::all();
        let (mut answer, places) = numbered(batch).expect("it is W4");
        let sent: Vec<[u8; 8]> = (0..MANY as u64).map(|n| (n * 0x9E37_79B9_7F4A).to_be_bytes()).collect();
        let sent: Vec<Option<&[u8]>> = sent.iter().map(|id| Some(&id[..])).collect();
        echo_ids(&request(&sent), &mut answer, &places);
        assert_eq!(ids(&answer), sent);
    }
}
