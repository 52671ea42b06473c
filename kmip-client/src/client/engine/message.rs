//! What a call is to send.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{ProtocolVersion, Result as TtlvResult};

use crate::exchange::options::RequestOptions;
use crate::exchange::{Exchange, Expected};

/// Encodes a message for a version.
pub(super) type Encode<'m, O> = dyn Fn(ProtocolVersion) -> TtlvResult<Exchange<O>> + Sync + 'm;

/// What a call is to send, encoded in the version of the server that it goes to.
pub(super) struct Message<'m, O> {
    /// None where all there is to do is to reach a server.
    encode: Option<&'m Encode<'m, O>>,
    encoded: Option<Exchange<O>>,
    /// What the header says.
    pub(super) options: &'m RequestOptions,
    /// The one server that can make something of it; otherwise any.
    pub(super) only: Option<usize>,
}

impl<'m, O> Message<'m, O> {
    pub(super) const fn new(encode: &'m Encode<'m, O>, options: &'m RequestOptions) -> Self {
        Self { encode: Some(encode), encoded: None, options, only: None }
    }

    pub(super) const fn none(options: &'m RequestOptions) -> Self {
        Self { encode: None, encoded: None, options, only: None }
    }

    /// One that is encoded already, and cannot be in another version.
    pub(super) const fn encoded(exchange: Exchange<O>, options: &'m RequestOptions) -> Self {
        Self { encode: None, encoded: Some(exchange), options, only: None }
    }

    /// The same for this server alone, or for any.
    pub(super) fn to(self, only: Option<usize>) -> Self {
        Self { only, ..self }
    }

    /// The message in this version; none where there is nothing to say.
    pub(super) fn prepare(&mut self, version: ProtocolVersion) -> TtlvResult<Option<&Exchange<O>>> {
        if let Some(encode) = self.encode
            && self.encoded.as_ref().is_none_or(|exchange| exchange.version() != version)
        {
            self.encoded = Some(encode(version)?);
        }
        Ok(self.encoded.as_ref())
    }

    /// What has to be answered.
    pub(super) fn expected(&self) -> &[Expected] {
        self.encoded.as_ref().map(Exchange::expected).unwrap_or_default()
    }

    pub(super) fn operations(&self) -> Vec<OperationCode> {
        self.encoded.as_ref().map(Exchange::operations).unwrap_or_default()
    }

    /// Nothing has no effect.
    pub(super) fn is_idempotent(&self) -> bool {
        self.encoded.as_ref().is_none_or(Exchange::is_idempotent)
    }
}
