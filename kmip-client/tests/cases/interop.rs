//! Reports of users of other KMIP stacks: what their servers sent, and what has to come of it here.

use kmip_client::protocol::attribute::{AttributeReference, AttributeValue};
use kmip_client::protocol::operation::{DiscoverVersions, Get, GetAttributes, Locate};
use kmip_client::{Exchange, NoReply, OutOfStep};
use kmip_ttlv::enumeration::{HashingAlgorithm, OperationCode, PaddingMethod, ResultReason};
use kmip_ttlv::{Tag, V1_0, V1_2, V1_4, V2_0};

use crate::bytes::{byte_string, enumeration, integer, structure, text};
use crate::wire::{
    ATTRIBUTE_VALUE, FAILED, OPERATION, RESULT_MESSAGE, RESULT_REASON, RESULT_STATUS, SUCCESS, UNIQUE_IDENTIFIER,
    attribute, payload, response, success_in,
};

const GET: u32 = 0x0A;
const GET_ATTRIBUTES: u32 = 0x0B;
const LOCATE: u32 = 0x08;
const DISCOVER_VERSIONS: u32 = 0x1E;
/// Returns a key of 256 bits with this Key Value.
fn key(id: Vec<u8>, value: Vec<u8>, more: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let block = [enumeration(0x42_0042, 1), value, enumeration(0x42_0028, 3), integer(0x42_002A, 256)];
    let block = [&block, more].concat();
    vec![enumeration(0x42_0057, 2), id, structure(0x42_008F, &[structure(0x42_0040, &block)])]
}

fn plain(byte: u8) -> Vec<u8> {
    structure(0x42_0045, &[byte_string(0x42_0043, &[byte; 32])])
}

/// An appliance does not understand a request, and names an operation that does not exist in its refusal (libkmip,
/// issue 38).
#[test]
fn a_refusal_of_operation_zero() {
    let words = "Unknown key name or insufficient permissions";
    let item = [
        enumeration(OPERATION, 0),
        enumeration(RESULT_STATUS, FAILED),
        enumeration(RESULT_REASON, 0x100),
        text(RESULT_MESSAGE, words),
    ];
    for version in [(1, 0), (1, 2)] {
        match Exchange::new(V1_2, &Get::id("k")).unwrap().answer(response(version, &item)).map(drop) {
            Err(NoReply::Refused(refusal)) => {
                assert_eq!(
                    (refusal.reason, refusal.message.as_deref()),
                    (Some(ResultReason::GENERAL_FAILURE), Some(words))
                );
                assert!(refusal.to_string().contains(words), "{refusal}");
            }
            other => panic!("{other:?}"),
        }
    }
    // A success of an operation that does not exist is no answer to Get.
    let item = [
        enumeration(OPERATION, 0),
        enumeration(RESULT_STATUS, SUCCESS),
        payload(&key(text(UNIQUE_IDENTIFIER, "k"), plain(7), &[])),
    ];
    let answer = Exchange::new(V1_2, &Get::id("k")).unwrap().answer(response((1, 2), &item)).map(drop);
    assert!(!matches!(answer, Ok(()) | Err(NoReply::Refused(_))), "{answer:?}");
}

/// The Key Value of a wrapped key is a Byte String, where PyKMIP's client expects a structure (PyKMIP, issue 484).
#[test]
fn a_wrapped_key_in_a_byte_string() {
    let information = structure(0x42_0036, &[text(UNIQUE_IDENTIFIER, "kek")]);
    let wrapping = structure(0x42_0046, &[enumeration(0x42_009E, 1), information, enumeration(0x42_00A3, 1)]);
    let items = key(text(UNIQUE_IDENTIFIER, "k"), byte_string(0x42_0045, &[0x5A; 40]), &[wrapping]);
    let reply = Exchange::new(V1_4, &Get::id("k")).unwrap().answer(success_in((1, 4), GET, &items)).unwrap();
    let payload = reply.payload();
    let block = payload.object.key_block().unwrap();
    assert!(block.is_wrapped() && block.bytes().is_none());
}

/// The issuer of a certificate, of which PyKMIP's client knows the name alone (PyKMIP, issue 429).
#[test]
fn the_issuer_of_a_certificate() {
    let distinguished = [0x30, 0x0D, 0x31, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02, b'U', b'S'];
    let issuer = structure(ATTRIBUTE_VALUE, &[byte_string(0x42_00B2, &distinguished)]);
    let items = [text(UNIQUE_IDENTIFIER, "k"), attribute("X.509 Certificate Issuer", issuer)];
    let exchange = Exchange::new(V1_2, &GetAttributes::id("k").attribute(Tag::X_509_CERTIFICATE_ISSUER)).unwrap();
    let reply = exchange.answer(success_in((1, 2), GET_ATTRIBUTES, &items)).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    assert_eq!(attributes.list.len(), 1);
    assert_eq!(attributes.list[0].reference(), AttributeReference::Standard(Tag::X_509_CERTIFICATE_ISSUER));
    assert!(!matches!(attributes.iter().next(), Some(AttributeValue::Other(_)) | None), "{attributes:?}");
}

/// Cryptographic Parameters with the hash of the mask generator, which kmip-go wrote under a name of its own
/// (ThalesGroup/kmip-go, issue 12).
#[test]
fn the_hash_of_the_mask_generator() {
    let parameters = structure(
        ATTRIBUTE_VALUE,
        &[enumeration(0x42_005F, 2), enumeration(0x42_0038, 7), enumeration(0x42_0101, 1), enumeration(0x42_0102, 7)],
    );
    let items = [text(UNIQUE_IDENTIFIER, "k"), attribute("Cryptographic Parameters", parameters)];
    let reply = Exchange::new(V1_4, &GetAttributes::id("k")).unwrap();
    let reply = reply.answer(success_in((1, 4), GET_ATTRIBUTES, &items)).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    let Some(AttributeValue::CryptographicParameters(told)) = attributes.iter().next() else {
        panic!("{attributes:?}");
    };
    assert_eq!(told.padding_method, Some(PaddingMethod::OAEP));
    assert_eq!(told.hashing_algorithm, Some(HashingAlgorithm::SHA_384));
    assert_eq!(told.mask_generator_hashing_algorithm, Some(HashingAlgorithm::SHA_384));
    assert_eq!(reply.skipped(), 0);
}

/// kmip-go with its package for 2.0 writes an identifier that is a number as an Enumeration (ThalesGroup/kmip-go, issue
/// 4; PyKMIP, issue 643). Its digits tell whether it is the one that was asked for.
#[test]
fn an_identifier_that_became_an_enumeration() {
    let exchange = Exchange::new(V2_0, &Get::id("24")).unwrap();
    let answer = |id| exchange.answer(success_in((2, 0), GET, &key(id, plain(7), &[])));
    let reply = answer(enumeration(UNIQUE_IDENTIFIER, 24)).unwrap();
    assert_eq!(reply.payload().unique_identifier.as_str(), None);
    answer(text(UNIQUE_IDENTIFIER, "24")).unwrap();
    for other in [enumeration(UNIQUE_IDENTIFIER, 25), integer(UNIQUE_IDENTIFIER, 0), text(UNIQUE_IDENTIFIER, "2")] {
        let error = answer(other).map(drop).unwrap_err();
        assert!(matches!(error, NoReply::OutOfStep(OutOfStep::ForeignObject { .. })), "{error:?}");
    }
}

/// A server refuses the password of Discover Versions already, without a payload, which PyKMIP's client does not expect
/// there (PyKMIP, issue 657).
#[test]
fn a_wrong_password_with_discover_versions() {
    let words = "The presented credentials are wrong.";
    let item = [
        enumeration(OPERATION, DISCOVER_VERSIONS),
        enumeration(RESULT_STATUS, FAILED),
        enumeration(RESULT_REASON, 3),
        text(RESULT_MESSAGE, words),
    ];
    for version in [V1_0, V1_2] {
        // Discover Versions was added in 1.1.
        let Ok(exchange) = Exchange::new(version, &DiscoverVersions::all()) else { continue };
        match exchange.answer(response((1, 2), &item)).map(drop) {
            Err(NoReply::Refused(refusal)) => {
                assert_eq!(refusal.operation, Some(OperationCode::DISCOVER_VERSIONS));
                assert_eq!(refusal.reason, Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL));
                assert_eq!(refusal.message.as_deref(), Some(words));
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A server returns the one object that it has for every name, and counts it as the only one (Cosmian/kms, issue 935).
/// Locate tells what the server said; that the object has the name is not for Locate to know.
#[test]
fn an_object_that_was_not_looked_for() {
    let items = [integer(0x42_00D5, 1), text(UNIQUE_IDENTIFIER, "hsm::1::kms-master-kek")];
    let exchange = Exchange::new(V1_4, &Locate::name("test-duplicate")).unwrap();
    let reply = exchange.answer(success_in((1, 4), LOCATE, &items)).unwrap();
    assert_eq!(reply.payload().unique_identifiers[0].as_str(), Some("hsm::1::kms-master-kek"));
}
