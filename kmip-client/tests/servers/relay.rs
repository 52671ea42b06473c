//! A relay between a client and a server that records every message, because the error of a refusal does not contain
//! all of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use kmip_client::test_server::{Issued, Pki, TestServer};
use kmip_client::{Config, Incoming, Trust};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::real_server::RealServer;

/// A server, and the credentials for it.
pub(crate) struct Upstream {
    address: String,
    tls: Arc<ClientConfig>,
}

impl Upstream {
    /// Returns the server that `.ci/servers/... start` has started; its folder is in the environment variable.
    pub(crate) fn named_by(variable: &str) -> Option<Self> {
        let server = RealServer::named_by(variable)?;
        let read = |name| server.read(name);
        Some(Self::new(read("address"), &read("ca.pem"), &read("client.pem"), &read("client.key")))
    }

    pub(crate) fn embedded(server: &TestServer) -> Self {
        let client = server.pki().issue_client("alice");
        let address = server.address().to_string();
        Self::new(address, &server.pki().ca_pem(), client.certificate_pem(), client.private_key_pem())
    }

    fn new(address: String, ca: &str, certificate: &str, key: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap()).unwrap();
        let (certificate, key) = parsed(certificate, key);
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate], key)
            .unwrap();
        Self { address, tls: Arc::new(tls) }
    }

    fn connect(&self) -> StreamOwned<ClientConnection, TcpStream> {
        let tcp = TcpStream::connect(&self.address).unwrap();
        let host = self.address.rsplit_once(':').unwrap().0.to_owned();
        let connection = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from(host).unwrap()).unwrap();
        prepare(&tcp);
        StreamOwned::new(connection, tcp)
    }
}

fn parsed(certificate: &str, key: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    (certificate, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
}

/// Sets time limits, so that an unresponsive server is an error rather than a hang.
fn prepare(tcp: &TcpStream) {
    tcp.set_nodelay(true).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
}

/// A request and its response.
pub(crate) struct Spoken {
    pub(crate) request: Bytes,
    pub(crate) answer: Bytes,
}

/// A TLS server in front of another, with certificates of its own.
pub(crate) struct Relay {
    pki: Pki,
    address: SocketAddr,
    spoken: Arc<Mutex<Vec<Spoken>>>,
}

impl Relay {
    pub(crate) fn to(upstream: Upstream) -> Self {
        let pki = Pki::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, spoken) = (listener.local_addr().unwrap(), Arc::default());
        let (tls, record) = (Arc::new(server_config(&pki.issue_server())), Arc::clone(&spoken));
        // Ends with the process: it serves one test.
        std::thread::spawn(move || {
            let upstream = Arc::new(upstream);
            for tcp in listener.incoming() {
                let (tls, upstream, record) = (Arc::clone(&tls), Arc::clone(&upstream), Arc::clone(&record));
                std::thread::spawn(move || converse(tcp.unwrap(), tls, &upstream, &record));
            }
        });
        Self { pki, address, spoken }
    }

    /// Returns the configuration for a client of the relayed server.
    pub(crate) fn config(&self) -> Config {
        let identity = self.pki.issue_client("nobody").identity().unwrap();
        Config::new(self.address.to_string()).identity(identity).trust(Trust::ca_pem(self.pki.ca_pem()).unwrap())
    }

    /// Returns the messages since the last call.
    pub(crate) fn take(&self) -> Vec<Spoken> {
        std::mem::take(&mut self.spoken.lock().unwrap())
    }
}

fn server_config(issued: &Issued) -> ServerConfig {
    let (certificate, key) = parsed(issued.certificate_pem(), issued.private_key_pem());
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// Relays one message in each direction at a time, until either side disconnects.
fn converse(tcp: TcpStream, tls: Arc<ServerConfig>, upstream: &Upstream, record: &Mutex<Vec<Spoken>>) {
    prepare(&tcp);
    let mut client = StreamOwned::new(ServerConnection::new(tls).unwrap(), tcp);
    let mut server = upstream.connect();
    while let Some(request) = message(&mut client) {
        server.write_all(&request).unwrap();
        let Some(answer) = message(&mut server) else { return };
        record.lock().unwrap().push(Spoken { request, answer: answer.clone() });
        client.write_all(&answer).unwrap();
    }
}

/// Reads the next message; `None` at the end of the connection.
fn message(stream: &mut impl Read) -> Option<Bytes> {
    let mut incoming = Incoming::new(1 << 24);
    loop {
        let bytes = stream.read(incoming.space()).ok().filter(|bytes| *bytes > 0)?;
        if let Some(message) = incoming.filled(bytes).unwrap() {
            return Some(message);
        }
    }
}
