//! One connection: TLS over TCP, and the messages on it.

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
use super::network::{Link, Socket};
use super::time::Limit;
use super::tls::{TlsError, record_request};

/// A connection over TLS.
///
/// [`Framing`] wipes received data. rustls copies plaintext through buffers of its own, at most a record at a time,
/// which it frees without wiping; its interface does not allow otherwise.
pub(crate) struct TlsLink<S: Socket> {
    stream: S,
    tls: ClientConnection,
    config: Arc<ClientConfig>,
    incoming: Framing,
    /// The bytes that have arrived from the network; TLS has not yet processed those in `pending`.
    arrived: Vec<u8>,
    pending: Range<usize>,
    /// The ciphertext that is being sent.
    records: Vec<u8>,
    boundary: Boundary,
    /// `true` if this connection must not be reused: the server has ended TLS, or broken it, or sent more than its
    /// response.
    spent: bool,
    /// The number of records that had begun at the end of the handshake.
    records_of_handshake: u64,
    /// `true` if an earlier request was answered on this connection.
    has_answered: bool,
    /// The state of the client certificate.
    certificate: CertificateState,
    /// The number of reads and writes of the exchange or the handshake.
    turns: u32,
}

/// The maximum number of reads that check an idle connection. A server that keeps sending is not idle.
const MOST_LOOKS: usize = 4;

/// The number of reads and writes of a usual exchange: one for the request, one for the response. These do not check
/// the clock.
const TURNS_OF_MOST: u32 = 2;

/// The number of bytes read from the network at once: a TLS record with its header.
const AT_ONCE: usize = 17 * 1024;

/// The time that a server gets to state the reason after it has closed the connection.
const LAST_REPLY_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum number of reads for a reason that has arrived before the deadline of the call.
const MOST_LAST_READS: usize = 16;

impl<S: Socket> Link for TlsLink<S> {
    /// Returns `true` at the boundary of a TLS record, without pending bytes, if the server has not announced the end
    /// of the connection.
    fn is_ready(&self) -> bool {
        !self.spent && self.pending.is_empty() && self.boundary.is_reached() && self.incoming.is_ready()
    }

    /// Processes what TLS itself sends between messages, such as session tickets.
    fn is_quiet(&mut self) -> bool {
        for _ in 0..MOST_LOOKS {
            match self.stream.read_now(&mut self.arrived) {
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock && self.is_ready(),
                Ok(0) => return false,
                Ok(bytes) => self.pending = 0..bytes,
            }
            match self.feed_tls() {
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
            // The handshake is complete, so rustls encrypts at once, up to the size of its buffer.
            let taken = self.tls.writer().write(rest).map_err(|error| Broken::Ambiguous(TransportError::Io(error)))?;
            rest = &rest[taken..];
            if let Err(fault) = self.flush(limit).await {
                return self.read_last_reply(fault, limit).await;
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

impl<S: Socket> TlsLink<S> {
    /// Performs the TLS handshake over a TCP connection.
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
            has_answered: false,
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
            // A resumed session keeps the certificate of its first connection.
            link.certificate = CertificateState::Sent;
        }
        Ok(link)
    }

    /// Reads until a message is complete.
    async fn answer(&mut self, limit: Limit) -> Result<Bytes, TransportError> {
        loop {
            if let Some(frame) = self.next_of_answer()? {
                self.process_trailing();
                self.has_answered = true;
                return Ok(frame);
            }
            // What TLS itself has to say, such as an alert that refuses another handshake.
            self.flush(limit).await?;
            match self.receive(limit).await {
                Ok(true) => {}
                Ok(false) => return Err(self.ended()),
                Err(fault) => {
                    self.spent = true;
                    return self.received_before(fault);
                }
            }
        }
    }

    /// Returns the response that TLS had decrypted before it failed, as before an alert in the same packet; if it is
    /// not complete, the fault.
    fn received_before(&mut self, fault: TransportError) -> Result<Bytes, TransportError> {
        match self.next_of_answer() {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) | Err(TransportError::Closed(_) | TransportError::Truncated { .. }) => Err(fault),
            // What the server has sent instead.
            Err(said) => Err(said),
        }
    }

    /// Reads the available plaintext. Returns the message that it completes, or `None` if more has to arrive.
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
                // The server closed TCP without ending TLS.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(self.ended()),
                Err(error) => return Err(TransportError::Io(error)),
            }
        }
    }

    /// Processes the bytes that have arrived after a response. The response is valid in any case; the connection is
    /// spent unless they are internal to TLS.
    fn process_trailing(&mut self) {
        self.spent |= match self.feed_tls() {
            Ok(state) => state.plaintext_bytes_to_read() > 0,
            Err(_) => true,
        };
    }

    /// Checks the clock before reading or writing. A driver checks it when it waits; if data is always available, or
    /// there is always room to write, it never waits.
    fn check_time(&mut self, limit: Limit) -> Result<(), TransportError> {
        self.turns = self.turns.saturating_add(1);
        if self.turns > TURNS_OF_MOST && limit.has_passed(Instant::now()) {
            return Err(limit.timed_out());
        }
        Ok(())
    }

    /// Passes received bytes to TLS, and waits for more once it has processed all of them. Returns `false` at the end
    /// of the connection.
    async fn receive(&mut self, limit: Limit) -> Result<bool, TransportError> {
        // Invariant: no loop of this link goes on without a look at the clock, even if TLS takes no more bytes.
        self.check_time(limit)?;
        if self.pending.is_empty() {
            let read = self.stream.read(&mut self.arrived, limit.deadline).await;
            let bytes = read.map_err(|error| self.broken(error, limit))?;
            self.pending = 0..bytes;
            if bytes == 0 {
                return Ok(false);
            }
        }
        self.process_arrived()
    }

    /// Does the same as [`TlsLink::receive`] without waiting. Returns `false` if nothing more has arrived.
    fn receive_now(&mut self) -> Result<bool, TransportError> {
        if self.pending.is_empty() {
            let Ok(bytes @ 1..) = self.stream.read_now(&mut self.arrived) else { return Ok(false) };
            self.pending = 0..bytes;
        }
        self.process_arrived()
    }

    fn process_arrived(&mut self) -> Result<bool, TransportError> {
        match self.feed_tls() {
            Ok(_) => Ok(true),
            Err(error) => {
                let fault = self.failed(&error);
                // The alert that gives the server the reason.
                self.flush_now();
                Err(TransportError::Tls(fault))
            }
        }
    }

    /// Passes as many received bytes to TLS as it accepts. It holds one record of plaintext, and accepts no more until
    /// that is read.
    fn feed_tls(&mut self) -> Result<rustls::IoState, rustls::Error> {
        loop {
            let (state, certificate) = record_request(|| self.tls.process_new_packets());
            self.certificate = certificate.unwrap_or(self.certificate);
            let state = state?;
            self.spent |= state.peer_has_closed();
            if self.pending.is_empty() || state.plaintext_bytes_to_read() > 0 {
                return Ok(state);
            }
            match self.tls.read_tls(&mut &self.arrived[self.pending.clone()]) {
                // TLS has ended, so it accepts no more. Any other bytes are discarded.
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

    /// Sends the pending output of TLS.
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

    /// Reads what a server sent before it closed the connection, or ceased to read from it, after a failed write: that
    /// it refuses the client, or that the request is too large. `error` is that of the write, in case there is nothing
    /// else.
    async fn read_last_reply(&mut self, error: TransportError, limit: Limit) -> Result<Bytes, Broken> {
        self.spent = true;
        let now = Instant::now();
        let mut reads_now = limit.has_passed(now).then_some(0..MOST_LAST_READS);
        let limit = Limit::start(now, Phase::Attempt, LAST_REPLY_TIMEOUT).within(limit);
        loop {
            let fault = match self.next_of_answer() {
                Ok(Some(frame)) => return Ok(frame),
                // Nothing more is written, because that would fail again.
                Ok(None) => {
                    let received = match &mut reads_now {
                        Some(reads) => reads.next().map_or(Ok(false), |_| self.receive_now()),
                        None => self.receive(limit).await,
                    };
                    match received {
                        Ok(true) => continue,
                        Ok(false) => return Err(Broken::Ambiguous(error)),
                        Err(fault) => match self.received_before(fault) {
                            Ok(frame) => return Ok(frame),
                            Err(fault) => fault,
                        },
                    }
                }
                Err(fault) => fault,
            };
            return Err(if self.is_refusal(&fault) { Broken::NotSent(fault) } else { Broken::Ambiguous(error) });
        }
    }

    /// Sends close_notify or an alert, as far as possible without waiting.
    fn flush_now(&mut self) {
        let mut records = Vec::new();
        while self.tls.wants_write() && self.tls.write_tls(&mut records).is_ok() {}
        self.stream.write_now(&records);
    }
}

/// Ends TLS, so that the server does not suspect a truncation attack.
impl<S: Socket> Drop for TlsLink<S> {
    fn drop(&mut self) {
        self.tls.send_close_notify();
        self.flush_now();
    }
}
