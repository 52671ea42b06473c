//! A minimal client for these tests.

use std::io::{Read, Write};
use std::marker::PhantomData;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::message::{RequestBatchItem, RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{
    Create, GetAttributeList, GetAttributes, Locate, LocateRequest, Operation, Request,
};
use kmip_client::test_server::{Issued, TestServer};
use kmip_ttlv::enumeration::{OperationCode, ResultReason, ResultStatus, State};
use kmip_ttlv::{
    Encode, Item, ProtocolVersion, Reader, Rules, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, decode, encode,
    frame_len,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

pub(crate) const VERSIONS: [ProtocolVersion; 7] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1];

/// Returns the identifier that a server has assigned.
pub(crate) fn text(id: Id<'_>) -> String {
    id.as_str().unwrap().to_owned()
}

/// Returns the current time in seconds since 1970.
pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A connection that uses one version.
pub(crate) struct Wire {
    pub(crate) stream: StreamOwned<ClientConnection, TcpStream>,
    pub(crate) version: ProtocolVersion,
}

/// The response to an operation.
pub(crate) struct Reply<O> {
    bytes: Vec<u8>,
    version: ProtocolVersion,
    operation: PhantomData<O>,
}

impl<O: Operation> Reply<O> {
    pub(crate) fn payload(&self) -> O::Response<'_> {
        decode(&self.bytes, Tag::RESPONSE_PAYLOAD, self.version, Rules::STRICT).unwrap()
    }
}

/// The payload, as an item of a message.
pub(crate) struct Payload(Vec<u8>);

impl Payload {
    pub(crate) fn of(request: &impl Encode, version: ProtocolVersion) -> Self {
        Self(encode(request, Tag::REQUEST_PAYLOAD, version).unwrap())
    }

    /// Creates a payload of these bytes.
    pub(crate) fn raw(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn item(&self) -> Item<'_> {
        Reader::new(&self.0).next_item().unwrap().unwrap()
    }
}

impl Wire {
    /// Connects as this client.
    pub(crate) fn to(server: &TestServer, client: &str, version: ProtocolVersion) -> Self {
        Self::with(server, &server.pki().issue_client(client), version)
    }

    /// Connects with this certificate.
    pub(crate) fn with(server: &TestServer, issued: &Issued, version: ProtocolVersion) -> Self {
        let certificate = CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(issued.private_key_pem().as_bytes()).unwrap();
        Self::with_key(server, certificate, key, version)
    }

    /// Connects with this certificate and its key.
    pub(crate) fn with_key(
        server: &TestServer,
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
        version: ProtocolVersion,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(server.pki().ca_pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate], key)
            .unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tcp = TcpStream::connect(server.address()).unwrap();
        tcp.set_nodelay(true).unwrap();
        // An unresponsive server is an error rather than a hang.
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let stream = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), tcp);
        Self { stream, version }
    }

    /// Connects as "alice", the client of most tests.
    pub(crate) fn alice(server: &TestServer, version: ProtocolVersion) -> Self {
        Self::to(server, "alice", version)
    }

    pub(crate) fn call<R: Request>(&mut self, request: &R) -> Result<Reply<R::Operation>, ResultReason> {
        let code = R::Operation::CODE;
        let bytes = self.call_any(code, &Payload::of(request, self.version))?;
        Ok(Reply { bytes, version: self.version, operation: PhantomData })
    }

    /// Requests an operation with any payload.
    pub(crate) fn call_any(&mut self, code: OperationCode, payload: &Payload) -> Result<Vec<u8>, ResultReason> {
        let item = RequestBatchItem::new(code, payload.item());
        let frame = self.exchange(&RequestMessage::new(self.version, vec![item]).encode_message().unwrap());
        let (response, _) = ResponseMessage::<Item<'_>>::decode_message_as(&frame, Rules::STRICT).unwrap();
        let [item] = &response.batch_items[..] else { panic!("not one item: {response:?}") };
        assert_eq!(response.header.protocol_version, self.version);
        assert_eq!(response.header.batch_count, (self.version < V3_0).then_some(1));
        assert_eq!(item.operation, Some(code));
        match item.result_status {
            ResultStatus::SUCCESS => Ok(encode(&item.payload.unwrap(), Tag::RESPONSE_PAYLOAD, self.version).unwrap()),
            ResultStatus::OPERATION_FAILED => {
                let reason = item.result_reason.unwrap();
                assert!(reason.versions().unwrap().contains(self.version), "{reason} is not in {}", self.version);
                assert!(!item.result_message.unwrap_or_default().is_empty());
                // Only Check returns more than the reason.
                assert!(item.payload.is_none() || code == OperationCode::CHECK);
                Err(reason)
            }
            status => panic!("{status}"),
        }
    }

    /// Sends a simple request, to see if the server answers.
    pub(crate) fn knock(&mut self) -> std::io::Result<usize> {
        let payload = Payload::of(&Locate::all(), self.version);
        let item = RequestBatchItem::new(OperationCode::LOCATE, payload.item());
        self.stream.write_all(&RequestMessage::new(self.version, vec![item]).encode_message().unwrap())?;
        let mut answer = [0; 64];
        self.stream.read_exact(&mut answer).map(|()| answer.len())
    }

    /// Sends a message and reads the response.
    pub(crate) fn exchange(&mut self, frame: &[u8]) -> Vec<u8> {
        self.stream.write_all(frame).unwrap();
        self.read()
    }

    /// Reads a message.
    pub(crate) fn read(&mut self) -> Vec<u8> {
        let mut frame = vec![0; 8];
        self.stream.read_exact(&mut frame).unwrap();
        frame.resize(frame_len(&frame, usize::MAX).unwrap().unwrap(), 0);
        self.stream.read_exact(&mut frame[8..]).unwrap();
        frame
    }

    /// Creates an AES-256 key with this name and returns its identifier.
    pub(crate) fn new_key(&mut self, name: &str) -> String {
        text(self.call(&Create::aes(256).name(name)).unwrap().payload().unique_identifier)
    }

    pub(crate) fn state(&mut self, id: &str) -> State {
        let reply = self.call(&GetAttributes::id(id).state()).unwrap();
        match reply.payload().attributes.unwrap().find(Tag::STATE).next() {
            Some(AttributeValue::State(state)) => *state,
            other => panic!("{other:?}"),
        }
    }

    /// Returns the date of this attribute, if the object has it.
    pub(crate) fn date(&mut self, id: &str, tag: Tag) -> Option<i64> {
        let reply = self.call(&GetAttributes::id(id).attribute(tag)).unwrap();
        reply.payload().attributes.unwrap_or_default().find(tag).next().map(|value| match value {
            AttributeValue::ActivationDate(date)
            | AttributeValue::DeactivationDate(date)
            | AttributeValue::ProcessStartDate(date)
            | AttributeValue::ProtectStopDate(date)
            | AttributeValue::InitialDate(date)
            | AttributeValue::DestroyDate(date)
            | AttributeValue::CompromiseDate(date)
            | AttributeValue::CompromiseOccurrenceDate(date)
            | AttributeValue::LastChangeDate(date) => date.0,
            other => panic!("{other:?}"),
        })
    }

    /// Returns the names of the object's attributes.
    pub(crate) fn attribute_names(&mut self, id: &str) -> Vec<String> {
        let reply = self.call(&GetAttributeList::id(id)).unwrap();
        reply.payload().attribute_references.iter().map(ToString::to_string).collect()
    }

    /// Returns the identifiers found.
    pub(crate) fn locate(&mut self, request: &LocateRequest<'_>) -> Vec<String> {
        let reply = self.call(request).unwrap();
        reply.payload().unique_identifiers.iter().map(|id| text(*id)).collect()
    }

    pub(crate) fn is_v1(&self) -> bool {
        self.version < V2_0
    }

    /// Returns the first of these reasons on KMIP 1.x, the second on 2.x.
    pub(crate) fn reason(&self, v1: ResultReason, v2: ResultReason) -> ResultReason {
        if self.is_v1() { v1 } else { v2 }
    }
}
