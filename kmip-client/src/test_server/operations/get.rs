//! Get (KMIP 2.1, 6.1.19; KMIP 1.4, 4.11).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType};
use zeroize::Zeroizing;

use crate::protocol::attribute::AttributeValue;
use crate::protocol::object::{
    KeyMaterial, KeyValue, KeyWrappingSpecification, Object, PlainKeyValue, PrivateKey, PublicKey, SymmetricKey,
    TransparentSymmetricKey,
};
use crate::protocol::operation::{GetRequest, GetResponse};
use crate::protocol::{Id, Secret};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::formats;
use crate::test_server::objects::object::{Managed, OwnedObject};
use crate::test_server::operations::wrapping::{Wrapper, unwrap};
use crate::test_server::state::call::{Answer, Call};

/// The form in which an object is asked for, by Get and by Export.
pub(super) struct Wanted<'a> {
    pub(super) key_format_type: Option<KeyFormatType>,
    pub(super) key_wrap_type: Option<KeyWrapType>,
    pub(super) key_compression_type: Option<KeyCompressionType>,
    pub(super) wrapping: Option<&'a KeyWrappingSpecification<'a>>,
}

pub(super) fn get(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: GetRequest<'_> = call.request(payload)?;
    let id = call.resolve(request.unique_identifier.as_ref())?;
    let wanted = Wanted {
        key_format_type: request.key_format_type,
        key_wrap_type: request.key_wrap_type,
        key_compression_type: request.key_compression_type,
        wrapping: request.key_wrapping_specification.as_ref(),
    };
    let object = fetch(call, &id, &wanted)?;
    let object = object.object();
    let response = GetResponse { object_type: object.object_type(), unique_identifier: Id::Text(&id), object };
    let answer = call.answer(&response)?;
    not_fresh(call, &id)?;
    Ok(answer)
}

/// The object in the form that is asked for, where it may leave the server in it.
pub(super) fn fetch(call: &mut Call<'_>, id: &str, wanted: &Wanted<'_>) -> Result<OwnedObject, Refusal> {
    let view = call.view;
    let managed = call.store.get(id, view)?;
    let owned = managed.value.clone();
    let mut owned = owned.ok_or_else(|| Cause::OnlyAttributesLeft.because("the object was destroyed"))?;
    check_extraction(managed, wanted.wrapping.is_some())?;
    let is_wrapped = owned.object().key_block().is_some_and(|block| block.key_wrapping_data.is_some());
    if is_wrapped && wanted.key_wrap_type == Some(KeyWrapType::NOT_WRAPPED) {
        owned = unwrap(call, &owned.object())?;
    }
    let wrapper = wanted.wrapping.map(|asked| Wrapper::of(call, asked)).transpose()?;
    let (mut converted, mut wrapped) = (Zeroizing::default(), Zeroizing::default());
    let mut object = as_asked(wanted, owned.object(), &mut converted)?;
    if let (Some(wrapper), Some(asked)) = (&wrapper, wanted.wrapping) {
        object = wrapper.wrap(object, call.store.get(id, view)?, asked, view, &mut wrapped)?;
    }
    OwnedObject::new(&object, view.version)
}

/// Whether the object may leave the server: a sensitive one only wrapped.
pub(super) fn check_extraction(managed: &Managed, wrapped: bool) -> Result<(), Refusal> {
    if managed.attributes.flag(Tag::SENSITIVE) && !wrapped {
        return Err(Cause::Sensitive.because("the object is sensitive: it does not leave the server unwrapped"));
    }
    if managed.attributes.has(Tag::EXTRACTABLE.into()) && !managed.attributes.flag(Tag::EXTRACTABLE) {
        return Err(Cause::NotExtractable.because("the object is not extractable: it does not leave the server"));
    }
    Ok(())
}

/// Notes that a client has the object now.
pub(super) fn not_fresh(call: &mut Call<'_>, id: &str) -> Result<(), Refusal> {
    let now = call.view.now;
    let managed = call.store.get(id, call.view)?;
    if managed.attributes.flag(Tag::FRESH) {
        managed.attributes.set(&AttributeValue::Fresh(false))?;
        managed.changed(now)?;
    }
    Ok(())
}

/// The object in the format that is asked for. A key that is converted lies in `room`.
fn as_asked<'a>(
    wanted: &Wanted<'_>,
    mut object: Object<'a>,
    room: &'a mut Zeroizing<Vec<u8>>,
) -> Result<Object<'a>, Refusal> {
    let Some(block) = object.key_block() else {
        return match (wanted.key_format_type, wanted.key_compression_type) {
            (None, None) => Ok(object),
            _ => Err(Cause::KeyFormatType.because("the object is no key, and has no format")),
        };
    };
    if block.key_value.is_none() {
        return Err(Cause::KeyValueNotPresent.because("the server has the attributes of the key only"));
    }
    if wanted.key_compression_type.is_some() && wanted.key_compression_type != block.key_compression_type {
        return Err(Cause::KeyCompressionType.because("the server does not convert the compression of points"));
    }
    match wanted.key_format_type {
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
