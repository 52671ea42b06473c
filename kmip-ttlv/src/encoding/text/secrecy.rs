//! Secrecy of values, by tag.

use crate::{Tag, Type};

/// The degree of redaction of an item. Each level redacts more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Secrecy {
    /// Nothing.
    Public,
    /// The meaning is unknown, so text and bytes are redacted, including all of them inside a structure.
    Unknown,
    /// The value, unless it is that of an enumeration. Items inside a structure are judged by their own tags.
    Secret,
    /// Everything, including the inside of a structure.
    Key,
}

impl Secrecy {
    /// Returns the secrecy of an item whose value has the meaning of this tag.
    ///
    /// Public are, among others: the public parts of keys, certificates, signatures, initialization vectors, nonces,
    /// identifiers, names and comments.
    pub(super) fn of(meaning: Tag) -> Self {
        match meaning {
            // A key in any format. The parts of a structured key have tags of their own, but vendors may add others.
            Tag::KEY_MATERIAL
            // The parts of a key, wherever they occur.
            | Tag::KEY
            | Tag::D
            | Tag::P
            | Tag::Q
            | Tag::X
            | Tag::PRIVATE_EXPONENT
            | Tag::PRIME_EXPONENT_P
            | Tag::PRIME_EXPONENT_Q
            | Tag::CRT_COEFFICIENT => Self::Key,

            // The bytes of a wrapped key, or a structure of Key Material and attributes.
            Tag::KEY_VALUE
            | Tag::OPAQUE_DATA_VALUE
            // Credentials, and their source material.
            | Tag::CREDENTIAL_VALUE
            | Tag::PASSWORD
            | Tag::ONE_TIME_PASSWORD
            | Tag::HASHED_PASSWORD
            | Tag::HASHED_USERNAME_PASSWORD
            | Tag::SERVER_HASHED_PASSWORD
            | Tag::SALTED_PASSWORD
            | Tag::PASSWORD_SALT
            | Tag::OTP_SEED
            | Tag::OTP_DIGEST
            | Tag::OTP_COUNTER
            | Tag::TICKET_VALUE
            | Tag::ATTESTATION_MEASUREMENT
            | Tag::ATTESTATION_ASSERTION
            // The material that keys are derived from.
            | Tag::DERIVATION_DATA
            | Tag::SALT
            // Data that the application encrypted, decrypted, signed, seeded or drew at random, and data that reveals
            // it.
            | Tag::DATA
            | Tag::MAC_DATA
            | Tag::DIGESTED_DATA
            | Tag::AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA
            | Tag::PKCS_11_INPUT_PARAMETERS
            | Tag::PKCS_11_OUTPUT_PARAMETERS
            // The hash of a password is as good as the password.
            | Tag::DIGEST_VALUE => Self::Secret,

            // The value of an attribute that the standard does not name, and a vendor's additions to a message.
            Tag::ATTRIBUTE_VALUE | Tag::CUSTOM_ATTRIBUTE | Tag::VENDOR_EXTENSION => Self::Unknown,
            tag if tag.name().is_none() => Self::Unknown,
            _ => Self::Public,
        }
    }

    /// Returns the secrecy that a structure passes to its items.
    pub(super) const fn inside(self) -> Self {
        match self {
            Self::Secret => Self::Public,
            passed_on => passed_on,
        }
    }

    /// Returns `true` if a value of this type is redacted.
    pub(super) const fn hides(self, ty: Type) -> bool {
        match self {
            Self::Public => false,
            Self::Unknown => match ty {
                Type::BigInteger
                | Type::TextString
                | Type::ByteString
                | Type::Identifier
                | Type::Reference
                | Type::NameReference => true,
                Type::Structure
                | Type::Integer
                | Type::LongInteger
                | Type::Enumeration
                | Type::Boolean
                | Type::DateTime
                | Type::Interval
                | Type::DateTimeExtended => false,
            },
            Self::Secret => !matches!(ty, Type::Enumeration),
            Self::Key => true,
        }
    }
}
