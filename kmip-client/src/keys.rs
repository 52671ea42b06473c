//! Keys in and out: PEM, DER and the types of RustCrypto's crates on one side, the objects of a KMS on the other.
//! Feature `keys`.
//!
//! [`PrivateKey`] is PKCS#8 and [`PublicKey`] is SubjectPublicKeyInfo, whatever they were read from; [`Certificate`]
//! and [`SecretKey`] hold the bytes themselves. Algorithm, length, curve and format are derived from the bytes: RSA,
//! P-256, P-384, P-521, secp256k1, Ed25519 and X25519.
//!
//! ```
//! # #[cfg(all(feature = "test-server", feature = "blocking"))] {
//! # use kmip_client::{blocking::Client, test_server::TestServer};
//! use kmip_client::keys::PrivateKey;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = TestServer::start();
//! # let kms = Client::connect(&server.config())?;
//! # let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
//! let id = kms.call(&PrivateKey::from_pem(pem)?.register().name("web"))?.payload().unique_identifier.to_string();
//!
//! let key = kms.private_key(&id)?;
//! println!("{}", key.kind()); // Ed25519
//! std::fs::write("/dev/null", key.to_pkcs8_pem()?)?;
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```
//!
//! [`PrivateKey::decode`] converts to the typed key of a crate that reads PKCS#8, and [`PrivateKey::from_key`] converts
//! from one: `rsa`, `p256`, `p384`, `p521`, `k256`, `ed25519-dalek` and others, in the versions based on [`pkcs8`]
//! 0.11.
//!
//! # Formats
//!
//! Supported are PKCS#1, PKCS#8, SEC1, SubjectPublicKeyInfo and X.509 in files, and KMIP's PKCS#1, PKCS#8,
//! ECPrivateKey, X.509, Raw and Transparent RSA, EC, ECDSA, ECDH and ECMQV in objects. [`PrivateKey::encode`] writes
//! each of them.
//!
//! A Raw key of 256 bits may be on P-256, secp256k1 or Curve25519; its Cryptographic Domain Parameters decide. Reading
//! such an object alone returns [`KeyError::AmbiguousCurve`]; the methods of the clients fetch the attribute. A
//! transparent RSA key without its CRT numbers needs the feature `rsa-recover`. Ed25519 has no name before KMIP 2.0:
//! the request is not sent.
//!
//! The feature `unwrap` opens keys that a server has wrapped.
//!
//! # Keys that stay
//!
//! With the feature `signer` a private key signs inside the KMS, and only the signature is returned: `KmsSigner`, by
//! the traits of the crate `signature`, or as `TlsKey` for rustls. `KmsAead` encrypts and decrypts by AES-GCM.

#[cfg(feature = "signer")]
mod aead;
#[cfg(feature = "blocking")]
mod blocking;
mod certificate;
pub(crate) mod description;
mod encoded;
mod error;
mod fetch;
mod inspect;
mod kind;
mod labels;
pub(crate) mod object;
#[cfg(feature = "passphrase")]
mod passphrase;
mod pem;
mod private;
mod public;
mod rsa;
mod secret;
#[cfg(feature = "signer")]
mod signer;
#[cfg(feature = "tokio")]
mod tokio;
mod transparent;
#[cfg(feature = "unwrap")]
mod unwrap;

pub use self::{
    certificate::Certificate,
    encoded::EncodedKey,
    error::{FetchError, KeyError},
    fetch::{certificate, private_key, public_key, secret_key},
    kind::{Curve, KeyKind},
    private::PrivateKey,
    public::PublicKey,
    secret::SecretKey,
};

#[cfg(feature = "signer")]
pub use self::aead::{AeadError, KmsAead, Sealed};
#[cfg(all(feature = "signer", feature = "blocking"))]
pub use self::signer::TlsKey;
#[cfg(feature = "signer")]
pub use self::signer::{KmsSigner, Scheme, Sha2, SignError, Signature};
#[cfg(feature = "unwrap")]
pub use self::unwrap::{Unwrapped, unwrap};

/// The traits of signers, in the version that [`KmsSigner`] implements.
#[cfg(feature = "signer")]
pub use signature;

/// PKCS#8 and SubjectPublicKeyInfo, for the traits of typed keys: the version that [`PrivateKey::decode`] uses.
pub use pkcs8;
