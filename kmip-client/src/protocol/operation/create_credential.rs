//! The Create Credential operation.

use kmip_ttlv::enumeration::{CertificateType, CredentialType};
use kmip_ttlv::{V3_0, ttlv_struct};

use super::new_object;
use crate::protocol::attribute::Attributes;
use crate::protocol::object::{Certificate, Object, PasswordCredential};
use crate::protocol::{Id, Password};

/// Creates a credential with which a user authenticates. KMIP 3.0, 6.1.9.
///
/// ```
/// use kmip_client::protocol::operation::CreateCredential;
/// use kmip_client::ttlv::enumeration::CredentialType;
///
/// assert_eq!(CreateCredential::password("hunter2").credential_type, CredentialType::PASSWORD);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CreateCredential;

impl CreateCredential {
    /// Requests a credential from this password.
    #[must_use]
    #[inline]
    pub fn password(password: &str) -> CreateCredentialRequest<'_> {
        let password = Some(Password::new(password));
        let credential = Object::PasswordCredential(PasswordCredential { password, ..PasswordCredential::default() });
        Self::object(CredentialType::PASSWORD, credential)
    }

    /// Requests a credential from the private key of this X.509 certificate in DER.
    #[must_use]
    #[inline]
    pub fn certificate(der: &[u8]) -> CreateCredentialRequest<'_> {
        let certificate = Certificate { certificate_type: CertificateType::X_509, certificate_value: der };
        Self::object(CredentialType::CERTIFICATE, Object::Certificate(certificate))
    }

    /// Requests a credential of another type, from the object that goes with it.
    #[must_use]
    #[inline]
    pub fn object(credential_type: CredentialType, credential: Object<'_>) -> CreateCredentialRequest<'_> {
        let credential = Some(credential);
        CreateCredentialRequest { credential_type, credential, ..CreateCredentialRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to create a credential.
    pub struct CreateCredentialRequest<'a> {
        /// The type of the credential.
        pub credential_type: CredentialType = CREDENTIAL_TYPE in V3_0..,
        /// The attributes of the new object.
        pub attributes: Attributes<'a> = ATTRIBUTES in V3_0..,
        /// The credential: a Password, Device, Hashed Password or OTP Credential, or a Certificate.
        pub credential: Option<Object<'a>> = PASSWORD_CREDENTIAL in V3_0..,
    }
}

new_object!(CreateCredentialRequest);

ttlv_struct! {
    #[compact]
    /// The credential that was created.
    pub struct CreateCredentialResponse<'a> {
        /// The credential.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER in V3_0..,
    }
}
