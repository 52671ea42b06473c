//! Which values are not for everyone's eyes.

use crate::{Tag, Type};

/// How much of an item is kept back; each level keeps more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Secrecy {
    /// Nothing.
    Public,
    /// Nobody knows what it is, so what may be a secret is kept back: text and bytes, in a structure all of them.
    Unknown,
    /// The value, unless it is one of an enumeration. What is inside a structure speaks for itself.
    Secret,
    /// Everything, also inside a structure.
    Key,
}

impl Secrecy {
    /// What an item needs whose value means what this tag says.
    ///
    /// Public are, among others: the public parts of keys, certificates, signatures, initialization vectors, nonces, identifiers, names and
    /// comments.
    pub(super) fn of(meaning: Tag) -> Self {
        match meaning {
            // A key, whatever its format. The parts of a structured one have tags of their own, but so may what a vendor adds.
            Tag::KEY_MATERIAL
            // The parts, should they stand anywhere else.
            | Tag::KEY
            | Tag::D
            | Tag::P
            | Tag::Q
            | Tag::X
            | Tag::PRIVATE_EXPONENT
            | Tag::PRIME_EXPONENT_P
            | Tag::PRIME_EXPONENT_Q
            | Tag::CRT_COEFFICIENT => Self::Key,

            // Bytes where the key is wrapped; a structure around Key Material and attributes where it is not.
            Tag::KEY_VALUE
            | Tag::OPAQUE_DATA_VALUE
            // What proves who one is, and what it was made from.
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
            // What keys are derived from.
            | Tag::DERIVATION_DATA
            | Tag::SALT
            // What the application has encrypted, decrypted, signed, seeded or drawn at random, and what tells about it.
            | Tag::DATA
            | Tag::MAC_DATA
            | Tag::DIGESTED_DATA
            | Tag::AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA
            | Tag::PKCS_11_INPUT_PARAMETERS
            | Tag::PKCS_11_OUTPUT_PARAMETERS
            // The hash of a password is as good as the password.
            | Tag::DIGEST_VALUE => Self::Secret,

            // The value of an attribute that the standard does not name, and what a vendor adds to a message.
            Tag::ATTRIBUTE_VALUE | Tag::CUSTOM_ATTRIBUTE | Tag::VENDOR_EXTENSION => Self::Unknown,
            tag if tag.name().is_none() => Self::Unknown,
            _ => Self::Public,
        }
    }

    /// What a structure passes on to what is inside.
    pub(super) const fn inside(self) -> Self {
        match self {
            Self::Secret => Self::Public,
            passed_on => passed_on,
        }
    }

    /// Whether a value of this type is kept back.
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
