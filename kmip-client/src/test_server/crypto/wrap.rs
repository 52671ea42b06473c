//! AES Key Wrap: RFC 3394, which NIST SP 800-38F calls KW, and RFC 5649 with padding, KWP; and AES-GCM.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap, KeyWrapPadded};
use kmip_ttlv::enumeration::BlockCipherMode;
use zeroize::Zeroizing;

use super::{failed, unsupported};
use crate::test_server::base::refusal::{Cause, Refusal};

type Bytes = Zeroizing<Vec<u8>>;

/// The key wrapping algorithm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum WrapScheme {
    Plain,
    Padded,
    /// AES-GCM with a tag of 16 bytes, which follows the wrapped key.
    Gcm,
}

impl WrapScheme {
    pub(in super::super) fn of(mode: Option<BlockCipherMode>) -> Result<Self, Refusal> {
        match mode {
            Some(BlockCipherMode::NIST_KEY_WRAP) => Ok(Self::Plain),
            Some(BlockCipherMode::AES_KEY_WRAP_PADDING) => Ok(Self::Padded),
            Some(BlockCipherMode::GCM) => Ok(Self::Gcm),
            _ => Err(unsupported("the server wraps by NIST Key Wrap, AES Key Wrap Padding and GCM only")),
        }
    }

    /// Returns the length of the nonce that goes with the wrapped key.
    pub(in super::super) const fn nonce_len(self) -> Option<usize> {
        match self {
            Self::Gcm => Some(aead::NONCE_LEN),
            Self::Plain | Self::Padded => None,
        }
    }

    pub(in super::super) fn wrap(self, kek: &[u8], nonce: Option<&[u8]>, key: &[u8]) -> Result<Bytes, Refusal> {
        if self == Self::Gcm {
            return seal(kek, nonce, key);
        }
        if self == Self::Plain && (key.len() < 16 || !key.len().is_multiple_of(8)) {
            return Err(Cause::Cryptographic.because("AES Key Wrap without padding wraps 16 bytes or more, by eights"));
        }
        // The wrapped key is rounded up to a multiple of eight, and eight bytes longer.
        let mut room = Zeroizing::new(vec![0; key.len().next_multiple_of(8) + 8]);
        let kek = self.kek(kek)?;
        let done = match self {
            Self::Plain => kek.wrap(key, &mut room).map(|done| done.len()),
            _ => kek.wrap_with_padding(key, &mut room).map(|done| done.len()),
        };
        finish(done, room, "the key cannot be wrapped")
    }

    pub(in super::super) fn unwrap(self, kek: &[u8], nonce: Option<&[u8]>, wrapped: &[u8]) -> Result<Bytes, Refusal> {
        if self == Self::Gcm {
            return open(kek, nonce, wrapped);
        }
        let mut room = Zeroizing::new(vec![0; wrapped.len()]);
        let kek = self.kek(kek)?;
        let done = match self {
            Self::Plain => kek.unwrap(wrapped, &mut room).map(|done| done.len()),
            _ => kek.unwrap_with_padding(wrapped, &mut room).map(|done| done.len()),
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

fn gcm(kek: &[u8], nonce: Option<&[u8]>) -> Result<(LessSafeKey, Nonce), Refusal> {
    let cipher = match kek.len() {
        16 => &aead::AES_128_GCM,
        24 => &aead::AES_192_GCM,
        32 => &aead::AES_256_GCM,
        _ => return Err(unsupported("the server wraps with AES keys of 128, 192 and 256 bits")),
    };
    let nonce = nonce.and_then(|nonce| Nonce::try_assume_unique_for_key(nonce).ok());
    let nonce = nonce.ok_or_else(|| unsupported("the server wraps by GCM with an IV of 12 bytes"))?;
    let key = UnboundKey::new(cipher, kek).map_err(failed("the wrapping key is none of AES"))?;
    Ok((LessSafeKey::new(key), nonce))
}

fn seal(kek: &[u8], nonce: Option<&[u8]>, key: &[u8]) -> Result<Bytes, Refusal> {
    let (kek, nonce) = gcm(kek, nonce)?;
    // One vector of the whole length, because growing leaves copies behind.
    let mut room = Zeroizing::new(Vec::with_capacity(key.len() + aead::MAX_TAG_LEN));
    room.extend_from_slice(key);
    kek.seal_in_place_append_tag(nonce, Aad::empty(), &mut *room).map_err(failed("the key cannot be wrapped"))?;
    Ok(room)
}

fn open(kek: &[u8], nonce: Option<&[u8]>, wrapped: &[u8]) -> Result<Bytes, Refusal> {
    let (kek, nonce) = gcm(kek, nonce)?;
    let mut room = Zeroizing::new(wrapped.to_vec());
    let opened = kek.open_in_place(nonce, Aad::empty(), &mut room).map(|key| key.len());
    finish(opened, room, "the key was not wrapped with this wrapping key")
}

fn finish(done: Result<usize, Unspecified>, mut room: Bytes, what: &'static str) -> Result<Bytes, Refusal> {
    room.truncate(done.map_err(failed(what))?);
    Ok(room)
}
