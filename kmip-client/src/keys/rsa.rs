//! The numbers of RSA keys: between PKCS#1 and KMIP's transparent formats.

use der::asn1::UintRef;
use kmip_ttlv::BigInteger;
use pkcs1::{RsaPrivateKey, RsaPrivateKeyRef, RsaPublicKeyRef};

use super::encoded::Numbers;
use super::error::KeyError;
use super::private::{PRIVATE_KEY, PrivateKey};
use super::public::{PUBLIC_KEY, PublicKey};
use crate::protocol::object::{TransparentRsaPrivateKey, TransparentRsaPublicKey};

/// What the feature `rsa-recover` computes.
pub(super) const CRT: &str = "primes and CRT numbers";

/// Returns the length of a modulus in bits.
pub(super) fn bits(modulus: &[u8]) -> i32 {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = &modulus[zeros..];
    let leading = modulus.first().map_or(0, |first| first.leading_zeros());
    i32::try_from(8 * modulus.len()).unwrap_or(i32::MAX) - leading.cast_signed()
}

pub(super) fn numbers_of(key: &RsaPrivateKeyRef<'_>) -> Numbers {
    let numbers = [
        key.modulus,
        key.private_exponent,
        key.public_exponent,
        key.prime1,
        key.prime2,
        key.exponent1,
        key.exponent2,
        key.coefficient,
    ];
    Numbers::new(&numbers.each_ref().map(UintRef::as_bytes))
}

pub(super) fn public_numbers_of(key: &RsaPublicKeyRef<'_>) -> Numbers {
    Numbers::new(&[key.modulus.as_bytes(), key.public_exponent.as_bytes()])
}

pub(super) fn public_key(key: &TransparentRsaPublicKey<'_>) -> Result<PublicKey, KeyError> {
    let modulus = UintRef::new(magnitude(key.modulus)).map_err(KeyError::damaged(PUBLIC_KEY))?;
    let public_exponent = UintRef::new(magnitude(key.public_exponent)).map_err(KeyError::damaged(PUBLIC_KEY))?;
    PublicKey::from_rsa(&RsaPublicKeyRef { modulus, public_exponent })
}

pub(super) fn private_key(key: &TransparentRsaPrivateKey<'_>) -> Result<PrivateKey, KeyError> {
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

#[cfg(not(feature = "rsa-recover"))]
fn recover(
    _: BigInteger<'_>,
    _: BigInteger<'_>,
    _: BigInteger<'_>,
    _: Option<(BigInteger<'_>, BigInteger<'_>)>,
) -> Result<PrivateKey, KeyError> {
    Err(KeyError::Incomplete { missing: CRT })
}

/// Computes what is missing. The crate wipes what it holds when it drops.
#[cfg(feature = "rsa-recover")]
fn recover(
    modulus: BigInteger<'_>,
    public_exponent: BigInteger<'_>,
    private_exponent: BigInteger<'_>,
    primes: Option<(BigInteger<'_>, BigInteger<'_>)>,
) -> Result<PrivateKey, KeyError> {
    /// The work grows with the cube of the length, and the length is the server's to say.
    const LONGEST: i32 = 16_384;

    let bits = bits(magnitude(modulus));
    if bits > LONGEST {
        return Err(KeyError::damaged_because(PRIVATE_KEY, format!("a modulus of {bits} bits is too long")));
    }
    let number = |number| rsa::BoxedUint::from_be_slice_vartime(magnitude(number));
    let primes = primes.map_or_else(Vec::new, |(p, q)| vec![number(p), number(q)]);
    let key =
        rsa::PrivateKey::from_components(number(modulus), number(public_exponent), number(private_exponent), primes);
    let key = key.map_err(|error| KeyError::damaged_because(PRIVATE_KEY, error.to_string()))?;
    PrivateKey::from_key(&key)
}

/// Returns the bytes of a number, all of them where it lacks the zero that would make it positive: no number of a key is negative.
pub(super) fn magnitude(number: BigInteger<'_>) -> &[u8] {
    number.magnitude().unwrap_or(number.bytes())
}
