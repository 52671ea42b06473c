//! Headers, batch items and credentials.

use kmip_client::protocol::attribute::{Attribute, AttributeValue};
use kmip_client::protocol::message::{
    AttestationCredential, Authentication, Credential, DeviceCredential, EphemeralIndicator, HashedPasswordCredential,
    MessageExtension, Nonce, OneTimePasswordCredential, RequestBatchItem, RequestMessage, ResponseMessage,
    TicketCredential, Timestamp, UsernameAndPassword,
};
use kmip_client::protocol::operation::{Log, RequestPayload};
use kmip_client::protocol::{Password, Secret, Ticket};
use kmip_ttlv::enumeration::{AttestationType, Ephemeral, HashingAlgorithm, OperationCode, TicketType};
use kmip_ttlv::{DateTime, DateTimeExtended, Item, Rules, Tag, V1_4, V2_1, V3_0, decode, encode};

use crate::bytes::{boolean, byte_string, date_time, date_time_extended, enumeration, integer, structure, text};
use crate::{REQUEST_PAYLOAD, SINCE_2_0, same};

/// KMIP 2.1, tables 410 to 416.
#[test]
fn credentials_of_messages() {
    let ticket = Ticket::new(TicketType::LOGIN, Secret::new(b"from the server"));
    let nonce = Nonce::new(b"1", b"random");
    let all = [
        (
            1,
            Credential::UsernameAndPassword(UsernameAndPassword::new("ann").password(Password::new("hunter2"))),
            vec![text(0x42_0099, "ann"), text(0x42_00A1, "hunter2")],
        ),
        (
            2,
            Credential::Device(
                DeviceCredential::default()
                    .device_serial_number("1")
                    .password(Password::new("hunter2"))
                    .device_identifier("2")
                    .network_identifier("3")
                    .machine_identifier("4")
                    .media_identifier("5"),
            ),
            vec![
                text(0x42_00B0, "1"),
                text(0x42_00A1, "hunter2"),
                text(0x42_00A2, "2"),
                text(0x42_00AB, "3"),
                text(0x42_00A9, "4"),
                text(0x42_00AA, "5"),
            ],
        ),
        (
            3,
            Credential::Attestation(
                AttestationCredential::new(nonce, AttestationType::TPM_QUOTE)
                    .attestation_measurement(Secret::new(b"measured"))
                    .attestation_assertion(Secret::new(b"asserted")),
            ),
            vec![
                structure(0x42_00C8, &[byte_string(0x42_00C9, b"1"), byte_string(0x42_00CA, b"random")]),
                enumeration(0x42_00C7, 1),
                byte_string(0x42_00CB, b"measured"),
                byte_string(0x42_00CC, b"asserted"),
            ],
        ),
        (
            4,
            Credential::OneTimePassword(
                OneTimePasswordCredential::new("ann", Password::new("123456")).password(Password::new("hunter2")),
            ),
            vec![text(0x42_0099, "ann"), text(0x42_00A1, "hunter2"), text(0x42_0156, "123456")],
        ),
        (
            5,
            Credential::HashedPassword(
                HashedPasswordCredential::new(
                    "ann",
                    Timestamp::Extended(DateTimeExtended(1_577_836_800_000_250)),
                    Secret::new(b"proof"),
                )
                .hashing_algorithm(HashingAlgorithm::SHA_256),
            ),
            vec![
                text(0x42_0099, "ann"),
                date_time_extended(0x42_0092, 1_577_836_800_000_250),
                enumeration(0x42_0038, 6),
                byte_string(0x42_0157, b"proof"),
            ],
        ),
        (
            5,
            Credential::HashedPassword(HashedPasswordCredential::new(
                "ann",
                Timestamp::Seconds(DateTime(1_577_836_800)),
                Secret::new(b"proof"),
            )),
            vec![text(0x42_0099, "ann"), date_time(0x42_0092, 1_577_836_800), byte_string(0x42_0157, b"proof")],
        ),
        (
            6,
            Credential::Ticket(TicketCredential::new(ticket)),
            vec![structure(0x42_0149, &[enumeration(0x42_014A, 1), byte_string(0x42_014B, b"from the server")])],
        ),
    ];
    let mut credentials = Vec::new();
    let mut together = Vec::new();
    for (number, credential, value) in all {
        let bytes = structure(0x42_0023, &[enumeration(0x42_0024, number), structure(0x42_0025, &value)]);
        same(&credential, Tag::CREDENTIAL, &bytes, SINCE_2_0);
        let printed = format!("{credential:?}");
        assert!(["hunter2", "123456"].iter().all(|secret| !printed.contains(secret)), "{printed}");
        if number > 3 {
            let old = encode(&credential, Tag::CREDENTIAL, V1_4).unwrap_err().to_string();
            assert_eq!(old, "CredentialType: not in KMIP 1.4: it exists in 2.0 and later");
        }
        credentials.push(credential);
        together.push(bytes);
    }
    let several = structure(0x42_000C, &together);
    same(&Authentication::default().credentials(credentials), Tag::AUTHENTICATION, &several, SINCE_2_0);
}

/// KMIP 2.1, tables 395, 396 and 418, and KMIP 3.0, 8.1.
#[test]
fn headers_and_items_of_each_version() {
    let version = |major, minor| structure(0x42_0069, &[integer(0x42_006A, major), integer(0x42_006B, minor)]);
    let extension = structure(
        0x42_0051,
        &[text(0x42_009D, "acme"), boolean(0x42_0026, false), structure(0x42_009C, &[integer(0x54_0001, 7)])],
    );
    let item = |ephemeral: Vec<u8>, id: Vec<u8>| {
        let payload = structure(REQUEST_PAYLOAD, &[text(0x42_0141, "hello")]);
        structure(0x42_000F, &[enumeration(0x42_005C, 0x2C), ephemeral, id, payload, extension.clone()])
    };
    let id = || byte_string(0x42_0093, &[1]);
    let header = structure(0x42_0077, &[version(2, 1), integer(0x42_000D, 1)]);
    let v2_1 = structure(0x42_0078, &[header, item(boolean(0x42_0154, true), id())]);
    let v3_0 = structure(0x42_0078, &[structure(0x42_0077, &[version(3, 0)]), item(enumeration(0x42_0154, 2), vec![])]);

    let log = || RequestBatchItem::new(OperationCode::LOG, RequestPayload::Log(Log::message("hello")));
    let vendor_extension =
        decode(&structure(0x42_009C, &[integer(0x54_0001, 7)]), Tag::VENDOR_EXTENSION, V2_1, Rules::STRICT)
            .map(|item: Item<'_>| item.value().to_vec())
            .unwrap();
    for (frame, ephemeral, batch_item_id, version) in [
        (&v2_1, EphemeralIndicator::Data(true), Some(&[1][..]), V2_1),
        (&v3_0, EphemeralIndicator::Part(Ephemeral::EMPTY), None, V3_0),
    ] {
        let (message, _) = RequestMessage::decode_message(frame, Rules::STRICT).unwrap();
        let [item] = &message.batch_items[..] else { panic!("one item") };
        assert_eq!(item.ephemeral, Some(ephemeral));
        assert_eq!(item.unique_batch_item_id, batch_item_id);
        let [MessageExtension { vendor_identification, criticality_indicator, vendor_extension: found, .. }] =
            &item.message_extensions[..]
        else {
            panic!("one extension")
        };
        assert_eq!((*vendor_identification, *criticality_indicator), ("acme", false));
        assert_eq!(found.value(), vendor_extension);
        assert_eq!(message.encode_message().unwrap(), *frame);

        // The same, assembled step by step.
        let mut again = log();
        again.ephemeral = Some(ephemeral);
        again.unique_batch_item_id = batch_item_id;
        again.message_extensions = item.message_extensions.clone();
        assert_eq!(RequestMessage::new(version, vec![again]).encode_message().unwrap(), *frame);
    }

    // Each version has its own form.
    let mut item = log();
    item.ephemeral = Some(EphemeralIndicator::Data(true));
    let error = RequestMessage::new(V3_0, vec![item]).encode_message().unwrap_err();
    assert_eq!(error.to_string(), "Ephemeral: not in KMIP 3.0: it exists in 2.0 to 2.1");
    let mut item = log();
    item.unique_batch_item_id = Some(&[1]);
    assert!(RequestMessage::new(V3_0, vec![item]).encode_message().is_err());
    assert_eq!(RequestMessage::new(V3_0, vec![log()]).header.batch_count, None);
}

/// KMIP 2.1, 8.5: every field of a response's header, in order.
#[test]
fn a_full_response_header() {
    let header = structure(
        0x42_007A,
        &[
            structure(0x42_0069, &[integer(0x42_006A, 2), integer(0x42_006B, 1)]),
            date_time(0x42_0092, 1_577_836_800),
            structure(0x42_00C8, &[byte_string(0x42_00C9, b"1"), byte_string(0x42_00CA, b"random")]),
            byte_string(0x42_0155, b"proof"),
            enumeration(0x42_00C7, 1),
            enumeration(0x42_00C7, 2),
            text(0x42_0105, "mine"),
            text(0x42_0106, "yours"),
            integer(0x42_000D, 0),
        ],
    );
    let frame = structure(0x42_007B, &[header]);
    let (message, skipped) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(skipped, 0);
    let header = &message.header;
    assert_eq!(header.nonce, Some(Nonce::new(b"1", b"random")));
    assert_eq!(header.server_hashed_password, Some(Secret::new(b"proof")));
    assert_eq!(header.attestation_types.len(), 2);
    assert_eq!((header.client_correlation_value, header.server_correlation_value), (Some("mine"), Some("yours")));
    assert_eq!(message.encode_message().unwrap(), frame);
}

/// KMIP 1.4, 5.1: Notify names a deleted attribute, without a value.
#[test]
fn an_attribute_without_a_value() {
    let attribute = structure(0x42_0008, &[text(0x42_000A, "Contact Information"), integer(0x42_0009, 0)]);
    let named = Attribute::default().value(AttributeValue::Absent(Tag::CONTACT_INFORMATION.into())).index(0);
    same(&named, Tag::ATTRIBUTE, &attribute, &[V1_4]);
    assert!(encode(&named, Tag::NEW_ATTRIBUTE, V2_1).is_err());
}
