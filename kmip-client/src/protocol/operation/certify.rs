//! Certify: the server makes a certificate for a public key.

use kmip_ttlv::enumeration::CertificateRequestType;
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Reader, Result, Tag, V1_4, V2_0, Writer, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Certify: the server makes a certificate for a public key. KMIP 2.1, 6.1.6.
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
    /// Certifies this public key; since KMIP 2.0 also what this Certificate Request asks for. What the certificate is to be like, its
    /// Certificate Type at least, is added as attributes.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> CertifyRequest<'a> {
        CertifyRequest { unique_identifier: Some(id.into()), ..CertifyRequest::default() }
    }

    /// Certifies this public key as a PKCS#10 request in DER asks for.
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
    /// Which key to certify, and how.
    pub struct CertifyRequest<'a> {
        /// The public key, or since KMIP 2.0 the object with the request; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The format of the request; needed where there is one.
        pub certificate_request_type: Option<CertificateRequestType> = CERTIFICATE_REQUEST_TYPE,
        /// What the owner of the key asks for, signed with the private key.
        pub certificate_request: Option<RequestedCertificate<'a>> = CERTIFICATE_REQUEST_VALUE,
        /// What the certificate is to be like. The request has precedence.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// Where it may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(CertifyRequest, get_or_insert_default);

ttlv_struct! {
    /// Which certificate was made.
    pub struct CertifyResponse<'a> {
        /// The certificate.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}

/// A request for a certificate, as bytes: the field Certificate Request in KMIP 1.x, and Certificate Request Value in 2.x, where the other
/// is an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestedCertificate<'a>(pub &'a [u8]);

impl RequestedCertificate<'_> {
    fn tag(version: ProtocolVersion, tag: Tag) -> Tag {
        if version < V2_0 { Tag::CERTIFICATE_REQUEST } else { tag }
    }
}

impl<'a> Decode<'a> for RequestedCertificate<'a> {
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        reader.at(Self::tag(reader.version(), tag))
    }

    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        self.0 = reader.byte_string(Self::tag(reader.version(), tag))?;
        Ok(())
    }
}

impl Encode for RequestedCertificate<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.byte_string(Self::tag(writer.version(), tag), self.0)
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.0.encoded_len(tag, version)
    }
}
