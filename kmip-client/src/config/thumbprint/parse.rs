//! Reads thumbprints from text.

use std::str::FromStr;

use super::{Digests, Thumbprint};
use crate::config::ConfigError;

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
