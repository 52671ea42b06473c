//! The numbers of RSA keys.

use der::asn1::UintRef;
use kmip_ttlv::BigInteger;
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};

use super::encoded::Numbers;

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

/// Returns the bytes of a number. A set sign bit is part of the magnitude, because no number of a key is negative.
pub(super) fn magnitude(number: BigInteger<'_>) -> &[u8] {
    number.magnitude().unwrap_or(number.bytes())
}
