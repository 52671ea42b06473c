//! The options of the messages that a client sends on its own.

use kmip_ttlv::{ProtocolVersion, Tag, check_vocabulary, encode};
use zeroize::Zeroizing;

use super::{Credentials, RequestOptions, authentication};

impl RequestOptions {
    /// Returns `true` if the client waits for pending responses.
    pub(crate) fn waits_for_pending(&self) -> bool {
        self.wait_for_pending
    }

    /// Returns the same options for requests that need a synchronous response: Poll and Cancel.
    pub(crate) fn at_once(&self) -> Self {
        Self { asynchronous: None, ..self.clone() }
    }

    /// Returns the same options for negotiating the version in a message of this version, with the credentials that it
    /// supports.
    pub(crate) fn to_negotiate_in(&self, version: ProtocolVersion) -> Self {
        let credentials = self.credentials.clone().filter(|credentials| fit(credentials, version));
        Self { credentials, ..Self::default() }
    }
}

/// Returns `true` if this version supports the credentials.
fn fit(credentials: &Credentials, version: ProtocolVersion) -> bool {
    let encoded = authentication(credentials, version)
        .and_then(|authentication| encode(&authentication, Tag::AUTHENTICATION, version).map(Zeroizing::new));
    encoded.is_ok_and(|encoded| check_vocabulary(&encoded, version).is_ok())
}
