//! Credentials in addition to the client certificate (KMIP 2.1, 9.11; KMIP 1.4, 2.1.2).

use kmip_ttlv::enumeration::{AttestationType, CredentialType, HashingAlgorithm};
use kmip_ttlv::{
    DateTime, DateTimeExtended, Decode, Encode, Item, Reader, Record, Result, Source, Tag, VersionRange, Writer,
    ttlv_struct,
};

use crate::protocol::either::either;
use crate::protocol::with_setters::with_setters;
use crate::protocol::{Password, Secret, Ticket};

ttlv_struct! {
    #[compact]
    /// A name and a password.
    pub struct UsernameAndPassword<'a> {
        /// The name.
        pub username: &'a str = USERNAME,
        /// The password.
        pub password: Option<Password<'a>> = PASSWORD,
    }
}

ttlv_struct! {
    #[compact]
    /// The identity of a device. Since KMIP 1.1. At least one of the fields is required.
    pub struct DeviceCredential<'a> {
        /// The device's serial number.
        pub device_serial_number: Option<&'a str> = DEVICE_SERIAL_NUMBER,
        /// The device's password.
        pub password: Option<Password<'a>> = PASSWORD,
        /// The device's identifier.
        pub device_identifier: Option<&'a str> = DEVICE_IDENTIFIER,
        /// The identifier of the device's network.
        pub network_identifier: Option<&'a str> = NETWORK_IDENTIFIER,
        /// The identifier of the machine that contains the device.
        pub machine_identifier: Option<&'a str> = MACHINE_IDENTIFIER,
        /// The identifier of the storage medium in the device.
        pub media_identifier: Option<&'a str> = MEDIA_IDENTIFIER,
    }
}

ttlv_struct! {
    #[compact]
    /// A number that is used once (KMIP 2.1, 9.14).
    pub struct Nonce<'a> {
        /// The identifier of the nonce on the server.
        pub nonce_id: &'a [u8] = NONCE_ID,
        /// The number.
        pub nonce_value: &'a [u8] = NONCE_VALUE,
    }
}

ttlv_struct! {
    #[compact]
    /// An attestation of the client. Since KMIP 1.2.
    pub struct AttestationCredential<'a> {
        /// The nonce that the server issued for the attestation.
        pub nonce: Nonce<'a> = NONCE,
        /// The kind of attestation.
        pub attestation_type: AttestationType = ATTESTATION_TYPE,
        /// A measurement of the client.
        pub attestation_measurement: Option<Secret<'a>> = ATTESTATION_MEASUREMENT,
        /// An assertion by a third party.
        pub attestation_assertion: Option<Secret<'a>> = ATTESTATION_ASSERTION,
    }
}

ttlv_struct! {
    #[compact]
    /// A one-time password in addition to the permanent one. Since KMIP 2.0.
    pub struct OneTimePasswordCredential<'a> {
        /// The name of the client.
        pub username: &'a str = USERNAME,
        /// The permanent password.
        pub password: Option<Password<'a>> = PASSWORD,
        /// The one-time password.
        pub one_time_password: Password<'a> = ONE_TIME_PASSWORD,
    }
}

ttlv_struct! {
    #[compact]
    /// A proof that the client knows its password, without revealing it. Since KMIP 2.0.
    ///
    /// With `S1 = Hash(Username || Password)` and `S2 = Hash(Password || Username)` the proof is
    /// `Hash(S1 || Timestamp) || S2`. The server proves the same in
    /// [`ResponseHeader::server_hashed_password`](super::ResponseHeader::server_hashed_password).
    pub struct HashedPasswordCredential<'a> {
        /// The name of the client.
        pub username: &'a str = USERNAME,
        /// The time that was hashed. It has to increase from request to request.
        pub timestamp: Timestamp = TIME_STAMP,
        /// The hash; SHA-256 by default.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The proof.
        pub hashed_password: Secret<'a> = HASHED_PASSWORD,
    }
}

either! {
    /// The time in a hashed password. The specification gives it the type Date-Time Extended, under a tag that is a
    /// Date-Time everywhere else.
    pub enum Timestamp {
        /// Microseconds since 1970.
        Extended(DateTimeExtended): DateTimeExtended,
        /// Seconds since 1970.
        Seconds(DateTime): DateTime,
    }
}

ttlv_struct! {
    #[compact]
    /// A ticket from Login. Since KMIP 2.0.
    pub struct TicketCredential<'a> {
        /// The ticket.
        pub ticket: Ticket<'a> = TICKET,
    }
}

with_setters! {
    /// A credential of a type that this crate does not know.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct OtherCredential<'a> {
        /// The type of the credential.
        pub credential_type: CredentialType,
        /// The value as received.
        pub value: Item<'a>,
    }
}

/// One row for each credential: the variant, and the constant of its Credential Type.
macro_rules! credentials {
    ($($(#[$meta:meta])* $variant:ident($ty:ty) = $type:ident;)*) => {
        /// The identity of the requester.
        ///
        /// ```
        /// use kmip_client::protocol::message::{Credential, UsernameAndPassword};
        /// use kmip_client::protocol::Password;
        ///
        /// let fields = UsernameAndPassword::new("backup").password(Password::new("hunter2"));
        /// let credential = Credential::UsernameAndPassword(fields);
        /// assert_eq!(credential.credential_type().to_string(), "UsernameAndPassword");
        /// ```
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum Credential<'a> {
            $($(#[$meta])* $variant($ty),)*
            /// A credential of a type that this crate does not know.
            Other(OtherCredential<'a>),
        }

        impl Credential<'_> {
            /// Returns the type of the credential.
            #[must_use]
            pub const fn credential_type(&self) -> CredentialType {
                match self {
                    $(Self::$variant(_) => CredentialType::$type,)*
                    Self::Other(other) => other.credential_type,
                }
            }

            /// Decodes the value, in a function for all sources of fields.
            #[inline(never)]
            fn decode_value<'a>(credential_type: CredentialType, body: &mut Reader<'a>) -> Result<Credential<'a>> {
                const VALUE: Tag = Tag::CREDENTIAL_VALUE;
                Ok(match credential_type {
                    $(CredentialType::$type => Credential::$variant(Decode::decode_next(body, VALUE)?),)*
                    credential_type => {
                        let value = Decode::decode_next(body, VALUE)?;
                        Credential::Other(OtherCredential { credential_type, value })
                    }
                })
            }

            #[inline]
            fn encode_value(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                match self {
                    $(Self::$variant(value) => value.encode(tag, writer),)*
                    Self::Other(other) => other.value.encode(tag, writer),
                }
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<'a> kmip_ttlv::arbitrary::Generate<'a> for Credential<'a> {
            fn generate(generator: &mut kmip_ttlv::arbitrary::Generator<'a>, _: Tag) -> Self {
                const VALUE: Tag = Tag::CREDENTIAL_VALUE;
                const TYPES: &[CredentialType] = &[$(CredentialType::$type),*];
                let version = generator.version();
                let there = TYPES.iter().filter(|ty| ty.versions().is_some_and(|range| range.contains(version)));
                match generator.pick(there).copied().filter(|_| !generator.once_in(16)) {
                    $(Some(CredentialType::$type) => Self::$variant(generator.value(VALUE)),)*
                    _ => {
                        let credential_type = CredentialType::from_value(0x8000_0001);
                        Self::Other(OtherCredential { credential_type, value: generator.value(VALUE) })
                    }
                }
            }
        }

        impl<'a> Decode<'a> for Credential<'a> {
            fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
                reader.record(tag, self, ())
            }
        }

        /// Not declared as a table, because the type determines the form of the value.
        impl<'a> Record<'a> for Credential<'a> {
            type Context = ();

            fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
                let mut credential_type = CredentialType::default();
                source.field(&mut credential_type, Tag::CREDENTIAL_TYPE)?;
                let mut body = source.before(Tag::CREDENTIAL_VALUE)?;
                *self = Self::decode_value(credential_type, &mut body)?;
                source.behind(body)
            }
        }
    };
}

credentials! {
    /// A name and a password.
    UsernameAndPassword(UsernameAndPassword<'a>) = USERNAME_AND_PASSWORD;
    /// A device.
    Device(DeviceCredential<'a>) = DEVICE;
    /// An attestation of the client.
    Attestation(AttestationCredential<'a>) = ATTESTATION;
    /// A one-time password.
    OneTimePassword(OneTimePasswordCredential<'a>) = ONE_TIME_PASSWORD;
    /// A proof that the client knows its password.
    HashedPassword(HashedPasswordCredential<'a>) = HASHED_PASSWORD;
    /// A ticket from Login.
    Ticket(TicketCredential<'a>) = TICKET;
}

/// The initial value of a field before decoding.
impl Default for Credential<'_> {
    fn default() -> Self {
        Self::Other(OtherCredential::default())
    }
}

impl Encode for Credential<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(tag);
        writer.require(Tag::CREDENTIAL_TYPE, self.credential_type().versions().unwrap_or(VersionRange::ALL))?;
        self.credential_type().encode(Tag::CREDENTIAL_TYPE, writer)?;
        self.encode_value(Tag::CREDENTIAL_VALUE, writer)?;
        writer.end(started)
    }
}
