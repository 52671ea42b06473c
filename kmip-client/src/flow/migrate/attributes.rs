//! The way in which each attribute is copied.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::State;

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::flow::FlowError;
use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Attributes};
use crate::protocol::operation::{AddAttribute, GetAttributes};

/// Returns the attributes for Import: all but those that the table omits there.
#[inline]
pub(in crate::flow) fn transferable<'a>(attributes: &Attributes<'a>) -> Attributes<'a> {
    let is_imported = |value: &&AttributeValue<'a>| match value.reference() {
        AttributeReference::Standard(tag) => !OMITTED_BY_IMPORT.contains(&tag),
        _ => !matches!(transfer(value, None), Transfer::SetByServer),
    };
    attributes.iter().filter(is_imported).cloned().collect()
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
    for value in attributes {
        let value = &as_before_3_0(value);
        let name = || Attribute::from(value.clone()).reference().to_string();
        match transfer(value, original_state) {
            Transfer::SetByServer => continue,
            Transfer::Never => {
                left_out.push(name());
                continue;
            }
            Transfer::Added if there.iter().any(|there| there == value) => continue,
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
#[derive(Clone, Copy)]
pub(super) enum Transfer {
    /// The client adds it.
    Added,
    /// The other server sets its own value.
    SetByServer,
    /// It has no meaning there, or is unknown.
    Never,
}

/// Returns the way in which an attribute of an object in this state is copied.
#[inline]
pub(super) fn transfer(value: &AttributeValue<'_>, state: Option<State>) -> Transfer {
    use AttributeValue as Value;

    let is_ahead = matches!(state, Some(State::PRE_ACTIVE | State::ACTIVE));
    match value {
        // The defaults.
        Value::Sensitive(false) | Value::Extractable(true) => Transfer::SetByServer,
        // The future dates. The state covers past ones.
        Value::ActivationDate(_) if state == Some(State::PRE_ACTIVE) => Transfer::Added,
        Value::ProcessStartDate(_) | Value::ProtectStopDate(_) | Value::DeactivationDate(_) if is_ahead => {
            Transfer::Added
        }
        Value::Other(other) => match other.name {
            AttributeReference::Vendor { vendor_identification: "y", .. } => Transfer::SetByServer,
            // A value of another type than the attribute's.
            AttributeReference::Standard(tag) if SET_BY_SERVER.contains(&tag) => Transfer::SetByServer,
            _ => Transfer::Added,
        },
        Value::Absent(AttributeReference::Standard(tag)) if SET_BY_SERVER.contains(tag) => Transfer::SetByServer,
        known => usual(known),
    }
}

/// Declares the usual way of each attribute, and whether Import carries it or omits it: links, whose targets do not exist
/// yet, and what each server derives itself. A new attribute does not compile without a place here.
macro_rules! transfers {
    (
        Added, imported: $($added:ident)*;
        SetByServer, imported: $($set:ident = $set_tag:ident)*;
        SetByServer, omitted: $($derived:ident = $derived_tag:ident)*;
        Never, imported: $($never:ident)*;
        Never, omitted: $($link:ident = $link_tag:ident)*;
    ) => {
        /// Returns the way in which an attribute is copied, whatever the state of its object.
        fn usual(value: &AttributeValue<'_>) -> Transfer {
            match value {
                $(AttributeValue::$added(_))|* => Transfer::Added,
                $(AttributeValue::$set(_))|* | $(AttributeValue::$derived(_))|* => Transfer::SetByServer,
                $(AttributeValue::$never(_))|* | $(AttributeValue::$link(_))|* => Transfer::Never,
            }
        }

        /// The attributes that a server derives from the object or sets itself, and those that follow from the state.
        const SET_BY_SERVER: &[Tag] = &[$(Tag::$set_tag,)* $(Tag::$derived_tag,)*];

        /// The attributes that Import leaves out.
        const OMITTED_BY_IMPORT: &[Tag] = &[$(Tag::$derived_tag,)* $(Tag::$link_tag,)*];
    };
}

transfers! {
    Added, imported:
        Name CryptographicParameters UsageLimits ObjectGroup ApplicationSpecificInformation ContactInformation
        AlternativeName KeyValueLocation Pkcs12FriendlyName Description Comment Sensitive Extractable NistKeyType
        ProtectionLevel ProtectionPeriod QuantumSafe RotateAutomatic RotateInterval RotateName RotateOffset;
    SetByServer, imported:
        CryptographicAlgorithm = CRYPTOGRAPHIC_ALGORITHM
        CryptographicLength = CRYPTOGRAPHIC_LENGTH
        CryptographicDomainParameters = CRYPTOGRAPHIC_DOMAIN_PARAMETERS
        CertificateType = CERTIFICATE_TYPE
        CertificateIdentifier = CERTIFICATE_IDENTIFIER
        CertificateSubject = CERTIFICATE_SUBJECT
        CertificateIssuer = CERTIFICATE_ISSUER
        OperationPolicyName = OPERATION_POLICY_NAME
        CryptographicUsageMask = CRYPTOGRAPHIC_USAGE_MASK
        State = STATE
        InitialDate = INITIAL_DATE
        ActivationDate = ACTIVATION_DATE
        ProcessStartDate = PROCESS_START_DATE
        ProtectStopDate = PROTECT_STOP_DATE
        DeactivationDate = DEACTIVATION_DATE
        CompromiseOccurrenceDate = COMPROMISE_OCCURRENCE_DATE
        CompromiseDate = COMPROMISE_DATE
        RevocationReason = REVOCATION_REASON
        ArchiveDate = ARCHIVE_DATE
        CertificateLength = CERTIFICATE_LENGTH
        X509CertificateIdentifier = X_509_CERTIFICATE_IDENTIFIER
        X509CertificateSubject = X_509_CERTIFICATE_SUBJECT
        X509CertificateIssuer = X_509_CERTIFICATE_ISSUER
        DigitalSignatureAlgorithm = DIGITAL_SIGNATURE_ALGORITHM
        OriginalCreationDate = ORIGINAL_CREATION_DATE
        AlwaysSensitive = ALWAYS_SENSITIVE
        NeverExtractable = NEVER_EXTRACTABLE
        KeyFormatType = KEY_FORMAT_TYPE
        OpaqueDataType = OPAQUE_DATA_TYPE
        ProtectionStorageMask = PROTECTION_STORAGE_MASK
        RotateDate = ROTATE_DATE
        RotateGeneration = ROTATE_GENERATION
        RotateLatest = ROTATE_LATEST
        CertificateSubjectCn = CERTIFICATE_SUBJECT_CN
        CertificateSubjectO = CERTIFICATE_SUBJECT_O
        CertificateSubjectOu = CERTIFICATE_SUBJECT_OU
        CertificateSubjectEmail = CERTIFICATE_SUBJECT_EMAIL
        CertificateSubjectC = CERTIFICATE_SUBJECT_C
        CertificateSubjectSt = CERTIFICATE_SUBJECT_ST
        CertificateSubjectL = CERTIFICATE_SUBJECT_L
        CertificateSubjectUid = CERTIFICATE_SUBJECT_UID
        CertificateSubjectSerialNumber = CERTIFICATE_SUBJECT_SERIAL_NUMBER
        CertificateSubjectTitle = CERTIFICATE_SUBJECT_TITLE
        CertificateSubjectDc = CERTIFICATE_SUBJECT_DC
        CertificateSubjectDnQualifier = CERTIFICATE_SUBJECT_DN_QUALIFIER
        CertificateIssuerCn = CERTIFICATE_ISSUER_CN
        CertificateIssuerO = CERTIFICATE_ISSUER_O
        CertificateIssuerOu = CERTIFICATE_ISSUER_OU
        CertificateIssuerEmail = CERTIFICATE_ISSUER_EMAIL
        CertificateIssuerC = CERTIFICATE_ISSUER_C
        CertificateIssuerSt = CERTIFICATE_ISSUER_ST
        CertificateIssuerL = CERTIFICATE_ISSUER_L
        CertificateIssuerUid = CERTIFICATE_ISSUER_UID
        CertificateIssuerSerialNumber = CERTIFICATE_ISSUER_SERIAL_NUMBER
        CertificateIssuerTitle = CERTIFICATE_ISSUER_TITLE
        CertificateIssuerDc = CERTIFICATE_ISSUER_DC
        CertificateIssuerDnQualifier = CERTIFICATE_ISSUER_DN_QUALIFIER
        ObjectClass = OBJECT_CLASS
        DeactivationReason = DEACTIVATION_REASON
        CertificateSubjectDn = CERTIFICATE_SUBJECT_DN
        CertificateIssuerDn = CERTIFICATE_ISSUER_DN
        CertifyCounter = CERTIFY_COUNTER
        DecryptCounter = DECRYPT_COUNTER
        EncryptCounter = ENCRYPT_COUNTER
        SignCounter = SIGN_COUNTER
        SignatureVerifyCounter = SIGNATURE_VERIFY_COUNTER;
    SetByServer, omitted:
        UniqueIdentifier = UNIQUE_IDENTIFIER
        ObjectType = OBJECT_TYPE
        Digest = DIGEST
        LeaseTime = LEASE_TIME
        LastChangeDate = LAST_CHANGE_DATE
        Fresh = FRESH
        KeyValuePresent = KEY_VALUE_PRESENT
        RandomNumberGenerator = RANDOM_NUMBER_GENERATOR
        ShortUniqueIdentifier = SHORT_UNIQUE_IDENTIFIER;
    Never, imported:
        Other Absent DestroyDate CredentialType NistSecurityCategory OtpCounter KeyPartIdentifier SplitKeyMethod
        SplitKeyParts SplitKeyPolynomial SplitKeyThreshold;
    Never, omitted:
        Link = LINK
        CertificateLink = CERTIFICATE_LINK
        CertificateRequestLink = CERTIFICATE_REQUEST_LINK
        ChildLink = CHILD_LINK
        CredentialLink = CREDENTIAL_LINK
        DerivationObjectLink = DERIVATION_OBJECT_LINK
        DerivedObjectLink = DERIVED_OBJECT_LINK
        GroupLink = GROUP_LINK
        JoinedSplitKeyPartsLink = JOINED_SPLIT_KEY_PARTS_LINK
        NextLink = NEXT_LINK
        ParentLink = PARENT_LINK
        PasswordLink = PASSWORD_LINK
        Pkcs12CertificateLink = PKCS_12_CERTIFICATE_LINK
        Pkcs12PasswordLink = PKCS_12_PASSWORD_LINK
        PreviousLink = PREVIOUS_LINK
        PrivateKeyLink = PRIVATE_KEY_LINK
        PublicKeyLink = PUBLIC_KEY_LINK
        ReplacedObjectLink = REPLACED_OBJECT_LINK
        ReplacementObjectLink = REPLACEMENT_OBJECT_LINK
        SplitKeyBaseLink = SPLIT_KEY_BASE_LINK
        WrappingKeyLink = WRAPPING_KEY_LINK;
}

/// Converts a link attribute of KMIP 3.0 to the one attribute of earlier versions.
#[inline]
fn as_before_3_0<'a>(value: &AttributeValue<'a>) -> AttributeValue<'a> {
    value.link().map_or_else(|| value.clone(), AttributeValue::Link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_omits_links_of_every_version_and_what_the_server_derives() {
        let (name, comment) = (AttributeValue::Name("vm-42".into()), AttributeValue::Comment("the first"));
        let omitted = [
            AttributeValue::Fresh(true),
            AttributeValue::UniqueIdentifier("9dc02223".into()),
            AttributeValue::PublicKeyLink("9dc02224".into()),
            // No earlier version has a link of this type.
            AttributeValue::GroupLink("9dc02225".into()),
            AttributeValue::other(Tag::DIGEST.into(), kmip_ttlv::Value::TextString("of another type")),
        ];
        let all = Attributes::from_iter([name.clone(), comment.clone()].into_iter().chain(omitted));
        assert_eq!(transferable(&all), Attributes::from([name, comment]));
    }
}
