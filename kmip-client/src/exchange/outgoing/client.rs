//! The parts of a request that only a client uses.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{ProtocolVersion, Result as TtlvResult};
use zeroize::Zeroizing;

use super::Outgoing;
use crate::exchange::asked::{Asked, BatchOptions, Expected};
use crate::exchange::binding::Items;
use crate::exchange::created::makes_object;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::{Poll, Repeat};

impl Outgoing {
    /// Encodes a Poll for the result of an earlier request with this payload. The response is checked as one to that
    /// request.
    ///
    /// A Poll is not sent twice, because a server may forget a result that it has sent.
    pub(crate) fn poll(
        version: ProtocolVersion,
        correlation_value: &[u8],
        (expected, asked_first): (Expected, Zeroizing<Vec<u8>>),
        options: &RequestOptions,
        number: Option<u64>,
    ) -> TtlvResult<Self> {
        let payload = Poll::correlation_value(correlation_value);
        let expected = Expected { repeat: Repeat::Never, later: true, ..expected };
        let asked = Asked { operation: OperationCode::POLL, payload: &payload, expected, problem: None };
        let poll = Self::new(version, &[asked], BatchOptions::default(), options, number)?;
        Ok(Self { asked_first: Some(asked_first), ..poll })
    }

    /// Returns the expectations for the responses, in the order of the requests.
    pub(crate) fn expected(&self) -> &[Expected] {
        &self.expected
    }

    /// Returns the payload of the request with this index.
    pub(crate) fn payload(&self, index: usize) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Items::payloads(&self.request).nth(index).unwrap_or_default().0.to_vec())
    }

    /// Returns the version that the message is encoded for.
    pub(crate) fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// Returns the first operation that creates an object, so that two responses never name the same one.
    pub(crate) fn made_object(&self) -> Option<OperationCode> {
        self.expected.iter().map(|expected| expected.operation).find(|operation| makes_object(*operation))
    }

    /// Returns the operations of the requests, in order.
    pub(crate) fn operations(&self) -> Vec<OperationCode> {
        self.expected.iter().map(|expected| expected.operation).collect()
    }
}
