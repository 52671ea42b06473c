//! The Validate operation.

use kmip_ttlv::enumeration::{CertificateType, ValidityIndicator};
use kmip_ttlv::{DateTime, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::object::Certificate;

/// Validates a chain of certificates by the rules of the server. KMIP 2.1, 6.1.57.
///
/// The server determines the order of the certificates and the trust anchors.
///
/// ```
/// use kmip_client::protocol::operation::Validate;
/// use kmip_client::ttlv::DateTime;
///
/// let request = Validate::id("9dc02223").with_certificate(b"DER of the issuer").on(DateTime(1_600_000_000));
/// assert_eq!((request.certificates.len(), request.unique_identifiers.len()), (1, 1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Validate;

impl Validate {
    /// Validates a certificate that the server has, by its identifier.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ValidateRequest<'a> {
        ValidateRequest::default().with_id(id)
    }

    /// Validates an X.509 certificate in DER, which the request contains.
    #[must_use]
    #[inline]
    pub fn certificate(der: &[u8]) -> ValidateRequest<'_> {
        ValidateRequest::default().with_certificate(der)
    }
}

ttlv_struct! {
    #[compact]
    /// The chain.
    pub struct ValidateRequest<'a> {
        /// Certificates that the request contains.
        pub certificates: Vec<Certificate<'a>> = CERTIFICATE,
        /// Certificates that the server has.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The time at which the certificates have to be valid; now if missing.
        pub validity_date: Option<DateTime> = VALIDITY_DATE,
    }
}

impl<'a> ValidateRequest<'a> {
    /// Adds a certificate that the server has.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<Id<'a>>) -> Self {
        self.unique_identifiers.push(id.into());
        self
    }

    /// Adds an X.509 certificate in DER.
    #[must_use]
    #[inline]
    pub fn with_certificate(mut self, der: &'a [u8]) -> Self {
        self.certificates.push(Certificate { certificate_type: CertificateType::X_509, certificate_value: der });
        self
    }

    /// Sets the time at which the certificates have to be valid.
    #[must_use]
    #[inline]
    pub fn on(mut self, date: DateTime) -> Self {
        self.validity_date = Some(date);
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The validity of the certificates.
    pub struct ValidateResponse {
        /// The result: valid, invalid, or unknown.
        pub validity_indicator: ValidityIndicator = VALIDITY_INDICATOR,
    }
}
