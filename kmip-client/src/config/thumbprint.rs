//! Thumbprints of certificates.

mod parse;

use std::fmt;

/// The SHA-1 or SHA-256 digest of a whole certificate (of its DER), the usual short name for it.
///
/// Parsed from text with or without colons or spaces, in any case; printed as upper-case digits with colons, like
/// OpenSSL. Prefer SHA-256: SHA-1 is supported because the consoles of many appliances show nothing else.
///
/// ```
/// use kmip_client::Thumbprint;
///
/// let thumbprint: Thumbprint = "a9993e36 4706816a ba3e2571 7850c26c 9cd0d89d".parse()?;
/// assert_eq!(thumbprint.to_string(), "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D");
/// assert_eq!(thumbprint, Thumbprint::sha1_of(b"abc"));
/// # Ok::<(), kmip_client::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint(Digests);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Digests {
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl Thumbprint {
    /// Returns the SHA-256 thumbprint of a certificate in DER.
    #[must_use]
    #[inline]
    pub fn sha256_of(der: &[u8]) -> Self {
        Self(Digests::Sha256(hmac_sha256::Hash::hash(der)))
    }

    /// Returns the SHA-1 thumbprint of a certificate in DER.
    #[must_use]
    #[inline]
    pub fn sha1_of(der: &[u8]) -> Self {
        Self(Digests::Sha1(sha1_smol::Sha1::from(der).digest().bytes()))
    }

    /// Returns the name of the digest: `SHA-1` or `SHA-256`.
    #[must_use]
    #[inline]
    pub fn algorithm(&self) -> &'static str {
        match self.0 {
            Digests::Sha1(_) => "SHA-1",
            Digests::Sha256(_) => "SHA-256",
        }
    }

    /// Returns the thumbprint of a certificate in DER, by the same digest as this one.
    #[must_use]
    #[inline]
    pub fn same_digest_of(&self, der: &[u8]) -> Self {
        match self.0 {
            Digests::Sha1(_) => Self::sha1_of(der),
            Digests::Sha256(_) => Self::sha256_of(der),
        }
    }

    /// Returns the digest: 20 bytes of SHA-1 or 32 of SHA-256.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Digests::Sha1(bytes) => bytes,
            Digests::Sha256(bytes) => bytes,
        }
    }
}

impl fmt::Display for Thumbprint {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.as_bytes().iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Thumbprint {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.algorithm())
    }
}
