//! The messages, built with the typed API. All are of KMIP 1.4.
//!
//! | | |
//! |---|---|
//! | W1 | Get response with an AES-256 key, 312 bytes: most of what a client ever receives |
//! | W2 | Create request with four attributes, 360 bytes |
//! | W3 | Locate response with 1,000 identifiers, 48,136 bytes |
//! | W4 | batch of 1,000 Get responses, 240,088 bytes |
//! | W5 | W1 with 1 MiB of key material |

use std::sync::LazyLock;

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::message::{
    RequestBatchItem, RequestItems, RequestMessage, ResponseBatchItem, ResponseItems, ResponseMessage,
};
use kmip_client::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
use kmip_client::protocol::operation::{Create, GetResponse, LocateResponse, RequestPayload, ResponsePayload};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, ObjectType, OperationCode,
};
use kmip_ttlv::{DateTime, Encode, Result, Rules, Tag, V1_4, Walk, Writer};

/// The number of identifiers in W3, and of items in W4.
pub const MANY: usize = 1_000;

/// The names of the messages.
pub const NAMES: [&str; 5] = ["W1", "W2", "W3", "W4", "W5"];

/// A message of either direction.
#[derive(Clone, Debug, PartialEq)]
pub enum Message<'a> {
    /// A request.
    Request(RequestMessage<'a>),
    /// A response.
    Response(ResponseMessage<'a>),
}

/// A message to measure.
pub struct Workload {
    /// `W1` to `W5`.
    pub name: &'static str,
    /// The message.
    pub message: Message<'static>,
    /// The message as bytes.
    pub frame: Vec<u8>,
}

impl Workload {
    /// All of them, W1 first.
    #[must_use]
    pub fn all() -> [Self; 5] {
        let aes = |n: usize| Message::Response(get_response(&KEYS[n]));
        let large = &LARGE[..];
        [
            Self::of("W1", aes(0)),
            Self::of("W2", Message::Request(create_request())),
            Self::of("W3", Message::Response(locate_response())),
            Self::of("W4", Message::Response(get_responses())),
            Self::of("W5", Message::Response(get_response(large))),
        ]
    }

    /// The message, decoded from the bytes and borrowing from them, as a server or a proxy would have it.
    #[must_use]
    pub fn decoded(&self) -> Message<'_> {
        const WELL_FORMED: &str = "it was encoded here";
        match self.message {
            Message::Request(_) => Message::Request(decode_request(&self.frame).expect(WELL_FORMED).0),
            Message::Response(_) => Message::Response(decode_response(&self.frame).expect(WELL_FORMED).0),
        }
    }

    fn of(name: &'static str, message: Message<'static>) -> Self {
        let frame = message.encode().expect("what these messages hold, KMIP 1.4 has");
        Self { name, message, frame }
    }
}

impl Message<'_> {
    /// Encodes into a fresh buffer, through the public API.
    pub fn encode(&self) -> Result<Vec<u8>> {
        match self {
            Self::Request(message) => message.encode_message(),
            Self::Response(message) => message.encode_message(),
        }
    }

    /// Encodes into a buffer that is there, in place of what it holds.
    pub fn encode_into(&self, buffer: &mut Vec<u8>) -> Result<()> {
        buffer.clear();
        let mut writer = Writer::with_buffer(V1_4, std::mem::take(buffer));
        match self {
            Self::Request(message) => message.encode(Tag::REQUEST_MESSAGE, &mut writer)?,
            Self::Response(message) => message.encode(Tag::RESPONSE_MESSAGE, &mut writer)?,
        }
        *buffer = writer.into_vec();
        Ok(())
    }
}

/// Decodes a response under strict rules.
pub fn decode_response(frame: &[u8]) -> Result<(ResponseMessage<'_>, u32)> {
    ResponseMessage::decode_message(frame, Rules::STRICT)
}

/// Decodes a request under strict rules.
pub fn decode_request(frame: &[u8]) -> Result<(RequestMessage<'_>, u32)> {
    RequestMessage::decode_message(frame, Rules::STRICT)
}

/// Decodes a response item by item under strict rules, and passes each to `each`.
pub fn response_in_place<'a>(
    frame: &'a [u8],
    mut each: impl FnMut(&ResponseBatchItem<'a, ResponsePayload<'a>>),
) -> Result<()> {
    let mut items = ResponseItems::new(frame, Rules::STRICT);
    while let Some(item) = items.next_item()? {
        each(item);
    }
    Ok(())
}

/// Decodes a request item by item under strict rules, and passes each to `each`.
pub fn request_in_place<'a>(
    frame: &'a [u8],
    mut each: impl FnMut(&RequestBatchItem<'a, RequestPayload<'a>>),
) -> Result<()> {
    let mut items = RequestItems::new(frame, Rules::STRICT);
    while let Some(item) = items.next_item()? {
        each(item);
    }
    Ok(())
}

/// Reads the tag of every item, and returns a value that depends on all of them.
pub fn walk(frame: &[u8]) -> Result<u32> {
    let mut tags = 0;
    for visit in Walk::new(frame) {
        tags ^= visit?.item.tag().value();
    }
    Ok(tags)
}

fn get_response(key: &'static [u8]) -> ResponseMessage<'static> {
    response([item(OperationCode::GET, ResponsePayload::Get(got(0, key)))])
}

fn create_request() -> RequestMessage<'static> {
    let request = Create::symmetric_key(CryptographicAlgorithm::AES, 256)
        .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
        .attribute(AttributeValue::Name("Key1".into()));
    RequestMessage::new(V1_4, vec![RequestBatchItem::new(OperationCode::CREATE, RequestPayload::Create(request))])
}

fn locate_response() -> ResponseMessage<'static> {
    let payload = LocateResponse::default().unique_identifiers(IDENTIFIERS.iter());
    response([item(OperationCode::LOCATE, ResponsePayload::Locate(payload))])
}

fn get_responses() -> ResponseMessage<'static> {
    response((0..MANY).map(|n| {
        item(OperationCode::GET, ResponsePayload::Get(got(n, &KEYS[n]))).unique_batch_item_id(&BATCH_ITEM_IDS[n])
    }))
}

fn response<'a>(items: impl IntoIterator<Item = ResponseBatchItem<'a, ResponsePayload<'a>>>) -> ResponseMessage<'a> {
    ResponseMessage::new(V1_4, DateTime(1_700_000_000), items.into_iter().collect())
}

fn item<'a>(operation: OperationCode, payload: ResponsePayload<'a>) -> ResponseBatchItem<'a, ResponsePayload<'a>> {
    ResponseBatchItem::success(operation, payload)
}

fn got(n: usize, key: &'static [u8]) -> GetResponse<'static> {
    let key_block = KeyBlock::default()
        .key_format_type(KeyFormatType::RAW)
        .key_value(KeyValue::from_bytes(key))
        .cryptographic_algorithm(CryptographicAlgorithm::AES)
        .cryptographic_length(256);
    GetResponse::new(ObjectType::SYMMETRIC_KEY, &IDENTIFIERS[n], Object::SymmetricKey(SymmetricKey::new(key_block)))
}

// The data that the messages borrow. The values have no meaning, but are all different.

static IDENTIFIERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let identifier = |n| format!("{n:08x}-da42-6384-268a-{:012x}", n * 0x9E37_79B1_u64);
    (0..MANY as u64).map(identifier).collect()
});

static BATCH_ITEM_IDS: LazyLock<Vec<[u8; 4]>> = LazyLock::new(|| (1..).take(MANY).map(u32::to_be_bytes).collect());

static KEYS: LazyLock<Vec<[u8; 32]>> = LazyLock::new(|| {
    (1..).take(MANY).map(|n: u64| std::array::from_fn(|i| (n * 0xA1 + i as u64 * 59).to_le_bytes()[0])).collect()
});

static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| vec![0x5A; 1 << 20]);
