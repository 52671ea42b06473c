//! The formats of RSA keys: PKCS#1, and what says of it that it is RSA.

use kmip_ttlv::enumeration::KeyFormatType;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode, Encode};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

const RSA: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef {
    oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"),
    parameters: Some(AnyRef::NULL),
};

/// The private key in another format; `None` where this is not known how to do.
pub(in crate::test_server) fn private_key(
    der: &[u8],
    from: KeyFormatType,
    to: KeyFormatType,
) -> Option<Zeroizing<Vec<u8>>> {
    match (from, to) {
        (KeyFormatType::PKCS_8, KeyFormatType::PKCS_1) => {
            let info = PrivateKeyInfoRef::from_der(der).ok().filter(|info| info.algorithm.oid == RSA.oid)?;
            Some(Zeroizing::new(info.private_key.as_bytes().to_vec()))
        }
        (KeyFormatType::PKCS_1, KeyFormatType::PKCS_8) => {
            let info = PrivateKeyInfoRef::new(RSA, OctetStringRef::new(der).ok()?);
            info.to_der().ok().map(Zeroizing::new)
        }
        _ => None,
    }
}

/// The public key in another format; `None` where this is not known how to do.
pub(in crate::test_server) fn public_key(
    der: &[u8],
    from: KeyFormatType,
    to: KeyFormatType,
) -> Option<Zeroizing<Vec<u8>>> {
    match (from, to) {
        (KeyFormatType::X_509, KeyFormatType::PKCS_1) => {
            let info = SubjectPublicKeyInfoRef::from_der(der).ok().filter(|info| info.algorithm.oid == RSA.oid)?;
            info.subject_public_key.as_bytes().map(|key| Zeroizing::new(key.to_vec()))
        }
        (KeyFormatType::PKCS_1, KeyFormatType::X_509) => {
            let subject_public_key = BitStringRef::from_bytes(der).ok()?;
            let info = SubjectPublicKeyInfoRef { algorithm: RSA, subject_public_key };
            info.to_der().ok().map(Zeroizing::new)
        }
        _ => None,
    }
}
