//! Batch items. Not declared as tables, because the operation determines the type of the payload.

use kmip_ttlv::enumeration::{Ephemeral, OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{
    Decode, Encode, EncodeField, Item, Reader, Record, Result, Source, Tag, V2_0, V2_1, V3_0, Writer, ttlv_struct,
};

use crate::protocol::either::either;
use crate::protocol::operation::Payload;
use crate::protocol::with_setters::with_setters;

ttlv_struct! {
    #[compact]
    /// A vendor's extension of a batch item (KMIP 2.1, 9.13).
    pub struct MessageExtension<'a> {
        /// The vendor that defined the extension.
        pub vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        /// `true` if a receiver that does not know the extension has to refuse the item.
        pub criticality_indicator: bool = CRITICALITY_INDICATOR,
        /// The addition.
        pub vendor_extension: Item<'a> = VENDOR_EXTENSION,
    }
}

either! {
    /// The part of the response that the server should omit (KMIP 2.1, 8.3), for example because the next item of the
    /// batch consumes it.
    pub enum EphemeralIndicator {
        /// KMIP 2.x: `true` if the data is omitted.
        Data(bool): Boolean in V2_0..=V2_1,
        /// KMIP 3.0: the part that is omitted.
        Part(Ephemeral): Enumeration in V3_0..,
    }
}

with_setters! {
    /// One requested operation (KMIP 2.1, 8.3; KMIP 1.4, 7.2).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct RequestBatchItem<'a, P> {
        /// The operation to perform.
        pub operation: OperationCode,
        /// The part of the response that the server should omit. KMIP 2.0 and later.
        pub ephemeral: Option<EphemeralIndicator>,
        /// The identifier of the item within the batch; required in a batch of several items. Removed in KMIP 3.0.
        pub unique_batch_item_id: Option<&'a [u8]>,
        /// The details.
        pub payload: P,
        /// Vendor extensions; at most one before KMIP 2.0.
        pub message_extensions: Vec<MessageExtension<'a>>,
    }
}

impl<P> RequestBatchItem<'_, P> {
    /// Creates an item with an operation and its payload alone.
    #[must_use]
    pub const fn new(operation: OperationCode, payload: P) -> Self {
        Self { operation, ephemeral: None, unique_batch_item_id: None, payload, message_extensions: Vec::new() }
    }
}

impl<'a, P: Payload<'a>> Decode<'a> for RequestBatchItem<'a, P> {
    // Operation, and an empty payload.
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
        // The payload usually comes next: one comparison covers all optional items before it.
        if !source.is_next(PAYLOAD) {
            source.field(&mut self.ephemeral, Tag::EPHEMERAL)?;
            source.field(&mut self.unique_batch_item_id, Tag::UNIQUE_BATCH_ITEM_ID)?;
        }
        let body = source.before(PAYLOAD)?;
        source.behind(self.payload.decode_payload(Some(self.operation), body, PAYLOAD)?)?;
        source.field(&mut self.message_extensions, Tag::MESSAGE_EXTENSION)
    }
}

impl<P: Default> RequestBatchItem<'_, P> {
    /// Clears the item before the next one is decoded into it. Field by field, because an empty payload is much smaller
    /// than the largest one.
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
}

/// Refuses a batch item identifier for KMIP 3.0, which has none: responses come in the order of the requests. A
/// response only echoes the identifier of its request.
#[cold]
fn refuse_batch_item_id(writer: &Writer) -> Result<()> {
    writer.require(Tag::UNIQUE_BATCH_ITEM_ID, ..=V2_1)
}

with_setters! {
    /// The result of one operation (KMIP 2.1, 8.5; KMIP 1.4, 7.2).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct ResponseBatchItem<'a, P> {
        /// The operation that was performed; missing if the server could not read the request.
        pub operation: Option<OperationCode>,
        /// The identifier of the request's item.
        pub unique_batch_item_id: Option<&'a [u8]>,
        /// The outcome.
        pub result_status: ResultStatus,
        /// The reason for a failure; missing on success.
        pub result_reason: Option<ResultReason>,
        /// The reason for a failure, as text for humans.
        pub result_message: Option<&'a str>,
        /// The value to poll with, if the server answers later.
        pub asynchronous_correlation_value: Option<&'a [u8]>,
        /// The results; usually missing after a failure.
        pub payload: Option<P>,
        /// Vendor extensions; at most one before KMIP 2.0.
        pub message_extensions: Vec<MessageExtension<'a>>,
    }
}

impl<'a, P> ResponseBatchItem<'a, P> {
    /// Creates the response to an operation that succeeded.
    #[must_use]
    pub fn success(operation: OperationCode, payload: P) -> Self {
        Self { operation: Some(operation), payload: Some(payload), ..Self::of(ResultStatus::SUCCESS) }
    }

    /// Creates the response to an operation that failed.
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
    // Result Status alone.
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
        // The payload usually comes next: one comparison covers all optional items before it.
        if !source.is_next(PAYLOAD) {
            source.field(&mut self.result_reason, Tag::RESULT_REASON)?;
            source.field(&mut self.result_message, Tag::RESULT_MESSAGE)?;
            source.field(&mut self.asynchronous_correlation_value, Tag::ASYNCHRONOUS_CORRELATION_VALUE)?;
        }
        let body = source.before(PAYLOAD)?;
        if body.at(PAYLOAD) {
            source.behind(P::decode_optional(&mut self.payload, self.operation, body, PAYLOAD)?)?;
        }
        source.field(&mut self.message_extensions, Tag::MESSAGE_EXTENSION)
    }
}

impl<P> ResponseBatchItem<'_, P> {
    /// Clears the item before the next one is decoded into it.
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
}
