//! Reports of users of other KMIP stacks, as conversations of both clients with the embedded KMS.

use std::net::TcpStream;

use kmip_client::Error;
use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{
    Activate, Create, Get, GetAttributes, Locate, Query, Register, RegisterRequest,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, ObjectType, OpaqueDataType, QueryFunction, ResultReason,
    SecretDataType,
};
use kmip_ttlv::{Tag, V1_0, V1_4, V2_1};

use crate::with_both;

/// Rook registered its key of 1,024 bits as one of 256, which strict servers refuse (rook/rook, pull request 18401).
#[test]
fn a_key_with_another_length_than_it_says() {
    let server = TestServer::start();
    with_both!(&server.config().version(V1_4), kms => {
        let key = [0x3C; 128];
        // The length comes from the bytes, so that it cannot be wrong by accident.
        let request = || Register::symmetric_key(CryptographicAlgorithm::AES, &key);
        let block = request().object.key_block().unwrap().clone();
        assert_eq!(block.cryptographic_length, Some(1024));
        let wrong: RegisterRequest<'_> = request().attribute(AttributeValue::CryptographicLength(256));
        let refused = kms.call(&wrong).await.map(drop);
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    });
}

/// A storage array asks for everything in one message of 1.0, by attributes of its own, one of which is a number
/// (PyKMIP, issue 459).
#[test]
fn answers_a_batch_as_storage_arrays_send_it() {
    let server = TestServer::start();
    with_both!(&server.config().version(V1_0), kms => {
        let resource = || AttributeValue::custom("x-ResourceID", "san01 351538/351539");
        let system = |number: i32| AttributeValue::custom("x-SystemID", number);
        let opaque = Register::opaque_object(OpaqueDataType::from_value(0x8000_0001), b"a key of the array");
        for number in [351_538, 351_539] {
            let request = opaque.clone().attribute(resource()).attribute(system(number));
            kms.call(&request).await.unwrap();
        }
        let (query, located, fetched, told) = kms
            .batch(&(
                Query::functions([QueryFunction::QUERY_OPERATIONS, QueryFunction::QUERY_OBJECTS]),
                Locate::all().attribute(resource()).attribute(system(351_538)).at_most(1),
                Get::id(Id::Placeholder),
                GetAttributes::id(Id::Placeholder).attribute(Tag::OBJECT_TYPE).attribute(Tag::INITIAL_DATE),
            ))
            .await
            .unwrap();
        assert!(!query.unwrap().payload().operations.is_empty());
        let located = located.unwrap();
        let fetched = fetched.unwrap();
        assert_eq!(fetched.payload().object_type, ObjectType::OPAQUE_OBJECT);
        assert_eq!(fetched.payload().unique_identifier, located.payload().unique_identifiers[0]);
        assert!(told.unwrap().payload().attributes.unwrap().find(Tag::INITIAL_DATE).next().is_some());
    });
}

/// MongoDB's drivers register 96 bytes as a Seed without an attribute, activate and fetch them (mongodb/libmongocrypt,
/// pull request 202).
#[test]
fn a_seed_of_96_bytes_without_attributes() {
    let server = TestServer::start();
    for version in [V1_0, V1_4, V2_1] {
        with_both!(&server.config().version(version), kms => {
            let seed: Vec<u8> = (0..96).collect();
            let mut request = Register::secret_data(SecretDataType::SEED, &seed);
            request.attributes = Default::default();
            let id = kms.call(&request).await.unwrap().payload().unique_identifier.to_string();
            kms.call(&Activate::id(&id)).await.unwrap();
            let fetched = kms.call(&Get::id(&id)).await.unwrap();
            assert_eq!(fetched.payload().object.key_block().unwrap().bytes().unwrap().expose(), seed);
        });
    }
}

/// Create of a DES key of 64 bits, and of a private key, for which there is Create Key Pair (PyKMIP, issue 641). The
/// server does the one, and says no to the other, on the same connection.
#[test]
fn a_des_key_and_a_private_key_by_create() {
    let server = TestServer::start();
    with_both!(&server.config().version(V1_0), kms => {
        let usage = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
        let des = Create::symmetric_key(CryptographicAlgorithm::DES, 64).usage(usage);
        let id = kms.call(&des).await.unwrap().payload().unique_identifier.to_string();
        let fetched = kms.call(&Get::id(&id)).await.unwrap();
        assert_eq!(fetched.payload().object.key_block().unwrap().bytes().unwrap().expose().len(), 8);
        let opened = kms.counters().endpoints[0].opened;
        let mut private = Create::symmetric_key(CryptographicAlgorithm::RSA, 2048).usage(CryptographicUsageMask::SIGN);
        private.object_type = ObjectType::PRIVATE_KEY;
        let error = kms.call(&private).await.map(drop).unwrap_err();
        let reason = error.reason().unwrap();
        assert!([ResultReason::INVALID_FIELD, ResultReason::OPERATION_NOT_SUPPORTED].contains(&reason), "{error:?}");
        kms.call(&Get::id(&id)).await.unwrap();
        assert_eq!(kms.counters().endpoints[0].opened, opened);
    });
}

/// A NAS connects and leaves before the handshake to see whether somebody is there, which ended the thread of PyKMIP's
/// session (rnurgaliyev/kmip-server-dsm, issue 21; vCenter does the same every five minutes).
#[test]
fn somebody_looks_in_and_leaves() {
    let server = TestServer::start();
    for _ in 0..20 {
        drop(TcpStream::connect(server.address()).unwrap());
    }
    with_both!(&server.config(), kms => {
        kms.call(&Locate::all()).await.unwrap();
    });
}
