//! The numbers of an RSA key that a server has left out.

use std::ops::RangeInclusive;

use kmip_ttlv::BigInteger;

use crate::keys::error::{KeyError, PRIVATE_KEY};
use crate::keys::private::PrivateKey;
use crate::keys::rsa::{self, magnitude};

/// Computes missing numbers. The crate wipes its own copies on drop.
pub(super) fn recover(
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
