//! Re-Provision: the client gets a new certificate to authenticate itself with.

use kmip_ttlv::enumeration::{CertificateRequestType, CertificateType};
use kmip_ttlv::{V2_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::object::{Certificate, CertificateRequest};

/// Re-Provision: the client gets a new certificate to authenticate itself with. KMIP 2.1, 6.1.48. Since KMIP 2.0.
///
/// The old one is good no longer once the server has answered.
///
/// ```
/// use kmip_client::protocol::operation::ReProvision;
///
/// assert_eq!(ReProvision::certificate(b"DER").certificate.unwrap().certificate_value, b"DER");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReProvision;

impl ReProvision {
    /// The server makes a key pair and a certificate; [`Get`](super::Get) fetches the private key.
    #[must_use]
    pub const fn key_pair<'a>() -> ReProvisionRequest<'a> {
        ReProvisionRequest { certificate_request: None, certificate: None }
    }

    /// The server signs this certificate request: PKCS#10 in DER.
    #[must_use]
    pub const fn certificate_request(der: &[u8]) -> ReProvisionRequest<'_> {
        let certificate_request_type = CertificateRequestType::PKCS_10;
        let request = CertificateRequest { certificate_request_type, certificate_request_value: der };
        ReProvisionRequest { certificate_request: Some(request), certificate: None }
    }

    /// The client has the new certificate already: X.509 in DER.
    #[must_use]
    pub const fn certificate(der: &[u8]) -> ReProvisionRequest<'_> {
        let certificate = Certificate { certificate_type: CertificateType::X_509, certificate_value: der };
        ReProvisionRequest { certificate_request: None, certificate: Some(certificate) }
    }
}

ttlv_struct! {
    /// Where the new certificate comes from. The server makes it, and a key pair too, where neither is given.
    pub struct ReProvisionRequest<'a> {
        /// What the server is to sign.
        pub certificate_request: Option<CertificateRequest<'a>> = CERTIFICATE_REQUEST in V2_0..,
        /// The certificate that replaces the old one.
        pub certificate: Option<Certificate<'a>> = CERTIFICATE in V2_0..,
    }
}

ttlv_struct! {
    /// What the client has to fetch.
    pub struct ReProvisionResponse<'a> {
        /// The certificate; the private key where the server has made it.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER in V2_0..,
    }
}
