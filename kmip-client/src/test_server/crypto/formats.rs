//! The formats of asymmetric keys, converted by `keys`.

use kmip_ttlv::enumeration::{KeyFormatType, RecommendedCurve};
use zeroize::Zeroizing;

use crate::keys::{EncodedKey, PrivateKey, PublicKey};
use crate::keys::{description::Description, object};
use crate::protocol::object::Object;

/// Returns the key in another format; `None` if the conversion is not supported. The curve is the one in the attributes
/// of the object.
pub(in crate::test_server) fn converted(
    object: &Object<'_>,
    curve: Option<RecommendedCurve>,
    to: KeyFormatType,
) -> Option<EncodedKey> {
    let description = Description { curve, ..Description::default() };
    match object {
        Object::PrivateKey(_) => object::private(object, description).ok()?.encode(to).ok(),
        Object::PublicKey(_) => object::public(object, description).ok()?.encode(to).ok(),
        _ => None,
    }
}

/// Returns the private key in another format; `None` if the conversion is not supported.
pub(in crate::test_server) fn private_key(der: &[u8], to: KeyFormatType) -> Option<Zeroizing<Vec<u8>>> {
    let key = PrivateKey::from_der(der).ok()?.encode(to).ok()?;
    key.bytes().map(|bytes| Zeroizing::new(bytes.to_vec()))
}

/// Returns the public key in another format; `None` if the conversion is not supported.
pub(in crate::test_server) fn public_key(der: &[u8], to: KeyFormatType) -> Option<Zeroizing<Vec<u8>>> {
    let key = PublicKey::from_der(der).ok()?.encode(to).ok()?;
    key.bytes().map(|bytes| Zeroizing::new(bytes.to_vec()))
}
