//! A TLS key that prints what it signs.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use kmip_client::rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use kmip_client::rustls::{self, SignatureAlgorithm, SignatureScheme};

/// Wraps a key so that each signature is printed to standard error, with the KMS that made it.
pub(crate) fn told(certified: CertifiedKey, kms: String) -> Arc<SingleCertAndKey> {
    let key = Told { key: certified.key, kms };
    Arc::new(SingleCertAndKey::from(CertifiedKey::new(certified.cert, Arc::new(key))))
}

#[derive(Debug)]
struct Told {
    key: Arc<dyn SigningKey>,
    kms: String,
}

impl SigningKey for Told {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(ToldSigner { signer: self.key.choose_scheme(offered)?, kms: self.kms.clone() }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct ToldSigner {
    signer: Box<dyn Signer>,
    kms: String,
}

impl Signer for ToldSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let began = Instant::now();
        let made = self.signer.sign(message);
        let outcome = made.as_ref().map_or_else(ToString::to_string, |made| format!("{} bytes", made.len()));
        let (scheme, kms, took) = (self.scheme(), &self.kms, began.elapsed());
        let mut terminal = std::io::stderr();
        // Nobody may be there to read it.
        let _ = writeln!(terminal, "{scheme:?} of {} bytes by {kms}: {outcome} in {took:.1?}", message.len());
        made
    }

    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }
}
