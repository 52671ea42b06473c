//! The selection of the cryptographic provider: by features, or by the process, or none. Run it with each provider
//! feature, and without.

use kmip_client::{Config, Identity, Trust};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("pem/", $name))
    };
}

#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
#[test]
fn every_provider_takes_every_key() -> Result<(), kmip_client::ConfigError> {
    for (certificate, key) in [
        (pem!("p256.crt"), pem!("p256-pkcs8.key")),
        (pem!("p256.crt"), pem!("p256-sec1.key")),
        (pem!("p384.crt"), pem!("p384-pkcs8.key")),
        (pem!("ed25519.crt"), pem!("ed25519-pkcs8.key")),
        (pem!("rsa.crt"), pem!("rsa-pkcs8.key")),
        (pem!("rsa.crt"), pem!("rsa-pkcs1.key")),
    ] {
        let identity = Identity::from_pem(certificate, key)?;
        Config::new("kms").identity(identity).trust(Trust::ca_pem(certificate)?).check()?;
        assert!(Identity::from_pem(pem!("p256-v1.crt"), key).is_err());
    }
    assert!(Identity::from_pem(pem!("p256.crt"), pem!("p384-pkcs8.key")).is_err());
    Ok(())
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
#[test]
fn without_a_provider_the_error_says_how_to_get_one() -> Result<(), kmip_client::ConfigError> {
    use kmip_client::ConfigError;

    let config = Config::new("kms").trust(Trust::ca_pem(pem!("p256.crt"))?);
    let identity = Identity::from_pem(pem!("p256.crt"), pem!("p256-pkcs8.key"));
    for result in [config.check(), identity.map(|_| ())] {
        assert!(matches!(&result, Err(ConfigError::NoProvider)), "{result:?}");
        let text = result.map_or_else(|error| error.to_string(), |()| String::new());
        assert!(text.contains("aws-lc-rs or ring") && text.contains("CryptoProvider::install_default"), "{text}");
    }
    Ok(())
}
