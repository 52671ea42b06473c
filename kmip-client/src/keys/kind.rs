//! The kinds of asymmetric keys, and their names in ASN.1 and in KMIP: one table.

use std::fmt;

use der::asn1::{AnyRef, ObjectIdentifier};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, RecommendedCurve};
use pkcs8::spki::AlgorithmIdentifierRef;

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
pub(super) const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");

/// The length of the private and of the public value on Curve25519, in bytes.
pub(super) const LEN_25519: usize = 32;

/// A named elliptic curve for ECDSA and ECDH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256, also called secp256r1 and prime256v1.
    P256,
    /// NIST P-384, also called secp384r1.
    P384,
    /// NIST P-521, also called secp521r1.
    P521,
    /// The curve of Bitcoin.
    Secp256k1,
}

struct Row {
    curve: Curve,
    name: &'static str,
    oid: ObjectIdentifier,
    recommended: RecommendedCurve,
    bits: i32,
    bytes: usize,
}

const fn row(
    curve: Curve,
    name: &'static str,
    oid: &'static str,
    recommended: RecommendedCurve,
    bits: i32,
    bytes: usize,
) -> Row {
    Row { curve, name, oid: ObjectIdentifier::new_unwrap(oid), recommended, bits, bytes }
}

static CURVES: [Row; 4] = [
    row(Curve::P256, "P-256", "1.2.840.10045.3.1.7", RecommendedCurve::P_256, 256, 32),
    row(Curve::P384, "P-384", "1.3.132.0.34", RecommendedCurve::P_384, 384, 48),
    row(Curve::P521, "P-521", "1.3.132.0.35", RecommendedCurve::P_521, 521, 66),
    row(Curve::Secp256k1, "secp256k1", "1.3.132.0.10", RecommendedCurve::SECP256K1, 256, 32),
];

impl Curve {
    fn row(self) -> &'static Row {
        let row = CURVES.iter().find(|row| row.curve == self);
        row.expect("every curve has a row")
    }

    /// Returns the name of the curve in KMIP.
    #[must_use]
    pub fn recommended(self) -> RecommendedCurve {
        self.row().recommended
    }

    /// Returns the size of the curve in bits.
    #[must_use]
    pub fn bits(self) -> i32 {
        self.row().bits
    }

    /// Returns the length of a private value in bytes; a coordinate has the same.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.row().bytes
    }

    pub(super) fn oid(self) -> &'static ObjectIdentifier {
        &self.row().oid
    }

    /// Returns all curves.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        CURVES.iter().map(|row| row.curve)
    }

    /// Returns the curve of this size, in bits or in the bits of whole bytes, if there is only one.
    pub(super) fn of_bits(bits: i32) -> Option<Self> {
        let mut rows = CURVES.iter().filter(|row| row.bits == bits || 8 * whole_bytes(row.bits) == bits);
        rows.next().filter(|_| rows.next().is_none()).map(|row| row.curve)
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().name)
    }
}

/// Algorithm and size of an asymmetric key, as derived from its bytes.
///
/// ```
/// use kmip_client::keys::{Curve, KeyKind};
///
/// assert_eq!(KeyKind::Ec(Curve::P521).bits(), 521);
/// assert_eq!(KeyKind::Rsa { bits: 3072 }.to_string(), "RSA-3072");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA.
    Rsa {
        /// The length of the modulus in bits.
        bits: i32,
    },
    /// ECDSA or ECDH on this curve.
    Ec(Curve),
    /// Ed25519 signatures (RFC 8032).
    Ed25519,
    /// X25519 key agreement (RFC 7748).
    X25519,
}

impl KeyKind {
    /// Returns the Cryptographic Algorithm of KMIP. For X25519 it is EC, because KMIP has no name for it.
    #[must_use]
    pub const fn algorithm(self) -> CryptographicAlgorithm {
        match self {
            Self::Rsa { .. } => CryptographicAlgorithm::RSA,
            Self::Ec(_) | Self::X25519 => CryptographicAlgorithm::EC,
            Self::Ed25519 => CryptographicAlgorithm::ED25519,
        }
    }

    /// Returns the Cryptographic Length of KMIP in bits.
    #[must_use]
    pub fn bits(self) -> i32 {
        match self {
            Self::Rsa { bits } => bits,
            Self::Ec(curve) => curve.bits(),
            Self::Ed25519 | Self::X25519 => 256,
        }
    }

    /// Returns the curve, for keys that are registered in a format that does not state it.
    pub(super) fn recommended_curve(self) -> Option<RecommendedCurve> {
        match self {
            Self::Rsa { .. } => None,
            Self::Ec(curve) => Some(curve.recommended()),
            Self::Ed25519 | Self::X25519 => Some(RecommendedCurve::CURVE25519),
        }
    }

    /// Returns the algorithm identifier (RFC 5280, 4.1.1.2; RFC 8017; RFC 5480; RFC 8410).
    pub(super) fn identifier(self) -> AlgorithmIdentifierRef<'static> {
        match self {
            Self::Rsa { .. } => AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) },
            Self::Ec(curve) => AlgorithmIdentifierRef { oid: EC, parameters: Some(curve.oid().into()) },
            Self::Ed25519 => AlgorithmIdentifierRef { oid: ED25519, parameters: None },
            Self::X25519 => AlgorithmIdentifierRef { oid: X25519, parameters: None },
        }
    }
}

/// Returns the number of bytes for this many bits.
pub(super) const fn whole_bytes(bits: i32) -> i32 {
    bits / 8 + if bits % 8 > 0 { 1 } else { 0 }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::Ec(curve) => curve.fmt(f),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::X25519 => f.write_str("X25519"),
        }
    }
}
