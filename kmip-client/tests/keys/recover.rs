//! RSA keys without their CRT numbers, as some servers send them: what is computed is the key that openssl has made.

use kmip_client::keys::{KeyError, PrivateKey};
use kmip_client::protocol::object::{KeyBlock, KeyMaterial, KeyValue, Object, TransparentRsaPrivateKey};
use kmip_ttlv::BigInteger;
use kmip_ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType as Format};

use crate::openssl::{generate, is_there, openssl};
use crate::same;

/// Applies a change to the numbers of a transparent RSA key.
fn changed<'a>(mut object: Object<'a>, change: impl FnOnce(&mut TransparentRsaPrivateKey<'a>)) -> Object<'a> {
    let Object::PrivateKey(key) = &mut object else { panic!("{object:?}") };
    let Some(KeyValue::Plain(plain)) = &mut key.key_block.key_value else { panic!("it is plain") };
    let KeyMaterial::RsaPrivateKey(numbers) = &mut plain.key_material else { panic!("it is transparent") };
    change(numbers);
    object
}

fn without_crt(numbers: &mut TransparentRsaPrivateKey<'_>) {
    (numbers.prime_exponent_p, numbers.prime_exponent_q, numbers.crt_coefficient) = (None, None, None);
}

fn without_primes(numbers: &mut TransparentRsaPrivateKey<'_>) {
    without_crt(numbers);
    (numbers.p, numbers.q) = (None, None);
}

#[test]
fn missing_numbers_are_computed() {
    if !is_there() {
        return;
    }
    for kind in ["RSA-2048", "RSA-3072"] {
        let pem = generate(kind);
        let key = PrivateKey::from_pem(&pem).unwrap();
        let encoded = key.encode(Format::TRANSPARENT_RSA_PRIVATE_KEY).unwrap();
        for leave_out in [without_crt, without_primes] {
            let recovered = PrivateKey::try_from(&changed(encoded.object(), leave_out)).unwrap();
            assert!(same(&pem, &recovered), "{kind}");
            // The public half says nothing about the CRT numbers: openssl checks that they belong together.
            let checked = openssl(&["rsa", "-check", "-noout"], recovered.to_pkcs8_pem().unwrap().as_bytes());
            assert!(String::from_utf8(checked).unwrap().contains("RSA key ok"), "{kind}");
            // All numbers but the order of the primes are those of openssl.
            assert_eq!(recovered.kind(), key.kind());
        }
    }
}

#[test]
fn numbers_that_are_no_key_are_refused() {
    if !is_there() {
        return;
    }
    let pem = generate("RSA-2048");
    let key = PrivateKey::from_pem(&pem).unwrap();
    let encoded = key.encode(Format::TRANSPARENT_RSA_PRIVATE_KEY).unwrap();
    let refused = |change: &dyn Fn(&mut TransparentRsaPrivateKey<'_>)| {
        let object = changed(encoded.object(), |numbers| {
            without_primes(numbers);
            change(numbers);
        });
        PrivateKey::try_from(&object).expect_err("it is no key")
    };
    let missing = refused(&|numbers| numbers.private_exponent = None);
    assert!(matches!(missing, KeyError::Incomplete { missing: "private exponent" }), "{missing}");
    let missing = refused(&|numbers| numbers.public_exponent = None);
    assert!(matches!(missing, KeyError::Incomplete { missing: "public exponent" }), "{missing}");
    // Exponents that do not belong to the modulus; zero; and a modulus that would take hours.
    const LONG: [u8; 2056] = [0x55; 2056];
    const NUMBERS: [&[u8]; 5] = [&[0; 8], &[0, 0, 0, 0, 0, 0, 0, 1], &[0, 0, 0, 0, 0, 0, 0, 3], &[0x7F; 8], &LONG];
    for number in NUMBERS.map(BigInteger::new) {
        let changes: [&dyn Fn(&mut TransparentRsaPrivateKey<'_>); 3] = [
            &|numbers| numbers.private_exponent = Some(number),
            &|numbers| numbers.public_exponent = Some(number),
            &|numbers| numbers.modulus = number,
        ];
        for change in changes {
            let error = refused(change);
            assert!(matches!(error, KeyError::Damaged { .. }), "{error}");
        }
    }
    let error = refused(&|numbers| numbers.modulus = BigInteger::new(&LONG));
    assert!(error.to_string().contains("16447 bits is too long"), "{error}");
}

/// A server sends anything: no numbers make the computation panic.
#[test]
fn no_numbers_make_it_panic() {
    // Deterministic, and different in every byte: a linear congruential generator.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut number = |len: usize| -> Vec<u8> {
        let bytes = (0..len).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        });
        bytes.collect()
    };
    for round in 0..60 {
        let mut modulus = number(64);
        (modulus[0], modulus[63]) = (modulus[0] & 0x7F | 0x40, modulus[63] | u8::from(round % 4 > 0));
        let (e, d) = (number([8, 32, 40][round % 3]), number([8, 56, 64, 72][round % 4]));
        let (p, q) = (number(32), number(32));
        let mut numbers = TransparentRsaPrivateKey::new(BigInteger::new(&modulus))
            .public_exponent(BigInteger::new(&e))
            .private_exponent(BigInteger::new(&d));
        if round % 2 == 0 {
            numbers = numbers.p(BigInteger::new(&p)).q(BigInteger::new(if round % 8 == 0 { &p } else { &q }));
        }
        let block = KeyBlock::new(Format::TRANSPARENT_RSA_PRIVATE_KEY, KeyMaterial::RsaPrivateKey(numbers));
        let block = block.cryptographic_algorithm(CryptographicAlgorithm::RSA).cryptographic_length(511);
        let key = PrivateKey::try_from(&Object::PrivateKey(kmip_client::protocol::object::PrivateKey::new(block)));
        assert!(key.is_err(), "{round}: random numbers are no key");
    }
}
