//! Enumerations by which a server describes itself in reply to Query.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// The procedure by which clients register with the server (KMIP 2.1, 11.10).
    pub enum ClientRegistrationMethod = "Client Registration Method" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        SERVER_PRE_GENERATED = 0x02, "ServerPreGenerated", "Server Pre-Generated", V1_3..;
        SERVER_ON_DEMAND = 0x03, "ServerOnDemand", "Server On-Demand", V1_3..;
        CLIENT_GENERATED = 0x04, "ClientGenerated", "Client Generated", V1_3..;
        CLIENT_REGISTERED = 0x05, "ClientRegistered", "Client Registered", V1_3..;
    }
}

ttlv_enum! {
    /// The effect of Destroy on an object (KMIP 2.1, 11.15).
    pub enum DestroyAction = "Destroy Action" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        KEY_MATERIAL_DELETED = 0x02, "KeyMaterialDeleted", "Key Material Deleted", V1_3..;
        KEY_MATERIAL_SHREDDED = 0x03, "KeyMaterialShredded", "Key Material Shredded", V1_3..;
        META_DATA_DELETED = 0x04, "MetaDataDeleted", "Meta Data Deleted", V1_3..;
        META_DATA_SHREDDED = 0x05, "MetaDataShredded", "Meta Data Shredded", V1_3..;
        DELETED = 0x06, "Deleted", "Deleted", V1_3..;
        SHREDDED = 0x07, "Shredded", "Shredded", V1_3..;
    }
}

ttlv_enum! {
    /// The algorithm that shreds key material (KMIP 2.1, 11.53).
    pub enum ShreddingAlgorithm = "Shredding Algorithm" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        CRYPTOGRAPHIC = 0x02, "Cryptographic", "Cryptographic", V1_3..;
        UNSUPPORTED = 0x03, "Unsupported", "Unsupported", V1_3..;
    }
}

ttlv_enum! {
    /// The server's treatment of a wrapped key that is registered (KMIP 2.1, 11.59).
    pub enum UnwrapMode = "Unwrap Mode" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        PROCESSED = 0x02, "Processed", "Processed", V1_3..;
        NOT_PROCESSED = 0x03, "NotProcessed", "Not Processed", V1_3..;
    }
}

ttlv_enum! {
    /// The authority that validated the server (KMIP 2.1, 11.63).
    pub enum ValidationAuthorityType = "Validation Authority Type" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        NIST_CMVP = 0x02, "NISTCMVP", "NIST CMVP", V1_3..;
        COMMON_CRITERIA = 0x03, "CommonCriteria", "Common Criteria", V1_3..;
    }
}

ttlv_enum! {
    /// The aspect of the server that was validated (KMIP 2.1, 11.64).
    pub enum ValidationType = "Validation Type" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        HARDWARE = 0x02, "Hardware", "Hardware", V1_3..;
        SOFTWARE = 0x03, "Software", "Software", V1_3..;
        FIRMWARE = 0x04, "Firmware", "Firmware", V1_3..;
        HYBRID = 0x05, "Hybrid", "Hybrid", V1_3..;
    }
}
