//! Signatures, as DER and as two numbers side by side.

use ::signature::SignatureEncoding;
use der::asn1::{BitString, UintRef};
use der::{Decode, Encode, Sequence};
use pkcs8::spki::SignatureBitStringEncoding;

use crate::keys::{Curve, KeyKind};

/// A signature: DER for ECDSA, in whichever form the server sent it; plain bytes for RSA and Ed25519.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    bytes: Vec<u8>,
    curve: Option<Curve>,
    raw: bool,
}

/// `ECDSA-Sig-Value` (RFC 3279, 2.2.3).
#[derive(Sequence)]
struct EcdsaValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl Signature {
    /// Creates a signature from the bytes that a server sent. Their form is detected; DER is tried first, and decoded
    /// strictly.
    pub(super) fn received(kind: KeyKind, bytes: &[u8]) -> Self {
        let curve = match kind {
            KeyKind::Ec(curve) => Some(curve),
            _ => None,
        };
        match curve.and_then(|curve| der_of_raw(curve, bytes)) {
            Some(der) => Self { bytes: der, curve, raw: true },
            None => Self { bytes: bytes.to_vec(), curve, raw: false },
        }
    }

    /// Returns the bytes, in the form of X.509, TLS and OpenSSL.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns r and s side by side, in the form of JOSE and PKCS#11; `None` if the signature is not ECDSA.
    #[must_use]
    pub fn to_raw(&self) -> Option<Vec<u8>> {
        let len = self.curve?.bytes();
        let value = EcdsaValue::from_der(&self.bytes).ok()?;
        let mut raw = vec![0; 2 * len];
        for (half, number) in raw.chunks_exact_mut(len).zip([value.r.as_bytes(), value.s.as_bytes()]) {
            half[len.checked_sub(number.len())?..].copy_from_slice(number);
        }
        Some(raw)
    }

    /// Returns `true` if the server sent r and s side by side.
    #[must_use]
    pub const fn was_raw(&self) -> bool {
        self.raw
    }
}

/// Encodes two numbers side by side as DER. Returns `None` for DER or other bytes.
fn der_of_raw(curve: Curve, bytes: &[u8]) -> Option<Vec<u8>> {
    if EcdsaValue::from_der(bytes).is_ok() || bytes.len() != 2 * curve.bytes() {
        return None;
    }
    let (r, s) = bytes.split_at(curve.bytes());
    EcdsaValue { r: UintRef::new(r).ok()?, s: UintRef::new(s).ok()? }.to_der().ok()
}

impl TryFrom<&[u8]> for Signature {
    type Error = ::signature::Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        Ok(Self { bytes: bytes.to_vec(), curve: None, raw: false })
    }
}

impl From<Signature> for Vec<u8> {
    fn from(signature: Signature) -> Self {
        signature.bytes
    }
}

impl SignatureEncoding for Signature {
    type Repr = Vec<u8>;
}

impl SignatureBitStringEncoding for Signature {
    fn to_bitstring(&self) -> der::Result<BitString> {
        BitString::new(0, self.bytes.clone())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn raw_and_der_are_told_apart() {
        for curve in [Curve::P256, Curve::P384, Curve::P521] {
            let len = curve.bytes();
            // Numbers of all lengths, with and without the top bit.
            for short in 0..len {
                for first in [0x01, 0x7F, 0x80, 0xFF] {
                    let mut raw = vec![0; 2 * len];
                    raw[short] = first;
                    raw[2 * len - 1 - short % len] |= first;
                    let kind = KeyKind::Ec(curve);
                    let from_raw = Signature::received(kind, &raw);
                    assert!(from_raw.was_raw());
                    assert_eq!(from_raw.to_raw().unwrap(), raw);
                    let from_der = Signature::received(kind, from_raw.as_bytes());
                    assert!(!from_der.was_raw());
                    assert_eq!(from_der.to_raw().unwrap(), raw);
                    assert_eq!(from_der.as_bytes(), from_raw.as_bytes());
                }
            }
        }
        let other = Signature::received(KeyKind::Ed25519, &[7; 64]);
        assert_eq!((other.to_raw(), other.was_raw(), other.as_bytes().len()), (None, false, 64));
    }
}
