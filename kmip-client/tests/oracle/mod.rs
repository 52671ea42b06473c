//! What holds for any bytes at all. Tests ask it of messages, the targets in `fuzz` of whatever they come up with.
#![allow(dead_code, reason = "no one who includes this uses all of it")]

use std::sync::LazyLock;

use bytes::Bytes;
use kmip_client::protocol::Id;
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Create, Get, GetAttributes, Locate, Operation, Query, Request};
use kmip_client::{Batch, Exchange, Incoming, NoReply, Operations, Reply};
use kmip_ttlv::enumeration::QueryFunction;
use kmip_ttlv::{Rules, V1_0, V1_4, V2_1};

/// A message of either direction that strict rules take is encoded to the same bytes; and lax rules take it too.
pub(crate) fn messages(bytes: &[u8]) {
    let lax = Rules::STRICT.skip_unknown().any_padding();
    // What has no form in the version, such as a vendor's attribute in KMIP 1.x, cannot come from there.
    const FROM_SOMETHING: &str = "it was decoded from something";
    if let Ok((strict, 0)) = RequestMessage::decode_message(bytes, Rules::STRICT) {
        assert_eq!(strict.encode_again().expect(FROM_SOMETHING), bytes);
        let (read, skipped) = RequestMessage::decode_message(bytes, lax).expect("lax rules take what strict ones take");
        assert_eq!(skipped, 0);
        // Of an attribute whose fields are in another order strict rules keep the order, and lax ones make sense of it.
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

/// A server that sends any bytes in any pieces gets no further than an error. The first byte says how the rest is cut.
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

/// Takes a message for the answer to several requests, in several versions.
fn answers(frame: &Bytes) {
    // Made once: encoding them takes longer than reading most answers.
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

/// The replies, unless there is none to the batch as a whole.
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
        // It was read once already, and is read again.
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
