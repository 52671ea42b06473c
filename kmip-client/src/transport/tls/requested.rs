//! Detection of a server's request for the client certificate in the handshake, which rustls does not expose except by
//! calling the resolver.

use std::cell::Cell;
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

use crate::transport::hang_up::CertificateState;

thread_local! {
    /// The outcome of the last use of a [`RecordingResolver`] on this thread.
    static REQUESTED: Cell<Option<CertificateState>> = const { Cell::new(None) };
}

/// Runs a step of rustls. Also returns whether a client certificate was sent, if the server asked for one in this step.
pub(crate) fn record_request<R>(step: impl FnOnce() -> R) -> (R, Option<CertificateState>) {
    // A custom resolver may make a TLS connection of its own on this thread.
    let outer = REQUESTED.replace(None);
    let result = step();
    (result, REQUESTED.replace(outer))
}

/// A resolver of client certificates that records each use, for [`record_request`].
#[derive(Debug)]
pub(super) struct RecordingResolver(Arc<dyn ResolvesClientCert>);

impl RecordingResolver {
    pub(super) fn new(resolver: Arc<dyn ResolvesClientCert>) -> Arc<Self> {
        Arc::new(Self(resolver))
    }
}

impl ResolvesClientCert for RecordingResolver {
    fn resolve(&self, issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let resolved = self.0.resolve(issuers, schemes);
        REQUESTED.set(Some(match resolved {
            Some(_) => CertificateState::Sent,
            None => CertificateState::Missing,
        }));
        resolved
    }

    fn only_raw_public_keys(&self) -> bool {
        self.0.only_raw_public_keys()
    }

    fn has_certs(&self) -> bool {
        self.0.has_certs()
    }
}
