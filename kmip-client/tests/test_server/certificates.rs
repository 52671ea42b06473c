//! Certify, Re-certify and Validate.

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::{CertificateRequest, Object};
use kmip_client::protocol::operation::{
    Archive, Certify, CertifyRequest, Create, CreateKeyPair, Get, GetAttributes, Locate, ReCertify, Register, Validate,
    ValidateRequest,
};
use kmip_client::test_server::{Pki, TestServer};
use kmip_ttlv::enumeration::{
    CertificateRequestType, CertificateType, CryptographicAlgorithm as Algorithm, KeyFormatType, LinkType,
    RecommendedCurve, ResultReason as Reason, ValidityIndicator as Validity,
};
use kmip_ttlv::{DateTime, Tag, V1_4, V2_1};
use rcgen::{CertificateParams, CertificateSigningRequest, DnType, KeyPair, PublicKeyData, SanType};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::SubjectAltName;

use crate::wire::{VERSIONS, Wire, now, text};

/// Returns a key pair of a client, and its public key on the server.
fn registered(wire: &mut Wire, name: &str) -> (KeyPair, String) {
    let pair = KeyPair::generate().unwrap();
    let der = pair.subject_public_key_info();
    let request = Register::public_key(KeyFormatType::X_509, Algorithm::EC, 256, &der).name(name);
    let id = text(wire.call(&request).unwrap().payload().unique_identifier);
    (pair, id)
}

/// Returns a PKCS#10 request in DER.
fn csr(pair: &KeyPair) -> Vec<u8> {
    signed(pair).der().to_vec()
}

fn signed(pair: &KeyPair) -> CertificateSigningRequest {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "web server");
    params.distinguished_name.push(DnType::OrganizationName, "ACME");
    params.subject_alt_names =
        vec![SanType::DnsName("kms.example".try_into().unwrap()), SanType::IpAddress("192.0.2.7".parse().unwrap())];
    params.serialize_request(pair).unwrap()
}

fn plain(id: &str) -> CertifyRequest<'_> {
    Certify::id(id).attribute(AttributeValue::CertificateType(CertificateType::X_509))
}

fn der(wire: &mut Wire, id: &str) -> Vec<u8> {
    let reply = wire.call(&Get::id(id)).unwrap();
    match reply.payload().object {
        Object::Certificate(certificate) => certificate.certificate_value.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn linked(wire: &mut Wire, id: &str, link_type: LinkType) -> Vec<String> {
    let reply = wire.call(&GetAttributes::id(id).attribute(Tag::LINK)).unwrap();
    let attributes = reply.payload().attributes.unwrap_or_default();
    let links = attributes.find(Tag::LINK).filter_map(|value| match value {
        AttributeValue::Link(link) if link.link_type == link_type => Some(text(link.linked_object_identifier)),
        _ => None,
    });
    links.collect()
}

fn validity(wire: &mut Wire, request: &ValidateRequest<'_>) -> Validity {
    wire.call(request).unwrap().payload().validity_indicator
}

fn ca_der(pki: &Pki) -> Vec<u8> {
    CertificateDer::from_pem_slice(pki.ca_pem().as_bytes()).unwrap().to_vec()
}

#[test]
fn a_key_is_certified_as_its_owner_asks() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let (pair, key) = registered(&mut wire, "key");
        let request = csr(&pair);
        let asked = Certify::pkcs10(&key, &request).name("certificate");
        let id = text(wire.call(&asked).unwrap().payload().unique_identifier);
        assert_eq!(wire.locate(&Locate::name("certificate")), [id.as_str()]);
        assert_eq!(linked(&mut wire, &key, LinkType::CERTIFICATE_LINK), [id.as_str()]);
        assert_eq!(linked(&mut wire, &id, LinkType::PUBLIC_KEY_LINK), [key.as_str()]);

        let certificate = x509_cert::Certificate::from_der(&der(&mut wire, &id)).unwrap();
        let tbs = certificate.tbs_certificate();
        assert_eq!(tbs.subject().to_string(), "O=ACME,CN=web server");
        assert_eq!(tbs.subject_public_key_info().to_der().unwrap(), pair.subject_public_key_info());
        let ca = x509_cert::Certificate::from_der(&ca_der(server.pki())).unwrap();
        assert_eq!(tbs.issuer(), ca.tbs_certificate().subject());
        let (_, names) = tbs.get_extension::<SubjectAltName>().unwrap().unwrap();
        assert_eq!(names.0.len(), 2);

        // A year, and not a day more.
        assert_eq!(validity(&mut wire, &Validate::id(&id)), Validity::VALID);
        let later = |days: i64| DateTime(now() + days * 24 * 60 * 60);
        assert_eq!(validity(&mut wire, &Validate::id(&id).on(later(364))), Validity::VALID);
        assert_eq!(validity(&mut wire, &Validate::id(&id).on(later(366))), Validity::INVALID);
        assert_eq!(validity(&mut wire, &Validate::id(&id).on(later(-1))), Validity::INVALID);

        // The same in PEM.
        let pem = signed(&pair).pem().unwrap();
        let mut asked = Certify::pkcs10(&key, pem.as_bytes());
        asked.certificate_request_type = Some(CertificateRequestType::PEM);
        wire.call(&asked).unwrap();
    }
}

#[test]
fn a_key_that_the_server_made_is_certified_by_its_name() {
    for (version, pair) in [(V1_4, CreateKeyPair::rsa(2048)), (V2_1, CreateKeyPair::ec(RecommendedCurve::P_521))] {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let reply = wire.call(&pair.public_key_name("signer")).unwrap();
        let key = text(reply.payload().public_key_unique_identifier);
        assert_eq!(
            wire.call(&Certify::id(&key)).err(),
            Some(wire.reason(Reason::INVALID_FIELD, Reason::INVALID_ATTRIBUTE)),
            "of what type?"
        );
        let id = text(wire.call(&plain(&key)).unwrap().payload().unique_identifier);
        let certificate = x509_cert::Certificate::from_der(&der(&mut wire, &id)).unwrap();
        assert_eq!(certificate.tbs_certificate().subject().to_string(), "CN=signer");
        assert_eq!(validity(&mut wire, &Validate::id(&id)), Validity::VALID);
    }
}

#[test]
fn a_request_can_be_an_object() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let pair = KeyPair::generate().unwrap();
    let request = csr(&pair);
    let stored = Object::CertificateRequest(CertificateRequest::new(CertificateRequestType::PKCS_10, &request));
    let stored = text(wire.call(&Register::object(stored)).unwrap().payload().unique_identifier);
    let id = text(wire.call(&Certify::id(&stored)).unwrap().payload().unique_identifier);
    let mut again = ReCertify::id(&id);
    again.certificate_request_unique_identifier = Some((&stored).into());
    let new_id = text(wire.call(&again).unwrap().payload().unique_identifier);
    assert_eq!(linked(&mut wire, &new_id, LinkType::REPLACED_OBJECT_LINK), [id.as_str()]);
    // It works without any object, too.
    let mut alone = Certify::pkcs10("", &request);
    alone.unique_identifier = None;
    let id = text(wire.call(&alone).unwrap().payload().unique_identifier);
    assert_eq!(validity(&mut wire, &Validate::id(&id).with_id(&new_id)), Validity::VALID);
}

#[test]
fn a_request_that_is_not_for_the_key_is_refused() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let (pair, key) = registered(&mut wire, "key");
        let invalid = Some(wire.reason(Reason::INVALID_FIELD, Reason::INVALID_CSR));
        let other = csr(&KeyPair::generate().unwrap());
        assert_eq!(wire.call(&Certify::pkcs10(&key, &other)).err(), invalid);
        let mut forged = csr(&pair);
        let place = forged.windows(10).position(|part| part == b"web server").unwrap();
        forged[place] = b'W';
        assert_eq!(wire.call(&Certify::pkcs10(&key, &forged)).err(), invalid);
        assert_eq!(wire.call(&Certify::pkcs10(&key, b"no DER")).err(), invalid);
        let request = csr(&pair);
        let mut crmf = Certify::pkcs10(&key, &request);
        crmf.certificate_request_type = Some(CertificateRequestType::CRMF);
        assert_eq!(wire.call(&crmf).err(), invalid);
        let aes = text(wire.call(&Create::aes(256)).unwrap().payload().unique_identifier);
        let not_possible = Some(wire.reason(Reason::PERMISSION_DENIED, Reason::INVALID_OBJECT_TYPE));
        assert_eq!(wire.call(&plain(&aes)).err(), not_possible);
        assert_eq!(wire.call(&ReCertify::id(&aes)).err(), not_possible);
        let nobody = Some(wire.reason(Reason::ITEM_NOT_FOUND, Reason::OBJECT_NOT_FOUND));
        assert_eq!(wire.call(&plain("nobody")).err(), nobody);
        wire.call(&Archive::id(&key)).unwrap();
        assert_eq!(wire.call(&plain(&key)).err(), Some(Reason::OBJECT_ARCHIVED));
        assert!(linked_count(&mut wire) == 0, "no certificate was made");
    }
}

fn linked_count(wire: &mut Wire) -> usize {
    wire.locate(&Locate::all().link_type(LinkType::PUBLIC_KEY_LINK)).len()
}

#[test]
fn a_certificate_is_renewed() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let (pair, key) = registered(&mut wire, "key");
        let request = csr(&pair);
        let contact = AttributeValue::ContactInformation("web team");
        let asked = Certify::pkcs10(&key, &request).name("certificate").attribute(contact);
        let old = text(wire.call(&asked).unwrap().payload().unique_identifier);
        let new = text(wire.call(&ReCertify::id(&old)).unwrap().payload().unique_identifier);
        assert_eq!(wire.locate(&Locate::name("certificate")), [new.as_str()]);
        assert_eq!(linked(&mut wire, &old, LinkType::REPLACEMENT_OBJECT_LINK), [new.as_str()]);
        assert_eq!(linked(&mut wire, &new, LinkType::REPLACED_OBJECT_LINK), [old.as_str()]);
        assert_eq!(linked(&mut wire, &new, LinkType::PUBLIC_KEY_LINK), [key.as_str()]);
        assert_eq!(linked(&mut wire, &key, LinkType::CERTIFICATE_LINK), [new.as_str()], "the key knows the new one");
        let renewed = Locate::attribute(AttributeValue::ContactInformation("web team"));
        assert_eq!(wire.locate(&renewed), [new.as_str(), old.as_str()]);
        let (old_der, new_der) = (der(&mut wire, &old), der(&mut wire, &new));
        assert_ne!(old_der, new_der);
        let read = |der: &[u8]| x509_cert::Certificate::from_der(der).unwrap();
        let (before, after) = (read(&old_der), read(&new_der));
        let (before, after) = (before.tbs_certificate(), after.tbs_certificate());
        assert_eq!(before.subject(), after.subject());
        assert_eq!(before.subject_public_key_info(), after.subject_public_key_info());
        assert_ne!(before.serial_number(), after.serial_number());
        let other = csr(&KeyPair::generate().unwrap());
        let invalid = Some(wire.reason(Reason::INVALID_FIELD, Reason::INVALID_CSR));
        assert_eq!(wire.call(&ReCertify::pkcs10(&new, &other)).err(), invalid);
    }
}

#[test]
fn a_chain_is_valid_where_it_leads_to_someone_trusted() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let pki = Pki::new();
        let (ca, leaf) = (ca_der(&pki), pki.issue_server());
        let leaf = CertificateDer::from_pem_slice(leaf.certificate_pem().as_bytes()).unwrap();
        let chain = Validate::certificate(&leaf).with_certificate(&ca);
        assert_eq!(validity(&mut wire, &Validate::certificate(&leaf)), Validity::UNKNOWN, "by whom?");
        assert_eq!(validity(&mut wire, &chain), Validity::UNKNOWN, "whoever is sent along is not trusted for that");
        let kept = text(wire.call(&Register::certificate(&ca)).unwrap().payload().unique_identifier);
        assert_eq!(validity(&mut wire, &chain), Validity::VALID);
        assert_eq!(validity(&mut wire, &Validate::certificate(&leaf)), Validity::VALID);
        assert_eq!(validity(&mut wire, &Validate::certificate(&leaf).with_id(&kept)), Validity::VALID);
        // Another client trusts other certificates.
        assert_eq!(validity(&mut Wire::to(&server, "bob", version), &chain), Validity::UNKNOWN);

        let mut forged = leaf.to_vec();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        assert_eq!(validity(&mut wire, &Validate::certificate(&forged)), Validity::INVALID);
        assert_eq!(validity(&mut wire, &chain.clone().with_certificate(&forged)), Validity::INVALID, "all must be");
        assert_eq!(validity(&mut wire, &Validate::certificate(b"no DER")), Validity::INVALID);
        let expired = pki.issue_expired_server();
        let expired = CertificateDer::from_pem_slice(expired.certificate_pem().as_bytes()).unwrap();
        assert_eq!(validity(&mut wire, &Validate::certificate(&expired)), Validity::INVALID);
        let in_2000 = DateTime(960_000_000);
        assert_eq!(validity(&mut wire, &Validate::certificate(&expired).on(in_2000)), Validity::VALID);
        // A certificate that is not an authority cannot sign others.
        let issued = pki.issue_client("mallory");
        let key = KeyPair::from_pem(issued.private_key_pem()).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "mallory");
        let mallory = rcgen::Issuer::new(params, key);
        let by_mallory =
            CertificateParams::default().signed_by(&KeyPair::generate().unwrap(), &mallory).unwrap().der().to_vec();
        let mallory = CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes()).unwrap();
        let chain = Validate::certificate(&by_mallory).with_certificate(&mallory);
        assert_eq!(validity(&mut wire, &chain), Validity::INVALID);

        let nothing = wire.reason(Reason::INVALID_MESSAGE, Reason::INVALID_FIELD);
        assert_eq!(wire.call(&ValidateRequest::default()).err(), Some(nothing));
        let aes = text(wire.call(&Create::aes(256)).unwrap().payload().unique_identifier);
        assert_eq!(wire.call(&Validate::id(&aes)).err(), Some(nothing));
    }
}

/// A certificate that the server issues is not accepted from clients.
#[test]
fn a_certificate_of_certify_is_not_let_in() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let (pair, key) = registered(&mut wire, "bob");
    let id = text(wire.call(&plain(&key)).unwrap().payload().unique_identifier);
    let der = der(&mut wire, &id);
    let mut bob = Wire::with_key(&server, CertificateDer::from(der), pair.serialize_der().try_into().unwrap(), V2_1);
    assert!(bob.knock().is_err());
}
