//! The way in which each attribute is copied.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::State;

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::flow::FlowError;
use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Attributes};
use crate::protocol::operation::{AddAttribute, GetAttributes};

/// Returns the attributes for Import: all but links, whose targets do not exist yet, and those that each server derives
/// itself.
pub(in crate::flow) fn transferable<'a>(attributes: &Attributes<'a>) -> Attributes<'a> {
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

/// Adds the attributes that clients set, one by one, and returns the names of those that the server does not accept.
pub(super) async fn add_the_rest(
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
pub(super) enum Transfer {
    /// The client adds it.
    Added,
    /// The other server sets its own value.
    SetByServer,
    /// It has no meaning there, or is unknown.
    Never,
}

/// Returns the way in which an attribute of an object in this state is copied.
pub(super) fn transfer(value: &AttributeValue<'_>, state: Option<State>) -> Transfer {
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
