//! Which server we believe.

use std::{fmt, sync::Arc};

use rustls::{RootCertStore, pki_types::CertificateDer};

use super::{
    ConfigError, Thumbprint,
    error::Input,
    identity::{CERTIFICATE, no_certificate, unreadable},
    pem,
};

/// How to know the server: by the CA that issued its certificate, or by the thumbprint of the certificate itself.
///
/// ```no_run
/// use kmip_client::Trust;
///
/// let by_ca = Trust::ca_pem(std::fs::read("ca.pem")?)?;
/// let by_thumbprint = Trust::thumbprint("5E:5C:1B:...")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Trust(Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Issuers(Arc<RootCertStore>),
    Pinned(Thumbprint),
}

impl Trust {
    /// Any certificate that was issued for the server's name, under one of these CA certificates (PEM, one or several).
    ///
    /// A server certificate that signed itself may stand here too, as long as it is not marked as a CA.
    ///
    /// # Errors
    ///
    /// Where the input is not PEM, has no certificate, or one that is damaged.
    pub fn ca_pem(pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let input = Input::CaCertificates;
        let blocks = pem::blocks(input, pem.as_ref())?;
        let mut roots = RootCertStore::empty();
        for (index, block) in blocks.iter().filter(|block| block.label == CERTIFICATE).enumerate() {
            let certificate = CertificateDer::from(block.der.as_slice());
            let anchor =
                webpki::anchor_from_trusted_cert(&certificate).map_err(|error| unreadable(input, index + 1, error))?;
            roots.roots.push(anchor.to_owned());
        }
        if roots.is_empty() {
            return Err(no_certificate(input, &blocks));
        }
        Ok(Self(Kind::Issuers(Arc::new(roots))))
    }

    /// One certificate, known by its SHA-1 or SHA-256 thumbprint, with or without colons or spaces, in any case.
    ///
    /// The thumbprint stands in place of a CA: issuer, name and validity are not looked at, since the thumbprint names
    /// this very certificate and nothing that these could say would make it another. In particular it is accepted after
    /// it expired: to end the trust, take the thumbprint away. That the server holds the certificate's private key is
    /// verified, as ever.
    ///
    /// ```
    /// use kmip_client::Trust;
    ///
    /// let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d")?;
    /// assert_eq!(format!("{trust:?}"), "Trust(SHA-1 A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D)");
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is not 40 or 64 hexadecimal digits.
    pub fn thumbprint(text: &str) -> Result<Self, ConfigError> {
        text.parse().map(Self::pinned)
    }

    /// One certificate, known by its thumbprint; see [`Trust::thumbprint`].
    #[must_use]
    pub fn pinned(thumbprint: Thumbprint) -> Self {
        Self(Kind::Pinned(thumbprint))
    }

    /// Any certificate that was issued for the server's name, under a CA that browsers trust, as of the release of the
    /// crate `webpki-roots`. Rarely right: key management servers mostly have a CA of their own.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn webpki_roots() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self(Kind::Issuers(Arc::new(roots)))
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Issuers(roots) => write!(f, "Trust({} CA certificates)", roots.len()),
            Kind::Pinned(thumbprint) => write!(f, "Trust({thumbprint:?})"),
        }
    }
}
