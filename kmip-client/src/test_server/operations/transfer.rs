//! Import and Export (KMIP 2.1, 6.1.25 and 6.1.18; KMIP 1.4, 4.41 and 4.40).

use kmip_ttlv::enumeration::{KeyWrapType, OperationCode, State};

use super::get::{Wanted, fetch, record_fetch};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::operation::{ExportRequest, ExportResponse, ImportRequest, ImportResponse, ImportedType};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::OwnedAttributes;
use crate::test_server::objects::rules::Rule;
use crate::test_server::operations::new_object::insert_as_is;
use crate::test_server::operations::wrapping::unwrap;
use crate::test_server::state::call::{Answer, Call};

pub(super) fn export(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::EXPORT;
    let request: ExportRequest<'_> = call.request(payload)?;
    let id = call.resolve(request.unique_identifier.as_ref())?;
    let wanted = Wanted {
        key_format_type: request.key_format_type,
        key_wrap_type: request.key_wrap_type,
        key_compression_type: request.key_compression_type,
        wrapping: request.key_wrapping_specification.as_deref(),
    };
    let view = call.view;
    // Only the attributes of a destroyed object exist.
    let object = if call.store.get(&id, view)?.is_destroyed() { None } else { Some(fetch(call, &id, &wanted)?) };
    let managed = call.store.get(&id, view)?;
    let list = managed.attributes.iter().filter_map(|owned| owned.shown(view)).collect();
    let answer = crate::test_server::state::call::answer(
        view,
        &ExportResponse {
            object_type: managed.object_type,
            unique_identifier: Id::Text(&id),
            attributes: Some(Attributes { list, ..Attributes::default() }),
            object: object.as_ref().map(|object| Box::new(object.object())),
        },
    )?;
    record_fetch(call, &id)?;
    call.produce(CODE, Some(&id), [id.as_str()]);
    Ok(answer)
}

pub(super) fn import(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::IMPORT;
    let request: ImportRequest<'_> = call.request(payload)?;
    let Some(id) = request.unique_identifier.as_str().filter(|id| !id.is_empty()) else {
        return Err(Cause::InvalidField.because("an imported object needs an identifier, not what stands for one"));
    };
    if request.object_type.is_some_and(|kind: ImportedType| kind.object_type() != request.object.object_type()) {
        return Err(Cause::InvalidField.because("the object is not of the kind that Object Type says"));
    }
    if !request.object.object_type().versions().is_some_and(|range| range.contains(call.view.version)) {
        return Err(Cause::UnknownKind.because("the version of the message has no objects of this kind"));
    }
    let replaces = call.store.contains(id, call.view) && request.replace_existing == Some(true);
    if call.store.is_taken(id) && !replaces {
        return Err(Cause::AlreadyExists.because("there is an object with this Unique Identifier already"));
    }
    let mut attributes = OwnedAttributes::default();
    for attribute in &request.attributes.list {
        let name = attribute.reference();
        let Some(rule) = Rule::of(name) else {
            return Err(Cause::UnknownAttribute.because(format!("the server does not know the attribute {name}")));
        };
        if !rule.many() && attributes.has(name) {
            return Err(
                Cause::GivenTwice.because(format!("the attribute {name} has one value only, and two are given"))
            );
        }
        match attribute.value {
            // The request determines the identifier.
            AttributeValue::UniqueIdentifier(_) => {}
            AttributeValue::State(State::DESTROYED | State::DESTROYED_COMPROMISED) => {
                return Err(Cause::InvalidValue.because("an object that comes with its value is not destroyed"));
            }
            _ => attributes.push(&attribute.value).map(drop)?,
        }
    }
    let is_wrapped = request.object.key_block().is_some_and(|block| block.key_wrapping_data.is_some());
    if is_wrapped && request.key_wrap_type == Some(KeyWrapType::NOT_WRAPPED) {
        let plain = unwrap(call, &request.object)?;
        insert_as_is(call, id, &plain.object(), attributes, replaces)?;
    } else {
        insert_as_is(call, id, &request.object, attributes, replaces)?;
    }
    call.produce(CODE, Some(id), [id]);
    call.answer(&ImportResponse { unique_identifier: Id::Text(id) })
}
