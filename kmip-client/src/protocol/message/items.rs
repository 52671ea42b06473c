//! Messages decoded item by item, without building a list.

use kmip_ttlv::{Decode, Error, ErrorKind, Reader, Result, Rules, Tag};

use super::header::Head;
use super::{RequestBatchItem, RequestHeader, ResponseBatchItem, ResponseHeader};
use crate::protocol::operation::{Payload, RequestPayload, ResponsePayload};

/// The two directions differ only in their tags and in the types of header and item.
macro_rules! items {
    ($(#[$meta:meta])* $items:ident, $item:ident, $payload:ident, $tag:ident, $header:ident) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $items<'a, P = $payload<'a>> {
            header: $header<'a>,
            /// The current item, which is lent out. The next one is decoded into the same place.
            item: $item<'a, P>,
            /// The unread rest: of the input at first, of the message once it was entered.
            body: Reader<'a>,
            /// The input; empty after an error.
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
                    body: Reader::new(frame).with_rules(rules),
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
                if !self.begun {
                    match self.begin() {
                        Ok(body) => self.body = body,
                        Err(error) => return Err(self.fail(error)),
                    }
                }
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
                // The reader is passed by value, because a borrowed one would be in memory rather than in registers.
                let body = if self.begun { Ok(self.body.clone()) } else { self.begin() };
                match body.and_then(|body| next_into(&mut self.item, &mut self.lent, $item::clear, body)) {
                    Ok((true, body)) => {
                        self.body = body;
                        Ok(Some(&self.item))
                    }
                    Ok((false, body)) if body.offset() == self.frame.len() => {
                        self.body = body;
                        Ok(None)
                    }
                    Ok((false, body)) => Err(self.fail(trailing(self.frame, body.offset()))),
                    Err(error) => Err(self.fail(error)),
                }
            }

            /// Enters the message, reads its header, and returns a reader before the first item.
            #[inline(always)]
            fn begin(&mut self) -> Result<Reader<'a>> {
                self.begun = true;
                open(self.body.clone(), Tag::$tag, &mut self.header)
            }

            /// Adds the position to an error, and discards the unread rest.
            #[cold]
            #[inline(never)]
            fn fail(&mut self, error: Error) -> Error {
                self.item.clear();
                self.body = Reader::new(&[]);
                error.locate(std::mem::take(&mut self.frame))
            }

            /// Returns the number of unknown items that were skipped so far: 0 under strict rules.
            #[must_use]
            pub fn skipped(&self) -> u32 {
                self.body.skipped()
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
    RequestItems, RequestBatchItem, RequestPayload, REQUEST_MESSAGE, RequestHeader
}

items! {
    /// A response, decoded item by item for a client or a proxy.
    ///
    /// [`ResponseMessage`](super::ResponseMessage) holds the same as a list. Item by item saves one allocation for each
    /// message, and needs the memory of one item instead of all. A Get response is decoded without any allocation.
    ///
    /// See [`RequestItems`] for an example.
    ResponseItems, ResponseBatchItem, ResponsePayload, RESPONSE_MESSAGE, ResponseHeader
}

/// Enters a message and reads its header. The returned reader is positioned before the first item.
#[inline(always)]
fn open<'a, H: Head<'a>>(mut input: Reader<'a>, tag: Tag, header: &mut H) -> Result<Reader<'a>> {
    let mut body = input.enter(tag)?;
    if header.take_usual(&mut body) {
        // Nothing is left to do.
    } else if body.at(H::TAG) || !body.rules().skips_unknown() {
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

/// Decodes the next item of a batch, and returns `false` if there is none. Other items are an error, or are skipped.
///
/// The item before it is dropped only if another takes its place; the last one is dropped with the message.
#[inline(always)]
fn next_into<'a, T: Decode<'a>>(
    item: &mut T,
    lent: &mut bool,
    clear: impl Fn(&mut T),
    mut body: Reader<'a>,
) -> Result<(bool, Reader<'a>)> {
    if !body.at(Tag::BATCH_ITEM) {
        if body.is_empty() {
            return Ok((false, body));
        }
        body = find_item(body)?;
        if body.is_empty() {
            return Ok((false, body));
        }
    }
    if std::mem::replace(lent, true) {
        clear(item);
    }
    item.decode_into(&mut body, Tag::BATCH_ITEM)?;
    Ok((true, body))
}

/// Passes over whatever comes before the next item of the batch.
#[cold]
#[inline(never)]
fn find_item(mut body: Reader<'_>) -> Result<Reader<'_>> {
    while !body.is_empty() && !body.at(Tag::BATCH_ITEM) {
        body.pass_over()?;
    }
    Ok(body)
}

/// Returns the error for a message that ends at this offset, before its input does.
#[cold]
fn trailing(frame: &[u8], end: usize) -> Error {
    let left = frame.len().saturating_sub(end);
    Reader::part_of(frame, frame.len() - left..frame.len(), 0).error(ErrorKind::TrailingBytes(left))
}
