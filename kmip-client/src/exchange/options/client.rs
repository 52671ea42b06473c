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
        let kept = self.clone();
        // Field by field: a new option has to be decided here.
        Self {
            asynchronous: None,
            credentials: kept.credentials,
            client_correlation_value: kept.client_correlation_value,
            max_response_size: kept.max_response_size,
            wait_for_pending: false,
            attestation_types: kept.attestation_types,
            time_stamp: kept.time_stamp,
            payload_version: kept.payload_version,
        }
    }

    /// Returns the same options for negotiating the version in a message of this version, with the credentials that it
    /// supports.
    pub(crate) fn to_negotiate_in(&self, version: ProtocolVersion) -> Self {
        let credentials = self.credentials.clone().filter(|credentials| fit(credentials, version));
        Self {
            credentials,
            client_correlation_value: None,
            max_response_size: None,
            asynchronous: None,
            wait_for_pending: false,
            attestation_types: None,
            time_stamp: None,
            payload_version: None,
        }
    }
}

/// Returns `true` if this version supports the credentials.
fn fit(credentials: &Credentials, version: ProtocolVersion) -> bool {
    let encoded = authentication(credentials, version)
        .and_then(|authentication| encode(&authentication, Tag::AUTHENTICATION, version).map(Zeroizing::new));
    encoded.is_ok_and(|encoded| check_vocabulary(&encoded, version).is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kmip_ttlv::enumeration::AsynchronousIndicator;
    use kmip_ttlv::{V1_1, V1_4};

    use super::*;
    use crate::exchange::Asked;
    use crate::exchange::Outgoing;
    use crate::protocol::operation::Locate;

    fn message(options: &RequestOptions) -> Vec<u8> {
        let request = Locate::all();
        Outgoing::new(V1_4, &[Asked::new(&request)], Default::default(), options, None).unwrap().request().to_vec()
    }

    #[test]
    fn a_request_that_is_to_be_answered_at_once_is_otherwise_the_same() {
        let plain = RequestOptions::new()
            .credential(Credentials::user("alice", "secret"))
            .client_correlation_value("backup 7")
            .wait_for_pending(true);
        let waits = plain.clone().asynchronous(AsynchronousIndicator::OPTIONAL);
        assert_ne!(message(&waits), message(&plain));
        assert_eq!(message(&waits.at_once()), message(&plain));
    }

    #[test]
    fn a_negotiation_has_the_credentials_that_its_version_can_carry_and_nothing_else() {
        let user = Credentials::user("alice", "secret");
        let two = user.and(&Credentials::user("bob", "hunter2")).unwrap();
        let with = |credentials: &Credentials| RequestOptions::new().credential(credentials.clone());
        let options = with(&user).client_correlation_value("backup 7");
        assert_eq!(message(&options.to_negotiate_in(V1_1)), message(&with(&user)));
        assert_eq!(message(&with(&two).to_negotiate_in(V1_1)), message(&RequestOptions::new()));
        assert_eq!(message(&with(&two).to_negotiate_in(V1_4)), message(&with(&two)));
    }
}
