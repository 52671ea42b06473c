//! Properties that hold for arbitrary bytes. Tests check them for messages, the targets in `fuzz` for whatever they
//! generate.
#![allow(dead_code, reason = "no one who includes this uses all of it")]

#[cfg(all(feature = "arbitrary", feature = "_client"))]
pub(crate) mod inputs;
pub(crate) mod random;
#[cfg(all(feature = "arbitrary", feature = "test-server"))]
pub(crate) mod server;

use std::sync::LazyLock;

use bytes::Bytes;
use kmip_client::protocol::Id;
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Create, Get, GetAttributes, Locate, Operation, Query, Request};
use kmip_client::{Batch, Exchange, Incoming, NoReply, Operations, Reply};
use kmip_ttlv::enumeration::QueryFunction;
use kmip_ttlv::{Rules, V1_0, V1_4, V2_1};

/// Checks that a message of either direction that strict rules accept encodes to the same bytes, and that lax rules
/// accept it too.
pub(crate) fn messages(bytes: &[u8]) {
    let lax = Rules::STRICT.skip_unknown().any_padding();
    // Values that the version cannot encode, such as a vendor's attribute in KMIP 1.x, cannot result from decoding.
    const FROM_SOMETHING: &str = "it was decoded from something";
    if let Ok((strict, 0)) = RequestMessage::decode_message(bytes, Rules::STRICT) {
        assert_eq!(strict.encode_again().expect(FROM_SOMETHING), bytes);
        let (read, skipped) = RequestMessage::decode_message(bytes, lax).expect("lax rules take what strict ones take");
        assert_eq!(skipped, 0);
        // Strict rules preserve the order of an attribute whose fields are in another order; lax ones interpret it.
        if read.encode_again().expect(FROM_SOMETHING) == bytes {
            assert_eq!(read, strict);
        }
    }
    if let Ok((strict, 0)) = ResponseMessage::decode_message(bytes, Rules::STRICT) {
        assert_eq!(strict.encode_again().expect(FROM_SOMETHING), bytes);
        let (read, skipped) =
            ResponseMessage::decode_message(bytes, lax).expect("lax rules take what strict ones take");
        assert_eq!(skipped, 0);
        if read.encode_again().expect(FROM_SOMETHING) == bytes {
            assert_eq!(read, strict);
        }
    }
}

/// Checks that a server that sends arbitrary bytes in arbitrary pieces causes errors only. The first byte determines
/// how the rest is split.
pub(crate) fn conversation(bytes: &[u8]) {
    let Some((cut, mut rest)) = bytes.split_first() else { return };
    let mut incoming = Incoming::new(1 << 16);
    while !rest.is_empty() {
        let space = incoming.space();
        let length = space.len().min(rest.len()).min(usize::from(*cut) + 1);
        space[..length].copy_from_slice(&rest[..length]);
        rest = &rest[length..];
        match incoming.filled(length) {
            Ok(Some(frame)) => answers(&frame),
            Ok(None) => {}
            Err(_) => return,
        }
    }
}

/// Evaluates a message as the response to several requests, in several versions.
fn answers(frame: &Bytes) {
    // Created once, because encoding them takes longer than reading most responses.
    static GET: LazyLock<[Exchange<Get>; 3]> = LazyLock::new(|| asked(&Get::id("1")));
    static CREATE: LazyLock<[Exchange<Create>; 3]> = LazyLock::new(|| asked(&Create::aes(256)));
    static LOCATE: LazyLock<[Exchange<Locate>; 3]> = LazyLock::new(|| asked(&Locate::all()));
    static ATTRIBUTES: LazyLock<[Exchange<GetAttributes>; 3]> = LazyLock::new(|| asked(&GetAttributes::id("1")));
    static QUERY: LazyLock<[Exchange<Query>; 3]> =
        LazyLock::new(|| asked(&Query::functions([QueryFunction::QUERY_OPERATIONS])));
    GET.iter().for_each(|exchange| answer(exchange, frame));
    CREATE.iter().for_each(|exchange| answer(exchange, frame));
    LOCATE.iter().for_each(|exchange| answer(exchange, frame));
    ATTRIBUTES.iter().for_each(|exchange| answer(exchange, frame));
    QUERY.iter().for_each(|exchange| answer(exchange, frame));

    static PAIR: LazyLock<[Exchange<(Create, Get)>; 3]> =
        LazyLock::new(|| batch(&(Create::aes(256), Get::id(Id::Placeholder))));
    static LIST: LazyLock<[Exchange<[Get; 3]>; 3]> = LazyLock::new(|| batch(&["1", "2", "3"].map(Get::id)));
    for exchange in &*PAIR {
        if let Some((created, fetched)) = answers_to(exchange, frame) {
            check(created, frame);
            check(fetched, frame);
        }
    }
    for exchange in &*LIST {
        answers_to(exchange, frame).into_iter().flatten().for_each(|reply| check(reply, frame));
    }
}

fn batch<B: Batch>(batch: &B) -> [Exchange<B::Operations>; 3] {
    [V1_0, V1_4, V2_1].map(|version| Exchange::batch(version, batch).expect("every version has these requests"))
}

/// Returns the replies, unless the batch as a whole failed.
fn answers_to<O: Operations>(exchange: &Exchange<O>, frame: &Bytes) -> Option<O::Replies<NoReply>> {
    exchange.answers(frame.clone()).map_err(|no_reply| explained(&no_reply, frame)).ok()
}

fn asked<R: Request>(request: &R) -> [Exchange<R::Operation>; 3] {
    [V1_0, V1_4, V2_1].map(|version| Exchange::new(version, request).expect("every version has these requests"))
}

fn answer<O: Operation>(exchange: &Exchange<O>, frame: &Bytes) {
    check(exchange.answer(frame.clone()), frame);
}

fn check<O: Operation>(answer: Result<Reply<O>, NoReply>, frame: &Bytes) {
    match answer {
        // It was decoded once already, and is decoded again.
        Ok(reply) => drop(reply.payload()),
        Err(no_reply) => explained(&no_reply, frame),
    }
}

fn explained(no_reply: &NoReply, frame: &Bytes) {
    match no_reply {
        NoReply::Malformed(error) => assert!(error.offset() <= frame.len()),
        refused => assert!(!refused.to_string().is_empty()),
    }
}

/// A generated message is valid: it encodes, has only what its version has, and is the same after each way there and
/// back. One with oddities is well-formed. The first byte picks the version, the second how odd the odd one is.
#[cfg(feature = "arbitrary")]
pub(crate) fn typed(bytes: &[u8]) {
    use kmip_client::arbitrary::{
        Generator, Unstructured, VERSIONS, request_message, request_message_by, response_message, response_message_by,
    };

    let [version, odd, rest @ ..] = bytes else { return };
    let version = VERSIONS[usize::from(*version) % VERSIONS.len()];

    let request = request_message(&mut Unstructured::new(rest), version);
    let frame = valid(request.encode_message(), &request);
    for rules in [Rules::STRICT, Rules::STRICT.skip_unknown().integer_stand_ins().any_padding()] {
        let (decoded, skipped) = valid(RequestMessage::decode_message(&frame, rules), &request);
        assert_eq!((&decoded, skipped), (&request, 0));
        assert_eq!(valid(decoded.encode_message(), &request), frame);
    }
    carried(&frame, version, &request);

    let response = response_message(&mut Unstructured::new(rest), version);
    let frame = valid(response.encode_message(), &response);
    for rules in [Rules::STRICT, Rules::STRICT.skip_unknown().integer_stand_ins().any_padding()] {
        let (decoded, skipped) = valid(ResponseMessage::decode_message(&frame, rules), &response);
        assert_eq!((&decoded, skipped), (&response, 0));
        assert_eq!(valid(decoded.encode_message(), &response), frame);
    }
    carried(&frame, version, &response);

    let mut generator = Generator::new(rest, version).oddities(*odd);
    if let Ok(frame) = request_message_by(&mut generator).encode_again() {
        messages(&frame);
    }
    if let Ok(frame) = response_message_by(&mut generator).encode_again() {
        messages(&frame);
    }
}

#[cfg(feature = "arbitrary")]
fn valid<T>(result: kmip_ttlv::Result<T>, message: &dyn std::fmt::Debug) -> T {
    result.unwrap_or_else(|error| panic!("{error}: {message:?}"))
}

/// Its items have only what the version has, and XML and JSON carry them.
#[cfg(feature = "arbitrary")]
fn carried(frame: &[u8], version: kmip_ttlv::ProtocolVersion, message: &dyn std::fmt::Debug) {
    valid(kmip_ttlv::check_vocabulary(frame, version), message);
    #[cfg(feature = "json")]
    {
        let document = valid(kmip_ttlv::json::to_json(frame), message);
        let back = kmip_ttlv::json::from_json(&document).collect::<kmip_ttlv::Result<Vec<_>>>();
        assert_eq!(valid(back, message).concat(), frame, "{document}");
    }
    #[cfg(feature = "xml")]
    match kmip_ttlv::xml::to_xml(frame) {
        Ok(document) => {
            let back = kmip_ttlv::xml::from_xml(&document).collect::<kmip_ttlv::Result<Vec<_>>>();
            assert_eq!(valid(back, message).concat(), frame, "{document}");
        }
        // A text may have what XML cannot carry.
        Err(error) => assert!(matches!(error.kind(), kmip_ttlv::ErrorKind::Character(_)), "{error}: {message:?}"),
    }
}
