//! The credentials of users, which KMIP 3.0 keeps as objects (KMIP 3.0, 2.1.3).

use kmip_ttlv::enumeration::{CryptographicAlgorithm, HashingAlgorithm, OtpAlgorithm};
use kmip_ttlv::{Interval, ttlv_struct};

use crate::protocol::{Password, Secret};

ttlv_struct! {
    /// A password, or what the server keeps of it. Since KMIP 3.0.
    pub struct PasswordCredential<'a> {
        /// The password itself.
        pub password: Option<Password<'a>> = PASSWORD,
        /// What is mixed into it.
        pub password_salt: Option<Secret<'a>> = PASSWORD_SALT,
        /// What mixes it.
        pub password_salt_algorithm: Option<CryptographicAlgorithm> = PASSWORD_SALT_ALGORITHM,
        /// The outcome.
        pub salted_password: Option<Secret<'a>> = SALTED_PASSWORD,
        /// How often it is mixed.
        pub iteration_count: Option<i32> = ITERATION_COUNT,
    }
}

ttlv_struct! {
    /// What tells one device from another. Since KMIP 3.0.
    pub struct DeviceCredential<'a> {
        /// Its serial number.
        pub device_serial_number: Option<&'a str> = DEVICE_SERIAL_NUMBER,
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
    /// What makes passwords that can be used once. Since KMIP 3.0.
    pub struct OtpCredential<'a> {
        /// Whether they follow from a counter or from the time.
        pub otp_algorithm: OtpAlgorithm = OTP_ALGORITHM,
        /// The algorithm inside.
        pub otp_digest: Option<CryptographicAlgorithm> = OTP_DIGEST,
        /// The serial number of the token.
        pub otp_serial: Option<&'a str> = OTP_SERIAL,
        /// The secret that they are made from.
        pub otp_seed: Option<Secret<'a>> = OTP_SEED,
        /// How long one is good for.
        pub otp_interval: Option<Interval> = OTP_INTERVAL,
        /// How many digits one has.
        pub otp_digits: Option<i32> = OTP_DIGITS,
    }
}

ttlv_struct! {
    /// What the server needs to check the proof in a
    /// [hashed password](crate::protocol::message::HashedPasswordCredential). Since KMIP 3.0.
    pub struct HashedPasswordCredential<'a> {
        /// The hash. SHA-256 where it is left out.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The hash of the name followed by the password.
        pub hashed_username_password: Secret<'a> = HASHED_USERNAME_PASSWORD,
        /// The hash of the password followed by the name.
        pub hashed_password_username: Secret<'a> = HASHED_PASSWORD_USERNAME,
    }
}
