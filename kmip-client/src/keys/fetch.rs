//! Fetching of keys, with further requests for missing information.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyFormatType, LinkType, ResultReason};

use super::certificate::Certificate;
use super::description::Description;
use super::error::{FetchError, KeyError};
use super::kind::KeyKind;
use super::object;
use super::private::PrivateKey;
use super::public::PublicKey;
use super::secret::SecretKey;
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeValue;
use crate::protocol::object::Object;
use crate::protocol::operation::{Get, GetAttributes, GetAttributesRequest};

/// Fetches a private key, in whatever format the server has it.
///
/// If the object does not state its curve, this fetches the attributes of the object, and the key as PKCS#8. If a key
/// on an elliptic curve lacks its public half, it also fetches PKCS#8, and follows the link to the public key.
///
/// This function is for code that supports both clients; each client has it as a method.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, protocol::operation::CreateKeyPair, test_server::TestServer};
/// use kmip_client::Kmip;
/// use kmip_client::keys::{self, FetchError};
///
/// async fn bits_of(kms: &impl Kmip, id: &str) -> Result<i32, FetchError> {
///     Ok(keys::private_key(kms, id).await?.kind().bits())
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// # let made = kms.call(&CreateKeyPair::rsa(2048))?;
/// # let id = made.payload().private_key_unique_identifier.to_string();
/// assert_eq!(kms.run(async |kms| bits_of(&kms, &id).await)?, 2048);
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns [`FetchError::Kms`] if the server does not return the object, and [`FetchError::Key`] if the object is not a
/// usable private key.
pub async fn private_key<'a>(kms: &impl Kmip, id: impl Into<Id<'a>> + Send) -> Result<PrivateKey, FetchError> {
    let id = id.into();
    let key = read_any(kms, id, &[KeyFormatType::PKCS_8], object::private).await?;
    match key.kind() {
        KeyKind::Ec(_) if key.public_key().is_none() => Ok(with_public_half(kms, id, key).await),
        _ => Ok(key),
    }
}

/// Fetches a public key, in whatever format the server has it, or that of a certificate. See [`private_key`].
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::Kmip;
/// use kmip_client::keys::{self, FetchError};
///
/// async fn spki_of(kms: &impl Kmip, id: &str) -> Result<Vec<u8>, FetchError> {
///     Ok(keys::public_key(kms, id).await?.to_public_key_der().to_vec())
/// }
/// # }
/// ```
///
/// # Errors
///
/// Returns the same errors as [`private_key`].
pub async fn public_key<'a>(kms: &impl Kmip, id: impl Into<Id<'a>> + Send) -> Result<PublicKey, FetchError> {
    // Cosmian KMS calls PKCS#8 what others call X.509.
    read_any(kms, id.into(), &[KeyFormatType::X_509, KeyFormatType::PKCS_8], object::public).await
}

/// Fetches the bytes of a symmetric key, or of another secret. See [`private_key`].
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::Kmip;
/// use kmip_client::keys::{self, FetchError};
///
/// async fn length_of(kms: &impl Kmip, id: &str) -> Result<usize, FetchError> {
///     Ok(keys::secret_key(kms, id).await?.expose().len())
/// }
/// # }
/// ```
///
/// # Errors
///
/// Returns the same errors as [`private_key`].
pub async fn secret_key<'a>(kms: &impl Kmip, id: impl Into<Id<'a>> + Send) -> Result<SecretKey, FetchError> {
    let id = id.into();
    let reply = kms.call(&Get::id(id)).await?;
    SecretKey::try_from(&reply.payload().object).map_err(FetchError::of(id))
}

/// Fetches a certificate. See [`private_key`].
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::Kmip;
/// use kmip_client::keys::{self, FetchError};
///
/// async fn der_of(kms: &impl Kmip, id: &str) -> Result<Vec<u8>, FetchError> {
///     Ok(keys::certificate(kms, id).await?.to_der().to_vec())
/// }
/// # }
/// ```
///
/// # Errors
///
/// Returns the same errors as [`private_key`].
pub async fn certificate<'a>(kms: &impl Kmip, id: impl Into<Id<'a>> + Send) -> Result<Certificate, FetchError> {
    let id = id.into();
    let reply = kms.call(&Get::id(id)).await?;
    Certificate::try_from(&reply.payload().object).map_err(FetchError::of(id))
}

/// Fetches a key in the server's format, or else in one of these formats, which state the curve.
async fn read_any<K>(
    kms: &impl Kmip,
    id: Id<'_>,
    formats: &[KeyFormatType],
    read: fn(&Object<'_>, Description) -> Result<K, KeyError>,
) -> Result<K, FetchError> {
    let error = match kms.call(&Get::id(id)).await {
        Ok(reply) => {
            let object = reply.payload().object;
            match read(&object, Description::default()) {
                Err(error) if error.lacks_curve() => {
                    if let Ok(description) = describe(kms, id).await
                        && let Ok(key) = read(&object, description)
                    {
                        return Ok(key);
                    }
                    FetchError::of(id)(error)
                }
                read => return read.map_err(FetchError::of(id)),
            }
        }
        // Cosmian KMS has no KMIP 1.x name for some curves, and fails when it has to write one.
        Err(error) if error.reason() == Some(ResultReason::INVALID_MESSAGE) => error.into(),
        Err(error) => return Err(error.into()),
    };
    for format in formats {
        if let Ok(reply) = kms.call(&Get::id(id).format(*format)).await
            && let Ok(key) = read(&reply.payload().object, Description::default())
        {
            return Ok(key);
        }
    }
    Err(error)
}

/// Fetches the attributes that describe a key.
async fn describe(kms: &impl Kmip, id: Id<'_>) -> Result<Description, Error> {
    let wanted = [Tag::CRYPTOGRAPHIC_ALGORITHM, Tag::CRYPTOGRAPHIC_LENGTH, Tag::CRYPTOGRAPHIC_DOMAIN_PARAMETERS];
    let request = wanted.into_iter().fold(GetAttributes::id(id), GetAttributesRequest::attribute);
    let reply = kms.call(&request).await?;
    let mut description = Description::default();
    for value in reply.payload().attributes.unwrap_or_default().iter() {
        match value {
            AttributeValue::CryptographicAlgorithm(algorithm) => description.algorithm = Some(*algorithm),
            AttributeValue::CryptographicLength(length) => description.length = Some(*length),
            AttributeValue::CryptographicDomainParameters(domain) => description.curve = domain.recommended_curve,
            _ => {}
        }
    }
    Ok(description)
}

/// Adds the public half to a key: the server may return both as PKCS#8, or have a link to it. Without either the key is
/// returned unchanged.
async fn with_public_half(kms: &impl Kmip, id: Id<'_>, key: PrivateKey) -> PrivateKey {
    if let Ok(reply) = kms.call(&Get::id(id).format(KeyFormatType::PKCS_8)).await
        && let Ok(whole) = PrivateKey::try_from(&reply.payload().object)
        && whole.public_key().is_some()
    {
        return whole;
    }
    let Ok(reply) = kms.call(&GetAttributes::id(id).links(kms.version())).await else { return key };
    let attributes = reply.payload().attributes.unwrap_or_default();
    let Some(linked) = attributes.linked(LinkType::PUBLIC_KEY_LINK).next() else { return key };
    let Ok(reply) = kms.call(&Get::id(linked)).await else { return key };
    match PublicKey::try_from(&reply.payload().object) {
        Ok(public) if public.kind() == key.kind() => key.clone().with_public_key(&public).unwrap_or(key),
        _ => key,
    }
}
