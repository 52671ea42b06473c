//! A server that answers with fixed bytes.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use benches::workload::{MANY, Message, Workload};
use kmip_client::test_server::Pki;
use kmip_ttlv::frame_len;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::WebPkiClientVerifier;
use rustls::{HandshakeKind, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::Failure;

/// It runs as long as the program.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// To one Get.
    answer: Vec<u8>,
    /// To a batch of a thousand.
    batch: Vec<u8>,
    closing: bool,
    connections: AtomicUsize,
    resumed: AtomicUsize,
}

impl Server {
    /// Starts a server; `closing` is whether it ends each connection with its first answer.
    pub(crate) fn start(pki: &Pki, closing: bool) -> Result<Self, Failure> {
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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let [answer, _, _, batch, _] = Workload::all();
        let shared = Arc::new(Shared {
            answer: answer.frame,
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

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many bytes it answers to a Get.
    pub(crate) fn answer(&self) -> usize {
        self.shared.answer.len()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many of them have taken up a session again.
    pub(crate) fn resumed(&self) -> usize {
        self.shared.resumed.load(Ordering::Relaxed)
    }
}

/// The batch, with the identifiers that the client gives to its items.
fn numbered(batch: Workload) -> Result<Vec<u8>, Failure> {
    let Message::Response(mut message) = batch.message else { return Err("it is a response".into()) };
    // For as long as the program: once.
    let ids: &'static [[u8; 8]] = (1..).take(MANY).map(u64::to_be_bytes).collect::<Vec<_>>().leak();
    for (item, id) in message.batch_items.iter_mut().zip(ids) {
        item.unique_batch_item_id = Some(id);
    }
    Ok(message.encode_message()?)
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
    loop {
        stream.read_exact(&mut request[..8])?;
        let length = frame_len(&request[..8], request.len()).ok().flatten().ok_or(io::ErrorKind::InvalidData)?;
        stream.read_exact(&mut request[8..length])?;
        stream.write_all(if length > 4096 { &shared.batch } else { &shared.answer })?;
        stream.flush()?;
        if shared.closing {
            stream.conn.send_close_notify();
            stream.flush()?;
            return Ok(());
        }
    }
}
