//! Validate (KMIP 2.1, 6.1.57; KMIP 1.4, 4.24).
//!
//! The rules are those of the server. It trusts its own authority, and self-signed certificates that the client has
//! registered; a certificate that is only part of the request is not trusted.

use kmip_ttlv::enumeration::CertificateType;

use crate::protocol::object::{Certificate, Object};
use crate::protocol::operation::{ValidateRequest, ValidateResponse};
use crate::test_server::authority::chain;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::object::{Managed, OwnedObject};
use crate::test_server::objects::store::Searched;
use crate::test_server::state::call::{Answer, Call};

pub(super) fn validate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ValidateRequest<'_> = call.request(payload)?;
    let mut ders = Vec::new();
    for certificate in &request.certificates {
        ders.push(x509(certificate).ok_or_else(|| Cause::NoChain.because("a certificate is no X.509"))?);
    }
    for id in &request.unique_identifiers {
        let object = call.object(Some(id))?;
        ders.push(certificate_of(object).ok_or_else(|| Cause::NoChain.because("an object is no X.509 certificate"))?);
    }
    if ders.is_empty() {
        return Err(Cause::NoChain.because("the request has no certificates"));
    }
    let mut trusted = vec![call.authority.ca_der().to_vec()];
    trusted.extend(
        call.store
            .search(call.view, Searched::All)?
            .filter_map(certificate_of)
            .filter(|der| chain::is_self_signed(der)),
    );
    let date = request.validity_date.unwrap_or(call.view.now);
    call.answer(&ValidateResponse { validity_indicator: chain::validity(&ders, &trusted, date) })
}

/// Returns the X.509 certificate in DER of a certificate object.
pub(super) fn certificate_of(object: &Managed) -> Option<Vec<u8>> {
    match object.value.as_ref().map(OwnedObject::object) {
        Some(Object::Certificate(certificate)) => x509(&certificate),
        _ => None,
    }
}

fn x509(certificate: &Certificate<'_>) -> Option<Vec<u8>> {
    let is_x509 = certificate.certificate_type == CertificateType::X_509;
    is_x509.then(|| certificate.certificate_value.to_vec())
}
