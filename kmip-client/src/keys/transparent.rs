//! Conversion from KMIP's transparent formats, which consist of numbers.

#[cfg(feature = "rsa-recover")]
use std::ops::RangeInclusive;

use der::asn1::UintRef;
use kmip_ttlv::BigInteger;
use pkcs1::{RsaPrivateKey, RsaPublicKeyRef};

use super::description::Description;
use super::error::{KeyError, PRIVATE_KEY, PUBLIC_KEY};
use super::kind::{KeyKind, LEN_25519};
use super::private::{PrivateKey, left_padded};
use super::public::PublicKey;
#[cfg(feature = "rsa-recover")]
use super::rsa;
use super::rsa::magnitude;
use crate::protocol::object::{
    TransparentEcPrivateKey, TransparentEcPublicKey, TransparentRsaPrivateKey, TransparentRsaPublicKey,
};

/// Reads a transparent RSA public key.
pub(super) fn rsa_public(key: &TransparentRsaPublicKey<'_>) -> Result<PublicKey, KeyError> {
    let modulus = UintRef::new(magnitude(key.modulus)).map_err(KeyError::damaged(PUBLIC_KEY))?;
    let public_exponent = UintRef::new(magnitude(key.public_exponent)).map_err(KeyError::damaged(PUBLIC_KEY))?;
    PublicKey::from_rsa(&RsaPublicKeyRef { modulus, public_exponent })
}

/// Reads a transparent RSA private key.
pub(super) fn rsa_private(key: &TransparentRsaPrivateKey<'_>) -> Result<PrivateKey, KeyError> {
    let public_exponent = key.public_exponent.ok_or(KeyError::Incomplete { missing: "public exponent" })?;
    let private_exponent = key.private_exponent.ok_or(KeyError::Incomplete { missing: "private exponent" })?;
    let (Some(p), Some(q), Some(exponent_p), Some(exponent_q), Some(coefficient)) =
        (key.p, key.q, key.prime_exponent_p, key.prime_exponent_q, key.crt_coefficient)
    else {
        return recover(key.modulus, public_exponent, private_exponent, key.p.zip(key.q));
    };
    let uint = |number| UintRef::new(magnitude(number)).map_err(KeyError::damaged(PRIVATE_KEY));
    PrivateKey::from_rsa(&RsaPrivateKey {
        modulus: uint(key.modulus)?,
        public_exponent: uint(public_exponent)?,
        private_exponent: uint(private_exponent)?,
        prime1: uint(p)?,
        prime2: uint(q)?,
        exponent1: uint(exponent_p)?,
        exponent2: uint(exponent_q)?,
        coefficient: uint(coefficient)?,
        other_prime_infos: None,
    })
}

/// Reads a transparent private key on an elliptic curve.
pub(super) fn ec_private(description: Description, key: &TransparentEcPrivateKey<'_>) -> Result<PrivateKey, KeyError> {
    let value = magnitude(key.d);
    match description.kind_of_transparent(key.recommended_curve)? {
        KeyKind::Ec(curve) => PrivateKey::from_scalar(curve, value, None),
        kind => {
            let too_long = || KeyError::damaged_because(PRIVATE_KEY, format!("it is too long for {kind}"));
            PrivateKey::from_seed(kind, &left_padded(value, LEN_25519).ok_or_else(too_long)?)
        }
    }
}

/// Reads a transparent public key on an elliptic curve.
pub(super) fn ec_public(description: Description, key: &TransparentEcPublicKey<'_>) -> Result<PublicKey, KeyError> {
    let kind = description.kind_of_transparent(key.recommended_curve)?;
    let point = match (kind, key.q_string) {
        // An OCTET STRING around the point, as in PKCS#11.
        (KeyKind::Ec(curve), [0x04, len, point @ ..])
            if usize::from(*len) == point.len() && point.len() == 1 + 2 * curve.bytes() =>
        {
            point
        }
        (_, point) => point,
    };
    PublicKey::of(kind, point)
}

#[cfg(not(feature = "rsa-recover"))]
fn recover(
    _: BigInteger<'_>,
    _: BigInteger<'_>,
    _: BigInteger<'_>,
    _: Option<(BigInteger<'_>, BigInteger<'_>)>,
) -> Result<PrivateKey, KeyError> {
    Err(KeyError::Incomplete { missing: super::error::CRT })
}

/// Computes missing numbers. The crate wipes its own copies on drop.
#[cfg(feature = "rsa-recover")]
fn recover(
    modulus: BigInteger<'_>,
    public_exponent: BigInteger<'_>,
    private_exponent: BigInteger<'_>,
    primes: Option<(BigInteger<'_>, BigInteger<'_>)>,
) -> Result<PrivateKey, KeyError> {
    /// The computation takes time cubic in the length, and the server determines the length. Nobody uses shorter keys.
    const MODULUS: RangeInclusive<i32> = 512..=16_384;
    /// The public exponents of NIST SP 800-56B. The crate `rsa` cuts longer ones off, and panics when nothing is left.
    const PUBLIC_EXPONENT: RangeInclusive<i32> = 2..=256;

    let bits = rsa::bits(magnitude(modulus));
    // The crate `rsa` subtracts from the product of the exponents, and panics if it is zero.
    let numbers = [
        ("modulus", bits, MODULUS),
        ("public exponent", rsa::bits(magnitude(public_exponent)), PUBLIC_EXPONENT),
        ("private exponent", rsa::bits(magnitude(private_exponent)), 2..=bits),
    ];
    for (name, bits, possible) in numbers {
        if !possible.contains(&bits) {
            let size = if bits < *possible.start() { "short" } else { "long" };
            return Err(KeyError::damaged_because(PRIVATE_KEY, format!("a {name} of {bits} bits is too {size}")));
        }
    }
    let number = |number| ::rsa::BoxedUint::from_be_slice_vartime(magnitude(number));
    let primes = primes.map_or_else(Vec::new, |(p, q)| vec![number(p), number(q)]);
    let key =
        ::rsa::PrivateKey::from_components(number(modulus), number(public_exponent), number(private_exponent), primes);
    let key = key.map_err(|error| KeyError::damaged_because(PRIVATE_KEY, error.to_string()))?;
    PrivateKey::from_key(&key)
}
