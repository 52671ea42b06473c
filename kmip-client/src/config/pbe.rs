//! Password-based decryption: PBES2 (RFC 8018) by RustCrypto's `pkcs5`, and the older schemes of PKCS#12 (RFC 7292,
//! appendices B and C).
//!
//! The crates that read whole PKCS#12 files (`pkcs12`, `p12-keystore`) free keys and passphrases without wiping them,
//! so the older schemes are implemented here, on the same primitives.

use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit, block_padding::Pkcs7};
use der::{
    Decode, Encode, Sequence,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use des::TdesEde3;
use pkcs8::{
    PrivateKeyInfoRef,
    pkcs5::{self, pbes2},
    spki::AlgorithmIdentifierRef,
};
use rc2::Rc2;
use sha1::{Digest, Sha1, digest::block_api::BlockSizeUser};
use zeroize::{Zeroize, Zeroizing};

use super::{ConfigError, input::Input};

const PBE_SHA1_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const PBE_SHA1_RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const PBE_SHA1_RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

/// The maximum number of key derivation rounds for one input, over all its parts. OpenSSL's default is 2,048, and the
/// strongest current advice is about a million.
const MAX_ROUNDS: u32 = if cfg!(fuzzing) { 5_000 } else { 10_000_000 };

/// The maximum memory of scrypt in bytes. OpenSSL's default uses 16 MiB.
const MAX_MEMORY: u64 = if cfg!(fuzzing) { 1 << 22 } else { 1 << 30 };

/// The remaining budget of key derivation for one input.
///
/// A damaged or hostile input determines the number of rounds for each of its parts. Every derivation is charged here
/// first, so that no input can keep the caller busy for longer than [`MAX_ROUNDS`] take.
pub(super) struct Work {
    input: Input,
    rounds_left: u32,
}

impl Work {
    pub(super) fn new(input: Input) -> Self {
        Self { input, rounds_left: MAX_ROUNDS }
    }

    /// Charges a derivation of `rounds` rounds. The error names `scheme`.
    pub(super) fn spend(&mut self, scheme: &str, rounds: u64) -> Result<(), ConfigError> {
        let left = u32::try_from(rounds).ok().and_then(|rounds| self.rounds_left.checked_sub(rounds));
        let too_many = || self.unsupported(format!("{scheme} with {rounds} rounds (at most {MAX_ROUNDS} in all)"));
        self.rounds_left = left.ok_or_else(too_many)?;
        Ok(())
    }

    pub(super) fn unsupported(&self, algorithm: String) -> ConfigError {
        ConfigError::UnsupportedEncryption { input: self.input, algorithm }
    }

    pub(super) fn wrong_passphrase(&self) -> ConfigError {
        ConfigError::WrongPassphrase { input: self.input }
    }
}

/// `EncryptedPrivateKeyInfo` of PKCS#8 and PKCS#12.
#[derive(Sequence)]
pub(super) struct EncryptedKey<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) encrypted: &'a OctetStringRef,
}

/// Decrypts a PKCS#8 private key to unencrypted PKCS#8.
pub(crate) fn open_pkcs8(der: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let key =
        EncryptedKey::from_der(der).map_err(|error| ConfigError::BrokenKey { source: std::sync::Arc::new(error) })?;
    open_key(&mut Work::new(Input::PrivateKey), &key, passphrase)
}

/// Decrypts a private key.
pub(super) fn open_key(
    work: &mut Work,
    key: &EncryptedKey<'_>,
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let opened = open(work, key.algorithm, key.encrypted.as_bytes(), passphrase)?;
    // The padding is valid by chance for one wrong passphrase in 256.
    PrivateKeyInfoRef::try_from(opened.as_slice()).map_err(|_| work.wrong_passphrase())?;
    Ok(opened)
}

/// Decrypts data.
pub(super) fn open(
    work: &mut Work,
    algorithm: AlgorithmIdentifierRef<'_>,
    encrypted: &[u8],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let length = match algorithm.oid {
        pbes2::PBES2_OID => open_pbes2(work, algorithm, &mut buffer, passphrase)?,
        PBE_SHA1_3DES => open_cbc::<TdesEde3>(work, algorithm, 24, &mut buffer, passphrase)?,
        PBE_SHA1_RC2_128 => open_cbc::<Rc2>(work, algorithm, 16, &mut buffer, passphrase)?,
        PBE_SHA1_RC2_40 => open_cbc::<Rc2>(work, algorithm, 5, &mut buffer, passphrase)?,
        other => return Err(work.unsupported(other.to_string())),
    };
    buffer.truncate(length);
    Ok(buffer)
}

/// Decrypts in place with PBES2, and returns the length of the plaintext.
fn open_pbes2(
    work: &mut Work,
    algorithm: AlgorithmIdentifierRef<'_>,
    buffer: &mut [u8],
    passphrase: &str,
) -> Result<usize, ConfigError> {
    let parameters = pbes2_parameters(algorithm).map_err(|problem| work.unsupported(problem))?;
    match &parameters.kdf {
        pbes2::Kdf::Pbkdf2(pbkdf2) => work.spend("PBKDF2", pbkdf2.iteration_count.into())?,
        pbes2::Kdf::Scrypt(scrypt) => {
            let block = scrypt.cost_parameter.saturating_mul(scrypt.block_size.into());
            if block.saturating_mul(128) > MAX_MEMORY {
                let cost = scrypt.cost_parameter;
                return Err(work.unsupported(format!("scrypt with cost {cost} (at most {MAX_MEMORY} bytes of memory)")));
            }
            work.spend("scrypt", block.saturating_mul(scrypt.parallelization.into()))?;
        }
        _ => {}
    }
    match parameters.decrypt_in_place(passphrase, buffer) {
        Ok(opened) => Ok(opened.len()),
        Err(pkcs5::Error::DecryptFailed) => Err(work.wrong_passphrase()),
        Err(error) => Err(work.unsupported(error.to_string())),
    }
}

fn pbes2_parameters(algorithm: AlgorithmIdentifierRef<'_>) -> Result<pbes2::Parameters, String> {
    let der = algorithm.parameters.ok_or("PBES2 without parameters")?;
    let der = der.to_der().map_err(|error| error.to_string())?;
    pbes2::Parameters::from_der(&der).map_err(|error| error.to_string())
}

/// `pkcs-12PbeParams` (RFC 7292, appendix C).
#[derive(Sequence)]
struct OldParameters<'a> {
    salt: &'a OctetStringRef,
    rounds: u32,
}

/// Decrypts in place, in CBC with key and IV derived as in PKCS#12, and returns the length of the plaintext.
fn open_cbc<C: BlockCipherDecrypt + KeyInit>(
    work: &mut Work,
    algorithm: AlgorithmIdentifierRef<'_>,
    key_length: usize,
    buffer: &mut [u8],
    passphrase: &str,
) -> Result<usize, ConfigError>
where
    cbc::Decryptor<C>: KeyIvInit + BlockModeDecrypt,
{
    let broken = format!("{} with parameters that are not its own", algorithm.oid);
    let parameters: Option<OldParameters<'_>> = algorithm.parameters.and_then(|parameters| parameters.decode_as().ok());
    let Some(parameters) = parameters else { return Err(work.unsupported(broken)) };
    work.spend("PKCS#12", parameters.rounds.into())?;
    let mut key = Zeroizing::new([0; 24]);
    let (key, mut iv) = (&mut key[..key_length], [0; 8]);
    for password in passwords(passphrase) {
        derive::<Sha1>(Purpose::Key, &password, parameters.salt.as_bytes(), parameters.rounds, key);
        derive::<Sha1>(Purpose::Iv, &password, parameters.salt.as_bytes(), parameters.rounds, &mut iv);
        let mut opened = Zeroizing::new(buffer.to_vec());
        let cipher = cbc::Decryptor::<C>::new_from_slices(key, &iv).map_err(|_| work.unsupported(broken.clone()))?;
        if let Ok(plain) = cipher.decrypt_padded::<Pkcs7>(&mut opened) {
            buffer[..plain.len()].copy_from_slice(plain);
            return Ok(plain.len());
        }
    }
    Err(work.wrong_passphrase())
}

/// Returns the bytes of a passphrase in PKCS#12: big-endian UTF-16 and a terminating zero. Some programs encode an
/// empty passphrase as no bytes at all, so that it has two forms.
pub(super) fn passwords(passphrase: &str) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let units = passphrase.encode_utf16().count() + 1;
    let mut password = Zeroizing::new(Vec::with_capacity(2 * units));
    password.extend(passphrase.encode_utf16().chain([0]).flat_map(u16::to_be_bytes));
    let nothing = passphrase.is_empty().then(Zeroizing::default);
    [Some(password), nothing].into_iter().flatten()
}

/// The purpose of a derived value: the ID of RFC 7292, appendix B.3.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// Derives a key, IV or MAC key (RFC 7292, appendix B.2, with its variable names).
pub(super) fn derive<D: Digest + BlockSizeUser>(
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    out: &mut [u8],
) {
    let v = D::block_size();
    let whole_blocks = |bytes: &[u8]| bytes.len().div_ceil(v) * v;
    let mut i = Zeroizing::new(Vec::with_capacity(whole_blocks(salt) + whole_blocks(password)));
    for bytes in [salt, password] {
        i.extend(bytes.iter().cycle().take(whole_blocks(bytes)));
    }
    let mut b = Zeroizing::new(vec![0; v]);
    for part in out.chunks_mut(<D as Digest>::output_size()) {
        let mut a = D::new().chain_update(vec![purpose as u8; v]).chain_update(&i).finalize();
        for _ in 1..rounds {
            let mut next = D::digest(&a);
            std::mem::swap(&mut a, &mut next);
            next.as_mut_slice().zeroize();
        }
        part.copy_from_slice(&a[..part.len()]);
        b.iter_mut().zip(a.iter().cycle()).for_each(|(b, a)| *b = *a);
        a.as_mut_slice().zeroize();
        // Each block of I becomes I + B + 1.
        for block in i.chunks_mut(v) {
            let mut carry = 1;
            for (i, b) in block.iter_mut().zip(b.iter()).rev() {
                let sum = u16::from(*i) + u16::from(*b) + carry;
                *i = sum.to_be_bytes()[1];
                carry = sum >> 8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::Sha256;

    use super::*;

    /// The values are those of the tests of RustCrypto's `pkcs12`, which come from OpenSSL's `PKCS12_key_gen_utf8`.
    #[test]
    fn keys_are_derived_as_openssl_does() {
        let password = passwords("ge@\u{e4}heim").next().unwrap_or_default();
        for (purpose, expected) in [
            (Purpose::Key, "fae4d4957a3cc781e1180b9d4fb79c1e0c8579b746a3177e5b0768a3118bf863"),
            (Purpose::Iv, "e5ff813bc6547de5155b14d2fada85b3201a977349db6e26ccc998d9e8f83d6c"),
            (Purpose::Mac, "136355ed9434516682534f46d63956db5ff06b844702c2c1f3b46321e2524a4d"),
        ] {
            let mut key = [0; 32];
            derive::<Sha256>(purpose, &password, &[1, 2, 3, 4, 5, 6, 7, 8], 100, &mut key);
            assert_eq!(key.map(|byte| format!("{byte:02x}")).concat(), expected);
        }
    }

    #[test]
    fn no_passphrase_is_an_empty_one_or_none() {
        assert_eq!(passwords("a").map(|password| password.to_vec()).collect::<Vec<_>>(), [vec![0, b'a', 0, 0]]);
        assert_eq!(passwords("").map(|password| password.to_vec()).collect::<Vec<_>>(), [vec![0, 0], vec![]]);
    }
}
