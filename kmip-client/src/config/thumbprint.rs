//! Thumbprints of certificates.

use std::{fmt, str::FromStr};

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::ConfigError;

/// The SHA-1 or SHA-256 digest of a whole certificate (of its DER), by which people name it.
///
/// Read from text with or without colons or spaces, in any case; written as upper-case digits with colons, as OpenSSL
/// does. Prefer SHA-256: SHA-1 is here because the consoles of many appliances show nothing else.
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
    /// The SHA-256 thumbprint of a certificate in DER.
    #[must_use]
    pub fn sha256_of(der: &[u8]) -> Self {
        Self(Digests::Sha256(Sha256::digest(der).into()))
    }

    /// The SHA-1 thumbprint of a certificate in DER.
    #[must_use]
    pub fn sha1_of(der: &[u8]) -> Self {
        Self(Digests::Sha1(Sha1::digest(der).into()))
    }

    /// The digest's name: `SHA-1` or `SHA-256`.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.0 {
            Digests::Sha1(_) => "SHA-1",
            Digests::Sha256(_) => "SHA-256",
        }
    }

    /// The thumbprint of a certificate in DER, by the same digest as this one.
    #[must_use]
    pub fn same_digest_of(&self, der: &[u8]) -> Self {
        match self.0 {
            Digests::Sha1(_) => Self::sha1_of(der),
            Digests::Sha256(_) => Self::sha256_of(der),
        }
    }

    /// The digest: 20 bytes of SHA-1 or 32 of SHA-256.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Digests::Sha1(bytes) => bytes,
            Digests::Sha256(bytes) => bytes,
        }
    }
}

impl FromStr for Thumbprint {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let mut bytes = [0; 32];
        let mut digits = 0;
        for (index, found) in text.chars().enumerate() {
            if found == ':' || found.is_whitespace() {
                continue;
            }
            let digit = found.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let digit = digit.ok_or(ConfigError::ThumbprintDigit { position: index + 1, found })?;
            if let Some(byte) = bytes.get_mut(digits / 2) {
                *byte = *byte << 4 | digit;
            }
            digits += 1;
        }
        match digits {
            40 => {
                let (sha1, _) = bytes.split_first_chunk().expect("20 bytes fit into 32");
                Ok(Self(Digests::Sha1(*sha1)))
            }
            64 => Ok(Self(Digests::Sha256(bytes))),
            _ => Err(ConfigError::ThumbprintLength { digits }),
        }
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.as_bytes().iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.algorithm())
    }
}
