//! The keys of a host: fetched by identifier, cached, and the reasons for which they may be unavailable.

use std::collections::HashMap;
use std::fmt;

use examples::{is_distrust, report};
use kmip_client::blocking::Client;
use kmip_client::protocol::object::KeyBlock;
use kmip_client::protocol::operation::{Get, GetAttributes};
use kmip_client::ttlv::enumeration::{ResultReason, State};
use kmip_client::{Config, Error};
use zeroize::Zeroizing;

use crate::vcenter;

/// The bytes of a key. Wiped on drop.
pub(crate) type Key = Zeroizing<Vec<u8>>;

/// The reason for which a key is unavailable. Each requires another action of an administrator.
#[derive(Debug)]
pub(crate) enum KeyError {
    /// The KMS does not have the key, or not for this client, or no longer.
    Missing { id: String, how: &'static str },
    /// The state of the key does not permit this use.
    NotActive { id: String, state: State },
    /// The KMS does not permit it.
    Denied(Error),
    /// No endpoint can be reached.
    Unreachable(Error),
    /// The KMS and this host do not accept each other's certificates.
    Untrusted(Error),
    /// Something else.
    Other(Error),
}

impl From<Error> for KeyError {
    fn from(error: Error) -> Self {
        match &error {
            Error::Unreachable(_) | Error::NoAnswer(_) if is_distrust(&error) => Self::Untrusted(error),
            Error::Unreachable(_) | Error::NoAnswer(_) => Self::Unreachable(error),
            Error::Refused(_) if matches!(error.reason(), Some(ResultReason::PERMISSION_DENIED)) => Self::Denied(error),
            _ => Self::Other(error),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { id, how } => write!(f, "key missing: {how} {id}; restore it on the KMS from a backup"),
            Self::NotActive { id, state } => {
                write!(f, "key not active: {id} is {}", state.title().unwrap_or("in an unknown state"))
            }
            Self::Denied(error) => write!(f, "permission refused: {}", report(error)),
            Self::Unreachable(error) => write!(f, "cluster unreachable: {}", report(error)),
            Self::Untrusted(error) => write!(f, "not trusted: {}", report(error)),
            Self::Other(error) => write!(f, "{}", report(error)),
        }
    }
}

/// The purpose of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading protected data: a deactivated key is sufficient (KMIP 1.1, 3.17).
    Read,
    /// Protecting new data.
    Protect,
}

/// Fetches the bytes of a key.
pub(crate) fn get(kms: &Client, id: &str) -> Result<Key, KeyError> {
    let fetched = kms.call(&Get::id(id)).map_err(|error| missing(id, error))?;
    let object = fetched.payload().object;
    match object.key_block().and_then(KeyBlock::bytes) {
        Some(bytes) => Ok(Zeroizing::new(bytes.expose().to_vec())),
        None => Err(KeyError::Missing { id: id.to_owned(), how: "the KMS gives no plain bytes of" }),
    }
}

/// Returns the state of a key.
fn state(kms: &Client, id: &str) -> Result<Option<State>, KeyError> {
    let reply = kms.call(&GetAttributes::id(id).state()).map_err(|error| missing(id, error))?;
    Ok(reply.payload().attributes.unwrap_or_default().state())
}

fn missing(id: &str, error: Error) -> KeyError {
    let destroyed = error.reason() == Some(ResultReason::OBJECT_DESTROYED);
    if error.is_not_found() || destroyed {
        KeyError::Missing { id: id.to_owned(), how: "the KMS does not have" }
    } else {
        error.into()
    }
}

/// Fetches a key in the state that the purpose requires.
pub(crate) fn fetch(config: &Config, id: &str, purpose: Purpose) -> Result<Key, KeyError> {
    let kms = vcenter::burst(config)?;
    match (state(&kms, id)?, purpose) {
        (Some(State::DESTROYED | State::DESTROYED_COMPROMISED), _) => {
            Err(KeyError::Missing { id: id.to_owned(), how: "the KMS has destroyed" })
        }
        (Some(State::ACTIVE) | None, _) | (Some(State::DEACTIVATED), Purpose::Read) => get(&kms, id),
        (Some(state), _) => Err(KeyError::NotActive { id: id.to_owned(), state }),
    }
}

/// The keys that a host has in memory. They survive an outage of the KMS, but not a restart of the host.
#[derive(Default)]
pub(crate) struct Cache(HashMap<String, Key>);

impl Cache {
    /// Returns the key, from memory or else from the KMS.
    pub(crate) fn key(&mut self, config: &Config, id: &str) -> Result<&Key, KeyError> {
        if !self.0.contains_key(id) {
            self.keep(id, fetch(config, id, Purpose::Read)?);
        }
        Ok(&self.0[id])
    }

    pub(crate) fn keep(&mut self, id: &str, key: Key) {
        self.0.insert(id.to_owned(), key);
    }

    /// Forgets all keys, like a restart.
    pub(crate) fn drop_all(&mut self) {
        self.0.clear();
    }
}
