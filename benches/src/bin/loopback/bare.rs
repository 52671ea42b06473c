//! TLS and nothing else: the same bytes out, the same bytes in.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use kmip_client::test_server::Pki;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Failure;

/// The TLS configuration of all bare connections: that of the clients, with session resumption.
pub(crate) struct Tls(Arc<ClientConfig>);

impl Tls {
    pub(crate) fn new(pki: &Pki) -> Result<Self, Failure> {
        let issued = pki.issue_client("alice");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pki.ca_pem().as_bytes())?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .with_root_certificates(roots)
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes())?],
                PrivateKeyDer::from_pem_slice(issued.private_key_pem().as_bytes())?,
            )?;
        Ok(Self(Arc::new(config)))
    }

    /// A blocking connection.
    pub(crate) fn connect(&self, address: SocketAddr) -> Result<StreamOwned<ClientConnection, TcpStream>, Failure> {
        let tcp = TcpStream::connect(address)?;
        tcp.set_nodelay(true)?;
        let connection = ClientConnection::new(Arc::clone(&self.0), ServerName::from(address.ip()))?;
        let mut stream = StreamOwned::new(connection, tcp);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(stream)
    }
}

/// A blocking connection.
pub(crate) struct Bare {
    stream: StreamOwned<ClientConnection, TcpStream>,
    request: Arc<[u8]>,
    answer: Vec<u8>,
}

impl Bare {
    pub(crate) fn connect(tls: &Tls, address: SocketAddr, request: Arc<[u8]>, answer: usize) -> Result<Self, Failure> {
        Ok(Self { stream: tls.connect(address)?, request, answer: vec![0; answer] })
    }

    pub(crate) fn round_trip(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.request)?;
        self.stream.flush()?;
        self.stream.read_exact(&mut self.answer)
    }
}

/// An async connection. `answer` is how long answers are.
pub(crate) struct AsyncBare {
    stream: tokio_rustls::client::TlsStream<tokio::net::TcpStream>,
    request: Arc<[u8]>,
    answer: Vec<u8>,
}

pub(crate) async fn connect(
    tls: &Tls,
    address: SocketAddr,
    request: Arc<[u8]>,
    answer: usize,
) -> Result<AsyncBare, Failure> {
    let tcp = tokio::net::TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::clone(&tls.0));
    let stream = connector.connect(ServerName::from(address.ip()), tcp).await?;
    Ok(AsyncBare { stream, request, answer: vec![0; answer] })
}

impl AsyncBare {
    pub(crate) async fn round_trip(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.request).await?;
        self.stream.flush().await?;
        self.stream.read_exact(&mut self.answer).await.map(drop)
    }
}
