//! The items of a batch. Not tables, since the operation tells how the payload is read.

use kmip_ttlv::enumeration::{Ephemeral, OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{
    Decode, Encode, EncodeField, Item, ProtocolVersion, Reader, Record, Result, Source, Tag, V2_0, V2_1, V3_0, Writer,
    ttlv_struct,
};

use crate::protocol::either::either;
use crate::protocol::operation::Payload;
use crate::protocol::with_setters::with_setters;

ttlv_struct! {
    /// What a vendor adds to an item (KMIP 2.1, 9.13).
    pub struct MessageExtension<'a> {
        /// Whose addition it is.
        pub vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        /// Whether who does not know it has to refuse the item.
        pub criticality_indicator: bool = CRITICALITY_INDICATOR,
        /// The addition.
        pub vendor_extension: Item<'a> = VENDOR_EXTENSION,
    }
}

either! {
    /// What of an answer is not to be sent (KMIP 2.1, 8.3): where the data of one operation go into the next of the batch, say.
    pub enum EphemeralIndicator {
        /// KMIP 2.x: whether the data are left out.
        Data(bool): Boolean in V2_0..=V2_1,
        /// KMIP 3.0: what is left out.
        Part(Ephemeral): Enumeration in V3_0..,
    }
}

with_setters! {
    /// One thing asked (KMIP 2.1, 8.3; KMIP 1.4, 7.2).
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct RequestBatchItem<'a, P> {
        /// What is to be done.
        pub operation: OperationCode,
        /// What of the answer is of no interest, and not to be sent. KMIP 2.0 and later.
        pub ephemeral: Option<EphemeralIndicator>,
        /// What tells the item from others of the batch; needed where there is more than one. Gone in KMIP 3.0.
        pub unique_batch_item_id: Option<&'a [u8]>,
        /// The details.
        pub payload: P,
        /// What vendors add; one at most before KMIP 2.0.
        pub message_extensions: Vec<MessageExtension<'a>>,
    }
}

impl<P> RequestBatchItem<'_, P> {
    /// An item with an operation and its payload alone.
    #[must_use]
    pub const fn new(operation: OperationCode, payload: P) -> Self {
        Self { operation, ephemeral: None, unique_batch_item_id: None, payload, message_extensions: Vec::new() }
    }
}

impl<'a, P: Payload<'a>> Decode<'a> for RequestBatchItem<'a, P> {
    // Operation, and a payload without anything in it.
    const MIN_LEN: usize = 8 + 16 + 8;

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        reader.record(tag, self, ())
    }
}

impl<'a, P: Payload<'a>> Record<'a> for RequestBatchItem<'a, P> {
    type Context = ();

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        const PAYLOAD: Tag = Tag::REQUEST_PAYLOAD;
        source.field(&mut self.operation, Tag::OPERATION)?;
        source.field(&mut self.ephemeral, Tag::EPHEMERAL)?;
        source.field(&mut self.unique_batch_item_id, Tag::UNIQUE_BATCH_ITEM_ID)?;
        let body = source.before(PAYLOAD)?;
        source.behind(self.payload.decode_payload(Some(self.operation), body, PAYLOAD)?)?;
        source.field(&mut self.message_extensions, Tag::MESSAGE_EXTENSION)
    }
}

impl<P: Default> RequestBatchItem<'_, P> {
    /// Empties the item, for the next one to be read in its place: field by field, since a payload that is empty is much smaller than a value
    /// of the largest.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        let Self { operation, ephemeral, unique_batch_item_id, payload, message_extensions } = self;
        (*operation, *ephemeral, *unique_batch_item_id) = Default::default();
        *payload = P::default();
        message_extensions.clear();
    }
}

impl<P: Encode> RequestBatchItem<'_, P> {
    #[inline(always)]
    fn encode_fields(&self, writer: &mut Writer) -> Result<()> {
        self.operation.encode(Tag::OPERATION, writer)?;
        self.ephemeral.encode_field(Tag::EPHEMERAL, writer)?;
        if self.unique_batch_item_id.is_some() && writer.version() > V2_1 {
            refuse_batch_item_id(writer)?;
        }
        self.unique_batch_item_id.encode_field(Tag::UNIQUE_BATCH_ITEM_ID, writer)?;
        self.payload.encode(Tag::REQUEST_PAYLOAD, writer)?;
        self.message_extensions.encode_field(Tag::MESSAGE_EXTENSION, writer)
    }
}

impl<P: Encode> Encode for RequestBatchItem<'_, P> {
    #[inline(always)]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(tag);
        self.encode_fields(writer)?;
        writer.end(started)
    }

    fn encoded_len(&self, _: Tag, version: ProtocolVersion) -> usize {
        8 + self.operation.encoded_len(Tag::OPERATION, version)
            + self.ephemeral.field_len(Tag::EPHEMERAL, version)
            + self.unique_batch_item_id.field_len(Tag::UNIQUE_BATCH_ITEM_ID, version)
            + self.payload.encoded_len(Tag::REQUEST_PAYLOAD, version)
            + self.message_extensions.field_len(Tag::MESSAGE_EXTENSION, version)
    }
}

/// KMIP 3.0 has no mark of an item: there answers stand in the order of what was asked. An answer only gives back what was asked with.
#[cold]
fn refuse_batch_item_id(writer: &Writer) -> Result<()> {
    writer.require(Tag::UNIQUE_BATCH_ITEM_ID, ..=V2_1)
}

with_setters! {
    /// One answer (KMIP 2.1, 8.5; KMIP 1.4, 7.2).
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ResponseBatchItem<'a, P> {
        /// What was done; an answer to a message that could not be read does not say.
        pub operation: Option<OperationCode>,
        /// The mark of the item that this is the answer to.
        pub unique_batch_item_id: Option<&'a [u8]>,
        /// How it went.
        pub result_status: ResultStatus,
        /// Why it failed; there where it did.
        pub result_reason: Option<ResultReason>,
        /// Why it failed, for people.
        pub result_message: Option<&'a str>,
        /// What to poll with, where the answer comes later.
        pub asynchronous_correlation_value: Option<&'a [u8]>,
        /// The results; mostly missing where it failed.
        pub payload: Option<P>,
        /// What vendors add; one at most before KMIP 2.0.
        pub message_extensions: Vec<MessageExtension<'a>>,
    }
}

impl<'a, P> ResponseBatchItem<'a, P> {
    /// Creates the answer to an operation that succeeded.
    #[must_use]
    pub fn success(operation: OperationCode, payload: P) -> Self {
        Self { operation: Some(operation), payload: Some(payload), ..Self::of(ResultStatus::SUCCESS) }
    }

    /// Creates the answer to an operation that failed.
    #[must_use]
    pub fn failure(operation: OperationCode, reason: ResultReason, message: &'a str) -> Self {
        let failed = Self::of(ResultStatus::OPERATION_FAILED);
        Self { operation: Some(operation), result_reason: Some(reason), result_message: Some(message), ..failed }
    }

    const fn of(result_status: ResultStatus) -> Self {
        Self {
            operation: None,
            unique_batch_item_id: None,
            result_status,
            result_reason: None,
            result_message: None,
            asynchronous_correlation_value: None,
            payload: None,
            message_extensions: Vec::new(),
        }
    }
}

impl<'a, P: Payload<'a>> Decode<'a> for ResponseBatchItem<'a, P> {
    // Result Status.
    const MIN_LEN: usize = 8 + 16;

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        reader.record(tag, self, ())
    }
}

impl<'a, P: Payload<'a>> Record<'a> for ResponseBatchItem<'a, P> {
    type Context = ();

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        const PAYLOAD: Tag = Tag::RESPONSE_PAYLOAD;
        source.field(&mut self.operation, Tag::OPERATION)?;
        source.field(&mut self.unique_batch_item_id, Tag::UNIQUE_BATCH_ITEM_ID)?;
        source.field(&mut self.result_status, Tag::RESULT_STATUS)?;
        source.field(&mut self.result_reason, Tag::RESULT_REASON)?;
        source.field(&mut self.result_message, Tag::RESULT_MESSAGE)?;
        source.field(&mut self.asynchronous_correlation_value, Tag::ASYNCHRONOUS_CORRELATION_VALUE)?;
        let body = source.before(PAYLOAD)?;
        if body.at(PAYLOAD) {
            let payload = self.payload.insert(P::default());
            source.behind(payload.decode_payload(self.operation, body, PAYLOAD)?)?;
        }
        source.field(&mut self.message_extensions, Tag::MESSAGE_EXTENSION)
    }
}

impl<P> ResponseBatchItem<'_, P> {
    /// Empties the item, for the next one to be read in its place.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        let Self { operation, unique_batch_item_id, result_status, result_reason, result_message, .. } = self;
        (*operation, *unique_batch_item_id, *result_status) = Default::default();
        (*result_reason, *result_message) = Default::default();
        self.asynchronous_correlation_value = None;
        self.payload = None;
        self.message_extensions.clear();
    }
}

impl<P: Encode> ResponseBatchItem<'_, P> {
    #[inline(always)]
    fn encode_fields(&self, writer: &mut Writer) -> Result<()> {
        self.operation.encode_field(Tag::OPERATION, writer)?;
        self.unique_batch_item_id.encode_field(Tag::UNIQUE_BATCH_ITEM_ID, writer)?;
        self.result_status.encode(Tag::RESULT_STATUS, writer)?;
        self.result_reason.encode_field(Tag::RESULT_REASON, writer)?;
        self.result_message.encode_field(Tag::RESULT_MESSAGE, writer)?;
        self.asynchronous_correlation_value.encode_field(Tag::ASYNCHRONOUS_CORRELATION_VALUE, writer)?;
        self.payload.encode_field(Tag::RESPONSE_PAYLOAD, writer)?;
        self.message_extensions.encode_field(Tag::MESSAGE_EXTENSION, writer)
    }
}

impl<P: Encode> Encode for ResponseBatchItem<'_, P> {
    #[inline(always)]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(tag);
        self.encode_fields(writer)?;
        writer.end(started)
    }

    fn encoded_len(&self, _: Tag, version: ProtocolVersion) -> usize {
        8 + self.operation.field_len(Tag::OPERATION, version)
            + self.unique_batch_item_id.field_len(Tag::UNIQUE_BATCH_ITEM_ID, version)
            + self.result_status.encoded_len(Tag::RESULT_STATUS, version)
            + self.result_reason.field_len(Tag::RESULT_REASON, version)
            + self.result_message.field_len(Tag::RESULT_MESSAGE, version)
            + self.asynchronous_correlation_value.field_len(Tag::ASYNCHRONOUS_CORRELATION_VALUE, version)
            + self.payload.field_len(Tag::RESPONSE_PAYLOAD, version)
            + self.message_extensions.field_len(Tag::MESSAGE_EXTENSION, version)
    }
}
