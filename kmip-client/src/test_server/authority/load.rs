//! A caller's CA certificate, in the form that rcgen needs to issue others.

use rcgen::{BasicConstraints, CertificateParams, DnType, DnValue, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose};
use x509_cert::Certificate;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef};
use x509_cert::der::{Decode, Encode, Tag, Tagged};
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use crate::test_server::authority::chain::may_issue;
use crate::test_server::base::setup::SetupError;

/// Returns the name and the key identifier that certificates of this CA refer to.
pub(in crate::test_server) fn params(der: &[u8]) -> Result<CertificateParams, SetupError> {
    let certificate = Certificate::from_der(der).map_err(|_| SetupError::Authority("it is not X.509 in DER"))?;
    if !may_issue(&certificate) {
        return Err(SetupError::Authority("it is not the certificate of a CA: basicConstraints or keyUsage forbid it"));
    }
    let tbs = certificate.tbs_certificate();
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    for part in tbs.subject().iter() {
        let arcs: Vec<u64> = part.oid.arcs().map(u64::from).collect();
        let value = value(&part.value).ok_or(UNREADABLE_NAME)?;
        params.distinguished_name.push(DnType::from_oid(&arcs), value);
    }
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    if let Ok(Some((_, SubjectKeyIdentifier(identifier)))) = tbs.get_extension() {
        params.key_identifier_method = KeyIdMethod::PreSpecified(identifier.into_bytes().into());
    }
    // A chain is found by the bytes of the name, so a name that rcgen cannot reproduce (several values of one kind) is
    // unusable.
    let subject = tbs.subject().to_der().map_err(|_| UNREADABLE_NAME)?;
    if written_name(&params).as_deref() == Some(&subject) { Ok(params) } else { Err(UNREADABLE_NAME) }
}

const UNREADABLE_NAME: SetupError =
    SetupError::Authority("its subject has a part that cannot be written into the certificates that it issues");

/// Returns a value of a name, in its own string type.
fn value(value: &x509_cert::attr::AttributeValue) -> Option<DnValue> {
    let text = || std::str::from_utf8(value.value()).ok().map(str::to_owned);
    match value.tag() {
        Tag::Utf8String => text().map(DnValue::Utf8String),
        Tag::PrintableString => {
            let text = value.decode_as::<PrintableStringRef<'_>>().ok()?;
            text.as_str().try_into().ok().map(DnValue::PrintableString)
        }
        Tag::Ia5String => {
            let text = value.decode_as::<Ia5StringRef<'_>>().ok()?;
            text.as_str().try_into().ok().map(DnValue::Ia5String)
        }
        _ => None,
    }
}

/// Returns the name in DER, as rcgen writes it.
fn written_name(params: &CertificateParams) -> Option<Vec<u8>> {
    let key = KeyPair::generate().ok()?;
    let probe = params.self_signed(&key).ok()?;
    Certificate::from_der(probe.der()).ok()?.tbs_certificate().subject().to_der().ok()
}
