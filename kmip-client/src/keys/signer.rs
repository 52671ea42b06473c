//! Keys that never leave the KMS, and sign there. Feature `signer`.

mod error;
mod halves;
mod scheme;
mod signature;
#[cfg(feature = "blocking")]
mod tls;
#[cfg_attr(not(any(feature = "blocking", feature = "tokio")), allow(unused_imports, reason = "it serves the clients"))]
mod traits;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use kmip_ttlv::V1_4;
use rustls::crypto::WebPkiSupportedAlgorithms;

pub use self::error::SignError;
pub use self::scheme::{Scheme, Sha2};
pub use self::signature::Signature;
#[cfg(feature = "blocking")]
pub use self::tls::TlsKey;

use self::halves::Halves;
use super::PublicKey;
use crate::client::kmip::Kmip;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{Sign, SignRequest};

/// Longer data is hashed by the client, if the server accepts a digest.
const LARGE: usize = 16 * 1024;

/// The data that is signed to check if the halves of a pair belong together.
const PROOF: &[u8] = b"kmip-client: do the halves of this key pair belong together?";

/// A key pair whose private half stays in the KMS: it signs by the operation Sign.
///
/// Opened by `signer` of either client, or by [`open`](Self::open) for both. Cheap to clone. By default it signs with
/// PKCS#1 v1.5 and SHA-256 for RSA, with ECDSA and the hash of the curve's size, or with Ed25519;
/// [`with_scheme`](Self::with_scheme) changes that.
///
/// Signing twice is harmless, so a request whose reply was lost is repeated, unless the key has Usage Limits.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, test_server::TestServer};
/// use kmip_client::protocol::operation::{Activate, CreateKeyPair};
/// use kmip_ttlv::enumeration::RecommendedCurve;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256))?;
/// let id = made.payload().private_key_unique_identifier;
/// kms.call(&Activate::id(id))?;
///
/// let signer = kms.signer(&id.to_string())?;
/// let signature = signer.sign(b"I owe you")?;
/// assert!(signer.verify(b"I owe you", &signature)?);
/// println!("{} bytes of DER, made by {signer:?}", signature.as_bytes().len());
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// The signer of the blocking client implements `signature::Signer` for every type of signature, for example
/// `p256::ecdsa::Signature`. The signer of the async client implements `signature::AsyncSigner` for [`Signature`], and
/// has [`sign_as`](Self::sign_as) for other types.
pub struct KmsSigner<C> {
    kms: C,
    inner: Arc<Inner>,
    scheme: Scheme,
}

struct Inner {
    private: String,
    public_id: String,
    public: PublicKey,
    /// `true` if each signature counts against Usage Limits.
    limited: bool,
    digests: Digests,
    algorithms: WebPkiSupportedAlgorithms,
}

/// The server's support of Digested Data, as far as it is known.
#[derive(Default)]
struct Digests(AtomicU8);

impl Digests {
    const UNSEEN: u8 = 0;
    const TAKEN: u8 = 1;
    const REFUSED: u8 = 2;

    fn seen(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    fn see(&self, seen: u8) {
        self.0.store(seen, Ordering::Relaxed);
    }
}

impl<C: Kmip> KmsSigner<C> {
    /// Opens the key pair of a private key, a public key or a certificate; the other half is found by its link. Signs
    /// once, to check that the halves belong together.
    ///
    /// # Errors
    ///
    /// Fails if an object is missing, has another kind or is not active, if it may not be used to sign or has no link.
    /// Returns [`SignError::NoPair`] if the signature does not verify.
    pub async fn open(kms: C, id: &str) -> Result<Self, SignError> {
        let halves = Halves::linked(&kms, id).await?;
        Self::of(kms, halves).await
    }

    /// Opens a key pair by the identifiers of both halves, for servers without links, such as PyKMIP. Otherwise does
    /// the same as [`open`](Self::open).
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`open`](Self::open).
    pub async fn open_pair(kms: C, private: &str, public: &str) -> Result<Self, SignError> {
        let halves = Halves::given(&kms, private, public).await?;
        Self::of(kms, halves).await
    }

    async fn of(kms: C, halves: Halves) -> Result<Self, SignError> {
        let Halves { private, public_id, public, limited } = halves;
        let scheme = Scheme::of(public.kind()).ok_or(SignError::NoScheme { kind: public.kind() })?;
        let provider = crate::config::provider().map_err(crate::Error::from)?;
        let algorithms = provider.signature_verification_algorithms;
        let inner = Inner { private, public_id, public, limited, digests: Digests::default(), algorithms };
        let signer = Self { kms, inner: Arc::new(inner), scheme };
        signer.prove().await?;
        Ok(signer)
    }

    /// Signs the data on the server. The methods `sign` of both clients' signers do the same.
    ///
    /// # Errors
    ///
    /// Returns [`SignError::Kms`] if the server does not sign.
    pub async fn sign_data(&self, data: &[u8]) -> Result<Signature, SignError> {
        let digests = &self.inner.digests;
        let large = data.len() > LARGE && digests.seen() != Digests::REFUSED && self.kms.version() >= V1_4;
        let Some(digest) = self.scheme.hash().filter(|_| large).map(|hash| hash.digest(data)) else {
            return self.signature(Sign::data(&*self.inner.private, data)).await;
        };
        match self.signature(Sign::digest(&*self.inner.private, &digest)).await {
            // The first signature is verified, because some servers hash a digest once more.
            Ok(made) if digests.seen() == Digests::UNSEEN => {
                let good = self.verify(data, &made).unwrap_or(false);
                digests.see(if good { Digests::TAKEN } else { Digests::REFUSED });
                if good {
                    return Ok(made);
                }
            }
            Err(SignError::Kms(error)) if digests.seen() == Digests::UNSEEN && error.reason().is_some() => {
                digests.see(Digests::REFUSED);
            }
            done => return done,
        }
        self.signature(Sign::data(&*self.inner.private, data)).await
    }

    async fn signature(&self, request: SignRequest<'_>) -> Result<Signature, SignError> {
        let kind = self.inner.public.kind();
        let request = request.parameters(self.scheme.parameters(kind, self.kms.version()));
        // A signature that is not counted may be repeated.
        let reply: Reply<Sign> = self.kms.with_repeat_metered(!self.inner.limited).call(&request).await?;
        let made = reply.payload().signature_data.ok_or(SignError::NoSignature)?;
        Ok(Signature::received(kind, made))
    }

    /// Signs once, and verifies the signature locally.
    async fn prove(&self) -> Result<(), SignError> {
        let made = self.sign_data(PROOF).await?;
        match self.verify(PROOF, &made) {
            // The TLS libraries do not verify secp256k1.
            Ok(true) | Err(SignError::NoVerifier { .. }) => Ok(()),
            Ok(false) => {
                let Inner { private, public_id, .. } = &*self.inner;
                Err(SignError::NoPair { private: private.clone(), public: public_id.clone(), scheme: self.scheme })
            }
            Err(error) => Err(error),
        }
    }
}

impl<C> KmsSigner<C> {
    /// Verifies a signature locally, by the cryptography of TLS. Returns `false` if it does not match the data.
    ///
    /// # Errors
    ///
    /// Returns [`SignError::NoVerifier`] if the TLS library does not support the scheme, for example ECDSA on
    /// secp256k1.
    pub fn verify(&self, data: &[u8], signature: &Signature) -> Result<bool, SignError> {
        let kind = self.inner.public.kind();
        let (public, signed) = (scheme::public_key_id(kind), self.scheme.signature_id());
        let mut known = self.inner.algorithms.all.iter().filter(|algorithm| {
            Some(algorithm.public_key_alg_id()) == public && algorithm.signature_alg_id() == signed
        });
        let algorithm = known.next().ok_or(SignError::NoVerifier { kind, scheme: self.scheme })?;
        let key = self.inner.public.key_bytes();
        Ok(algorithm.verify_signature(key, data, signature.as_bytes()).is_ok())
    }

    /// Returns the public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.inner.public
    }

    /// Returns the identifier of the private half.
    #[must_use]
    pub fn private_key_id(&self) -> &str {
        &self.inner.private
    }

    /// Returns the identifier of the public half, or of the certificate in its place.
    #[must_use]
    pub fn public_key_id(&self) -> &str {
        &self.inner.public_id
    }

    /// Returns the signature scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the client.
    pub const fn kms(&self) -> &C {
        &self.kms
    }

    /// Returns the same signer with another signature scheme.
    ///
    /// # Errors
    ///
    /// Returns [`SignError::Scheme`] if the scheme does not fit the kind of the key.
    pub fn with_scheme(&self, scheme: Scheme) -> Result<Self, SignError>
    where
        C: Clone,
    {
        let kind = self.inner.public.kind();
        if scheme.fits(kind) { Ok(Self { scheme, ..self.clone() }) } else { Err(SignError::Scheme { kind, scheme }) }
    }
}

impl<C: Clone> Clone for KmsSigner<C> {
    fn clone(&self) -> Self {
        Self { kms: self.kms.clone(), inner: Arc::clone(&self.inner), scheme: self.scheme }
    }
}

impl<C> fmt::Debug for KmsSigner<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KmsSigner({}, {})", self.inner.private, self.scheme)
    }
}
