//! An object from one KMS to another.

use kmip_ttlv::enumeration::{HashingAlgorithm, KeyFormatType, ObjectType, RevocationReasonCode, State};
use kmip_ttlv::{DateTime, Tag};
use sha2::{Digest as _, Sha256};

use super::{FlowError, SETTLING, TRIES, activate, is_unknown, one_named, state, state_in};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::exchange::reply::Reply;
use crate::protocol::Secret;
use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Attributes};
use crate::protocol::object::{
    KeyBlock, KeyValue, Object, PgpKey, PrivateKey, PublicKey, SecretData, SplitKey, SymmetricKey,
};
use crate::protocol::operation::{AddAttribute, Get, GetAttributes, Register, RegisterRequest, Revoke};

/// An object that was copied to another KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    id: String,
    left_out: Vec<String>,
}

impl Migrated {
    /// The copy.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The names of the attributes that the other server does not take, and of the links, whose ends have other identifiers there. What each
    /// server sets for itself, such as the date on which it got the object, is not among them.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

/// Copies an object from one KMS to another, of any vendor and version, and checks the copy: its bytes are fetched back and compared. Names,
/// usage and the other attributes that clients set go with it, as far as the other server takes them, and it gets the same state.
///
/// The original stays; revoke or destroy it once nothing uses it any more. May be repeated where it was cut off: a copy that is there is found
/// by its name. Where an object without a name is cut off, the error says that the outcome is unknown.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::flow::{self, FlowError};
/// use kmip_client::protocol::operation::Create;
/// use kmip_client::{Kmip, blocking, test_server::TestServer};
///
/// async fn move_all(from: &impl Kmip, to: &impl Kmip, ids: &[&str]) -> Result<(), FlowError> {
///     for id in ids {
///         let copy = flow::migrate(from, to, id).await?;
///         println!("{id} is {} now, without {:?}", copy.id(), copy.left_out());
///     }
///     Ok(())
/// }
///
/// # fn main() -> Result<(), FlowError> {
/// let (old, new) = (TestServer::start(), TestServer::start());
/// let old = blocking::Client::connect(&old.config())?;
/// let new = blocking::Client::connect(&new.config())?;
/// let id = old.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
/// old.run(async |old| move_all(&old, &new, &[&id]).await)?;
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// [`FlowError::NotPlain`] where the bytes cannot be had, [`FlowError::State`] where the object is destroyed, [`FlowError::NameTaken`] where
/// another object has its name on the other server, [`FlowError::Differs`] where the copy is not the same, [`FlowError::Kms`] where a step
/// failed.
pub async fn migrate(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<Migrated, FlowError> {
    let attributes = from.call(&GetAttributes::id(id)).await?;
    let attributes = attributes.payload().attributes.unwrap_or_default();
    let original_state = attributes.find(Tag::STATE).find_map(state_in);
    if let Some(state @ (State::DESTROYED | State::DESTROYED_COMPROMISED)) = original_state {
        return Err(FlowError::State { id: id.to_owned(), state });
    }
    let symmetric =
        attributes.find(Tag::OBJECT_TYPE).any(|value| *value == AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY));
    let format = symmetric.then_some(KeyFormatType::RAW);
    let fetched = fetch(from, id, format).await?;
    let original = fetched.payload().object;
    let not_plain = || FlowError::NotPlain { id: id.to_owned() };
    let object = plain(&original).ok_or_else(not_plain)?;
    let bytes = bytes_of(&object).ok_or_else(not_plain)?;
    let format = object.key_block().map(|block| block.key_format_type);

    let copy = register(to, object, &attributes, Copied { bytes, format }).await?;
    if !is_copy(to, &copy, Copied { bytes, format }).await? {
        return Err(FlowError::Differs { id: copy });
    }
    let left_out = add_the_rest(to, &copy, &attributes, original_state).await?;
    if let Some(wanted) = original_state {
        reach(to, &copy, wanted, &attributes).await?;
    }
    Ok(Migrated { id: copy, left_out })
}

/// What the copy has to be.
#[derive(Clone, Copy)]
struct Copied<'a> {
    bytes: Secret<'a>,
    format: Option<KeyFormatType>,
}

/// Registers the object, or finds it where that was done before. What the outcome of Register was, the name tells.
async fn register(
    to: &impl Kmip,
    object: Object<'_>,
    attributes: &Attributes<'_>,
    copied: Copied<'_>,
) -> Result<String, FlowError> {
    let name = attributes.find(Tag::NAME).find_map(|value| match value {
        AttributeValue::Name(name) => Some(name.value),
        _ => None,
    });
    let request = registration(object, attributes);
    let mut failed: Option<Error> = None;
    for tries in 0.. {
        if let Some(name) = name
            && let Some(there) = one_named(to, name).await?
        {
            return match is_copy(to, &there, copied).await? {
                true => Ok(there),
                false => Err(FlowError::NameTaken { name: name.to_owned(), id: there }),
            };
        }
        if let Some(error) = failed.take_if(|_| tries == TRIES || name.is_none()) {
            return Err(error.into());
        }
        match to.call(&request).await {
            Ok(registered) => return Ok(registered.payload().unique_identifier.to_string()),
            Err(error) if is_unknown(&error) => failed = Some(error),
            Err(error) => return Err(error.into()),
        }
        to.pause(SETTLING).await;
    }
    unreachable!("the last try has returned")
}

/// What every server takes with a new object: its first name, and what it is for. Algorithm and length stand in the object, and some servers
/// want them as attributes too.
fn registration<'a>(object: Object<'a>, attributes: &Attributes<'a>) -> RegisterRequest<'a> {
    let mut request = Register::object(object);
    let mut named = false;
    for value in attributes.values() {
        let goes = match value {
            AttributeValue::Name(_) => !std::mem::replace(&mut named, true),
            AttributeValue::CryptographicAlgorithm(_)
            | AttributeValue::CryptographicLength(_)
            | AttributeValue::CryptographicUsageMask(_) => request.object.key_block().is_some(),
            _ => false,
        };
        if goes {
            request = request.attribute(value.clone());
        }
    }
    request
}

/// Whether the object on the other server is the copy: by its bytes, or where it does not give them by their digest.
async fn is_copy(to: &impl Kmip, id: &str, copied: Copied<'_>) -> Result<bool, FlowError> {
    match fetch(to, id, copied.format).await {
        Ok(fetched) => Ok(bytes_of(&fetched.payload().object) == Some(copied.bytes)),
        Err(Error::Refused(refusal)) => {
            let reply = to.call(&GetAttributes::id(id).attribute(Tag::DIGEST)).await?;
            let attributes = reply.payload().attributes.unwrap_or_default();
            let digest = Sha256::digest(copied.bytes.expose());
            let same = attributes.find(Tag::DIGEST).find_map(|value| match value {
                AttributeValue::Digest(there) if there.hashing_algorithm == HashingAlgorithm::SHA_256 => {
                    there.digest_value.map(|there| there == digest.as_slice())
                }
                _ => None,
            });
            same.ok_or(FlowError::Kms(Error::Refused(refusal)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn fetch(kms: &impl Kmip, id: &str, format: Option<KeyFormatType>) -> Result<Reply<Get>, Error> {
    match format {
        Some(format) => kms.call(&Get::id(id).format(format)).await,
        None => kms.call(&Get::id(id)).await,
    }
}

/// Adds the attributes that clients set, one by one, and returns the names of those that the server does not take.
async fn add_the_rest(
    to: &impl Kmip,
    copy: &str,
    attributes: &Attributes<'_>,
    original_state: Option<State>,
) -> Result<Vec<String>, FlowError> {
    let reply = to.call(&GetAttributes::id(copy)).await?;
    let there = reply.payload().attributes.unwrap_or_default();
    let mut left_out = Vec::new();
    for value in attributes.values() {
        let name = || Attribute::from(value.clone()).reference().to_string();
        match carriage(value, original_state) {
            Carriage::OfTheServer => continue,
            Carriage::Never => {
                left_out.push(name());
                continue;
            }
            Carriage::Added if there.values().any(|there| there == value) => continue,
            Carriage::Added => {}
        }
        match to.call(&AddAttribute::id(copy, value.clone())).await {
            Ok(_) => {}
            Err(Error::Refused(_) | Error::Encode(_)) => left_out.push(name()),
            Err(error) => return Err(error.into()),
        }
    }
    left_out.dedup();
    Ok(left_out)
}

/// How an attribute comes to the other server.
enum Carriage {
    /// It is added.
    Added,
    /// The other server sets its own, by what it is given.
    OfTheServer,
    /// It has no meaning there, or nobody knows it.
    Never,
}

/// How an attribute of an object in this state comes to the other server.
fn carriage(value: &AttributeValue<'_>, state: Option<State>) -> Carriage {
    use AttributeValue as Value;

    let is_ahead = matches!(state, Some(State::PRE_ACTIVE | State::ACTIVE));
    match value {
        // What is so anyway.
        Value::Sensitive(false) | Value::Extractable(true) => Carriage::OfTheServer,
        Value::Name(_)
        | Value::AlternativeName(_)
        | Value::ApplicationSpecificInformation(_)
        | Value::Comment(_)
        | Value::ContactInformation(_)
        | Value::CryptographicParameters(_)
        | Value::Description(_)
        | Value::Extractable(_)
        | Value::KeyValueLocation(_)
        | Value::NistKeyType(_)
        | Value::ObjectGroup(_)
        | Value::Pkcs12FriendlyName(_)
        | Value::ProtectionLevel(_)
        | Value::ProtectionPeriod(_)
        | Value::QuantumSafe(_)
        | Value::RotateAutomatic(_)
        | Value::RotateInterval(_)
        | Value::RotateName(_)
        | Value::RotateOffset(_)
        | Value::Sensitive(_)
        | Value::UsageLimits(_) => Carriage::Added,
        Value::Other(other) => match other.name {
            AttributeReference::Vendor { vendor_identification: "y", .. } => Carriage::OfTheServer,
            // One of another type than it should have.
            AttributeReference::Standard(tag) if OF_THE_SERVER.contains(&tag) => Carriage::OfTheServer,
            _ => Carriage::Added,
        },
        // The dates that are still to come. What has passed, the state tells.
        Value::ActivationDate(_) if state == Some(State::PRE_ACTIVE) => Carriage::Added,
        Value::ProcessStartDate(_) | Value::ProtectStopDate(_) | Value::DeactivationDate(_) if is_ahead => {
            Carriage::Added
        }
        known => match Attribute::from(known.clone()).reference() {
            AttributeReference::Standard(tag) if OF_THE_SERVER.contains(&tag) => Carriage::OfTheServer,
            _ => Carriage::Never,
        },
    }
}

/// What a server finds in the object and sets for itself, and what its state goes with.
const OF_THE_SERVER: &[Tag] = &[
    Tag::ACTIVATION_DATE,
    Tag::ALWAYS_SENSITIVE,
    Tag::ARCHIVE_DATE,
    Tag::CERTIFICATE_IDENTIFIER,
    Tag::CERTIFICATE_ISSUER,
    Tag::CERTIFICATE_ISSUER_C,
    Tag::CERTIFICATE_ISSUER_CN,
    Tag::CERTIFICATE_ISSUER_DC,
    Tag::CERTIFICATE_ISSUER_DN_QUALIFIER,
    Tag::CERTIFICATE_ISSUER_EMAIL,
    Tag::CERTIFICATE_ISSUER_L,
    Tag::CERTIFICATE_ISSUER_O,
    Tag::CERTIFICATE_ISSUER_OU,
    Tag::CERTIFICATE_ISSUER_SERIAL_NUMBER,
    Tag::CERTIFICATE_ISSUER_ST,
    Tag::CERTIFICATE_ISSUER_TITLE,
    Tag::CERTIFICATE_ISSUER_UID,
    Tag::CERTIFICATE_LENGTH,
    Tag::CERTIFICATE_SUBJECT,
    Tag::CERTIFICATE_SUBJECT_C,
    Tag::CERTIFICATE_SUBJECT_CN,
    Tag::CERTIFICATE_SUBJECT_DC,
    Tag::CERTIFICATE_SUBJECT_DN_QUALIFIER,
    Tag::CERTIFICATE_SUBJECT_EMAIL,
    Tag::CERTIFICATE_SUBJECT_L,
    Tag::CERTIFICATE_SUBJECT_O,
    Tag::CERTIFICATE_SUBJECT_OU,
    Tag::CERTIFICATE_SUBJECT_SERIAL_NUMBER,
    Tag::CERTIFICATE_SUBJECT_ST,
    Tag::CERTIFICATE_SUBJECT_TITLE,
    Tag::CERTIFICATE_SUBJECT_UID,
    Tag::CERTIFICATE_TYPE,
    Tag::COMPROMISE_DATE,
    Tag::COMPROMISE_OCCURRENCE_DATE,
    Tag::CRYPTOGRAPHIC_ALGORITHM,
    Tag::CRYPTOGRAPHIC_DOMAIN_PARAMETERS,
    Tag::CRYPTOGRAPHIC_LENGTH,
    Tag::CRYPTOGRAPHIC_USAGE_MASK,
    Tag::DEACTIVATION_DATE,
    Tag::DIGEST,
    Tag::DIGITAL_SIGNATURE_ALGORITHM,
    Tag::FRESH,
    Tag::INITIAL_DATE,
    Tag::KEY_FORMAT_TYPE,
    Tag::KEY_VALUE_PRESENT,
    Tag::LAST_CHANGE_DATE,
    Tag::LEASE_TIME,
    Tag::NEVER_EXTRACTABLE,
    Tag::OBJECT_TYPE,
    Tag::OPAQUE_DATA_TYPE,
    Tag::OPERATION_POLICY_NAME,
    Tag::ORIGINAL_CREATION_DATE,
    Tag::PROCESS_START_DATE,
    Tag::PROTECTION_STORAGE_MASK,
    Tag::PROTECT_STOP_DATE,
    Tag::RANDOM_NUMBER_GENERATOR,
    Tag::REVOCATION_REASON,
    Tag::ROTATE_DATE,
    Tag::ROTATE_GENERATION,
    Tag::ROTATE_LATEST,
    Tag::SHORT_UNIQUE_IDENTIFIER,
    Tag::STATE,
    Tag::UNIQUE_IDENTIFIER,
    Tag::X_509_CERTIFICATE_IDENTIFIER,
    Tag::X_509_CERTIFICATE_ISSUER,
    Tag::X_509_CERTIFICATE_SUBJECT,
];

/// Brings the copy into the state of the original.
async fn reach(to: &impl Kmip, copy: &str, wanted: State, attributes: &Attributes<'_>) -> Result<(), FlowError> {
    let date = |tag| attributes.find(tag).find_map(date_in);
    let code = attributes.find(Tag::REVOCATION_REASON).find_map(|value| match value {
        AttributeValue::RevocationReason(reason) => Some(reason.code),
        _ => None,
    });
    let revoke = match wanted {
        State::ACTIVE => return activate(to, copy).await,
        State::DEACTIVATED => Revoke::id(copy, code.unwrap_or(RevocationReasonCode::CESSATION_OF_OPERATION)),
        State::COMPROMISED => {
            let since = date(Tag::COMPROMISE_OCCURRENCE_DATE).or_else(|| date(Tag::COMPROMISE_DATE));
            Revoke::key_compromise(copy, since.or_else(|| date(Tag::INITIAL_DATE)).unwrap_or_default())
        }
        _ => return Ok(()),
    };
    let mut unknown = None;
    for _ in 0..TRIES {
        let now = state(to, copy).await?;
        if now == Some(wanted) {
            return Ok(());
        }
        if wanted == State::DEACTIVATED {
            activate(to, copy).await?;
        }
        match to.call(&revoke).await {
            Ok(_) => return Ok(()),
            Err(error) if is_unknown(&error) => unknown = Some(error),
            Err(error) => return Err(error.into()),
        }
        to.pause(SETTLING).await;
    }
    match unknown {
        Some(error) if state(to, copy).await? != Some(wanted) => Err(error.into()),
        _ => Ok(()),
    }
}

fn date_in(value: &AttributeValue<'_>) -> Option<DateTime> {
    match value {
        AttributeValue::CompromiseOccurrenceDate(date)
        | AttributeValue::CompromiseDate(date)
        | AttributeValue::InitialDate(date) => Some(*date),
        _ => None,
    }
}

/// The object with its bytes and what they are, and nothing that only the server it comes from knows: Cosmian puts attributes beside the key.
fn plain<'a>(object: &Object<'a>) -> Option<Object<'a>> {
    Some(match object {
        Object::SymmetricKey(key) => {
            let key_block = KeyBlock { key_format_type: KeyFormatType::RAW, ..plain_block(&key.key_block)? };
            Object::SymmetricKey(SymmetricKey { key_block })
        }
        Object::PublicKey(key) => Object::PublicKey(PublicKey { key_block: plain_block(&key.key_block)? }),
        Object::PrivateKey(key) => Object::PrivateKey(PrivateKey { key_block: plain_block(&key.key_block)? }),
        Object::SecretData(data) => {
            Object::SecretData(SecretData { key_block: plain_block(&data.key_block)?, ..data.clone() })
        }
        Object::SplitKey(key) => Object::SplitKey(SplitKey { key_block: plain_block(&key.key_block)?, ..key.clone() }),
        Object::PgpKey(key) => Object::PgpKey(PgpKey { key_block: plain_block(&key.key_block)?, ..key.clone() }),
        Object::Certificate(_) | Object::OpaqueObject(_) | Object::CertificateRequest(_) => object.clone(),
        _ => return None,
    })
}

fn plain_block<'a>(block: &KeyBlock<'a>) -> Option<KeyBlock<'a>> {
    let bytes = block.bytes()?;
    Some(KeyBlock { key_value: Some(KeyValue::from_bytes(bytes.expose())), ..block.clone() })
}

/// What has to be the same in the copy.
fn bytes_of<'a>(object: &Object<'a>) -> Option<Secret<'a>> {
    match object {
        Object::Certificate(certificate) => Some(Secret::new(certificate.certificate_value)),
        Object::OpaqueObject(opaque) => Some(opaque.opaque_data_value),
        Object::CertificateRequest(request) => Some(Secret::new(request.certificate_request_value)),
        keyed => keyed.key_block().and_then(KeyBlock::bytes),
    }
}
