//! Enumerations about key material: its format, its role, how it is wrapped, split and kept.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// The layout of the bytes of a key (KMIP 2.1, 11.25).
    pub enum KeyFormatType = "Key Format Type" {
        RAW = 0x01, "Raw", "Raw", V1_0..;
        OPAQUE = 0x02, "Opaque", "Opaque", V1_0..;
        PKCS_1 = 0x03, "PKCS_1", "PKCS#1", V1_0..;
        PKCS_8 = 0x04, "PKCS_8", "PKCS#8", V1_0..;
        X_509 = 0x05, "X_509", "X.509", V1_0..;
        EC_PRIVATE_KEY = 0x06, "ECPrivateKey", "ECPrivateKey", V1_0..;
        TRANSPARENT_SYMMETRIC_KEY = 0x07, "TransparentSymmetricKey", "Transparent Symmetric Key", V1_0..;
        TRANSPARENT_DSA_PRIVATE_KEY = 0x08, "TransparentDSAPrivateKey", "Transparent DSA Private Key", V1_0..;
        TRANSPARENT_DSA_PUBLIC_KEY = 0x09, "TransparentDSAPublicKey", "Transparent DSA Public Key", V1_0..;
        TRANSPARENT_RSA_PRIVATE_KEY = 0x0A, "TransparentRSAPrivateKey", "Transparent RSA Private Key", V1_0..;
        TRANSPARENT_RSA_PUBLIC_KEY = 0x0B, "TransparentRSAPublicKey", "Transparent RSA Public Key", V1_0..;
        TRANSPARENT_DH_PRIVATE_KEY = 0x0C, "TransparentDHPrivateKey", "Transparent DH Private Key", V1_0..;
        TRANSPARENT_DH_PUBLIC_KEY = 0x0D, "TransparentDHPublicKey", "Transparent DH Public Key", V1_0..;
        TRANSPARENT_ECDSA_PRIVATE_KEY = 0x0E, "TransparentECDSAPrivateKey", "Transparent ECDSA Private Key", V1_0..=V1_4;
        TRANSPARENT_ECDSA_PUBLIC_KEY = 0x0F, "TransparentECDSAPublicKey", "Transparent ECDSA Public Key", V1_0..=V1_4;
        TRANSPARENT_ECDH_PRIVATE_KEY = 0x10, "TransparentECDHPrivateKey", "Transparent ECDH Private Key", V1_0..=V1_4;
        TRANSPARENT_ECDH_PUBLIC_KEY = 0x11, "TransparentECDHPublicKey", "Transparent ECDH Public Key", V1_0..=V1_4;
        TRANSPARENT_ECMQV_PRIVATE_KEY = 0x12, "TransparentECMQVPrivateKey", "Transparent ECMQV Private Key", V1_0..=V1_4;
        TRANSPARENT_ECMQV_PUBLIC_KEY = 0x13, "TransparentECMQVPublicKey", "Transparent ECMQV Public Key", V1_0..=V1_4;
        TRANSPARENT_EC_PRIVATE_KEY = 0x14, "TransparentECPrivateKey", "Transparent EC Private Key", V1_3..;
        TRANSPARENT_EC_PUBLIC_KEY = 0x15, "TransparentECPublicKey", "Transparent EC Public Key", V1_3..;
        PKCS_12 = 0x16, "PKCS_12", "PKCS#12", V1_4..;
        PKCS_10 = 0x17, "PKCS_10", "PKCS#10", V2_0..;
    }
}

ttlv_enum! {
    /// The compression of the point of an elliptic curve public key (KMIP 2.1, 11.24).
    pub enum KeyCompressionType = "Key Compression Type" {
        EC_PUBLIC_KEY_TYPE_UNCOMPRESSED = 0x01, "ECPublicKeyTypeUncompressed", "EC Public Key Type Uncompressed", V1_0..;
        EC_PUBLIC_KEY_TYPE_X9_62_COMPRESSED_PRIME = 0x02, "ECPublicKeyTypeX9_62CompressedPrime", "EC Public Key Type X9.62 Compressed Prime", V1_0..;
        EC_PUBLIC_KEY_TYPE_X9_62_COMPRESSED_CHAR2 = 0x03, "ECPublicKeyTypeX9_62CompressedChar2", "EC Public Key Type X9.62 Compressed Char2", V1_0..;
        EC_PUBLIC_KEY_TYPE_X9_62_HYBRID = 0x04, "ECPublicKeyTypeX9_62Hybrid", "EC Public Key Type X9.62 Hybrid", V1_0..;
    }
}

ttlv_enum! {
    /// The role of a key in banking, by the names of ANSI X9 TR-31 (KMIP 2.1, 11.26).
    pub enum KeyRoleType = "Key Role Type" {
        BDK = 0x01, "BDK", "BDK", V1_0..;
        CVK = 0x02, "CVK", "CVK", V1_0..;
        DEK = 0x03, "DEK", "DEK", V1_0..;
        MKAC = 0x04, "MKAC", "MKAC", V1_0..;
        MKSMC = 0x05, "MKSMC", "MKSMC", V1_0..;
        MKSMI = 0x06, "MKSMI", "MKSMI", V1_0..;
        MKDAC = 0x07, "MKDAC", "MKDAC", V1_0..;
        MKDN = 0x08, "MKDN", "MKDN", V1_0..;
        MKCP = 0x09, "MKCP", "MKCP", V1_0..;
        MKOTH = 0x0A, "MKOTH", "MKOTH", V1_0..;
        KEK = 0x0B, "KEK", "KEK", V1_0..;
        MAC16609 = 0x0C, "MAC16609", "MAC16609", V1_0..;
        MAC97971 = 0x0D, "MAC97971", "MAC97971", V1_0..;
        MAC97972 = 0x0E, "MAC97972", "MAC97972", V1_0..;
        MAC97973 = 0x0F, "MAC97973", "MAC97973", V1_0..;
        MAC97974 = 0x10, "MAC97974", "MAC97974", V1_0..;
        MAC97975 = 0x11, "MAC97975", "MAC97975", V1_0..;
        ZPK = 0x12, "ZPK", "ZPK", V1_0..;
        PVKIBM = 0x13, "PVKIBM", "PVKIBM", V1_0..;
        PVKPVV = 0x14, "PVKPVV", "PVKPVV", V1_0..;
        PVKOTH = 0x15, "PVKOTH", "PVKOTH", V1_0..;
        DUKPT = 0x16, "DUKPT", "DUKPT", V1_4..;
        IV = 0x17, "IV", "IV", V1_4..;
        TRKBK = 0x18, "TRKBK", "TRKBK", V1_4..;
    }
}

ttlv_enum! {
    /// The role of a key, by the names of NIST SP 800-57 (KMIP 2.1, 11.32).
    pub enum NistKeyType = "NIST Key Type" {
        PRIVATE_SIGNATURE_KEY = 0x01, "PrivateSignatureKey", "Private signature key", V2_0..;
        PUBLIC_SIGNATURE_VERIFICATION_KEY = 0x02, "PublicSignatureVerificationKey", "Public signature verification key", V2_0..;
        SYMMETRIC_AUTHENTICATION_KEY = 0x03, "SymmetricAuthenticationKey", "Symmetric authentication key", V2_0..;
        PRIVATE_AUTHENTICATION_KEY = 0x04, "PrivateAuthenticationKey", "Private authentication key", V2_0..;
        PUBLIC_AUTHENTICATION_KEY = 0x05, "PublicAuthenticationKey", "Public authentication key", V2_0..;
        SYMMETRIC_DATA_ENCRYPTION_KEY = 0x06, "SymmetricDataEncryptionKey", "Symmetric data encryption key", V2_0..;
        SYMMETRIC_KEY_WRAPPING_KEY = 0x07, "SymmetricKeyWrappingKey", "Symmetric key wrapping key", V2_0..;
        SYMMETRIC_RANDOM_NUMBER_GENERATION_KEY = 0x08, "SymmetricRandomNumberGenerationKey", "Symmetric random number generation key", V2_0..;
        SYMMETRIC_MASTER_KEY = 0x09, "SymmetricMasterKey", "Symmetric master key", V2_0..;
        PRIVATE_KEY_TRANSPORT_KEY = 0x0A, "PrivateKeyTransportKey", "Private key transport key", V2_0..;
        PUBLIC_KEY_TRANSPORT_KEY = 0x0B, "PublicKeyTransportKey", "Public key transport key", V2_0..;
        SYMMETRIC_KEY_AGREEMENT_KEY = 0x0C, "SymmetricKeyAgreementKey", "Symmetric key agreement key", V2_0..;
        PRIVATE_STATIC_KEY_AGREEMENT_KEY = 0x0D, "PrivateStaticKeyAgreementKey", "Private static key agreement key", V2_0..;
        PUBLIC_STATIC_KEY_AGREEMENT_KEY = 0x0E, "PublicStaticKeyAgreementKey", "Public static key agreement key", V2_0..;
        PRIVATE_EPHEMERAL_KEY_AGREEMENT_KEY = 0x0F, "PrivateEphemeralKeyAgreementKey", "Private ephemeral key agreement key", V2_0..;
        PUBLIC_EPHEMERAL_KEY_AGREEMENT_KEY = 0x10, "PublicEphemeralKeyAgreementKey", "Public ephemeral key agreement key", V2_0..;
        SYMMETRIC_AUTHORIZATION_KEY = 0x11, "SymmetricAuthorizationKey", "Symmetric authorization key", V2_0..;
        PRIVATE_AUTHORIZATION_KEY = 0x12, "PrivateAuthorizationKey", "Private authorization key", V2_0..;
        PUBLIC_AUTHORIZATION_KEY = 0x13, "PublicAuthorizationKey", "Public authorization key", V2_0..;
    }
}

ttlv_enum! {
    /// The effect of wrapping: encryption, authentication, or both (KMIP 2.1, 11.62).
    pub enum WrappingMethod = "Wrapping Method" {
        ENCRYPT = 0x01, "Encrypt", "Encrypt", V1_0..;
        MAC_SIGN = 0x02, "MACSign", "MAC/sign", V1_0..;
        ENCRYPT_THEN_MAC_SIGN = 0x03, "EncryptThenMACSign", "Encrypt then MAC/sign", V1_0..;
        MAC_SIGN_THEN_ENCRYPT = 0x04, "MACSignThenEncrypt", "MAC/sign then encrypt", V1_0..;
        TR_31 = 0x05, "TR_31", "TR-31", V1_0..;
    }
}

ttlv_enum! {
    /// The form of the bytes that were wrapped: the key alone, or its Key Value in TTLV (KMIP 2.1, 11.18).
    pub enum EncodingOption = "Encoding Option" {
        NO_ENCODING = 0x01, "NoEncoding", "No Encoding", V1_1..;
        TTLV_ENCODING = 0x02, "TTLVEncoding", "TTLV Encoding", V1_1..;
    }
}

ttlv_enum! {
    /// The form in which a wrapped key is returned: as registered, or unwrapped (KMIP 2.1, 11.29).
    pub enum KeyWrapType = "Key Wrap Type" {
        NOT_WRAPPED = 0x01, "NotWrapped", "Not Wrapped", V1_4..;
        AS_REGISTERED = 0x02, "AsRegistered", "As Registered", V1_4..;
    }
}

ttlv_enum! {
    /// The form of the location of a key that the server does not hold (KMIP 2.1, 11.27).
    pub enum KeyValueLocationType = "Key Value Location Type" {
        UNINTERPRETED_TEXT_STRING = 0x01, "UninterpretedTextString", "Uninterpreted Text String", V1_2..;
        URI = 0x02, "URI", "URI", V1_2..;
    }
}

ttlv_enum! {
    /// The method by which a key was split into parts (KMIP 2.1, 11.54).
    pub enum SplitKeyMethod = "Split Key Method" {
        XOR = 0x01, "XOR", "XOR", V1_0..;
        POLYNOMIAL_SHARING_GF_2_16 = 0x02, "PolynomialSharingGF2_16" | "PolynomialSharingGF216", "Polynomial Sharing GF(2^16)", V1_0..;
        POLYNOMIAL_SHARING_PRIME_FIELD = 0x03, "PolynomialSharingPrimeField", "Polynomial Sharing Prime Field", V1_0..;
        POLYNOMIAL_SHARING_GF_2_8 = 0x04, "PolynomialSharingGF2_8" | "PolynomialSharingGF28", "Polynomial Sharing GF (2^8)", V1_2..;
    }
}

ttlv_enum! {
    /// The polynomial of a key that was split over GF(2^8) (KMIP 3.0).
    pub enum SplitKeyPolynomial = "Split Key Polynomial" {
        POLYNOMIAL_283 = 0x01, "Polynomial_283", "Polynomial-283", V3_0..;
        POLYNOMIAL_285 = 0x02, "Polynomial_285", "Polynomial-285", V3_0..;
    }
}

ttlv_enum! {
    /// The protection that a key requires (KMIP 2.1, 11.42).
    pub enum ProtectionLevel = "Protection Level" {
        HIGH = 0x01, "High", "High", V2_0..;
        LOW = 0x02, "Low", "Low", V2_0..;
    }
}
