//! Get Attributes and Get Attribute List (KMIP 2.1, 6.1.20 and 6.1.21; KMIP 1.4, 4.12 and 4.13).

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::operation::{
    GetAttributeListRequest, GetAttributeListResponse, GetAttributesRequest, GetAttributesResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::view::View;
use crate::test_server::state::call::{Answer, Call, answer};

pub(super) fn get_attributes(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: GetAttributesRequest<'_> = call.request(payload)?;
    let names = &request.attribute_references;
    if (1..names.len()).any(|place| names[..place].contains(&names[place])) {
        return Err(Cause::InvalidMessage.because("the same attribute is asked for more than once"));
    }
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    let list = if names.is_empty() {
        object.attributes.iter().filter_map(|owned| owned.shown(view)).collect()
    } else {
        names.iter().flat_map(|name| object.attributes.all(*name)).filter_map(|owned| owned.shown(view)).collect()
    };
    let list = Vec::into_iter(list).filter(|attribute| is_revealed(view, &attribute.value)).collect();
    let attributes = Some(Attributes { list, ..Attributes::default() });
    answer(view, &GetAttributesResponse { unique_identifier: Id::Text(&object.id), attributes })
}

pub(super) fn get_attribute_list(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: GetAttributeListRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    let mut attribute_references = Vec::new();
    let shown = object.attributes.iter().filter_map(|owned| owned.shown(view));
    for attribute in shown.filter(|attribute| is_revealed(view, &attribute.value)) {
        let name = attribute.reference();
        if !attribute_references.contains(&name) {
            attribute_references.push(name);
        }
    }
    answer(view, &GetAttributeListResponse { unique_identifier: Id::Text(&object.id), attribute_references })
}

/// Returns `true` if the server reveals this attribute. Some servers reveal no links.
fn is_revealed(view: View<'_>, value: &AttributeValue<'_>) -> bool {
    !(view.habits.no_links && value.link().is_some())
}
