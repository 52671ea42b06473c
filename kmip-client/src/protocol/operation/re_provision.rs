//! The Re-Provision operation.

use kmip_ttlv::enumeration::{CertificateRequestType, CertificateType};
use kmip_ttlv::{V2_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::object::{Certificate, CertificateRequest};

/// Obtains a new certificate for the client's authentication. KMIP 2.1, 6.1.48. Since KMIP 2.0.
///
/// The old certificate is invalid once the server has responded.
///
/// ```
/// use kmip_client::protocol::operation::ReProvision;
///
/// assert_eq!(ReProvision::certificate(b"DER").certificate.unwrap().certificate_value, b"DER");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReProvision;

impl ReProvision {
    /// Asks the server to create a key pair and a certificate. [`Get`](super::Get) fetches the private key.
    #[must_use]
    pub const fn key_pair<'a>() -> ReProvisionRequest<'a> {
        ReProvisionRequest { certificate_request: None, certificate: None }
    }

    /// Asks the server to sign this certificate request: PKCS#10 in DER.
    #[must_use]
    pub const fn certificate_request(der: &[u8]) -> ReProvisionRequest<'_> {
        let certificate_request_type = CertificateRequestType::PKCS_10;
        let request = CertificateRequest { certificate_request_type, certificate_request_value: der };
        ReProvisionRequest { certificate_request: Some(request), certificate: None }
    }

    /// Provides a certificate that the client already has: X.509 in DER.
    #[must_use]
    pub const fn certificate(der: &[u8]) -> ReProvisionRequest<'_> {
        let certificate = Certificate { certificate_type: CertificateType::X_509, certificate_value: der };
        ReProvisionRequest { certificate_request: None, certificate: Some(certificate) }
    }
}

ttlv_struct! {
    #[compact]
    /// A request for a new client certificate. The server creates a key pair and a certificate if the request has
    /// neither a certificate request nor a certificate.
    pub struct ReProvisionRequest<'a> {
        /// The certificate request to sign.
        pub certificate_request: Option<CertificateRequest<'a>> = CERTIFICATE_REQUEST in V2_0..,
        /// The certificate that replaces the old one.
        pub certificate: Option<Certificate<'a>> = CERTIFICATE in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// The objects that the client has to fetch.
    pub struct ReProvisionResponse<'a> {
        /// The certificate, or the private key if the server has created it.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER in V2_0..,
    }
}
