//! Messages read item by item, without a list of them.

use kmip_ttlv::{Decode, Reader, Result, Rules, Tag};

use super::{RequestBatchItem, RequestHeader, ResponseBatchItem, ResponseHeader};
use crate::protocol::operation::{Payload, RequestPayload, ResponsePayload};

/// The two directions differ in their tags and in the types of header and item only.
macro_rules! items {
    ($(#[$meta:meta])* $items:ident, $item:ident, $payload:ident, $tag:ident, $header:ident = $header_tag:ident) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $items<'a, P = $payload<'a>> {
            header: $header<'a>,
            /// The item that is lent out; the next one takes its place.
            item: $item<'a, P>,
            /// What is left of the message.
            body: Reader<'a>,
            /// What is left behind the message.
            behind: Reader<'a>,
            frame: &'a [u8],
            /// Whether the header was read.
            begun: bool,
        }

        impl<'a> $items<'a> {
            /// Starts to read a message. Nothing is looked at yet, so nothing fails.
            #[must_use]
            #[inline(always)]
            pub fn new(frame: &'a [u8], rules: Rules) -> Self {
                Self::new_as(frame, rules)
            }
        }

        impl<'a, P: Payload<'a>> $items<'a, P> {
            /// Starts to read a message whose items hold `P`: [`Item`](kmip_ttlv::Item) to read the payloads later.
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
                }
            }

            /// Returns the header of the message: reads it where that was not done.
            ///
            /// # Errors
            ///
            /// With the byte offset and the path of the item that is wrong.
            #[inline]
            pub fn header(&mut self) -> Result<&$header<'a>> {
                self.begin()?;
                Ok(&self.header)
            }

            /// Reads the next item, in place of the one before. `None` at the end of the message.
            ///
            /// # Errors
            ///
            /// With the byte offset and the path of the item that is wrong; bytes behind the message are wrong too, and told at its end. After an
            /// error there are no more items.
            #[inline]
            pub fn next_item(&mut self) -> Result<Option<&$item<'a, P>>> {
                self.begin()?;
                // A reader of its own, which stays in registers.
                let mut body = self.body.clone();
                let next = next_into(&mut self.item, $item::clear, &mut body);
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

            /// Says where the error is, and leaves nothing to read.
            #[cold]
            #[inline(never)]
            fn fail(&mut self, failed: Result<()>) -> Result<()> {
                self.item.clear();
                (self.body, self.behind) = (Reader::new(&[]), Reader::new(&[]));
                failed.map_err(|error| error.locate(self.frame))
            }

            /// Returns how many items were skipped so far that no structure knew: none under strict rules.
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
    /// A request, item by item: what a server or a proxy reads without building a list.
    ///
    /// [`RequestMessage`](super::RequestMessage) is the same as a list. This takes one allocation less a message, and the memory of one item
    /// instead of all: a Create request with four attributes is read in about three quarters of the time.
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
    /// A response, item by item: what a client or a proxy reads without building a list.
    ///
    /// [`ResponseMessage`](super::ResponseMessage) is the same as a list. This takes one allocation less a message, and the memory of one item
    /// instead of all: a Get response is read without any allocation, in half of the time.
    ///
    /// See [`RequestItems`] for an example.
    ResponseItems, ResponseBatchItem, ResponsePayload, RESPONSE_MESSAGE, ResponseHeader = RESPONSE_HEADER
}

/// The header of either direction.
trait Head<'a>: Decode<'a> {
    const TAG: Tag;

    /// The version of the whole message.
    fn version(&self) -> kmip_ttlv::ProtocolVersion;
}

/// Enters a message and reads its header. What is returned stands before the first item.
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

/// Reads the header of a message where other items stand before it. It is skipped later, between the items.
#[cold]
fn find_header<'a, H: Head<'a>>(mut body: Reader<'a>, header: &mut H) -> Result<()> {
    while !body.at(H::TAG) && !body.is_empty() {
        body.next_item()?;
    }
    header.decode_into(&mut body, H::TAG)
}

/// Reads the next item of a batch, if one follows. Anything else between the items is an error, or is skipped.
#[inline(always)]
fn next_into<'a, T: Decode<'a>>(item: &mut T, clear: impl Fn(&mut T), body: &mut Reader<'a>) -> Result<bool> {
    clear(item);
    while !body.at(Tag::BATCH_ITEM) {
        if body.is_empty() {
            return Ok(false);
        }
        body.pass_over()?;
    }
    item.decode_into(body, Tag::BATCH_ITEM)?;
    Ok(true)
}
