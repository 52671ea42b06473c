//! Unwrapping of objects: AES Key Wrap (RFC 3394), with padding (RFC 5649), and AES-GCM.

use std::fmt;

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm, AesGcm, Nonce, Tag as GcmTag, aes::Aes192};
use aes_kw::{KwAes128, KwAes192, KwAes256, KwpAes128, KwpAes192, KwpAes256};
use kmip_ttlv::enumeration::{BlockCipherMode, EncodingOption, WrappingMethod};
use kmip_ttlv::{Encode, ProtocolVersion, Reader, Rules, Tag, Writer, decode, encode};
use zeroize::Zeroizing;

use super::error::KeyError;
use super::private::PrivateKey;
use super::public::PublicKey;
use super::secret::SecretKey;
use crate::protocol::object::{KeyBlock, KeyMaterial, KeyValue, Object};

/// The lengths of the AES-GCM nonce and tag, in bytes.
const NONCE: usize = 12;
const TAG: usize = 16;

/// An unwrapped object. It owns its bytes, and wipes them on drop.
pub struct Unwrapped {
    encoded: Zeroizing<Vec<u8>>,
    version: ProtocolVersion,
}

impl Unwrapped {
    /// Returns the object with its plain key.
    ///
    /// # Errors
    ///
    /// Fails if the unwrapped bytes do not have the stated format.
    pub fn object(&self) -> Result<Object<'_>, KeyError> {
        let rules = Rules::STRICT.skip_unknown();
        decode(&self.encoded, Tag::OBJECT_TYPE, self.version, rules).map_err(unreadable)
    }

    /// Returns the private key.
    ///
    /// # Errors
    ///
    /// Returns the same errors as `PrivateKey::try_from(&Object)`.
    pub fn private_key(&self) -> Result<PrivateKey, KeyError> {
        PrivateKey::try_from(&self.object()?)
    }

    /// Returns the public key.
    ///
    /// # Errors
    ///
    /// Returns the same errors as `PublicKey::try_from(&Object)`.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::try_from(&self.object()?)
    }

    /// Returns the bytes of the symmetric key or secret.
    ///
    /// # Errors
    ///
    /// Returns the same errors as `SecretKey::try_from(&Object)`.
    pub fn secret_key(&self) -> Result<SecretKey, KeyError> {
        SecretKey::try_from(&self.object()?)
    }
}

impl fmt::Debug for Unwrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unwrapped({} bytes)", self.encoded.len())
    }
}

/// Unwraps an object, given the bytes of the wrapping key: AES, of 128, 192 or 256 bits.
///
/// The modes NIST Key Wrap (RFC 3394), AES Key Wrap Padding (RFC 5649) and GCM are supported; the default is RFC 3394.
/// The nonce of GCM is the one that the server states, or else precedes the wrapped key; the tag of 16 bytes follows
/// it. `version` is that of the message with the object, [`Reply::version`](crate::Reply::version).
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, test_server::TestServer};
/// use kmip_client::keys;
/// use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters};
/// use kmip_client::protocol::operation::{Activate, Create, Get, Register};
/// use kmip_ttlv::enumeration::{BlockCipherMode, CryptographicAlgorithm, CryptographicUsageMask};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// # let parameters = CryptographicParameters::default().block_cipher_mode(BlockCipherMode::NIST_KEY_WRAP);
/// let kek = [7; 32]; // known here and on the server
/// let kek_id = kms.call(&Register::symmetric_key(CryptographicAlgorithm::AES, &kek)
///     .usage(CryptographicUsageMask::WRAP_KEY)
///     .attribute(AttributeValue::CryptographicParameters(parameters.into())))?;
/// let kek_id = kek_id.payload().unique_identifier;
/// kms.call(&Activate::id(kek_id))?;
///
/// let created = kms.call(&Create::aes(256))?;
/// let reply = kms.call(&Get::id(created.payload().unique_identifier).wrapped_with(kek_id))?;
/// let key = keys::unwrap(&reply.payload().object, reply.version(), &kek)?.secret_key()?;
/// assert_eq!(key.expose().len(), 32);
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns [`KeyError::Integrity`] if the key is wrong or the object was changed, and [`KeyError::Unwrap`] if the
/// object is not wrapped, or in an unsupported way.
pub fn unwrap(object: &Object<'_>, version: ProtocolVersion, kek: &[u8]) -> Result<Unwrapped, KeyError> {
    let mut plain = object.clone();
    let block = plain.key_block_mut().ok_or(KeyError::Kind { expected: "key", found: object.object_type() })?;
    let wrapping = block.key_wrapping_data.take().ok_or_else(|| cannot("it is not wrapped"))?;
    if wrapping.wrapping_method != WrappingMethod::ENCRYPT {
        return Err(cannot(format!("it is wrapped by {}", wrapping.wrapping_method)));
    }
    let parameters = wrapping.encryption_key_information.as_ref().and_then(|by| by.cryptographic_parameters.as_ref());
    let mode = parameters.and_then(|parameters| parameters.block_cipher_mode);
    let tag = parameters.and_then(|parameters| parameters.tag_length).unwrap_or(16);
    if mode == Some(BlockCipherMode::GCM) && usize::try_from(tag) != Ok(TAG) {
        return Err(cannot(format!("a tag of {tag} bytes is not known, only of {TAG}")));
    }
    let open = |bytes: &[u8]| open(mode, kek, wrapping.iv_counter_nonce, bytes);
    let value = match (block.key_value.take(), wrapping.encoding_option) {
        (None, _) => return Err(KeyError::Absent),
        // With No Encoding only the bytes are wrapped: inside their structure, or in its place.
        (Some(KeyValue::Plain(inside)), _) => {
            let KeyMaterial::Bytes(bytes) = &inside.key_material else {
                return Err(cannot("the wrapped key is numbers, not bytes"));
            };
            open(bytes.expose())?
        }
        (Some(KeyValue::Wrapped(bytes)), _) => open(bytes.expose())?,
    };
    let is_encoded = wrapping.encoding_option.is_none_or(|option| option == EncodingOption::TTLV_ENCODING);
    let room;
    if is_encoded {
        room = encoded_block(block, &value, version)?;
        let rules = Rules::STRICT.skip_unknown();
        *block = decode::<KeyBlock<'_>>(&room, Tag::KEY_BLOCK, version, rules).map_err(unreadable)?;
    } else {
        block.key_value = Some(KeyValue::from_bytes(&value));
    }
    let encoded = encode(&plain, Tag::OBJECT_TYPE, version).map(Zeroizing::new).map_err(unreadable)?;
    Ok(Unwrapped { encoded, version })
}

/// Encodes a key block around an encoded Key Value, whose form the format in the block determines.
fn encoded_block(block: &KeyBlock<'_>, value: &[u8], version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    /// The maximum length of the other fields of a key block.
    const FIELDS: usize = 128;

    let item = Reader::new(value).with_version(version).next_item().map_err(unreadable)?;
    let item = item.ok_or_else(|| cannot("there is nothing in it"))?;
    // One allocation, because growing would leave copies behind.
    let mut writer = Writer::with_buffer(version, Vec::with_capacity(value.len() + FIELDS));
    let started = writer.begin(Tag::KEY_BLOCK);
    let write = || {
        block.key_format_type.encode(Tag::KEY_FORMAT_TYPE, &mut writer)?;
        if let Some(compression) = block.key_compression_type {
            compression.encode(Tag::KEY_COMPRESSION_TYPE, &mut writer)?;
        }
        writer.item(Tag::KEY_VALUE, &item)?;
        if let Some(algorithm) = block.cryptographic_algorithm {
            algorithm.encode(Tag::CRYPTOGRAPHIC_ALGORITHM, &mut writer)?;
        }
        if let Some(length) = block.cryptographic_length {
            length.encode(Tag::CRYPTOGRAPHIC_LENGTH, &mut writer)?;
        }
        writer.end(started)
    };
    let written = write();
    let encoded = Zeroizing::new(writer.into_vec());
    written.map_err(unreadable)?;
    Ok(encoded)
}

fn open(
    mode: Option<BlockCipherMode>,
    kek: &[u8],
    iv: Option<&[u8]>,
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if !matches!(kek.len(), 16 | 24 | 32) {
        return Err(cannot(format!("a key of {} bytes is none of AES, which has 16, 24 or 32", kek.len())));
    }
    let mut room = Zeroizing::new(vec![0; bytes.len()]);
    macro_rules! by_length {
        ($short:ty, $middle:ty, $long:ty) => {
            match kek.len() {
                16 => <$short>::new_from_slice(kek)
                    .ok()
                    .and_then(|kek| Some(kek.unwrap_key(bytes, &mut room).ok()?.len())),
                24 => <$middle>::new_from_slice(kek)
                    .ok()
                    .and_then(|kek| Some(kek.unwrap_key(bytes, &mut room).ok()?.len())),
                _ => {
                    <$long>::new_from_slice(kek).ok().and_then(|kek| Some(kek.unwrap_key(bytes, &mut room).ok()?.len()))
                }
            }
        };
    }
    let len = match mode {
        None | Some(BlockCipherMode::NIST_KEY_WRAP) => by_length!(KwAes128, KwAes192, KwAes256),
        Some(BlockCipherMode::AES_KEY_WRAP_PADDING) => by_length!(KwpAes128, KwpAes192, KwpAes256),
        Some(BlockCipherMode::GCM) => return open_gcm(kek, iv, bytes),
        Some(mode) => return Err(cannot(format!("the mode {mode} is not known"))),
    };
    room.truncate(len.ok_or(KeyError::Integrity)?);
    Ok(room)
}

fn open_gcm(kek: &[u8], iv: Option<&[u8]>, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (nonce, sealed) = match iv {
        Some(iv) => (iv, bytes),
        None => bytes.split_at_checked(NONCE).ok_or(KeyError::Integrity)?,
    };
    let nonce: [u8; NONCE] = nonce
        .try_into()
        .map_err(|_| cannot(format!("an IV of {} bytes is not known, only of {NONCE}", nonce.len())))?;
    let at = sealed.len().checked_sub(TAG).ok_or(KeyError::Integrity)?;
    let (key, tag) = sealed.split_at(at);
    let tag: [u8; TAG] = tag.try_into().map_err(|_| KeyError::Integrity)?;
    let mut room = Zeroizing::new(key.to_vec());
    let (nonce, tag) = (Nonce::from(nonce), GcmTag::from(tag));
    macro_rules! opened {
        ($cipher:ty) => {
            <$cipher>::new_from_slice(kek)
                .map(|kek| kek.decrypt_inout_detached(&nonce, &[], room.as_mut_slice().into(), &tag).is_ok())
        };
    }
    let opened = match kek.len() {
        16 => opened!(Aes128Gcm),
        24 => opened!(AesGcm<Aes192, aes_gcm::aead::consts::U12>),
        _ => opened!(Aes256Gcm),
    };
    match opened {
        Ok(true) => Ok(room),
        _ => Err(KeyError::Integrity),
    }
}

fn cannot(problem: impl Into<String>) -> KeyError {
    KeyError::Unwrap { problem: problem.into() }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: kmip_ttlv::Error) -> KeyError {
    cannot(format!("what is in it cannot be read: {error}"))
}
