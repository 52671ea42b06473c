//! Messages decoded item by item, without building a list.

use kmip_ttlv::{Decode, Reader, Result, Rules, Tag};

use super::{RequestBatchItem, RequestHeader, ResponseBatchItem, ResponseHeader};
use crate::protocol::operation::{Payload, RequestPayload, ResponsePayload};

/// The two directions differ only in their tags and in the types of header and item.
macro_rules! items {
    ($(#[$meta:meta])* $items:ident, $item:ident, $payload:ident, $tag:ident, $header:ident = $header_tag:ident) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $items<'a, P = $payload<'a>> {
            header: $header<'a>,
            /// The current item, which is lent out. The next one is decoded into the same place.
            item: $item<'a, P>,
            /// The unread rest of the message.
            body: Reader<'a>,
            /// The input after the message.
            behind: Reader<'a>,
            frame: &'a [u8],
            /// `true` once the header was read.
            begun: bool,
            /// `true` once an item was read, whose place the next one takes.
            lent: bool,
        }

        impl<'a> $items<'a> {
            /// Starts to decode a message. Nothing is read yet, so nothing can fail.
            #[must_use]
            #[inline(always)]
            pub fn new(frame: &'a [u8], rules: Rules) -> Self {
                Self::new_as(frame, rules)
            }
        }

        impl<'a, P: Payload<'a>> $items<'a, P> {
            /// Starts to decode a message with payloads of type `P`: [`Item`](kmip_ttlv::Item) to decode them later.
            #[must_use]
            #[inline(always)]
            pub fn new_as(frame: &'a [u8], rules: Rules) -> Self {
                Self {
                    header: $header::default(),
                    item: $item::default(),
                    body: Reader::new(&[]),
                    behind: Reader::new(frame).with_rules(rules),
                    frame,
                    begun: false,
                    lent: false,
                }
            }

            /// Returns the header of the message, and reads it on the first call.
            ///
            /// # Errors
            ///
            /// The error names the byte offset and the path of the invalid item.
            #[inline]
            pub fn header(&mut self) -> Result<&$header<'a>> {
                self.begin()?;
                Ok(&self.header)
            }

            /// Decodes the next item into the place of the last one. Returns `None` at the end of the message.
            ///
            /// # Errors
            ///
            /// The error names the byte offset and the path of the invalid item. Trailing bytes after the message are
            /// an error too, reported at its end. After an error there are no more items.
            #[inline]
            pub fn next_item(&mut self) -> Result<Option<&$item<'a, P>>> {
                self.begin()?;
                // A local copy of the reader, which stays in registers.
                let mut body = self.body.clone();
                let next = next_into(&mut self.item, &mut self.lent, $item::clear, &mut body);
                self.body = body;
                match next {
                    Ok(true) => Ok(Some(&self.item)),
                    Ok(false) if self.behind.is_empty() => Ok(None),
                    next => self.fail(next.and_then(|_| self.behind.finish())).map(|()| None),
                }
            }

            #[inline(always)]
            fn begin(&mut self) -> Result<()> {
                if self.begun {
                    return Ok(());
                }
                self.begun = true;
                let mut behind = self.behind.clone();
                match open(&mut behind, Tag::$tag, &mut self.header) {
                    Ok(body) => (self.body, self.behind) = (body, behind),
                    Err(error) => return self.fail(Err(error)),
                }
                Ok(())
            }

            /// Adds the position to an error, and discards the unread rest.
            #[cold]
            #[inline(never)]
            fn fail(&mut self, failed: Result<()>) -> Result<()> {
                self.item.clear();
                (self.body, self.behind) = (Reader::new(&[]), Reader::new(&[]));
                failed.map_err(|error| error.locate(self.frame))
            }

            /// Returns the number of unknown items that were skipped so far: 0 under strict rules.
            #[must_use]
            pub fn skipped(&self) -> u32 {
                self.body.skipped()
            }
        }

        impl<'a> Head<'a> for $header<'a> {
            const TAG: Tag = Tag::$header_tag;

            fn version(&self) -> kmip_ttlv::ProtocolVersion {
                self.protocol_version
            }
        }
    };
}

items! {
    /// A request, decoded item by item for a server or a proxy.
    ///
    /// [`RequestMessage`](super::RequestMessage) holds the same as a list. Item by item saves one allocation for each
    /// message, and needs the memory of one item instead of all. The `ratios` program of the benches measures both.
    ///
    /// ```
    /// use kmip_client::protocol::message::{RequestBatchItem, RequestItems, RequestMessage};
    /// use kmip_client::protocol::operation::{Get, RequestPayload};
    /// use kmip_ttlv::enumeration::OperationCode;
    /// use kmip_ttlv::{Rules, V1_4};
    ///
    /// let item = RequestBatchItem::new(OperationCode::GET, RequestPayload::Get(Get::id("9dc02223")));
    /// let frame = RequestMessage::new(V1_4, vec![item]).encode_message()?;
    ///
    /// let mut items = RequestItems::new(&frame, Rules::STRICT);
    /// assert_eq!(items.header()?.protocol_version, V1_4);
    /// while let Some(item) = items.next_item()? {
    ///     assert_eq!(item.operation, OperationCode::GET);
    /// }
    /// # Ok::<(), kmip_ttlv::Error>(())
    /// ```
    RequestItems, RequestBatchItem, RequestPayload, REQUEST_MESSAGE, RequestHeader = REQUEST_HEADER
}

items! {
    /// A response, decoded item by item for a client or a proxy.
    ///
    /// [`ResponseMessage`](super::ResponseMessage) holds the same as a list. Item by item saves one allocation for each
    /// message, and needs the memory of one item instead of all. A Get response is decoded without any allocation.
    ///
    /// See [`RequestItems`] for an example.
    ResponseItems, ResponseBatchItem, ResponsePayload, RESPONSE_MESSAGE, ResponseHeader = RESPONSE_HEADER
}

/// The header of either direction.
trait Head<'a>: Decode<'a> {
    const TAG: Tag;

    /// Returns the version of the whole message.
    fn version(&self) -> kmip_ttlv::ProtocolVersion;
}

/// Enters a message and reads its header. The returned reader is positioned before the first item.
#[inline(always)]
fn open<'a, H: Head<'a>>(reader: &mut Reader<'a>, tag: Tag, header: &mut H) -> Result<Reader<'a>> {
    let mut body = reader.enter(tag)?;
    if body.at(H::TAG) || !body.rules().skips_unknown() {
        header.decode_into(&mut body, H::TAG)?;
    } else {
        find_header(body.clone(), header)?;
    }
    body.set_version(header.version());
    Ok(body)
}

/// Finds and reads a header that comes after other items. It is skipped later, between the items.
#[cold]
fn find_header<'a, H: Head<'a>>(mut body: Reader<'a>, header: &mut H) -> Result<()> {
    while !body.at(H::TAG) && !body.is_empty() {
        body.next_item()?;
    }
    header.decode_into(&mut body, H::TAG)
}

/// Decodes the next item of a batch, if there is one. Other items are an error, or are skipped.
///
/// The item before it is dropped only if another takes its place; the last one is dropped with the message.
#[inline(always)]
fn next_into<'a, T: Decode<'a>>(
    item: &mut T,
    lent: &mut bool,
    clear: impl Fn(&mut T),
    body: &mut Reader<'a>,
) -> Result<bool> {
    while !body.at(Tag::BATCH_ITEM) {
        if body.is_empty() {
            return Ok(false);
        }
        body.pass_over()?;
    }
    if std::mem::replace(lent, true) {
        clear(item);
    }
    item.decode_into(body, Tag::BATCH_ITEM)?;
    Ok(true)
}
