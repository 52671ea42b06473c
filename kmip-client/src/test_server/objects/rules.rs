//! Access rules of attributes (KMIP 2.1, the rules in each section of 4; KMIP 1.4, 3).

use kmip_ttlv::{Tag, enumeration::State};

use crate::protocol::attribute::{AttributeReference, link_type_of};

/// The actions that a client may perform on an attribute.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct Rule(u8);

/// May be given in the request that creates the object.
const NEW: u8 = 1;
/// May be added to an object that lacks it.
const ADD: u8 = 2;
/// May be changed.
const MODIFY: u8 = 4;
/// May be deleted.
const DELETE: u8 = 8;
/// May have several values.
const MANY: u8 = 16;

/// All actions: the attribute belongs to the client.
const FREE: u8 = NEW | ADD | MODIFY | DELETE;

impl Rule {
    /// Returns the rule of this attribute; `None` for an attribute that this server does not know.
    pub(in crate::test_server) fn of(attribute: AttributeReference<'_>) -> Option<Self> {
        let tag = match attribute {
            AttributeReference::Standard(tag) if link_type_of(tag).is_some() => Tag::LINK,
            AttributeReference::Standard(tag) => tag,
            // Clients can only read the server's own attributes, y-NAME.
            AttributeReference::Vendor { vendor_identification: "y", .. } => return Some(Self(MANY)),
            AttributeReference::Vendor { .. } => return Some(Self(FREE | MANY)),
            AttributeReference::Named(_) | AttributeReference::Unnamed => return None,
        };
        let row = RULES.iter().find(|(attribute, _)| *attribute == tag);
        row.map(|(_, rule)| Self(*rule)).or_else(|| AttributeReference::is_attribute(tag).then_some(Self(0)))
    }

    pub(in crate::test_server) const fn when_new(self) -> bool {
        self.0 & NEW != 0
    }

    pub(in crate::test_server) const fn add(self) -> bool {
        self.0 & ADD != 0
    }

    pub(in crate::test_server) const fn modify(self) -> bool {
        self.0 & MODIFY != 0
    }

    pub(in crate::test_server) const fn delete(self) -> bool {
        self.0 & DELETE != 0
    }

    pub(in crate::test_server) const fn many(self) -> bool {
        self.0 & MANY != 0
    }
}

/// Returns `true` if the attribute may be added or modified in this state: a date can only be set before it takes
/// effect.
pub(in crate::test_server) fn state_allows(tag: Tag, state: State) -> bool {
    match tag {
        Tag::ACTIVATION_DATE => state == State::PRE_ACTIVE,
        Tag::DEACTIVATION_DATE | Tag::PROCESS_START_DATE | Tag::PROTECT_STOP_DATE => {
            matches!(state, State::PRE_ACTIVE | State::ACTIVE)
        }
        _ => true,
    }
}

/// The attributes that clients may change, and those with several values.
const RULES: &[(Tag, u8)] = &[
    (Tag::NAME, FREE | MANY),
    (Tag::ALTERNATIVE_NAME, FREE | MANY),
    (Tag::APPLICATION_SPECIFIC_INFORMATION, FREE | MANY),
    (Tag::CRYPTOGRAPHIC_PARAMETERS, FREE | MANY),
    (Tag::KEY_VALUE_LOCATION, FREE | MANY),
    (Tag::LINK, FREE | MANY),
    (Tag::OBJECT_GROUP, FREE | MANY),
    // The links of KMIP 3.0.
    (Tag::CERTIFICATE_REQUEST_LINK, FREE | MANY),
    (Tag::CREDENTIAL_LINK, FREE | MANY),
    (Tag::GROUP_LINK, FREE | MANY),
    (Tag::JOINED_SPLIT_KEY_PARTS_LINK, FREE | MANY),
    (Tag::PASSWORD_LINK, FREE | MANY),
    (Tag::SPLIT_KEY_BASE_LINK, FREE | MANY),
    (Tag::COMMENT, FREE),
    (Tag::CONTACT_INFORMATION, FREE),
    (Tag::DESCRIPTION, FREE),
    (Tag::PKCS_12_FRIENDLY_NAME, FREE),
    (Tag::PROTECTION_LEVEL, FREE),
    (Tag::PROTECTION_PERIOD, FREE),
    (Tag::QUANTUM_SAFE, FREE),
    (Tag::ROTATE_NAME, FREE),
    (Tag::USAGE_LIMITS, FREE),
    (Tag::ACTIVATION_DATE, NEW | ADD | MODIFY),
    (Tag::DEACTIVATION_DATE, NEW | ADD | MODIFY),
    (Tag::PROCESS_START_DATE, NEW | ADD | MODIFY),
    (Tag::PROTECT_STOP_DATE, NEW | ADD | MODIFY),
    (Tag::EXTRACTABLE, NEW | ADD | MODIFY),
    (Tag::SENSITIVE, NEW | ADD | MODIFY),
    (Tag::NIST_KEY_TYPE, NEW | ADD | MANY),
    (Tag::OPERATION_POLICY_NAME, NEW),
    (Tag::ROTATE_AUTOMATIC, NEW | ADD),
    (Tag::ROTATE_INTERVAL, NEW | ADD),
    (Tag::ROTATE_OFFSET, NEW | ADD),
    (Tag::ORIGINAL_CREATION_DATE, NEW | ADD),
    (Tag::RANDOM_NUMBER_GENERATOR, NEW),
    (Tag::FRESH, NEW),
    (Tag::OBJECT_TYPE, NEW),
    (Tag::CRYPTOGRAPHIC_ALGORITHM, NEW),
    (Tag::CRYPTOGRAPHIC_LENGTH, NEW),
    (Tag::CRYPTOGRAPHIC_DOMAIN_PARAMETERS, NEW),
    (Tag::CRYPTOGRAPHIC_USAGE_MASK, NEW | ADD),
    (Tag::CERTIFICATE_TYPE, NEW),
    (Tag::CERTIFICATE_LENGTH, NEW),
    (Tag::DIGITAL_SIGNATURE_ALGORITHM, NEW | MANY),
    (Tag::OPAQUE_DATA_TYPE, NEW),
    (Tag::KEY_FORMAT_TYPE, NEW),
    (Tag::DIGEST, MANY),
    (Tag::CERTIFICATE_SUBJECT_OU, MANY),
    (Tag::CERTIFICATE_SUBJECT_DC, MANY),
    (Tag::CERTIFICATE_ISSUER_OU, MANY),
    (Tag::CERTIFICATE_ISSUER_DC, MANY),
];
