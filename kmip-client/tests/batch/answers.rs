//! Evaluation of responses, each given as bytes.

use kmip_client::protocol::Id;
use kmip_client::protocol::operation::{Activate, Create, Get, Query, Register};
use kmip_client::{Batch, Exchange, NoReply, OutOfStep, Reply, RequestOptions};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, OperationCode as Code, QueryFunction, ResultReason, ResultStatus,
};
use kmip_ttlv::{Tag, V1_0, V1_2, V1_4, V2_0, V2_1, V3_0};

use crate::wire::{
    ACTIVATE, CREATE, FAILED, GET, Message, PENDING, QUERY, REGISTER, SUCCESS, UNDONE, created, done, enumeration,
    failed, identifier, item, message, payload, structure, text,
};

type Two = (Create, Activate);

fn two() -> Exchange<Two> {
    Exchange::batch(V1_4, &(Create::aes(256), Activate::id(Id::Placeholder))).unwrap()
}

fn three() -> Exchange<[Activate; 3]> {
    Exchange::batch(V1_4, &["a", "b", "c"].map(Activate::id)).unwrap()
}

/// Returns the identifiers in the replies, or the errors.
fn told(replies: &[Result<Reply<Activate>, NoReply>]) -> Vec<String> {
    let told = |reply: &Result<Reply<Activate>, NoReply>| match reply {
        Ok(reply) => reply.payload().unique_identifier.to_string(),
        Err(error) => error.to_string(),
    };
    replies.iter().map(told).collect()
}

fn out_of_step<T>(answers: Result<T, NoReply>) -> OutOfStep {
    match answers {
        Err(NoReply::OutOfStep(what)) => what,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it is taken for an answer"),
    }
}

#[test]
fn items_are_matched_by_their_ids() {
    let items = vec![done(ACTIVATE, identifier("fresh")).to(2), done(CREATE, created("fresh")).to(1)];
    let (created, activated) = two().answers(message(items)).unwrap();
    assert_eq!(created.unwrap().payload().unique_identifier.as_str(), Some("fresh"));
    assert_eq!(activated.unwrap().payload().unique_identifier.as_str(), Some("fresh"));
}

#[test]
fn items_without_an_id_are_taken_in_their_order() {
    let items = ["a", "b", "c"].map(|id| done(ACTIVATE, identifier(id)));
    assert_eq!(told(&three().answers(message(items.to_vec())).unwrap()), ["a", "b", "c"]);
    let [a, b, c] = items;
    // If some items have an ID, the others take the remaining positions.
    let some = vec![c.to(3), a, b.to(2)];
    assert_eq!(told(&three().answers(message(some)).unwrap()), ["a", "b", "c"]);
}

#[test]
fn items_without_an_operation_answer_what_was_asked() {
    let items = vec![
        done(CREATE, created("fresh")).to(1).without_operation(),
        done(ACTIVATE, identifier("fresh")).to(2).without_operation(),
    ];
    let (made, activated) = two().answers(message(items)).unwrap();
    assert!(made.is_ok() && activated.is_ok());
    // The same without the operation.
    let items = vec![done(CREATE, created("fresh")).without_operation(), failed(ACTIVATE).without_operation()];
    let (created, activated) = two().answers(message(items)).unwrap();
    assert_eq!(created.unwrap().payload().unique_identifier.as_str(), Some("fresh"));
    assert!(matches!(activated, Err(NoReply::Refused(refusal)) if refusal.operation == Some(Code::ACTIVATE)));
}

#[test]
fn kmip_3_goes_by_the_order() {
    let exchange = Exchange::batch(V3_0, &["a", "b"].map(Activate::id)).unwrap();
    // Identifiers have a type of their own there.
    let answer = |id: &str| done(ACTIVATE, payload(&[item(0x420094, 0x0C, id.as_bytes())]));
    let frame = Message::new((3, 0), vec![answer("a"), answer("b")]).bytes();
    assert_eq!(told(&exchange.answers(frame).unwrap()), ["a", "b"]);
}

#[test]
fn the_message_is_shared() {
    let items = ["a", "b", "c"].map(|id| done(ACTIVATE, identifier(id)));
    let frame = message(items.to_vec());
    for reply in three().answers(frame.clone()).unwrap() {
        assert_eq!(reply.unwrap().frame().as_ptr(), frame.as_ptr());
    }
}

#[test]
fn reports_requests_after_a_failure_as_not_executed() {
    let items = vec![done(ACTIVATE, identifier("a")).to(1), failed(ACTIVATE).to(2)];
    let [a, b, c] = three().answers(message(items)).unwrap();
    assert!(a.is_ok());
    let Err(NoReply::Refused(refusal)) = b else { panic!("{b:?}") };
    assert_eq!((refusal.operation, refusal.reason), (Some(Code::ACTIVATE), Some(ResultReason::GENERAL_FAILURE)));
    assert!(matches!(c, Err(NoReply::NotExecuted(Code::ACTIVATE))), "{c:?}");
}

#[test]
fn a_failure_says_nothing_of_what_came_before_it() {
    // The second failed, and the first has no response.
    let [a, b, c] = three().answers(message(vec![failed(ACTIVATE).to(2)])).unwrap();
    assert!(matches!(a, Err(NoReply::OutOfStep(OutOfStep::Unanswered { operation: Code::ACTIVATE }))), "{a:?}");
    assert!(matches!(b, Err(NoReply::Refused(_))), "{b:?}");
    assert!(matches!(c, Err(NoReply::NotExecuted(_))), "{c:?}");
    // Nor is a missing response accepted before a success.
    let items = vec![failed(ACTIVATE).to(1), done(ACTIVATE, identifier("c")).to(3)];
    let [_, b, c] = three().answers(message(items)).unwrap();
    assert!(matches!(b, Err(NoReply::OutOfStep(OutOfStep::Unanswered { .. }))), "{b:?}");
    assert!(c.is_ok());
}

#[test]
fn in_any_order_a_failure_stops_all_that_is_not_answered() {
    let batch = ["a", "b", "c"].map(Activate::id).in_any_order();
    let exchange = Exchange::batch(V1_4, &batch).unwrap();
    let items = vec![done(ACTIVATE, identifier("c")).to(3), failed(ACTIVATE).to(2)];
    let [a, b, c] = exchange.answers(message(items)).unwrap();
    assert!(matches!(a, Err(NoReply::NotExecuted(_))), "{a:?}");
    assert!(matches!(b, Err(NoReply::Refused(_))), "{b:?}");
    assert!(c.is_ok());
}

#[test]
fn an_item_that_is_missing_leaves_the_others_readable() {
    let items = vec![done(CREATE, created("fresh")).to(1)];
    let (created, activated) = two().answers(message(items)).unwrap();
    assert!(created.is_ok());
    assert!(matches!(activated, Err(NoReply::OutOfStep(OutOfStep::Unanswered { operation: Code::ACTIVATE }))));
}

#[test]
fn too_many_items_or_none_are_no_answer() {
    let items = vec![done(ACTIVATE, identifier("a")); 4];
    let expected = OutOfStep::BatchCount { expected: 3, received: 4 };
    assert_eq!(out_of_step(three().answers(message(items))), expected);
    let expected = OutOfStep::BatchCount { expected: 3, received: 0 };
    assert_eq!(out_of_step(three().answers(message(Vec::new()))), expected);
    let alone = Exchange::new(V1_4, &Activate::id("a")).unwrap();
    for received in [0, 2] {
        let items = vec![done(ACTIVATE, identifier("a")); received];
        assert_eq!(out_of_step(alone.answer(message(items))), OutOfStep::BatchCount { expected: 1, received });
    }
}

#[test]
fn an_id_that_is_foreign_or_there_twice_is_out_of_step() {
    let a = || done(ACTIVATE, identifier("a"));
    for foreign in [&b"\0\0\0\0\0\0\0\x04"[..], &[0; 8], &[0xFF; 8], b"1"] {
        let items = vec![a().to(1), a().named(foreign)];
        assert_eq!(out_of_step(three().answers(message(items))), OutOfStep::ForeignItem, "{foreign:?}");
    }
    assert_eq!(out_of_step(three().answers(message(vec![a().to(2), a().to(2)]))), OutOfStep::ItemTwice);
}

#[test]
fn an_item_of_another_operation_is_out_of_step() {
    let expected = OutOfStep::Operation { expected: Code::ACTIVATE, received: Code::GET };
    let items = vec![done(CREATE, created("fresh")).to(1), done(GET, identifier("fresh")).to(2)];
    assert_eq!(out_of_step(two().answers(message(items))), expected);
    let items = vec![done(CREATE, created("fresh")), done(GET, identifier("fresh"))];
    assert_eq!(out_of_step(two().answers(message(items))), expected);
}

#[test]
fn an_answer_in_another_version_is_out_of_step_unless_all_failed() {
    let items = vec![failed(CREATE).to(1), done(ACTIVATE, identifier("a")).to(2)];
    let expected = OutOfStep::Version { expected: V1_4, received: V2_0 };
    assert_eq!(out_of_step(two().answers(Message::new((2, 0), items.clone()).bytes())), expected);
    // Another minor version is accepted.
    let (_, activated) = two().answers(Message::new((1, 0), items).bytes()).unwrap();
    assert_eq!(activated.unwrap().version(), V1_0);
    let (created, activated) = two().answers(Message::new((1, 0), vec![failed(CREATE).to(1)]).bytes()).unwrap();
    assert!(matches!(created, Err(NoReply::Refused(_))));
    assert!(matches!(activated, Err(NoReply::NotExecuted(Code::ACTIVATE))));
}

#[test]
fn a_batch_that_is_refused_as_a_whole() {
    let refusal = failed(CREATE).without_operation();
    // In any version, because the refusal may be about the version.
    for version in [(1, 4), (1, 0)] {
        let answers = two().answers(Message::new(version, vec![refusal.clone()]).bytes());
        let Err(NoReply::Refused(refusal)) = answers else { panic!("it is taken for an answer") };
        assert_eq!((refusal.operation, refusal.status), (None, ResultStatus::OPERATION_FAILED));
        assert!(refusal.to_string().starts_with("the batch refused"), "{refusal}");
    }
    // A single request gets the refusal itself.
    let alone = Exchange::new(V1_4, &Get::id("1")).unwrap();
    let Err(NoReply::Refused(refusal)) = alone.answer(message(vec![refusal])) else { panic!("it is an answer") };
    assert_eq!(refusal.operation, Some(Code::GET));
}

#[test]
fn reports_undone_requests_as_undone() {
    // As in the standard's own test case: with the payloads of the successful items.
    let items = vec![
        done(ACTIVATE, identifier("a")).to(1).status(UNDONE),
        done(ACTIVATE, identifier("b")).to(2).status(UNDONE),
        failed(ACTIVATE).to(3),
    ];
    let exchange = Exchange::batch(V1_4, &["a", "b", "c"].map(Activate::id).undo_on_failure()).unwrap();
    let replies = exchange.answers(message(items)).unwrap();
    let status = |reply: Result<_, NoReply>| match reply {
        Err(NoReply::Refused(refusal)) => refusal.status,
        other => panic!("{other:?}"),
    };
    let expected = [ResultStatus::OPERATION_UNDONE, ResultStatus::OPERATION_UNDONE, ResultStatus::OPERATION_FAILED];
    assert_eq!(replies.map(status), expected);
}

#[test]
fn returns_the_correlation_value_of_a_pending_item() {
    let items =
        vec![done(CREATE, Vec::new()).to(1).status(PENDING).mark(b"job 7"), done(ACTIVATE, identifier("fresh")).to(2)];
    let (pending, activated) = two().answers(message(items)).unwrap();
    let Err(NoReply::Pending(pending)) = pending else { panic!("{pending:?}") };
    assert_eq!(pending.asynchronous_correlation_value.as_deref(), Some(&b"job 7"[..]));
    assert_eq!(pending.operation, Code::CREATE);
    assert!(activated.is_ok());
    assert_eq!(pending.to_string(), "Create is pending: the server will answer it later");
    let shown = format!("{pending:?}");
    assert!(shown.contains("Create") && shown.contains("6a6f622037"), "{shown}");
}

#[test]
fn nothing_answers_an_empty_batch() {
    let nothing = Exchange::batch(V1_4, &["a"; 0].map(Activate::id)).unwrap();
    assert!(nothing.answers(message(Vec::new())).unwrap().is_empty());
    let something = message(vec![done(ACTIVATE, identifier("a"))]);
    assert_eq!(out_of_step(nothing.answers(something)), OutOfStep::BatchCount { expected: 0, received: 1 });
}

#[test]
fn an_error_is_printed_as_its_report() {
    let refused = two().answers(message(vec![failed(CREATE).without_operation()])).map(drop).unwrap_err();
    assert_eq!(format!("{:?}", refused.report()), refused.report().to_string());
    assert_eq!(refused.report().to_string(), "the batch refused: OperationFailed, GeneralFailure");
}

#[test]
fn a_payload_that_is_malformed_leaves_the_others_readable() {
    // A response to Create without the identifier.
    let broken = payload(&[enumeration(0x420057, 2)]);
    let items = vec![done(CREATE, broken.clone()).to(1), done(ACTIVATE, identifier("fresh")).to(2)];
    let (created, activated) = two().answers(message(items)).unwrap();
    let Err(NoReply::Malformed(error)) = created else { panic!("{created:?}") };
    let place = "ResponseMessage/BatchItem[0]/ResponsePayload";
    assert!(error.to_string().starts_with(place), "{error}");
    assert!(activated.is_ok());
    // If no item can be decoded, neither can the message.
    let items = vec![done(CREATE, broken).to(1), done(ACTIVATE, payload(&[])).to(2)];
    assert!(matches!(two().answers(message(items)), Err(NoReply::Malformed(_))));
}

/// Determining a position takes a walk over the message, so it is done for the first malformed items only.
#[test]
fn the_first_malformed_items_of_a_large_batch_have_their_position() {
    const MANY: u64 = 200;
    let names: Vec<String> = (0..MANY).map(|number| number.to_string()).collect();
    let exchange = Exchange::batch(V1_4, &names.iter().map(|name| Create::aes(256).name(name)).collect::<Vec<_>>());
    let broken = payload(&[enumeration(0x420057, 2)]);
    let mut items: Vec<_> = (1..MANY).map(|number| done(CREATE, broken.clone()).to(number)).collect();
    items.push(done(CREATE, created("fresh")).to(MANY));
    let replies = exchange.unwrap().answers(message(items)).unwrap();
    for (index, reply) in replies.into_iter().enumerate() {
        match reply {
            Ok(reply) => assert_eq!((index, reply.payload().unique_identifier), (199, "fresh".into())),
            Err(NoReply::Malformed(error)) => {
                let place = format!("ResponseMessage/BatchItem[{index}]/ResponsePayload/UniqueIdentifier: ");
                assert_eq!(error.to_string().starts_with(&place), index < 64, "{error}");
                assert!(error.to_string().contains("UniqueIdentifier"), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
}

// Deviations of real servers.

/// HashiCorp Vault.
#[test]
fn a_batch_count_that_is_off() {
    let alone = Exchange::new(V1_4, &Create::aes(256)).unwrap();
    for batch_count in [2, 0, -1, i32::MAX] {
        let items = vec![done(CREATE, created("fresh"))];
        let frame = Message { batch_count: Some(batch_count), ..Message::new((1, 4), items) }.bytes();
        assert_eq!(alone.answer(frame).unwrap().payload().unique_identifier.as_str(), Some("fresh"));
        let items = vec![done(CREATE, created("fresh")).to(1), done(ACTIVATE, identifier("fresh")).to(2)];
        let frame = Message { batch_count: Some(batch_count), ..Message::new((1, 4), items) }.bytes();
        let (created, activated) = two().answers(frame).unwrap();
        assert!(created.is_ok() && activated.is_ok());
    }
}

#[test]
fn an_answer_without_its_operation() {
    let alone = Exchange::new(V1_4, &Create::aes(256)).unwrap();
    let answer = done(CREATE, created("fresh")).without_operation();
    assert!(alone.answer(message(vec![answer])).is_ok());
}

#[test]
fn an_id_that_was_not_asked_for() {
    let alone = Exchange::new(V1_4, &Create::aes(256)).unwrap();
    let answer = done(CREATE, created("fresh")).named(b"mine");
    assert!(alone.answer(message(vec![answer])).is_ok());
}

/// HashiCorp Vault: the field belongs to KMIP 1.4 and later.
#[test]
fn a_server_correlation_value_in_kmip_1_0() {
    let alone = Exchange::new(V1_0, &Create::aes(256)).unwrap();
    let items = vec![done(CREATE, created("fresh"))];
    let header = text(0x420106, "9e9ec8c9");
    let frame = Message { header, ..Message::new((1, 0), items) }.bytes();
    let reply = alone.answer(frame).unwrap();
    assert_eq!(reply.payload().unique_identifier.as_str(), Some("fresh"));
    assert_eq!(reply.skipped(), 0, "the header has a place for it");
}

/// HashiCorp Vault: the response to Create has one, that to Register does not.
#[test]
fn an_object_type_in_the_answer_to_register() {
    let exchange = Exchange::new(V1_4, &Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 16])).unwrap();
    let reply = exchange.answer(message(vec![done(REGISTER, created("fresh"))])).unwrap();
    assert_eq!(reply.payload().unique_identifier.as_str(), Some("fresh"));
    assert_eq!(reply.skipped(), 1);
}

/// SafeNet: in the reverse order of the standard.
#[test]
fn a_vendor_identification_after_the_server_information() {
    let asked = Query::functions([QueryFunction::QUERY_SERVER_INFORMATION]);
    let exchange = Exchange::new(V1_4, &asked).unwrap();
    let information = structure(0x420088, &[text(0x42009D, "SafeNet")]);
    let answer = payload(&[information, text(0x42009D, "SafeNet, Inc.")]);
    let reply = exchange.answer(message(vec![done(QUERY, answer)])).unwrap();
    let payload = reply.payload();
    assert_eq!(payload.vendor_identification, Some("SafeNet, Inc."));
    let texts: Vec<_> = payload.server_information_texts().collect();
    assert_eq!(texts, [(Tag::VENDOR_IDENTIFICATION, "SafeNet")]);
}

/// A server that leaves out what the client knows: the identifier is that of the request, or of the object before.
#[test]
fn a_success_without_a_payload_is_about_the_object_that_was_asked_for() {
    for (version, (major, minor)) in [(V1_4, (1, 4)), (V2_1, (2, 1))] {
        let batch = (Create::aes(256), Activate::id("a"), Activate::id(Id::Placeholder));
        let items = vec![
            done(CREATE, created("fresh")).to(1),
            done(ACTIVATE, Vec::new()).to(2),
            done(ACTIVATE, Vec::new()).to(3),
        ];
        let answers = Exchange::batch(version, &batch).unwrap().answers(Message::new((major, minor), items).bytes());
        let (_, named, placed) = answers.unwrap();
        assert_eq!(named.unwrap().payload().unique_identifier.as_str(), Some("a"), "{version}");
        assert_eq!(placed.unwrap().payload().unique_identifier.as_str(), Some("fresh"), "{version}");
    }
}

/// A server may answer in another minor version; the payload is in the later one of that and what was asked for.
#[test]
fn a_reply_has_the_version_of_its_payload() {
    for (asked, answered, expected) in [(None, 2, V1_2), (Some(V1_4), 2, V1_2), (Some(V1_4), 4, V1_4)] {
        for message_version in [V1_2, V1_4] {
            let options = asked.into_iter().fold(RequestOptions::new(), RequestOptions::payload_version);
            let exchange = Exchange::with(message_version, &Activate::id("a"), &options).unwrap();
            let items = vec![done(ACTIVATE, identifier("a"))];
            let reply = exchange.answer(Message::new((1, answered), items).bytes()).unwrap();
            let is_later = asked.is_some_and(|asked| asked > message_version);
            assert_eq!(reply.version(), if is_later { V1_4 } else { expected }, "{asked:?}, {message_version}");
        }
    }
}

#[test]
fn a_reply_is_shown_without_its_content() {
    let reply = Exchange::new(V1_4, &Activate::id("a")).unwrap().answer(message(vec![done(ACTIVATE, identifier("a"))]));
    let reply = reply.unwrap();
    assert_eq!(format!("{reply:?}"), format!("Reply(Activate, KMIP 1.4, {} bytes)", reply.frame().len()));
}

#[test]
fn statuses_are_what_they_say() {
    for (status, is_done) in [(SUCCESS, true), (FAILED, false), (UNDONE, false), (PENDING, false), (9, false)] {
        let exchange = Exchange::new(V2_1, &Activate::id("a")).unwrap();
        let items = vec![done(ACTIVATE, identifier("a")).status(status)];
        assert_eq!(exchange.answer(Message::new((2, 1), items).bytes()).is_ok(), is_done, "status {status}");
    }
}
