//! Conversion from KMIP's transparent formats, which consist of numbers.

#[cfg(not(feature = "rsa-recover"))]
#[path = "transparent/no_recover.rs"]
mod recover;
#[cfg(feature = "rsa-recover")]
mod recover;

use der::asn1::UintRef;
use pkcs1::{RsaPrivateKey, RsaPublicKeyRef};

use self::recover::recover;
use super::description::Description;
use super::error::{KeyError, PRIVATE_KEY, PUBLIC_KEY};
use super::kind::{KeyKind, LEN_25519};
use super::private::{PrivateKey, left_padded};
use super::public::PublicKey;
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
