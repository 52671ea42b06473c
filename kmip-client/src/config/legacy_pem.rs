//! Private keys as OpenSSL encrypted them before PKCS#8: PEM with the headers `Proc-Type: 4,ENCRYPTED` and `DEK-Info`
//! (RFC 1421, 4.6.1).

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit, block_padding::Pkcs7};
use der::{AnyRef, Decode, Tag, Tagged};
use des::TdesEde3;
use md5::{Digest, Md5};
use zeroize::{Zeroize, Zeroizing};

use super::{
    ConfigError,
    pbe::Work,
    pem::{Block, Encryption},
};
use crate::Input;

/// The length of the salt in bytes: the beginning of the initialization vector.
const SALT: usize = 8;

/// The longest key and initialization vector in bytes.
const LONGEST_KEY: usize = 32;
const LONGEST_IV: usize = 16;

/// Decrypts the block to the DER that its label names.
pub(super) fn open(block: &Block<'_>, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let work = Work::new(Input::PrivateKey);
    let Some(Encryption { cipher, iv }) = &block.encryption else { return Ok(block.der.clone()) };
    let (key_length, decrypt): (usize, Decrypt) = match *cipher {
        "AES-128-CBC" => (16, decrypt::<Aes128>),
        "AES-192-CBC" => (24, decrypt::<Aes192>),
        "AES-256-CBC" => (32, decrypt::<Aes256>),
        "DES-EDE3-CBC" => (24, decrypt::<TdesEde3>),
        "" => return Err(work.unsupported("of a DEK-Info header that is missing or damaged".to_owned())),
        other => return Err(work.unsupported(other.to_owned())),
    };
    let damaged = || work.unsupported(format!("{cipher} without an initialization vector in its DEK-Info header"));
    let mut bytes = [0; LONGEST_IV];
    let iv = hexadecimal(iv, &mut bytes).ok_or_else(damaged)?;
    let mut key = Zeroizing::new([0; LONGEST_KEY]);
    derive(passphrase, iv.first_chunk().ok_or_else(damaged)?, &mut key[..key_length]);

    let mut buffer = block.der.clone();
    let length = decrypt(&key[..key_length], iv, &mut buffer).ok_or_else(|| work.wrong_passphrase())?;
    buffer.truncate(length);
    // The padding is valid by chance for one wrong passphrase in 256.
    match AnyRef::from_der(&buffer) {
        Ok(value) if value.tag() == Tag::Sequence => Ok(buffer),
        _ => Err(work.wrong_passphrase()),
    }
}

/// Decrypts in place with key and initialization vector, and returns the length of the plaintext.
type Decrypt = fn(&[u8], &[u8], &mut [u8]) -> Option<usize>;

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Option<usize>
where
    cbc::Decryptor<C>: KeyIvInit + BlockModeDecrypt,
{
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded::<Pkcs7>(buffer).ok().map(<[u8]>::len)
}

/// Derives the key as OpenSSL's `EVP_BytesToKey` does with MD5 and one round: D(n) is the digest of D(n - 1),
/// passphrase and salt.
fn derive(passphrase: &str, salt: &[u8; SALT], key: &mut [u8]) {
    let mut last = Md5::digest([]);
    let mut digest = Md5::new();
    for part in key.chunks_mut(Md5::output_size()) {
        digest.update(passphrase);
        digest.update(salt);
        last = digest.finalize_reset();
        part.copy_from_slice(&last[..part.len()]);
        digest.update(last);
    }
    last.as_mut_slice().zeroize();
}

/// Decodes hexadecimal digits into the front of `bytes`.
fn hexadecimal<'b>(digits: &str, bytes: &'b mut [u8]) -> Option<&'b [u8]> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes = bytes.get_mut(..pairs.len())?;
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let pair = str::from_utf8(pair).ok().filter(|pair| pair.len() == 2 && !pair.starts_with('+'))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}
