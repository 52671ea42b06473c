//! The outcome of an operation.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// The outcome of an operation: success, failure, or pending (KMIP 2.1, 11.47).
    pub enum ResultStatus = "Result Status" {
        SUCCESS = 0x00, "Success", "Success", V1_0..;
        OPERATION_FAILED = 0x01, "OperationFailed", "Operation Failed", V1_0..;
        OPERATION_PENDING = 0x02, "OperationPending", "Operation Pending", V1_0..;
        OPERATION_UNDONE = 0x03, "OperationUndone", "Operation Undone", V1_0..;
    }
}

ttlv_enum! {
    /// The reason for the failure of an operation (KMIP 2.1, 11.46).
    pub enum ResultReason = "Result Reason" {
        ITEM_NOT_FOUND = 0x01, "ItemNotFound", "Item Not Found", V1_0..;
        RESPONSE_TOO_LARGE = 0x02, "ResponseTooLarge", "Response Too Large", V1_0..;
        AUTHENTICATION_NOT_SUCCESSFUL = 0x03, "AuthenticationNotSuccessful", "Authentication Not Successful", V1_0..;
        INVALID_MESSAGE = 0x04, "InvalidMessage", "Invalid Message", V1_0..;
        OPERATION_NOT_SUPPORTED = 0x05, "OperationNotSupported", "Operation Not Supported", V1_0..;
        MISSING_DATA = 0x06, "MissingData", "Missing Data", V1_0..;
        INVALID_FIELD = 0x07, "InvalidField", "Invalid Field", V1_0..;
        FEATURE_NOT_SUPPORTED = 0x08, "FeatureNotSupported", "Feature Not Supported", V1_0..;
        OPERATION_CANCELED_BY_REQUESTER = 0x09, "OperationCanceledByRequester", "Operation Canceled By Requester", V1_0..;
        CRYPTOGRAPHIC_FAILURE = 0x0A, "CryptographicFailure", "Cryptographic Failure", V1_0..;
        ILLEGAL_OPERATION = 0x0B, "IllegalOperation", "Illegal Operation", V1_0..=V1_4;
        PERMISSION_DENIED = 0x0C, "PermissionDenied", "Permission Denied", V1_0..;
        OBJECT_ARCHIVED = 0x0D, "ObjectArchived", "Object archived", V1_0..;
        INDEX_OUT_OF_BOUNDS = 0x0E, "IndexOutOfBounds" | "IndexOutofBounds", "Index Out of Bounds", V1_0..=V1_4;
        APPLICATION_NAMESPACE_NOT_SUPPORTED = 0x0F, "ApplicationNamespaceNotSupported", "Application Namespace Not Supported", V1_0..;
        KEY_FORMAT_TYPE_NOT_SUPPORTED = 0x10, "KeyFormatTypeNotSupported", "Key Format Type Not Supported", V1_0..;
        KEY_COMPRESSION_TYPE_NOT_SUPPORTED = 0x11, "KeyCompressionTypeNotSupported", "Key Compression Type Not Supported", V1_0..;
        ENCODING_OPTION_ERROR = 0x12, "EncodingOptionError", "Encoding Option Error", V1_1..;
        KEY_VALUE_NOT_PRESENT = 0x13, "KeyValueNotPresent", "Key Value Not Present", V1_2..;
        ATTESTATION_REQUIRED = 0x14, "AttestationRequired", "Attestation Required", V1_2..;
        ATTESTATION_FAILED = 0x15, "AttestationFailed", "Attestation Failed", V1_2..;
        SENSITIVE = 0x16, "Sensitive", "Sensitive", V1_4..;
        NOT_EXTRACTABLE = 0x17, "NotExtractable", "Not Extractable", V1_4..;
        OBJECT_ALREADY_EXISTS = 0x18, "ObjectAlreadyExists", "Object Already Exists", V1_4..;
        INVALID_TICKET = 0x19, "InvalidTicket", "Invalid Ticket", V2_0..;
        USAGE_LIMIT_EXCEEDED = 0x1A, "UsageLimitExceeded", "Usage Limit Exceeded", V2_0..;
        NUMERIC_RANGE = 0x1B, "NumericRange", "Numeric Range", V2_0..;
        INVALID_DATA_TYPE = 0x1C, "InvalidDataType", "Invalid Data Type", V2_0..;
        READ_ONLY_ATTRIBUTE = 0x1D, "ReadOnlyAttribute", "Read Only Attribute", V2_0..;
        MULTI_VALUED_ATTRIBUTE = 0x1E, "MultiValuedAttribute", "Multi Valued Attribute", V2_0..;
        UNSUPPORTED_ATTRIBUTE = 0x1F, "UnsupportedAttribute", "Unsupported Attribute", V2_0..;
        ATTRIBUTE_INSTANCE_NOT_FOUND = 0x20, "AttributeInstanceNotFound", "Attribute Instance Not Found", V2_0..;
        ATTRIBUTE_NOT_FOUND = 0x21, "AttributeNotFound", "Attribute Not Found", V2_0..;
        ATTRIBUTE_READ_ONLY = 0x22, "AttributeReadOnly", "Attribute Read Only", V2_0..;
        ATTRIBUTE_SINGLE_VALUED = 0x23, "AttributeSingleValued", "Attribute Single Valued", V2_0..;
        BAD_CRYPTOGRAPHIC_PARAMETERS = 0x24, "BadCryptographicParameters", "Bad Cryptographic Parameters", V2_0..;
        BAD_PASSWORD = 0x25, "BadPassword", "Bad Password", V2_0..;
        CODEC_ERROR = 0x26, "CodecError", "Codec Error", V2_0..;
        ILLEGAL_OBJECT_TYPE = 0x28, "IllegalObjectType", "Illegal Object Type", V2_0..;
        INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK = 0x29, "IncompatibleCryptographicUsageMask", "Incompatible Cryptographic Usage Mask", V2_0..;
        INTERNAL_SERVER_ERROR = 0x2A, "InternalServerError", "Internal Server Error", V2_0..;
        INVALID_ASYNCHRONOUS_CORRELATION_VALUE = 0x2B, "InvalidAsynchronousCorrelationValue", "Invalid Asynchronous Correlation Value", V2_0..;
        INVALID_ATTRIBUTE = 0x2C, "InvalidAttribute", "Invalid Attribute", V2_0..;
        INVALID_ATTRIBUTE_VALUE = 0x2D, "InvalidAttributeValue", "Invalid Attribute Value", V2_0..;
        INVALID_CORRELATION_VALUE = 0x2E, "InvalidCorrelationValue", "Invalid Correlation Value", V2_0..;
        INVALID_CSR = 0x2F, "InvalidCSR", "Invalid CSR", V2_0..;
        INVALID_OBJECT_TYPE = 0x30, "InvalidObjectType", "Invalid Object Type", V2_0..;
        KEY_WRAP_TYPE_NOT_SUPPORTED = 0x32, "KeyWrapTypeNotSupported", "Key Wrap Type Not Supported", V2_0..;
        MISSING_INITIALIZATION_VECTOR = 0x34, "MissingInitializationVector", "Missing Initialization Vector", V2_0..;
        NON_UNIQUE_NAME_ATTRIBUTE = 0x35, "NonUniqueNameAttribute", "Non Unique Name Attribute", V2_0..;
        OBJECT_DESTROYED = 0x36, "ObjectDestroyed", "Object Destroyed", V2_0..;
        OBJECT_NOT_FOUND = 0x37, "ObjectNotFound", "Object Not Found", V2_0..;
        NOT_AUTHORISED = 0x39, "NotAuthorised" | "NotAuthorized", "Not Authorised", V2_0..;
        SERVER_LIMIT_EXCEEDED = 0x3A, "ServerLimitExceeded", "Server Limit Exceeded", V2_0..;
        UNKNOWN_ENUMERATION = 0x3B, "UnknownEnumeration", "Unknown Enumeration", V2_0..;
        UNKNOWN_MESSAGE_EXTENSION = 0x3C, "UnknownMessageExtension", "Unknown Message Extension", V2_0..;
        UNKNOWN_TAG = 0x3D, "UnknownTag", "Unknown Tag", V2_0..;
        UNSUPPORTED_CRYPTOGRAPHIC_PARAMETERS = 0x3E, "UnsupportedCryptographicParameters", "Unsupported Cryptographic Parameters", V2_0..;
        UNSUPPORTED_PROTOCOL_VERSION = 0x3F, "UnsupportedProtocolVersion", "Unsupported Protocol Version", V2_0..;
        WRAPPING_OBJECT_ARCHIVED = 0x40, "WrappingObjectArchived", "Wrapping Object Archived", V2_0..;
        WRAPPING_OBJECT_DESTROYED = 0x41, "WrappingObjectDestroyed", "Wrapping Object Destroyed", V2_0..;
        WRAPPING_OBJECT_NOT_FOUND = 0x42, "WrappingObjectNotFound", "Wrapping Object Not Found", V2_0..;
        WRONG_KEY_LIFECYCLE_STATE = 0x43, "WrongKeyLifecycleState", "Wrong Key Lifecycle State", V2_0..;
        PROTECTION_STORAGE_UNAVAILABLE = 0x44, "ProtectionStorageUnavailable", "Protection Storage Unavailable", V2_0..;
        PKCS_11_CODEC_ERROR = 0x45, "PKCS_11CodecError", "PKCS#11 Codec Error", V2_0..;
        PKCS_11_INVALID_FUNCTION = 0x46, "PKCS_11InvalidFunction", "PKCS#11 Invalid Function", V2_0..;
        PKCS_11_INVALID_INTERFACE = 0x47, "PKCS_11InvalidInterface", "PKCS#11 Invalid Interface", V2_0..;
        PRIVATE_PROTECTION_STORAGE_UNAVAILABLE = 0x48, "PrivateProtectionStorageUnavailable", "Private Protection Storage Unavailable", V2_0..;
        PUBLIC_PROTECTION_STORAGE_UNAVAILABLE = 0x49, "PublicProtectionStorageUnavailable", "Public Protection Storage Unavailable", V2_0..;
        UNKNOWN_OBJECT_GROUP = 0x4A, "UnknownObjectGroup", "Unknown Object Group", V2_1..=V2_1;
        CONSTRAINT_VIOLATION = 0x4B, "ConstraintViolation", "Constraint Violation", V2_1..;
        DUPLICATE_PROCESS_REQUEST = 0x4C, "DuplicateProcessRequest", "Duplicate Process Request", V2_1..;
        CIRCULAR_LINK_ERROR = 0x4D, "CircularLinkError", "Circular Link Error", V3_0..;
        GENERAL_FAILURE = 0x100, "GeneralFailure", "General Failure", V1_0..;
    }
}

ttlv_enum! {
    /// The outcome of a request to cancel (KMIP 2.1, 11.7).
    pub enum CancellationResult = "Cancellation Result" {
        CANCELED = 0x01, "Canceled", "Canceled", V1_0..;
        UNABLE_TO_CANCEL = 0x02, "UnableToCancel", "Unable to Cancel", V1_0..;
        COMPLETED = 0x03, "Completed", "Completed", V1_0..;
        FAILED = 0x04, "Failed", "Failed", V1_0..;
        UNAVAILABLE = 0x05, "Unavailable", "Unavailable", V1_0..;
    }
}
