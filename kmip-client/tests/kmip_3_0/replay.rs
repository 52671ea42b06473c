//! The test cases of OASIS for KMIP 3.0, replayed to the client: each request encoded by it, each response read by it.
//!
//! An item of a batch is replayed as a message of its own, because a batch of arbitrary operations has no type.

use std::collections::BTreeMap;

use kmip_client::protocol::message::{
    RequestBatchItem, RequestMessage, ResponseBatchItem, ResponseHeader, ResponseMessage,
};
use kmip_client::protocol::operation::{Request, RequestPayload};
use kmip_client::{Exchange, NoReply, OutOfStep};
use kmip_ttlv::enumeration::ResultStatus;
use kmip_ttlv::{Encode, Item, Rules, Tag, V3_0, encode};

use crate::corpus;

/// Encodes the request again and decodes its response. Returns the difference as `Err`.
fn replay<R: Request>(request: &R, asked: &RequestBatchItem<'_, Item<'_>>, answer: &Answer<'_>) -> Result<(), String> {
    let exchange = Exchange::new(V3_0, request).map_err(|error| error.to_string())?;
    let alone = RequestMessage::new(V3_0, vec![asked.clone()]);
    if exchange.request() != alone.encode_message().unwrap() {
        return Err("the request became another".to_owned());
    }
    let mut message = ResponseMessage::new(V3_0, answer.header.time_stamp, vec![answer.item.clone()]);
    message.header = answer.header.clone();
    match (answer.item.result_status, exchange.answer(message.encode_message().unwrap().into())) {
        (ResultStatus::SUCCESS, Ok(reply)) => same(&reply.payload(), answer.item.payload),
        (ResultStatus::OPERATION_FAILED, Err(NoReply::Refused(refusal)))
            if refusal.reason == answer.item.result_reason =>
        {
            Ok(())
        }
        (ResultStatus::OPERATION_PENDING, Err(NoReply::Pending(_))) => Ok(()),
        // The placeholders for the server's keys in the cases are 16 bytes, whatever the stated length: no client may
        // accept them.
        (ResultStatus::SUCCESS, Err(NoReply::OutOfStep(OutOfStep::KeyLength { received: 128, .. }))) => Ok(()),
        (status, outcome) => Err(format!("{status} became {outcome:?}")),
    }
}

struct Answer<'a> {
    header: &'a ResponseHeader<'a>,
    item: &'a ResponseBatchItem<'a, Item<'a>>,
}

fn same(payload: &impl Encode, received: Option<Item<'_>>) -> Result<(), String> {
    let received = received.map(|payload| encode(&payload, Tag::RESPONSE_PAYLOAD, V3_0).unwrap());
    match encode(payload, Tag::RESPONSE_PAYLOAD, V3_0) {
        Ok(encoded) if Some(&encoded) == received.as_ref() => Ok(()),
        Ok(_) => Err("the response became another".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Replays the payload as its operation.
macro_rules! by_operation {
    ($payload:expr, $asked:expr, $answer:expr, [$($operation:ident)*]) => {
        match $payload {
            $(RequestPayload::$operation(request) => replay(request, $asked, $answer),)*
            _ => Err("an operation that this test does not know".to_owned()),
        }
    };
}

#[needs::cases("oasis/resolved/3.0")]
#[test]
fn every_request_and_every_response_of_the_3_0_cases() {
    let messages = corpus::given();
    let messages: Vec<_> = messages.iter().filter(|message| message.version() == V3_0).collect();
    let (mut items, mut differ) = (BTreeMap::<_, usize>::new(), Vec::new());
    for pair in messages.chunks(2) {
        let [request, response] = pair else { panic!("{} has no response", pair[0].name) };
        let (typed, _) = RequestMessage::decode_message(&request.bytes, Rules::STRICT).unwrap();
        let (raw, _) = RequestMessage::<Item<'_>>::decode_message_as(&request.bytes, Rules::STRICT).unwrap();
        let (response, _) = ResponseMessage::<Item<'_>>::decode_message_as(&response.bytes, Rules::STRICT).unwrap();
        for ((typed, asked), item) in typed.batch_items.iter().zip(&raw.batch_items).zip(&response.batch_items) {
            let answer = Answer { header: &response.header, item };
            let outcome = by_operation!(&typed.payload, asked, &answer, [
                Activate AddAttribute AdjustAttribute Check Create CreateCredential CreateKeyPair CreateUser Decrypt
                DeleteAttribute Destroy DiscoverVersions Encrypt Export Get GetAttributeList GetAttributes Import Interop
                Locate Log Mac MacVerify ModifyAttribute Obliterate Query Register Revoke RngSeed RngRetrieve
                SetAttribute Sign SignatureVerify
            ]);
            *items.entry(asked.operation.to_string()).or_default() += 1;
            if let Err(difference) = outcome {
                differ.push(format!("{}: {}: {difference}", request.name, asked.operation));
            }
        }
    }
    eprintln!("{} items of {} messages: {items:?}", items.values().sum::<usize>(), messages.len());
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}
