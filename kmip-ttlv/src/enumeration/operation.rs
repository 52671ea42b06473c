//! The operations.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// An operation, as named by a batch item (KMIP 2.1, 11.36).
    ///
    /// The specification calls this the Operation Enumeration.
    pub enum OperationCode = "Operation" {
        CREATE = 0x01, "Create", "Create", V1_0..;
        CREATE_KEY_PAIR = 0x02, "CreateKeyPair", "Create Key Pair", V1_0..;
        REGISTER = 0x03, "Register", "Register", V1_0..;
        RE_KEY = 0x04, "ReKey", "Re-key", V1_0..;
        DERIVE_KEY = 0x05, "DeriveKey", "Derive Key", V1_0..;
        CERTIFY = 0x06, "Certify", "Certify", V1_0..;
        RE_CERTIFY = 0x07, "ReCertify", "Re-certify", V1_0..;
        LOCATE = 0x08, "Locate", "Locate", V1_0..;
        CHECK = 0x09, "Check", "Check", V1_0..;
        GET = 0x0A, "Get", "Get", V1_0..;
        GET_ATTRIBUTES = 0x0B, "GetAttributes", "Get Attributes", V1_0..;
        GET_ATTRIBUTE_LIST = 0x0C, "GetAttributeList", "Get Attribute List", V1_0..;
        ADD_ATTRIBUTE = 0x0D, "AddAttribute", "Add Attribute", V1_0..;
        MODIFY_ATTRIBUTE = 0x0E, "ModifyAttribute", "Modify Attribute", V1_0..;
        DELETE_ATTRIBUTE = 0x0F, "DeleteAttribute", "Delete Attribute", V1_0..;
        OBTAIN_LEASE = 0x10, "ObtainLease", "Obtain Lease", V1_0..;
        GET_USAGE_ALLOCATION = 0x11, "GetUsageAllocation", "Get Usage Allocation", V1_0..;
        ACTIVATE = 0x12, "Activate", "Activate", V1_0..;
        REVOKE = 0x13, "Revoke", "Revoke", V1_0..;
        DESTROY = 0x14, "Destroy", "Destroy", V1_0..;
        ARCHIVE = 0x15, "Archive", "Archive", V1_0..;
        RECOVER = 0x16, "Recover", "Recover", V1_0..;
        VALIDATE = 0x17, "Validate", "Validate", V1_0..;
        QUERY = 0x18, "Query", "Query", V1_0..;
        CANCEL = 0x19, "Cancel", "Cancel", V1_0..;
        POLL = 0x1A, "Poll", "Poll", V1_0..;
        NOTIFY = 0x1B, "Notify", "Notify", V1_0..;
        PUT = 0x1C, "Put", "Put", V1_0..;
        RE_KEY_KEY_PAIR = 0x1D, "ReKeyKeyPair", "Re-key Key Pair", V1_1..;
        DISCOVER_VERSIONS = 0x1E, "DiscoverVersions", "Discover Versions", V1_1..;
        ENCRYPT = 0x1F, "Encrypt", "Encrypt", V1_2..;
        DECRYPT = 0x20, "Decrypt", "Decrypt", V1_2..;
        SIGN = 0x21, "Sign", "Sign", V1_2..;
        SIGNATURE_VERIFY = 0x22, "SignatureVerify", "Signature Verify", V1_2..;
        MAC = 0x23, "MAC", "MAC", V1_2..;
        MAC_VERIFY = 0x24, "MACVerify", "MAC Verify", V1_2..;
        RNG_RETRIEVE = 0x25, "RNGRetrieve", "RNG Retrieve", V1_2..;
        RNG_SEED = 0x26, "RNGSeed", "RNG Seed", V1_2..;
        HASH = 0x27, "Hash", "Hash", V1_2..;
        CREATE_SPLIT_KEY = 0x28, "CreateSplitKey", "Create Split Key", V1_2..;
        JOIN_SPLIT_KEY = 0x29, "JoinSplitKey", "Join Split Key", V1_2..;
        IMPORT = 0x2A, "Import", "Import", V1_4..;
        EXPORT = 0x2B, "Export", "Export", V1_4..;
        LOG = 0x2C, "Log", "Log", V2_0..;
        LOGIN = 0x2D, "Login", "Login", V2_0..;
        LOGOUT = 0x2E, "Logout", "Logout", V2_0..;
        DELEGATED_LOGIN = 0x2F, "DelegatedLogin", "Delegated Login", V2_0..;
        ADJUST_ATTRIBUTE = 0x30, "AdjustAttribute", "Adjust Attribute", V2_0..;
        SET_ATTRIBUTE = 0x31, "SetAttribute", "Set Attribute", V2_0..;
        SET_ENDPOINT_ROLE = 0x32, "SetEndpointRole", "Set Endpoint Role", V2_0..;
        PKCS_11 = 0x33, "PKCS_11", "PKCS#11", V2_0..;
        INTEROP = 0x34, "Interop", "Interop", V2_0..;
        RE_PROVISION = 0x35, "ReProvision", "Re-Provision", V2_0..;
        SET_DEFAULTS = 0x36, "SetDefaults", "Set Defaults", V2_1..;
        SET_CONSTRAINTS = 0x37, "SetConstraints", "Set Constraints", V2_1..;
        GET_CONSTRAINTS = 0x38, "GetConstraints", "Get Constraints", V2_1..;
        QUERY_ASYNCHRONOUS_REQUESTS = 0x39, "QueryAsynchronousRequests", "Query Asynchronous Requests", V2_1..;
        PROCESS = 0x3A, "Process", "Process", V2_1..;
        PING = 0x3B, "Ping", "Ping", V2_1..;
        CREATE_GROUP = 0x3C, "CreateGroup", "Create Group", V3_0..;
        OBLITERATE = 0x3D, "Obliterate", "Obliterate", V3_0..;
        CREATE_USER = 0x3E, "CreateUser", "Create User", V3_0..;
        CREATE_CREDENTIAL = 0x3F, "CreateCredential", "Create Credential", V3_0..;
        DEACTIVATE = 0x40, "Deactivate", "Deactivate", V3_0..;
    }
}
