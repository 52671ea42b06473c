//! Why nothing was signed.

use kmip_ttlv::enumeration::{CryptographicUsageMask, LinkType, ObjectType, State};

use super::Scheme;
use crate::client::error::Error;
use crate::keys::{KeyError, KeyKind};

/// Why a key pair cannot be opened, or does not sign, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The call failed, or the server refuses.
    #[error(transparent)]
    Kms(#[from] Error),
    /// The public half came, and cannot be read.
    #[error("the public key {id} cannot be used: {problem}")]
    Key {
        /// The object.
        id: String,
        /// Why.
        problem: KeyError,
    },
    /// The private key is not active.
    #[error("the private key {id} is {state}, and signs only when it is Active{}", state_advice(*state))]
    State {
        /// The private key.
        id: String,
        /// Its state.
        state: State,
    },
    /// The private key may not be used to sign.
    #[error("the private key {id} may not sign: its Cryptographic Usage Mask is {mask:?}, without Sign")]
    Usage {
        /// The private key.
        id: String,
        /// What it may be used for.
        mask: CryptographicUsageMask,
    },
    /// The object is no half of a key pair.
    #[error("the object {id} is a {found}: a private key, a public key or a certificate is wanted")]
    Kind {
        /// The object.
        id: String,
        /// What it is.
        found: ObjectType,
    },
    /// The object has no link to the other half.
    #[error("the object {id} has no {link}: name both halves, as some servers keep no links, or add the link")]
    NoLink {
        /// The object.
        id: String,
        /// The link that is missing.
        link: LinkType,
    },
    /// The link leads nowhere.
    #[error("the {link} of the object {id} leads to {to}, which is not there")]
    BrokenLink {
        /// The object.
        id: String,
        /// The link.
        link: LinkType,
        /// Where it leads.
        to: String,
    },
    /// Keys of this kind do not sign.
    #[error("a key for {kind} does not sign")]
    NoScheme {
        /// The kind of key.
        kind: KeyKind,
    },
    /// Keys of this kind do not make this kind of signature.
    #[error("a key for {kind} does not sign by {scheme}")]
    Scheme {
        /// The kind of key.
        kind: KeyKind,
        /// The kind of signature.
        scheme: Scheme,
    },
    /// The cryptography of TLS does not verify this kind of signature.
    #[error("the provider of cryptography does not verify {scheme} by a key for {kind}")]
    NoVerifier {
        /// The kind of key.
        kind: KeyKind,
        /// The kind of signature.
        scheme: Scheme,
    },
    /// The server answered without a signature.
    #[error("the server answered without a signature")]
    NoSignature,
    /// The signature does not verify: the halves are of different pairs, or the server signs in another way than it is asked to.
    #[error(
        "the signature by {scheme} that the private key {private} made does not verify by the public key {public}: they \
         are no pair, or the server signs in another way"
    )]
    NoPair {
        /// The private key.
        private: String,
        /// The public key, or the certificate.
        public: String,
        /// The kind of signature.
        scheme: Scheme,
    },
    /// The signature is none of the type that was asked for.
    #[error("the signature by {scheme} is none of the type that was asked for")]
    Type {
        /// The kind of signature.
        scheme: Scheme,
    },
}

fn state_advice(state: State) -> &'static str {
    match state {
        State::PRE_ACTIVE => ": activate it",
        _ => "",
    }
}
