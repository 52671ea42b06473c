//! Batch items: a payload that belongs to the operation, and a result that belongs to the payload.

use kmip_ttlv::arbitrary::{Generate, Generator};
use kmip_ttlv::enumeration::{OperationCode, ResultStatus};
use kmip_ttlv::{Tag, V2_1};

use super::has;
use crate::protocol::message::{RequestBatchItem, ResponseBatchItem};
use crate::protocol::operation::{RequestPayload, ResponsePayload};

/// Picks one of the operations that the version has; now and then one of a vendor, or if odd any.
fn operation(generator: &mut Generator<'_>, all: &'static [OperationCode]) -> OperationCode {
    if generator.once_in(64) {
        return OperationCode::from_value(0x8000_0001);
    }
    if generator.is_odd() {
        return generator.pick(all.iter().copied()).unwrap_or_default();
    }
    let version = generator.version();
    generator.pick(all.iter().copied().filter(|code| has(code.versions(), version))).unwrap_or(OperationCode::QUERY)
}

/// Returns the identifier of an item in a batch, where the version has them.
fn batch_item_id<'a>(generator: &mut Generator<'a>) -> Option<&'a [u8]> {
    if generator.version() <= V2_1 || generator.is_odd() { generator.value(Tag::UNIQUE_BATCH_ITEM_ID) } else { None }
}

impl<'a> Generate<'a> for RequestBatchItem<'a, RequestPayload<'a>> {
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        generator.structure(|generator| {
            let operation = operation(generator, RequestPayload::OPERATIONS);
            let mut payload = RequestPayload::generate(operation, generator, Tag::REQUEST_PAYLOAD);
            if !generator.is_odd() {
                match &mut payload {
                    RequestPayload::Register(request) => request.object_type = request.object.object_type(),
                    RequestPayload::Import(request) => {
                        request.object_type = Some(super::ImportedType::Said(request.object.object_type()));
                    }
                    _ => {}
                }
            }
            let ephemeral = if generator.once_in(16) { generator.field(Tag::EPHEMERAL, true) } else { None };
            let message_extensions =
                if generator.once_in(16) { generator.field(Tag::MESSAGE_EXTENSION, true) } else { Vec::new() };
            let unique_batch_item_id = batch_item_id(generator);
            Self { operation, ephemeral, unique_batch_item_id, payload, message_extensions }
        })
    }
}

impl<'a> Generate<'a> for ResponseBatchItem<'a, ResponsePayload<'a>> {
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        generator.structure(|generator| {
            let operation = operation(generator, ResponsePayload::OPERATIONS);
            let result_status = generator.value(Tag::RESULT_STATUS);
            let succeeded = result_status == ResultStatus::SUCCESS;
            let pending = result_status == ResultStatus::OPERATION_PENDING;
            let payload = (succeeded || generator.is_odd())
                .then(|| ResponsePayload::generate(operation, generator, Tag::RESPONSE_PAYLOAD));
            Self {
                operation: Some(operation),
                unique_batch_item_id: batch_item_id(generator),
                result_status,
                result_reason: if succeeded { None } else { generator.value(Tag::RESULT_REASON) },
                result_message: if succeeded { None } else { generator.value(Tag::RESULT_MESSAGE) },
                asynchronous_correlation_value: pending.then(|| generator.value(Tag::ASYNCHRONOUS_CORRELATION_VALUE)),
                payload,
                message_extensions: if generator.once_in(16) {
                    generator.field(Tag::MESSAGE_EXTENSION, true)
                } else {
                    Vec::new()
                },
            }
        })
    }
}
