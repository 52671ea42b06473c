//! Query: what a server is and what it can do.

use kmip_ttlv::enumeration::{
    AttestationType, ClientRegistrationMethod, CredentialType, DestroyAction, ItemType, ObjectType, OperationCode,
    ProfileName, QueryFunction, RngMode, ShreddingAlgorithm, UnwrapMode, ValidationAuthorityType, ValidationType,
};
use kmip_ttlv::{Item, Tag, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, ttlv_struct};

use super::{ObjectGroups, ObjectTypes, ProtectionStorageMasks};
use crate::protocol::attribute::{Attributes, RngParameters};
use crate::protocol::either::either;

/// Query: what a server is and what it can do. KMIP 2.1, 6.1.40.
///
/// What a server says of itself is a hint: some advertise what they refuse, and the other way round.
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
    /// Asks these questions.
    pub fn functions<'a>(functions: impl IntoIterator<Item = QueryFunction>) -> QueryRequest<'a> {
        QueryRequest { query_functions: functions.into_iter().collect(), object_groups: None }
    }
}

ttlv_struct! {
    /// What to tell.
    pub struct QueryRequest<'a> {
        /// The questions.
        pub query_functions: Vec<QueryFunction> = QUERY_FUNCTION,
        /// The groups that the question is about.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS in V2_1..,
    }
}

ttlv_struct! {
    /// The answers to the questions that were asked.
    pub struct QueryResponse<'a> {
        /// The operations that the server supports.
        pub operations: Vec<OperationCode> = OPERATION,
        /// The kinds of objects that it supports.
        pub object_types: Vec<ObjectType> = OBJECT_TYPE,
        /// Who made the server.
        pub vendor_identification: Option<&'a str> = VENDOR_IDENTIFICATION,
        /// What the vendor has to say of it, in a form of its own.
        pub server_information: Option<Item<'a>> = SERVER_INFORMATION,
        /// The namespaces of Application Specific Information that it knows.
        pub application_namespaces: Vec<&'a str> = APPLICATION_NAMESPACE,
        /// The extensions that it has.
        pub extensions: Vec<ExtensionInformation<'a>> = EXTENSION_INFORMATION in V1_1..,
        /// The kinds of attestation that it takes.
        pub attestation_types: Vec<AttestationType> = ATTESTATION_TYPE in V1_2..,
        /// The random number generators that it has.
        pub rng_parameters: Vec<RngParameters> = RNG_PARAMETERS in V1_3..,
        /// The profiles that it keeps to.
        pub profiles: Vec<ProfileInformation<'a>> = PROFILE_INFORMATION in V1_3..,
        /// The validations that it went through.
        pub validations: Vec<ValidationInformation<'a>> = VALIDATION_INFORMATION in V1_3..,
        /// What else it can do.
        pub capabilities: Vec<CapabilityInformation> = CAPABILITY_INFORMATION in V1_3..,
        /// The ways in which clients can be registered.
        pub client_registration_methods: Vec<ClientRegistrationMethod> = CLIENT_REGISTRATION_METHOD in V1_3..,
        /// The attributes that a new object gets where the client does not say.
        pub defaults: Option<DefaultsInformation<'a>> = DEFAULTS_INFORMATION in V2_0..,
        /// The kinds of storage that it has.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
        /// The kinds of credentials that its users may have.
        pub credential_information: Option<CredentialInformation> = CREDENTIAL_INFORMATION in V3_0..,
    }
}

impl<'a> QueryResponse<'a> {
    /// The texts in the Server Information, such as a product name and a version; most servers put some there.
    pub fn server_information_texts(&self) -> impl Iterator<Item = (Tag, &'a str)> + use<'a> {
        let mut items = self.server_information.and_then(|information| information.as_structure().ok());
        std::iter::from_fn(move || items.as_mut()?.next_item().ok().flatten())
            .filter_map(|item| Some((item.tag(), item.as_text_string().ok()?)))
    }
}

ttlv_struct! {
    /// The kinds of credentials that the users of a server may have. Since KMIP 3.0.
    pub struct CredentialInformation {
        /// The kinds.
        pub credential_types: Vec<CredentialType> = CREDENTIAL_TYPE,
    }
}

ttlv_struct! {
    /// An extension of the protocol (KMIP 2.1, 7.13).
    pub struct ExtensionInformation<'a> {
        /// Its name.
        pub name: &'a str = EXTENSION_NAME,
        /// Its tag.
        pub tag: Option<i32> = EXTENSION_TAG,
        /// The type of its value.
        pub extension_type: Option<ExtensionType> = EXTENSION_TYPE,
        /// The tag whose enumeration its value is of.
        pub enumeration: Option<i32> = EXTENSION_ENUMERATION in V2_0..,
        /// Whether it is an attribute.
        pub attribute: Option<bool> = EXTENSION_ATTRIBUTE in V2_0..,
        /// The tag of the structure that it stands in.
        pub parent_structure_tag: Option<i32> = EXTENSION_PARENT_STRUCTURE_TAG in V2_0..,
        /// What it is for.
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
    /// A profile that a server keeps to (KMIP 2.1, 7.31).
    pub struct ProfileInformation<'a> {
        /// The profile.
        pub name: ProfileName = PROFILE_NAME,
        /// Its version.
        pub version: Option<ProfileVersion> = PROFILE_VERSION in V2_0..,
        /// Where the server offers it, for profiles over HTTPS.
        pub server_uri: Option<&'a str> = SERVER_URI,
        /// The port on which it is offered.
        pub server_port: Option<i32> = SERVER_PORT,
    }
}

ttlv_struct! {
    /// The version of a profile (KMIP 2.1, 7.32).
    pub struct ProfileVersion {
        /// The major number.
        pub major: i32 = PROFILE_VERSION_MAJOR,
        /// The minor number.
        pub minor: i32 = PROFILE_VERSION_MINOR,
    }
}

ttlv_struct! {
    /// A validation that a server went through (KMIP 2.1, 7.41).
    pub struct ValidationInformation<'a> {
        /// Who validates.
        pub authority_type: ValidationAuthorityType = VALIDATION_AUTHORITY_TYPE,
        /// In which country.
        pub authority_country: Option<&'a str> = VALIDATION_AUTHORITY_COUNTRY,
        /// Where to find the authority.
        pub authority_uri: Option<&'a str> = VALIDATION_AUTHORITY_URI,
        /// The major version of what was validated against.
        pub version_major: i32 = VALIDATION_VERSION_MAJOR,
        /// The minor version.
        pub version_minor: Option<i32> = VALIDATION_VERSION_MINOR,
        /// What was validated: software, hardware and so on.
        pub validation_type: ValidationType = VALIDATION_TYPE,
        /// The level that was reached.
        pub level: i32 = VALIDATION_LEVEL,
        /// The certificate of the validation.
        pub certificate_identifier: Option<&'a str> = VALIDATION_CERTIFICATE_IDENTIFIER,
        /// Where to find the certificate.
        pub certificate_uri: Option<&'a str> = VALIDATION_CERTIFICATE_URI,
        /// Where to find the vendor.
        pub vendor_uri: Option<&'a str> = VALIDATION_VENDOR_URI,
        /// The profiles that were validated.
        pub profiles: Vec<&'a str> = VALIDATION_PROFILE,
    }
}

ttlv_struct! {
    /// What a server can do besides its operations (KMIP 2.1, 7.5).
    pub struct CapabilityInformation {
        /// Operations in several parts.
        pub streaming: Option<bool> = STREAMING_CAPABILITY,
        /// Asynchronous operations.
        pub asynchronous: Option<bool> = ASYNCHRONOUS_CAPABILITY,
        /// Attestation.
        pub attestation: Option<bool> = ATTESTATION_CAPABILITY,
        /// Batches that are undone where an item fails.
        pub batch_undo: Option<bool> = BATCH_UNDO_CAPABILITY in V1_4..,
        /// Batches that go on where an item fails.
        pub batch_continue: Option<bool> = BATCH_CONTINUE_CAPABILITY in V1_4..,
        /// How wrapped keys are kept.
        pub unwrap_mode: Option<UnwrapMode> = UNWRAP_MODE,
        /// What Destroy does.
        pub destroy_action: Option<DestroyAction> = DESTROY_ACTION,
        /// How keys are shredded.
        pub shredding_algorithm: Option<ShreddingAlgorithm> = SHREDDING_ALGORITHM,
        /// How random numbers are made.
        pub rng_mode: Option<RngMode> = RNG_MODE,
        /// Whether it withstands quantum computers.
        pub quantum_safe: Option<bool> = QUANTUM_SAFE_CAPABILITY in V2_1..,
    }
}

ttlv_struct! {
    /// The attributes that new objects get by default (KMIP 2.1, 7.11).
    pub struct DefaultsInformation<'a> {
        /// By kind of object.
        pub object_defaults: Vec<ObjectDefaults<'a>> = OBJECT_DEFAULTS,
    }
}

ttlv_struct! {
    /// The attributes that new objects of one kind get by default (KMIP 2.1, 7.22).
    pub struct ObjectDefaults<'a> {
        /// The kind.
        pub object_type: Option<ObjectType> = OBJECT_TYPE,
        /// The kinds, where there are several.
        pub object_types: Option<ObjectTypes> = OBJECT_TYPES,
        /// The attributes.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// The groups that they hold for.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS in V2_1..,
    }
}
