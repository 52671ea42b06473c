//! Borrowing decoders: bytes to plain structures.

use super::walk::unpadded;
use super::*;

/// A response: W1, W3, W4, W5.
#[derive(Debug)]
pub struct Response<'a> {
    /// The header.
    pub header: Header,
    /// The batch.
    pub items: Vec<ResponseItem<'a>>,
}

/// A request: W2.
#[derive(Debug)]
pub struct Request<'a> {
    /// The header.
    pub header: Header,
    /// The batch.
    pub items: Vec<RequestItem<'a>>,
}

/// The header of either.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Major and minor number.
    pub version: (u8, u8),
    /// The time stamp, in responses.
    pub time_stamp: Option<i64>,
    /// The number of items that follow.
    pub batch_count: i32,
}

/// An item of a response.
#[derive(Debug)]
pub struct ResponseItem<'a> {
    /// Its operation.
    pub operation: u32,
    /// The identifier of the item, in W4.
    pub unique_batch_item_id: Option<&'a [u8]>,
    /// The result status, usually 0.
    pub result_status: u32,
    /// The result of the operation.
    pub payload: Payload<'a>,
}

/// The result of an operation.
#[derive(Debug)]
pub enum Payload<'a> {
    /// An object.
    Get {
        /// Its kind.
        object_type: u32,
        /// Its identifier.
        unique_identifier: &'a str,
        /// The format of the key.
        key_format_type: u32,
        /// The key.
        key_material: &'a [u8],
        /// Its algorithm.
        cryptographic_algorithm: u32,
        /// Its length in bits.
        cryptographic_length: i32,
    },
    /// Identifiers.
    Locate(Vec<&'a str>),
}

/// An item of a request: Create.
#[derive(Debug)]
pub struct RequestItem<'a> {
    /// Its operation.
    pub operation: u32,
    /// The kind of object to create.
    pub object_type: u32,
    /// The attributes of the object.
    pub attributes: Vec<Attribute<'a>>,
}

/// An attribute of a new object.
#[derive(Debug)]
pub enum Attribute<'a> {
    /// Cryptographic Algorithm.
    Algorithm(u32),
    /// Cryptographic Length.
    Length(i32),
    /// Cryptographic Usage Mask.
    UsageMask(i32),
    /// Name.
    Name {
        /// The name.
        value: &'a str,
        /// Its type.
        ty: u32,
    },
}

/// Decodes a response.
pub fn response(frame: &[u8]) -> Result<Response<'_>, Wrong> {
    let (header, mut message) = begin_response(frame)?;
    let mut items = Vec::with_capacity(message.room_for_structures());
    while !message.0.is_empty() {
        items.push(response_item(&mut message)?);
    }
    Ok(Response { header, items })
}

/// Decodes a response without a list of its items: passes each to `each`.
pub fn response_in_place<'a>(frame: &'a [u8], mut each: impl FnMut(&ResponseItem<'a>)) -> Result<Header, Wrong> {
    let (header, mut message) = begin_response(frame)?;
    while !message.0.is_empty() {
        each(&response_item(&mut message)?);
    }
    Ok(header)
}

#[inline]
fn begin_response(frame: &[u8]) -> Result<(Header, Cursor<'_>), Wrong> {
    let mut frame = Cursor(frame);
    let mut message = frame.structure(RESPONSE_MESSAGE)?;
    frame.end()?;
    let mut header = message.structure(RESPONSE_HEADER)?;
    let version = header.version()?;
    let time_stamp = Some(header.eight(TIME_STAMP)?.cast_signed());
    let batch_count = header.four(BATCH_COUNT)?.cast_signed();
    header.end()?;
    Ok((Header { version, time_stamp, batch_count }, message))
}

#[inline]
fn response_item<'a>(message: &mut Cursor<'a>) -> Result<ResponseItem<'a>, Wrong> {
    let mut item = message.structure(BATCH_ITEM)?;
    let operation = item.four(OPERATION)?;
    let unique_batch_item_id =
        if item.at(UNIQUE_BATCH_ITEM_ID) { Some(item.bytes(UNIQUE_BATCH_ITEM_ID)?) } else { None };
    let result_status = item.four(RESULT_STATUS)?;
    let mut payload = item.structure(RESPONSE_PAYLOAD)?;
    item.end()?;
    let payload = match operation {
        GET => got(&mut payload)?,
        LOCATE => {
            let mut found = Vec::with_capacity(payload.0.len() / 48);
            while !payload.0.is_empty() {
                found.push(payload.text(UNIQUE_IDENTIFIER)?);
            }
            Payload::Locate(found)
        }
        _ => return Err(Wrong),
    };
    Ok(ResponseItem { operation, unique_batch_item_id, result_status, payload })
}

#[inline]
fn got<'a>(payload: &mut Cursor<'a>) -> Result<Payload<'a>, Wrong> {
    let object_type = payload.four(OBJECT_TYPE)?;
    let unique_identifier = payload.text(UNIQUE_IDENTIFIER)?;
    let mut object = payload.structure(SYMMETRIC_KEY)?;
    payload.end()?;
    let mut block = object.structure(KEY_BLOCK)?;
    object.end()?;
    let key_format_type = block.four(KEY_FORMAT_TYPE)?;
    let mut value = block.structure(KEY_VALUE)?;
    let key_material = value.bytes(KEY_MATERIAL)?;
    value.end()?;
    let cryptographic_algorithm = block.four(CRYPTOGRAPHIC_ALGORITHM)?;
    let cryptographic_length = block.four(CRYPTOGRAPHIC_LENGTH)?.cast_signed();
    block.end()?;
    Ok(Payload::Get {
        object_type,
        unique_identifier,
        key_format_type,
        key_material,
        cryptographic_algorithm,
        cryptographic_length,
    })
}

/// Decodes a request.
pub fn request(frame: &[u8]) -> Result<Request<'_>, Wrong> {
    let (header, mut message) = begin_request(frame)?;
    let mut items = Vec::with_capacity(message.room_for_structures());
    while !message.0.is_empty() {
        items.push(request_item(&mut message)?);
    }
    Ok(Request { header, items })
}

/// Decodes a request without a list of its items: passes each to `each`.
pub fn request_in_place<'a>(frame: &'a [u8], mut each: impl FnMut(&RequestItem<'a>)) -> Result<Header, Wrong> {
    let (header, mut message) = begin_request(frame)?;
    while !message.0.is_empty() {
        each(&request_item(&mut message)?);
    }
    Ok(header)
}

#[inline]
fn begin_request(frame: &[u8]) -> Result<(Header, Cursor<'_>), Wrong> {
    let mut frame = Cursor(frame);
    let mut message = frame.structure(REQUEST_MESSAGE)?;
    frame.end()?;
    let mut header = message.structure(REQUEST_HEADER)?;
    let version = header.version()?;
    let batch_count = header.four(BATCH_COUNT)?.cast_signed();
    header.end()?;
    Ok((Header { version, time_stamp: None, batch_count }, message))
}

#[inline]
fn request_item<'a>(message: &mut Cursor<'a>) -> Result<RequestItem<'a>, Wrong> {
    let mut item = message.structure(BATCH_ITEM)?;
    let operation = item.four(OPERATION)?;
    if operation != CREATE {
        return Err(Wrong);
    }
    let mut payload = item.structure(REQUEST_PAYLOAD)?;
    item.end()?;
    let object_type = payload.four(OBJECT_TYPE)?;
    let mut template = payload.structure(TEMPLATE_ATTRIBUTE)?;
    payload.end()?;
    let mut attributes = Vec::with_capacity(template.room_for_structures());
    while !template.0.is_empty() {
        attributes.push(attribute(&mut template)?);
    }
    Ok(RequestItem { operation, object_type, attributes })
}

#[inline]
fn attribute<'a>(template: &mut Cursor<'a>) -> Result<Attribute<'a>, Wrong> {
    let mut body = template.structure(ATTRIBUTE)?;
    let attribute = match body.bytes(ATTRIBUTE_NAME)? {
        b"Cryptographic Algorithm" => Attribute::Algorithm(body.four(ATTRIBUTE_VALUE_ENUMERATION)?),
        b"Cryptographic Length" => Attribute::Length(body.four(ATTRIBUTE_VALUE_INTEGER)?.cast_signed()),
        b"Cryptographic Usage Mask" => Attribute::UsageMask(body.four(ATTRIBUTE_VALUE_INTEGER)?.cast_signed()),
        b"Name" => {
            let mut name = body.structure(ATTRIBUTE_VALUE_STRUCTURE)?;
            let (value, ty) = (name.text(NAME_VALUE)?, name.four(NAME_TYPE)?);
            name.end()?;
            Attribute::Name { value, ty }
        }
        _ => return Err(Wrong),
    };
    body.end()?;
    Ok(attribute)
}

/// The unread bytes.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    #[inline]
    fn at(&self, head: u32) -> bool {
        self.0.first_chunk().is_some_and(|four| u32::from_be_bytes(*four) == head)
    }

    /// Returns the number of structures like the next one that fit into the rest.
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
