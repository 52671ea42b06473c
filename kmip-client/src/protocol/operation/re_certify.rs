//! The Re-certify operation.

use kmip_ttlv::enumeration::CertificateRequestType;
use kmip_ttlv::{Interval, V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, RequestedCertificate};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Replaces a certificate by a new one for the same key, which takes over its name. KMIP 2.1, 6.1.45.
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

    /// Renews this certificate according to a PKCS#10 request in DER.
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
    #[compact]
    /// A request to renew a certificate.
    pub struct ReCertifyRequest<'a> {
        /// The certificate; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The object with the new certificate request.
        pub certificate_request_unique_identifier: Option<Id<'a>> = CERTIFICATE_REQUEST_UNIQUE_IDENTIFIER in V2_0..,
        /// The format of the certificate request; required if there is one.
        pub certificate_request_type: Option<CertificateRequestType> = CERTIFICATE_REQUEST_TYPE,
        /// The certificate request, signed with the private key.
        pub certificate_request: Option<RequestedCertificate<'a>> = CERTIFICATE_REQUEST_VALUE,
        /// The time from the creation of the new certificate to its activation.
        pub offset: Option<Interval> = OFFSET,
        /// The attributes that differ from the old certificate's. The certificate request has precedence.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// The storage in which the object may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// The certificate that replaces the old one.
    pub struct ReCertifyResponse<'a> {
        /// The new certificate.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
