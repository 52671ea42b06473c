//! Key wrapping: as requested by a Key Wrapping Specification, and unwrapping by Key Wrapping Data.

use kmip_ttlv::enumeration::{BlockCipherMode, CryptographicAlgorithm, EncodingOption, ObjectType, WrappingMethod};
use kmip_ttlv::{Encode, Reader, Rules, Tag, V1_1, Writer, decode, encode};
use zeroize::Zeroizing;

use crate::protocol::attribute::{AttributeValue, Attributes, CryptographicParameters};
use crate::protocol::object::{
    EncryptionKeyInformation, KeyBlock, KeyMaterial, KeyValue, KeyWrappingData, KeyWrappingSpecification, Object,
    PlainKeyValue,
};
use crate::protocol::{Id, Secret};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate::random_bytes;
use crate::test_server::crypto::wrap::WrapScheme;
use crate::test_server::objects::object::{Managed, OwnedObject};
use crate::test_server::objects::view::View;
use crate::test_server::operations::limits::{Key, Purpose};
use crate::test_server::state::call::Call;

type Bytes = Zeroizing<Vec<u8>>;

/// A wrapping key, and its algorithm.
pub(in crate::test_server) struct Wrapper {
    key: Key,
    scheme: WrapScheme,
    nonce: Option<Vec<u8>>,
    encoding: Option<EncodingOption>,
}

impl Wrapper {
    /// Returns the requested wrapping, if it is permitted (KMIP 2.1, 7.18).
    pub(in crate::test_server) fn of(
        call: &mut Call<'_>,
        asked: &KeyWrappingSpecification<'_>,
    ) -> Result<Self, Refusal> {
        let information = asked.encryption_key_information.as_ref();
        let (WrappingMethod::ENCRYPT, Some(information), None) =
            (asked.wrapping_method, information, &asked.mac_signature_key_information)
        else {
            return Err(Cause::FeatureNotSupported.because("the server wraps by encryption alone"));
        };
        if asked.encoding_option == Some(EncodingOption::NO_ENCODING) && !asked.attributes.is_empty() {
            return Err(Cause::EncodingOption.because("attributes are wrapped in a TTLV-encoded Key Value only"));
        }
        let key = wrapping_key(call, &information.unique_identifier, Purpose::WRAP)?;
        let allowed = call.store.get(&key.id, call.view)?.attributes.all(Tag::CRYPTOGRAPHIC_PARAMETERS.into()).any(
            |owned| match (owned.value(), &information.cryptographic_parameters) {
                (AttributeValue::CryptographicParameters(own), Some(asked)) => is_instance(asked, &own),
                _ => true,
            },
        );
        if !allowed && !call.view.lenient {
            return Err(
                Cause::WrappingParameters.because("the wrapping key has no Cryptographic Parameters that match")
            );
        }
        let parameters = key.parameters(information.cryptographic_parameters.as_ref());
        let mode = parameters.block_cipher_mode.or(call.view.lenient.then_some(BlockCipherMode::NIST_KEY_WRAP));
        let scheme = WrapScheme::of(mode)?;
        let nonce = scheme.nonce_len().map(|len| random_bytes(call.random, len)).transpose()?;
        Ok(Self { scheme, nonce, encoding: asked.encoding_option, key })
    }

    /// Returns the object with its key wrapped. The wrapped key is stored in `room`.
    pub(in crate::test_server) fn wrap<'a>(
        &'a self,
        mut object: Object<'a>,
        managed: &'a Managed,
        asked: &KeyWrappingSpecification<'a>,
        view: View<'_>,
        room: &'a mut Bytes,
    ) -> Result<Object<'a>, Refusal> {
        let block = object.key_block_mut().ok_or_else(|| Cause::WrongKind.because("the object is no key to wrap"))?;
        let Some(KeyValue::Plain(value)) = block.key_value.take().filter(|_| block.key_wrapping_data.is_none()) else {
            return Err(Cause::KeyWrapType.because("the key is wrapped already"));
        };
        block.key_value = Some(match (self.encoding, value.key_material) {
            (Some(EncodingOption::NO_ENCODING), KeyMaterial::Bytes(bytes)) => {
                *room = self.scheme.wrap(&self.key.bytes, self.nonce.as_deref(), bytes.expose())?;
                KeyValue::from_bytes(room)
            }
            (Some(EncodingOption::NO_ENCODING), _) => {
                return Err(Cause::EncodingOption.because("a key that is no bytes is wrapped TTLV-encoded only"));
            }
            (_, key_material) => {
                let list = asked.attributes.iter().flat_map(|name| managed.attributes.all(*name));
                let list: Vec<_> = list.filter_map(|owned| owned.shown(view)).collect();
                let attributes = Some(Attributes { list, ..Attributes::default() }).filter(|list| !list.is_empty());
                let value = KeyValue::Plain(PlainKeyValue { key_material, attributes });
                let encoded = encode(&value, Tag::KEY_VALUE, view.version);
                let encoded =
                    Zeroizing::new(encoded.map_err(|error| Cause::EncodingOption.because(error.to_string()))?);
                *room = self.scheme.wrap(&self.key.bytes, self.nonce.as_deref(), &encoded)?;
                KeyValue::Wrapped(Secret::new(room))
            }
        });
        let own = asked.encryption_key_information.as_ref().and_then(|own| own.cryptographic_parameters.as_ref());
        block.key_wrapping_data = Some(Box::new(KeyWrappingData {
            wrapping_method: WrappingMethod::ENCRYPT,
            encryption_key_information: Some(EncryptionKeyInformation {
                unique_identifier: Id::Text(&self.key.id),
                cryptographic_parameters: Some(self.key.parameters(own)),
            }),
            iv_counter_nonce: self.nonce.as_deref(),
            encoding_option: self.encoding.filter(|_| view.version >= V1_1),
            ..KeyWrappingData::default()
        }));
        Ok(object)
    }
}

/// Removes the wrapping that the object's Key Wrapping Data describes.
pub(in crate::test_server) fn unwrap(call: &mut Call<'_>, object: &Object<'_>) -> Result<OwnedObject, Refusal> {
    let version = call.view.version;
    let mut object = object.clone();
    let block = object.key_block_mut().ok_or_else(|| Cause::WrongKind.because("the object is no key to unwrap"))?;
    let wrapping = block.key_wrapping_data.take().unwrap_or_default();
    let (WrappingMethod::ENCRYPT, Some(information), None) =
        (wrapping.wrapping_method, wrapping.encryption_key_information, wrapping.mac_signature_key_information)
    else {
        return Err(Cause::KeyWrapType.because("the server unwraps what was wrapped by encryption alone"));
    };
    let key = wrapping_key(call, &information.unique_identifier, Purpose::UNWRAP)?;
    let scheme = WrapScheme::of(key.parameters(information.cryptographic_parameters.as_ref()).block_cipher_mode)?;
    match (wrapping.encoding_option, block.key_value.take()) {
        (Some(EncodingOption::NO_ENCODING), Some(KeyValue::Plain(value))) => {
            let KeyMaterial::Bytes(bytes) = value.key_material else {
                return Err(Cause::EncodingOption.because("the wrapped Key Material is no bytes"));
            };
            let bytes = scheme.unwrap(&key.bytes, wrapping.iv_counter_nonce, bytes.expose())?;
            block.key_value = Some(KeyValue::from_bytes(&bytes));
            OwnedObject::new(&object, version)
        }
        (_, Some(KeyValue::Wrapped(bytes))) => {
            let value = scheme.unwrap(&key.bytes, wrapping.iv_counter_nonce, bytes.expose())?;
            let encoded =
                block_with(block, &value, version).map_err(|error| Cause::EncodingOption.because(error.to_string()))?;
            let plain = decode::<KeyBlock<'_>>(&encoded, Tag::KEY_BLOCK, version, Rules::STRICT);
            *block = plain.map_err(|error| Cause::EncodingOption.because(error.to_string()))?;
            OwnedObject::new(&object, version)
        }
        _ => Err(Cause::EncodingOption.because("the key is not encoded as its Key Wrapping Data say")),
    }
}

/// Returns an encoded key block with this encoded Key Value, whose form the format in the block determines.
fn block_with(block: &KeyBlock<'_>, value: &[u8], version: kmip_ttlv::ProtocolVersion) -> kmip_ttlv::Result<Bytes> {
    let value = Reader::new(value).next_item()?.unwrap_or_default();
    // One allocation, because growing leaves copies behind.
    let len = 80 + value.value().len();
    let mut writer = Writer::with_buffer(version, Vec::with_capacity(len));
    let started = writer.begin(Tag::KEY_BLOCK);
    block.key_format_type.encode(Tag::KEY_FORMAT_TYPE, &mut writer)?;
    value.encode(Tag::KEY_VALUE, &mut writer)?;
    if let Some(algorithm) = block.cryptographic_algorithm {
        algorithm.encode(Tag::CRYPTOGRAPHIC_ALGORITHM, &mut writer)?;
    }
    if let Some(length) = block.cryptographic_length {
        length.encode(Tag::CRYPTOGRAPHIC_LENGTH, &mut writer)?;
    }
    writer.end(started)?;
    Ok(Zeroizing::new(writer.into_vec()))
}

/// Returns the key that wraps or unwraps: an AES key.
fn wrapping_key(call: &mut Call<'_>, id: &Id<'_>, purpose: Purpose) -> Result<Key, Refusal> {
    let text = call.resolve(Some(id))?;
    if !call.store.contains(&text, call.view) {
        return Err(Cause::WrappingKeyNotFound.because("there is no wrapping key with this Unique Identifier"));
    }
    let key = Key::of(call, Some(&Id::Text(&text)), purpose)?;
    key.expect(&[ObjectType::SYMMETRIC_KEY])?;
    match key.algorithm(&CryptographicParameters::default())? {
        CryptographicAlgorithm::AES => Ok(key),
        algorithm => Err(Cause::UnsupportedParameters.because(format!("the server does not wrap with {algorithm}"))),
    }
}

/// Returns `true` if the request is compatible with a key's parameters. Open fields agree with anything.
fn is_instance(asked: &CryptographicParameters<'_>, own: &CryptographicParameters<'_>) -> bool {
    fn agrees<T: PartialEq + Copy>(asked: Option<T>, own: Option<T>) -> bool {
        asked.is_none() || asked == own
    }
    agrees(asked.block_cipher_mode, own.block_cipher_mode)
        && agrees(asked.padding_method, own.padding_method)
        && agrees(asked.hashing_algorithm, own.hashing_algorithm)
        && agrees(asked.key_role_type, own.key_role_type)
        && agrees(asked.cryptographic_algorithm, own.cryptographic_algorithm.or(asked.cryptographic_algorithm))
}
