//! What can go wrong with a request, on purpose.

use std::fmt;
use std::time::Duration;

use kmip_ttlv::enumeration::{OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{DateTime, Item, Rules, V1_0};

use crate::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};

/// What goes wrong with one request; [`TestServer::fail_next`](super::TestServer::fail_next) takes it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The connection ends as the request begins to arrive. Nothing was done.
    CloseUnread,
    /// The connection is closed in order once the request was read, without an answer: so refuses Cosmian KMS a client without
    /// a certificate. Nothing was done.
    CloseUnanswered,
    /// What was asked is done, and the connection ends before the answer.
    LoseReply,
    /// What was asked is done, and the connection ends after half of the answer.
    HalfReply,
    /// What was asked is done, and the answer comes so much later.
    Delay(Duration),
    /// The answer is no KMIP. Nothing was done.
    Garbage,
    /// The answer announces 2 GiB, of which none arrive. Nothing was done.
    Oversized,
    /// What was asked is done. The answer announces one batch item more than it has: HashiCorp Vault sends such.
    MissingItem,
    /// What was asked is done. The first item of the answer names another operation.
    OtherOperation,
    /// The answer is a refusal under a header of KMIP 1.0, whatever the version of the request: so PyKMIP refuses what it cannot
    /// read. Nothing was done.
    OtherVersion,
    /// What was asked is done and answered; then the connection is closed, as if it had been idle for too long.
    CloseAfterReply,
    /// The answer is these bytes. Nothing was done.
    Reply(Vec<u8>),
}

/// Bytes are told by their number: they may hold keys.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CloseUnread => "CloseUnread",
            Self::CloseUnanswered => "CloseUnanswered",
            Self::LoseReply => "LoseReply",
            Self::HalfReply => "HalfReply",
            Self::Delay(by) => return f.debug_tuple("Delay").field(by).finish(),
            Self::Garbage => "Garbage",
            Self::Oversized => "Oversized",
            Self::MissingItem => "MissingItem",
            Self::OtherOperation => "OtherOperation",
            Self::OtherVersion => "OtherVersion",
            Self::CloseAfterReply => "CloseAfterReply",
            Self::Reply(bytes) => return write!(f, "Reply({} bytes)", bytes.len()),
        })
    }
}

/// What a server of another kind would say to a KMIP client.
pub(super) const GARBAGE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

/// The header of a Response Message of 2 GiB.
pub(super) const OVERSIZED: [u8; 8] = [0x42, 0x00, 0x7B, 0x01, 0x7F, 0xFF, 0xFF, 0xF8];

/// The reply, announcing one item more than it has.
pub(super) fn with_missing_item(reply: &[u8]) -> Option<Vec<u8>> {
    changed(reply, |message| message.header.batch_count = message.header.batch_count.map(|count| count + 1))
}

/// The reply, to another operation.
pub(super) fn with_other_operation(reply: &[u8]) -> Option<Vec<u8>> {
    changed(reply, |message| {
        for item in message.batch_items.iter_mut().take(1) {
            item.operation = Some(match item.operation {
                Some(OperationCode::GET) => OperationCode::GET_ATTRIBUTES,
                _ => OperationCode::GET,
            });
        }
    })
}

fn changed(reply: &[u8], change: impl FnOnce(&mut ResponseMessage<'_, Item<'_>>)) -> Option<Vec<u8>> {
    let (mut message, _) = ResponseMessage::<Item<'_>>::decode_message_as(reply, Rules::STRICT).ok()?;
    change(&mut message);
    message.encode_message().ok()
}

/// A refusal under a header of KMIP 1.0.
pub(super) fn refusal_in_1_0() -> Vec<u8> {
    let item: ResponseBatchItem<'_, Item<'_>> = ResponseBatchItem {
        result_status: ResultStatus::OPERATION_FAILED,
        result_reason: Some(ResultReason::INVALID_MESSAGE),
        result_message: Some("the message could not be read, the test wants it so"),
        ..ResponseBatchItem::default()
    };
    let header = ResponseHeader {
        protocol_version: V1_0,
        time_stamp: DateTime(0),
        batch_count: Some(1),
        ..ResponseHeader::default()
    };
    let message = ResponseMessage { header, batch_items: vec![item] };
    message.encode_message().expect("KMIP 1.0 has all of these fields")
}
