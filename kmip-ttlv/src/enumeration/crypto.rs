//! Enumerations that name cryptography: algorithms, modes, paddings, random number generators.

use crate::ttlv_enum;
use crate::version::*;

ttlv_enum! {
    /// The algorithm that a key is for (KMIP 2.1, 11.12).
    pub enum CryptographicAlgorithm = "Cryptographic Algorithm" {
        DES = 0x01, "DES", "DES", V1_0..;
        DES3 = 0x02, "DES3", "3DES", V1_0..;
        AES = 0x03, "AES", "AES", V1_0..;
        RSA = 0x04, "RSA", "RSA", V1_0..;
        DSA = 0x05, "DSA", "DSA", V1_0..;
        ECDSA = 0x06, "ECDSA", "ECDSA", V1_0..;
        HMAC_SHA1 = 0x07, "HMAC_SHA1", "HMAC-SHA1", V1_0..;
        HMAC_SHA224 = 0x08, "HMAC_SHA224", "HMAC-SHA224", V1_0..;
        HMAC_SHA256 = 0x09, "HMAC_SHA256", "HMAC-SHA256", V1_0..;
        HMAC_SHA384 = 0x0A, "HMAC_SHA384", "HMAC-SHA384", V1_0..;
        HMAC_SHA512 = 0x0B, "HMAC_SHA512", "HMAC-SHA512", V1_0..;
        HMAC_MD5 = 0x0C, "HMAC_MD5", "HMAC-MD5", V1_0..;
        DH = 0x0D, "DH", "DH", V1_0..;
        ECDH = 0x0E, "ECDH", "ECDH", V1_0..;
        ECMQV = 0x0F, "ECMQV", "ECMQV", V1_0..;
        BLOWFISH = 0x10, "Blowfish", "Blowfish", V1_0..;
        CAMELLIA = 0x11, "Camellia", "Camellia", V1_0..;
        CAST5 = 0x12, "CAST5", "CAST5", V1_0..;
        IDEA = 0x13, "IDEA", "IDEA", V1_0..;
        MARS = 0x14, "MARS", "MARS", V1_0..;
        RC2 = 0x15, "RC2", "RC2", V1_0..;
        RC4 = 0x16, "RC4", "RC4", V1_0..;
        RC5 = 0x17, "RC5", "RC5", V1_0..;
        SKIPJACK = 0x18, "SKIPJACK", "SKIPJACK", V1_0..;
        TWOFISH = 0x19, "Twofish", "Twofish", V1_0..;
        EC = 0x1A, "EC", "EC", V1_2..;
        ONE_TIME_PAD = 0x1B, "OneTimePad", "One Time Pad", V1_3..;
        CHACHA20 = 0x1C, "ChaCha20", "ChaCha20", V1_4..;
        POLY1305 = 0x1D, "Poly1305", "Poly1305", V1_4..;
        CHACHA20_POLY1305 = 0x1E, "ChaCha20Poly1305", "ChaCha20Poly1305", V1_4..;
        SHA3_224 = 0x1F, "SHA3_224", "SHA3-224", V1_4..;
        SHA3_256 = 0x20, "SHA3_256", "SHA3-256", V1_4..;
        SHA3_384 = 0x21, "SHA3_384", "SHA3-384", V1_4..;
        SHA3_512 = 0x22, "SHA3_512", "SHA3-512", V1_4..;
        HMAC_SHA3_224 = 0x23, "HMAC_SHA3_224", "HMAC-SHA3-224", V1_4..;
        HMAC_SHA3_256 = 0x24, "HMAC_SHA3_256", "HMAC-SHA3-256", V1_4..;
        HMAC_SHA3_384 = 0x25, "HMAC_SHA3_384", "HMAC-SHA3-384", V1_4..;
        HMAC_SHA3_512 = 0x26, "HMAC_SHA3_512", "HMAC-SHA3-512", V1_4..;
        SHAKE_128 = 0x27, "SHAKE_128", "SHAKE-128", V1_4..;
        SHAKE_256 = 0x28, "SHAKE_256", "SHAKE-256", V1_4..;
        ARIA = 0x29, "ARIA", "ARIA", V2_0..;
        SEED = 0x2A, "SEED", "SEED", V2_0..;
        SM2 = 0x2B, "SM2", "SM2", V2_0..;
        SM3 = 0x2C, "SM3", "SM3", V2_0..;
        SM4 = 0x2D, "SM4", "SM4", V2_0..;
        GOST_R_34_10_2012 = 0x2E, "GOSTR34_10_2012", "GOST R 34.10-2012", V2_0..;
        GOST_R_34_11_2012 = 0x2F, "GOSTR34_11_2012", "GOST R 34.11-2012", V2_0..;
        GOST_R_34_13_2015 = 0x30, "GOSTR34_13_2015", "GOST R 34.13-2015", V2_0..;
        GOST_28147_89 = 0x31, "GOST28147_89", "GOST 28147-89", V2_0..;
        XMSS = 0x32, "XMSS", "XMSS", V2_0..;
        SPHINCS_256 = 0x33, "SPHINCS_256", "SPHINCS-256", V2_0..;
        MCELIECE = 0x34, "McEliece", "McEliece", V2_0..;
        MCELIECE_6960119 = 0x35, "McEliece_6960119", "McEliece-6960119", V2_0..;
        MCELIECE_8192128 = 0x36, "McEliece_8192128", "McEliece-8192128", V2_0..;
        ED25519 = 0x37, "Ed25519", "Ed25519", V2_0..;
        ED448 = 0x38, "Ed448", "Ed448", V2_0..;
        ML_KEM_512 = 0x39, "ML_KEM_512", "ML-KEM-512", V3_0..;
        ML_KEM_768 = 0x3A, "ML_KEM_768", "ML-KEM-768", V3_0..;
        ML_KEM_1024 = 0x3B, "ML_KEM_1024", "ML-KEM-1024", V3_0..;
        ML_DSA_44 = 0x3C, "ML_DSA_44", "ML-DSA-44", V3_0..;
        ML_DSA_65 = 0x3D, "ML_DSA_65", "ML-DSA-65", V3_0..;
        ML_DSA_87 = 0x3E, "ML_DSA_87", "ML-DSA-87", V3_0..;
        SLH_DSA_SHA2_128S = 0x3F, "SLH_DSA_SHA2_128s", "SLH-DSA-SHA2-128s", V3_0..;
        SLH_DSA_SHA2_128F = 0x40, "SLH_DSA_SHA2_128f", "SLH-DSA-SHA2-128f", V3_0..;
        SLH_DSA_SHA2_192S = 0x41, "SLH_DSA_SHA2_192s", "SLH-DSA-SHA2-192s", V3_0..;
        SLH_DSA_SHA2_192F = 0x42, "SLH_DSA_SHA2_192f", "SLH-DSA-SHA2-192f", V3_0..;
        SLH_DSA_SHA2_256S = 0x43, "SLH_DSA_SHA2_256s", "SLH-DSA-SHA2-256s", V3_0..;
        SLH_DSA_SHA2_256F = 0x44, "SLH_DSA_SHA2_256f", "SLH-DSA-SHA2-256f", V3_0..;
        SLH_DSA_SHAKE_128S = 0x45, "SLH_DSA_SHAKE_128s", "SLH-DSA-SHAKE-128s", V3_0..;
        SLH_DSA_SHAKE_128F = 0x46, "SLH_DSA_SHAKE_128f", "SLH-DSA-SHAKE-128f", V3_0..;
        SLH_DSA_SHAKE_192S = 0x47, "SLH_DSA_SHAKE_192s", "SLH-DSA-SHAKE-192s", V3_0..;
        SLH_DSA_SHAKE_192F = 0x48, "SLH_DSA_SHAKE_192f", "SLH-DSA-SHAKE-192f", V3_0..;
        SLH_DSA_SHAKE_256S = 0x49, "SLH_DSA_SHAKE_256s", "SLH-DSA-SHAKE-256s", V3_0..;
        SLH_DSA_SHAKE_256F = 0x4A, "SLH_DSA_SHAKE_256f", "SLH-DSA-SHAKE-256f", V3_0..;
    }
}

ttlv_enum! {
    /// The mode in which a block cipher is chained (KMIP 2.1, 11.6).
    pub enum BlockCipherMode = "Block Cipher Mode" {
        CBC = 0x01, "CBC", "CBC", V1_0..;
        ECB = 0x02, "ECB", "ECB", V1_0..;
        PCBC = 0x03, "PCBC", "PCBC", V1_0..;
        CFB = 0x04, "CFB", "CFB", V1_0..;
        OFB = 0x05, "OFB", "OFB", V1_0..;
        CTR = 0x06, "CTR", "CTR", V1_0..;
        CMAC = 0x07, "CMAC", "CMAC", V1_0..;
        CCM = 0x08, "CCM", "CCM", V1_0..;
        GCM = 0x09, "GCM", "GCM", V1_0..;
        CBC_MAC = 0x0A, "CBC_MAC", "CBC-MAC", V1_0..;
        XTS = 0x0B, "XTS", "XTS", V1_0..;
        AES_KEY_WRAP_PADDING = 0x0C, "AESKeyWrapPadding", "AESKeyWrapPadding", V1_0..;
        NIST_KEY_WRAP = 0x0D, "NISTKeyWrap", "NISTKeyWrap", V1_0..;
        X9_102_AESKW = 0x0E, "X9_102AESKW", "X9.102 AESKW", V1_0..;
        X9_102_TDKW = 0x0F, "X9_102TDKW", "X9.102 TDKW", V1_0..;
        X9_102_AKW1 = 0x10, "X9_102AKW1", "X9.102 AKW1", V1_0..;
        X9_102_AKW2 = 0x11, "X9_102AKW2", "X9.102 AKW2", V1_0..;
        AEAD = 0x12, "AEAD", "AEAD", V1_4..;
    }
}

ttlv_enum! {
    /// The method that fills the last block (KMIP 2.1, 11.37).
    pub enum PaddingMethod = "Padding Method" {
        NONE = 0x01, "None", "None", V1_0..;
        OAEP = 0x02, "OAEP", "OAEP", V1_0..;
        PKCS5 = 0x03, "PKCS5", "PKCS5", V1_0..;
        SSL3 = 0x04, "SSL3", "SSL3", V1_0..;
        ZEROS = 0x05, "Zeros", "Zeros", V1_0..;
        ANSI_X9_23 = 0x06, "ANSIX9_23", "ANSI X9.23", V1_0..;
        ISO_10126 = 0x07, "ISO10126", "ISO 10126", V1_0..;
        PKCS1_V1_5 = 0x08, "PKCS1V1_5", "PKCS1 v1.5", V1_0..;
        X9_31 = 0x09, "X9_31", "X9.31", V1_0..;
        PSS = 0x0A, "PSS", "PSS", V1_0..;
    }
}

ttlv_enum! {
    /// A hash function (KMIP 2.1, 11.21).
    ///
    /// KMIP 1.4 spells SHA-3 with two hyphens, later versions with one; both names have a constant, of equal value.
    pub enum HashingAlgorithm = "Hashing Algorithm" {
        MD2 = 0x01, "MD2", "MD2", V1_0..;
        MD4 = 0x02, "MD4", "MD4", V1_0..;
        MD5 = 0x03, "MD5", "MD5", V1_0..;
        SHA_1 = 0x04, "SHA_1", "SHA-1", V1_0..;
        SHA_224 = 0x05, "SHA_224", "SHA-224", V1_0..;
        SHA_256 = 0x06, "SHA_256", "SHA-256", V1_0..;
        SHA_384 = 0x07, "SHA_384", "SHA-384", V1_0..;
        SHA_512 = 0x08, "SHA_512", "SHA-512", V1_0..;
        RIPEMD_160 = 0x09, "RIPEMD_160", "RIPEMD-160", V1_0..;
        TIGER = 0x0A, "Tiger", "Tiger", V1_0..;
        WHIRLPOOL = 0x0B, "Whirlpool", "Whirlpool", V1_0..;
        SHA_512_224 = 0x0C, "SHA_512_224", "SHA-512/224", V1_2..;
        SHA_512_256 = 0x0D, "SHA_512_256", "SHA-512/256", V1_2..;
        SHA_3_224 = 0x0E, "SHA_3_224", "SHA-3-224", V1_4..=V1_4;
        SHA3_224 = 0x0E, "SHA3_224", "SHA3-224", V2_0..;
        SHA_3_256 = 0x0F, "SHA_3_256", "SHA-3-256", V1_4..=V1_4;
        SHA3_256 = 0x0F, "SHA3_256", "SHA3-256", V2_0..;
        SHA_3_384 = 0x10, "SHA_3_384", "SHA-3-384", V1_4..=V1_4;
        SHA3_384 = 0x10, "SHA3_384", "SHA3-384", V2_0..;
        SHA_3_512 = 0x11, "SHA_3_512", "SHA-3-512", V1_4..=V1_4;
        SHA3_512 = 0x11, "SHA3_512", "SHA3-512", V2_0..;
    }
}

ttlv_enum! {
    /// A signature algorithm together with its hash (KMIP 2.1, 11.16).
    ///
    /// Up to KMIP 1.4 the names of the RSA algorithms carry the version of PKCS#1, later ones do not; both names have a
    /// constant, of equal value.
    pub enum DigitalSignatureAlgorithm = "Digital Signature Algorithm" {
        MD2_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x01, "MD2WithRSAEncryptionPKCS_1V1_5", "MD2 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        MD2_WITH_RSA_ENCRYPTION = 0x01, "MD2WithRSAEncryption", "MD2 with RSA Encryption", V2_0..;
        MD5_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x02, "MD5WithRSAEncryptionPKCS_1V1_5", "MD5 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        MD5_WITH_RSA_ENCRYPTION = 0x02, "MD5WithRSAEncryption", "MD5 with RSA Encryption", V2_0..;
        SHA_1_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x03, "SHA_1WithRSAEncryptionPKCS_1V1_5", "SHA-1 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        SHA_1_WITH_RSA_ENCRYPTION = 0x03, "SHA_1WithRSAEncryption", "SHA-1 with RSA Encryption", V2_0..;
        SHA_224_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x04, "SHA_224WithRSAEncryptionPKCS_1V1_5", "SHA-224 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        SHA_224_WITH_RSA_ENCRYPTION = 0x04, "SHA_224WithRSAEncryption", "SHA-224 with RSA Encryption", V2_0..;
        SHA_256_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x05, "SHA_256WithRSAEncryptionPKCS_1V1_5", "SHA-256 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        SHA_256_WITH_RSA_ENCRYPTION = 0x05, "SHA_256WithRSAEncryption", "SHA-256 with RSA Encryption", V2_0..;
        SHA_384_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x06, "SHA_384WithRSAEncryptionPKCS_1V1_5", "SHA-384 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        SHA_384_WITH_RSA_ENCRYPTION = 0x06, "SHA_384WithRSAEncryption", "SHA-384 with RSA Encryption", V2_0..;
        SHA_512_WITH_RSA_ENCRYPTION_PKCS_1_V1_5 = 0x07, "SHA_512WithRSAEncryptionPKCS_1V1_5", "SHA-512 with RSA Encryption (PKCS#1 v1.5)", V1_1..=V1_4;
        SHA_512_WITH_RSA_ENCRYPTION = 0x07, "SHA_512WithRSAEncryption", "SHA-512 with RSA Encryption", V2_0..;
        RSASSA_PSS_PKCS_1_V2_1 = 0x08, "RSASSA_PSSPKCS_1V2_1", "RSASSA-PSS (PKCS#1 v2.1)", V1_1..=V1_4;
        RSASSA_PSS = 0x08, "RSASSA_PSS", "RSASSA-PSS", V2_0..;
        DSA_WITH_SHA_1 = 0x09, "DSAWithSHA_1", "DSA with SHA-1", V1_1..;
        DSA_WITH_SHA224 = 0x0A, "DSAWithSHA224", "DSA with SHA224", V1_1..;
        DSA_WITH_SHA256 = 0x0B, "DSAWithSHA256", "DSA with SHA256", V1_1..;
        ECDSA_WITH_SHA_1 = 0x0C, "ECDSAWithSHA_1", "ECDSA with SHA-1", V1_1..;
        ECDSA_WITH_SHA224 = 0x0D, "ECDSAWithSHA224", "ECDSA with SHA224", V1_1..;
        ECDSA_WITH_SHA256 = 0x0E, "ECDSAWithSHA256", "ECDSA with SHA256", V1_1..;
        ECDSA_WITH_SHA384 = 0x0F, "ECDSAWithSHA384", "ECDSA with SHA384", V1_1..;
        ECDSA_WITH_SHA512 = 0x10, "ECDSAWithSHA512", "ECDSA with SHA512", V1_1..;
        SHA3_256_WITH_RSA_ENCRYPTION = 0x11, "SHA3_256WithRSAEncryption", "SHA3-256 with RSA Encryption", V1_4..;
        SHA3_384_WITH_RSA_ENCRYPTION = 0x12, "SHA3_384WithRSAEncryption", "SHA3-384 with RSA Encryption", V1_4..;
        SHA3_512_WITH_RSA_ENCRYPTION = 0x13, "SHA3_512WithRSAEncryption", "SHA3-512 with RSA Encryption", V1_4..;
    }
}

ttlv_enum! {
    /// The method by which Derive Key computes the new key (KMIP 2.1, 11.14).
    pub enum DerivationMethod = "Derivation Method" {
        PBKDF2 = 0x01, "PBKDF2", "PBKDF2", V1_0..;
        HASH = 0x02, "HASH", "HASH", V1_0..;
        HMAC = 0x03, "HMAC", "HMAC", V1_0..;
        ENCRYPT = 0x04, "ENCRYPT", "ENCRYPT", V1_0..;
        NIST800_108_C = 0x05, "NIST800_108_C", "NIST800-108-C", V1_0..;
        NIST800_108_F = 0x06, "NIST800_108_F", "NIST800-108-F", V1_0..;
        NIST800_108_DPI = 0x07, "NIST800_108_DPI", "NIST800-108-DPI", V1_0..;
        ASYMMETRIC_KEY = 0x08, "AsymmetricKey", "Asymmetric Key", V1_4..;
        AWS_SIGNATURE_VERSION_4 = 0x09, "AWSSignatureVersion4", "AWS Signature Version 4", V2_0..;
        HKDF = 0x0A, "HKDF", "HKDF", V2_0..;
    }
}

ttlv_enum! {
    /// The mask generation function of OAEP and PSS (KMIP 2.1, 11.30).
    pub enum MaskGenerator = "Mask Generator" {
        MGF1 = 0x01, "MGF1" | "MFG1", "MGF1", V1_4..;
    }
}

ttlv_enum! {
    /// The kind of a random number generator (KMIP 2.1, 11.49).
    pub enum RngAlgorithm = "RNG Algorithm" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        FIPS_186_2 = 0x02, "FIPS186_2", "FIPS 186-2", V1_3..;
        DRBG = 0x03, "DRBG", "DRBG", V1_3..;
        NRBG = 0x04, "NRBG", "NRBG", V1_3..;
        ANSI_X9_31 = 0x05, "ANSIX9_31", "ANSI X9.31", V1_3..;
        ANSI_X9_62 = 0x06, "ANSIX9_62", "ANSI X9.62", V1_3..;
    }
}

ttlv_enum! {
    /// The algorithm of a deterministic random bit generator (KMIP 2.1, 11.17).
    pub enum DrbgAlgorithm = "DRBG Algorithm" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        DUAL_EC = 0x02, "Dual_EC", "Dual-EC", V1_3..;
        HASH = 0x03, "Hash", "Hash", V1_3..;
        HMAC = 0x04, "HMAC", "HMAC", V1_3..;
        CTR = 0x05, "CTR", "CTR", V1_3..;
    }
}

ttlv_enum! {
    /// The variation of the FIPS 186-2 generator (KMIP 2.1, 11.20).
    pub enum Fips186Variation = "FIPS186 Variation" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        GP_X_ORIGINAL = 0x02, "GPXOriginal", "GP x-Original", V1_3..;
        GP_X_CHANGE_NOTICE = 0x03, "GPXChangeNotice", "GP x-Change Notice", V1_3..;
        X_ORIGINAL = 0x04, "XOriginal", "x-Original", V1_3..;
        X_CHANGE_NOTICE = 0x05, "XChangeNotice", "x-Change Notice", V1_3..;
        K_ORIGINAL = 0x06, "KOriginal", "k-Original", V1_3..;
        K_CHANGE_NOTICE = 0x07, "KChangeNotice", "k-Change Notice", V1_3..;
    }
}

ttlv_enum! {
    /// The sharing of one random number generator among clients (KMIP 2.1, 11.50).
    pub enum RngMode = "RNG Mode" {
        UNSPECIFIED = 0x01, "Unspecified", "Unspecified", V1_3..;
        SHARED_INSTANTIATION = 0x02, "SharedInstantiation", "Shared Instantiation", V1_3..;
        NON_SHARED_INSTANTIATION = 0x03, "NonSharedInstantiation", "Non-Shared Instantiation", V1_3..;
    }
}

ttlv_enum! {
    /// The algorithm of a one-time password credential (KMIP 3.0).
    pub enum OtpAlgorithm = "OTP Algorithm" {
        HOTP = 0x01, "HOTP", "HOTP", V3_0..;
        TOTP = 0x02, "TOTP", "TOTP", V3_0..;
    }
}
