//! Objects as plain bytes, without data that only their server understands.

use kmip_ttlv::enumeration::KeyFormatType;

use crate::protocol::Secret;
use crate::protocol::object::{
    KeyBlock, KeyValue, Object, PgpKey, PrivateKey, PublicKey, SecretData, SplitKey, SymmetricKey,
};

/// Returns the object with its bytes and their description, without data that only its server understands: Cosmian adds
/// attributes to the key.
#[inline]
pub(super) fn plain<'a>(object: &Object<'a>) -> Option<Object<'a>> {
    Some(match object {
        Object::SymmetricKey(key) => {
            let key_block = KeyBlock { key_format_type: KeyFormatType::RAW, ..plain_block(&key.key_block)? };
            Object::SymmetricKey(SymmetricKey { key_block })
        }
        Object::PublicKey(key) => Object::PublicKey(PublicKey { key_block: plain_block(&key.key_block)? }),
        Object::PrivateKey(key) => Object::PrivateKey(PrivateKey { key_block: plain_block(&key.key_block)? }),
        Object::SecretData(data) => {
            Object::SecretData(SecretData { key_block: plain_block(&data.key_block)?, ..data.clone() })
        }
        Object::SplitKey(key) => Object::SplitKey(SplitKey { key_block: plain_block(&key.key_block)?, ..key.clone() }),
        Object::PgpKey(key) => Object::PgpKey(PgpKey { key_block: plain_block(&key.key_block)?, ..key.clone() }),
        Object::Certificate(_) | Object::OpaqueObject(_) | Object::CertificateRequest(_) => object.clone(),
        _ => return None,
    })
}

#[inline]
fn plain_block<'a>(block: &KeyBlock<'a>) -> Option<KeyBlock<'a>> {
    let bytes = block.bytes()?;
    Some(KeyBlock { key_value: Some(KeyValue::from_bytes(bytes.expose())), ..block.clone() })
}

/// Returns the bytes that must be equal in the copy.
#[inline]
pub(super) fn bytes_of<'a>(object: &Object<'a>) -> Option<Secret<'a>> {
    match object {
        Object::Certificate(certificate) => Some(Secret::new(certificate.certificate_value)),
        Object::OpaqueObject(opaque) => Some(opaque.opaque_data_value),
        Object::CertificateRequest(request) => Some(Secret::new(request.certificate_request_value)),
        keyed => keyed.key_block().and_then(KeyBlock::bytes),
    }
}
