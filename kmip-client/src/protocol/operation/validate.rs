//! Validate: whether a chain of certificates is valid.

use kmip_ttlv::enumeration::{CertificateType, ValidityIndicator};
use kmip_ttlv::{DateTime, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::object::Certificate;

/// Validate: whether a chain of certificates is valid, by the rules of the server. KMIP 2.1, 6.1.57.
///
/// The order of the certificates, and what they have to lead to, is the server's business.
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
    /// Asks for a certificate that the server has, by its identifier.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ValidateRequest<'a> {
        ValidateRequest::default().with_id(id)
    }

    /// Asks for an X.509 certificate in DER, which is sent along.
    #[must_use]
    pub fn certificate(der: &[u8]) -> ValidateRequest<'_> {
        ValidateRequest::default().with_certificate(der)
    }
}

ttlv_struct! {
    /// The chain.
    pub struct ValidateRequest<'a> {
        /// Certificates that are sent along.
        pub certificates: Vec<Certificate<'a>> = CERTIFICATE,
        /// Certificates that the server has.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// When they are to be valid; now where it is left out.
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
    pub fn with_certificate(mut self, der: &'a [u8]) -> Self {
        self.certificates.push(Certificate { certificate_type: CertificateType::X_509, certificate_value: der });
        self
    }

    /// Asks whether they are valid at this time.
    #[must_use]
    pub fn on(mut self, date: DateTime) -> Self {
        self.validity_date = Some(date);
        self
    }
}

ttlv_struct! {
    /// Whether it is valid.
    pub struct ValidateResponse {
        /// Valid, invalid, or not known.
        pub validity_indicator: ValidityIndicator = VALIDITY_INDICATOR,
    }
}
