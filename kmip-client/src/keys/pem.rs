//! Selection of the block of a PEM file.

use super::error::{CERTIFICATE, KeyError, PRIVATE_KEY, PUBLIC_KEY};
use crate::config::pem::{Block, ENCRYPTED_PKCS8, PKCS8, blocks};

const CERTIFICATES: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// Returns the only private key, which may be encrypted.
pub(super) fn private_key(pem: &[u8]) -> Result<Block<'_>, KeyError> {
    const KNOWN: [&str; 4] = [PKCS8, "RSA PRIVATE KEY", "EC PRIVATE KEY", ENCRYPTED_PKCS8];
    one(pem, PRIVATE_KEY, &KNOWN)
}

/// Returns the only public key, or else the first certificate.
pub(super) fn public_key(pem: &[u8]) -> Result<Block<'_>, KeyError> {
    const KNOWN: [&str; 2] = ["PUBLIC KEY", "RSA PUBLIC KEY"];
    match one(pem, PUBLIC_KEY, &KNOWN) {
        Err(error @ KeyError::PemLabel { .. }) => {
            let mut certificates = certificates(pem).map_err(|_| error)?;
            Ok(certificates.swap_remove(0))
        }
        found => found,
    }
}

/// Returns all certificates, at least one.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Block<'_>>, KeyError> {
    all(pem, CERTIFICATE, &CERTIFICATES)
}

fn one<'a>(pem: &'a [u8], expected: &'static str, known: &[&str]) -> Result<Block<'a>, KeyError> {
    let mut found = all(pem, expected, known)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        count => Err(KeyError::SeveralKeys { count }),
    }
}

fn all<'a>(pem: &'a [u8], expected: &'static str, known: &[&str]) -> Result<Vec<Block<'a>>, KeyError> {
    let (found, others): (Vec<_>, Vec<_>) = blocks(pem)?.into_iter().partition(|block| known.contains(&block.label));
    if found.is_empty() {
        let labels: Vec<_> = others.iter().map(|block| block.label).collect();
        return Err(KeyError::PemLabel { expected, found: labels.join(", ") });
    }
    Ok(found)
}
