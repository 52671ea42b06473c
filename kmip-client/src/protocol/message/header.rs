//! The headers of messages.

use kmip_ttlv::__private::{Order, ReadField};
use kmip_ttlv::enumeration::{AsynchronousIndicator, AttestationType, BatchErrorContinuationOption};
use kmip_ttlv::{
    DateTime, Decode, DecodeField, Encode, Layout, ProtocolVersion, Reader, Result, Tag, Type, V1_2, V1_4, V2_0, V2_1,
    Word, Writer, ttlv_struct,
};

use super::credential::{Credential, Nonce};
use crate::protocol::Secret;
use crate::protocol::either::either;

ttlv_struct! {
    /// The header of a request (KMIP 2.1, 8.2; KMIP 1.4, 7.2).
    pub struct RequestHeader<'a> {
        /// The version of the whole message.
        pub protocol_version: ProtocolVersion = PROTOCOL_VERSION,
        /// The largest response that the client accepts, in bytes.
        pub maximum_response_size: Option<i32> = MAXIMUM_RESPONSE_SIZE,
        /// A correlation value of the client, for its logs and the server's.
        pub client_correlation_value: Option<&'a str> = CLIENT_CORRELATION_VALUE in V1_4..,
        /// The correlation value of the server from an earlier response.
        pub server_correlation_value: Option<&'a str> = SERVER_CORRELATION_VALUE in V1_4..,
        /// The client's permission to answer later.
        pub asynchronous_indicator: Option<Asynchronous> = ASYNCHRONOUS_INDICATOR,
        /// `true` if the client can attest itself.
        pub attestation_capable_indicator: Option<bool> = ATTESTATION_CAPABLE_INDICATOR in V1_2..,
        /// The kinds of attestation that the client supports.
        pub attestation_types: Vec<AttestationType> = ATTESTATION_TYPE in V1_2..,
        /// Credentials in addition to the client certificate.
        pub authentication: Option<Authentication<'a>> = AUTHENTICATION,
        /// The treatment of the rest of the batch after an item fails.
        pub batch_error_continuation_option: Option<BatchErrorContinuationOption> = BATCH_ERROR_CONTINUATION_OPTION,
        /// `true` if the items have to be processed in order. KMIP 3.0 always does so.
        pub batch_order_option: Option<bool> = BATCH_ORDER_OPTION in ..=V2_1,
        /// The time at which the request was made, by the client's clock.
        pub time_stamp: Option<DateTime> = TIME_STAMP,
        /// The number of items that follow. KMIP 3.0 does not state it.
        pub batch_count: Option<i32> = BATCH_COUNT in ..=V2_1,
    }
}

ttlv_struct! {
    /// The header of a response (KMIP 2.1, 8.4; KMIP 1.4, 7.2).
    pub struct ResponseHeader<'a> {
        /// The version of the whole message.
        pub protocol_version: ProtocolVersion = PROTOCOL_VERSION,
        /// The time at which the response was made, by the server's clock.
        pub time_stamp: DateTime = TIME_STAMP,
        /// A nonce for an attestation or a hashed password.
        pub nonce: Option<Nonce<'a>> = NONCE in V1_2..,
        /// The client's password, hashed by the server to prove that it knows the password.
        pub server_hashed_password: Option<Secret<'a>> = SERVER_HASHED_PASSWORD in V2_0..,
        /// The kinds of attestation that the server accepts.
        pub attestation_types: Vec<AttestationType> = ATTESTATION_TYPE in V1_2..,
        /// The client's correlation value from the request.
        pub client_correlation_value: Option<&'a str> = CLIENT_CORRELATION_VALUE in V1_4..,
        /// A correlation value of the server, for its logs and the client's.
        pub server_correlation_value: Option<&'a str> = SERVER_CORRELATION_VALUE in V1_4..,
        /// The number of items that follow. KMIP 3.0 does not state it.
        pub batch_count: Option<i32> = BATCH_COUNT in ..=V2_1,
    }
}

ttlv_struct! {
    /// Credentials in addition to the client certificate (KMIP 2.1, 9.4).
    pub struct Authentication<'a> {
        /// One credential; several since KMIP 1.4.
        pub credentials: Vec<Credential<'a>> = CREDENTIAL,
    }
}

either! {
    /// The permission for an asynchronous response: yes or no in KMIP 1.x, one of three values since 2.0 (KMIP 2.1,
    /// 9.2).
    pub enum Asynchronous {
        /// KMIP 1.x: `true` if the server may answer later.
        Allowed(bool): Boolean in ..=V1_4,
        /// KMIP 2.0 and later: answering later is mandatory, optional, or prohibited.
        Indicated(AsynchronousIndicator): Enumeration in V2_0..,
    }
}

/// The header of either direction.
pub(super) trait Head<'a>: Decode<'a> {
    const TAG: Tag;

    /// Returns the version of the whole message.
    fn version(&self) -> ProtocolVersion;

    /// Reads a header of the usual layout, and returns `true`. Otherwise reads nothing.
    fn take_usual(&mut self, reader: &mut Reader<'a>) -> bool;

    /// Writes a header that has the usual layout, and returns `true`. Otherwise writes nothing.
    fn put_usual(&self, writer: &mut Writer) -> bool;
}

/// Writes a header into its message.
#[inline(always)]
pub(super) fn encode<'a, H: Head<'a> + Encode>(header: &H, writer: &mut Writer) -> Result<()> {
    if header.put_usual(writer) { Ok(()) } else { header.encode(H::TAG, writer) }
}

/// A header in its message, read in one go if it has the usual layout.
pub(super) struct InMessage<'h, H>(pub(super) &'h mut H);

impl<'a, H: Head<'a>> DecodeField<'a> for InMessage<'_, H> {
    #[inline(always)]
    fn decode_field(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        if self.0.take_usual(reader) { Ok(()) } else { self.0.decode_into(reader, tag) }
    }
}

impl<'a, H: Head<'a>> ReadField<'a> for InMessage<'_, H> {
    fn read_field(&mut self, reader: &mut Reader<'a>, tag: Tag, order: Order) -> Result<bool> {
        self.0.read_field(reader, tag, order)
    }
}

/// Protocol Version, Batch Count.
const REQUEST: Layout<8> = {
    let [a, b, c, d, e] = VERSION;
    let [f, g] = BATCH_COUNT;
    Layout::new([Word::header(Tag::REQUEST_HEADER, Type::Structure, 56), a, b, c, d, e, f, g])
};

/// Protocol Version, Time Stamp, Batch Count.
const RESPONSE: Layout<10> = {
    let [a, b, c, d, e] = VERSION;
    let [h, i] = BATCH_COUNT;
    let (f, g) = (Word::header(Tag::TIME_STAMP, Type::DateTime, 8), Word::EIGHT_BYTES);
    Layout::new([Word::header(Tag::RESPONSE_HEADER, Type::Structure, 72), a, b, c, d, e, f, g, h, i])
};

const VERSION: [Word; 5] = [
    Word::header(Tag::PROTOCOL_VERSION, Type::Structure, 32),
    Word::header(Tag::PROTOCOL_VERSION_MAJOR, Type::Integer, 4),
    Word::SMALL,
    Word::header(Tag::PROTOCOL_VERSION_MINOR, Type::Integer, 4),
    Word::SMALL,
];
const BATCH_COUNT: [Word; 2] = [Word::header(Tag::BATCH_COUNT, Type::Integer, 4), Word::FOUR_BYTES];

/// Returns the version in these two values.
#[inline(always)]
const fn version(major: u64, minor: u64) -> ProtocolVersion {
    let ([.., major], [.., minor]) = (Word::four_bytes(major), Word::four_bytes(minor));
    ProtocolVersion::new(major, minor)
}

impl<'a> Head<'a> for RequestHeader<'a> {
    const TAG: Tag = Tag::REQUEST_HEADER;

    fn version(&self) -> ProtocolVersion {
        self.protocol_version
    }

    #[inline(always)]
    fn take_usual(&mut self, reader: &mut Reader<'a>) -> bool {
        if !reader.may_enter(2) {
            return false;
        }
        let Some([_, _, _, major, _, minor, _, count]) = reader.take_layout(&REQUEST) else { return false };
        self.protocol_version = version(major, minor);
        self.batch_count = Some(i32::from_be_bytes(Word::four_bytes(count)));
        true
    }

    #[inline(always)]
    fn put_usual(&self, writer: &mut Writer) -> bool {
        let &Self {
            protocol_version,
            maximum_response_size: None,
            client_correlation_value: None,
            server_correlation_value: None,
            asynchronous_indicator: None,
            attestation_capable_indicator: None,
            ref attestation_types,
            authentication: None,
            batch_error_continuation_option: None,
            batch_order_option: None,
            time_stamp: None,
            batch_count: Some(count),
        } = self
        else {
            return false;
        };
        if !attestation_types.is_empty() || protocol_version > V2_1 {
            return false;
        }
        let [major, minor] = numbers(protocol_version);
        writer.layout(&REQUEST, [0, 0, 0, major, 0, minor, 0, four_bytes(count.cast_unsigned())]);
        true
    }
}

impl<'a> Head<'a> for ResponseHeader<'a> {
    const TAG: Tag = Tag::RESPONSE_HEADER;

    fn version(&self) -> ProtocolVersion {
        self.protocol_version
    }

    #[inline(always)]
    fn take_usual(&mut self, reader: &mut Reader<'a>) -> bool {
        if !reader.may_enter(2) {
            return false;
        }
        let Some([_, _, _, major, _, minor, _, time, _, count]) = reader.take_layout(&RESPONSE) else { return false };
        self.protocol_version = version(major, minor);
        self.time_stamp = DateTime(time.cast_signed());
        self.batch_count = Some(i32::from_be_bytes(Word::four_bytes(count)));
        true
    }

    #[inline(always)]
    fn put_usual(&self, writer: &mut Writer) -> bool {
        let &Self {
            protocol_version,
            time_stamp,
            nonce: None,
            server_hashed_password: None,
            ref attestation_types,
            client_correlation_value: None,
            server_correlation_value: None,
            batch_count: Some(count),
        } = self
        else {
            return false;
        };
        if !attestation_types.is_empty() || protocol_version > V2_1 {
            return false;
        }
        let ([major, minor], time) = (numbers(protocol_version), time_stamp.0.cast_unsigned());
        writer.layout(&RESPONSE, [0, 0, 0, major, 0, minor, 0, time, 0, four_bytes(count.cast_unsigned())]);
        true
    }
}

/// Returns the two values of a version.
#[inline(always)]
fn numbers(version: ProtocolVersion) -> [u64; 2] {
    [four_bytes(version.major().into()), four_bytes(version.minor().into())]
}

/// Returns the word of a value of four bytes.
#[inline(always)]
fn four_bytes(value: u32) -> u64 {
    u64::from(value) << 32
}
