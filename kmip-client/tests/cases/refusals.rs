//! A refusal is reported in the server's own words.

use kmip_client::protocol::operation::{Activate, Create, RngSeed};
use kmip_client::{Exchange, NoReply, OutOfStep};
use kmip_ttlv::V1_4;
use kmip_ttlv::enumeration::{OperationCode, ResultReason, ResultStatus};

use crate::bytes::{enumeration, text};
use crate::wire::{
    ACTIVATE, FAILED, OPERATION, RESULT_MESSAGE, RESULT_REASON, RESULT_STATUS, SUCCESS, UNIQUE_IDENTIFIER, batch_count,
    batch_item, header, message, payload, response, time_stamp, version,
};

/// One server names Cancel in every refusal of an operation that it lacks.
const CANCEL: u32 = 0x19;

#[test]
fn a_refusal_under_the_name_of_another_operation() {
    let exchange = Exchange::new(V1_4, &RngSeed::bytes(&[1, 2, 3])).unwrap();
    for status in [FAILED, 3] {
        let item = [
            enumeration(OPERATION, CANCEL),
            enumeration(RESULT_STATUS, status),
            enumeration(RESULT_REASON, 5),
            text(RESULT_MESSAGE, "no such operation"),
        ];
        let Err(NoReply::Refused(refusal)) = exchange.answer(response((1, 4), &item)) else { panic!("no refusal") };
        assert_eq!(refusal.operation, Some(OperationCode::RNG_SEED));
        assert_eq!(refusal.status, ResultStatus::from_value(status));
        assert_eq!(refusal.reason, Some(ResultReason::from_value(5)));
        assert_eq!(refusal.message.as_deref(), Some("no such operation"));
    }
    // A success under another name belongs to another request, and so does a pending response.
    for status in [SUCCESS, 2] {
        let item = [enumeration(OPERATION, CANCEL), enumeration(RESULT_STATUS, status)];
        let answer = exchange.answer(response((1, 4), &item));
        assert!(matches!(answer, Err(NoReply::OutOfStep(OutOfStep::Operation { .. }))), "{answer:?}");
    }
}

#[test]
fn a_refusal_under_another_name_inside_a_batch() {
    let exchange = Exchange::batch(V1_4, &(Create::aes(256), Activate::id("k"))).unwrap();
    let created = [enumeration(0x420057, 2), text(UNIQUE_IDENTIFIER, "fresh")];
    let frame = message(&[
        header(&[version(1, 4), time_stamp(), batch_count(2)]),
        batch_item(&[enumeration(OPERATION, 1), enumeration(RESULT_STATUS, SUCCESS), payload(&created)]),
        batch_item(&[
            enumeration(OPERATION, CANCEL),
            enumeration(RESULT_STATUS, FAILED),
            enumeration(RESULT_REASON, 1),
        ]),
    ]);
    let (created, activated) = exchange.answers(frame).unwrap();
    assert!(created.is_ok());
    let Err(NoReply::Refused(refusal)) = activated else { panic!("no refusal") };
    assert_eq!(
        (refusal.operation, refusal.reason),
        (Some(OperationCode::ACTIVATE), Some(ResultReason::ITEM_NOT_FOUND))
    );
}

#[test]
fn a_status_that_nobody_knows_is_no_refusal() {
    let exchange = Exchange::new(V1_4, &Activate::id("k")).unwrap();
    for status in [4, 0x8000_0001, u32::MAX] {
        let item = [enumeration(OPERATION, ACTIVATE), enumeration(RESULT_STATUS, status), payload(&[])];
        let answer = exchange.answer(response((1, 4), &item));
        let Err(NoReply::Malformed(error)) = answer else { panic!("{answer:?}") };
        let place = "ResponseMessage/BatchItem/ResultStatus: a Result Status that KMIP does not have at byte 112";
        assert_eq!(error.to_string(), place);
    }
    // Beside a valid response, the other one can still be read.
    let exchange = Exchange::batch(V1_4, &[Activate::id("a"), Activate::id("b")]).unwrap();
    let item = |status| batch_item(&[enumeration(OPERATION, ACTIVATE), enumeration(RESULT_STATUS, status)]);
    let frame = message(&[header(&[version(1, 4), time_stamp(), batch_count(2)]), item(SUCCESS), item(7)]);
    let [first, second] = exchange.answers(frame).unwrap();
    assert_eq!(first.unwrap().payload().unique_identifier.as_str(), Some("a"));
    let Err(NoReply::Malformed(error)) = second else { panic!("{second:?}") };
    assert!(error.to_string().starts_with("ResponseMessage/BatchItem[1]/ResultStatus: "), "{error}");
}
