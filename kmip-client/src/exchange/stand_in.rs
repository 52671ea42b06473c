//! A substitute for the payload that a server omitted although its operation succeeded.

use bytes::Bytes;
use kmip_ttlv::{Encode, Item, Reader, Tag, V1_0, Writer};

use super::binding::{Items, is_text};
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
/// The object is the one in the payload of the request; for the ID Placeholder of a batch, the one in an earlier
/// response.
pub(super) fn payload(request: Items<'_>, earlier: impl FnOnce() -> Option<Bytes>) -> Option<Bytes> {
    let asked = child(Reader::new(request.0), Tag::UNIQUE_IDENTIFIER);
    match asked {
        Some(named) if is_text(named.ty()) => naming(&named),
        standing_in => earlier().or_else(|| naming(&standing_in?)),
    }
}

/// Encodes a payload with this identifier, without spare room: a reply keeps it.
fn naming(identifier: &Item<'_>) -> Option<Bytes> {
    let length = 16 + identifier.value().len().next_multiple_of(8);
    let mut writer = Writer::with_capacity(V1_0, length);
    let payload = writer.begin(Tag::RESPONSE_PAYLOAD);
    identifier.encode(Tag::UNIQUE_IDENTIFIER, &mut writer).ok()?;
    writer.end(payload).ok()?;
    Some(writer.into_vec().into())
}

/// The last object that the responses of a batch name.
#[derive(Default)]
pub(super) struct Named {
    /// The payload that names it. All requests with the ID Placeholder share it, however long the identifier is.
    payload: Option<Bytes>,
    /// The number of responses that were looked at. Each is looked at once, so that a batch takes linear time.
    seen: usize,
}

impl Named {
    /// Returns the payload for the last object that these responses name, of which there are more with each call.
    pub(super) fn last(&mut self, earlier: &[Option<&ResponseBatchItem<'_, Item<'_>>>]) -> Option<Bytes> {
        let new = earlier.get(self.seen..).unwrap_or_default();
        self.seen = earlier.len();
        let mut named = new.iter().rev().filter_map(|answer| identifier_in((*answer)?.payload?));
        if let Some(identifier) = named.next() {
            self.payload = naming(&identifier);
        }
        self.payload.clone()
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
