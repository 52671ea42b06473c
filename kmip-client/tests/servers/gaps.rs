//! Known gaps of servers. Each is checked, so that the lists stay current.

use kmip_ttlv::enumeration::ResultReason as Reason;
use kmip_ttlv::{V1_0, V1_2, V1_3, V1_4, V2_0, V2_1, VersionRange};

/// Rows that do not work in these versions, all for one reason.
pub(crate) struct Gap {
    pub(crate) rows: &'static [&'static str],
    pub(crate) versions: VersionRange,
    pub(crate) what: Not,
}

/// The form of a gap.
#[derive(Clone, Copy)]
pub(crate) enum Not {
    /// The request is refused with this reason.
    Refused(Reason),
    /// The request is executed wrongly, as reported by the probe.
    Wrongly(&'static str),
}

const ALL: VersionRange = VersionRange::ALL;
const V1: VersionRange = VersionRange::between(V1_0, V1_4);
const V2: VersionRange = VersionRange::between(V2_0, V2_1);

const fn refused(reason: Reason, versions: VersionRange, rows: &'static [&'static str]) -> Gap {
    Gap { rows, versions, what: Not::Refused(reason) }
}

const fn wrong(what: &'static str, versions: VersionRange, rows: &'static [&'static str]) -> Gap {
    Gap { rows, versions, what: Not::Wrongly(what) }
}

pub(crate) const EMBEDDED: &[Gap] = &[
    // All requests are answered synchronously: nothing is pending.
    refused(Reason::ITEM_NOT_FOUND, V1, &["Poll"]),
    refused(Reason::INVALID_ASYNCHRONOUS_CORRELATION_VALUE, V2, &["Poll", "Cancel", "Process"]),
    refused(
        Reason::OPERATION_NOT_SUPPORTED,
        V2,
        &[
            "Login",
            "Delegated Login",
            "Logout",
            "Interop",
            "PKCS#11",
            "Re-Provision",
            "Set Defaults",
            "Set Endpoint Role",
        ],
    ),
];

pub(crate) const PYKMIP: &[Gap] = &[
    wrong("it names no kind of object", ALL, &["Query, objects"]),
    wrong("it takes HKDF for HMAC", ALL, &["Derive Key, HMAC"]),
    refused(Reason::OPERATION_NOT_SUPPORTED, ALL, &["Re-key", "Re-key Key Pair", "Check"]),
    // Requests that it cannot decode: operations that it lacks, and unsupported fields.
    refused(
        Reason::INVALID_MESSAGE,
        ALL,
        &[
            "Add Attribute",
            "Add Attribute, custom",
            "Archive",
            "Cancel",
            "Certify",
            "Create Key Pair, P-256",
            "Create Split Key",
            "Delegated Login",
            "Export",
            "Get Usage Allocation",
            "Hash",
            "Import",
            "Interop",
            "Join Split Key",
            "Log",
            "Login",
            "Logout",
            "MAC Verify",
            "Obtain Lease",
            "PKCS#11",
            "Poll",
            "RNG Retrieve",
            "RNG Seed",
            "Re-Provision",
            "Re-certify",
            "Recover",
            "Register, PGP key",
            "Register, certificate request",
            "Register, transparent",
            "Set Endpoint Role",
            "Sign, ECDSA",
            "Sign, a digest",
            "Validate",
        ],
    ),
    refused(Reason::INVALID_MESSAGE, V2, &["Adjust Attribute", "Delete Attribute, by name"]),
    refused(Reason::GENERAL_FAILURE, V2, &["Delete Attribute"]),
    refused(
        Reason::KEY_FORMAT_TYPE_NOT_SUPPORTED,
        ALL,
        &["Get, transparent", "Get, RSA private key as PKCS#1", "Get, RSA public key as X.509", "Get, transparent RSA"],
    ),
    // It wraps only the bytes of a key.
    refused(Reason::ENCODING_OPTION_ERROR, ALL, &["Get, wrapped with its encoding"]),
    refused(Reason::GENERAL_FAILURE, ALL, &["Register, EC private key"]),
    refused(
        Reason::INVALID_FIELD,
        ALL,
        &[
            "Create, HMAC-SHA256",
            "Register, template",
            "Derive Key, HKDF",
            // It does not know the algorithm, but the padding.
            "Sign, RSA-PSS",
            "Signature Verify, ECDSA",
        ],
    ),
    // It requires the length of the tag and the tag, which have no fields before KMIP 1.4.
    refused(Reason::INVALID_FIELD, VersionRange::between(V1_2, V1_3), &["Encrypt, AES-GCM", "Decrypt, AES-GCM"]),
    // It encrypts with symmetric keys only.
    refused(Reason::PERMISSION_DENIED, ALL, &["Encrypt, RSA-OAEP", "Decrypt, RSA-OAEP"]),
];

pub(crate) const COSMIAN: &[Gap] = &[
    // In KMIP 1.x it treats DES as 3DES.
    refused(Reason::OPERATION_NOT_SUPPORTED, V1, &["Create, 3DES"]),
    wrong("it comes back with another algorithm or length", V1, &["Register, 3DES"]),
    // P-256 becomes ECDH, or 256 bits become 255.
    wrong("it comes back with another algorithm or length", ALL, &["Register, EC PKCS#8", "Register, EC private key"]),
    wrong("it comes back in another format", ALL, &["Register, public key"]),
    wrong("not all that it takes is found again", ALL, &["Get Attributes, all that it takes"]),
    wrong("the offset is not heeded", ALL, &["Locate, offset"]),
    wrong("not all attributes come with the object", V2, &["Export"]),
    wrong("it says yes, and does nothing", V2, &["Delete Attribute, by name"]),
    refused(
        Reason::OPERATION_NOT_SUPPORTED,
        ALL,
        &[
            "Derive Key, HMAC",
            "Derive Key, SP 800-108",
            "Derive Key, encrypt",
            "Derive Key, hash",
            "Encrypt, AES-CTR",
            // It has PKCS#8 for both halves.
            "Get, RSA public key as X.509",
            "MAC, AES-CMAC",
            "PKCS#11",
            "Re-certify",
            "Register, PGP key",
            "Register, certificate request",
            "Register, split key",
        ],
    ),
    // It expects the base key under a nonstandard tag, and the subject in an attribute of its own.
    refused(Reason::OPERATION_NOT_SUPPORTED, V2, &["Derive Key, PBKDF2", "Derive Key, HKDF", "Certify"]),
    // Requests that it cannot decode, or responses that it cannot encode: operations that it lacks, and nonstandard
    // required fields.
    refused(
        Reason::INVALID_MESSAGE,
        ALL,
        &[
            "Adjust Attribute",
            "Archive",
            "Cancel",
            "Delegated Login",
            "Get Usage Allocation",
            "Login",
            "Logout",
            "Obtain Lease",
            "Ping",
            "Poll",
            "Process",
            "Query Asynchronous Requests",
            "RNG Seed",
            "Re-Provision",
            "Recover",
            "Set Defaults",
            "Set Endpoint Role",
        ],
    ),
    refused(
        Reason::INVALID_MESSAGE,
        V1,
        &["Certify", "Export", "Get, transparent RSA", "Import", "Register, template", "Validate"],
    ),
    // It takes the tag from the end of the data in KMIP 1.2 only.
    refused(Reason::CRYPTOGRAPHIC_FAILURE, VersionRange::between(V1_3, V1_3), &["Decrypt, AES-GCM"]),
];
