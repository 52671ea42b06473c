//! A vendor's additions, declared outside of the crate: a structure, an attribute, an operation, and a server that
//! supports them.

#![allow(clippy::unwrap_used)]

use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{AttributeValue, Attributes};
use kmip_client::protocol::operation::{Create, Request};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::ttlv::enumeration::{OperationCode, ResultReason};
use kmip_client::ttlv::{Tag, V1_4, V2_1, ttlv_struct};
use kmip_client::{Error, operation};

const SPEED: Tag = Tag::from_bytes([0x54, 0x00, 0x01]);
const REEL: Tag = Tag::from_bytes([0x54, 0x00, 0x02]);

ttlv_struct! {
    /// A reel of a tape.
    pub struct Reel {
        /// Its number.
        pub number: i32 = (Tag::from_bytes([0x54, 0x00, 0x03])),
    }
}

ttlv_struct! {
    /// A request to rewind a tape.
    pub struct RewindRequest<'a> {
        /// The tape.
        pub unique_identifier: &'a str = UNIQUE_IDENTIFIER,
        /// The speed. Since KMIP 2.0.
        pub speed: Option<i32> = (SPEED) in kmip_client::ttlv::V2_0..,
        /// Its reels.
        pub reels: Vec<Reel> = (REEL),
        /// The attributes to write on it.
        pub attributes: Attributes<'a> = ATTRIBUTES,
    }
}

ttlv_struct! {
    /// The tape that was rewound.
    pub struct RewindResponse<'a> {
        /// The tape, and the number of times that it was rewound.
        pub unique_identifier: &'a str = UNIQUE_IDENTIFIER,
        /// The speed.
        pub speed: Option<i32> = (SPEED),
    }
}

operation! {
    /// Rewinds a tape.
    pub Rewind(RewindRequest<'a>) -> RewindResponse<'a> = OperationCode::from_value(0x8000_0001), idempotent;
}

ttlv_struct! {
    /// An empty request.
    pub struct Empty<'a> {
        /// No tape.
        pub unique_identifier: Option<&'a str> = UNIQUE_IDENTIFIER,
    }
}

ttlv_struct! {
    /// An empty response.
    pub struct EmptyResponse {}
}

operation! {
    /// An operation that the server does not know.
    pub Unknown(Empty<'a>) -> EmptyResponse = OperationCode::from_value(0x8000_0002);
}

#[test]
fn an_idempotent_operation_of_a_vendor_is_sent_again_and_no_other() {
    let server = TestServer::builder()
        .operation::<Rewind>(|_, respond| respond.payload(&RewindResponse::new("tape 7")))
        .operation::<Unknown>(|_, respond| respond.payload(&EmptyResponse::default()))
        .start();
    let kms = Client::connect(&server.config()).unwrap();
    kms.call(&Create::aes(256)).unwrap();
    server.fail_next(Fault::LoseReply);
    kms.call(&RewindRequest::new("tape 7", Attributes::default())).unwrap();
    server.fail_next(Fault::LoseReply);
    let lost = kms.call(&Empty::default()).unwrap_err();
    assert!(matches!(lost, Error::OutcomeUnknown { .. }), "{lost}");
}

#[test]
fn an_operation_of_a_vendor() {
    let server = TestServer::builder()
        .operation::<Rewind>(|request, respond| {
            let Some(colour) = request.attributes.custom("x-Colour").and_then(|colour| colour.as_str()) else {
                return respond.refuse(ResultReason::INVALID_FIELD, "a tape has a colour");
            };
            let identifier = format!("{}, {colour}, {} reels", request.unique_identifier, request.reels.len());
            let mut response = RewindResponse::new(&identifier);
            response.speed = request.speed;
            respond.payload(&response)
        })
        .start();
    let attributes = || Attributes::from(AttributeValue::custom("x-Colour", "blue"));
    for version in [V1_4, V2_1] {
        let kms = Client::connect(&server.config().version(version)).unwrap();
        let request = RewindRequest::new("tape 7", attributes()).reels([Reel::new(1), Reel::new(2)]);
        assert!(request.is_idempotent() && !Empty::default().is_idempotent());
        let reply = kms.call(&request).unwrap();
        assert_eq!(reply.payload().unique_identifier, "tape 7, blue, 2 reels");

        let refused = kms.call(&RewindRequest::new("tape 7", Attributes::default())).unwrap_err();
        assert!(
            matches!(&refused, Error::Refused(refusal) if refusal.reason == Some(ResultReason::INVALID_FIELD)),
            "{refused}"
        );
        assert!(refused.to_string().contains("a tape has a colour"), "{refused}");

        let fast = kms.call(&RewindRequest::new("tape 7", attributes()).speed(2));
        assert_eq!(fast.ok().and_then(|reply| reply.payload().speed), (version == V2_1).then_some(2));

        // Standard operations still work, and unknown ones are refused.
        kms.call(&Create::aes(256)).unwrap();
        let unknown = kms.call(&Empty::default()).unwrap_err();
        assert!(unknown.to_string().contains("does not support"), "{unknown}");
    }
}
