//! A substitute for the payload that a server omitted although its operation succeeded.

use bytes::Bytes;
use kmip_ttlv::{Encode, Item, Reader, Tag, Type, V1_0, Writer};

use super::binding::Items;
use crate::protocol::message::ResponseBatchItem;

/// Returns `true` if a payload names no object and has no other item. Some servers omit what the client already knows.
pub(super) fn is_blank(payload: Option<&Item<'_>>) -> bool {
    let Some(Ok(mut items)) = payload.map(Item::as_structure) else { return payload.is_none() };
    match (items.next_item(), items.is_empty()) {
        (Ok(None), _) => true,
        (Ok(Some(only)), true) => only.tag() == Tag::UNIQUE_IDENTIFIER && only.value().is_empty(),
        _ => false,
    }
}

/// Returns the response payload that names the object of a request, for operations whose response has nothing else.
///
/// The object is the one in the payload of the request; for the ID Placeholder of a batch, the one in an earlier response.
pub(super) fn payload<'a>(request: Items<'a>, earlier: impl FnOnce() -> Option<Item<'a>>) -> Option<Bytes> {
    let asked = child(Reader::new(request.0), Tag::UNIQUE_IDENTIFIER);
    let is_named = |item: &Item<'_>| matches!(item.ty(), Type::TextString | Type::Identifier | Type::Reference);
    let identifier = match asked {
        Some(named) if is_named(&named) => named,
        standing_in => earlier().or(standing_in)?,
    };
    let mut writer = Writer::new(V1_0);
    let payload = writer.begin(Tag::RESPONSE_PAYLOAD);
    identifier.encode(Tag::UNIQUE_IDENTIFIER, &mut writer).ok()?;
    writer.end(payload).ok()?;
    Some(writer.into_vec().into())
}

/// The last object that the responses of a batch name.
#[derive(Default)]
pub(super) struct Named<'a> {
    last: Option<Item<'a>>,
    /// The number of responses that were looked at. Each is looked at once, so that a batch takes linear time.
    seen: usize,
}

impl<'a> Named<'a> {
    /// Returns the last object that these responses name, of which there are more with each call.
    pub(super) fn last(&mut self, earlier: &[Option<&ResponseBatchItem<'a, Item<'a>>>]) -> Option<Item<'a>> {
        let new = earlier.get(self.seen..).unwrap_or_default();
        self.seen = earlier.len();
        let payloads = new.iter().rev().filter_map(|answer| (*answer)?.payload);
        self.last = payloads.filter_map(identifier_in).next().or(self.last);
        self.last
    }
}

fn identifier_in(payload: Item<'_>) -> Option<Item<'_>> {
    child(payload.as_structure().ok()?, Tag::UNIQUE_IDENTIFIER)
}

/// Returns a reader of the contents of one batch item of a response.
pub(super) fn batch_item(message: &[u8], index: usize) -> Option<Reader<'_>> {
    let mut items = Reader::new(message).enter(Tag::RESPONSE_MESSAGE).ok()?;
    let items = std::iter::from_fn(move || items.next_item().ok().flatten());
    items.filter(|item| item.tag() == Tag::BATCH_ITEM).nth(index)?.as_structure().ok()
}

/// Returns the first item with this tag.
fn child(mut items: Reader<'_>, tag: Tag) -> Option<Item<'_>> {
    let mut items = std::iter::from_fn(move || items.next_item().ok().flatten());
    items.find(|item| item.tag() == tag)
}
