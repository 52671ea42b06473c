//! Poll: the answer that was to come later.

use kmip_ttlv::{Decode, Encode, Item, ProtocolVersion, Reader, Result, Tag, Writer, ttlv_struct};

use super::Operation;

/// Poll: asks for the answer that was to come later. KMIP 2.1, 6.1.38.
///
/// While there is none the server answers with the Result Status Operation Pending and without a payload.
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
    /// Asks for the answer to the operation that was answered with this Asynchronous Correlation Value.
    #[must_use]
    pub fn correlation_value(value: &[u8]) -> PollRequest<'_> {
        PollRequest { asynchronous_correlation_value: value }
    }
}

ttlv_struct! {
    /// Which operation is meant.
    pub struct PollRequest<'a> {
        /// What the server gave in place of an answer.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

/// The payload of the operation that is answered at last. The message does not say which it is: who polls knows what was asked.
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
    /// Stands before the payload.
    reader: Reader<'a>,
}

impl<'a> PollResponse<'a> {
    /// The payload as an answer to this operation.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn answer<O: Operation>(&self) -> Result<O::Response<'a>> {
        O::Response::decode_next(&mut self.reader.clone(), self.payload.tag())
    }

    /// The payload as it was received.
    #[must_use]
    pub const fn payload(&self) -> &Item<'a> {
        &self.payload
    }
}

/// No payload yet.
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

/// Inlined as all payloads are: a call that is lent the reader would keep it in memory for the payloads of every operation.
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

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.payload.encoded_len(tag, version)
    }
}
