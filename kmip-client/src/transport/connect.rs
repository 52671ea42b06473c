//! Opening of connections: TCP, then TLS, with a resumed session if the server supports it.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;

use super::error::TransportError;
use super::framing::Framing;
use super::link::TlsLink;
use super::network::{self, Boxed, Io, Network};
use super::time::Limit;
use super::tls::{RenewingConfig, TlsError, diagnosis};
use crate::config::{ConfigError, Endpoint, Messages, TlsSettings};

/// Messages over TLS. All connections share the TLS configuration, so that sessions are resumed, until the client
/// certificate is renewed.
pub(crate) struct Tls<I> {
    io: I,
    messages: Messages,
    tls: RenewingConfig,
    /// The servers, in the order of the endpoints.
    peers: Vec<Peer>,
}

/// The parameters of connections to a server.
struct Peer {
    /// The expected name in its certificate.
    name: ServerName<'static>,
    /// `false` if its TLS fails when a session is resumed.
    resumes: AtomicBool,
}

impl<I: Io> Tls<I> {
    /// Creates the TLS configuration.
    pub(crate) fn new(
        io: I,
        names: Vec<ServerName<'static>>,
        settings: &TlsSettings,
        messages: Messages,
    ) -> Result<Self, ConfigError> {
        let peers = names.into_iter().map(|name| Peer { name, resumes: AtomicBool::new(true) });
        Ok(Self { io, peers: peers.collect(), tls: RenewingConfig::new(settings)?, messages })
    }

    fn open_by<'a>(
        &'a self,
        tls: &'a Arc<ClientConfig>,
        name: &'a ServerName<'static>,
        endpoint: &'a Endpoint,
        limit: Limit,
    ) -> Boxed<'a, Result<TlsLink<I::Socket>, TransportError>> {
        Box::pin(async move {
            let stream = network::connect(&self.io, endpoint, limit.deadline).await;
            let stream = stream.map_err(|error| limit.error_of(error, TransportError::Connect))?;
            TlsLink::open(stream, tls, name, Framing::new(endpoint, self.messages), limit).await
        })
    }

    /// Returns the precise error for a refusal of the cryptography of TLS, whose alert does not state the reason. Takes
    /// another handshake, which ends at the server's certificate.
    async fn diagnose(
        &self,
        error: TransportError,
        tls: &ClientConfig,
        name: &ServerName<'static>,
        endpoint: &Endpoint,
        limit: Limit,
    ) -> TransportError {
        let TransportError::Tls(TlsError::NoCommonSuite { .. }) = error else { return error };
        let Some(wide) = diagnosis(tls) else { return error };
        match self.open_by(&wide, name, endpoint, limit).await {
            Err(named @ TransportError::Tls(TlsError::Untrusted(_))) => named,
            _ => error,
        }
    }
}

impl<I: Io> Network for Tls<I> {
    type Link = TlsLink<I::Socket>;

    async fn open(&self, index: usize, endpoint: &Endpoint, limit: Limit) -> Result<Self::Link, TransportError> {
        let Peer { name, resumes } = &self.peers[index];
        let current = self.tls.current();
        let mut is_resuming = resumes.load(Ordering::Relaxed);
        loop {
            let mut tls = Arc::clone(&current);
            if !is_resuming {
                Arc::make_mut(&mut tls).resumption = Resumption::disabled();
            }
            match self.open_by(&tls, name, endpoint, limit).await {
                Ok(link) => {
                    resumes.fetch_and(is_resuming, Ordering::Relaxed);
                    return Ok(link);
                }
                Err(error) if is_resuming && may_refuse_resumption(&error) => is_resuming = false,
                Err(error) => return Err(self.diagnose(error, &tls, name, endpoint, limit).await),
            }
        }
    }

    async fn until<F>(&self, deadline: Instant, future: F) -> io::Result<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        self.io.until(deadline, future).await
    }

    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.io.detach(task);
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// Returns `true` if a server may refuse to resume sessions in this way: a server on OpenSSL that requests client
/// certificates, without a session ID context, fails with internal_error (Cosmian KMS over HTTPS). A full handshake
/// succeeds.
pub(crate) fn may_refuse_resumption(error: &TransportError) -> bool {
    let TransportError::Tls(TlsError::Other { source }) = error else { return false };
    source.downcast_ref() == Some(&rustls::Error::AlertReceived(rustls::AlertDescription::InternalError))
}
