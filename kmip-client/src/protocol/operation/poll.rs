//! The Poll operation.

use kmip_ttlv::{Decode, Encode, Item, Reader, Result, Tag, Writer, ttlv_struct};

use super::Operation;

/// Requests the result of an asynchronous operation. KMIP 2.1, 6.1.38.
///
/// While there is no result, the server responds with the Result Status Operation Pending and no payload.
///
/// ```
/// use kmip_client::protocol::operation::Poll;
///
/// let request = Poll::correlation_value(b"job 7");
/// assert_eq!(request.asynchronous_correlation_value, b"job 7");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Poll;

impl Poll {
    /// Requests the result of the operation with this Asynchronous Correlation Value.
    #[must_use]
    #[inline]
    pub fn correlation_value(value: &[u8]) -> PollRequest<'_> {
        PollRequest { asynchronous_correlation_value: value }
    }
}

ttlv_struct! {
    #[compact]
    /// A request for the result of an operation.
    pub struct PollRequest<'a> {
        /// The correlation value that the server returned instead of a result.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

/// The payload of the operation that has completed. The message does not name the operation: the client that polls
/// knows it.
///
/// ```
/// use kmip_client::protocol::operation::{Archive, Poll, PollResponse};
/// use kmip_client::ttlv::{Rules, Tag, V1_4, Writer, decode};
///
/// let mut writer = Writer::new(V1_4);
/// let payload = writer.begin(Tag::RESPONSE_PAYLOAD);
/// writer.text_string(Tag::UNIQUE_IDENTIFIER, "9dc02223")?;
/// writer.end(payload)?;
///
/// let polled: PollResponse = decode(writer.as_slice(), Tag::RESPONSE_PAYLOAD, V1_4, Rules::STRICT)?;
/// assert_eq!(polled.answer::<Archive>()?.unique_identifier.as_str(), Some("9dc02223"));
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PollResponse<'a> {
    payload: Item<'a>,
    /// The reader before the payload.
    reader: Reader<'a>,
}

impl<'a> PollResponse<'a> {
    /// Decodes the payload as a response to this operation.
    ///
    /// # Errors
    ///
    /// Fails if the payload is no such response.
    pub fn answer<O: Operation>(&self) -> Result<O::Response<'a>> {
        O::Response::decode_next(&mut self.reader.clone(), self.payload.tag())
    }

    /// Returns the payload as received.
    #[must_use]
    pub const fn payload(&self) -> &Item<'a> {
        &self.payload
    }
}

/// No payload: the initial value of a field before decoding.
impl Default for PollResponse<'_> {
    fn default() -> Self {
        Self { payload: Item::default(), reader: Reader::new(&[]) }
    }
}

impl PartialEq for PollResponse<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.payload == other.payload
    }
}

impl Eq for PollResponse<'_> {}

/// Inlined like all payloads: a call would force the reader into memory for the payloads of every operation.
impl<'a> Decode<'a> for PollResponse<'a> {
    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        self.reader = reader.clone();
        self.payload.decode_into(reader, tag)
    }
}

impl Encode for PollResponse<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        self.payload.encode(tag, writer)
    }
}
