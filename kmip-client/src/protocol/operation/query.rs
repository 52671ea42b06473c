//! The Query operation.

use kmip_ttlv::enumeration::{
    AttestationType, ClientRegistrationMethod, CredentialType, DestroyAction, ItemType, ObjectType, OperationCode,
    ProfileName, QueryFunction, RngMode, ShreddingAlgorithm, UnwrapMode, ValidationAuthorityType, ValidationType,
};
use kmip_ttlv::{Item, Tag, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, ttlv_struct};

use super::{ObjectGroups, ObjectTypes, ProtectionStorageMasks};
use crate::protocol::attribute::{Attributes, RngParameters};
use crate::protocol::either::either;

/// Asks for a server's identity and capabilities. KMIP 2.1, 6.1.40.
///
/// The answer is a hint: some servers advertise operations that they refuse, or support more than they advertise.
///
/// ```
/// use kmip_client::protocol::operation::Query;
/// use kmip_client::ttlv::enumeration::QueryFunction;
///
/// let request = Query::functions([QueryFunction::QUERY_SERVER_INFORMATION, QueryFunction::QUERY_OPERATIONS]);
/// assert_eq!(request.query_functions.len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Query;

impl Query {
    /// Requests this information.
    pub fn functions<'a>(functions: impl IntoIterator<Item = QueryFunction>) -> QueryRequest<'a> {
        QueryRequest { query_functions: functions.into_iter().collect(), object_groups: None }
    }
}

ttlv_struct! {
    #[compact]
    /// A request for information about the server.
    pub struct QueryRequest<'a> {
        /// The questions.
        pub query_functions: Vec<QueryFunction> = QUERY_FUNCTION,
        /// The groups that the query is about.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// The information that was requested.
    pub struct QueryResponse<'a> {
        /// The operations that the server supports.
        pub operations: Vec<OperationCode> = OPERATION,
        /// The types of objects that the server supports.
        pub object_types: Vec<ObjectType> = OBJECT_TYPE,
        /// The vendor of the server.
        pub vendor_identification: Option<&'a str> = VENDOR_IDENTIFICATION,
        /// Information about the server in a vendor-defined form.
        pub server_information: Option<Item<'a>> = SERVER_INFORMATION,
        /// The namespaces of Application Specific Information that the server knows.
        pub application_namespaces: Vec<&'a str> = APPLICATION_NAMESPACE,
        /// The extensions that the server has.
        pub extensions: Vec<ExtensionInformation<'a>> = EXTENSION_INFORMATION in V1_1..,
        /// The kinds of attestation that the server accepts.
        pub attestation_types: Vec<AttestationType> = ATTESTATION_TYPE in V1_2..,
        /// The random number generators of the server.
        pub rng_parameters: Vec<RngParameters> = RNG_PARAMETERS in V1_3..,
        /// The profiles that the server conforms to.
        pub profiles: Vec<ProfileInformation<'a>> = PROFILE_INFORMATION in V1_3..,
        /// The validations of the server.
        pub validations: Vec<ValidationInformation<'a>> = VALIDATION_INFORMATION in V1_3..,
        /// Further capabilities.
        pub capabilities: Vec<CapabilityInformation> = CAPABILITY_INFORMATION in V1_3..,
        /// The ways in which clients can be registered.
        pub client_registration_methods: Vec<ClientRegistrationMethod> = CLIENT_REGISTRATION_METHOD in V1_3..,
        /// The attributes that a new object gets by default.
        pub defaults: Option<DefaultsInformation<'a>> = DEFAULTS_INFORMATION in V2_0..,
        /// The kinds of storage of the server.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
        /// The kinds of credentials that users may have.
        pub credential_information: Option<CredentialInformation> = CREDENTIAL_INFORMATION in V3_0..,
    }
}

impl<'a> QueryResponse<'a> {
    /// Returns the texts in the Server Information, such as a product name and a version, which most servers provide.
    #[inline]
    pub fn server_information_texts(&self) -> impl Iterator<Item = (Tag, &'a str)> + use<'a> {
        let mut items = self.server_information.and_then(|information| information.as_structure().ok());
        std::iter::from_fn(move || items.as_mut()?.next_item().ok().flatten())
            .filter_map(|item| Some((item.tag(), item.as_text_string().ok()?)))
    }
}

ttlv_struct! {
    #[compact]
    /// The kinds of credentials that the users of a server may have. Since KMIP 3.0.
    pub struct CredentialInformation {
        /// The kinds.
        pub credential_types: Vec<CredentialType> = CREDENTIAL_TYPE,
    }
}

ttlv_struct! {
    #[compact]
    /// An extension of the protocol (KMIP 2.1, 7.13).
    pub struct ExtensionInformation<'a> {
        /// The attribute's name.
        pub name: &'a str = EXTENSION_NAME,
        /// The tag of the extension.
        pub tag: Option<i32> = EXTENSION_TAG,
        /// The type of the extension's value.
        pub extension_type: Option<ExtensionType> = EXTENSION_TYPE,
        /// The tag of the enumeration that the value belongs to.
        pub enumeration: Option<i32> = EXTENSION_ENUMERATION in V2_0..,
        /// `true` if the extension is an attribute.
        pub attribute: Option<bool> = EXTENSION_ATTRIBUTE in V2_0..,
        /// The tag of the structure that contains the extension.
        pub parent_structure_tag: Option<i32> = EXTENSION_PARENT_STRUCTURE_TAG in V2_0..,
        /// The purpose of the extension.
        pub description: Option<&'a str> = EXTENSION_DESCRIPTION in V2_0..,
    }
}

either! {
    /// The type of the value of an extension: the same number as an Integer and as an Enumeration.
    pub enum ExtensionType {
        /// KMIP 2.0 and later.
        Type(ItemType): Enumeration in V2_0..,
        /// KMIP 1.x.
        Number(i32): Integer in ..=V1_4,
    }
}

ttlv_struct! {
    #[compact]
    /// A profile that a server conforms to (KMIP 2.1, 7.31).
    pub struct ProfileInformation<'a> {
        /// The profile.
        pub name: ProfileName = PROFILE_NAME,
        /// The version of the profile.
        pub version: Option<ProfileVersion> = PROFILE_VERSION in V2_0..,
        /// The address at which the server offers the profile, for profiles over HTTPS.
        pub server_uri: Option<&'a str> = SERVER_URI,
        /// The port on which the profile is offered.
        pub server_port: Option<i32> = SERVER_PORT,
    }
}

ttlv_struct! {
    #[compact]
    /// The version of a profile (KMIP 2.1, 7.32).
    pub struct ProfileVersion {
        /// The major number.
        pub major: i32 = PROFILE_VERSION_MAJOR,
        /// The minor number.
        pub minor: i32 = PROFILE_VERSION_MINOR,
    }
}

ttlv_struct! {
    #[compact]
    /// A validation of a server (KMIP 2.1, 7.41).
    pub struct ValidationInformation<'a> {
        /// The kind of authority.
        pub authority_type: ValidationAuthorityType = VALIDATION_AUTHORITY_TYPE,
        /// The country of the authority.
        pub authority_country: Option<&'a str> = VALIDATION_AUTHORITY_COUNTRY,
        /// The address of the authority's website.
        pub authority_uri: Option<&'a str> = VALIDATION_AUTHORITY_URI,
        /// The major version of the standard that was validated against.
        pub version_major: i32 = VALIDATION_VERSION_MAJOR,
        /// The minor version.
        pub version_minor: Option<i32> = VALIDATION_VERSION_MINOR,
        /// The kind of validation: software, hardware and so on.
        pub validation_type: ValidationType = VALIDATION_TYPE,
        /// The level of the validation.
        pub level: i32 = VALIDATION_LEVEL,
        /// The certificate of the validation.
        pub certificate_identifier: Option<&'a str> = VALIDATION_CERTIFICATE_IDENTIFIER,
        /// The address of the certificate.
        pub certificate_uri: Option<&'a str> = VALIDATION_CERTIFICATE_URI,
        /// The address of the vendor's website.
        pub vendor_uri: Option<&'a str> = VALIDATION_VENDOR_URI,
        /// The profiles that were validated.
        pub profiles: Vec<&'a str> = VALIDATION_PROFILE,
    }
}

ttlv_struct! {
    #[compact]
    /// A server's capabilities besides its operations (KMIP 2.1, 7.5).
    pub struct CapabilityInformation {
        /// `true` if multi-part operations are supported.
        pub streaming: Option<bool> = STREAMING_CAPABILITY,
        /// `true` if asynchronous operations are supported.
        pub asynchronous: Option<bool> = ASYNCHRONOUS_CAPABILITY,
        /// `true` if attestation is supported.
        pub attestation: Option<bool> = ATTESTATION_CAPABILITY,
        /// `true` if a batch can be undone after an item fails.
        pub batch_undo: Option<bool> = BATCH_UNDO_CAPABILITY in V1_4..,
        /// `true` if a batch can continue after an item fails.
        pub batch_continue: Option<bool> = BATCH_CONTINUE_CAPABILITY in V1_4..,
        /// The way in which the server keeps wrapped keys.
        pub unwrap_mode: Option<UnwrapMode> = UNWRAP_MODE,
        /// The effect of Destroy.
        pub destroy_action: Option<DestroyAction> = DESTROY_ACTION,
        /// The way in which keys are shredded.
        pub shredding_algorithm: Option<ShreddingAlgorithm> = SHREDDING_ALGORITHM,
        /// The way in which random numbers are made.
        pub rng_mode: Option<RngMode> = RNG_MODE,
        /// `true` if the server withstands quantum computers.
        pub quantum_safe: Option<bool> = QUANTUM_SAFE_CAPABILITY in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// The attributes that new objects get by default (KMIP 2.1, 7.11).
    pub struct DefaultsInformation<'a> {
        /// The defaults for each type of object.
        pub object_defaults: Vec<ObjectDefaults<'a>> = OBJECT_DEFAULTS,
    }
}

ttlv_struct! {
    #[compact]
    /// The attributes that new objects of one kind get by default (KMIP 2.1, 7.22).
    pub struct ObjectDefaults<'a> {
        /// The kind.
        pub object_type: Option<ObjectType> = OBJECT_TYPE,
        /// The types of objects, if there are several.
        pub object_types: Option<ObjectTypes> = OBJECT_TYPES,
        /// The attributes.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// The groups that the defaults apply to.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS in V2_1..,
    }
}
