//! Opening what a passphrase protects: PBES2 (RFC 8018), which RustCrypto's `pkcs5` does, and the schemes of PKCS#12
//! that came before it (RFC 7292, appendices B and C).
//!
//! The two crates that read whole PKCS#12 files (`pkcs12`, `p12-keystore`) free keys and passphrases without wiping
//! them; so the last step of the old schemes is here, on the same primitives.

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

use super::{ConfigError, error::Input};

const PBE_SHA1_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const PBE_SHA1_RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const PBE_SHA1_RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

/// More rounds than anybody asks for: a damaged file must not keep us busy for hours.
pub(super) const MOST_ROUNDS: u32 = 10_000_000;

/// The most memory that scrypt may ask for, in bytes; OpenSSL's default takes 16 MiB.
const MOST_MEMORY: u64 = 1 << 30;

/// What PKCS#12 calls `EncryptedPrivateKeyInfo`, and PKCS#8 too.
#[derive(Sequence)]
pub(super) struct EncryptedKey<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) encrypted: &'a OctetStringRef,
}

/// Opens a private key as PKCS#8 has it; the answer is PKCS#8 without encryption.
pub(crate) fn open_pkcs8(der: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let input = Input::PrivateKey;
    let key =
        EncryptedKey::from_der(der).map_err(|error| ConfigError::BrokenKey { source: std::sync::Arc::new(error) })?;
    open_key(input, &key, passphrase)
}

/// Opens a private key. A wrong passphrase is sometimes seen by what comes out only.
pub(super) fn open_key(
    input: Input,
    key: &EncryptedKey<'_>,
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let opened = open(input, key.algorithm, key.encrypted.as_bytes(), passphrase)?;
    PrivateKeyInfoRef::try_from(opened.as_slice()).map_err(|_| ConfigError::WrongPassphrase { input })?;
    Ok(opened)
}

/// Opens anything.
pub(super) fn open(
    input: Input,
    algorithm: AlgorithmIdentifierRef<'_>,
    encrypted: &[u8],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let wrong = || ConfigError::WrongPassphrase { input };
    let length = match algorithm.oid {
        pbes2::PBES2_OID => {
            let parameters = parameters(algorithm).map_err(|what| unsupported(input, what))?;
            match parameters.decrypt_in_place(passphrase, &mut buffer) {
                Ok(opened) => opened.len(),
                Err(pkcs5::Error::DecryptFailed) => return Err(wrong()),
                Err(error) => return Err(unsupported(input, error.to_string())),
            }
        }
        PBE_SHA1_3DES => open_cbc::<TdesEde3>(input, algorithm, 24, &mut buffer, passphrase)?,
        PBE_SHA1_RC2_128 => open_cbc::<Rc2>(input, algorithm, 16, &mut buffer, passphrase)?,
        PBE_SHA1_RC2_40 => open_cbc::<Rc2>(input, algorithm, 5, &mut buffer, passphrase)?,
        other => return Err(unsupported(input, other.to_string())),
    };
    buffer.truncate(length);
    Ok(buffer)
}

fn unsupported(input: Input, algorithm: String) -> ConfigError {
    ConfigError::UnsupportedEncryption { input, algorithm }
}

/// The parameters of PBES2, if they are known and not absurd; else what is wrong with them.
fn parameters(algorithm: AlgorithmIdentifierRef<'_>) -> Result<pbes2::Parameters, String> {
    let der = algorithm.parameters.ok_or("PBES2 without parameters")?;
    let der = der.to_der().map_err(|error| error.to_string())?;
    let parameters = pbes2::Parameters::from_der(&der).map_err(|error| error.to_string())?;
    match &parameters.kdf {
        pbes2::Kdf::Pbkdf2(pbkdf2) if pbkdf2.iteration_count > MOST_ROUNDS => {
            Err(format!("PBKDF2 with {} rounds", pbkdf2.iteration_count))
        }
        pbes2::Kdf::Scrypt(scrypt)
            if scrypt.cost_parameter.saturating_mul(128 * u64::from(scrypt.block_size)) > MOST_MEMORY
                || scrypt.parallelization > 16 =>
        {
            Err(format!("scrypt with cost {}", scrypt.cost_parameter))
        }
        _ => Ok(parameters),
    }
}

/// `pkcs-12PbeParams` (RFC 7292, appendix C).
#[derive(Sequence)]
struct OldParameters<'a> {
    salt: &'a OctetStringRef,
    rounds: u32,
}

/// Opens in place, in CBC with a key and IV of PKCS#12; gives the length of what came out.
fn open_cbc<C: BlockCipherDecrypt + KeyInit>(
    input: Input,
    algorithm: AlgorithmIdentifierRef<'_>,
    key_length: usize,
    buffer: &mut [u8],
    passphrase: &str,
) -> Result<usize, ConfigError>
where
    cbc::Decryptor<C>: KeyIvInit + BlockModeDecrypt,
{
    let broken = || unsupported(input, format!("{} with parameters that are not its own", algorithm.oid));
    let parameters: OldParameters<'_> =
        algorithm.parameters.and_then(|parameters| parameters.decode_as().ok()).ok_or_else(broken)?;
    let mut key = Zeroizing::new([0; 24]);
    let (key, mut iv) = (&mut key[..key_length], [0; 8]);
    for password in passwords(passphrase) {
        derive::<Sha1>(Purpose::Key, &password, parameters.salt.as_bytes(), parameters.rounds, key);
        derive::<Sha1>(Purpose::Iv, &password, parameters.salt.as_bytes(), parameters.rounds, &mut iv);
        let mut opened = Zeroizing::new(buffer.to_vec());
        let cipher = cbc::Decryptor::<C>::new_from_slices(key, &iv).map_err(|_| broken())?;
        if let Ok(plain) = cipher.decrypt_padded::<Pkcs7>(&mut opened) {
            buffer[..plain.len()].copy_from_slice(plain);
            return Ok(plain.len());
        }
    }
    Err(ConfigError::WrongPassphrase { input })
}

/// What PKCS#12 makes of a passphrase: UTF-16, big end first, and a zero. Of none at all some programs make nothing.
pub(super) fn passwords(passphrase: &str) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let units = passphrase.encode_utf16().count() + 1;
    let mut password = Zeroizing::new(Vec::with_capacity(2 * units));
    password.extend(passphrase.encode_utf16().chain([0]).flat_map(u16::to_be_bytes));
    let nothing = passphrase.is_empty().then(Zeroizing::default);
    [Some(password), nothing].into_iter().flatten()
}

/// What a derived value is for: the ID of RFC 7292, appendix B.3.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// The key derivation of PKCS#12 (RFC 7292, appendix B.2; the letters are its).
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
            a = D::digest(&a);
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
