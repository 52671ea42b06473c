//! Credentials, and the rest of the request header.

use kmip_client::protocol::message::{
    Asynchronous, AttestationCredential, Credential, DeviceCredential, HashedPasswordCredential, Nonce,
    OneTimePasswordCredential, RequestMessage, TicketCredential, Timestamp, UsernameAndPassword,
};
use kmip_client::protocol::operation::{
    Create, Destroy, DiscoverVersions, Encrypt, Get, Locate, Operation, Ping, Query, QueryAsynchronousRequests, Request,
};
use kmip_client::protocol::{Password, Secret, Ticket};
use kmip_client::test_server::TestServer;
use kmip_client::{Credentials, Error, Exchange, NoReply, RequestOptions, blocking};
use kmip_ttlv::enumeration::{
    AsynchronousIndicator, AttestationType, HashingAlgorithm, OperationCode, ResultReason, TicketType,
};
use kmip_ttlv::{
    DateTime, DateTimeExtended, Encode, ErrorKind, ProtocolVersion, Rules, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0,
    V2_1, Writer,
};

use crate::{cannot_connect, real_server, with_both};

fn secret() -> Credentials {
    Credentials::user("alice", "secret")
}

fn server() -> TestServer {
    TestServer::builder().user("alice", "secret").user("bob", "hunter2").start()
}

#[test]
fn a_user_is_let_in_on_every_version() {
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
        let server = server();
        with_both!(&server.config().version(version).credential(secret()), kms => {
            let created = kms.call(&Create::aes(256)).await.unwrap();
            kms.call(&Get::id(created.payload().unique_identifier)).await.unwrap();
        });
    }
}

#[test]
fn versions_are_negotiated_as_a_user_too() {
    let server = server();
    with_both!(&server.config().credential(secret()), kms => {
        assert_eq!(kms.version(), V2_1);
        kms.call(&Locate::all()).await.unwrap();
    });
}

/// Discover Versions is asked in 1.1, which has neither tickets nor a second credential.
#[test]
fn credentials_are_left_out_where_no_version_is_agreed_and_the_first_one_lacks_them() {
    let ticket = Credentials::ticket(Ticket::new(TicketType::LOGIN, Secret::new(b"TICKET")));
    let server = TestServer::start();
    for credentials in [ticket, secret().and(&Credentials::user("bob", "hunter2")).unwrap()] {
        with_both!(&server.config().credential(credentials.clone()), kms => {
            assert_eq!(kms.version(), V2_1);
        });
    }
}

#[test]
fn refuses_unknown_users_and_wrong_passwords() {
    let server = server();
    let config = server.config();
    for config in [
        config.clone(),
        config.clone().credential(Credentials::user("alice", "Secret")),
        config.clone().credential(Credentials::user("carol", "secret")),
        config.clone().credential(Credentials::user("alice", "")),
    ] {
        for error in cannot_connect(&config) {
            assert_eq!(error.reason(), Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL), "{error:?}");
        }
    }
    // All credentials must be valid.
    let both = secret().and(&Credentials::user("bob", "wrong")).unwrap();
    let kms = blocking::Client::connect(&config.version(V1_4).credential(both)).unwrap();
    assert_eq!(kms.call(&Locate::all()).unwrap_err().reason(), Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL));
}

#[test]
fn a_call_can_be_somebody_elses() {
    let server = server();
    with_both!(&server.config().credential(secret()), kms => {
        let as_user = |password| kms.request_options().clone().credential(Credentials::user("bob", password));
        let bob = kms.with_request_options(as_user("hunter2"));
        let nobody = kms.with_request_options(as_user("no idea"));
        bob.call(&Create::aes(128)).await.unwrap();
        let error = nobody.call(&Create::aes(128)).await.unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL));
        let none = kms.with_request_options(kms.request_options().clone().without_credential());
        none.batch(&(Create::aes(128), Create::aes(128))).await.unwrap_err();
        bob.batch(&(Create::aes(128), Create::aes(128))).await.unwrap().0.unwrap();
        kms.call(&Create::aes(128)).await.unwrap();
    });
    // All share the connection of their client, except that two refusals have no ID: a repeat would refuse any request.
    assert_eq!(server.connections(), 2 * 3);
}

/// Byte for byte the encoding of PyKMIP's client, from the version in the header up to the Batch Count.
#[needs::cases("captures")]
#[test]
fn as_pykmip_says_it() {
    let Some(captures) = captures() else { return };
    for version in [V1_2, V1_4] {
        let name = format!("{version}-credential-username-password-request.bin");
        let theirs = std::fs::read(captures.join(name)).unwrap();
        let ours = header_of(version, &RequestOptions::new().credential(secret())).unwrap();
        assert_eq!(authentication_in(&ours), authentication_in(&theirs));
    }
}

/// Returns the bytes of the Authentication: 420069 is the version before it.
fn authentication_in(frame: &[u8]) -> &[u8] {
    let start = 8 + 8 + 40;
    assert_eq!(frame[start..start + 3], [0x42, 0x00, 0x0C]);
    let length = u32::from_be_bytes(frame[start + 4..start + 8].try_into().unwrap());
    &frame[start..][..8 + usize::try_from(length).unwrap()]
}

fn captures() -> Option<std::path::PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/captures");
    let there = folder.is_dir().then_some(folder);
    if there.is_none() {
        eprintln!("skipped: there are no captures beside the project");
    }
    there
}

/// Returns the header of a request with these options.
fn header_of(version: ProtocolVersion, options: &RequestOptions) -> Result<Vec<u8>, ErrorKind> {
    let exchange = Exchange::with(version, &Locate::all(), options).map_err(|error| error.kind())?;
    Ok(exchange.request().to_vec())
}

#[test]
fn each_credential_goes_where_its_version_has_it() {
    let password = Password::new("PASS");
    let nonce = Nonce::new(b"1", b"2");
    let ticket = Ticket::new(TicketType::LOGIN, Secret::new(b"TICKET"));
    let user = Credential::UsernameAndPassword(UsernameAndPassword::new("alice").password(password));
    let device = Credential::Device(DeviceCredential::default().password(password));
    let attestation = Credential::Attestation(AttestationCredential::new(nonce, AttestationType::TPM_QUOTE));
    let one_time =
        Credential::OneTimePassword(OneTimePasswordCredential::new("alice", Password::new("ONCE")).password(password));
    let hashed = Credential::HashedPassword(
        HashedPasswordCredential::new("alice", Timestamp::Extended(DateTimeExtended(7)), Secret::new(b"PROOF"))
            .hashing_algorithm(HashingAlgorithm::SHA_256),
    );
    let rows = [(user, V1_0), (device, V1_1), (attestation, V1_2), (one_time, V2_0), (hashed, V2_0)];
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(|(credential, since)| (Credentials::of(&credential).unwrap(), credential, since))
        .collect();
    rows.push((Credentials::ticket(ticket.clone()), Credential::Ticket(TicketCredential::new(ticket)), V2_0));
    for (owned, credential, since) in rows {
        for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
            let options = RequestOptions::new().credential(owned.clone());
            let encoded = header_of(version, &options);
            assert_eq!(encoded.is_ok(), version >= since, "{credential:?} in {version}");
            if let Ok(frame) = encoded {
                let (message, _) = RequestMessage::decode_message(&frame, Rules::STRICT).unwrap();
                assert_eq!(message.header.authentication.unwrap().credentials, std::slice::from_ref(&credential));
            }
            assert_eq!(format!("{owned:?}"), "Credentials");
            assert!(
                format!("{options:?}").starts_with("RequestOptions { credentials: Some(Credentials), "),
                "{options:?}"
            );
            for shown in [format!("{options:?}"), format!("{owned:?}")] {
                for secret in ["PASS", "ONCE", "PROOF", "TICKET", "alice"] {
                    assert!(!shown.contains(secret), "{shown}");
                }
            }
        }
    }
}

#[test]
fn several_credentials_need_kmip_1_4() {
    let options = RequestOptions::new().credential(secret().and(&Credentials::user("bob", "hunter2")).unwrap());
    let kind = header_of(V1_3, &options).unwrap_err();
    assert!(matches!(kind, ErrorKind::ValueNotInVersion { name: "more than one Credential", .. }), "{kind:?}");
    let frame = header_of(V1_4, &options).unwrap();
    let (message, _) = RequestMessage::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(message.header.authentication.unwrap().credentials.len(), 2);
}

#[test]
fn the_rest_of_the_header() {
    let options = RequestOptions::new()
        .client_correlation_value("backup 7")
        .max_response_size(1 << 40)
        .asynchronous(AsynchronousIndicator::OPTIONAL)
        .attestation_types([AttestationType::TPM_QUOTE])
        .time_stamp(DateTime(42));
    for version in [V1_4, V2_1] {
        let frame = header_of(version, &options).unwrap();
        let header = RequestMessage::decode_message(&frame, Rules::STRICT).unwrap().0.header;
        assert_eq!(header.client_correlation_value, Some("backup 7"));
        assert_eq!(header.maximum_response_size, Some(i32::MAX));
        assert_eq!(header.attestation_capable_indicator, Some(true));
        assert_eq!(header.attestation_types, [AttestationType::TPM_QUOTE]);
        assert_eq!(header.time_stamp, Some(DateTime(42)));
        assert!(header.asynchronous_indicator.is_some());
    }
    let with_credential = options.clone().credential(secret());
    for version in [V1_4, V2_1] {
        let without = header_of(version, &with_credential.clone().without_credential()).unwrap();
        assert_eq!(without, header_of(version, &options).unwrap(), "the rest stays");
        assert_ne!(without, header_of(version, &with_credential).unwrap());
    }
    // Before KMIP 2.0 it is a Boolean.
    for (indicator, allowed) in [(AsynchronousIndicator::OPTIONAL, true), (AsynchronousIndicator::PROHIBITED, false)] {
        let options = RequestOptions::new().asynchronous(indicator);
        for (version, expected) in [(V1_0, Asynchronous::Allowed(allowed)), (V2_0, Asynchronous::Indicated(indicator))]
        {
            let frame = header_of(version, &options).unwrap();
            let header = RequestMessage::decode_message(&frame, Rules::STRICT).unwrap().0.header;
            assert_eq!(header.asynchronous_indicator, Some(expected), "{version}");
        }
    }
    let mandatory = RequestOptions::new().asynchronous(AsynchronousIndicator::MANDATORY);
    assert!(header_of(V1_4, &mandatory).is_err());
    assert!(header_of(V2_0, &mandatory).is_ok());
    assert!(header_of(V1_2, &RequestOptions::new().client_correlation_value("x")).is_err());
    assert!(header_of(V1_1, &RequestOptions::new().attestation_types([AttestationType::TPM_QUOTE])).is_err());
}

#[test]
fn a_response_that_would_be_longer_is_refused_and_not_made() {
    let server = TestServer::start();
    with_both!(&server.config(), kms => {
        let small = kms.with_request_options(RequestOptions::new().max_response_size(100));
        let error = small.call(&Create::aes(256)).await.unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::RESPONSE_TOO_LARGE));
        assert!(kms.call(&Locate::all()).await.unwrap().payload().unique_identifiers.is_empty());
    });
}

/// A request is not sent if its operation was added later, or was removed.
#[test]
fn an_operation_that_the_version_does_not_have_is_not_sent() {
    fn lacks<R: Request>(version: ProtocolVersion, request: &R) {
        let error = Exchange::new(version, request).unwrap_err();
        let path: Vec<_> = error.path().collect();
        assert_eq!(path.last(), Some(&Tag::OPERATION), "{error}");
        assert!(matches!(error.kind(), ErrorKind::ValueNotInVersion { .. }), "{error}");
    }
    lacks(V1_0, &DiscoverVersions::all());
    lacks(V1_1, &Encrypt::data("key", b"data"));
    lacks(V1_4, &Ping::server());
    lacks(V2_0, &QueryAsynchronousRequests::all());

    let server = TestServer::builder().versions(V1_0..=V1_0).start();
    with_both!(&server.config(), kms => {
        assert_eq!(kms.version(), V1_0, "negotiated, though 1.0 has no Discover Versions");
        let error = kms.call(&Encrypt::data("key", b"data")).await.unwrap_err();
        assert!(matches!(error, Error::Encode(_)), "{error:?}");
        kms.call(&Query::functions([])).await.unwrap_err();
    });
    assert_eq!(server.requests().get(&OperationCode::ENCRYPT), None);
}

/// A vendor's additions are left to the vendor.
#[test]
fn an_operation_of_a_vendor_passes() {
    #[derive(Debug)]
    struct Blink;
    #[derive(Clone, Copy, Debug, Default)]
    struct Payload;
    impl Encode for Payload {
        fn encode(&self, tag: Tag, writer: &mut Writer) -> kmip_ttlv::Result<()> {
            let started = writer.begin(tag);
            writer.end(started)
        }
    }
    impl kmip_ttlv::Decode<'_> for Payload {
        fn decode_into(&mut self, reader: &mut kmip_ttlv::Reader<'_>, tag: Tag) -> kmip_ttlv::Result<()> {
            let body = reader.enter(tag)?;
            reader.leave(body)
        }
    }
    impl Operation for Blink {
        const CODE: OperationCode = OperationCode::from_value(0x8000_0001);
        type Request<'a> = Payload;
        type Response<'r> = Payload;
    }
    impl Request for Payload {
        type Operation = Blink;
    }
    let server = TestServer::start();
    for version in [V1_0, V2_1] {
        with_both!(&server.config().version(version), kms => {
            let error = kms.call(&Payload).await.unwrap_err();
            assert_eq!(error.reason(), Some(ResultReason::OPERATION_NOT_SUPPORTED));
        });
    }
}

/// A server that requires a proof sends a nonce with the refusal.
#[test]
fn a_refusal_brings_its_nonce() {
    use kmip_client::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};
    use kmip_ttlv::enumeration::ResultStatus;

    let header = ResponseHeader::default().protocol_version(V1_4).nonce(Nonce::new(b"first", b"4711")).batch_count(1);
    let item: ResponseBatchItem<'_, kmip_ttlv::Item<'_>> = ResponseBatchItem::default()
        .operation(OperationCode::LOCATE)
        .result_status(ResultStatus::OPERATION_FAILED)
        .result_reason(ResultReason::ATTESTATION_REQUIRED);
    let frame = ResponseMessage::default().header(header).batch_items([item]).encode_message().unwrap();
    let no_reply = Exchange::new(V1_4, &Locate::all()).unwrap().answer(frame.into()).unwrap_err();
    let NoReply::Refused(refusal) = no_reply else { panic!("{no_reply:?}") };
    assert_eq!(refusal.reason, Some(ResultReason::ATTESTATION_REQUIRED));
    let nonce = refusal.nonce.unwrap();
    assert_eq!((&nonce.id[..], &nonce.value[..]), (&b"first"[..], &b"4711"[..]));
    assert_eq!(nonce.as_nonce(), Nonce::new(b"first", b"4711"));
    assert_eq!(format!("{nonce:?}"), "ServerNonce { id: 6669727374, value: 34373131 }");
}

/// PyKMIP and Cosmian KMS accept credentials beside the certificate; neither has users of its own.
#[needs::env("KMIP_TEST_PYKMIP", "KMIP_TEST_COSMIAN")]
#[test]
fn real_servers_take_credentials() {
    for (variable, versions) in
        [("KMIP_TEST_PYKMIP", &[V1_0, V1_2, V1_4, V2_0][..]), ("KMIP_TEST_COSMIAN", &[V1_0, V1_4, V2_1][..])]
    {
        let Some(config) = real_server::config(variable) else { continue };
        for version in versions {
            with_both!(&config.clone().version(*version).credential(secret()), kms => {
                let created = kms.call(&Create::aes(256)).await.unwrap();
                let id = created.payload().unique_identifier;
                kms.call(&Get::id(id)).await.unwrap();
                kms.call(&Destroy::id(id)).await.unwrap();
            });
        }
    }
}
