//! Settings before the start: the address, the certificates, and the supported and accepted requests.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use kmip_client::protocol::object::{EncryptionKeyInformation, KeyWrappingSpecification};
use kmip_client::protocol::operation::{Activate, Create, Destroy, Get, GetAttributes, Locate, Query, Revoke};
use kmip_client::test_server::{Pki, SetupError, TestServer};
use kmip_ttlv::enumeration::{
    CryptographicUsageMask as Mask, OperationCode, QueryFunction, ResultReason as Reason, RevocationReasonCode,
};
use kmip_ttlv::{Tag, V1_2, V1_3, V1_4, V2_0, V2_1, Writer};

use crate::openssl::{is_there, openssl, try_openssl};
use crate::wire::{Payload, Wire, text};

#[test]
fn it_listens_where_it_is_told() {
    let first = TestServer::builder().listen((Ipv4Addr::LOCALHOST, 0)).try_start().unwrap();
    let Err(SetupError::Listen { address, .. }) = TestServer::builder().listen(first.address()).try_start() else {
        panic!("two servers at one address");
    };
    assert_eq!(address, first.address());

    // On all addresses: clients of this process use loopback, and stopping does not wait for ever.
    let all = TestServer::builder().listen((Ipv4Addr::UNSPECIFIED, 0)).start();
    assert!(all.address().ip().is_unspecified());
    let endpoint = all.endpoint();
    assert_eq!(endpoint.to_string().parse::<SocketAddr>().unwrap().ip(), Ipv4Addr::LOCALHOST);
    assert!(all.config().check().is_ok());
    Wire::alice(&all, V1_4).new_key("a");
    all.stop();
    all.restart();
    assert_eq!(Wire::alice(&all, V1_4).locate(&Locate::name("a")).len(), 1);
}

#[test]
fn it_shows_the_certificate_it_is_told() {
    let names = ["kms.test", "10.1.2.3", "localhost"];
    let named = TestServer::builder().server_names(names).start();
    Wire::alice(&named, V1_4).knock().unwrap();
    let error = TestServer::builder().server_names(["kms test"]).try_start().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"kms test\" cannot stand in a certificate: it is neither a DNS name nor an IP address"
    );

    let (pki, other) = (Pki::new(), Pki::new());
    let foreign = other.issue_server().identity().unwrap();
    let server = TestServer::builder().pki(pki).identity(foreign.clone()).start();
    assert_eq!(server.thumbprint(), foreign.thumbprint());
}

#[test]
fn versions_that_it_does_not_have_are_an_error() {
    let later = TestServer::builder().versions(kmip_ttlv::ProtocolVersion::new(4, 0)..).try_start();
    assert!(matches!(later, Err(SetupError::NoVersion(_))));
}

/// Creates a CA by openssl, and returns its key and its certificate.
fn ca(key: &[&str], subject: &str, extensions: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    fs::write(path("ca.cnf"), "[req]\ndistinguished_name = dn\nstring_mask = utf8only\n[dn]\n").unwrap();
    let key_pem = openssl(&[&["genpkey"], key].concat(), b"");
    fs::write(path("key"), &key_pem).unwrap();
    let (config, key_file) = (path("ca.cnf"), path("key"));
    let mut arguments =
        vec!["req", "-x509", "-config", &config, "-key", &key_file, "-utf8", "-subj", subject, "-days", "2"];
    arguments.extend(extensions.iter().flat_map(|extension| ["-addext", *extension]));
    (String::from_utf8(key_pem).unwrap(), String::from_utf8(openssl(&arguments, b"")).unwrap())
}

const CA: [&str; 3] =
    ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash"];

#[needs::command("openssl")]
#[test]
fn a_ca_of_openssl_issues_the_certificates() {
    if !is_there() {
        return;
    }
    let ec: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let rsa: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    for key in [ec, rsa] {
        // Strings of three kinds: PrintableString, UTF8String and IA5String.
        let (key, certificate) = ca(key, "/C=FR/O=Pr\u{e9}vert/CN=A CA/emailAddress=ca@example.org", &CA);
        // Comments and other CAs may be in the same file.
        let pki = Pki::from_pem(&format!("a comment\n{certificate}{certificate}"), &key).unwrap();
        let server = TestServer::builder().pki(pki).start();
        Wire::alice(&server, V2_1).new_key("a");
        // openssl finds the issuer by its name and key identifier.
        fs::write(path("ca.pem"), server.pki().ca_pem()).unwrap();
        fs::write(path("leaf.pem"), server.pki().issue_server().certificate_pem()).unwrap();
        let verified = try_openssl(&["verify", "-x509_strict", "-CAfile", &path("ca.pem"), &path("leaf.pem")], b"");
        assert!(verified.is_ok(), "{verified:?}");
    }
}

#[needs::command("openssl")]
#[test]
fn rejects_a_ca_that_is_none() {
    let (pki, other) = (Pki::new(), Pki::new());
    let refused = |certificate: &str, key: &str| Pki::from_pem(certificate, key).map(drop).unwrap_err();
    assert!(matches!(refused(&pki.ca_pem(), &other.ca_key_pem()), SetupError::Config(_)));
    assert!(matches!(refused("", &pki.ca_key_pem()), SetupError::Config(_)));
    let leaf = pki.issue_server();
    assert!(matches!(refused(leaf.certificate_pem(), leaf.private_key_pem()), SetupError::Authority(_)));
    if !is_there() {
        return;
    }
    // rcgen keeps one part of each kind.
    let ec = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let (key, certificate) = ca(&ec, "/OU=one/OU=two/CN=A CA", &CA);
    let text = refused(&certificate, &key).to_string();
    assert!(
        text.ends_with("its subject has a part that cannot be written into the certificates that it issues"),
        "{text}"
    );
}

#[test]
fn operations_that_are_left_out_are_not_there() {
    let few = [OperationCode::CREATE, OperationCode::QUERY, OperationCode::DISCOVER_VERSIONS];
    let server = TestServer::builder().operations(few).start();
    let mut wire = Wire::alice(&server, V1_4);
    let told = wire.call(&Query::functions([QueryFunction::QUERY_OPERATIONS])).unwrap();
    assert_eq!(told.payload().operations, few);
    let id = wire.new_key("a");
    assert_eq!(wire.call(&Get::id(&id)).map(drop), Err(Reason::OPERATION_NOT_SUPPORTED));
}

/// Returns a payload without any item.
fn nothing() -> Payload {
    let mut writer = Writer::new(V2_0);
    let started = writer.begin(Tag::REQUEST_PAYLOAD);
    writer.end(started).unwrap();
    Payload::raw(writer.into_vec())
}

#[test]
fn a_lenient_server_takes_what_clients_send() {
    for lenient in [false, true] {
        let settings = TestServer::builder();
        let server = if lenient { settings.lenient() } else { settings }.start();
        let mut wire = Wire::alice(&server, V1_2);
        let (first, second) = (wire.new_key("first"), wire.new_key("second"));

        // PyKMIP: a Locate of 2.x without Attributes, which a strict server accepts too.
        let mut newer = Wire::alice(&server, V2_0);
        assert!(newer.call_any(OperationCode::LOCATE, &nothing()).is_ok());

        // kmippp: Offset Items before 1.3, from which it expects the next page.
        let page = Payload::of(&Locate::all().at_most(1).offset_items(1), V1_3);
        match wire.call_any(OperationCode::LOCATE, &page) {
            Ok(found) => assert!(lenient && found.windows(36).any(|window| window == first.as_bytes())),
            Err(reason) => assert_eq!((lenient, reason), (false, Reason::INVALID_FIELD)),
        }

        // The same name twice.
        let again = wire.call(&Create::aes(128).name("first")).map(|reply| text(reply.payload().unique_identifier));
        assert_eq!(again.is_ok(), lenient);
        assert_eq!(wire.locate(&Locate::name("first")).len(), if lenient { 2 } else { 1 });

        // A wrapping key without Cryptographic Parameters, and a request without them.
        let kek = Create::aes(256).usage(Mask::WRAP_KEY);
        let kek = text(wire.call(&kek).unwrap().payload().unique_identifier);
        wire.call(&Activate::id(&kek)).unwrap();
        let bare = EncryptionKeyInformation::new(kek.as_str());
        let how = KeyWrappingSpecification::aes_key_wrap(&kek);
        for how in [how.clone(), how.encryption_key_information(bare)] {
            let wrapped = wire.call(&Get::id(&first).key_wrapping_specification(how));
            assert_eq!(wrapped.as_ref().map(drop).is_ok(), lenient);
            let Ok(reply) = wrapped else { continue };
            let object = reply.payload().object;
            let block = object.key_block().unwrap();
            let by = block.key_wrapping_data.as_ref().unwrap().encryption_key_information.as_ref();
            assert_eq!(by.map(|by| text(by.unique_identifier)), Some(kek.clone()));
        }

        // The index 0 of an attribute with several values.
        let reply = wire.call(&GetAttributes::id(&first).attribute(Tag::NAME)).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        assert_eq!(attributes.list[0].index, lenient.then_some(0));

        // Destroyed objects are forgotten, with the reason that PyKMIP expects in any version.
        wire.call(&Destroy::id(&second)).unwrap();
        for wire in [&mut wire, &mut newer] {
            let gone = [wire.call(&Get::id(&second)).map(drop), wire.call(&Destroy::id(&second)).map(drop)];
            assert_eq!(gone == [Err(Reason::ITEM_NOT_FOUND); 2], lenient, "{gone:?}");
        }
        // Otherwise it is strict: a key that is not active does not encrypt, and Revoke requires a reason.
        let unknown = Revoke::id(&first, RevocationReasonCode::default());
        assert!(wire.call(&unknown).is_err());
    }
}
