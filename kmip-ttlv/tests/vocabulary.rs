//! How tags, enumerations and masks behave where the tables end or versions differ.

use kmip_ttlv::enumeration::{
    CryptographicUsageMask, DigitalSignatureAlgorithm, HashingAlgorithm, ObjectType, OpaqueDataType,
};
use kmip_ttlv::{Tag, V1_0, V1_4, V2_0, V3_0};

#[test]
fn what_is_unknown_prints_as_hex() {
    assert_eq!(Tag::from_bytes([0x54, 0x00, 0x01]).to_string(), "0x540001");
    assert_eq!(Tag::from_bytes([0, 0, 0]).to_string(), "0x000000");
    assert_eq!(Tag::from_bytes([0x42, 0x01, 0x37]).name(), None); // reserved
    assert!(Tag::from_bytes([0x54, 0xFF, 0xFF]).is_extension() && !Tag::from_bytes([0x55, 0, 0]).is_extension());
    assert_eq!(Tag::try_from(0x0142_0001).map_err(|error| error.to_string()), {
        Err("0x01420001 is not a tag: tags have 24 bits".into())
    });

    assert_eq!(format!("{:?}", ObjectType::from_value(0)), "0x00000000");
    assert_eq!(ObjectType::from_value(u32::MAX).to_string(), "0xFFFFFFFF");
    assert_eq!(ObjectType::from_value(0x8000_0001).versions(), None);
    assert_eq!(OpaqueDataType::from_value(0x8000_0001).to_string(), "0x80000001");
    assert_eq!(ObjectType::from_name("symmetrickey"), None);

    assert_eq!(CryptographicUsageMask::EMPTY.to_string(), "0x00000000");
    assert_eq!(CryptographicUsageMask::from_bits(0xFF00_0000).to_string(), "0xFF000000");
    let some = CryptographicUsageMask::SIGN | CryptographicUsageMask::from_bits(0x8000_0000);
    assert_eq!(format!("{some:?}"), "Sign | 0x80000000");
    assert_eq!(some & CryptographicUsageMask::SIGN, CryptographicUsageMask::SIGN);
    assert!(!some.contains(CryptographicUsageMask::SIGN | CryptographicUsageMask::VERIFY));
}

#[test]
fn a_version_has_its_own_spelling() {
    let sha3 = HashingAlgorithm::SHA3_256;
    assert_eq!(sha3, HashingAlgorithm::SHA_3_256);
    assert_eq!(sha3.name(), Some("SHA3_256"));
    assert_eq!(sha3.name_in(V1_4), Some("SHA_3_256"));
    assert_eq!(sha3.name_in(V2_0), Some("SHA3_256"));
    assert_eq!(sha3.name_in(V1_0), Some("SHA3_256")); // 1.0 had no SHA-3
    assert_eq!(HashingAlgorithm::from_name("SHA_3_256"), Some(sha3));
    assert_eq!(sha3.versions(), Some((V1_4..).into()));

    let signature = DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION;
    assert_eq!(signature.name_in(V1_4), Some("SHA_256WithRSAEncryptionPKCS_1V1_5"));
    assert_eq!(signature.name_in(V3_0), Some("SHA_256WithRSAEncryption"));
}
