//! Secrets in parts: XOR, and Shamir's polynomials in GF(2^8) (KMIP 1.4, 2.2.5).

use rustls::crypto::SecureRandom;
use zeroize::Zeroizing;

use crate::test_server::base::refusal::Refusal;
use crate::test_server::crypto::generate::random_bytes;

type Bytes = Zeroizing<Vec<u8>>;

/// Splits the secret into this many parts, all of which are needed.
pub(in super::super) fn xor(random: &dyn SecureRandom, secret: &[u8], parts: u8) -> Result<Vec<Bytes>, Refusal> {
    let mut made = Vec::with_capacity(usize::from(parts));
    let mut rest = Zeroizing::new(secret.to_vec());
    for _ in 1..parts {
        let part = Zeroizing::new(random_bytes(random, secret.len())?);
        rest.iter_mut().zip(part.iter()).for_each(|(byte, other)| *byte ^= other);
        made.push(part);
    }
    made.push(rest);
    Ok(made)
}

/// Returns the secret of these parts.
pub(in super::super) fn join_xor(parts: &[Bytes]) -> Bytes {
    let mut secret = Zeroizing::new(vec![0; parts.first().map_or(0, |part| part.len())]);
    for part in parts {
        secret.iter_mut().zip(part.iter()).for_each(|(byte, other)| *byte ^= other);
    }
    secret
}

/// Splits the secret into this many parts, of which any `threshold` are enough. Each byte is the value at 0 of a
/// polynomial; the part with the number x, from 1, holds the values at x.
pub(in super::super) fn polynomial(
    random: &dyn SecureRandom,
    secret: &[u8],
    parts: u8,
    threshold: u8,
) -> Result<Vec<Bytes>, Refusal> {
    let mut coefficients = vec![Zeroizing::new(secret.to_vec())];
    for _ in 1..threshold {
        coefficients.push(Zeroizing::new(random_bytes(random, secret.len())?));
    }
    let value = |x: u8, place: usize| coefficients.iter().rev().fold(0, |sum, c| multiply(sum, x) ^ c[place]);
    Ok((1..=parts).map(|x| Zeroizing::new((0..secret.len()).map(|place| value(x, place)).collect())).collect())
}

/// Returns the secret of these numbered parts: the value at 0 of the polynomial through them.
pub(in super::super) fn join_polynomial(parts: &[(u8, Bytes)]) -> Bytes {
    let len = parts.iter().map(|(_, part)| part.len()).min().unwrap_or(0);
    let mut secret = Zeroizing::new(vec![0; len]);
    for (x, part) in parts {
        // Lagrange's weight: the product of x' / (x' - x) over the other parts; subtraction is XOR.
        let others = parts.iter().map(|(other, _)| *other).filter(|other| other != x);
        let weight = others.fold(1, |weight, other| multiply(weight, multiply(other, inverse(other ^ x))));
        secret.iter_mut().zip(part.iter()).for_each(|(byte, share)| *byte ^= multiply(weight, *share));
    }
    secret
}

/// Multiplies in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, in a number of steps that does not depend on the factors.
fn multiply(mut a: u8, b: u8) -> u8 {
    let mut product = 0;
    for bit in 0..8 {
        product ^= a & (b >> bit & 1).wrapping_neg();
        a = a << 1 ^ 0x1B & (a >> 7).wrapping_neg();
    }
    product
}

/// Returns the inverse of a number that is not 0: its 254th power.
fn inverse(a: u8) -> u8 {
    let square = |a| multiply(a, a);
    // 254 = 128 + 64 + 32 + 16 + 8 + 4 + 2
    let (_, product) = (1..8).fold((a, 1), |(power, product), _| (square(power), multiply(product, square(power))));
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the examples of FIPS 197, 4.2 and 4.2.1.
    #[test]
    fn the_field_is_that_of_aes() {
        assert_eq!((multiply(0x57, 0x83), multiply(0x57, 0x13)), (0xC1, 0xFE));
        assert!((1..=u8::MAX).all(|a| multiply(a, inverse(a)) == 1));
    }

    /// Computed by hand: 7 + 5x at x = 1, 2 and 3, which any two restore.
    #[test]
    fn two_points_give_the_line() {
        let points = [(1, 7 ^ 5), (2, 7 ^ 10), (3, 7 ^ 15)].map(|(x, y)| (x, Zeroizing::new(vec![y])));
        for pair in [[0, 1], [1, 2], [2, 0]] {
            assert_eq!(join_polynomial(&pair.map(|n: usize| points[n].clone())).as_slice(), [7]);
        }
    }
}
