//! Enumerations of requests and their parts, apart from the operation and the result.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// The server's handling of the rest of a batch after an item failed (KMIP 2.1, 11.5).
    pub enum BatchErrorContinuationOption = "Batch Error Continuation Option" {
        CONTINUE = 0x01, "Continue", "Continue", V1_0..;
        STOP = 0x02, "Stop", "Stop", V1_0..;
        UNDO = 0x03, "Undo", "Undo", V1_0..;
    }
}

ttlv_enum! {
    /// The client's consent to an asynchronous response: the server may or must answer later (KMIP 2.1, 11.3).
    ///
    /// Up to KMIP 1.4 the item of this name is a Boolean.
    pub enum AsynchronousIndicator = "Asynchronous Indicator" {
        MANDATORY = 0x01, "Mandatory", "Mandatory", V2_0..;
        OPTIONAL = 0x02, "Optional", "Optional", V2_0..;
        PROHIBITED = 0x03, "Prohibited", "Prohibited", V2_0..;
    }
}

ttlv_enum! {
    /// The progress of an asynchronous request (KMIP 2.1, 11.40).
    pub enum ProcessingStage = "Processing Stage" {
        SUBMITTED = 0x01, "Submitted", "Submitted", V2_1..;
        IN_PROCESS = 0x02, "InProcess", "In Process", V2_1..;
        COMPLETED = 0x03, "Completed", "Completed", V2_1..;
    }
}

ttlv_enum! {
    /// The kind of a credential that identifies a client, beside its certificate (KMIP 2.1, 11.11).
    pub enum CredentialType = "Credential Type" {
        USERNAME_AND_PASSWORD = 0x01, "UsernameAndPassword", "Username and Password", V1_0..;
        DEVICE = 0x02, "Device", "Device", V1_1..;
        ATTESTATION = 0x03, "Attestation", "Attestation", V1_2..;
        ONE_TIME_PASSWORD = 0x04, "OneTimePassword", "One Time Password", V2_0..;
        HASHED_PASSWORD = 0x05, "HashedPassword", "Hashed Password", V2_0..;
        TICKET = 0x06, "Ticket", "Ticket", V2_0..;
        PASSWORD = 0x07, "Password", "Password", V3_0..;
        CERTIFICATE = 0x08, "Certificate", "Certificate", V3_0..;
    }
}

ttlv_enum! {
    /// The kind of a ticket that a server issued (KMIP 2.1, 11.57).
    pub enum TicketType = "Ticket Type" {
        LOGIN = 0x01, "Login", "Login", V2_0..;
    }
}

ttlv_enum! {
    /// The kind of evidence for the state of a client (KMIP 2.1, 11.4).
    pub enum AttestationType = "Attestation Type" {
        TPM_QUOTE = 0x01, "TPMQuote", "TPM Quote", V1_2..;
        TCG_INTEGRITY_REPORT = 0x02, "TCGIntegrityReport", "TCG Integrity Report", V1_2..;
        SAML_ASSERTION = 0x03, "SAMLAssertion", "SAML Assertion", V1_2..;
    }
}

ttlv_enum! {
    /// An identifier given by reference to an earlier operation of the same batch: "the one that it returned" (KMIP
    /// 2.1, 11.58).
    ///
    /// The specification calls this the Unique Identifier Enumeration. The type is named apart from the identifiers
    /// themselves, which are text: since KMIP 2.0 the item Unique Identifier is one or the other.
    pub enum UniqueIdentifierPlaceholder = "Unique Identifier" {
        ID_PLACEHOLDER = 0x01, "IDPlaceholder", "ID Placeholder", V2_0..;
        CERTIFY = 0x02, "Certify", "Certify", V2_0..;
        CREATE = 0x03, "Create", "Create", V2_0..;
        CREATE_KEY_PAIR = 0x04, "CreateKeyPair", "Create Key Pair", V2_0..;
        CREATE_KEY_PAIR_PRIVATE_KEY = 0x05, "CreateKeyPairPrivateKey", "Create Key Pair Private Key", V2_0..;
        CREATE_KEY_PAIR_PUBLIC_KEY = 0x06, "CreateKeyPairPublicKey", "Create Key Pair Public Key", V2_0..;
        CREATE_SPLIT_KEY = 0x07, "CreateSplitKey", "Create Split Key", V2_0..;
        DERIVE_KEY = 0x08, "DeriveKey", "Derive Key", V2_0..;
        IMPORT = 0x09, "Import", "Import", V2_0..;
        JOIN_SPLIT_KEY = 0x0A, "JoinSplitKey", "Join Split Key", V2_0..;
        LOCATE = 0x0B, "Locate", "Locate", V2_0..;
        REGISTER = 0x0C, "Register", "Register", V2_0..;
        RE_KEY = 0x0D, "ReKey", "Re-key", V2_0..;
        RE_CERTIFY = 0x0E, "ReCertify", "Re-certify", V2_0..;
        RE_KEY_KEY_PAIR = 0x0F, "ReKeyKeyPair", "Re-key Key Pair", V2_0..;
        RE_KEY_KEY_PAIR_PRIVATE_KEY = 0x10, "ReKeyKeyPairPrivateKey", "Re-key Key Pair Private Key", V2_0..;
        RE_KEY_KEY_PAIR_PUBLIC_KEY = 0x11, "ReKeyKeyPairPublicKey", "Re-key Key Pair Public Key", V2_0..;
        RE_PROVISION = 0x12, "ReProvision", "Re-Provision", V3_0..;
        CREATE_USER = 0x13, "CreateUser", "Create User", V3_0..;
        CREATE_GROUP = 0x14, "CreateGroup", "Create Group", V3_0..;
        CREATE_CREDENTIAL = 0x15, "CreateCredential", "Create Credential", V3_0..;
    }
}

ttlv_enum! {
    /// Data given by reference to an earlier operation of the same batch: "the data that it returned" (KMIP 2.1,
    /// 11.13).
    ///
    /// The specification calls this the Data Enumeration. The type is named apart from the data themselves, which are
    /// bytes: since KMIP 2.0 the item Data is one or the other.
    pub enum DataPlaceholder = "Data" {
        DECRYPT = 0x01, "Decrypt", "Decrypt", V2_0..;
        ENCRYPT = 0x02, "Encrypt", "Encrypt", V2_0..;
        HASH = 0x03, "Hash", "Hash", V2_0..;
        MAC_MAC_DATA = 0x04, "MACMACData", "MAC MAC Data", V2_0..;
        RNG_RETRIEVE = 0x05, "RNGRetrieve", "RNG Retrieve", V2_0..;
        SIGN_SIGNATURE_DATA = 0x06, "SignSignatureData", "Sign Signature Data", V2_0..;
        SIGNATURE_VERIFY = 0x07, "SignatureVerify", "Signature Verify", V2_0..;
    }
}

ttlv_enum! {
    /// The part of the response that the server should omit (KMIP 3.0).
    ///
    /// In KMIP 2.x the item of this name is a Boolean.
    pub enum Ephemeral = "Ephemeral" {
        DATA = 0x01, "Data", "Data", V3_0..;
        EMPTY = 0x02, "Empty", "Empty", V3_0..;
        UNIQUE_IDENTIFIER = 0x03, "UniqueIdentifier", "Unique Identifier", V3_0..;
    }
}

ttlv_enum! {
    /// A kind of information that Query asks for (KMIP 2.1, 11.44).
    pub enum QueryFunction = "Query Function" {
        QUERY_OPERATIONS = 0x01, "QueryOperations", "Query Operations", V1_0..;
        QUERY_OBJECTS = 0x02, "QueryObjects", "Query Objects", V1_0..;
        QUERY_SERVER_INFORMATION = 0x03, "QueryServerInformation", "Query Server Information", V1_0..;
        QUERY_APPLICATION_NAMESPACES = 0x04, "QueryApplicationNamespaces", "Query Application Namespaces", V1_0..;
        QUERY_EXTENSION_LIST = 0x05, "QueryExtensionList", "Query Extension List", V1_1..;
        QUERY_EXTENSION_MAP = 0x06, "QueryExtensionMap", "Query Extension Map", V1_1..;
        QUERY_ATTESTATION_TYPES = 0x07, "QueryAttestationTypes", "Query Attestation Types", V1_2..;
        QUERY_RNGS = 0x08, "QueryRNGs", "Query RNGs", V1_3..;
        QUERY_VALIDATIONS = 0x09, "QueryValidations", "Query Validations", V1_3..;
        QUERY_PROFILES = 0x0A, "QueryProfiles", "Query Profiles", V1_3..;
        QUERY_CAPABILITIES = 0x0B, "QueryCapabilities", "Query Capabilities", V1_3..;
        QUERY_CLIENT_REGISTRATION_METHODS = 0x0C, "QueryClientRegistrationMethods", "Query Client Registration Methods", V1_3..;
        QUERY_DEFAULTS_INFORMATION = 0x0D, "QueryDefaultsInformation", "Query Defaults Information", V2_0..;
        QUERY_STORAGE_PROTECTION_MASKS = 0x0E, "QueryStorageProtectionMasks", "Query Storage Protection Masks", V2_0..;
        QUERY_CREDENTIAL_INFORMATION = 0x0F, "QueryCredentialInformation", "Query Credential Information", V3_0..;
    }
}

ttlv_enum! {
    /// The status of an object that the server pushes: new, or a replacement (KMIP 2.1, 11.43).
    pub enum PutFunction = "Put Function" {
        NEW = 0x01, "New", "New", V1_0..;
        REPLACE = 0x02, "Replace", "Replace", V1_0..;
    }
}

ttlv_enum! {
    /// The change that Adjust Attribute makes to a value (KMIP 2.1, 11.1).
    pub enum AdjustmentType = "Adjustment Type" {
        INCREMENT = 0x01, "Increment", "Increment", V2_0..;
        DECREMENT = 0x02, "Decrement", "Decrement", V2_0..;
        NEGATE = 0x03, "Negate", "Negate", V2_0..;
    }
}

ttlv_enum! {
    /// The end of the connection that sends requests (KMIP 2.1, 11.19).
    pub enum EndpointRole = "Endpoint Role" {
        CLIENT = 0x01, "Client", "Client", V2_0..;
        SERVER = 0x02, "Server", "Server", V2_0..;
    }
}

ttlv_enum! {
    /// An instruction of a conformance test to the server (KMIP 2.1, 11.22).
    pub enum InteropFunction = "Interop Function" {
        BEGIN = 0x01, "Begin", "Begin", V2_0..;
        END = 0x02, "End", "End", V2_0..;
        RESET = 0x03, "Reset", "Reset", V2_0..;
    }
}

ttlv_enum! {
    /// The PKCS#11 function to call: its position in `CK_FUNCTION_LIST`, counted from 1 (KMIP 2.1, 11.38).
    ///
    /// KMIP has no table of them; the rows are those that its test cases name.
    pub enum Pkcs11Function = "PKCS#11 Function" {
        C_INITIALIZE = 0x01, "C_Initialize", "C_Initialize", V2_0..;
        C_FINALIZE = 0x02, "C_Finalize", "C_Finalize", V2_0..;
        C_GET_INFO = 0x03, "C_GetInfo", "C_GetInfo", V2_0..;
    }
}

ttlv_enum! {
    /// The return value of a PKCS#11 function, a `CK_RV` (KMIP 2.1, 11.39).
    ///
    /// KMIP has no table of them; the row is the one that its test cases name.
    pub enum Pkcs11ReturnCode = "PKCS#11 Return Code" {
        OK = 0x00, "OK", "OK", V2_0..;
    }
}

ttlv_enum! {
    /// The item type of an extension, stated as a value in a message (KMIP 2.1, 11.23).
    ///
    /// The type byte of an item on the wire is a closed set and a type of its own.
    pub enum ItemType = "Item Type" {
        STRUCTURE = 0x01, "Structure", "Structure", V2_0..;
        INTEGER = 0x02, "Integer", "Integer", V2_0..;
        LONG_INTEGER = 0x03, "LongInteger", "Long Integer", V2_0..;
        BIG_INTEGER = 0x04, "BigInteger", "Big Integer", V2_0..;
        ENUMERATION = 0x05, "Enumeration", "Enumeration", V2_0..;
        BOOLEAN = 0x06, "Boolean", "Boolean", V2_0..;
        TEXT_STRING = 0x07, "TextString", "Text String", V2_0..;
        BYTE_STRING = 0x08, "ByteString", "Byte String", V2_0..;
        DATE_TIME = 0x09, "DateTime", "Date Time", V2_0..;
        INTERVAL = 0x0A, "Interval", "Interval", V2_0..;
        DATE_TIME_EXTENDED = 0x0B, "DateTimeExtended", "Date Time Extended", V2_0..;
        IDENTIFIER = 0x0C, "Identifier", "Identifier", V3_0..;
        REFERENCE = 0x0D, "Reference", "Reference", V3_0..;
        NAME_REFERENCE = 0x0E, "NameReference", "Name Reference", V3_0..;
    }
}
