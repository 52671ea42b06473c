//! Credentials: who asks, beside the client certificate (KMIP 2.1, 7.5; KMIP 1.4, 2.1.2).

use kmip_ttlv::enumeration::{AttestationType, CredentialType};
use kmip_ttlv::{Decode, Encode, Item, ProtocolVersion, Reader, Result, Tag, Writer, ttlv_struct};

use super::Nonce;
use crate::protocol::{Password, Secret};

ttlv_struct! {
    /// A name and a password.
    pub struct UsernameAndPassword<'a> {
        /// The name.
        pub username: &'a str = USERNAME,
        /// The password.
        pub password: Option<Password<'a>> = PASSWORD,
    }
}

ttlv_struct! {
    /// What tells one device from another.
    pub struct DeviceCredential<'a> {
        /// Its serial number.
        pub device_serial_number: Option<&'a str> = DEVICE_SERIAL_NUMBER,
        /// Its password.
        pub password: Option<Password<'a>> = PASSWORD,
        /// Its identifier.
        pub device_identifier: Option<&'a str> = DEVICE_IDENTIFIER,
        /// That of its network.
        pub network_identifier: Option<&'a str> = NETWORK_IDENTIFIER,
        /// That of the machine that it is in.
        pub machine_identifier: Option<&'a str> = MACHINE_IDENTIFIER,
        /// That of the medium in it.
        pub media_identifier: Option<&'a str> = MEDIA_IDENTIFIER,
    }
}

ttlv_struct! {
    /// A proof of what the client is. Since KMIP 1.2.
    pub struct AttestationCredential<'a> {
        /// The number that the server gave for it.
        pub nonce: Nonce<'a> = NONCE,
        /// The kind of proof.
        pub attestation_type: AttestationType = ATTESTATION_TYPE,
        /// A measurement of the client.
        pub attestation_measurement: Option<Secret<'a>> = ATTESTATION_MEASUREMENT,
        /// An assertion by a third party.
        pub attestation_assertion: Option<Secret<'a>> = ATTESTATION_ASSERTION,
    }
}

/// A credential of a type that this crate does not know.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct OtherCredential<'a> {
    /// Its type.
    pub credential_type: CredentialType,
    /// Its value, as it was received.
    pub value: Item<'a>,
}

/// Who asks.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Credential<'a> {
    /// A name and a password.
    UsernameAndPassword(UsernameAndPassword<'a>),
    /// A device.
    Device(DeviceCredential<'a>),
    /// A proof of what the client is.
    Attestation(AttestationCredential<'a>),
    /// Another.
    Other(OtherCredential<'a>),
}

impl Credential<'_> {
    /// The type of the credential.
    #[must_use]
    pub const fn credential_type(&self) -> CredentialType {
        match self {
            Self::UsernameAndPassword(_) => CredentialType::USERNAME_AND_PASSWORD,
            Self::Device(_) => CredentialType::DEVICE,
            Self::Attestation(_) => CredentialType::ATTESTATION,
            Self::Other(other) => other.credential_type,
        }
    }

    fn encode_value(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match self {
            Self::UsernameAndPassword(value) => value.encode(tag, writer),
            Self::Device(value) => value.encode(tag, writer),
            Self::Attestation(value) => value.encode(tag, writer),
            Self::Other(other) => other.value.encode(tag, writer),
        }
    }

    fn value_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        match self {
            Self::UsernameAndPassword(value) => value.encoded_len(tag, version),
            Self::Device(value) => value.encoded_len(tag, version),
            Self::Attestation(value) => value.encoded_len(tag, version),
            Self::Other(other) => other.value.encoded_len(tag, version),
        }
    }
}

/// None yet, for fields that are not read.
impl Default for Credential<'_> {
    fn default() -> Self {
        Self::Other(OtherCredential::default())
    }
}

impl<'a> Decode<'a> for Credential<'a> {
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        const VALUE: Tag = Tag::CREDENTIAL_VALUE;
        let mut body = reader.enter(tag)?;
        *self = match CredentialType::decode_next(&mut body, Tag::CREDENTIAL_TYPE)? {
            CredentialType::USERNAME_AND_PASSWORD => Self::UsernameAndPassword(Decode::decode_next(&mut body, VALUE)?),
            CredentialType::DEVICE => Self::Device(Decode::decode_next(&mut body, VALUE)?),
            CredentialType::ATTESTATION => Self::Attestation(Decode::decode_next(&mut body, VALUE)?),
            credential_type => {
                let value = Decode::decode_next(&mut body, VALUE)?;
                Self::Other(OtherCredential { credential_type, value })
            }
        };
        reader.leave(body)
    }
}

impl Encode for Credential<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(tag);
        self.credential_type().encode(Tag::CREDENTIAL_TYPE, writer)?;
        self.encode_value(Tag::CREDENTIAL_VALUE, writer)?;
        writer.end(started)
    }

    fn encoded_len(&self, _: Tag, version: ProtocolVersion) -> usize {
        8 + 16 + self.value_len(Tag::CREDENTIAL_VALUE, version)
    }
}
