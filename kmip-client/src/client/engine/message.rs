//! The message of a call.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{ProtocolVersion, Result as TtlvResult};
use zeroize::Zeroizing;

use crate::client::cluster::Access;
use crate::client::terms::Terms;
use crate::exchange::{Carried, Expected, Outgoing};
use crate::protocol::operation::Repeat;

/// Encodes a message for a version.
pub(super) type Encode<'m> = dyn Fn(ProtocolVersion) -> TtlvResult<Outgoing> + Sync + 'm;

/// The message of a call, encoded for the version of the server that gets it.
///
/// Not generic over the operation: the engine is compiled once for each network.
pub(super) struct Message<'m> {
    /// `None` for a call that only has to reach a server.
    encode: Option<&'m Encode<'m>>,
    encoded: Option<Outgoing>,
    /// The terms of the call. All that a message needs is read from here, so that no sender can leave out an option.
    pub(super) terms: &'m Terms,
}

impl<'m> Message<'m> {
    pub(super) const fn new(encode: &'m Encode<'m>, terms: &'m Terms) -> Self {
        Self { encode: Some(encode), encoded: None, terms }
    }

    pub(super) const fn none(terms: &'m Terms) -> Self {
        Self { encode: None, encoded: None, terms }
    }

    /// Creates a message that is already encoded, for one version.
    pub(super) const fn encoded(outgoing: Outgoing, terms: &'m Terms) -> Self {
        Self { encode: None, encoded: Some(outgoing), terms }
    }

    /// Encodes the message for this version, unless it is already. Returns `None` if there is nothing to send.
    pub(super) fn prepare(&mut self, version: ProtocolVersion) -> TtlvResult<Option<&Outgoing>> {
        if let Some(encode) = self.encode
            && self.encoded.as_ref().is_none_or(|outgoing| outgoing.version() != version)
        {
            self.encoded = Some(encode(version)?);
        }
        Ok(self.encoded.as_ref())
    }

    /// Returns the expectations for the response.
    pub(super) fn expected(&self) -> &[Expected] {
        self.encoded.as_ref().map(Outgoing::expected).unwrap_or_default()
    }

    /// Returns the payload of the request with this index.
    pub(super) fn payload(&self, index: usize) -> Zeroizing<Vec<u8>> {
        self.encoded.as_ref().map(|outgoing| outgoing.payload(index)).unwrap_or_default()
    }

    /// Returns `true` if no late answer on a connection that has carried these requests can be mistaken for the one to
    /// this message.
    pub(super) fn is_allowed_by(&self, carried: &Carried) -> bool {
        self.encoded.as_ref().is_none_or(|outgoing| carried.allows(outgoing))
    }

    pub(super) fn operations(&self) -> Vec<OperationCode> {
        self.encoded.as_ref().map(Outgoing::operations).unwrap_or_default()
    }

    /// Returns the endpoints that may get it. A request that uses up Usage Limits changes something; a call that only
    /// has to reach a server does not.
    pub(super) fn access(&self) -> Access {
        let reads = self.encoded.as_ref().is_none_or(|outgoing| outgoing.repeat() == Repeat::Free);
        if reads { Access::Read } else { Access::Write }
    }

    /// Returns `true` if it may be sent again after a server may have seen it.
    pub(super) fn is_repeatable(&self) -> bool {
        self.encoded.as_ref().is_none_or(|outgoing| outgoing.repeat() >= self.terms.affordable)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use kmip_ttlv::{V1_2, V1_4, V2_1};

    use super::*;
    use crate::client::config::Config;
    use crate::exchange::Asked;
    use crate::protocol::operation::Get;

    #[test]
    fn a_message_is_encoded_once_for_each_server_of_another_version() {
        let (terms, get, times) = (Terms::new(&Config::new("s0")), Get::id("a"), AtomicUsize::new(0));
        let encode = |version| {
            times.fetch_add(1, Ordering::Relaxed);
            Outgoing::new(version, &[Asked::new(&get)], Default::default(), &terms.options, None)
        };
        let mut message = Message::new(&encode, &terms);
        for (version, expected) in [(V1_4, 1), (V1_4, 1), (V2_1, 2), (V2_1, 2), (V1_2, 3), (V1_4, 4)] {
            assert_eq!(message.prepare(version).unwrap().unwrap().version(), version);
            assert_eq!(times.load(Ordering::Relaxed), expected, "{version}");
        }
    }
}
