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

/// Data longer than this are hashed here, where the server takes a digest.
const LARGE: usize = 16 * 1024;

/// What is signed to see whether the halves of a pair belong together.
const PROOF: &[u8] = b"kmip-client: do the halves of this key pair belong together?";

/// A key pair whose private half stays in the KMS: it signs by the operation Sign.
///
/// Opened by `signer` of either client, or by [`open`](Self::open) for both. Cheap to clone. It signs by PKCS#1 v1.5 with SHA-256 for RSA, by
/// ECDSA with the hash of the curve's size, by Ed25519; [`with_scheme`](Self::with_scheme) changes that.
///
/// Signing twice does no harm, so a signature whose answer was lost is asked for again, unless the key has Usage Limits.
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
/// Where a crate asks for `signature::Signer`, the one of the blocking client is one, for every kind of signature; `p256::ecdsa::Signature`
/// for example. The one of the async client is a `signature::AsyncSigner` of [`Signature`], and has [`sign_as`](Self::sign_as) for others.
pub struct KmsSigner<C> {
    kms: C,
    inner: Arc<Inner>,
    scheme: Scheme,
}

struct Inner {
    private: String,
    public_id: String,
    public: PublicKey,
    /// Whether each signature is counted.
    limited: bool,
    digests: Digests,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Whether the server takes Digested Data, as far as that was seen.
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
    /// Opens the key pair of a private key, a public key or a certificate: the other half is found by its link. Signs once, to see that the
    /// halves belong together.
    ///
    /// # Errors
    ///
    /// Where an object is not there, is of another kind or not active, may not be used to sign or has no link; [`SignError::NoPair`] where the
    /// signature does not verify.
    pub async fn open(kms: C, id: &str) -> Result<Self, SignError> {
        let halves = Halves::linked(&kms, id).await?;
        Self::of(kms, halves).await
    }

    /// Opens a key pair by the identifiers of both halves, for servers that keep no links, as PyKMIP. Otherwise as [`open`](Self::open).
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
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

    /// Has the server sign these data. The methods `sign` of both clients' signers are the same.
    ///
    /// # Errors
    ///
    /// [`SignError::Kms`] where the server does not sign.
    pub async fn sign_data(&self, data: &[u8]) -> Result<Signature, SignError> {
        let digests = &self.inner.digests;
        let large = data.len() > LARGE && digests.seen() != Digests::REFUSED && self.kms.version() >= V1_4;
        let Some(digest) = self.scheme.hash().filter(|_| large).map(|hash| hash.digest(data)) else {
            return self.signature(Sign::data(&*self.inner.private, data)).await;
        };
        match self.signature(Sign::digest(&*self.inner.private, &digest)).await {
            // The first is verified: some servers hash a digest once more.
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
        // A signature that nobody counts may be made twice.
        let reply: Reply<Sign> = self.kms.with_repeat_metered(!self.inner.limited).call(&request).await?;
        let made = reply.payload().signature_data.ok_or(SignError::NoSignature)?;
        Ok(Signature::received(kind, made))
    }

    /// Signs once, and verifies that here.
    async fn prove(&self) -> Result<(), SignError> {
        let made = self.sign_data(PROOF).await?;
        match self.verify(PROOF, &made) {
            // secp256k1 is not verified by the libraries of TLS.
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
    /// Verifies a signature here, by the cryptography of TLS. Returns `false` if it is not one of the data.
    ///
    /// # Errors
    ///
    /// [`SignError::NoVerifier`] where that does not know the scheme: ECDSA on secp256k1, for example.
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

    /// Returns the identifier of the public half, or of the certificate that stands for it.
    #[must_use]
    pub fn public_key_id(&self) -> &str {
        &self.inner.public_id
    }

    /// Returns the kind of signature that it makes.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the client.
    pub const fn kms(&self) -> &C {
        &self.kms
    }

    /// Returns the same signer for another kind of signature.
    ///
    /// # Errors
    ///
    /// [`SignError::Scheme`] where a key of this kind does not make such signatures.
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
