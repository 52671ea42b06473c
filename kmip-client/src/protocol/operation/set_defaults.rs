//! The Set Defaults operation.

use kmip_ttlv::{V2_1, ttlv_struct};

use super::{DefaultsInformation, ObjectDefaults};

/// Sets the attributes that new objects get by default. KMIP 2.1, 6.1.53. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeValue;
/// use kmip_client::protocol::operation::{ObjectDefaults, SetDefaults};
/// use kmip_client::ttlv::enumeration::ObjectType;
///
/// let keys = ObjectDefaults::new([AttributeValue::CryptographicLength(256)]).object_type(ObjectType::SYMMETRIC_KEY);
/// assert!(SetDefaults::defaults([keys]).defaults_information.is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SetDefaults;

impl SetDefaults {
    /// Replaces all defaults by these.
    pub fn defaults<'a>(defaults: impl IntoIterator<Item = ObjectDefaults<'a>>) -> SetDefaultsRequest<'a> {
        let object_defaults = defaults.into_iter().collect();
        SetDefaultsRequest { defaults_information: Some(DefaultsInformation { object_defaults }) }
    }

    /// Removes all defaults.
    #[must_use]
    pub const fn none<'a>() -> SetDefaultsRequest<'a> {
        SetDefaultsRequest { defaults_information: None }
    }
}

ttlv_struct! {
    #[compact]
    /// The defaults.
    pub struct SetDefaultsRequest<'a> {
        /// All defaults; none if missing.
        pub defaults_information: Option<DefaultsInformation<'a>> = DEFAULTS_INFORMATION in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement.
    pub struct SetDefaultsResponse {}
}
