//! Faults to inject, and the requests that they apply to.

use std::fmt;
use std::time::Duration;

use kmip_ttlv::enumeration::{OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{DateTime, Item, Rules, V1_0, V2_0};

use crate::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};
use crate::test_server::base::habits::Habits;

/// A fault of one request: see [`TestServer::fail_next`](crate::test_server::TestServer::fail_next) and
/// [`TestServer::fail`](crate::test_server::TestServer::fail).
///
/// Over HTTPS the faults mean the same; "the reply" is then the HTTP message around it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is closed when the request begins to arrive. Nothing is executed. A script for one operation, or
    /// for a later request, reads the request first.
    CloseUnread,
    /// The connection is closed in order after the request, without a reply, as Cosmian KMS refuses a client without a
    /// certificate. Nothing is executed.
    CloseUnanswered,
    /// The request is executed, and the connection ends before the reply.
    LoseReply,
    /// The request is executed, and the connection ends after half of the reply.
    HalfReply,
    /// The request is executed, and half of the reply is sent; then nothing more, while the connection stays open.
    Stall,
    /// The request is executed, and the reply is delayed by this time.
    Delay(Duration),
    /// The reply is not KMIP. Nothing is executed.
    Garbage,
    /// The reply announces 2 GiB, of which none are sent. Nothing is executed.
    Oversized,
    /// The request is executed. The reply announces one more batch item than it has, as HashiCorp Vault sometimes does.
    MissingItem,
    /// The request is executed. The reply repeats its last item.
    ExtraItem,
    /// The request is executed. The first item of the reply names another operation.
    OtherOperation,
    /// The reply is a refusal under a header of KMIP 1.0, whatever the version of the request, as PyKMIP refuses
    /// unreadable requests. Nothing is executed.
    OtherVersion,
    /// The request is executed. The reply has a header of another major version: KMIP 2.0 for a request in 1.x, and 1.0
    /// otherwise.
    AnswerInOtherVersion,
    /// The request is refused with this reason. Nothing is executed.
    Refuse(ResultReason),
    /// The request is refused with this reason and this Result Message. Nothing is executed.
    RefuseWithMessage(ResultReason, String),
    /// Over HTTPS the reply has this status and no body; without HTTP it is the same as [`Fault::CloseUnanswered`].
    /// Nothing is executed.
    HttpStatus(u16),
    /// The request is executed and answered; then the connection is closed, as after an idle timeout.
    CloseAfterReply,
    /// The reply is these bytes; over HTTPS they are not wrapped in an HTTP message. Nothing is executed.
    Reply(Vec<u8>),
    /// The request is executed as by some servers: ECDSA signatures are r and s side by side instead of DER, in Sign
    /// and Signature Verify. This and the next three can be combined with other faults.
    RawSignatures,
    /// The request is executed as by PyKMIP: the salt of RSASSA-PSS has the maximum length, whatever the request
    /// specifies.
    LongestSalt,
    /// The request is executed as by PyKMIP: attributes are returned without links.
    NoLinks,
    /// Sign and Signature Verify of Digested Data are refused, which many servers do not support.
    NoDigestedData,
}

/// Returns the habit that a fault sets, if any.
fn habit<'h>(habits: &'h mut Habits, fault: &Fault) -> Option<&'h mut bool> {
    match fault {
        Fault::RawSignatures => Some(&mut habits.raw_signatures),
        Fault::LongestSalt => Some(&mut habits.longest_salt),
        Fault::NoLinks => Some(&mut habits.no_links),
        Fault::NoDigestedData => Some(&mut habits.no_digested_data),
        _ => None,
    }
}

impl Fault {
    /// Applies it to requests of this operation only, and to batches with one.
    pub fn on(self, operation: OperationCode) -> Script {
        Script::from(self).on(operation)
    }

    /// Applies it to this many requests.
    pub fn times(self, requests: usize) -> Script {
        Script::from(self).times(requests)
    }

    /// Applies it to every request, until [`TestServer::heal`](crate::test_server::TestServer::heal).
    pub fn always(self) -> Script {
        Script::from(self).always()
    }

    /// Skips this many requests before it applies.
    pub fn after(self, requests: usize) -> Script {
        Script::from(self).after(requests)
    }
}

/// Prints the number of bytes only, because they may hold keys.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CloseUnread => "CloseUnread",
            Self::CloseUnanswered => "CloseUnanswered",
            Self::LoseReply => "LoseReply",
            Self::HalfReply => "HalfReply",
            Self::Stall => "Stall",
            Self::Delay(by) => return f.debug_tuple("Delay").field(by).finish(),
            Self::Garbage => "Garbage",
            Self::Oversized => "Oversized",
            Self::MissingItem => "MissingItem",
            Self::ExtraItem => "ExtraItem",
            Self::OtherOperation => "OtherOperation",
            Self::OtherVersion => "OtherVersion",
            Self::AnswerInOtherVersion => "AnswerInOtherVersion",
            Self::Refuse(reason) => return f.debug_tuple("Refuse").field(reason).finish(),
            Self::RefuseWithMessage(reason, message) => {
                return f.debug_tuple("RefuseWithMessage").field(reason).field(message).finish();
            }
            Self::HttpStatus(status) => return f.debug_tuple("HttpStatus").field(status).finish(),
            Self::CloseAfterReply => "CloseAfterReply",
            Self::Reply(bytes) => return write!(f, "Reply({} bytes)", bytes.len()),
            Self::RawSignatures => "RawSignatures",
            Self::LongestSalt => "LongestSalt",
            Self::NoLinks => "NoLinks",
            Self::NoDigestedData => "NoDigestedData",
        })
    }
}

/// A [`Fault`], and the requests that it applies to: the next one, unless set otherwise.
///
/// ```
/// use kmip_client::test_server::{Fault, TestServer};
/// use kmip_client::ttlv::enumeration::OperationCode;
///
/// let server = TestServer::start();
/// server.fail(Fault::LoseReply.on(OperationCode::CREATE).after(2)); // the third Create from now on
/// server.fail(Fault::CloseUnanswered.on(OperationCode::GET).always()); // every Get
/// server.heal(); // none of it
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "nothing fails until the server is told, with TestServer::fail"]
pub struct Script {
    fault: Fault,
    operation: Option<OperationCode>,
    /// The number of requests to skip.
    after: usize,
    /// The number of requests that it applies to; `None` for all.
    times: Option<usize>,
}

impl Script {
    /// Applies it to requests of this operation only, and to batches with one. Other requests are not counted.
    pub const fn on(mut self, operation: OperationCode) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Applies it to this many requests.
    pub const fn times(mut self, requests: usize) -> Self {
        self.times = Some(requests);
        self
    }

    /// Applies it to every request, until [`TestServer::heal`](crate::test_server::TestServer::heal).
    pub const fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Skips this many requests before it applies.
    pub const fn after(mut self, requests: usize) -> Self {
        self.after = requests;
        self
    }

    /// Counts a request of these operations, and returns the fault if it applies to it.
    fn next(&mut self, operations: &[OperationCode]) -> Option<Fault> {
        if self.times == Some(0) || self.operation.is_some_and(|only| !operations.contains(&only)) {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.times = self.times.map(|times| times - 1);
        Some(self.fault.clone())
    }
}

impl From<Fault> for Script {
    fn from(fault: Fault) -> Self {
        Self { fault, operation: None, after: 0, times: Some(1) }
    }
}

/// The scripts of a server, in the order of addition.
#[derive(Default)]
pub(in crate::test_server) struct Scripts(Vec<Script>);

impl Scripts {
    pub(in crate::test_server) fn push(&mut self, script: Script) {
        self.0.push(script);
    }

    pub(in crate::test_server) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns `true` if a fault ends the connection before the request that begins to arrive is read.
    pub(in crate::test_server) fn closes_unread(&mut self) -> bool {
        let unread =
            |script: &Script| script.fault == Fault::CloseUnread && script.operation.is_none() && script.after == 0;
        let is_next = self.0.iter().find(|script| script.times != Some(0)).is_some_and(unread);
        is_next && self.next(&[]).is_some()
    }

    /// Returns the first fault that applies to a request of these operations.
    pub(in crate::test_server) fn next(&mut self, operations: &[OperationCode]) -> Option<Fault> {
        let faults = self.0.iter_mut().filter(|script| habit(&mut Habits::default(), &script.fault).is_none());
        let fault = { faults }.find_map(|script| script.next(operations));
        self.0.retain(|script| script.times != Some(0));
        fault
    }

    /// Returns the combined habits that apply to a request of these operations.
    pub(in crate::test_server) fn habits(&mut self, operations: &[OperationCode]) -> Habits {
        let mut habits = Habits::default();
        for script in &mut self.0 {
            if habit(&mut Habits::default(), &script.fault).is_some()
                && let Some(fault) = script.next(operations)
                && let Some(habit) = habit(&mut habits, &fault)
            {
                *habit = true;
            }
        }
        self.0.retain(|script| script.times != Some(0));
        habits
    }
}

/// The greeting of a server of another kind.
pub(in crate::test_server) const GARBAGE: &[u8] = b"220 mail.example ESMTP ready\r\n";

/// The header of a Response Message of 2 GiB.
pub(in crate::test_server) const OVERSIZED: [u8; 8] = [0x42, 0x00, 0x7B, 0x01, 0x7F, 0xFF, 0xFF, 0xF8];

/// Returns the reply with a Batch Count that is one too high.
pub(in crate::test_server) fn with_missing_item(reply: &[u8]) -> Option<Vec<u8>> {
    changed(reply, |message| message.header.batch_count = message.header.batch_count.map(|count| count + 1))
}

/// Returns the reply with its last item twice.
pub(in crate::test_server) fn with_extra_item(reply: &[u8]) -> Option<Vec<u8>> {
    changed(reply, |message| {
        let last = message.batch_items.last().cloned();
        message.batch_items.extend(last);
        message.header.batch_count = i32::try_from(message.batch_items.len()).ok();
    })
}

/// Returns the reply with another operation in its first item.
pub(in crate::test_server) fn with_other_operation(reply: &[u8]) -> Option<Vec<u8>> {
    changed(reply, |message| {
        for item in message.batch_items.iter_mut().take(1) {
            item.operation = Some(match item.operation {
                Some(OperationCode::GET) => OperationCode::GET_ATTRIBUTES,
                _ => OperationCode::GET,
            });
        }
    })
}

/// Returns the reply under a header of another major version.
pub(in crate::test_server) fn in_other_version(reply: &[u8]) -> Option<Vec<u8>> {
    changed(reply, |message| {
        let asked = &message.header;
        message.header = ResponseHeader {
            protocol_version: if asked.protocol_version < V2_0 { V2_0 } else { V1_0 },
            time_stamp: asked.time_stamp,
            batch_count: asked.batch_count,
            ..ResponseHeader::default()
        };
    })
}

fn changed(reply: &[u8], change: impl FnOnce(&mut ResponseMessage<'_, Item<'_>>)) -> Option<Vec<u8>> {
    let (mut message, _) = ResponseMessage::<Item<'_>>::decode_message_as(reply, Rules::STRICT).ok()?;
    change(&mut message);
    message.encode_message().ok()
}

/// Builds a refusal under a header of KMIP 1.0.
pub(in crate::test_server) fn refusal_in_1_0() -> Vec<u8> {
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
