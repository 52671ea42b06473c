//! Messages: a header and a batch of items, as request and as response (KMIP 2.1, 8; KMIP 1.4, 6 and 7).

mod batch_item;
mod credential;
mod header;
mod items;

use kmip_ttlv::{DateTime, Decode, Encode, ProtocolVersion, Reader, Record, Result, Rules, Source, Tag, V3_0, Writer};

pub use self::batch_item::{EphemeralIndicator, MessageExtension, RequestBatchItem, ResponseBatchItem};
pub use self::credential::{
    AttestationCredential, Credential, DeviceCredential, HashedPasswordCredential, Nonce, OneTimePasswordCredential,
    OtherCredential, TicketCredential, Timestamp, UsernameAndPassword,
};
use self::header::InMessage;
pub use self::header::{Asynchronous, Authentication, RequestHeader, ResponseHeader};
pub use self::items::{RequestItems, ResponseItems};

use crate::protocol::operation::{Payload, RequestPayload, ResponsePayload};
use crate::protocol::with_setters::with_setters;

with_setters! {
    /// A request message. `P` is the type of the payloads: any payload by default.
    ///
    /// ```
    /// use kmip_client::protocol::message::{RequestBatchItem, RequestMessage};
    /// use kmip_client::protocol::operation::{Get, RequestPayload};
    /// use kmip_client::ttlv::enumeration::OperationCode;
    /// use kmip_client::ttlv::{Rules, V1_4};
    ///
    /// let item = RequestBatchItem::new(OperationCode::GET, RequestPayload::Get(Get::id("9dc02223")));
    /// let request = RequestMessage::new(V1_4, vec![item]);
    /// let frame = request.encode_message()?;
    /// assert_eq!(RequestMessage::decode_message(&frame, Rules::STRICT)?.0, request);
    /// # Ok::<(), kmip_client::ttlv::Error>(())
    /// ```
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct RequestMessage<'a, P = RequestPayload<'a>> {
        /// The header: the version, and the processing of the batch.
        pub header: RequestHeader<'a>,
        /// The requested operations.
        pub batch_items: Vec<RequestBatchItem<'a, P>>,
    }
}

with_setters! {
    /// A response message. `P` is the type of the payloads: any payload by default, [`Item`](kmip_ttlv::Item) to decode
    /// them later.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct ResponseMessage<'a, P = ResponsePayload<'a>> {
        /// The header: the version, and the time of the response.
        pub header: ResponseHeader<'a>,
        /// The results.
        pub batch_items: Vec<ResponseBatchItem<'a, P>>,
    }
}

impl<'a, P: Encode> RequestMessage<'a, P> {
    /// Creates a message of these items with a minimal header. KMIP 3.0 does not count the items.
    #[must_use]
    pub fn new(version: ProtocolVersion, batch_items: Vec<RequestBatchItem<'a, P>>) -> Self {
        let batch_count = i32::try_from(batch_items.len()).ok().filter(|_| version < V3_0);
        let header = RequestHeader { protocol_version: version, batch_count, ..RequestHeader::default() };
        Self { header, batch_items }
    }
}

impl<'a, P: Encode> ResponseMessage<'a, P> {
    /// Creates a response that was made at `time`, with these items and a minimal header. KMIP 3.0 does not count the
    /// items.
    #[must_use]
    pub fn new(version: ProtocolVersion, time: DateTime, batch_items: Vec<ResponseBatchItem<'a, P>>) -> Self {
        let mut header = ResponseHeader::new(version, time);
        header.batch_count = i32::try_from(batch_items.len()).ok().filter(|_| version < V3_0);
        Self { header, batch_items }
    }
}

/// Returns the number of bytes that most messages with this many items fit into. Computing the exact length takes as
/// long as encoding.
const fn likely_len(items: usize) -> usize {
    512 + 256 * items.saturating_sub(1)
}

/// The two directions differ only in their tags and in the types of header and item.
macro_rules! message {
    ($message:ident, $payload:ident, $tag:ident, $header:ident) => {
        impl<'a> $message<'a> {
            /// Decodes a whole message, and returns the number of unknown items that were skipped in it: 0 under strict
            /// rules.
            ///
            /// # Errors
            ///
            /// The error names the byte offset and the path of the invalid item.
            #[inline]
            pub fn decode_message(frame: &'a [u8], rules: Rules) -> Result<(Self, u32)> {
                $message::<$payload<'a>>::decode_message_as(frame, rules)
            }
        }

        impl<'a, P: Payload<'a>> $message<'a, P> {
            /// Decodes like [`Self::decode_message`], with payloads of type `P`.
            ///
            /// # Errors
            ///
            /// Fails as [`Self::decode_message`] does.
            #[inline]
            pub fn decode_message_as(frame: &'a [u8], rules: Rules) -> Result<(Self, u32)> {
                let mut reader = Reader::new(frame).with_rules(rules);
                let mut message = Self::default();
                match message.decode_into(&mut reader, Tag::$tag).and_then(|()| reader.finish()) {
                    Ok(()) => Ok((message, reader.skipped())),
                    Err(error) => Err(error.locate(frame)),
                }
            }
        }

        impl<'a, P: Encode> $message<'a, P> {
            /// Encodes the message into a fresh buffer, which the caller has to wipe. Buffers that were outgrown are
            /// wiped.
            ///
            /// # Errors
            ///
            /// Fails if the version in the header cannot carry a part of the message.
            pub fn encode_message(&self) -> Result<Vec<u8>> {
                self.encode_by(|writer| writer)
            }

            /// Encodes a message as it was received, including items that its version does not have. Some peers send
            /// such items, and a proxy forwards them.
            ///
            /// # Errors
            ///
            /// Fails if the version has no form at all for a part of the message, such as a vendor's attribute in KMIP
            /// 1.x.
            pub fn encode_again(&self) -> Result<Vec<u8>> {
                self.encode_by(Writer::in_any_version)
            }

            fn encode_by(&self, adapt: impl FnOnce(Writer) -> Writer) -> Result<Vec<u8>> {
                let capacity = likely_len(self.batch_items.len());
                let mut writer = adapt(Writer::with_capacity(self.header.protocol_version, capacity));
                self.encode(Tag::$tag, &mut writer)?;
                Ok(writer.into_vec())
            }

            #[inline]
            fn encode_items(&self, tag: Tag, version: ProtocolVersion, writer: &mut Writer) -> Result<()> {
                writer.set_version(self.header.protocol_version);
                let started = writer.begin(tag);
                header::encode(&self.header, writer)?;
                writer.set_version(version);
                self.batch_items.iter().try_for_each(|item| item.encode(Tag::BATCH_ITEM, writer))?;
                writer.end(started)
            }
        }

        impl<'a, P: Payload<'a>> Decode<'a> for $message<'a, P> {
            fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
                let ended = reader.enter_table(tag)?.read_record(self, ())?;
                reader.leave_table(ended);
                Ok(())
            }
        }

        /// Not declared as a table, because the header determines the version of the batch items.
        impl<'a, P: Payload<'a>> Record<'a> for $message<'a, P> {
            type Context = ();

            #[inline(always)]
            fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
                source.field(&mut InMessage(&mut self.header), Tag::$header)?;
                source.set_version(self.header.protocol_version);
                source.items(&mut self.batch_items, Tag::BATCH_ITEM)
            }
        }

        /// The version in the header applies to the whole message.
        impl<P: Encode> Encode for $message<'_, P> {
            fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                self.encode_items(tag, self.header.protocol_version, writer)
            }
        }
    };
}

impl<P: Encode> RequestMessage<'_, P> {
    /// Encodes like [`Self::encode_message`], with the items in this version.
    pub(crate) fn encode_message_with(&self, items: ProtocolVersion) -> Result<Vec<u8>> {
        let capacity = likely_len(self.batch_items.len());
        let mut writer = Writer::with_capacity(self.header.protocol_version, capacity);
        self.encode_items(Tag::REQUEST_MESSAGE, items, &mut writer)?;
        Ok(writer.into_vec())
    }
}

message!(RequestMessage, RequestPayload, REQUEST_MESSAGE, REQUEST_HEADER);
message!(ResponseMessage, ResponsePayload, RESPONSE_MESSAGE, RESPONSE_HEADER);
