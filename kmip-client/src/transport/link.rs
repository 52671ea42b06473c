//! One connection: TLS over TCP, and the messages that go over it.

mod boundary;
mod ending;

use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind};

use self::boundary::Boundary;
use super::error::{Broken, Phase, TransportError};
use super::framing::Framing;
use super::hang_up::CertificateState;
use super::network::{Link, Stream};
use super::time::Limit;
use super::tls::{TlsError, noting_request};

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
    boundary: Boundary,
    /// Whether this connection must not be used again: the server has ended TLS, or broken it, or sent more than its answer.
    spent: bool,
    /// How many records had begun when the handshake was over.
    records_of_handshake: u64,
    /// What has become of the client certificate.
    certificate: CertificateState,
    /// How often the exchange, or the handshake, has turned to the network.
    turns: u32,
}

/// The most reads by which an idle connection is looked at. A server that has still more to say is not at rest.
const MOST_LOOKS: usize = 4;

/// How often most exchanges turn to the network: to write the request and to read the answer. Those do without a look at the clock.
const TURNS_OF_MOST: u32 = 2;

/// How many bytes are read from the network at once: a TLS record and its header fit.
const AT_ONCE: usize = 17 * 1024;

/// How long a server that has cut us off may take to say why.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl<S: Stream> Link for TlsLink<S> {
    /// A connection is at rest on the boundary of a TLS record, with nothing pending, and while the server has not said that it ends.
    fn is_ready(&self) -> bool {
        !self.spent && self.pending.is_empty() && self.boundary.is_reached() && self.incoming.is_ready()
    }

    /// Takes in what TLS itself sends between messages, such as session tickets.
    fn is_quiet(&mut self) -> bool {
        for _ in 0..MOST_LOOKS {
            match self.stream.read_now(&mut self.arrived) {
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock && self.is_ready(),
                Ok(0) => return false,
                Ok(bytes) => self.pending = 0..bytes,
            }
            match self.take_in() {
                Ok(state) if state.plaintext_bytes_to_read() == 0 && !self.spent => {}
                _ => return false,
            }
        }
        false
    }

    async fn exchange(&mut self, request: &[u8], limit: Limit) -> Result<Bytes, Broken> {
        if !self.is_ready() {
            return Err(Broken::NotSent(TransportError::Closed(self.hang_up())));
        }
        self.stream.prepare(limit.deadline).map_err(|error| Broken::NotSent(TransportError::Io(error)))?;
        let request = self.incoming.outgoing(request).map_err(Broken::NotSent)?;
        self.turns = 0;
        let mut rest = &*request;
        while !rest.is_empty() {
            // rustls encrypts at once, since the handshake is over, and as much as its buffer takes.
            let taken = self.tls.writer().write(rest).map_err(|error| Broken::Ambiguous(TransportError::Io(error)))?;
            rest = &rest[taken..];
            if let Err(fault) = self.flush(limit).await {
                return self.last_words(fault, limit).await;
            }
        }
        match self.answer(limit).await {
            Ok(frame) => Ok(frame),
            Err(fault) if self.is_refusal(&fault) => Err(Broken::NotSent(fault)),
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
    ) -> Result<Self, TransportError> {
        let config = incoming.tls(config);
        let tls = ClientConnection::new(Arc::clone(&config), name.clone())
            .map_err(|error| TransportError::Tls(TlsError::Other { source: Arc::new(error) }))?;
        let mut link = Self {
            stream,
            tls,
            config,
            incoming,
            arrived: vec![0; AT_ONCE],
            pending: 0..0,
            records: Vec::new(),
            boundary: Boundary::default(),
            spent: false,
            records_of_handshake: 0,
            certificate: CertificateState::NotRequested,
            turns: 0,
        };
        while link.tls.is_handshaking() {
            link.flush(limit).await?;
            if link.tls.is_handshaking() && !link.receive(limit).await? {
                return Err(link.ended());
            }
        }
        link.flush(limit).await?;
        link.records_of_handshake = link.boundary.records();
        if link.is_resumed() && link.config.client_auth_cert_resolver.has_certs() {
            // The session goes on with the certificate of its first connection.
            link.certificate = CertificateState::Sent;
        }
        Ok(link)
    }

    /// Reads until a message is complete.
    async fn answer(&mut self, limit: Limit) -> Result<Bytes, TransportError> {
        loop {
            if let Some(frame) = self.next_of_answer()? {
                self.look_behind();
                return Ok(frame);
            }
            if !self.receive(limit).await? {
                return Err(self.ended());
            }
            self.flush(limit).await?;
        }
    }

    /// Reads the plaintext that is there. Returns the message that it completes, or `None` where more has to arrive.
    fn next_of_answer(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            match self.tls.reader().read(self.incoming.space()) {
                Ok(0) => return Err(self.ended()),
                Ok(bytes) => {
                    if let Some(frame) = self.incoming.filled(bytes)? {
                        self.certificate = CertificateState::Accepted;
                        return Ok(Some(frame));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                // The server ended TCP without ending TLS.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(self.ended()),
                Err(error) => return Err(TransportError::Io(error)),
            }
        }
    }

    /// Takes in what has arrived behind an answer. The answer holds whatever that is; the connection is spent unless it is nothing but what
    /// TLS itself sends.
    fn look_behind(&mut self) {
        self.spent |= match self.take_in() {
            Ok(state) => state.plaintext_bytes_to_read() > 0,
            Err(_) => true,
        };
    }

    /// Checks the clock before reading or writing. A driver does so where it waits; where there is always something to read or room to
    /// write, nobody else would.
    fn check_time(&mut self, limit: Limit) -> Result<(), TransportError> {
        self.turns = self.turns.saturating_add(1);
        if self.turns > TURNS_OF_MOST && limit.has_passed(Instant::now()) {
            return Err(limit.timed_out());
        }
        Ok(())
    }

    /// Gives TLS what has arrived, and waits for more once it has taken all of that. Returns `false` at the end of the connection.
    async fn receive(&mut self, limit: Limit) -> Result<bool, TransportError> {
        if self.pending.is_empty() {
            self.check_time(limit)?;
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
                let fault = self.failed(&error);
                // The alert that tells the server why we turn away.
                self.farewell();
                Err(TransportError::Tls(fault))
            }
        }
    }

    /// Gives TLS as much of what has arrived as it takes. It holds one record of plaintext, and takes no more until that is read.
    fn take_in(&mut self) -> Result<rustls::IoState, rustls::Error> {
        loop {
            let (state, certificate) = noting_request(|| self.tls.process_new_packets());
            self.certificate = certificate.unwrap_or(self.certificate);
            let state = state?;
            self.spent |= state.peer_has_closed();
            if self.pending.is_empty() || state.plaintext_bytes_to_read() > 0 {
                return Ok(state);
            }
            match self.tls.read_tls(&mut &self.arrived[self.pending.clone()]) {
                // TLS has ended, so it takes no more. What else has come belongs to nobody.
                Ok(0) => {
                    self.spent = true;
                    self.pending = 0..0;
                    return Ok(state);
                }
                Ok(bytes) => {
                    self.boundary.pass(&self.arrived[self.pending.start..self.pending.start + bytes]);
                    self.pending.start += bytes;
                }
                Err(_) => return Ok(state),
            }
        }
    }

    /// Sends what TLS has to say.
    async fn flush(&mut self, limit: Limit) -> Result<(), TransportError> {
        while self.tls.wants_write() {
            self.check_time(limit)?;
            self.records.clear();
            self.tls.write_tls(&mut self.records).map_err(TransportError::Io)?;
            let written = self.stream.write_all(&self.records, limit.deadline).await;
            written.map_err(|error| self.broken(error, limit))?;
        }
        Ok(())
    }

    /// Reads what a server has said before it cut us off, which is where a write fails: that it refuses the client, or that the request is too
    /// large for it. `fault` is what the write says, where there is nothing else.
    async fn last_words(&mut self, fault: TransportError, limit: Limit) -> Result<Bytes, Broken> {
        self.spent = true;
        let limit = Limit::start(Instant::now(), Phase::Calling, LAST_WORDS).within(limit);
        loop {
            match self.next_of_answer() {
                Ok(Some(frame)) => return Ok(frame),
                // Nothing is written any more: it would fail as before.
                Ok(None) => match self.receive(limit).await {
                    Ok(true) => {}
                    Err(refusal) if self.is_refusal(&refusal) => return Err(Broken::NotSent(refusal)),
                    _ => return Err(Broken::Ambiguous(fault)),
                },
                Err(refusal) if self.is_refusal(&refusal) => return Err(Broken::NotSent(refusal)),
                Err(_) => return Err(Broken::Ambiguous(fault)),
            }
        }
    }

    /// Sends close_notify or an alert, as far as that goes without waiting.
    fn farewell(&mut self) {
        let mut records = Vec::new();
        while self.tls.wants_write() && self.tls.write_tls(&mut records).is_ok() {}
        self.stream.write_now(&records);
    }
}

/// Ends TLS, so that the server need not take it for an attack.
impl<S: Stream> Drop for TlsLink<S> {
    fn drop(&mut self) {
        self.tls.send_close_notify();
        self.farewell();
    }
}
