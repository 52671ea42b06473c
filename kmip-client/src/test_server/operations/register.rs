//! Register (KMIP 2.1, 6.1.43; KMIP 1.4, 4.3).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::OperationCode;

use crate::protocol::Id;
use crate::protocol::object::Object;
use crate::protocol::operation::{RegisterRequest, RegisterResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::operations::new_object::{check_storage, insert, requested};
use crate::test_server::state::call::{Answer, Call};

pub(super) fn register(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: RegisterRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    if request.object_type != request.object.object_type() {
        return Err(Cause::InvalidField.because("the object is not of the kind that Object Type says"));
    }
    if !request.object_type.versions().is_some_and(|range| range.contains(call.view.version)) {
        return Err(Cause::UnknownKind.because("the version of the message has no objects of this kind"));
    }
    if let Object::Template(template) = &request.object
        && template.attributes.find(Tag::NAME).next().is_some()
    {
        return Err(Cause::InvalidField.because("a template cannot hold a name for the objects made from it"));
    }
    let attributes = requested(call, [&request.attributes])?;
    let id = insert(call, &request.object, attributes, false)?;
    call.produce(OperationCode::REGISTER, Some(&id), [id.as_str()]);
    call.answer(&RegisterResponse { unique_identifier: Id::Text(&id), attributes: None })
}
