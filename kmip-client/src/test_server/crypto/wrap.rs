//! AES Key Wrap: RFC 3394, which NIST SP 800-38F calls KW, and RFC 5649 with padding, KWP.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap, KeyWrapPadded};
use kmip_ttlv::enumeration::BlockCipherMode;
use zeroize::Zeroizing;

use super::{failed, unsupported};
use crate::test_server::base::refusal::{Cause, Refusal};

type Bytes = Zeroizing<Vec<u8>>;

/// How keys are wrapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Scheme {
    Plain,
    Padded,
}

impl Scheme {
    pub(in super::super) fn of(mode: Option<BlockCipherMode>) -> Result<Self, Refusal> {
        match mode {
            Some(BlockCipherMode::NIST_KEY_WRAP) => Ok(Self::Plain),
            Some(BlockCipherMode::AES_KEY_WRAP_PADDING) => Ok(Self::Padded),
            _ => Err(unsupported("the server wraps by NIST Key Wrap and AES Key Wrap Padding only")),
        }
    }

    pub(in super::super) fn wrap(self, kek: &[u8], key: &[u8]) -> Result<Bytes, Refusal> {
        if self == Self::Plain && (key.len() < 16 || !key.len().is_multiple_of(8)) {
            return Err(Cause::Cryptographic.because("AES Key Wrap without padding wraps 16 bytes or more, by eights"));
        }
        // What is wrapped is rounded up to eights, and eight longer.
        let mut room = Zeroizing::new(vec![0; key.len().next_multiple_of(8) + 8]);
        let kek = self.kek(kek)?;
        let done = match self {
            Self::Plain => kek.wrap(key, &mut room).map(|done| done.len()),
            Self::Padded => kek.wrap_with_padding(key, &mut room).map(|done| done.len()),
        };
        finish(done, room, "the key cannot be wrapped")
    }

    pub(in super::super) fn unwrap(self, kek: &[u8], wrapped: &[u8]) -> Result<Bytes, Refusal> {
        let mut room = Zeroizing::new(vec![0; wrapped.len()]);
        let kek = self.kek(kek)?;
        let done = match self {
            Self::Plain => kek.unwrap(wrapped, &mut room).map(|done| done.len()),
            Self::Padded => kek.unwrap_with_padding(wrapped, &mut room).map(|done| done.len()),
        };
        finish(done, room, "the key was not wrapped with this wrapping key")
    }

    fn kek(self, kek: &[u8]) -> Result<AesKek, Refusal> {
        let cipher = match kek.len() {
            16 => &AES_128,
            32 => &AES_256,
            _ => return Err(unsupported("the server wraps with AES keys of 128 and 256 bits")),
        };
        AesKek::new(cipher, kek).map_err(failed("the wrapping key is none of AES"))
    }
}

fn finish(done: Result<usize, Unspecified>, mut room: Bytes, what: &'static str) -> Result<Bytes, Refusal> {
    room.truncate(done.map_err(failed(what))?);
    Ok(room)
}
