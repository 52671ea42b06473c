//! Responses to other requests.

use kmip_client::protocol::operation::{Activate, Create, Get};
use kmip_client::{Error, Exchange, NoReply, OutOfStep, RequestOptions, TransportError};
use kmip_ttlv::V1_4;
use kmip_ttlv::enumeration::{AsynchronousIndicator, ObjectType, OperationCode};

use crate::evil::{
    Echo, Evil, TRANSPORTS, created, find, header, item, key, operation, serve as serve_on, structure, success,
};
use crate::{Either, attack, call, limits, run};

/// Returns the mismatch that the error of a call reports.
fn out_of_step(error: &Error) -> OutOfStep {
    match error.transport_error() {
        Some(TransportError::OutOfStep(what)) => *what,
        _ => panic!("{error:?}"),
    }
}

#[test]
fn an_answer_about_another_object_is_an_error_of_its_own_and_the_connection_goes() {
    for echo in [Echo::Id, Echo::Nothing] {
        let serve = move |mut evil: Evil, _| {
            // One response per connection: a second request on it is not served.
            if let Some(request) = evil.request() {
                evil.answer(&key(&request, echo, "another"));
            }
            let more = evil.request();
            assert!(more.is_none(), "the connection is used again");
        };
        attack(serve, async |what, client| {
            for _ in 0..2 {
                let error = call!(client, &Get::id("mine")).map(drop).unwrap_err();
                assert!(matches!(error, Error::NoAnswer(_)), "{echo:?}, {}: {error:?}", what());
                assert_eq!(out_of_step(&error), OutOfStep::ForeignObject { operation: OperationCode::GET });
                let error = call!(client, &Activate::id("mine")).map(drop).unwrap_err();
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{echo:?}, {}: {error:?}", what());
            }
        });
    }
}

#[test]
fn the_id_of_another_request_is_no_answer() {
    let serve = |evil: Evil, _| {
        let mut last: Option<Vec<u8>> = None;
        // The response to the previous request, with its ID.
        evil.answer_each(|request| {
            created(&last.replace(request.to_vec()).unwrap_or(request.to_vec()), Echo::Id, "new")
        });
    };
    attack(serve, async |what, client| {
        call!(client, &Create::aes(256)).unwrap();
        let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{}: {error:?}", what());
        assert_eq!(out_of_step(&error), OutOfStep::ForeignItem);
    });
}

/// The result of a poll is about the original request.
#[test]
fn a_poll_brings_no_answer_to_another_request() {
    const POLL: u32 = 0x1A;
    const PENDING: [u8; 4] = [0, 0, 0, 2];
    for answered in ["mine", "another"] {
        let serve = move |mut evil: Evil, _| {
            while let Some(request) = evil.request() {
                if operation(&request) == POLL {
                    // Named like the original request, or not at all.
                    evil.answer(&key(&request, Echo::Id, answered));
                    continue;
                }
                let mark = item(0x42_0006, 8, b"mark");
                let pending = [item(0x42_005C, 5, &[0, 0, 0, 0x0A]), item(0x42_007F, 5, &PENDING), mark];
                evil.answer(&structure(0x42_007B, &[header(), structure(0x42_000F, &pending)]));
            }
        };
        for transport in TRANSPORTS {
            for is_async in [false, true] {
                let options = RequestOptions::new();
                let options = options.asynchronous(AsynchronousIndicator::OPTIONAL).wait_for_pending(true);
                let config = limits(serve_on(transport, serve)).request_options(options);
                run(&config, is_async, async |client| {
                    let reply = call!(client, &Get::id("mine"));
                    let what = format!("{answered}, {transport:?}, async: {is_async}");
                    match reply {
                        Ok(reply) if answered == "mine" => {
                            assert_eq!(reply.payload().unique_identifier, "mine".into(), "{what}");
                        }
                        Err(error) if answered == "another" => {
                            assert_eq!(out_of_step(&error), OutOfStep::ForeignObject { operation: OperationCode::GET });
                        }
                        other => panic!("{what}: {:?}", other.map(drop)),
                    }
                });
            }
        }
    }
}

/// The items of a batch in another order, without IDs or with swapped ones.
#[test]
fn items_that_are_swapped_answer_nothing() {
    for are_ids_swapped in [false, true] {
        let serve = move |mut evil: Evil, _| {
            while let Some(request) = evil.request() {
                let about = |id: &str| {
                    let payload = structure(0x42_007C, &[item(0x42_0094, 7, id.as_bytes())]);
                    [item(0x42_005C, 5, &[0, 0, 0, 0x12]), item(0x42_007F, 5, &[0; 4]), payload]
                };
                let first = u64::from_be_bytes(find(&request, 0x42_0093, 8).unwrap().try_into().unwrap());
                let of = |index: u64, [operation, status, payload]: [Vec<u8>; 3]| {
                    let id = item(0x42_0093, 8, &first.wrapping_add(index).to_be_bytes());
                    let id = if are_ids_swapped { id } else { Vec::new() };
                    structure(0x42_000F, &[operation, id, status, payload])
                };
                evil.answer(&structure(0x42_007B, &[header(), of(0, about("b")), of(1, about("a"))]));
            }
        };
        attack(serve, async |what, client| {
            let batch = (Activate::id("a"), Activate::id("b"));
            let error = match &client {
                Either::Blocking(client) => client.batch(&batch).map(drop),
                Either::Async(client) => client.batch(&batch).await.map(drop),
            };
            let error = error.unwrap_err();
            assert!(matches!(error, Error::OutcomeUnknown(_)), "{}: {error:?}", what());
            assert_eq!(out_of_step(&error), OutOfStep::ForeignObject { operation: OperationCode::ACTIVATE });
        });
    }
}

#[test]
fn identifiers_are_compared_letter_by_letter() {
    let exchange = Exchange::new(V1_4, &Get::id("Key")).unwrap();
    let reply = key(exchange.request(), Echo::Nothing, "key");
    let error = exchange.answer(reply.into()).unwrap_err();
    assert!(matches!(error, NoReply::OutOfStep(OutOfStep::ForeignObject { .. })), "{error:?}");
}

/// Returns a response to Get. Its first item is the Object Type; the key block follows in the object.
fn get_reply(object_type: u32, object: u32, bytes: usize, bits: i32, algorithm: u32) -> Vec<u8> {
    let exchange = Exchange::new(V1_4, &Get::id("k")).unwrap();
    let block = [
        item(0x42_0042, 5, &[0, 0, 0, 1]),
        structure(0x42_0045, &[item(0x42_0043, 8, &vec![7; bytes])]),
        item(0x42_0028, 5, &algorithm.to_be_bytes()),
        item(0x42_002A, 2, &bits.to_be_bytes()),
    ];
    let object = structure(object, &[structure(0x42_0040, &block)]);
    let payload = [item(0x42_0057, 5, &object_type.to_be_bytes()), item(0x42_0094, 7, b"k"), object];
    success(exchange.request(), Echo::Nothing, &payload)
}

const SYMMETRIC_KEY: u32 = 0x42_008F;
const PRIVATE_KEY: u32 = 0x42_0064;
const AES: u32 = 3;
const TRIPLE_DES: u32 = 2;

fn answered(reply: Vec<u8>) -> Result<(), OutOfStep> {
    let exchange = Exchange::new(V1_4, &Get::id("k")).unwrap();
    match exchange.answer(reply.into()) {
        Ok(_) => Ok(()),
        Err(NoReply::OutOfStep(what)) => Err(what),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn an_object_is_what_its_answer_says() {
    assert_eq!(answered(get_reply(2, SYMMETRIC_KEY, 16, 128, AES)), Ok(()));
    for (object_type, tag, expected, received) in [
        (3, SYMMETRIC_KEY, ObjectType::PUBLIC_KEY, ObjectType::SYMMETRIC_KEY),
        (2, PRIVATE_KEY, ObjectType::SYMMETRIC_KEY, ObjectType::PRIVATE_KEY),
    ] {
        let error = answered(get_reply(object_type, tag, 16, 128, AES)).unwrap_err();
        assert_eq!(error, OutOfStep::ObjectType { operation: OperationCode::GET, expected, received });
    }
    // The requested length is compared too.
    let exchange = Exchange::new(V1_4, &Create::aes(256)).unwrap();
    let payload = [item(0x42_0057, 5, &[0, 0, 0, 4]), item(0x42_0094, 7, b"new")];
    let reply = success(exchange.request(), Echo::Nothing, &payload);
    let NoReply::OutOfStep(what) = exchange.answer(reply.into()).unwrap_err() else { panic!("it is an answer") };
    let (expected, received) = (ObjectType::SYMMETRIC_KEY, ObjectType::PRIVATE_KEY);
    assert_eq!(what, OutOfStep::ObjectType { operation: OperationCode::CREATE, expected, received });
}

#[test]
fn a_key_is_as_long_as_its_answer_says() {
    for (bytes, bits, fits) in
        [(16, 128, true), (16, 0, true), (16, 256, false), (32, 128, false), (16, -128, false), (16, i32::MAX, false)]
    {
        let expected = if fits { Ok(()) } else { Err(OutOfStep::KeyLength { stated: bits, received: 8 * bytes }) };
        assert_eq!(answered(get_reply(2, SYMMETRIC_KEY, bytes, bits, AES)), expected, "{bytes} bytes, {bits} bits");
    }
    // The length of DES may include parity bits; and an RSA key has more bytes than its modulus.
    assert_eq!(answered(get_reply(2, SYMMETRIC_KEY, 24, 168, TRIPLE_DES)), Ok(()));
    assert_eq!(answered(get_reply(4, PRIVATE_KEY, 1190, 2048, 4)), Ok(()));
}

#[test]
fn tags_of_cosmian_stand_for_an_identifier() {
    let exchange = Exchange::new(V1_4, &Activate::id(r#"["vm","disk"]"#)).unwrap();
    let reply = success(exchange.request(), Echo::Nothing, &[item(0x42_0094, 7, b"4711")]);
    assert_eq!(exchange.answer(reply.into()).unwrap().payload().unique_identifier, "4711".into());
    let exchange = Exchange::new(V1_4, &Activate::id("disk")).unwrap();
    let reply = success(exchange.request(), Echo::Nothing, &[item(0x42_0094, 7, b"4711")]);
    let error = exchange.answer(reply.into()).unwrap_err();
    assert!(matches!(error, NoReply::OutOfStep(OutOfStep::ForeignObject { .. })), "{error:?}");
}

/// gemalto/kmip-go always answers in its own version.
#[test]
fn an_answer_in_another_minor_version_is_read_in_that_one() {
    let exchange = Exchange::new(kmip_ttlv::V1_0, &Create::aes(256)).unwrap();
    let payload = [item(0x42_0057, 5, &[0, 0, 0, 2]), item(0x42_0094, 7, b"new")];
    let reply = success(exchange.request(), Echo::Nothing, &payload);
    let reply = exchange.answer(reply.into()).unwrap();
    assert_eq!((reply.version(), reply.payload().unique_identifier), (V1_4, "new".into()));
    let exchange = Exchange::new(kmip_ttlv::V2_1, &Create::aes(256)).unwrap();
    let reply = success(exchange.request(), Echo::Nothing, &payload);
    let error = exchange.answer(reply.into()).unwrap_err();
    assert!(matches!(error, NoReply::OutOfStep(OutOfStep::Version { .. })), "{error:?}");
}
