//! Borrowing decoders: bytes to plain structures.

use super::walk::unpadded;
use super::*;

/// A response: W1, W3, W4, W5.
#[derive(Debug)]
pub struct Response<'a> {
    /// The header.
    pub header: Header<'a>,
    /// The batch.
    pub items: Vec<ResponseItem<'a>>,
}

/// A request: W2.
#[derive(Debug)]
pub struct Request<'a> {
    /// The header.
    pub header: Header<'a>,
    /// The batch.
    pub items: Vec<RequestItem<'a>>,
}

/// The header of either. What only one of them has is `None` in the other.
#[derive(Debug, Default)]
pub struct Header<'a> {
    /// Major and minor number.
    pub version: (u8, u8),
    /// Of requests.
    pub maximum_response_size: Option<i32>,
    /// Seconds since 1970.
    pub time_stamp: Option<i64>,
    /// Of responses: its identifier and its value.
    pub nonce: Option<(&'a [u8], &'a [u8])>,
    /// Of responses.
    pub server_hashed_password: Option<&'a [u8]>,
    /// Of requests.
    pub asynchronous_indicator: Option<bool>,
    /// Of requests.
    pub attestation_capable_indicator: Option<bool>,
    /// What one side asks for, or the other offers.
    pub attestation_types: Vec<u32>,
    /// The mark of the client's.
    pub client_correlation_value: Option<&'a str>,
    /// The mark of the server's.
    pub server_correlation_value: Option<&'a str>,
    /// Of requests: the credentials, unread.
    pub authentication: Option<&'a [u8]>,
    /// Of requests.
    pub batch_error_continuation_option: Option<u32>,
    /// Of requests.
    pub batch_order_option: Option<bool>,
    /// How many items follow.
    pub batch_count: Option<i32>,
}

/// What a vendor adds.
#[derive(Debug)]
pub struct Extension<'a> {
    /// Whose addition it is.
    pub vendor_identification: &'a str,
    /// Whether who does not know it has to refuse the item.
    pub criticality_indicator: bool,
    /// The addition, unread.
    pub vendor_extension: &'a [u8],
}

/// An item of a response.
#[derive(Debug)]
pub struct ResponseItem<'a> {
    /// Its operation.
    pub operation: Option<u32>,
    /// Of W4.
    pub unique_batch_item_id: Option<&'a [u8]>,
    /// 0, mostly.
    pub result_status: u32,
    /// Why it failed.
    pub result_reason: Option<u32>,
    /// Why it failed, for people.
    pub result_message: Option<&'a str>,
    /// What to poll with.
    pub asynchronous_correlation_value: Option<&'a [u8]>,
    /// What the operation returns.
    pub payload: Option<Payload<'a>>,
    /// What a vendor adds.
    pub message_extension: Option<Extension<'a>>,
}

/// What an operation returns.
#[derive(Debug)]
pub enum Payload<'a> {
    /// An object.
    Get(Got<'a>),
    /// How many objects there are in all, and identifiers.
    Locate(Option<i32>, Vec<&'a str>),
}

/// A symmetric key.
#[derive(Debug)]
pub struct Got<'a> {
    /// The kind of object.
    pub object_type: u32,
    /// Its identifier.
    pub unique_identifier: &'a str,
    /// The format of the key.
    pub key_format_type: u32,
    /// How an elliptic point is compressed.
    pub key_compression_type: Option<u32>,
    /// The key.
    pub key_material: Option<&'a [u8]>,
    /// Its algorithm.
    pub cryptographic_algorithm: Option<u32>,
    /// Its length in bits.
    pub cryptographic_length: Option<i32>,
    /// How it is wrapped, unread.
    pub key_wrapping_data: Option<&'a [u8]>,
}

/// An item of a request: Create.
#[derive(Debug)]
pub struct RequestItem<'a> {
    /// Its operation.
    pub operation: u32,
    /// Of batches.
    pub unique_batch_item_id: Option<&'a [u8]>,
    /// The kind of object to create.
    pub object_type: u32,
    /// What it is to be like.
    pub attributes: Vec<Attribute<'a>>,
    /// What a vendor adds.
    pub message_extension: Option<Extension<'a>>,
}

/// An attribute of a new object.
#[derive(Debug)]
pub struct Attribute<'a> {
    /// Which of several.
    pub index: Option<i32>,
    /// Which attribute, and its value.
    pub value: Value<'a>,
}

/// One of the attributes that W2 has.
#[derive(Debug)]
pub enum Value<'a> {
    /// Cryptographic Algorithm.
    Algorithm(u32),
    /// Cryptographic Length.
    Length(i32),
    /// Cryptographic Usage Mask.
    UsageMask(i32),
    /// Name, and its type.
    Name(&'a str, u32),
}

/// Decodes a response.
pub fn response(frame: &[u8]) -> Result<Response<'_>, Wrong> {
    let mut frame = Cursor(frame);
    let mut message = frame.structure(RESPONSE_MESSAGE)?;
    frame.end()?;
    let header = response_header(message.structure(RESPONSE_HEADER)?)?;
    let mut items = Vec::with_capacity(message.room_for_structures());
    while !message.0.is_empty() {
        items.push(response_item(&mut message)?);
    }
    Ok(Response { header, items })
}

#[inline]
fn response_header(mut body: Cursor<'_>) -> Result<Header<'_>, Wrong> {
    let header = Header {
        version: body.version()?,
        time_stamp: Some(body.eight(TIME_STAMP)?.cast_signed()),
        nonce: body.optional(NONCE, nonce)?,
        server_hashed_password: body.optional(SERVER_HASHED_PASSWORD, Cursor::bytes)?,
        attestation_types: body.repeated(ATTESTATION_TYPE)?,
        client_correlation_value: body.optional(CLIENT_CORRELATION_VALUE, Cursor::text)?,
        server_correlation_value: body.optional(SERVER_CORRELATION_VALUE, Cursor::text)?,
        batch_count: body.optional(BATCH_COUNT, Cursor::integer)?,
        ..Header::default()
    };
    body.end()?;
    Ok(header)
}

fn nonce<'a>(header: &mut Cursor<'a>, head: u32) -> Result<(&'a [u8], &'a [u8]), Wrong> {
    let mut body = header.structure(head)?;
    let both = (body.bytes(NONCE_ID)?, body.bytes(NONCE_VALUE)?);
    body.end()?;
    Ok(both)
}

#[inline]
fn response_item<'a>(message: &mut Cursor<'a>) -> Result<ResponseItem<'a>, Wrong> {
    let mut body = message.structure(BATCH_ITEM)?;
    let operation = body.optional(OPERATION, Cursor::four)?;
    let item = ResponseItem {
        operation,
        unique_batch_item_id: body.optional(UNIQUE_BATCH_ITEM_ID, Cursor::bytes)?,
        result_status: body.four(RESULT_STATUS)?,
        result_reason: body.optional(RESULT_REASON, Cursor::four)?,
        result_message: body.optional(RESULT_MESSAGE, Cursor::text)?,
        asynchronous_correlation_value: body.optional(ASYNCHRONOUS_CORRELATION_VALUE, Cursor::bytes)?,
        payload: body.optional(RESPONSE_PAYLOAD, |body, head| response_payload(operation, body.structure(head)?))?,
        message_extension: body.optional(MESSAGE_EXTENSION, extension)?,
    };
    body.end()?;
    Ok(item)
}

#[inline]
fn response_payload(operation: Option<u32>, mut body: Cursor<'_>) -> Result<Payload<'_>, Wrong> {
    let payload = match operation {
        Some(GET) => Payload::Get(got(&mut body)?),
        Some(LOCATE) => {
            let located_items = body.optional(LOCATED_ITEMS, Cursor::integer)?;
            let mut found = Vec::with_capacity(body.0.len() / 48);
            while !body.0.is_empty() {
                found.push(body.text(UNIQUE_IDENTIFIER)?);
            }
            Payload::Locate(located_items, found)
        }
        _ => return Err(Wrong),
    };
    body.end()?;
    Ok(payload)
}

#[inline]
fn got<'a>(payload: &mut Cursor<'a>) -> Result<Got<'a>, Wrong> {
    let object_type = payload.four(OBJECT_TYPE)?;
    let unique_identifier = payload.text(UNIQUE_IDENTIFIER)?;
    let mut object = payload.structure(SYMMETRIC_KEY)?;
    let mut block = object.structure(KEY_BLOCK)?;
    object.end()?;
    let got = Got {
        object_type,
        unique_identifier,
        key_format_type: block.four(KEY_FORMAT_TYPE)?,
        key_compression_type: block.optional(KEY_COMPRESSION_TYPE, Cursor::four)?,
        key_material: block.optional(KEY_VALUE, key_material)?,
        cryptographic_algorithm: block.optional(CRYPTOGRAPHIC_ALGORITHM, Cursor::four)?,
        cryptographic_length: block.optional(CRYPTOGRAPHIC_LENGTH, Cursor::integer)?,
        key_wrapping_data: block.optional(KEY_WRAPPING_DATA, Cursor::unread)?,
    };
    block.end()?;
    Ok(got)
}

#[inline]
fn key_material<'a>(block: &mut Cursor<'a>, head: u32) -> Result<&'a [u8], Wrong> {
    let mut value = block.structure(head)?;
    let material = value.bytes(KEY_MATERIAL)?;
    value.end()?;
    Ok(material)
}

/// Decodes a request.
pub fn request(frame: &[u8]) -> Result<Request<'_>, Wrong> {
    let mut frame = Cursor(frame);
    let mut message = frame.structure(REQUEST_MESSAGE)?;
    frame.end()?;
    let header = request_header(message.structure(REQUEST_HEADER)?)?;
    let mut items = Vec::with_capacity(message.room_for_structures());
    while !message.0.is_empty() {
        items.push(request_item(&mut message)?);
    }
    Ok(Request { header, items })
}

#[inline]
fn request_header(mut body: Cursor<'_>) -> Result<Header<'_>, Wrong> {
    let header = Header {
        version: body.version()?,
        maximum_response_size: body.optional(MAXIMUM_RESPONSE_SIZE, Cursor::integer)?,
        client_correlation_value: body.optional(CLIENT_CORRELATION_VALUE, Cursor::text)?,
        server_correlation_value: body.optional(SERVER_CORRELATION_VALUE, Cursor::text)?,
        asynchronous_indicator: body.optional(ASYNCHRONOUS_INDICATOR, Cursor::boolean)?,
        attestation_capable_indicator: body.optional(ATTESTATION_CAPABLE_INDICATOR, Cursor::boolean)?,
        attestation_types: body.repeated(ATTESTATION_TYPE)?,
        authentication: body.optional(AUTHENTICATION, Cursor::unread)?,
        batch_error_continuation_option: body.optional(BATCH_ERROR_CONTINUATION_OPTION, Cursor::four)?,
        batch_order_option: body.optional(BATCH_ORDER_OPTION, Cursor::boolean)?,
        time_stamp: body.optional(TIME_STAMP, |body, head| Ok(body.eight(head)?.cast_signed()))?,
        batch_count: body.optional(BATCH_COUNT, Cursor::integer)?,
        ..Header::default()
    };
    body.end()?;
    Ok(header)
}

#[inline]
fn request_item<'a>(message: &mut Cursor<'a>) -> Result<RequestItem<'a>, Wrong> {
    let mut body = message.structure(BATCH_ITEM)?;
    let operation = body.four(OPERATION)?;
    if operation != CREATE {
        return Err(Wrong);
    }
    let unique_batch_item_id = body.optional(UNIQUE_BATCH_ITEM_ID, Cursor::bytes)?;
    let mut payload = body.structure(REQUEST_PAYLOAD)?;
    let message_extension = body.optional(MESSAGE_EXTENSION, extension)?;
    body.end()?;
    let object_type = payload.four(OBJECT_TYPE)?;
    let mut template = payload.structure(TEMPLATE_ATTRIBUTE)?;
    payload.end()?;
    let mut attributes = Vec::with_capacity(template.room_for_structures());
    while !template.0.is_empty() {
        attributes.push(attribute(&mut template)?);
    }
    Ok(RequestItem { operation, unique_batch_item_id, object_type, attributes, message_extension })
}

#[inline]
fn attribute<'a>(template: &mut Cursor<'a>) -> Result<Attribute<'a>, Wrong> {
    let mut body = template.structure(ATTRIBUTE)?;
    let name = body.bytes(ATTRIBUTE_NAME)?;
    let index = body.optional(ATTRIBUTE_INDEX, Cursor::integer)?;
    let value = match name {
        b"Cryptographic Algorithm" => Value::Algorithm(body.four(ATTRIBUTE_VALUE_ENUMERATION)?),
        b"Cryptographic Length" => Value::Length(body.integer(ATTRIBUTE_VALUE_INTEGER)?),
        b"Cryptographic Usage Mask" => Value::UsageMask(body.integer(ATTRIBUTE_VALUE_INTEGER)?),
        b"Name" => {
            let mut name = body.structure(ATTRIBUTE_VALUE_STRUCTURE)?;
            let value = Value::Name(name.text(NAME_VALUE)?, name.four(NAME_TYPE)?);
            name.end()?;
            value
        }
        _ => return Err(Wrong),
    };
    body.end()?;
    Ok(Attribute { index, value })
}

fn extension<'a>(item: &mut Cursor<'a>, head: u32) -> Result<Extension<'a>, Wrong> {
    let mut body = item.structure(head)?;
    let extension = Extension {
        vendor_identification: body.text(VENDOR_IDENTIFICATION)?,
        criticality_indicator: body.boolean(CRITICALITY_INDICATOR)?,
        vendor_extension: body.unread(VENDOR_EXTENSION)?,
    };
    body.end()?;
    Ok(extension)
}

/// The bytes that are left.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    #[inline]
    fn at(&self, head: u32) -> bool {
        self.0.first_chunk().is_some_and(|four| u32::from_be_bytes(*four) == head)
    }

    #[inline]
    fn optional<T>(
        &mut self,
        head: u32,
        read: impl FnOnce(&mut Self, u32) -> Result<T, Wrong>,
    ) -> Result<Option<T>, Wrong> {
        if self.at(head) { read(self, head).map(Some) } else { Ok(None) }
    }

    #[inline]
    fn repeated(&mut self, head: u32) -> Result<Vec<u32>, Wrong> {
        let mut all = Vec::new();
        while self.at(head) {
            all.push(self.four(head)?);
        }
        Ok(all)
    }

    /// How many structures like the next one fit.
    #[inline]
    fn room_for_structures(&self) -> usize {
        match self.0.first_chunk::<8>() {
            Some(&[.., a, b, c, d]) => self.0.len() / (8 + u32::from_be_bytes([a, b, c, d]) as usize),
            None => 0,
        }
    }

    #[inline]
    fn end(&self) -> Result<(), Wrong> {
        if self.0.is_empty() { Ok(()) } else { Err(Wrong) }
    }

    #[inline]
    fn structure(&mut self, head: u32) -> Result<Self, Wrong> {
        let (header, rest) = self.0.split_first_chunk::<8>().ok_or(Wrong)?;
        let header = u64::from_be_bytes(*header);
        let length = header as u32 as usize;
        if header >> 32 != u64::from(head) || !length.is_multiple_of(8) {
            return Err(Wrong);
        }
        let (body, rest) = rest.split_at_checked(length).ok_or(Wrong)?;
        self.0 = rest;
        Ok(Self(body))
    }

    #[inline]
    fn four(&mut self, head: u32) -> Result<u32, Wrong> {
        let (item, rest) = self.0.split_first_chunk::<16>().ok_or(Wrong)?;
        let item = u128::from_be_bytes(*item);
        if item >> 64 != u128::from(u64::from(head) << 32 | 4) || item as u32 != 0 {
            return Err(Wrong);
        }
        self.0 = rest;
        Ok((item >> 32) as u32)
    }

    #[inline]
    fn integer(&mut self, head: u32) -> Result<i32, Wrong> {
        self.four(head).map(u32::cast_signed)
    }

    #[inline]
    fn boolean(&mut self, head: u32) -> Result<bool, Wrong> {
        match self.eight(head)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Wrong),
        }
    }

    /// A structure that none of these messages has.
    #[inline]
    fn unread(&mut self, head: u32) -> Result<&'a [u8], Wrong> {
        self.structure(head).map(|body| body.0)
    }

    #[inline]
    fn eight(&mut self, head: u32) -> Result<u64, Wrong> {
        let (item, rest) = self.0.split_first_chunk::<16>().ok_or(Wrong)?;
        let item = u128::from_be_bytes(*item);
        if item >> 64 != u128::from(u64::from(head) << 32 | 8) {
            return Err(Wrong);
        }
        self.0 = rest;
        Ok(item as u64)
    }

    #[inline]
    fn bytes(&mut self, head: u32) -> Result<&'a [u8], Wrong> {
        let (header, rest) = self.0.split_first_chunk::<8>().ok_or(Wrong)?;
        let header = u64::from_be_bytes(*header);
        let length = header as u32 as usize;
        if header >> 32 != u64::from(head) {
            return Err(Wrong);
        }
        let (padded, rest) = rest.split_at_checked(length.next_multiple_of(8)).ok_or(Wrong)?;
        unpadded(padded, length)?;
        self.0 = rest;
        Ok(&padded[..length])
    }

    #[inline]
    fn text(&mut self, head: u32) -> Result<&'a str, Wrong> {
        str::from_utf8(self.bytes(head)?).map_err(|_| Wrong)
    }

    #[inline]
    fn version(&mut self) -> Result<(u8, u8), Wrong> {
        let mut body = self.structure(PROTOCOL_VERSION)?;
        let (major, minor) = (body.four(PROTOCOL_VERSION_MAJOR)?, body.four(PROTOCOL_VERSION_MINOR)?);
        body.end()?;
        Ok((u8::try_from(major).map_err(|_| Wrong)?, u8::try_from(minor).map_err(|_| Wrong)?))
    }
}
