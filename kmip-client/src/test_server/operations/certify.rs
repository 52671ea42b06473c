//! Certify and Re-certify (KMIP 2.1, 6.1.6 and 6.1.45; KMIP 1.4, 4.7 and 4.8). The certificates are X.509, by the
//! server's own authority.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{
    CertificateRequestType, CertificateType, KeyFormatType, LinkType, ObjectType, OperationCode,
};
use rustls::pki_types::{CertificateSigningRequestDer, pem::PemObject};
use x509_cert::der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::create::link;
use super::re_key::{linked, of_replacement, replaced, with_names_taken};
use super::validate::certificate_of;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, AttributeValue, Link};
use crate::protocol::object::{Certificate, Object, PublicKey};
use crate::protocol::operation::{
    CertifyRequest, CertifyResponse, ReCertifyRequest, ReCertifyResponse, RequestedCertificate,
};
use crate::test_server::authority::issue::NewCertificate;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::formats;
use crate::test_server::crypto::generate::random_bytes;
use crate::test_server::objects::attributes::OwnedAttributes;
use crate::test_server::objects::object::OwnedObject;
use crate::test_server::objects::rules::Rule;
use crate::test_server::operations::new_object::{check_storage, insert, requested, require};
use crate::test_server::state::call::{Answer, Call};

pub(super) fn certify(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: CertifyRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    let attributes = requested(call, &request.attributes)?;
    let mut wanted = sent(request.certificate_request_type, request.certificate_request)?;
    // Since KMIP 2.0 the request need not refer to a key on the server.
    let mut key_id = None;
    if request.unique_identifier.is_some() || wanted.is_none() || call.is_v1() {
        let object = call.object(request.unique_identifier.as_ref())?;
        match object.value.as_ref().map(OwnedObject::object) {
            Some(Object::PublicKey(public_key)) => {
                let key = info(&public_key).ok_or_else(|| not_certified("the key has no format to certify it in"))?;
                let name = match object.attributes.get(Tag::NAME) {
                    Some(AttributeValue::Name(name)) => name.value.to_owned(),
                    _ => object.id.clone(),
                };
                key_id = Some(object.id.clone());
                wanted = Some(agreed(wanted, NewCertificate::of_name(name, key))?);
            }
            Some(Object::CertificateRequest(stored)) if wanted.is_none() => {
                wanted = Some(NewCertificate::of_request(stored.certificate_request_value)?);
            }
            _ => return Err(not_certified("the object is neither a public key nor a request")),
        }
    }
    let Some(wanted) = wanted else { return Err(not_certified("nothing says what to certify")) };
    if request.certificate_request.is_none() && key_id.is_some() {
        require(&attributes, Tag::CERTIFICATE_TYPE)?;
    }
    let new_id = issue(call, &wanted, attributes)?;
    if let Some(key_id) = key_id {
        link(call, &key_id, LinkType::CERTIFICATE_LINK, &new_id)?;
        link(call, &new_id, LinkType::PUBLIC_KEY_LINK, &key_id)?;
        call.store.get(&key_id, call.view)?.changed(call.view.now)?;
    }
    call.produce(OperationCode::CERTIFY, Some(&new_id), [new_id.as_str()]);
    call.answer(&CertifyResponse { unique_identifier: Id::Text(&new_id), attributes: None })
}

pub(super) fn re_certify(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ReCertifyRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    let asked = requested(call, &request.attributes)?;
    let mut wanted = sent(request.certificate_request_type, request.certificate_request)?;
    if let Some(id) = &request.certificate_request_unique_identifier {
        match call.object(Some(id))?.value.as_ref().map(OwnedObject::object) {
            Some(Object::CertificateRequest(stored)) => {
                wanted = Some(NewCertificate::of_request(stored.certificate_request_value)?);
            }
            _ => return Err(not_certified("the object is no request for a certificate")),
        }
    }
    let view = call.view;
    let old = call.object(request.unique_identifier.as_ref())?;
    let copied = of_replacement(old, ObjectType::CERTIFICATE, &asked, request.offset, view.now)?;
    let old_id = old.id.clone();
    let key_id = linked(&old.attributes, LinkType::PUBLIC_KEY_LINK);
    let before = certificate_of(old).and_then(|der| NewCertificate::of_certificate(&der));
    let wanted = agreed(wanted, before.ok_or_else(|| not_certified("the certificate is no X.509"))?)?;
    let mut attributes = OwnedAttributes::default();
    for owned in copied.iter().filter(|owned| is_kept(owned.reference())) {
        attributes.push(&owned.value())?;
    }
    if let Some(key_id) = &key_id {
        // The key gets another link. A refusal has to come before the certificate is issued.
        call.store.get(key_id, view)?;
    }
    let new_id = with_names_taken(call, &[&old_id], |call| issue(call, &wanted, attributes))?;
    replaced(call, &old_id, &new_id)?;
    if let Some(key_id) = &key_id {
        let key = call.store.get(key_id, view)?;
        let before = Link { link_type: LinkType::CERTIFICATE_LINK, linked_object_identifier: Id::Text(&old_id) };
        if let Some(place) = key.attributes.position_of_value(&AttributeValue::Link(before)) {
            key.attributes.remove(place);
        }
        key.changed(view.now)?;
        link(call, key_id, LinkType::CERTIFICATE_LINK, &new_id)?;
        link(call, &new_id, LinkType::PUBLIC_KEY_LINK, key_id)?;
    }
    call.produce(OperationCode::RE_CERTIFY, Some(&new_id), [new_id.as_str()]);
    call.answer(&ReCertifyResponse { unique_identifier: Id::Text(&new_id), attributes: None })
}

/// Parses the certificate request in the message.
fn sent(
    kind: Option<CertificateRequestType>,
    request: Option<RequestedCertificate<'_>>,
) -> Result<Option<NewCertificate>, Refusal> {
    let Some(RequestedCertificate(bytes)) = request else { return Ok(None) };
    match kind {
        Some(CertificateRequestType::PKCS_10) => NewCertificate::of_request(bytes).map(Some),
        Some(CertificateRequestType::PEM) => {
            let der = CertificateSigningRequestDer::from_pem_slice(bytes);
            let der = der.map_err(|_| Cause::InvalidRequest.because("the request is no PEM"))?;
            NewCertificate::of_request(&der).map(Some)
        }
        _ => Err(Cause::InvalidRequest.because("the Certificate Request Type is not PKCS#10 or PEM")),
    }
}

/// Returns the request in the message, or else the known one. Both must be for the same key.
fn agreed(asked: Option<NewCertificate>, known: NewCertificate) -> Result<NewCertificate, Refusal> {
    match asked {
        Some(asked) if asked.key != known.key => Err(Cause::InvalidRequest.because("the request is for another key")),
        Some(asked) => Ok(asked),
        None => Ok(known),
    }
}

/// Issues the certificate and stores it.
fn issue(call: &mut Call<'_>, wanted: &NewCertificate, attributes: OwnedAttributes) -> Result<String, Refusal> {
    let serial = random_bytes(call.random, 16)?;
    let der = wanted.certificate(call.authority, &serial, call.view.now)?;
    let certificate = Certificate { certificate_type: CertificateType::X_509, certificate_value: &der };
    insert(call, &Object::Certificate(certificate), attributes, false)
}

/// Returns `true` if a new certificate inherits the attribute from the old one, rather than taking it from its
/// contents.
fn is_kept(name: AttributeReference<'_>) -> bool {
    const TOLD: [Tag; 4] = [
        Tag::CERTIFICATE_LENGTH,
        Tag::DIGITAL_SIGNATURE_ALGORITHM,
        Tag::CRYPTOGRAPHIC_ALGORITHM,
        Tag::CRYPTOGRAPHIC_LENGTH,
    ];
    let told = matches!(name, AttributeReference::Standard(tag) if TOLD.contains(&tag));
    !told && Rule::of(name).is_some_and(Rule::when_new)
}

/// Returns the key in the form of certificates.
fn info(public_key: &PublicKey<'_>) -> Option<SubjectPublicKeyInfoOwned> {
    let block = &public_key.key_block;
    let bytes = block.bytes()?.expose();
    match block.key_format_type {
        KeyFormatType::X_509 => SubjectPublicKeyInfoOwned::from_der(bytes).ok(),
        _ => SubjectPublicKeyInfoOwned::from_der(&formats::public_key(bytes, KeyFormatType::X_509)?).ok(),
    }
}

fn not_certified(why: &'static str) -> Refusal {
    Cause::NotCertified.because(why)
}
