//! Get (KMIP 2.1, 6.1.19; KMIP 1.4, 4.11).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, RecommendedCurve};
use zeroize::Zeroizing;

use crate::keys::EncodedKey;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeValue;
use crate::protocol::object::{
    KeyBlock, KeyMaterial, KeyValue, KeyWrappingSpecification, Object, PlainKeyValue, TransparentSymmetricKey,
};
use crate::protocol::operation::{GetRequest, GetResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::formats;
use crate::test_server::objects::object::{Managed, OwnedObject};
use crate::test_server::operations::wrapping::{Wrapper, unwrap};
use crate::test_server::state::call::{Answer, Call};

/// The form of the object that Get and Export request.
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
        wrapping: request.key_wrapping_specification.as_deref(),
    };
    let object = fetch(call, &id, &wanted)?;
    let object = object.object();
    let response = GetResponse { object_type: object.object_type(), unique_identifier: Id::Text(&id), object };
    let answer = call.answer(&response)?;
    record_fetch(call, &id)?;
    Ok(answer)
}

/// Returns the object in the requested form, if it may leave the server in that form.
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
    let (mut converted, mut wrapped) = (None, Zeroizing::default());
    let curve = call.store.get(id, view)?.attributes.curve();
    let mut object = in_requested_format(wanted, owned.object(), curve, &mut converted)?;
    if let (Some(wrapper), Some(asked)) = (&wrapper, wanted.wrapping) {
        object = wrapper.wrap(object, call.store.get(id, view)?, asked, view, &mut wrapped)?;
    }
    OwnedObject::new(&object, view.version)
}

/// Refuses an object that must not leave the server. A sensitive one may leave it wrapped only.
pub(super) fn check_extraction(managed: &Managed, wrapped: bool) -> Result<(), Refusal> {
    if managed.attributes.flag(Tag::SENSITIVE) && !wrapped {
        return Err(Cause::Sensitive.because("the object is sensitive: it does not leave the server unwrapped"));
    }
    if managed.attributes.has(Tag::EXTRACTABLE.into()) && !managed.attributes.flag(Tag::EXTRACTABLE) {
        return Err(Cause::NotExtractable.because("the object is not extractable: it does not leave the server"));
    }
    Ok(())
}

/// Records that a client has fetched the object.
pub(super) fn record_fetch(call: &mut Call<'_>, id: &str) -> Result<(), Refusal> {
    let now = call.view.now;
    let managed = call.store.get(id, call.view)?;
    if managed.attributes.flag(Tag::FRESH) {
        managed.attributes.set(&AttributeValue::Fresh(false))?;
        managed.changed(now)?;
    }
    Ok(())
}

/// Returns the object in the requested format. A converted key is stored in `room`.
fn in_requested_format<'a>(
    wanted: &Wanted<'_>,
    mut object: Object<'a>,
    curve: Option<RecommendedCurve>,
    room: &'a mut Option<EncodedKey>,
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
        Some(format) if format != block.key_format_type => convert(&mut object, format, curve, room)?,
        _ => {}
    }
    Ok(object)
}

/// Changes the format of a key that is not wrapped.
fn convert<'a>(
    object: &mut Object<'a>,
    to: KeyFormatType,
    curve: Option<RecommendedCurve>,
    room: &'a mut Option<EncodedKey>,
) -> Result<(), Refusal> {
    let impossible = || Cause::KeyFormatType.because(format!("the server does not convert the key to {to}"));
    let value = match (&*object, to) {
        (Object::SymmetricKey(key), _) => symmetric(&key.key_block, to),
        (asymmetric, _) => formats::converted(asymmetric, curve, to)
            .and_then(|key| room.insert(key).object().key_block().and_then(|block| block.key_value.clone())),
    };
    let (Some(value), Some(block)) = (value, object.key_block_mut()) else { return Err(impossible()) };
    block.key_format_type = to;
    block.key_value = Some(value);
    Ok(())
}

/// Returns the bytes of a symmetric key, with or without a structure around them.
fn symmetric<'a>(block: &KeyBlock<'a>, to: KeyFormatType) -> Option<KeyValue<'a>> {
    let key = block.bytes()?;
    let key_material = match (block.key_format_type, to) {
        (KeyFormatType::RAW, KeyFormatType::TRANSPARENT_SYMMETRIC_KEY) => {
            KeyMaterial::SymmetricKey(TransparentSymmetricKey { key })
        }
        (KeyFormatType::TRANSPARENT_SYMMETRIC_KEY, KeyFormatType::RAW) => KeyMaterial::Bytes(key),
        _ => return None,
    };
    Some(KeyValue::Plain(PlainKeyValue { key_material, attributes: None }))
}
