//! Responses written byte by byte, without the code under test.

use ::bytes::Bytes;

use crate::bytes::{byte_string, integer};
pub(crate) use crate::bytes::{enumeration, item, structure, text};

pub(crate) const CREATE: u32 = 0x01;
pub(crate) const REGISTER: u32 = 0x03;
pub(crate) const GET: u32 = 0x0A;
pub(crate) const ACTIVATE: u32 = 0x12;
pub(crate) const QUERY: u32 = 0x18;

pub(crate) const SUCCESS: u32 = 0;
pub(crate) const FAILED: u32 = 1;
pub(crate) const PENDING: u32 = 2;
pub(crate) const UNDONE: u32 = 3;

/// Returns the payload of a response.
pub(crate) fn payload(items: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42007C, items)
}

/// Returns the payload of a response with an identifier alone: that of Activate, Register, and others.
pub(crate) fn identifier(id: &str) -> Vec<u8> {
    payload(&[text(0x420094, id)])
}

/// Returns the payload of a response to Create.
pub(crate) fn created(id: &str) -> Vec<u8> {
    payload(&[enumeration(0x420057, 2), text(0x420094, id)])
}

/// One item of a response.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    operation: Option<u32>,
    id: Option<Vec<u8>>,
    status: u32,
    reason: Option<u32>,
    mark: Option<Vec<u8>>,
    payload: Vec<u8>,
}

/// Returns an item with a success.
pub(crate) fn done(operation: u32, payload: Vec<u8>) -> Answer {
    Answer { operation: Some(operation), payload, ..Answer::default() }
}

/// Returns an item with a failure, with the reason General Failure.
pub(crate) fn failed(operation: u32) -> Answer {
    Answer { operation: Some(operation), status: FAILED, reason: Some(0x100), ..Answer::default() }
}

impl Answer {
    /// Makes this the response to the request with this number, from 1.
    pub(crate) fn to(self, number: u64) -> Self {
        self.named(&number.to_be_bytes())
    }

    pub(crate) fn named(mut self, id: &[u8]) -> Self {
        self.id = Some(id.to_vec());
        self
    }

    pub(crate) fn status(mut self, status: u32) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn mark(mut self, mark: &[u8]) -> Self {
        self.mark = Some(mark.to_vec());
        self
    }

    pub(crate) fn without_operation(mut self) -> Self {
        self.operation = None;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let items = [
            self.operation.map_or_else(Vec::new, |operation| enumeration(0x42005C, operation)),
            self.id.as_ref().map_or_else(Vec::new, |id| byte_string(0x420093, id)),
            enumeration(0x42007F, self.status),
            self.reason.map_or_else(Vec::new, |reason| enumeration(0x42007E, reason)),
            self.mark.as_ref().map_or_else(Vec::new, |mark| byte_string(0x420006, mark)),
            self.payload.clone(),
        ];
        structure(0x42000F, &items)
    }
}

/// A Response Message.
pub(crate) struct Message {
    pub(crate) version: (i32, i32),
    /// The Batch Count in the header, if it differs from the number of items. KMIP 3.0 does not have it.
    pub(crate) batch_count: Option<i32>,
    /// Other header items, before the Batch Count.
    pub(crate) header: Vec<u8>,
    pub(crate) items: Vec<Answer>,
}

impl Message {
    pub(crate) fn new(version: (i32, i32), items: Vec<Answer>) -> Self {
        Self { version, batch_count: None, header: Vec::new(), items }
    }

    pub(crate) fn bytes(&self) -> Bytes {
        let count = self.batch_count.unwrap_or_else(|| i32::try_from(self.items.len()).unwrap());
        let count = if self.version.0 < 3 { integer(0x42000D, count) } else { Vec::new() };
        let version = structure(0x420069, &[integer(0x42006A, self.version.0), integer(0x42006B, self.version.1)]);
        let time_stamp = item(0x420092, 9, &[0; 8]);
        let mut message = vec![structure(0x42007A, &[version, time_stamp, self.header.clone(), count])];
        message.extend(self.items.iter().map(Answer::bytes));
        structure(0x42007B, &message).into()
    }
}

/// Returns the bytes of a Response Message of KMIP 1.4 with these items.
pub(crate) fn message(items: Vec<Answer>) -> Bytes {
    Message::new((1, 4), items).bytes()
}
