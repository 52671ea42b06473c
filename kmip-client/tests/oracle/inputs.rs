//! Input of people from files and settings: addresses, PEM, keys. None of it has to be well formed.

use kmip_client::{Endpoint, Identity, Thumbprint, Trust};

/// An address that is read is the same after it was printed, and an error does not print what may be a password.
pub(crate) fn endpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match text.parse::<Endpoint>() {
        Ok(endpoint) => {
            assert!(!endpoint.host().is_empty() && endpoint.port() != 0);
            assert_eq!(endpoint.to_string().parse::<Endpoint>().ok(), Some(endpoint));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(thumbprint) = text.parse::<Thumbprint>() {
        assert_eq!(thumbprint.to_string().parse::<Thumbprint>().ok(), Some(thumbprint));
    }
    // It says what is wrong, and keeps back what stands before an @. A password of ours is put there, since one of the
    // input may be in the host too.
    let Some((user_info, host)) = text.rsplit_once('@').filter(|_| !text.contains(PASSWORD)) else { return };
    let (scheme, user_info) = user_info.rfind("://").map_or(("", user_info), |at| user_info.split_at(at + 3));
    for text in [format!("{scheme}{PASSWORD}{user_info}@{host}"), format!("{scheme}{user_info}{PASSWORD}@{host}")] {
        if let Err(error) = text.parse::<Endpoint>() {
            assert!(!error.to_string().contains(PASSWORD), "{error}");
        }
    }
}

const PASSWORD: &str = "correct-horse";

/// The password of everything encrypted in `tests/pem`.
#[cfg(feature = "passphrase")]
pub(crate) const PASSPHRASE: &str = "secret";

/// Any bytes as a certificate and as a private key: an error, or an identity whose parts belong together.
pub(crate) fn pem(bytes: &[u8]) {
    _ = Identity::from_pem(bytes, bytes);
    _ = Identity::from_der([bytes], bytes);
    _ = Trust::ca_pem(bytes);
    _ = Trust::ca_der(bytes);
    if let Ok(trust) = Trust::ca_pem(CA) {
        _ = trust.with_crl_pem(bytes);
    }
}

/// A certificate, so that revocation lists have one that they are for.
const CA: &str = include_str!("../pem/p256.crt");

/// Any bytes as something encrypted.
#[cfg(feature = "passphrase")]
pub(crate) fn encrypted(bytes: &[u8]) {
    _ = Identity::from_pkcs12(bytes, PASSPHRASE);
    _ = Identity::from_encrypted_pem(CA, bytes, PASSPHRASE);
    _ = Identity::from_encrypted_der([bytes], bytes, PASSPHRASE);
    #[cfg(feature = "keys")]
    {
        use kmip_client::keys::PrivateKey;

        same(PrivateKey::from_encrypted_pem(bytes, PASSPHRASE));
        same(PrivateKey::from_encrypted_der(bytes, PASSPHRASE));
    }
}

/// Any bytes as a key: an error, or a key that is the same after it was written.
#[cfg(feature = "keys")]
pub(crate) fn keys(bytes: &[u8]) {
    use kmip_client::keys::{PrivateKey, PublicKey};

    same(PrivateKey::from_pem(bytes));
    same(PrivateKey::from_der(bytes));
    for public in [PublicKey::from_pem(bytes), PublicKey::from_der(bytes)].into_iter().flatten() {
        let again = PublicKey::from_der(public.to_public_key_der()).expect("a key that was written");
        assert_eq!(again.to_public_key_der(), public.to_public_key_der());
    }
}

#[cfg(feature = "keys")]
fn same<E>(key: Result<kmip_client::keys::PrivateKey, E>) {
    use kmip_client::keys::PrivateKey;

    let Ok(key) = key else { return };
    let again = PrivateKey::from_der(key.to_pkcs8_der()).expect("a key that was written");
    assert_eq!(again.to_pkcs8_der(), key.to_pkcs8_der());
    let pem = key.to_pkcs8_pem().expect("a key has a form in PEM");
    let again = PrivateKey::from_pem(pem.as_bytes()).expect("a key that was written");
    assert_eq!(again.to_pkcs8_der(), key.to_pkcs8_der());
}
