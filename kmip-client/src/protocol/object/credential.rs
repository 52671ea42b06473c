//! The credentials of users, which KMIP 3.0 keeps as objects (KMIP 3.0, 2.1.3).

use kmip_ttlv::enumeration::{CryptographicAlgorithm, HashingAlgorithm, OtpAlgorithm};
use kmip_ttlv::{Interval, ttlv_struct};

use crate::protocol::{Password, Secret};

ttlv_struct! {
    #[compact]
    /// A password, in plain or as the server stores it. Since KMIP 3.0.
    pub struct PasswordCredential<'a> {
        /// The password itself.
        pub password: Option<Password<'a>> = PASSWORD,
        /// The salt.
        pub password_salt: Option<Secret<'a>> = PASSWORD_SALT,
        /// The algorithm that combines password and salt.
        pub password_salt_algorithm: Option<CryptographicAlgorithm> = PASSWORD_SALT_ALGORITHM,
        /// The outcome.
        pub salted_password: Option<Secret<'a>> = SALTED_PASSWORD,
        /// The number of iterations.
        pub iteration_count: Option<i32> = ITERATION_COUNT,
    }
}

ttlv_struct! {
    #[compact]
    /// The identity of a device. Since KMIP 3.0.
    pub struct DeviceCredential<'a> {
        /// The device's serial number.
        pub device_serial_number: Option<&'a str> = DEVICE_SERIAL_NUMBER,
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
    /// A generator of one-time passwords. Since KMIP 3.0.
    pub struct OtpCredential<'a> {
        /// The source of the passwords: a counter or the time.
        pub otp_algorithm: OtpAlgorithm = OTP_ALGORITHM,
        /// The algorithm inside.
        pub otp_digest: Option<CryptographicAlgorithm> = OTP_DIGEST,
        /// The serial number of the token.
        pub otp_serial: Option<&'a str> = OTP_SERIAL,
        /// The secret from which the passwords are computed.
        pub otp_seed: Option<Secret<'a>> = OTP_SEED,
        /// The lifetime of a password.
        pub otp_interval: Option<Interval> = OTP_INTERVAL,
        /// The number of digits in a password.
        pub otp_digits: Option<i32> = OTP_DIGITS,
    }
}

ttlv_struct! {
    #[compact]
    /// The data with which the server checks a [hashed password](crate::protocol::message::HashedPasswordCredential).
    /// Since KMIP 3.0.
    pub struct HashedPasswordCredential<'a> {
        /// The hash; SHA-256 by default.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The hash of the name followed by the password.
        pub hashed_username_password: Secret<'a> = HASHED_USERNAME_PASSWORD,
        /// The hash of the password followed by the name.
        pub hashed_password_username: Secret<'a> = HASHED_PASSWORD_USERNAME,
    }
}
