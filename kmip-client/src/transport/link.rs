//! One connection: TCP, TLS, and the messages that go over it.

use std::future::Future;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind};

use super::fault::{Broken, Fault, Phase};
use super::framing::Framing;
use super::network::{self, Io, Link, Network, Stream};
use super::time::Limit;
use super::tls::{RenewingConfig, TlsFault, diagnosis};
use crate::config::{ConfigError, Endpoint, Messages, TlsSettings};
use crate::exchange::OutOfStep;

/// Messages over TLS. All connections share what TLS is set up with, so that sessions are resumed, until the client certificate is renewed.
pub(crate) struct Tls<I> {
    io: I,
    messages: Messages,
    tls: RenewingConfig,
    /// In the order of the endpoints.
    peers: Vec<Peer>,
}

/// What connecting to a server has to know.
struct Peer {
    /// What its certificate is to be for.
    name: ServerName<'static>,
    /// Whether its TLS takes up sessions again, or fails where that is tried.
    resumes: AtomicBool,
}

impl<I: Io> Tls<I> {
    /// Sets TLS up.
    pub(crate) fn new(
        io: I,
        names: Vec<ServerName<'static>>,
        settings: &TlsSettings,
        messages: Messages,
    ) -> Result<Self, ConfigError> {
        let peers = names.into_iter().map(|name| Peer { name, resumes: AtomicBool::new(true) });
        Ok(Self { io, peers: peers.collect(), tls: RenewingConfig::new(settings)?, messages })
    }

    async fn open_by(
        &self,
        tls: &Arc<ClientConfig>,
        name: &ServerName<'static>,
        endpoint: &Endpoint,
        limit: Limit,
    ) -> Result<TlsLink<I::Stream>, Fault> {
        let stream = network::connect(&self.io, endpoint, limit.deadline).await;
        let stream = stream.map_err(|error| limit.fault_of(error, Fault::Connect))?;
        TlsLink::open(stream, tls, name, Framing::new(endpoint, self.messages), limit).await
    }

    /// Finds out why a server refused the cryptography of TLS, which it does not say, by another handshake that ends at its certificate.
    async fn named(
        &self,
        fault: Fault,
        tls: &ClientConfig,
        name: &ServerName<'static>,
        endpoint: &Endpoint,
        limit: Limit,
    ) -> Fault {
        let Fault::Tls(TlsFault::NoCommonSuite { .. }) = fault else { return fault };
        let Some(wide) = diagnosis(tls) else { return fault };
        match self.open_by(&wide, name, endpoint, limit).await {
            Err(named @ Fault::Tls(TlsFault::Untrusted(_))) => named,
            _ => fault,
        }
    }
}

impl<I: Io> Network for Tls<I> {
    type Link = TlsLink<I::Stream>;

    async fn open(&self, place: usize, endpoint: &Endpoint, limit: Limit) -> Result<Self::Link, Fault> {
        let Peer { name, resumes } = &self.peers[place];
        let tls = self.tls.current();
        if resumes.load(Ordering::Relaxed) {
            match self.open_by(&tls, name, endpoint, limit).await {
                Err(fault) if may_be_for_resuming(&fault) => {}
                Err(fault) => return Err(self.named(fault, &tls, name, endpoint, limit).await),
                done => return done,
            }
        }
        let mut tls = ClientConfig::clone(&tls);
        tls.resumption = Resumption::disabled();
        let tls = Arc::new(tls);
        let link = match self.open_by(&tls, name, endpoint, limit).await {
            Ok(link) => link,
            Err(fault) => return Err(self.named(fault, &tls, name, endpoint, limit).await),
        };
        resumes.store(false, Ordering::Relaxed);
        Ok(link)
    }

    async fn until<F>(&self, deadline: Instant, what: F) -> Option<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        self.io.until(deadline, what).await
    }

    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.io.detach(task);
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// A connection over TLS.
///
/// What is received is wiped by [`Framing`]. rustls copies plaintext through buffers of its own, at most a record at a time, which it
/// frees without wiping; no interface of it allows otherwise.
pub(crate) struct TlsLink<S: Stream> {
    stream: S,
    tls: ClientConnection,
    config: Arc<ClientConfig>,
    incoming: Framing,
    /// What has arrived from the network, of which TLS has not taken what is in `pending`.
    arrived: Vec<u8>,
    pending: Range<usize>,
    /// What is being sent: ciphertext.
    records: Vec<u8>,
}

/// How many bytes are read from the network at once: a TLS record and its header fit.
const AT_ONCE: usize = 17 * 1024;

/// How long a server that has cut us off may take to say why.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl<S: Stream> Link for TlsLink<S> {
    fn is_ready(&self) -> bool {
        self.incoming.is_ready()
    }

    /// What TLS itself sends between messages, such as session tickets, is taken in.
    fn is_quiet(&mut self) -> bool {
        loop {
            match self.stream.read_now(&mut self.arrived) {
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock && self.is_ready(),
                Ok(0) => return false,
                Ok(bytes) => self.pending = 0..bytes,
            }
            match self.take_in() {
                Ok(state) if !state.peer_has_closed() && state.plaintext_bytes_to_read() == 0 => {}
                _ => return false,
            }
        }
    }

    async fn exchange(&mut self, request: &[u8], limit: Limit) -> Result<Bytes, Broken> {
        let request = self.incoming.outgoing(request).map_err(Broken::NotSent)?;
        let mut rest = &*request;
        while !rest.is_empty() {
            // rustls encrypts at once, since the handshake is over, and as much as its buffer takes.
            let taken = self.tls.writer().write(rest).map_err(|error| Broken::Ambiguous(Fault::Io(error)))?;
            rest = &rest[taken..];
            if let Err(fault) = self.flush(limit).await {
                return Err(self.refusal_or(fault, limit).await);
            }
        }
        match self.answer(limit).await {
            Ok(frame) => Ok(frame),
            // TLS 1.3 lets a client speak before the server has looked at its certificate.
            Err(fault) if is_refusal(&fault) => Err(Broken::NotSent(fault)),
            Err(fault) => Err(Broken::Ambiguous(fault)),
        }
    }

    fn server_certificate(&self) -> Option<&[u8]> {
        self.tls.peer_certificates()?.first().map(AsRef::as_ref)
    }

    fn is_resumed(&self) -> bool {
        self.tls.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}

impl<S: Stream> TlsLink<S> {
    /// Shakes hands over a TCP connection.
    pub(crate) async fn open(
        stream: S,
        config: &Arc<ClientConfig>,
        name: &ServerName<'static>,
        incoming: Framing,
        limit: Limit,
    ) -> Result<Self, Fault> {
        let config = incoming.tls(config);
        let tls = ClientConnection::new(Arc::clone(&config), name.clone())
            .map_err(|error| Fault::Tls(TlsFault::Other { source: Arc::new(error) }))?;
        let mut link =
            Self { stream, tls, config, incoming, arrived: vec![0; AT_ONCE], pending: 0..0, records: Vec::new() };
        while link.tls.is_handshaking() {
            link.flush(limit).await?;
            if link.tls.is_handshaking() && !link.receive(limit).await? {
                return Err(link.ended());
            }
        }
        link.flush(limit).await?;
        Ok(link)
    }

    /// Reads until a message is complete.
    async fn answer(&mut self, limit: Limit) -> Result<Bytes, Fault> {
        loop {
            match self.tls.reader().read(self.incoming.space()) {
                Ok(0) => return Err(self.ended()),
                Ok(bytes) => {
                    if let Some(frame) = self.incoming.filled(bytes)? {
                        return self.nothing_more().map(|()| frame);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if !self.receive(limit).await? {
                        return Err(self.ended());
                    }
                    self.flush(limit).await?;
                }
                // The server ended TCP without ending TLS.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(self.ended()),
                Err(error) => return Err(Fault::Io(error)),
            }
        }
    }

    /// A server that sends more than the answer is out of step.
    fn nothing_more(&mut self) -> Result<(), Fault> {
        match self.take_in() {
            Ok(state) if state.plaintext_bytes_to_read() > 0 => Err(Fault::OutOfStep(OutOfStep::Unasked)),
            _ => Ok(()),
        }
    }

    /// Gives TLS what has arrived, and waits for more only where it has taken all of that; `false` at the end.
    async fn receive(&mut self, limit: Limit) -> Result<bool, Fault> {
        if self.pending.is_empty() {
            let read = self.stream.read(&mut self.arrived, limit.deadline).await;
            let bytes = read.map_err(|error| self.broken(error, limit))?;
            self.pending = 0..bytes;
            if bytes == 0 {
                return Ok(false);
            }
        }
        match self.take_in() {
            Ok(_) => Ok(true),
            Err(error) => {
                let fault = TlsFault::new(&error, &self.tls, &self.config);
                // The alert that tells the server why we turn away.
                self.farewell();
                Err(Fault::Tls(fault))
            }
        }
    }

    /// Gives TLS as much of what has arrived as it takes: it holds a record of plaintext, and takes no more until that is read.
    fn take_in(&mut self) -> Result<rustls::IoState, rustls::Error> {
        loop {
            let state = self.tls.process_new_packets()?;
            if self.pending.is_empty() || state.plaintext_bytes_to_read() > 0 {
                return Ok(state);
            }
            match self.tls.read_tls(&mut &self.arrived[self.pending.clone()]) {
                Ok(bytes) => self.pending.start += bytes,
                Err(_) => return Ok(state),
            }
        }
    }

    /// Sends what TLS has to say.
    async fn flush(&mut self, limit: Limit) -> Result<(), Fault> {
        while self.tls.wants_write() {
            self.records.clear();
            self.tls.write_tls(&mut self.records).map_err(Fault::Io)?;
            let written = self.stream.write_all(&self.records, limit.deadline).await;
            written.map_err(|error| self.broken(error, limit))?;
        }
        Ok(())
    }

    /// A write fails where the server has cut us off; what it said before that tells why.
    async fn refusal_or(&mut self, fault: Fault, limit: Limit) -> Broken {
        let limit = Limit::start(Instant::now(), Phase::Calling, LAST_WORDS).within(limit);
        loop {
            match self.receive(limit).await {
                Ok(true) => {}
                Err(refusal) if is_refusal(&refusal) => return Broken::NotSent(refusal),
                _ => return Broken::Ambiguous(fault),
            }
        }
    }

    /// What the end of the connection means at this point.
    fn ended(&self) -> Fault {
        match self.incoming.progress() {
            (0, _) => Fault::Closed,
            (received, expected) => Fault::Truncated { received, expected },
        }
    }

    /// What an I/O error means at this point.
    fn broken(&self, error: io::Error, limit: Limit) -> Fault {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                self.ended()
            }
            _ => limit.fault_of(error, Fault::Io),
        }
    }

    /// Says goodbye as far as that goes without waiting.
    fn farewell(&mut self) {
        let mut records = Vec::new();
        while self.tls.wants_write() && self.tls.write_tls(&mut records).is_ok() {}
        self.stream.write_now(&records);
    }
}

/// Whether the server will not talk to this client, whatever it asks.
fn is_refusal(fault: &Fault) -> bool {
    match fault {
        Fault::Tls(TlsFault::ClientCertificateRefused { .. } | TlsFault::ClientCertificateMissing { .. }) => true,
        #[cfg(feature = "https")]
        Fault::Http(fault) => fault.is_refusal(),
        _ => false,
    }
}

/// Whether this may be how a server refuses to resume a session: one on OpenSSL that asks for client certificates, and was not told a session
/// ID context, does it by an internal error (Cosmian KMS over HTTPS). A whole handshake goes right with it.
pub(crate) fn may_be_for_resuming(fault: &Fault) -> bool {
    let Fault::Tls(TlsFault::Other { source }) = fault else { return false };
    source.downcast_ref() == Some(&rustls::Error::AlertReceived(rustls::AlertDescription::InternalError))
}

/// Ends TLS, so that the server need not take it for an attack.
impl<S: Stream> Drop for TlsLink<S> {
    fn drop(&mut self) {
        self.tls.send_close_notify();
        self.farewell();
    }
}
