//! Errors of signing.

use std::fmt;

use kmip_ttlv::enumeration::{CryptographicUsageMask, LinkType, ObjectType, State};

use super::Scheme;
use crate::client::error::Error;
use crate::exchange::report::{Printable, Report};
use crate::keys::{KeyError, KeyKind};

/// The reason for which a key pair cannot be opened or does not sign, and the remedy.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The call failed, or the server refused.
    #[error(transparent)]
    Kms(#[from] Error),
    /// The public half cannot be decoded.
    #[error("the public key {id} cannot be used: {problem}", id = Printable::new(.id))]
    Key {
        /// The object.
        id: String,
        /// The reason.
        problem: KeyError,
    },
    /// The private key is not active.
    #[error("the private key {id} is {state}, and signs only when it is Active{}", state_advice(*state), id = Printable::new(.id))]
    State {
        /// The private key.
        id: String,
        /// Its state.
        state: State,
    },
    /// The private key may not be used to sign.
    #[error("the private key {id} may not sign: its Cryptographic Usage Mask is {mask:?}, without Sign", id = Printable::new(.id))]
    Usage {
        /// The private key.
        id: String,
        /// Its permitted uses.
        mask: CryptographicUsageMask,
    },
    /// The object is not half of a key pair.
    #[error("the object {id} is a {found}: a private key, a public key or a certificate is wanted", id = Printable::new(.id))]
    Kind {
        /// The object.
        id: String,
        /// The type of the object.
        found: ObjectType,
    },
    /// The object has no link to the other half.
    #[error("the object {id} has no {link}: name both halves, as some servers keep no links, or add the link", id = Printable::new(.id))]
    NoLink {
        /// The object.
        id: String,
        /// The missing link.
        link: LinkType,
    },
    /// The object at the link does not exist.
    #[error("the {link} of the object {id} leads to {to}, which is not there", id = Printable::new(.id), to = Printable::new(.to))]
    BrokenLink {
        /// The object.
        id: String,
        /// The link.
        link: LinkType,
        /// The target of the link.
        to: String,
    },
    /// Keys of this kind do not sign.
    #[error("a key for {kind} does not sign")]
    NoScheme {
        /// The kind of key.
        kind: KeyKind,
    },
    /// The signature scheme does not fit the kind of the key.
    #[error("a key for {kind} does not sign by {scheme}")]
    Scheme {
        /// The kind of key.
        kind: KeyKind,
        /// The signature scheme.
        scheme: Scheme,
    },
    /// The cryptography of TLS does not verify this scheme.
    #[error("the provider of cryptography does not verify {scheme} by a key for {kind}")]
    NoVerifier {
        /// The kind of key.
        kind: KeyKind,
        /// The signature scheme.
        scheme: Scheme,
    },
    /// The response has no signature.
    #[error("the server answered without a signature")]
    NoSignature,
    /// The signature does not verify: the halves belong to different pairs, or the server uses another scheme than
    /// requested.
    #[error(
        "the signature by {scheme} that the private key {private} made does not verify by the public key {public}: they \
         are no pair, or the server signs in another way", private = Printable::new(.private), public = Printable::new(.public))]
    NoPair {
        /// The private key.
        private: String,
        /// The public key, or the certificate.
        public: String,
        /// The signature scheme.
        scheme: Scheme,
    },
    /// The signature does not have the requested type.
    #[error("the signature by {scheme} is none of the type that was asked for")]
    Type {
        /// The signature scheme.
        scheme: Scheme,
    },
}

/// Prints the error in one line: what a server sent is escaped and truncated, as in its text.
impl fmt::Debug for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignError({})", Report::of(self))
    }
}

fn state_advice(state: State) -> &'static str {
    match state {
        State::PRE_ACTIVE => ": activate it",
        _ => "",
    }
}
