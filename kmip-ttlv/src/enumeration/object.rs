//! Enumerations about managed objects: their kinds, states, names and links.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// The kind of a managed object (KMIP 2.1, 11.34).
    pub enum ObjectType = "Object Type" {
        CERTIFICATE = 0x01, "Certificate", "Certificate", V1_0..;
        SYMMETRIC_KEY = 0x02, "SymmetricKey", "Symmetric Key", V1_0..;
        PUBLIC_KEY = 0x03, "PublicKey", "Public Key", V1_0..;
        PRIVATE_KEY = 0x04, "PrivateKey", "Private Key", V1_0..;
        SPLIT_KEY = 0x05, "SplitKey", "Split Key", V1_0..;
        TEMPLATE = 0x06, "Template", "Template", V1_0..=V1_4;
        SECRET_DATA = 0x07, "SecretData", "Secret Data", V1_0..;
        OPAQUE_OBJECT = 0x08, "OpaqueObject", "Opaque Object", V1_0..;
        PGP_KEY = 0x09, "PGPKey", "PGP Key", V1_2..;
        CERTIFICATE_REQUEST = 0x0A, "CertificateRequest", "Certificate Request", V2_0..;
        USER = 0x0B, "User", "User", V3_0..;
        GROUP = 0x0C, "Group", "Group", V3_0..;
        PASSWORD_CREDENTIAL = 0x0D, "PasswordCredential", "Password Credential", V3_0..;
        DEVICE_CREDENTIAL = 0x0E, "DeviceCredential", "Device Credential", V3_0..;
        ONE_TIME_PASSWORD_CREDENTIAL = 0x0F, "OneTimePasswordCredential", "One Time Password Credential", V3_0..;
        HASHED_PASSWORD_CREDENTIAL = 0x10, "HashedPasswordCredential", "Hashed Password Credential", V3_0..;
    }
}

ttlv_enum! {
    /// The class of an object: of users, or of the system itself (KMIP 3.0).
    pub enum ObjectClass = "Object Class" {
        USER = 0x01, "User", "User", V3_0..;
        SYSTEM = 0x02, "System", "System", V3_0..;
    }
}

ttlv_enum! {
    /// The state of a managed object in its life cycle (KMIP 2.1, 11.55).
    pub enum State = "State" {
        PRE_ACTIVE = 0x01, "PreActive", "Pre-Active", V1_0..;
        ACTIVE = 0x02, "Active", "Active", V1_0..;
        DEACTIVATED = 0x03, "Deactivated", "Deactivated", V1_0..;
        COMPROMISED = 0x04, "Compromised", "Compromised", V1_0..;
        DESTROYED = 0x05, "Destroyed", "Destroyed", V1_0..;
        DESTROYED_COMPROMISED = 0x06, "DestroyedCompromised", "Destroyed Compromised", V1_0..;
    }
}

ttlv_enum! {
    /// The reason for revoking an object (KMIP 2.1, 11.48).
    pub enum RevocationReasonCode = "Revocation Reason Code" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_0..;
        KEY_COMPROMISE = 0x02, "KeyCompromise", "Key Compromise", V1_0..;
        CA_COMPROMISE = 0x03, "CACompromise", "CA Compromise", V1_0..;
        AFFILIATION_CHANGED = 0x04, "AffiliationChanged", "Affiliation Changed", V1_0..;
        SUPERSEDED = 0x05, "Superseded", "Superseded", V1_0..;
        CESSATION_OF_OPERATION = 0x06, "CessationOfOperation", "Cessation of Operation", V1_0..;
        PRIVILEGE_WITHDRAWN = 0x07, "PrivilegeWithdrawn", "Privilege Withdrawn", V1_0..;
    }
}

ttlv_enum! {
    /// The reason for deactivating an object (KMIP 3.0).
    pub enum DeactivationReasonCode = "Deactivation Reason Code" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V3_0..;
        DEACTIVATION_DATE = 0x02, "DeactivationDate", "Deactivation Date", V3_0..;
        PROTECT_STOP_DATE = 0x03, "ProtectStopDate", "Protect Stop Date", V3_0..;
        USAGE_LIMIT = 0x04, "UsageLimit", "Usage Limit", V3_0..;
    }
}

ttlv_enum! {
    /// The kind of a secret that is not a key (KMIP 2.1, 11.52).
    pub enum SecretDataType = "Secret Data Type" {
        PASSWORD = 0x01, "Password", "Password", V1_0..;
        SEED = 0x02, "Seed", "Seed", V1_0..;
    }
}

ttlv_enum! {
    /// The kind of an opaque object (KMIP 2.1, 11.35).
    ///
    /// The specification names no value: all of them are vendors'.
    pub enum OpaqueDataType = "Opaque Data Type" {
    }
}

ttlv_enum! {
    /// The kind of a certificate (KMIP 2.1, 11.9).
    pub enum CertificateType = "Certificate Type" {
        X_509 = 0x01, "X_509", "X.509", V1_0..;
        PGP = 0x02, "PGP", "PGP", V1_0..;
    }
}

ttlv_enum! {
    /// The format of a certificate request (KMIP 2.1, 11.8).
    pub enum CertificateRequestType = "Certificate Request Type" {
        CRMF = 0x01, "CRMF", "CRMF", V1_0..;
        PKCS_10 = 0x02, "PKCS_10", "PKCS#10", V1_0..;
        PEM = 0x03, "PEM", "PEM", V1_0..;
        PGP = 0x04, "PGP", "PGP", V1_0..=V1_4;
    }
}

ttlv_enum! {
    /// The kind of a name (KMIP 2.1, 11.31).
    pub enum NameType = "Name Type" {
        UNINTERPRETED_TEXT_STRING = 0x01, "UninterpretedTextString", "Uninterpreted Text String", V1_0..=V2_1;
        URI = 0x02, "URI", "URI", V1_0..=V2_1;
    }
}

ttlv_enum! {
    /// The kind of an alternative name (KMIP 2.1, 11.2).
    pub enum AlternativeNameType = "Alternative Name Type" {
        UNINTERPRETED_TEXT_STRING = 0x01, "UninterpretedTextString", "Uninterpreted Text String", V1_2..;
        URI = 0x02, "URI", "URI", V1_2..;
        OBJECT_SERIAL_NUMBER = 0x03, "ObjectSerialNumber", "Object Serial Number", V1_2..;
        EMAIL_ADDRESS = 0x04, "EmailAddress", "Email Address", V1_2..;
        DNS_NAME = 0x05, "DNSName", "DNS Name", V1_2..;
        X_500_DISTINGUISHED_NAME = 0x06, "X_500DistinguishedName", "X.500 Distinguished Name", V1_2..;
        IP_ADDRESS = 0x07, "IPAddress", "IP Address", V1_2..;
    }
}

ttlv_enum! {
    /// The kind of the name of a series of rotated objects (KMIP 2.1, 11.51).
    pub enum RotateNameType = "Rotate Name Type" {
        UNINTERPRETED_TEXT_STRING = 0x01, "UninterpretedTextString", "Uninterpreted Text String", V2_1..=V2_1;
        URI = 0x02, "URI", "URI", V2_1..=V2_1;
    }
}

ttlv_enum! {
    /// The relation of one object to another (KMIP 2.1, 11.28).
    ///
    /// KMIP 3.0 has an attribute for each kind of link instead.
    pub enum LinkType = "Link Type" {
        CERTIFICATE_LINK = 0x101, "CertificateLink", "Certificate Link", V1_0..=V2_1;
        PUBLIC_KEY_LINK = 0x102, "PublicKeyLink", "Public Key Link", V1_0..=V2_1;
        PRIVATE_KEY_LINK = 0x103, "PrivateKeyLink", "Private Key Link", V1_0..=V2_1;
        DERIVATION_BASE_OBJECT_LINK = 0x104, "DerivationBaseObjectLink", "Derivation Base Object Link", V1_0..=V2_1;
        DERIVED_KEY_LINK = 0x105, "DerivedKeyLink", "Derived Key Link", V1_0..=V2_1;
        REPLACEMENT_OBJECT_LINK = 0x106, "ReplacementObjectLink", "Replacement Object Link", V1_0..=V2_1;
        REPLACED_OBJECT_LINK = 0x107, "ReplacedObjectLink", "Replaced Object Link", V1_0..=V2_1;
        PARENT_LINK = 0x108, "ParentLink", "Parent Link", V1_2..=V2_1;
        CHILD_LINK = 0x109, "ChildLink", "Child Link", V1_2..=V2_1;
        PREVIOUS_LINK = 0x10A, "PreviousLink", "Previous Link", V1_2..=V2_1;
        NEXT_LINK = 0x10B, "NextLink", "Next Link", V1_2..=V2_1;
        PKCS_12_CERTIFICATE_LINK = 0x10C, "PKCS_12CertificateLink", "PKCS#12 Certificate Link", V1_4..=V2_1;
        PKCS_12_PASSWORD_LINK = 0x10D, "PKCS_12PasswordLink", "PKCS#12 Password Link", V1_4..=V2_1;
        WRAPPING_KEY_LINK = 0x10E, "WrappingKeyLink", "Wrapping Key Link", V2_0..=V2_1;
    }
}

ttlv_enum! {
    /// The member of an object group that Locate selects (KMIP 2.1, 11.33).
    pub enum ObjectGroupMember = "Object Group Member" {
        GROUP_MEMBER_FRESH = 0x01, "GroupMemberFresh", "Group Member Fresh", V1_1..=V2_1;
        GROUP_MEMBER_DEFAULT = 0x02, "GroupMemberDefault", "Group Member Default", V1_1..=V2_1;
    }
}

ttlv_enum! {
    /// The unit that usage limits count (KMIP 2.1, 11.60).
    pub enum UsageLimitsUnit = "Usage Limits Unit" {
        BYTE = 0x01, "Byte", "Byte", V1_0..;
        OBJECT = 0x02, "Object", "Object", V1_0..;
    }
}

ttlv_enum! {
    /// The verdict of Validate, MAC Verify or Signature Verify (KMIP 2.1, 11.61).
    pub enum ValidityIndicator = "Validity Indicator" {
        VALID = 0x01, "Valid", "Valid", V1_0..;
        INVALID = 0x02, "Invalid", "Invalid", V1_0..;
        UNKNOWN = 0x03, "Unknown", "Unknown", V1_0..;
    }
}
