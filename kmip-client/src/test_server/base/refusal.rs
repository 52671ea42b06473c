//! Refusals, and their reasons in each version of KMIP.

use std::borrow::Cow;

use kmip_ttlv::{ProtocolVersion, V2_0, V3_0, enumeration::ResultReason};

use crate::test_server::base::produced::Answer;

/// A row is: the cause, the Result Reason of KMIP 1.x, and that of 2.x.
///
/// The reasons are those of the error tables: KMIP 1.4, 11; KMIP 2.1, "Error Handling" of each operation and 11.46.
/// KMIP 1.x has a table for each operation, and one cause may have several reasons in them; it then has several rows.
macro_rules! causes {
    ($($(#[$meta:meta])* $cause:ident = $v1:ident, $v2:ident;)*) => {
        /// The cause of a refusal.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(in crate::test_server) enum Cause {
            $($(#[$meta])* $cause,)*
        }

        impl Cause {
            /// Returns the reason to send to a client of this version.
            fn reason(self, version: ProtocolVersion) -> ResultReason {
                let (v1, v2) = match self {
                    $(Self::$cause => (ResultReason::$v1, ResultReason::$v2),)*
                };
                let reason = match self {
                    // The one test case of KMIP 3.0 that asks for an unknown object wants the reason of 1.x.
                    Self::ObjectNotFound if version >= V3_0 => v1,
                    _ if version < V2_0 => v1,
                    _ => v2,
                };
                match reason.versions() {
                    Some(range) if range.contains(version) => reason,
                    // The closest reason in versions that lack a precise one.
                    _ => ResultReason::PERMISSION_DENIED,
                }
            }
        }
    };
}

causes! {
    // For any message.
    InvalidMessage = INVALID_MESSAGE, INVALID_MESSAGE;
    UnsupportedVersion = INVALID_MESSAGE, UNSUPPORTED_PROTOCOL_VERSION;
    OperationNotSupported = OPERATION_NOT_SUPPORTED, OPERATION_NOT_SUPPORTED;
    FeatureNotSupported = FEATURE_NOT_SUPPORTED, FEATURE_NOT_SUPPORTED;
    UnknownExtension = FEATURE_NOT_SUPPORTED, UNKNOWN_MESSAGE_EXTENSION;
    ResponseTooLarge = RESPONSE_TOO_LARGE, RESPONSE_TOO_LARGE;
    /// The credentials are unknown or missing.
    Authentication = AUTHENTICATION_NOT_SUCCESSFUL, AUTHENTICATION_NOT_SUCCESSFUL;
    /// A field that the version does not have, or an invalid value.
    InvalidField = INVALID_FIELD, INVALID_FIELD;
    /// KMIP has no reason of its own for a server in read-only mode.
    ReadOnlyMode = PERMISSION_DENIED, PERMISSION_DENIED;
    /// A fault of the server.
    General = GENERAL_FAILURE, GENERAL_FAILURE;

    // For objects.
    /// The object does not exist, or belongs to another client, which this one must not learn.
    ObjectNotFound = ITEM_NOT_FOUND, OBJECT_NOT_FOUND;
    /// A repeated Destroy. The same as ObjectNotFound, in the wording that clients of 1.x, and PyKMIP in any version,
    /// expect.
    ItemNotFound = ITEM_NOT_FOUND, ITEM_NOT_FOUND;
    /// A repeated Destroy.
    AlreadyDestroyed = PERMISSION_DENIED, OBJECT_DESTROYED;
    /// Get of an object that was destroyed: only its attributes are left.
    OnlyAttributesLeft = ILLEGAL_OPERATION, OBJECT_DESTROYED;
    /// The key is not on the server, or no longer is.
    KeyValueNotPresent = KEY_VALUE_NOT_PRESENT, KEY_VALUE_NOT_PRESENT;
    Archived = OBJECT_ARCHIVED, OBJECT_ARCHIVED;
    WrongState = PERMISSION_DENIED, WRONG_KEY_LIFECYCLE_STATE;
    /// Revoke in a state without a matching transition. KMIP 1.x names no reason; this is PyKMIP's.
    NotRevocable = ILLEGAL_OPERATION, WRONG_KEY_LIFECYCLE_STATE;
    /// The operation is not for this kind of object.
    WrongKind = ILLEGAL_OPERATION, INVALID_OBJECT_TYPE;
    NotReKeyable = PERMISSION_DENIED, INVALID_OBJECT_TYPE;
    /// The server does not create objects of this kind.
    UnknownKind = INVALID_FIELD, INVALID_OBJECT_TYPE;
    Sensitive = SENSITIVE, SENSITIVE;
    NotExtractable = NOT_EXTRACTABLE, NOT_EXTRACTABLE;
    KeyFormatType = KEY_FORMAT_TYPE_NOT_SUPPORTED, KEY_FORMAT_TYPE_NOT_SUPPORTED;
    KeyCompressionType = KEY_COMPRESSION_TYPE_NOT_SUPPORTED, KEY_COMPRESSION_TYPE_NOT_SUPPORTED;
    KeyWrapType = FEATURE_NOT_SUPPORTED, KEY_WRAP_TYPE_NOT_SUPPORTED;
    ProtectionStorage = FEATURE_NOT_SUPPORTED, PROTECTION_STORAGE_UNAVAILABLE;
    Cryptographic = CRYPTOGRAPHIC_FAILURE, CRYPTOGRAPHIC_FAILURE;

    // For the use of keys.
    /// The Cryptographic Usage Mask does not allow it.
    UsageMask = PERMISSION_DENIED, INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK;
    /// The text of Encrypt and Sign requires this reason in 2.1 too, unlike the table of errors.
    UsageLimit = PERMISSION_DENIED, PERMISSION_DENIED;
    /// Parameters that are incomplete, or contradict the key.
    BadParameters = INVALID_FIELD, BAD_CRYPTOGRAPHIC_PARAMETERS;
    /// Parameters that this server does not support.
    UnsupportedParameters = INVALID_FIELD, UNSUPPORTED_CRYPTOGRAPHIC_PARAMETERS;
    /// 2.x has a reason of its own, but the OASIS test cases for 2.1 require this one.
    MissingIv = INVALID_MESSAGE, INVALID_MESSAGE;
    /// A Tag Length that the mode cannot have. The OASIS test cases require no more precise reason.
    TagLength = GENERAL_FAILURE, GENERAL_FAILURE;
    /// No multi-part operation has this Correlation Value.
    CorrelationValue = ITEM_NOT_FOUND, INVALID_CORRELATION_VALUE;
    /// A limit of this server is exceeded.
    ServerLimit = GENERAL_FAILURE, SERVER_LIMIT_EXCEEDED;
    /// The object has the wrong kind to derive from, or must not be derived from (Derive Key).
    NotDerivable = INVALID_FIELD, INVALID_OBJECT_TYPE;
    AlreadyExists = OBJECT_ALREADY_EXISTS, OBJECT_ALREADY_EXISTS;
    WrappingKeyNotFound = ITEM_NOT_FOUND, WRAPPING_OBJECT_NOT_FOUND;
    /// The wrapping key has no Cryptographic Parameters, or none that match.
    WrappingParameters = ITEM_NOT_FOUND, BAD_CRYPTOGRAPHIC_PARAMETERS;
    EncodingOption = ENCODING_OPTION_ERROR, ENCODING_OPTION_ERROR;

    // For leases, checks, usage and certificates.
    NoLease = PERMISSION_DENIED, PERMISSION_DENIED;
    LeaseTooLong = PERMISSION_DENIED, PERMISSION_DENIED;
    NotChecked = ILLEGAL_OPERATION, ILLEGAL_OBJECT_TYPE;
    UsageLimitExceeded = PERMISSION_DENIED, USAGE_LIMIT_EXCEEDED;
    NoUsageLimits = ILLEGAL_OPERATION, ATTRIBUTE_NOT_FOUND;
    /// The key does not protect data, so that there is nothing to count.
    NotProtecting = ILLEGAL_OPERATION, INVALID_OBJECT_TYPE;
    /// The key may not protect anything now. KMIP 2.1 lists no reason for its state here.
    NotProtectingNow = PERMISSION_DENIED, PERMISSION_DENIED;
    NotCertified = PERMISSION_DENIED, INVALID_OBJECT_TYPE;
    InvalidRequest = INVALID_FIELD, INVALID_CSR;
    NoChain = INVALID_MESSAGE, INVALID_FIELD;
    /// A canceled request is polled.
    Canceled = OPERATION_CANCELED_BY_REQUESTER, OPERATION_CANCELED_BY_REQUESTER;
    /// Process of a completed request. KMIP 1.x has no Process.
    AlreadyProcessed = GENERAL_FAILURE, DUPLICATE_PROCESS_REQUEST;
    NothingPending = ITEM_NOT_FOUND, INVALID_ASYNCHRONOUS_CORRELATION_VALUE;

    // For the attributes of a new object.
    TemplateNotFound = ITEM_NOT_FOUND, ITEM_NOT_FOUND;
    InvalidValue = INVALID_FIELD, INVALID_ATTRIBUTE_VALUE;
    MissingAttribute = INVALID_FIELD, INVALID_ATTRIBUTE;
    NotGivenByClients = INVALID_FIELD, ATTRIBUTE_READ_ONLY;
    GivenTwice = INVALID_FIELD, ATTRIBUTE_SINGLE_VALUED;
    NameTaken = INVALID_FIELD, NON_UNIQUE_NAME_ATTRIBUTE;
    ApplicationNamespace = APPLICATION_NAMESPACE_NOT_SUPPORTED, APPLICATION_NAMESPACE_NOT_SUPPORTED;
    UnknownAttribute = INVALID_FIELD, UNSUPPORTED_ATTRIBUTE;
    /// An offset without a date to move, or of an object that has none (Re-key).
    NoDateToMove = ILLEGAL_OPERATION, INVALID_FIELD;

    // For Add, Modify and Delete Attribute.
    AddReadOnly = PERMISSION_DENIED, READ_ONLY_ATTRIBUTE;
    ReadOnly = PERMISSION_DENIED, ATTRIBUTE_READ_ONLY;
    AlreadyThere = ILLEGAL_OPERATION, ATTRIBUTE_SINGLE_VALUED;
    NameOfAnother = ILLEGAL_OPERATION, NON_UNIQUE_NAME_ATTRIBUTE;
    NotThereToModify = INVALID_FIELD, ATTRIBUTE_NOT_FOUND;
    NotThereToDelete = ITEM_NOT_FOUND, ATTRIBUTE_NOT_FOUND;
    NoSuchInstance = ITEM_NOT_FOUND, ATTRIBUTE_INSTANCE_NOT_FOUND;

    // For Set and Adjust Attribute, which exist in KMIP 2.x only.
    SeveralValues = PERMISSION_DENIED, MULTI_VALUED_ATTRIBUTE;
    NotThereToAdjust = ITEM_NOT_FOUND, ITEM_NOT_FOUND;
    WrongType = INVALID_FIELD, INVALID_DATA_TYPE;
    OutOfRange = INVALID_FIELD, NUMERIC_RANGE;
}

impl Cause {
    /// Creates the refusal with a message for humans.
    pub(in crate::test_server) fn because(self, message: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { cause: self, reason: None, message: message.into(), payload: None }
    }
}

/// The refusal of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::test_server) struct Refusal {
    cause: Cause,
    /// The reason that a user's handler chose; it replaces the reason of the cause.
    reason: Option<ResultReason>,
    message: Cow<'static, str>,
    /// The encoded payload that is sent along.
    payload: Option<Answer>,
}

impl Refusal {
    /// Returns the same refusal with a payload.
    pub(in crate::test_server) fn with(self, payload: Answer) -> Self {
        Self { payload: Some(payload), ..self }
    }

    /// Returns the payload, if there is one.
    pub(in crate::test_server) fn payload(&self) -> Option<&Answer> {
        self.payload.as_ref()
    }

    /// Returns the Result Reason for a client of this version.
    pub(in crate::test_server) fn reason(&self, version: ProtocolVersion) -> ResultReason {
        self.reason.unwrap_or_else(|| self.cause.reason(version))
    }

    /// Creates the refusal of a user's handler.
    pub(in crate::test_server) fn custom(reason: ResultReason, message: String) -> Self {
        Self { reason: Some(reason), ..Cause::General.because(message) }
    }

    /// Returns the Result Message.
    pub(in crate::test_server) fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
mod tests {
    use kmip_ttlv::{V1_0, V1_2, V1_4, V2_1};

    use super::*;

    #[test]
    fn a_version_gets_the_reasons_that_it_has() {
        assert_eq!(Cause::ObjectNotFound.reason(V1_4), ResultReason::ITEM_NOT_FOUND);
        assert_eq!(Cause::ObjectNotFound.reason(V2_1), ResultReason::OBJECT_NOT_FOUND);
        assert_eq!(Cause::ObjectNotFound.reason(V3_0), ResultReason::ITEM_NOT_FOUND);
        assert_eq!(Cause::KeyValueNotPresent.reason(V1_2), ResultReason::KEY_VALUE_NOT_PRESENT);
        assert_eq!(Cause::KeyValueNotPresent.reason(V1_0), ResultReason::PERMISSION_DENIED);
    }
}
