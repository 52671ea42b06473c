//! Lists of the certificates that CAs have revoked.

use std::sync::Arc;

use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::CertificateRevocationListDer,
};
use webpki::BorrowedCertRevocationList;

use super::{ConfigError, trust::UnknownRevocation};

/// Revocation lists, with the code that checks certificates against them.
#[derive(Clone)]
pub(crate) struct RevocationLists {
    lists: Vec<CertificateRevocationListDer<'static>>,
    /// A value rather than a call, so that a program that has no lists is linked without the code that reads them.
    new_verifier: NewVerifier,
}

type NewVerifier = fn(
    Vec<CertificateRevocationListDer<'static>>,
    &Arc<RootCertStore>,
    &Arc<CryptoProvider>,
    UnknownRevocation,
) -> Option<Arc<dyn ServerCertVerifier>>;

impl RevocationLists {
    /// Reads a list in DER, the `number`th of its input.
    pub(super) fn read(number: usize, der: &[u8]) -> Result<Self, ConfigError> {
        BorrowedCertRevocationList::from_der(der)
            .map_err(|error| ConfigError::BrokenRevocationList { number, source: Arc::new(error) })?;
        Ok(Self { lists: vec![CertificateRevocationListDer::from(der.to_vec())], new_verifier })
    }

    pub(super) fn len(&self) -> usize {
        self.lists.len()
    }

    /// Adds lists to those that are there, if any.
    pub(super) fn add(there: &mut Option<Self>, others: &Self) {
        match there {
            Some(there) => there.lists.extend_from_slice(&others.lists),
            None => *there = Some(others.clone()),
        }
    }

    /// Returns a verifier for chains, names and lists; `None` if there are no roots.
    pub(crate) fn verifier(
        &self,
        roots: &Arc<RootCertStore>,
        provider: &Arc<CryptoProvider>,
        unknown: UnknownRevocation,
    ) -> Option<Arc<dyn ServerCertVerifier>> {
        (self.new_verifier)(self.lists.clone(), roots, provider, unknown)
    }
}

impl PartialEq for RevocationLists {
    fn eq(&self, other: &Self) -> bool {
        self.lists == other.lists
    }
}

fn new_verifier(
    lists: Vec<CertificateRevocationListDer<'static>>,
    roots: &Arc<RootCertStore>,
    provider: &Arc<CryptoProvider>,
    unknown: UnknownRevocation,
) -> Option<Arc<dyn ServerCertVerifier>> {
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(provider)).with_crls(lists);
    let webpki = match unknown {
        UnknownRevocation::Accept => webpki.allow_unknown_revocation_status(),
        UnknownRevocation::Refuse => webpki.enforce_revocation_expiration(),
    };
    // Fails only without roots or with unreadable lists, which `read` has refused.
    Some(webpki.build().ok()?)
}
