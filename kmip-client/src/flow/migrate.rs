//! Migration of one object from one KMS to another.

use kmip_ttlv::enumeration::{HashingAlgorithm, KeyFormatType, ObjectType, RevocationReasonCode, State};
use kmip_ttlv::{DateTime, Tag};
use sha2::{Digest as _, Sha256};

use super::{FlowError, SETTLING, TRIES, activate, is_unknown, named, state, state_in};
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
    pub(super) fn new(id: String, left_out: Vec<String>) -> Self {
        Self { id, left_out }
    }

    pub(super) fn into_parts(self) -> (String, Vec<String>) {
        (self.id, self.left_out)
    }

    pub(super) fn also_left_out(mut self, name: &str) -> Self {
        self.left_out.push(name.to_owned());
        self
    }

    /// Returns the identifier of the copy.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the names of the attributes that the other server does not accept, and of links, whose targets have
    /// other identifiers there. Attributes that each server sets for itself, such as Initial Date, are not included.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

/// Copies an object from one KMS to another, of any vendor and version, and checks the copy: its bytes are fetched and
/// compared. Names, usage and the other attributes that clients set are copied as far as the other server accepts them,
/// and the copy gets the same state.
///
/// The original is not changed; revoke or destroy it once nothing uses it. May be repeated after an interruption: an
/// existing copy is found by its name. If the copy of an object without a name is interrupted, the error reports an
/// unknown outcome.
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
/// let new = blocking::Client::connect(&new.config())?.for_flow();
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
/// Returns [`FlowError::NotPlain`] if the bytes cannot be fetched, [`FlowError::State`] if the object is destroyed,
/// [`FlowError::NameTaken`] if another object has its name on the other server, [`FlowError::Differs`] if the copy
/// differs, [`FlowError::Kms`] if a call failed, and [`FlowError::CannotRepeat`] if a call failed after an object
/// without a name was copied.
pub async fn migrate(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<Migrated, FlowError> {
    copy(from, to, id, Naming::Own).await
}

/// The name under which a copy is registered, and found again after an interruption.
#[derive(Clone, Copy, Debug)]
pub(super) enum Naming<'a> {
    /// The first name of the original, if it has one.
    Own,
    /// The first name of the original, or else this one.
    OwnOr(&'a str),
    /// This name, regardless of the original's name.
    Marker(&'a str),
}

impl<'a> Naming<'a> {
    fn choose(self, attributes: &Attributes<'a>) -> Option<&'a str> {
        let own = || {
            attributes.find(Tag::NAME).find_map(|value| match value {
                AttributeValue::Name(name) => Some(name.value),
                _ => None,
            })
        };
        match self {
            Self::Own => own(),
            Self::OwnOr(marker) => own().or(Some(marker)),
            Self::Marker(marker) => Some(marker),
        }
    }
}

/// Copies by Get and Register; see [`migrate`].
pub(super) async fn copy(
    from: &impl Kmip,
    to: &impl Kmip,
    id: &str,
    naming: Naming<'_>,
) -> Result<Migrated, FlowError> {
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

    let copied = Copied { bytes, format };
    let name = naming.choose(&attributes);
    let copy = register(to, object, &attributes, copied, name).await?;
    match complete(to, &copy, &attributes, copied).await {
        Ok(left_out) => Ok(Migrated { id: copy, left_out }),
        // Without a name, a repetition would not find the copy.
        Err(error) if name.is_none() => Err(error.leaving(Some(&copy))),
        Err(error) => Err(error),
    }
}

/// Checks the copy, and completes it.
async fn complete(
    to: &impl Kmip,
    copy: &str,
    attributes: &Attributes<'_>,
    copied: Copied<'_>,
) -> Result<Vec<String>, FlowError> {
    if is_copy(to, copy, copied).await? {
        finish(to, copy, attributes).await
    } else {
        Err(FlowError::Differs { id: copy.to_owned() })
    }
}

/// Sets the attributes and the state of the original on the copy. Returns the names of the attributes that were left
/// out.
pub(super) async fn finish(to: &impl Kmip, copy: &str, attributes: &Attributes<'_>) -> Result<Vec<String>, FlowError> {
    let wanted = attributes.find(Tag::STATE).find_map(state_in);
    let left_out = add_the_rest(to, copy, attributes, wanted).await?;
    if let Some(wanted) = wanted {
        reach(to, copy, wanted, attributes).await?;
    }
    Ok(left_out)
}

/// The original that a copy is compared with.
#[derive(Clone, Copy)]
pub(super) struct Copied<'a> {
    pub(super) bytes: Secret<'a>,
    pub(super) format: Option<KeyFormatType>,
}

/// Registers the object under `name`, or finds the copy that an earlier attempt registered under it.
async fn register(
    to: &impl Kmip,
    object: Object<'_>,
    attributes: &Attributes<'_>,
    copied: Copied<'_>,
    name: Option<&str>,
) -> Result<String, FlowError> {
    let mut request = registration(object.clone(), attributes, name, true);
    let mut in_full = true;
    let mut failed: Option<Error> = None;
    for tries in 0.. {
        if let Some(name) = name {
            let there = named(to, name).await?;
            for id in &there {
                if is_copy(to, id, copied).await? {
                    return Ok(id.clone());
                }
            }
            if let Some(id) = there.into_iter().next() {
                return Err(FlowError::NameTaken { name: name.to_owned(), id });
            }
        }
        if let Some(error) = failed.take_if(|_| tries == TRIES || name.is_none()) {
            let error = FlowError::from(error);
            return Err(if name.is_none() { error.leaving(None) } else { error });
        }
        match to.call(&request).await {
            Ok(registered) => return Ok(registered.payload().unique_identifier.to_string()),
            Err(error) if is_unknown(&error) => failed = Some(error),
            Err(Error::Refused(_) | Error::Encode(_)) if in_full => {
                request = registration(object.clone(), attributes, name, false);
                in_full = false;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        to.pause(SETTLING).await;
    }
    unreachable!("the last try has returned")
}

/// Returns the request for a copy under `name`. The object contains algorithm and length, but some servers require them
/// as attributes too.
///
/// With `everything` the request has all attributes that a client may set, because some servers accept them only with
/// the object. Others refuse the whole request because of one of them; they get another one with the name and the usage
/// alone.
fn registration<'a>(
    object: Object<'a>,
    attributes: &Attributes<'a>,
    name: Option<&'a str>,
    everything: bool,
) -> RegisterRequest<'a> {
    let state = attributes.find(Tag::STATE).find_map(state_in);
    let mut request = Register::object(object);
    if let Some(name) = name {
        request = request.attribute(AttributeValue::Name(name.into()));
    }
    for value in attributes.values() {
        let goes = match value {
            AttributeValue::Name(own) => everything && name != Some(own.value),
            AttributeValue::CryptographicAlgorithm(_)
            | AttributeValue::CryptographicLength(_)
            | AttributeValue::CryptographicUsageMask(_) => request.object.key_block().is_some(),
            other => everything && matches!(transfer(other, state), Transfer::Added),
        };
        if goes {
            request = request.attribute(value.clone());
        }
    }
    request
}

/// Returns `true` if the object on the other server is the copy, judged by its bytes, or by its digest if the server
/// does not return them.
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

/// Returns `true` if the server has this very object under the identifier.
pub(super) async fn is_same(to: &impl Kmip, id: &str, object: &Object<'_>) -> Result<bool, FlowError> {
    let Some(bytes) = bytes_of(object) else { return Ok(false) };
    let format = object.key_block().map(|block| block.key_format_type);
    is_copy(to, id, Copied { bytes, format }).await
}

/// Compares an original with its copy, and returns the names of the differences. If plain bytes may not be fetched, the
/// digests are compared.
pub(super) async fn compare(
    from: &impl Kmip,
    to: &impl Kmip,
    original: &str,
    copy: &str,
    fetches_plain: bool,
) -> Result<Vec<String>, FlowError> {
    let here = from.call(&GetAttributes::id(original)).await?;
    let here = here.payload().attributes.unwrap_or_default();
    let there = to.call(&GetAttributes::id(copy)).await?;
    let there = there.payload().attributes.unwrap_or_default();
    let state = here.find(Tag::STATE).find_map(state_in);
    let mut differences = Vec::new();
    for value in here.values() {
        let name = Attribute::from(value.clone()).reference();
        let goes = match name {
            AttributeReference::Standard(tag) if SAME_ON_BOTH.contains(&tag) => true,
            _ => matches!(transfer(value, state), Transfer::Added),
        };
        if goes && !there.values().any(|there| there == value) {
            differences.push(name.to_string());
        }
    }
    differences.dedup();
    let symmetric =
        here.find(Tag::OBJECT_TYPE).any(|value| *value == AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY));
    let format = symmetric.then_some(KeyFormatType::RAW);
    let fetched = if fetches_plain { Some(fetch(from, original, format).await) } else { None };
    match fetched {
        Some(Ok(fetched)) if !is_same(to, copy, &fetched.payload().object).await? => {
            differences.push("its bytes".to_owned());
        }
        Some(Ok(_)) => {}
        Some(Err(error)) if !matches!(error, Error::Refused(_)) => return Err(error.into()),
        _ if digest(&here).is_none() || digest(&there).is_none() => {
            differences.push("its bytes, which cannot be compared".to_owned());
        }
        _ if digest(&here) != digest(&there) => differences.push("its digest".to_owned()),
        _ => {}
    }
    Ok(differences)
}

/// The attributes that a server derives from an object, which must be equal in a copy.
const SAME_ON_BOTH: &[Tag] = &[
    Tag::CRYPTOGRAPHIC_ALGORITHM,
    Tag::CRYPTOGRAPHIC_LENGTH,
    Tag::CRYPTOGRAPHIC_USAGE_MASK,
    Tag::OBJECT_TYPE,
    Tag::STATE,
];

/// Returns the SHA-256 digest of an object, if the server has one.
pub(super) fn digest<'a>(attributes: &Attributes<'a>) -> Option<&'a [u8]> {
    attributes.find(Tag::DIGEST).find_map(|value| match value {
        AttributeValue::Digest(digest) if digest.hashing_algorithm == HashingAlgorithm::SHA_256 => digest.digest_value,
        _ => None,
    })
}

/// Returns the attributes for Import: all but links, whose targets do not exist yet, and those that each server derives
/// itself.
pub(super) fn transferable<'a>(attributes: &Attributes<'a>) -> Attributes<'a> {
    const OWN: &[Tag] = &[
        Tag::DIGEST,
        Tag::FRESH,
        Tag::KEY_VALUE_PRESENT,
        Tag::LAST_CHANGE_DATE,
        Tag::LEASE_TIME,
        Tag::LINK,
        Tag::OBJECT_TYPE,
        Tag::RANDOM_NUMBER_GENERATOR,
        Tag::SHORT_UNIQUE_IDENTIFIER,
        Tag::UNIQUE_IDENTIFIER,
    ];
    let mut taken = Attributes::default();
    for value in attributes.values() {
        let own = match as_before_3_0(value).reference() {
            AttributeReference::Standard(tag) => OWN.contains(&tag),
            _ => matches!(transfer(value, None), Transfer::SetByServer),
        };
        if !own {
            taken.push(value.clone());
        }
    }
    taken
}

async fn fetch(kms: &impl Kmip, id: &str, format: Option<KeyFormatType>) -> Result<Reply<Get>, Error> {
    match format {
        Some(format) => kms.call(&Get::id(id).format(format)).await,
        None => kms.call(&Get::id(id)).await,
    }
}

/// Adds the attributes that clients set, one by one, and returns the names of those that the server does not accept.
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
        let value = &as_before_3_0(value);
        let name = || Attribute::from(value.clone()).reference().to_string();
        match transfer(value, original_state) {
            Transfer::SetByServer => continue,
            Transfer::Never => {
                left_out.push(name());
                continue;
            }
            Transfer::Added if there.values().any(|there| there == value) => continue,
            Transfer::Added => {}
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

/// The way in which an attribute is copied to the other server.
enum Transfer {
    /// The client adds it.
    Added,
    /// The other server sets its own value.
    SetByServer,
    /// It has no meaning there, or is unknown.
    Never,
}

/// Returns the way in which an attribute of an object in this state is copied.
fn transfer(value: &AttributeValue<'_>, state: Option<State>) -> Transfer {
    use AttributeValue as Value;

    let is_ahead = matches!(state, Some(State::PRE_ACTIVE | State::ACTIVE));
    match value {
        // The defaults.
        Value::Sensitive(false) | Value::Extractable(true) => Transfer::SetByServer,
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
        | Value::UsageLimits(_) => Transfer::Added,
        Value::Other(other) => match other.name {
            AttributeReference::Vendor { vendor_identification: "y", .. } => Transfer::SetByServer,
            // A value of another type than the attribute's.
            AttributeReference::Standard(tag) if SET_BY_SERVER.contains(&tag) => Transfer::SetByServer,
            _ => Transfer::Added,
        },
        // The future dates. The state covers past ones.
        Value::ActivationDate(_) if state == Some(State::PRE_ACTIVE) => Transfer::Added,
        Value::ProcessStartDate(_) | Value::ProtectStopDate(_) | Value::DeactivationDate(_) if is_ahead => {
            Transfer::Added
        }
        known => match Attribute::from(known.clone()).reference() {
            AttributeReference::Standard(tag) if SET_BY_SERVER.contains(&tag) => Transfer::SetByServer,
            _ => Transfer::Never,
        },
    }
}

/// Converts a link attribute of KMIP 3.0 to the one attribute of earlier versions.
fn as_before_3_0<'a>(value: &AttributeValue<'a>) -> AttributeValue<'a> {
    value.link().map_or_else(|| value.clone(), AttributeValue::Link)
}

/// The attributes that a server derives from the object or sets itself, and those that follow from the state.
const SET_BY_SERVER: &[Tag] = &[
    Tag::ACTIVATION_DATE,
    Tag::ALWAYS_SENSITIVE,
    Tag::ARCHIVE_DATE,
    Tag::CERTIFICATE_IDENTIFIER,
    Tag::CERTIFICATE_ISSUER_C,
    Tag::CERTIFICATE_ISSUER_CN,
    Tag::CERTIFICATE_ISSUER_DC,
    Tag::CERTIFICATE_ISSUER_DN_QUALIFIER,
    Tag::CERTIFICATE_ISSUER_DN,
    Tag::CERTIFICATE_ISSUER_EMAIL,
    Tag::CERTIFICATE_ISSUER_L,
    Tag::CERTIFICATE_ISSUER_O,
    Tag::CERTIFICATE_ISSUER_OU,
    Tag::CERTIFICATE_ISSUER_SERIAL_NUMBER,
    Tag::CERTIFICATE_ISSUER_ST,
    Tag::CERTIFICATE_ISSUER_TITLE,
    Tag::CERTIFICATE_ISSUER_UID,
    Tag::CERTIFICATE_ISSUER,
    Tag::CERTIFICATE_LENGTH,
    Tag::CERTIFICATE_SUBJECT_C,
    Tag::CERTIFICATE_SUBJECT_CN,
    Tag::CERTIFICATE_SUBJECT_DC,
    Tag::CERTIFICATE_SUBJECT_DN_QUALIFIER,
    Tag::CERTIFICATE_SUBJECT_DN,
    Tag::CERTIFICATE_SUBJECT_EMAIL,
    Tag::CERTIFICATE_SUBJECT_L,
    Tag::CERTIFICATE_SUBJECT_O,
    Tag::CERTIFICATE_SUBJECT_OU,
    Tag::CERTIFICATE_SUBJECT_SERIAL_NUMBER,
    Tag::CERTIFICATE_SUBJECT_ST,
    Tag::CERTIFICATE_SUBJECT_TITLE,
    Tag::CERTIFICATE_SUBJECT_UID,
    Tag::CERTIFICATE_SUBJECT,
    Tag::CERTIFICATE_TYPE,
    Tag::CERTIFY_COUNTER,
    Tag::COMPROMISE_DATE,
    Tag::COMPROMISE_OCCURRENCE_DATE,
    Tag::CRYPTOGRAPHIC_ALGORITHM,
    Tag::CRYPTOGRAPHIC_DOMAIN_PARAMETERS,
    Tag::CRYPTOGRAPHIC_LENGTH,
    Tag::CRYPTOGRAPHIC_USAGE_MASK,
    Tag::DEACTIVATION_DATE,
    Tag::DEACTIVATION_REASON,
    Tag::DECRYPT_COUNTER,
    Tag::DIGEST,
    Tag::DIGITAL_SIGNATURE_ALGORITHM,
    Tag::ENCRYPT_COUNTER,
    Tag::FRESH,
    Tag::INITIAL_DATE,
    Tag::KEY_FORMAT_TYPE,
    Tag::KEY_VALUE_PRESENT,
    Tag::LAST_CHANGE_DATE,
    Tag::LEASE_TIME,
    Tag::NEVER_EXTRACTABLE,
    Tag::OBJECT_CLASS,
    Tag::OBJECT_TYPE,
    Tag::OPAQUE_DATA_TYPE,
    Tag::OPERATION_POLICY_NAME,
    Tag::ORIGINAL_CREATION_DATE,
    Tag::PROCESS_START_DATE,
    Tag::PROTECT_STOP_DATE,
    Tag::PROTECTION_STORAGE_MASK,
    Tag::RANDOM_NUMBER_GENERATOR,
    Tag::REVOCATION_REASON,
    Tag::ROTATE_DATE,
    Tag::ROTATE_GENERATION,
    Tag::ROTATE_LATEST,
    Tag::SHORT_UNIQUE_IDENTIFIER,
    Tag::SIGN_COUNTER,
    Tag::SIGNATURE_VERIFY_COUNTER,
    Tag::STATE,
    Tag::UNIQUE_IDENTIFIER,
    Tag::X_509_CERTIFICATE_IDENTIFIER,
    Tag::X_509_CERTIFICATE_ISSUER,
    Tag::X_509_CERTIFICATE_SUBJECT,
];

/// Brings the copy to the state of the original.
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

/// Returns the object with its bytes and their description, without data that only its server understands: Cosmian adds
/// attributes to the key.
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

/// Returns the bytes that must be equal in the copy.
fn bytes_of<'a>(object: &Object<'a>) -> Option<Secret<'a>> {
    match object {
        Object::Certificate(certificate) => Some(Secret::new(certificate.certificate_value)),
        Object::OpaqueObject(opaque) => Some(opaque.opaque_data_value),
        Object::CertificateRequest(request) => Some(Secret::new(request.certificate_request_value)),
        keyed => keyed.key_block().and_then(KeyBlock::bytes),
    }
}
