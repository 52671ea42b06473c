//! Every kind of object and every key format (KMIP 2.1, 2 and 3; KMIP 1.4, 2.1 and 2.2).

use kmip_client::protocol::object::{KeyMaterial, KeyValue, KeyWrappingSpecification, Object};
use kmip_ttlv::enumeration::KeyFormatType;
use kmip_ttlv::{ProtocolVersion, Rules, Tag, V1_0, V1_4, V2_1, V3_0, decode, encode};

use crate::bytes::{byte_string, enumeration, integer, item, structure, text};

/// Returns a Big Integer of eight bytes.
fn big(tag: u32, value: u64) -> Vec<u8> {
    item(tag, 0x04, &value.to_be_bytes())
}

fn key_block(format: u32, material: Vec<u8>) -> Vec<u8> {
    structure(0x42_0040, &[enumeration(0x42_0042, format), structure(0x42_0045, &[material])])
}

/// Decodes the object, after checking that it encodes to the same bytes.
fn through(frame: &[u8], version: ProtocolVersion) -> Object<'_> {
    let object: Object<'_> = decode(frame, Tag::OBJECT_TYPE, version, Rules::STRICT).unwrap();
    assert_eq!(encode(&object, Tag::OBJECT_TYPE, version).unwrap(), frame);
    object
}

fn material<'a>(object: &'a Object<'a>) -> &'a KeyMaterial<'a> {
    match &object.key_block().unwrap().key_value {
        Some(KeyValue::Plain(plain)) => &plain.key_material,
        _ => panic!("a plain key"),
    }
}

const MATERIAL: u32 = 0x42_0043;
const P: u32 = 0x42_005E;
const Q: u32 = 0x42_0071;
const G: u32 = 0x42_0037;
const J: u32 = 0x42_003E;
const X: u32 = 0x42_009F;
const Y: u32 = 0x42_00A0;
const MODULUS: u32 = 0x42_0052;
const PUBLIC_EXPONENT: u32 = 0x42_006C;
const CURVE: u32 = 0x42_0075;

#[test]
fn formats_that_are_bytes() {
    // Raw, Opaque, PKCS#1, PKCS#8, X.509, ECPrivateKey, PKCS#12, PKCS#10, and a vendor's format.
    for format in [1, 2, 3, 4, 5, 6, 0x16, 0x17, 0x8000_0001] {
        let frame = structure(0x42_0064, &[key_block(format, byte_string(MATERIAL, b"secret bytes"))]);
        for version in [V1_0, V1_4, V2_1, V3_0] {
            let object = through(&frame, version);
            let KeyMaterial::Bytes(bytes) = material(&object) else { panic!("bytes") };
            assert_eq!(bytes.expose(), b"secret bytes");
            assert_eq!(object.key_block().unwrap().key_format_type, KeyFormatType::from_value(format));
            assert!(!format!("{object:?}").contains("secret"));
        }
    }
}

#[test]
fn formats_that_are_structures() {
    let rsa_private = [0x42_0063, PUBLIC_EXPONENT, P, Q, 0x42_0060, 0x42_0061, 0x42_0027];
    let rsa_private: Vec<_> = rsa_private.iter().map(|tag| big(*tag, 5)).collect();
    let modulus = big(MODULUS, 7);
    let curve = || enumeration(CURVE, 7);
    let (d, q_string) = (|| big(0x42_002E, 9), || byte_string(0x42_0072, &[4, 1, 2]));
    let dsa = || [big(P, 1), big(Q, 2), big(G, 3)].concat();
    let dh = || [big(P, 1), big(Q, 2), big(G, 3), big(J, 4)].concat();
    let formats = [
        (0x07, byte_string(0x42_003F, &[7; 16]), "SymmetricKey("),
        (0x08, [dsa(), big(X, 5)].concat(), "DsaPrivateKey("),
        (0x09, [dsa(), big(Y, 5)].concat(), "DsaPublicKey("),
        (0x0A, [modulus.clone(), rsa_private.concat()].concat(), "RsaPrivateKey("),
        (0x0B, [modulus, big(PUBLIC_EXPONENT, 3)].concat(), "RsaPublicKey("),
        (0x0C, [dh(), big(X, 5)].concat(), "DhPrivateKey("),
        (0x0D, [dh(), big(Y, 5)].concat(), "DhPublicKey("),
        (0x0C, [big(P, 1), big(G, 3), big(X, 5)].concat(), "DhPrivateKey("),
        // ECDSA, ECDH and ECMQV had formats of their own, now deprecated.
        (0x0E, [curve(), d()].concat(), "EcPrivateKey("),
        (0x0F, [curve(), q_string()].concat(), "EcPublicKey("),
        (0x10, [curve(), d()].concat(), "EcPrivateKey("),
        (0x11, [curve(), q_string()].concat(), "EcPublicKey("),
        (0x12, [curve(), d()].concat(), "EcPrivateKey("),
        (0x13, [curve(), q_string()].concat(), "EcPublicKey("),
        (0x14, [curve(), d()].concat(), "EcPrivateKey("),
        (0x15, [curve(), q_string()].concat(), "EcPublicKey("),
        // A vendor's format is preserved.
        (0x8000_0001, integer(0x54_0001, 7), "Other("),
    ];
    for (format, fields, variant) in formats {
        let frame = structure(0x42_0064, &[key_block(format, structure(MATERIAL, &[fields]))]);
        for version in [V1_0, V1_4, V2_1, V3_0] {
            let object = through(&frame, version);
            assert!(format!("{:?}", material(&object)).starts_with(variant), "{format:#X}: {:?}", material(&object));
        }
    }
}

#[test]
fn every_kind_of_object() {
    let block = || key_block(1, byte_string(MATERIAL, &[7; 16]));
    let split = [integer(0x42_008B, 3), integer(0x42_0044, 1), integer(0x42_008C, 2), enumeration(0x42_008A, 3)];
    let name = structure(0x42_0008, &[text(0x42_000A, "Contact Information"), text(0x42_000B, "storage team")]);
    let objects = [
        (0x01, structure(0x42_0013, &[enumeration(0x42_001D, 2), byte_string(0x42_001E, b"PGP")])),
        (0x02, structure(0x42_008F, &[block()])),
        (0x03, structure(0x42_006D, &[block()])),
        (0x04, structure(0x42_0064, &[block()])),
        (0x05, structure(0x42_0089, &[split.concat(), big(0x42_0062, 11), block()])),
        (0x05, structure(0x42_0089, &[split.concat(), block()])),
        (0x07, structure(0x42_0085, &[enumeration(0x42_0086, 1), block()])),
        (0x08, structure(0x42_005B, &[enumeration(0x42_0059, 0x8000_0001), byte_string(0x42_005A, b"opaque")])),
        (0x09, structure(0x42_00BD, &[integer(0x42_00BE, 4), block()])),
        (0x0A, structure(0x42_0018, &[enumeration(0x42_0019, 2), byte_string(0x42_0140, b"DER")])),
    ];
    for (number, frame) in objects {
        for version in [V1_4, V2_1, V3_0] {
            assert_eq!(through(&frame, version).object_type().value(), number);
        }
    }
    // A template is a list of attributes in the form of KMIP 1.x.
    let template = structure(0x42_0090, &[name.clone(), name]);
    let Object::Template(template) = through(&template, V1_0) else { panic!("a template") };
    assert_eq!(template.attributes.list.len(), 2);
}

/// KMIP 2.1, 3.3 and 7.18.
#[test]
fn wrapped_keys() {
    let parameters = || structure(0x42_002B, &[enumeration(0x42_0011, 0x0D)]);
    let information = |tag| structure(tag, &[text(0x42_0094, "kek"), parameters()]);
    let (encryption, mac) = (|| information(0x42_0036), || information(0x42_004E));
    let wrapping = structure(
        0x42_0046,
        &[
            enumeration(0x42_009E, 3),
            encryption(),
            mac(),
            byte_string(0x42_004D, b"mac"),
            byte_string(0x42_003D, b"nonce"),
            enumeration(0x42_00A3, 1),
        ],
    );
    let block = structure(
        0x42_0040,
        &[
            enumeration(0x42_0042, 1),
            byte_string(0x42_0045, b"wrapped"),
            enumeration(0x42_0028, 3),
            integer(0x42_002A, 128),
            wrapping,
        ],
    );
    let frame = structure(0x42_008F, &[block]);
    for version in [V1_4, V2_1] {
        let object = through(&frame, version);
        let block = object.key_block().unwrap();
        assert!(matches!(block.key_value, Some(KeyValue::Wrapped(bytes)) if bytes.expose() == b"wrapped"));
        let data = block.key_wrapping_data.as_ref().unwrap();
        assert_eq!((data.mac_signature, data.iv_counter_nonce), (Some(&b"mac"[..]), Some(&b"nonce"[..])));
    }

    // The attributes to wrap are named by text in KMIP 1.x and in the table of 2.1, but by tags in its test cases.
    let specification = |names: Vec<u8>| {
        structure(0x42_0047, &[enumeration(0x42_009E, 1), encryption(), mac(), names, enumeration(0x42_00A3, 2)])
    };
    let by_name = specification(text(0x42_000A, "State"));
    let by_tag = specification(enumeration(0x42_013B, 0x42_008D));
    for (frame, version, references, names) in [(&by_name, V1_4, 1, 0), (&by_name, V2_1, 0, 1), (&by_tag, V2_1, 1, 0)] {
        let tag = Tag::KEY_WRAPPING_SPECIFICATION;
        let read: KeyWrappingSpecification<'_> = decode(frame, tag, version, Rules::STRICT).unwrap();
        assert_eq!((read.attributes.len(), read.attribute_names.len()), (references, names));
        assert_eq!(encode(&read, tag, version).unwrap(), *frame);
    }
}
