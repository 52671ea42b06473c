//! A server that implements TLS only: the attack determines its answers and their timing.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use kmip_client::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use kmip_client::rustls::server::WebPkiClientVerifier;
use kmip_client::rustls::version::{TLS12, TLS13};
use kmip_client::rustls::{self, ConnectionTrafficSecrets, RootCertStore, ServerConfig, ServerConnection};
use kmip_client::test_server::Pki;
use kmip_client::{Config, MessageEncoding, Trust};

pub(crate) use crate::messages::{
    Echo, created, find, header, identifier, item, key, key_of, operation, refusal, structure, success,
};

/// The framing of messages over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Transport {
    Tls,
    Https(MessageEncoding),
}

pub(crate) const TRANSPORTS: [Transport; 4] = [
    Transport::Tls,
    Transport::Https(MessageEncoding::Ttlv),
    Transport::Https(MessageEncoding::Json),
    Transport::Https(MessageEncoding::Xml),
];

/// The TLS of a server.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// The number of session tickets in each handshake of TLS 1.3.
    pub(crate) tickets: usize,
    /// `true` to request a client certificate in the handshake, which is optional.
    pub(crate) asks: bool,
    /// `true` for tickets on the first connection only, and not on those that resume its session.
    pub(crate) once: bool,
    /// `true` for TLS 1.2, which resumes sessions without tickets too.
    pub(crate) is_tls12: bool,
}

pub(crate) const TERMS: Terms = Terms { tickets: 0, asks: false, once: false, is_tls12: false };

/// Starts a server that passes each connection to `handle` on a thread of its own, with its number.
pub(crate) fn serve(transport: Transport, handle: impl Fn(Evil, usize) + Clone + Send + 'static) -> Config {
    serve_by(transport, TERMS, handle)
}

/// Does the same with this many session tickets in each handshake.
pub(crate) fn serve_with(
    transport: Transport,
    tickets: usize,
    handle: impl Fn(Evil, usize) + Clone + Send + 'static,
) -> Config {
    serve_by(transport, Terms { tickets, ..TERMS }, handle)
}

/// Does the same with a request for a client certificate in the handshake, which is optional.
pub(crate) fn serve_asking(transport: Transport, handle: impl Fn(Evil, usize) + Clone + Send + 'static) -> Config {
    serve_by(transport, Terms { asks: true, ..TERMS }, handle)
}

/// Does the same with this many session tickets on the first connection, and none on those that resume its session.
pub(crate) fn serve_asking_once(
    transport: Transport,
    tickets: usize,
    handle: impl Fn(Evil, usize) + Clone + Send + 'static,
) -> Config {
    serve_by(transport, Terms { tickets, asks: true, once: true, ..TERMS }, handle)
}

/// Does the same on these terms.
pub(crate) fn serve_by(
    transport: Transport,
    terms: Terms,
    handle: impl Fn(Evil, usize) + Clone + Send + 'static,
) -> Config {
    let pki = Pki::new();
    let issued = pki.issue_server();
    let certificate = CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(issued.private_key_pem().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(pki.ca_der().to_vec())).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let versions = if terms.is_tls12 { [&TLS12] } else { [&TLS13] };
    let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&versions).unwrap();
    let config = if terms.asks {
        config.with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
    } else {
        config.with_no_client_auth()
    };
    let mut config = config.with_single_cert(vec![certificate], key).unwrap();
    config.enable_secret_extraction = true;
    config.send_tls13_tickets = terms.tickets;
    let first = Arc::new(config);
    let mut later = ServerConfig::clone(&first);
    if terms.once {
        later.send_tls13_tickets = 0;
    }
    let later = Arc::new(later);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for (number, tcp) in listener.incoming().enumerate() {
            let config = Arc::clone(if number == 0 { &first } else { &later });
            let (handle, tcp) = (handle.clone(), tcp.unwrap());
            thread::spawn(move || {
                if let Ok(evil) = Evil::accept(tcp, config, transport) {
                    handle(evil, number);
                }
            });
        }
    });
    let url = match transport {
        Transport::Tls => address.to_string(),
        Transport::Https(_) => format!("https://{address}/kmip"),
    };
    let config = Config::new(url).trust(Trust::ca_pem(pki.ca_pem()).unwrap());
    let config = config.identity(pki.issue_client("alice").identity().unwrap());
    match transport {
        Transport::Tls => config,
        Transport::Https(encoding) => config.encoding(encoding),
    }
}

/// The server's end of a connection.
pub(crate) struct Evil {
    tls: ServerConnection,
    pub(crate) tcp: TcpStream,
    plain: Vec<u8>,
    transport: Transport,
}

impl Evil {
    fn accept(tcp: TcpStream, config: Arc<ServerConfig>, transport: Transport) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        let mut evil = Self { tls: ServerConnection::new(config).unwrap(), tcp, plain: Vec::new(), transport };
        while evil.tls.is_handshaking() {
            evil.tls.complete_io(&mut evil.tcp)?;
        }
        Ok(evil)
    }

    /// Waits for the first bytes of a request, and reads only what has arrived.
    pub(crate) fn begin_of_request(&mut self) -> Option<()> {
        self.fill(self.plain.len() + 1)
    }

    /// Reads a request, and returns its message in TTLV. `None` at the end of the connection.
    pub(crate) fn request(&mut self) -> Option<Vec<u8>> {
        match self.transport {
            Transport::Tls => {
                self.fill(8)?;
                let length = 8 + usize::try_from(u32::from_be_bytes(self.plain[4..8].try_into().unwrap())).unwrap();
                self.fill(length)?;
                Some(self.plain.drain(..length).collect())
            }
            Transport::Https(encoding) => loop {
                let Some(end) = self.plain.windows(4).position(|four| four == b"\r\n\r\n") else {
                    self.fill(self.plain.len() + 1)?;
                    continue;
                };
                let head = String::from_utf8_lossy(&self.plain[..end]).to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                let all = end + 4 + length.trim().parse::<usize>().unwrap();
                self.fill(all)?;
                let body = self.plain.drain(..all).skip(end + 4).collect::<Vec<u8>>();
                let text = || String::from_utf8(body.clone()).unwrap();
                return Some(match encoding {
                    MessageEncoding::Json => kmip_ttlv::json::from_json(&text()).next().unwrap().unwrap(),
                    MessageEncoding::Xml => kmip_ttlv::xml::from_xml(&text()).next().unwrap().unwrap(),
                    _ => body,
                });
            },
        }
    }

    /// Reads until this many bytes are available.
    fn fill(&mut self, bytes: usize) -> Option<()> {
        let mut buffer = [0; 16_384];
        while self.plain.len() < bytes {
            match self.tls.reader().read(&mut buffer) {
                Ok(0) => return None,
                Ok(read) => self.plain.extend_from_slice(&buffer[..read]),
                Err(_) => {
                    if self.tls.read_tls(&mut self.tcp).ok()? == 0 {
                        return None;
                    }
                    self.tls.process_new_packets().ok()?;
                }
            }
        }
        Some(())
    }

    /// Returns the bytes of a message on this transport.
    pub(crate) fn framed(&self, message: &[u8]) -> Vec<u8> {
        let Transport::Https(encoding) = self.transport else { return message.to_vec() };
        let (body, media_type) = match encoding {
            MessageEncoding::Json => {
                (kmip_ttlv::json::to_compact_json(message).unwrap().into_bytes(), "application/json")
            }
            MessageEncoding::Xml => (kmip_ttlv::xml::to_xml(message).unwrap().into_bytes(), "text/xml"),
            _ => (message.to_vec(), "application/octet-stream"),
        };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.as_bytes(), &body].concat()
    }

    /// Returns TLS records with these bytes.
    pub(crate) fn sealed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut records = Vec::new();
        self.tls.writer().write_all(bytes).unwrap();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut records).unwrap();
        }
        records
    }

    /// Returns a record that changes the keys of this direction, and requests the same of the client.
    pub(crate) fn key_update(&mut self) -> Vec<u8> {
        self.tls.refresh_traffic_keys().unwrap();
        self.sealed(&[])
    }

    /// Returns the record that ends TLS.
    pub(crate) fn close_notify(&mut self) -> Vec<u8> {
        self.tls.send_close_notify();
        self.sealed(&[])
    }

    /// Sends a message. Returns `false` if the connection is gone.
    pub(crate) fn answer(&mut self, message: &[u8]) -> bool {
        let framed = self.framed(message);
        let records = self.sealed(&framed);
        self.tcp.write_all(&records).is_ok()
    }

    /// Sends a message and ends TLS, in one packet.
    pub(crate) fn answer_and_close(&mut self, message: &[u8]) {
        let framed = self.framed(message);
        let records = [self.sealed(&framed), self.close_notify()].concat();
        self.tcp.write_all(&records).unwrap();
    }

    /// Answers each request of the connection.
    pub(crate) fn answer_each(mut self, mut answer: impl FnMut(&[u8]) -> Vec<u8>) {
        while let Some(request) = self.request() {
            if !self.answer(&answer(&request)) {
                return;
            }
        }
    }

    /// Sends a fatal alert, whatever was sent before it.
    pub(crate) fn alert(self, description: u8) {
        let mut sealer = self.into_sealer();
        let record = sealer.sealed(ALERT, &[2, description]);
        let _ = sealer.tcp.write_all(&record);
        sealer.end();
    }

    /// Continues with records of any type.
    pub(crate) fn into_sealer(self) -> Sealer {
        let is_tls12 = self.tls.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_2);
        let (sequence, secrets) = self.tls.dangerous_extract_secrets().unwrap().tx;
        let (algorithm, key, iv) = match &secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv } => (&AES_128_GCM, key, iv),
            ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (&AES_256_GCM, key, iv),
            _ => panic!("rustls prefers AES-GCM"),
        };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key.as_ref()).unwrap());
        Sealer { tcp: self.tcp, key, iv: iv.as_ref().try_into().unwrap(), sequence, is_tls12 }
    }
}

/// The content types of TLS records.
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const DATA: u8 = 23;

/// Seals TLS records that rustls would not send.
pub(crate) struct Sealer {
    pub(crate) tcp: TcpStream,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
    is_tls12: bool,
}

impl Sealer {
    /// Returns a record of this type with this content.
    pub(crate) fn sealed(&mut self, ty: u8, content: &[u8]) -> Vec<u8> {
        let mut nonce = self.iv;
        let sequence = self.sequence.to_be_bytes();
        nonce[4..].iter_mut().zip(sequence).for_each(|(byte, sequence)| *byte ^= sequence);
        self.sequence += 1;
        let unique = Nonce::assume_unique_for_key(nonce);
        let length = |bytes: usize| u16::try_from(bytes).unwrap().to_be_bytes();
        if self.is_tls12 {
            // RFC 5288, 3: eight bytes of the nonce, the content, and the tag.
            let [high, low] = length(content.len());
            let additional = [&sequence[..], &[ty, 3, 3, high, low]].concat();
            let mut record = content.to_vec();
            self.key.seal_in_place_append_tag(unique, Aad::from(additional), &mut record).unwrap();
            let [high, low] = length(record.len() + 8);
            [&[ty, 3, 3, high, low], &nonce[4..], &record].concat()
        } else {
            // RFC 8446, 5.2: the content, its type, and the tag.
            let mut record = [content, &[ty]].concat();
            let [high, low] = length(record.len() + 16);
            let header = [23, 3, 3, high, low];
            self.key.seal_in_place_append_tag(unique, Aad::from(header), &mut record).unwrap();
            [&header[..], &record].concat()
        }
    }

    /// Returns a record with a session ticket (RFC 8446, 4.6.1).
    pub(crate) fn ticket(&mut self) -> Vec<u8> {
        let lifetime_and_age = [0, 0, 28, 32, 0, 0, 0, 1];
        let nonce = [1, 9];
        let ticket = [&[0, 32][..], &[7; 32]].concat();
        let body = [&lifetime_and_age[..], &nonce, &ticket, &[0, 0]].concat();
        let header = [4, 0, 0, u8::try_from(body.len()).unwrap()];
        self.sealed(HANDSHAKE, &[&header[..], &body].concat())
    }

    /// Ends the connection on this side, and waits for the other. A reset connection may lose sent data.
    pub(crate) fn end(mut self) {
        let _ = self.tcp.shutdown(std::net::Shutdown::Write);
        let _ = io::copy(&mut self.tcp, &mut io::sink());
    }
}
