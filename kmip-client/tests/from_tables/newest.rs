//! The additions and changes of KMIP 3.0.

use kmip_client::protocol::attribute::{AttributeValue, Attributes, DeactivationReason, ObjectLink, RotateName};
use kmip_client::protocol::object::{self, Object};
use kmip_client::protocol::operation::{
    CreateCredential, CreateCredentialResponse, CreateGroup, CreateGroupResponse, CreateUser, CreateUserResponse,
    Deactivate, DeactivateResponse, Obliterate, ObliterateResponse,
};
use kmip_client::protocol::{Id, Password, Secret};
use kmip_ttlv::enumeration::{
    CredentialType, CryptographicAlgorithm, DeactivationReasonCode, HashingAlgorithm, OtpAlgorithm,
};
use kmip_ttlv::{DateTime, Interval, NameReference, Tag, V2_1, V3_0, encode};

use crate::bytes::{
    byte_string, date_time, enumeration, identifier, integer, interval, name_reference, reference, structure, text,
};
use crate::{ATTRIBUTES, UNIQUE_IDENTIFIER, payloads, request, response, same};

/// KMIP 3.0, 6.1.9, 6.1.10, 6.1.13, 6.1.14 and 6.1.39.
#[test]
fn operations_of_3_0() {
    let made = response(&[identifier(UNIQUE_IDENTIFIER, "uid-0")]);
    let v3 = &[V3_0];

    let attributes = structure(ATTRIBUTES, &[text(0x42_0053, "backup")]);
    let group = CreateGroupResponse::new("uid-0");
    payloads::<CreateGroup>(0x3C, v3, (&CreateGroup::named("backup"), &request(&[attributes])), (&group, &made));

    let obliterated = ObliterateResponse::default();
    let asked = request(&[identifier(UNIQUE_IDENTIFIER, "uid-0")]);
    payloads::<Obliterate>(0x3D, v3, (&Obliterate::id("uid-0"), &asked), (&obliterated, &response(&[])));

    let links = ObjectLink::Name(NameReference("badge"));
    let user = CreateUser::named("ann").credential("uid-1").credential(links);
    let attributes = structure(
        ATTRIBUTES,
        &[text(0x42_0053, "ann"), reference(0x42_01A0, "uid-1"), name_reference(0x42_01A0, "badge")],
    );
    let given = CreateUserResponse::new("uid-0");
    payloads::<CreateUser>(0x3E, v3, (&user, &request(&[attributes])), (&given, &made));

    let reason = structure(0x42_01B8, &[enumeration(0x42_01B9, 4), text(0x42_01B7, "worn out")]);
    let asked = request(&[identifier(UNIQUE_IDENTIFIER, "uid-0"), reason, date_time(0x42_002F, 1_577_836_800)]);
    let mut deactivate = Deactivate::id("uid-0");
    let code = DeactivationReasonCode::USAGE_LIMIT;
    deactivate.deactivation_reason = Some(DeactivationReason::new(code).message("worn out"));
    deactivate.deactivation_date = Some(DateTime(1_577_836_800));
    let given = DeactivateResponse::new("uid-0");
    payloads::<Deactivate>(0x40, v3, (&deactivate, &asked), (&given, &made));
    let asked = request(&[reference(UNIQUE_IDENTIFIER, "uid-0")]);
    payloads::<Deactivate>(0x40, v3, (&Deactivate::id(Id::Reference("uid-0")), &asked), (&given, &made));
    let asked = request(&[name_reference(UNIQUE_IDENTIFIER, "vm-42")]);
    payloads::<Deactivate>(0x40, v3, (&Deactivate::id(Id::Name("vm-42")), &asked), (&given, &made));
}

/// KMIP 3.0, 2.1.3 and 6.1.9.
#[test]
fn credentials_of_3_0() {
    let password = object::PasswordCredential::default()
        .password(Password::new("hunter2"))
        .password_salt(Secret::new(b"salt"))
        .password_salt_algorithm(CryptographicAlgorithm::HMAC_SHA256)
        .salted_password(Secret::new(b"salted"))
        .iteration_count(1000);
    let device = object::DeviceCredential::default()
        .device_serial_number("1")
        .device_identifier("2")
        .network_identifier("3")
        .machine_identifier("4")
        .media_identifier("5");
    let otp = object::OtpCredential::new(OtpAlgorithm::TOTP)
        .otp_serial("token 1")
        .otp_seed(Secret::new(b"seed"))
        .otp_interval(Interval(30))
        .otp_digits(6);
    let hashed = object::HashedPasswordCredential::new(Secret::new(b"one"), Secret::new(b"two"))
        .hashing_algorithm(HashingAlgorithm::SHA_256);
    let all = [
        (
            CredentialType::PASSWORD,
            7,
            Object::PasswordCredential(password),
            structure(
                0x42_01A1,
                &[
                    text(0x42_00A1, "hunter2"),
                    byte_string(0x42_01A2, b"salt"),
                    enumeration(0x42_01A3, 0x09),
                    byte_string(0x42_01A4, b"salted"),
                    integer(0x42_003C, 1000),
                ],
            ),
        ),
        (
            CredentialType::DEVICE,
            2,
            Object::DeviceCredential(device),
            structure(
                0x42_01A6,
                &[
                    text(0x42_00B0, "1"),
                    text(0x42_00A2, "2"),
                    text(0x42_00AB, "3"),
                    text(0x42_00A9, "4"),
                    text(0x42_00AA, "5"),
                ],
            ),
        ),
        (
            CredentialType::ONE_TIME_PASSWORD,
            4,
            Object::OtpCredential(otp),
            structure(
                0x42_01A7,
                &[
                    enumeration(0x42_01A8, 2),
                    text(0x42_01AA, "token 1"),
                    byte_string(0x42_01AB, b"seed"),
                    interval(0x42_01AC, 30),
                    integer(0x42_01AD, 6),
                ],
            ),
        ),
        (
            CredentialType::HASHED_PASSWORD,
            5,
            Object::HashedPasswordCredential(hashed),
            structure(
                0x42_01AF,
                &[enumeration(0x42_0038, 6), byte_string(0x42_01B0, b"one"), byte_string(0x42_01B1, b"two")],
            ),
        ),
    ];
    let given = CreateCredentialResponse::new("uid-0");
    let made = response(&[identifier(UNIQUE_IDENTIFIER, "uid-0")]);
    for (credential_type, number, object, bytes) in all {
        let printed = format!("{object:?}");
        assert!(!printed.contains("hunter2") && !printed.contains("115, 101, 101, 100"), "{printed}");
        let create = CreateCredential::object(credential_type, object);
        let asked = request(&[enumeration(0x42_0024, number), structure(ATTRIBUTES, &[]), bytes]);
        payloads::<CreateCredential>(0x3F, &[V3_0], (&create, &asked), (&given, &made));
    }
    assert_eq!(Object::OtpCredential(object::OtpCredential::default()).object_type().value(), 0x0F);
}

/// KMIP 2.1, 4.53: a structure; KMIP 3.0, 4.36 and 4.59: the text alone. And KMIP 3.0's link attributes, 4.35.
#[test]
fn names_and_links() {
    let rotated = Attributes::from_iter([AttributeValue::RotateName(RotateName::from("web"))]);
    let old = structure(ATTRIBUTES, &[structure(0x42_016F, &[text(0x42_0170, "web"), enumeration(0x42_0171, 1)])]);
    same(&rotated, Tag::ATTRIBUTES, &old, &[V2_1]);
    same(&rotated, Tag::ATTRIBUTES, &structure(ATTRIBUTES, &[text(0x42_016F, "web")]), &[V3_0]);

    let links = Attributes::from_iter([
        AttributeValue::NextLink("uid-1".into()),
        AttributeValue::GroupLink(ObjectLink::Name(NameReference("web"))),
        AttributeValue::PreviousLink(ObjectLink::Index(-1)),
    ]);
    let bytes = structure(
        ATTRIBUTES,
        &[reference(0x42_0194, "uid-1"), name_reference(0x42_01B3, "web"), integer(0x42_0198, -1)],
    );
    same(&links, Tag::ATTRIBUTES, &bytes, &[V3_0]);
    let error = encode(&links, Tag::ATTRIBUTES, V2_1).unwrap_err().to_string();
    assert_eq!(error, "NextLink: not in KMIP 2.1: it exists in 3.0 and later");
}
