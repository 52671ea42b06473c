//! Re-certify: a new certificate takes the place of an old one.

use kmip_ttlv::enumeration::CertificateRequestType;
use kmip_ttlv::{Interval, V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, RequestedCertificate};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Re-certify: a new certificate for the same key takes the place of an old one, its name included. KMIP 2.1, 6.1.45.
///
/// ```
/// use kmip_client::protocol::operation::ReCertify;
///
/// let request = ReCertify::id("9dc02223");
/// assert_eq!(request.certificate_request, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReCertify;

impl ReCertify {
    /// Renews this certificate.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ReCertifyRequest<'a> {
        ReCertifyRequest { unique_identifier: Some(id.into()), ..ReCertifyRequest::default() }
    }

    /// Renews this certificate as a PKCS#10 request in DER asks for.
    #[must_use]
    pub fn pkcs10<'a>(id: impl Into<Id<'a>>, der: &'a [u8]) -> ReCertifyRequest<'a> {
        ReCertifyRequest {
            certificate_request_type: Some(CertificateRequestType::PKCS_10),
            certificate_request: Some(RequestedCertificate(der)),
            ..Self::id(id)
        }
    }
}

ttlv_struct! {
    /// Which certificate to renew, and how.
    pub struct ReCertifyRequest<'a> {
        /// The certificate; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The object with the request for the new certificate.
        pub certificate_request_unique_identifier: Option<Id<'a>> = CERTIFICATE_REQUEST_UNIQUE_IDENTIFIER in V2_0..,
        /// The format of the request; needed where there is one.
        pub certificate_request_type: Option<CertificateRequestType> = CERTIFICATE_REQUEST_TYPE,
        /// What the owner of the key asks for, signed with the private key.
        pub certificate_request: Option<RequestedCertificate<'a>> = CERTIFICATE_REQUEST_VALUE,
        /// How long after its making the new certificate becomes active.
        pub offset: Option<Interval> = OFFSET,
        /// What it is to be like where it differs from the old one. The request has precedence.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// Where it may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

ttlv_struct! {
    /// Which certificate took its place.
    pub struct ReCertifyResponse<'a> {
        /// The new certificate.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
