//! A connection that sends any bytes. The clients of the library would send none of these.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kmip_client::rustls::pki_types::pem::PemObject;
use kmip_client::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use kmip_client::rustls::{self, ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::frame_len;

use crate::args::Files;

/// The longest answer that is read.
const LONGEST: usize = 16 << 20;

/// A server, and how it is reached.
pub(crate) struct Target {
    address: String,
    name: ServerName<'static>,
    tls: Arc<ClientConfig>,
}

pub(crate) struct Connection(StreamOwned<ClientConnection, TcpStream>);

/// The outcome of a message.
pub(crate) enum Outcome {
    Answered(Vec<u8>),
    /// The answer is no message: what arrived of it.
    Garbage(Vec<u8>),
    /// The connection ended before the answer.
    Closed(io::Error),
    /// Nothing came, or not all.
    Silent,
}

impl Target {
    pub(crate) fn new(address: &str, files: &Files) -> Result<Self, Box<dyn std::error::Error>> {
        let host = address.rsplit_once(':').ok_or("--server is HOST:PORT")?.0;
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&files.ca) {
            roots.add(certificate?)?;
        }
        let chain = CertificateDer::pem_slice_iter(&files.cert).collect::<Result<Vec<_>, _>>()?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(&files.key)?)?;
        Ok(Self { address: address.to_owned(), name, tls: Arc::new(tls) })
    }

    pub(crate) fn embedded(server: &TestServer) -> Result<Self, Box<dyn std::error::Error>> {
        let client = server.pki().issue_client("attack");
        let files = Files {
            ca: server.pki().ca_pem().into(),
            cert: client.certificate_pem().into(),
            key: client.private_key_pem().as_bytes().to_vec(),
        };
        Self::new(&format!("127.0.0.1:{}", server.address().port()), &files)
    }

    pub(crate) fn name(&self) -> &str {
        &self.address
    }

    /// Opens a connection, TLS included.
    pub(crate) fn connect(&self, patience: Duration) -> io::Result<Connection> {
        let address = self.address.to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
        let tcp = TcpStream::connect_timeout(&address, patience)?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(patience))?;
        tcp.set_write_timeout(Some(patience))?;
        let tls = ClientConnection::new(Arc::clone(&self.tls), self.name.clone()).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(tls, tcp);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Connection(stream))
    }
}

impl Connection {
    /// Sends a message, and waits that long for all of the answer.
    pub(crate) fn ask(&mut self, message: &[u8], patience: Duration) -> Outcome {
        if let Err(error) = self.0.write_all(message).and_then(|()| self.0.flush()) {
            return Outcome::Closed(error);
        }
        let until = Instant::now() + patience;
        let (mut answer, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
        loop {
            match frame_len(&answer, LONGEST) {
                Ok(Some(length)) if length <= answer.len() => {
                    let is_more = answer.len() > length;
                    return if is_more { Outcome::Garbage(answer) } else { Outcome::Answered(answer) };
                }
                Ok(_) => {}
                Err(_) => return Outcome::Garbage(answer),
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.0.sock.set_read_timeout(Some(left)).is_err() {
                return Outcome::Silent;
            }
            match self.0.read(&mut buffer) {
                Ok(0) => return Outcome::Closed(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => answer.extend_from_slice(&buffer[..length]),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    return Outcome::Silent;
                }
                Err(error) => return Outcome::Closed(error),
            }
        }
    }
}
