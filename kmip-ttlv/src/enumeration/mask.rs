//! The masks: sets of bits, an Integer on the wire.

use crate::ttlv_mask;
use crate::version::*;

ttlv_mask! {
    /// The permitted uses of a key (KMIP 2.1, 12.1).
    pub struct CryptographicUsageMask = "Cryptographic Usage Mask" {
        SIGN = 0x01, "Sign", "Sign", V1_0..;
        VERIFY = 0x02, "Verify", "Verify", V1_0..;
        ENCRYPT = 0x04, "Encrypt", "Encrypt", V1_0..;
        DECRYPT = 0x08, "Decrypt", "Decrypt", V1_0..;
        WRAP_KEY = 0x10, "WrapKey", "Wrap Key", V1_0..;
        UNWRAP_KEY = 0x20, "UnwrapKey", "Unwrap Key", V1_0..;
        EXPORT = 0x40, "Export", "Export", V1_0..=V1_4;
        MAC_GENERATE = 0x80, "MACGenerate", "MAC Generate", V1_0..;
        MAC_VERIFY = 0x100, "MACVerify", "MAC Verify", V1_0..;
        DERIVE_KEY = 0x200, "DeriveKey", "Derive Key", V1_0..;
        CONTENT_COMMITMENT_NON_REPUDIATION = 0x400, "ContentCommitmentNonRepudiation" | "ContentCommitment", "Content Commitment (Non Repudiation)", V1_0..=V1_4;
        KEY_AGREEMENT = 0x800, "KeyAgreement", "Key Agreement", V1_0..;
        CERTIFICATE_SIGN = 0x1000, "CertificateSign", "Certificate Sign", V1_0..;
        CRL_SIGN = 0x2000, "CRLSign", "CRL Sign", V1_0..;
        GENERATE_CRYPTOGRAM = 0x4000, "GenerateCryptogram", "Generate Cryptogram", V1_0..=V1_4;
        VALIDATE_CRYPTOGRAM = 0x8000, "ValidateCryptogram", "Validate Cryptogram", V1_0..=V1_4;
        TRANSLATE_ENCRYPT = 0x10000, "TranslateEncrypt", "Translate Encrypt", V1_0..=V1_4;
        TRANSLATE_DECRYPT = 0x20000, "TranslateDecrypt", "Translate Decrypt", V1_0..=V1_4;
        TRANSLATE_WRAP = 0x40000, "TranslateWrap", "Translate Wrap", V1_0..=V1_4;
        TRANSLATE_UNWRAP = 0x80000, "TranslateUnwrap", "Translate Unwrap", V1_0..=V1_4;
        AUTHENTICATE = 0x100000, "Authenticate", "Authenticate", V2_0..;
        UNRESTRICTED = 0x200000, "Unrestricted", "Unrestricted", V2_0..;
        FPE_ENCRYPT = 0x400000, "FPEEncrypt", "FPE Encrypt", V2_0..;
        FPE_DECRYPT = 0x800000, "FPEDecrypt", "FPE Decrypt", V2_0..;
    }
}

ttlv_mask! {
    /// The storage that Locate searches for objects (KMIP 2.1, 12.3).
    pub struct StorageStatusMask = "Storage Status Mask" {
        ON_LINE_STORAGE = 0x01, "OnLineStorage", "On-line storage", V1_0..;
        ARCHIVAL_STORAGE = 0x02, "ArchivalStorage", "Archival storage", V1_0..;
        DESTROYED_STORAGE = 0x04, "DestroyedStorage", "Destroyed storage", V2_0..;
    }
}

ttlv_mask! {
    /// The kind of storage that keeps an object (KMIP 2.1, 12.2).
    pub struct ProtectionStorageMask = "Protection Storage Mask" {
        SOFTWARE = 0x01, "Software", "Software", V2_0..;
        HARDWARE = 0x02, "Hardware", "Hardware", V2_0..;
        ON_PROCESSOR = 0x04, "OnProcessor", "On Processor", V2_0..;
        ON_SYSTEM = 0x08, "OnSystem", "On System", V2_0..;
        OFF_SYSTEM = 0x10, "OffSystem", "Off System", V2_0..;
        HYPERVISOR = 0x20, "Hypervisor", "Hypervisor", V2_0..;
        OPERATING_SYSTEM = 0x40, "OperatingSystem", "Operating System", V2_0..;
        CONTAINER = 0x80, "Container", "Container", V2_0..;
        ON_PREMISES = 0x100, "OnPremises", "On Premises", V2_0..;
        OFF_PREMISES = 0x200, "OffPremises", "Off Premises", V2_0..;
        SELF_MANAGED = 0x400, "SelfManaged", "Self Managed", V2_0..;
        OUTSOURCED = 0x800, "Outsourced", "Outsourced", V2_0..;
        VALIDATED = 0x1000, "Validated", "Validated", V2_0..;
        SAME_JURISDICTION = 0x2000, "SameJurisdiction", "Same Jurisdiction", V2_0..;
    }
}
