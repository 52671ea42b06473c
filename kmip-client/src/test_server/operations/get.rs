//! Get (KMIP 2.1, 6.1.19; KMIP 1.4, 4.11).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyFormatType, KeyWrapType};
use zeroize::Zeroizing;

use super::super::call::{Answer, Call, answer};
use super::super::formats;
use super::super::refusal::{Cause, Refusal};
use crate::protocol::attribute::AttributeValue;
use crate::protocol::object::{
    KeyMaterial, KeyValue, Object, PlainKeyValue, PrivateKey, PublicKey, SymmetricKey, TransparentSymmetricKey,
};
use crate::protocol::operation::{GetRequest, GetResponse};
use crate::protocol::{Id, Secret};

pub(super) fn get(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: GetRequest<'_> = call.request(payload)?;
    let view = call.view;
    let managed = call.object(request.unique_identifier.as_ref())?;
    if request.key_wrapping_specification.is_some() {
        return Err(Cause::FeatureNotSupported.because("the server does not wrap keys"));
    }
    let Some(owned) = &managed.value else {
        return Err(Cause::OnlyAttributesLeft.because("the object was destroyed"));
    };
    if managed.attributes.flag(Tag::SENSITIVE) {
        return Err(Cause::Sensitive.because("the object is sensitive: it does not leave the server unwrapped"));
    }
    if managed.attributes.has(Tag::EXTRACTABLE.into()) && !managed.attributes.flag(Tag::EXTRACTABLE) {
        return Err(Cause::NotExtractable.because("the object is not extractable: it does not leave the server"));
    }
    let mut room = Zeroizing::default();
    let object = as_asked(&request, owned.object(), &mut room)?;
    let response = GetResponse { object_type: managed.object_type, unique_identifier: Id::Text(&managed.id), object };
    let answer = answer(view, &response)?;
    if managed.attributes.flag(Tag::FRESH) {
        managed.attributes.set(&AttributeValue::Fresh(false))?;
        managed.changed(view.now)?;
    }
    Ok(answer)
}

/// The object in the form that the request asks for. A key that is converted lies in `room`.
fn as_asked<'a>(
    request: &GetRequest<'_>,
    mut object: Object<'a>,
    room: &'a mut Zeroizing<Vec<u8>>,
) -> Result<Object<'a>, Refusal> {
    let Some(block) = object.key_block() else {
        return match (request.key_format_type, request.key_compression_type) {
            (None, None) => Ok(object),
            _ => Err(Cause::KeyFormatType.because("the object is no key, and has no format")),
        };
    };
    if block.key_value.is_none() {
        return Err(Cause::KeyValueNotPresent.because("the server has the attributes of the key only"));
    }
    if request.key_wrap_type == Some(KeyWrapType::NOT_WRAPPED) && block.key_wrapping_data.is_some() {
        return Err(Cause::KeyWrapType.because("the key was registered wrapped, and the server does not unwrap"));
    }
    if request.key_compression_type.is_some() && request.key_compression_type != block.key_compression_type {
        return Err(Cause::KeyCompressionType.because("the server does not convert the compression of points"));
    }
    match request.key_format_type {
        Some(format) if format != block.key_format_type => convert(&mut object, format, room)?,
        _ => {}
    }
    Ok(object)
}

/// Changes the format of a key that is not wrapped.
fn convert<'a>(object: &mut Object<'a>, to: KeyFormatType, room: &'a mut Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
    let impossible = || Cause::KeyFormatType.because(format!("the server does not convert the key to {to}"));
    let plain = object.key_block().filter(|block| block.key_wrapping_data.is_none());
    let Some((key, from)) = plain.and_then(|block| Some((block.bytes()?, block.key_format_type))) else {
        return Err(impossible());
    };
    let (block, key_material) = match object {
        Object::SymmetricKey(SymmetricKey { key_block }) => (
            key_block,
            match (from, to) {
                (KeyFormatType::RAW, KeyFormatType::TRANSPARENT_SYMMETRIC_KEY) => {
                    KeyMaterial::SymmetricKey(TransparentSymmetricKey { key })
                }
                (KeyFormatType::TRANSPARENT_SYMMETRIC_KEY, KeyFormatType::RAW) => KeyMaterial::Bytes(key),
                _ => return Err(impossible()),
            },
        ),
        Object::PrivateKey(PrivateKey { key_block }) => {
            *room = formats::private_key(key.expose(), from, to).ok_or_else(impossible)?;
            (key_block, KeyMaterial::Bytes(Secret::new(room)))
        }
        Object::PublicKey(PublicKey { key_block }) => {
            *room = formats::public_key(key.expose(), from, to).ok_or_else(impossible)?;
            (key_block, KeyMaterial::Bytes(Secret::new(room)))
        }
        _ => return Err(impossible()),
    };
    block.key_format_type = to;
    block.key_value = Some(KeyValue::Plain(PlainKeyValue { key_material, attributes: None }));
    Ok(())
}
