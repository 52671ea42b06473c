//! Symmetric ciphers: the modes of AES, and the authenticated ones of AES and ChaCha20.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use kmip_ttlv::enumeration::{BlockCipherMode, CryptographicAlgorithm, PaddingMethod};
use zeroize::Zeroizing;

use super::{bad, failed, unsupported};
use crate::protocol::attribute::CryptographicParameters;
use crate::test_server::base::refusal::{Cause, Refusal};

/// The length of a block of AES, and of its IV, in bytes.
pub(in super::super) const BLOCK: usize = 16;

/// The length of a whole authentication tag in bytes.
const TAG: usize = 16;

type Bytes = Zeroizing<Vec<u8>>;
type Encrypting = fn(UnboundCipherKey) -> Result<EncryptingKey, Unspecified>;
type Decrypting = fn(UnboundCipherKey) -> Result<DecryptingKey, Unspecified>;

/// A mode of AES: its constructor in the library, and the restriction to whole blocks, if any.
pub(in super::super) struct Mode {
    mode: BlockCipherMode,
    encrypting: Encrypting,
    decrypting: Decrypting,
    whole_blocks: bool,
}

static MODES: &[Mode] = &[
    Mode {
        mode: BlockCipherMode::ECB,
        encrypting: EncryptingKey::ecb,
        decrypting: DecryptingKey::ecb,
        whole_blocks: true,
    },
    Mode {
        mode: BlockCipherMode::CBC,
        encrypting: EncryptingKey::cbc,
        decrypting: DecryptingKey::cbc,
        whole_blocks: true,
    },
    Mode {
        mode: BlockCipherMode::CTR,
        encrypting: EncryptingKey::ctr,
        decrypting: DecryptingKey::ctr,
        whole_blocks: false,
    },
    Mode {
        mode: BlockCipherMode::CFB,
        encrypting: EncryptingKey::cfb128,
        decrypting: DecryptingKey::cfb128,
        whole_blocks: false,
    },
    Mode {
        mode: BlockCipherMode::OFB,
        encrypting: EncryptingKey::ofb,
        decrypting: DecryptingKey::ofb,
        whole_blocks: false,
    },
];

/// The direction of a cipher.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Direction {
    Encrypt,
    Decrypt,
}

/// The cipher for some data, chosen by the parameters and the key.
#[derive(Clone, Copy)]
pub(in super::super) enum CipherScheme {
    /// A mode of AES without authentication, and `true` for padding by PKCS5.
    Blocks(&'static Mode, bool),
    /// With authentication, and the length of the tag in bytes.
    Authenticated(&'static aead::Algorithm, usize),
}

impl CipherScheme {
    /// Returns the scheme for this algorithm and a key of this length in bytes.
    pub(in super::super) fn of(
        algorithm: CryptographicAlgorithm,
        key_len: usize,
        parameters: &CryptographicParameters<'_>,
    ) -> Result<Self, Refusal> {
        match (algorithm, parameters.block_cipher_mode) {
            (CryptographicAlgorithm::CHACHA20_POLY1305, None | Some(BlockCipherMode::AEAD)) => {
                Ok(Self::Authenticated(&aead::CHACHA20_POLY1305, tag_len(parameters)?))
            }
            (CryptographicAlgorithm::AES, Some(BlockCipherMode::GCM)) => {
                let algorithm = match key_len {
                    16 => &aead::AES_128_GCM,
                    24 => &aead::AES_192_GCM,
                    _ => &aead::AES_256_GCM,
                };
                Ok(Self::Authenticated(algorithm, tag_len(parameters)?))
            }
            (CryptographicAlgorithm::AES, Some(asked)) => {
                let mode = MODES.iter().find(|known| known.mode == asked);
                let mode = mode.ok_or_else(|| unsupported(format!("the server does not know the mode {asked}")))?;
                let padded = match parameters.padding_method {
                    None | Some(PaddingMethod::NONE) => false,
                    Some(PaddingMethod::PKCS5) => mode.whole_blocks,
                    Some(padding) => {
                        return Err(unsupported(format!("the server does not know the padding {padding}")));
                    }
                };
                Ok(Self::Blocks(mode, padded))
            }
            (CryptographicAlgorithm::AES, None) => {
                Err(bad("neither the request nor the key says the Block Cipher Mode"))
            }
            (algorithm, _) => Err(unsupported(format!("the server does not encrypt with {algorithm}"))),
        }
    }

    /// Returns the required length of IV, counter or nonce in bytes.
    pub(in super::super) fn iv_len(self) -> usize {
        match self {
            Self::Blocks(mode, _) if mode.mode == BlockCipherMode::ECB => 0,
            Self::Blocks(..) => BLOCK,
            Self::Authenticated(algorithm, _) => algorithm.nonce_len(),
        }
    }
}

/// Returns the length of the tag, as NIST SP 800-38D allows it.
fn tag_len(parameters: &CryptographicParameters<'_>) -> Result<usize, Refusal> {
    match parameters.tag_length {
        None => Ok(TAG),
        Some(length @ (4 | 8 | 12..=16)) => Ok(length.unsigned_abs() as usize),
        Some(_) => Err(Cause::TagLength.because("the Tag Length is 4, 8, or 12 to 16 bytes")),
    }
}

/// Encrypts and authenticates. Returns the ciphertext and the tag, which may be truncated.
pub(in super::super) fn seal(
    (algorithm, tag_len): (&'static aead::Algorithm, usize),
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    plaintext: &[u8],
) -> Result<(Bytes, Vec<u8>), Refusal> {
    let key = UnboundKey::new(algorithm, key).map_err(failed("the key has another length than its algorithm"))?;
    let nonce = Nonce::try_assume_unique_for_key(iv).map_err(failed("the nonce has another length than the mode"))?;
    let mut data = Zeroizing::new(plaintext.to_vec());
    let tag = LessSafeKey::new(key).seal_in_place_separate_tag(nonce, Aad::from(additional), &mut data);
    let tag = tag.map_err(failed("the data cannot be encrypted"))?;
    Ok((data, tag.as_ref()[..tag_len].to_vec()))
}

/// Decrypts if the tag matches.
///
/// The library accepts whole tags only. Counter mode is its own inverse, so sealing the ciphertext returns the
/// plaintext, and sealing that returns the tag to compare with.
pub(in super::super) fn open(
    scheme: (&'static aead::Algorithm, usize),
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Bytes, Refusal> {
    let (plaintext, _) = seal(scheme, key, iv, additional, ciphertext)?;
    let (_, expected) = seal(scheme, key, iv, additional, &plaintext)?;
    match aws_lc_rs::constant_time::verify_slices_are_equal(&expected, tag) {
        Ok(()) => Ok(plaintext),
        Err(_) => Err(Cause::Cryptographic.because("the Authenticated Encryption Tag is not that of the data")),
    }
}

/// A block cipher over data in pieces. Between pieces it holds less than two blocks.
pub(in super::super) struct Blocks {
    mode: &'static Mode,
    padded: bool,
    direction: Direction,
    /// The IV for the next block; empty if the mode has none.
    iv: Vec<u8>,
    pending: Bytes,
}

impl Blocks {
    pub(in super::super) fn new((mode, padded): (&'static Mode, bool), direction: Direction, iv: &[u8]) -> Self {
        Self { mode, padded, direction, iv: iv.to_vec(), pending: Bytes::default() }
    }

    /// Processes a piece, and returns the available output.
    pub(in super::super) fn update(&mut self, key: &[u8], piece: &[u8], last: bool) -> Result<Bytes, Refusal> {
        // One vector of the whole length, because growing leaves copies behind.
        let mut data = Zeroizing::new(Vec::with_capacity(self.pending.len() + piece.len() + BLOCK));
        data.extend_from_slice(&self.pending);
        data.extend_from_slice(piece);
        let padding = self.padded && last;
        if padding && self.direction == Direction::Encrypt {
            let fill = BLOCK - data.len() % BLOCK;
            let filled = data.len() + fill;
            data.resize(filled, u8::try_from(fill).unwrap_or(0));
        }
        if last && self.mode.whole_blocks && data.len() % BLOCK != 0 {
            return Err(Cause::Cryptographic.because("the data are no whole blocks, and there is no padding"));
        }
        let keep = if last {
            0
        } else if self.padded && self.direction == Direction::Decrypt && !data.is_empty() {
            // The last block holds the padding, and is recognized only at the end.
            (data.len() - 1) % BLOCK + 1
        } else {
            data.len() % BLOCK
        };
        let ready = data.len() - keep;
        self.pending = Zeroizing::new(data[ready..].to_vec());
        data.truncate(ready);
        self.transform(key, &mut data)?;
        if padding && self.direction == Direction::Decrypt {
            let len = unpadded_len(&data)?;
            data.truncate(len);
        }
        Ok(data)
    }

    fn transform(&mut self, key: &[u8], data: &mut [u8]) -> Result<(), Refusal> {
        if data.is_empty() {
            return Ok(());
        }
        let algorithm = match key.len() {
            16 => &cipher::AES_128,
            24 => &cipher::AES_192,
            _ => &cipher::AES_256,
        };
        let iv = <[u8; BLOCK]>::try_from(self.iv.as_slice()).ok();
        // All but an incomplete block at the very end.
        let whole = data.len() - data.len() % BLOCK;
        let before = Zeroizing::new(data[whole.saturating_sub(BLOCK)..whole].to_vec());
        let key = UnboundCipherKey::new(algorithm, key);
        let done = key.and_then(|key| match self.direction {
            Direction::Encrypt => {
                let context = iv.map_or(EncryptionContext::None, |iv| EncryptionContext::Iv128(iv.into()));
                (self.mode.encrypting)(key)?.less_safe_encrypt(data, context).map(drop)
            }
            Direction::Decrypt => {
                let context = iv.map_or(DecryptionContext::None, |iv| DecryptionContext::Iv128(iv.into()));
                (self.mode.decrypting)(key)?.decrypt(data, context).map(drop)
            }
        });
        done.map_err(failed("the data cannot be encrypted or decrypted with the key"))?;
        let after = &data[whole.saturating_sub(BLOCK)..whole];
        self.advance(&before, after, whole / BLOCK);
        Ok(())
    }

    /// Computes the IV of the following blocks from the last one, before and after, and from their number.
    fn advance(&mut self, before: &[u8], after: &[u8], blocks: usize) {
        if blocks == 0 {
            return;
        }
        self.iv = match self.mode.mode {
            BlockCipherMode::CBC | BlockCipherMode::CFB if self.direction == Direction::Encrypt => after.to_vec(),
            BlockCipherMode::CBC | BlockCipherMode::CFB => before.to_vec(),
            BlockCipherMode::OFB => before.iter().zip(after).map(|(a, b)| a ^ b).collect(),
            BlockCipherMode::CTR => {
                let counter = <[u8; BLOCK]>::try_from(self.iv.as_slice()).map_or(0, u128::from_be_bytes);
                counter.wrapping_add(blocks as u128).to_be_bytes().to_vec()
            }
            _ => Vec::new(),
        };
    }
}

/// Returns the length of data without its PKCS5 padding.
fn unpadded_len(data: &[u8]) -> Result<usize, Refusal> {
    let fill = data.last().copied().unwrap_or(0);
    let len = data.len().checked_sub(usize::from(fill));
    let is_padding =
        |len: &usize| matches!(usize::from(fill), 1..=BLOCK) && data[*len..].iter().all(|byte| *byte == fill);
    len.filter(is_padding).ok_or_else(|| Cause::Cryptographic.because("the decrypted data do not end in padding"))
}
