//! The Certify operation.

use kmip_ttlv::enumeration::CertificateRequestType;
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Reader, Result, Tag, V1_4, V2_0, Writer, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Issues a certificate for a public key. KMIP 2.1, 6.1.6.
///
/// ```
/// use kmip_client::protocol::operation::Certify;
///
/// let request = Certify::pkcs10("9dc02223", b"DER of the request").name("web server");
/// assert!(request.certificate_request.is_some() && request.attributes.is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Certify;

impl Certify {
    /// Certifies this public key. Since KMIP 2.0 the identifier may also name a Certificate Request object. Attributes
    /// describe the certificate; Certificate Type is required.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> CertifyRequest<'a> {
        CertifyRequest { unique_identifier: Some(id.into()), ..CertifyRequest::default() }
    }

    /// Certifies this public key according to a PKCS#10 request in DER.
    #[must_use]
    pub fn pkcs10<'a>(id: impl Into<Id<'a>>, der: &'a [u8]) -> CertifyRequest<'a> {
        CertifyRequest {
            certificate_request_type: Some(CertificateRequestType::PKCS_10),
            certificate_request: Some(RequestedCertificate(der)),
            ..Self::id(id)
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to certify a public key.
    pub struct CertifyRequest<'a> {
        /// The public key, or since KMIP 2.0 the object with the certificate request; the batch's ID Placeholder if
        /// missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The format of the certificate request; required if there is one.
        pub certificate_request_type: Option<CertificateRequestType> = CERTIFICATE_REQUEST_TYPE,
        /// The certificate request, signed with the private key.
        pub certificate_request: Option<RequestedCertificate<'a>> = CERTIFICATE_REQUEST_VALUE,
        /// The attributes of the certificate. The certificate request has precedence.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// The storage in which the object may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(CertifyRequest, get_or_insert_default);

ttlv_struct! {
    #[compact]
    /// The certificate that was issued.
    pub struct CertifyResponse<'a> {
        /// The certificate.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}

/// A certificate request as bytes: the field Certificate Request in KMIP 1.x, and Certificate Request Value in 2.x,
/// which uses the former name for an object.
///
/// The type is exhaustive because it is nothing but the bytes, in every version of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestedCertificate<'a>(pub &'a [u8]);

impl RequestedCertificate<'_> {
    #[inline]
    fn tag(version: ProtocolVersion, tag: Tag) -> Tag {
        if version < V2_0 { Tag::CERTIFICATE_REQUEST } else { tag }
    }
}

impl<'a> Decode<'a> for RequestedCertificate<'a> {
    #[inline]
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        reader.at(Self::tag(reader.version(), tag))
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        self.0 = reader.byte_string(Self::tag(reader.version(), tag))?;
        Ok(())
    }
}

impl Encode for RequestedCertificate<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.byte_string(Self::tag(writer.version(), tag), self.0)
    }
}
