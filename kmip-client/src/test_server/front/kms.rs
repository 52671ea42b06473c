//! The server without its network: a message in, a message out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kmip_ttlv::enumeration::{
    AsynchronousIndicator, BatchErrorContinuationOption, OperationCode, ResultReason, ResultStatus,
};
use kmip_ttlv::{DateTime, Decode, Item, ProtocolVersion, Reader, Rules, Tag, V1_0, V1_4, encode};
use rustls::crypto::SecureRandom;
use zeroize::Zeroizing;

use crate::protocol::message::{
    Asynchronous, RequestHeader, RequestMessage, ResponseBatchItem, ResponseHeader, ResponseMessage,
};
use crate::test_server::authority::pki::Pki;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::front::fault::{Fault, Script, Scripts};
use crate::test_server::front::item::{Put, answered, carry_out, failed, goes_on, of_item, put_off, refused};
use crate::test_server::front::users::Users;
use crate::test_server::objects::store::{Store, View};
use crate::test_server::operations;
use crate::test_server::state::call::{Answer, Call, Produced};
use crate::test_server::state::jobs::Jobs;
use crate::test_server::state::streams::Streams;

/// A request whose payloads are read one by one, so that one that is malformed fails alone.
type Request<'a> = RequestMessage<'a, Item<'a>>;

/// All that the connections of a server share.
pub(in crate::test_server) struct Kms {
    /// Those of one KMS keep the same objects.
    store: Arc<Mutex<Store>>,
    /// The operations that wait for their next part.
    streams: Mutex<Streams>,
    /// The requests that are answered later.
    jobs: Mutex<Jobs>,
    /// How often Poll is told that there is no answer yet; 0: requests are answered at once.
    polls: AtomicU32,
    /// The versions that the server speaks, newest first.
    versions: Vec<ProtocolVersion>,
    random: &'static dyn SecureRandom,
    authority: Arc<Pki>,
    /// How many seconds the clock is ahead.
    ahead: AtomicI64,
    /// How many messages were answered.
    answered: AtomicU64,
    /// How many have arrived.
    arrived: AtomicUsize,
    requests: Mutex<BTreeMap<OperationCode, usize>>,
    scripts: Mutex<Scripts>,
    read_only: AtomicBool,
    /// The users that the server knows. Where there are none it does not ask for any.
    users: Users,
}

/// A thread that panicked while it held the lock has failed its test; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kms {
    /// An empty server. `versions` are those that it speaks, newest first.
    pub(in crate::test_server) fn new(
        versions: Vec<ProtocolVersion>,
        users: Users,
        random: &'static dyn SecureRandom,
        authority: Arc<Pki>,
    ) -> Self {
        Self {
            users,
            store: Arc::default(),
            streams: Mutex::default(),
            jobs: Mutex::default(),
            polls: AtomicU32::new(0),
            versions,
            random,
            authority,
            ahead: AtomicI64::new(0),
            answered: AtomicU64::new(0),
            arrived: AtomicUsize::new(0),
            requests: Mutex::default(),
            scripts: Mutex::default(),
            read_only: AtomicBool::new(false),
        }
    }

    /// Another server with the same objects.
    pub(in crate::test_server) fn replica(&self) -> Self {
        let replica = Self::new(self.versions.clone(), self.users.clone(), self.random, Arc::clone(&self.authority));
        let ahead = AtomicI64::new(self.ahead.load(Ordering::Relaxed));
        Self { store: Arc::clone(&self.store), ahead, ..replica }
    }

    /// Puts the clock forward.
    pub(in crate::test_server) fn advance(&self, by: Duration) {
        self.ahead.fetch_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Answers later what may be.
    pub(in crate::test_server) fn answer_later(&self, polls: u32) {
        self.polls.store(polls, Ordering::Relaxed);
    }

    /// Refuses from now on whatever would change something, or not any more.
    pub(in crate::test_server) fn set_read_only(&self, read_only: bool) {
        self.read_only.store(read_only, Ordering::Relaxed);
    }

    pub(in crate::test_server) fn push_script(&self, script: Script) {
        lock(&self.scripts).push(script);
    }

    pub(in crate::test_server) fn clear_scripts(&self) {
        lock(&self.scripts).clear();
    }

    /// Whether the request that has begun to arrive is not to be read.
    pub(in crate::test_server) fn closes_unread(&self) -> bool {
        lock(&self.scripts).closes_unread()
    }

    /// Counts a message, and the operations that it asks for; tells what is to go wrong with it.
    pub(in crate::test_server) fn arrived(&self, frame: &[u8]) -> Option<Fault> {
        self.arrived.fetch_add(1, Ordering::Relaxed);
        let mut operations = Vec::new();
        if let Ok((request, _)) = Request::decode_message_as(frame, Rules::STRICT) {
            operations.extend(request.batch_items.iter().map(|item| item.operation));
        }
        let mut requests = lock(&self.requests);
        for operation in &operations {
            *requests.entry(*operation).or_default() += 1;
        }
        drop(requests);
        lock(&self.scripts).next(&operations)
    }

    /// How many messages have arrived.
    pub(in crate::test_server) fn messages(&self) -> usize {
        self.arrived.load(Ordering::Relaxed)
    }

    /// How often each operation was asked for.
    pub(in crate::test_server) fn requests(&self) -> BTreeMap<OperationCode, usize> {
        lock(&self.requests).clone()
    }

    /// What is answered to this message of this client.
    pub(in crate::test_server) fn answer(&self, frame: &[u8], client: &str) -> Answer {
        let version = match version_of(frame) {
            Ok(version) if self.versions.contains(&version) => version,
            Ok(version) => {
                let message = format!("the server does not speak KMIP {version}");
                return self.refuse(self.nearest(version), &Cause::UnsupportedVersion.because(message));
            }
            Err(error) => return self.refuse_unreadable(&error),
        };
        match Request::decode_message_as(frame, Rules::STRICT) {
            Err(error) => self.refuse(version, &Cause::InvalidMessage.because(error.to_string())),
            Ok((request, _)) => match check(&request).and_then(|()| self.users.check(&request.header)) {
                Err(refusal) => self.refuse(version, &refusal),
                Ok(()) => self.work_through(&request, client),
            },
        }
    }

    /// What is answered to bytes that are no message.
    pub(in crate::test_server) fn refuse_unreadable(&self, error: &kmip_ttlv::Error) -> Answer {
        // Every client understands 1.0.
        self.refuse(V1_0, &Cause::InvalidMessage.because(error.to_string()))
    }

    /// Refuses each item of a message with this reason, whatever it asks.
    pub(in crate::test_server) fn refuse_all(&self, frame: &[u8], reason: ResultReason) -> Answer {
        let Ok((request, _)) = Request::decode_message_as(frame, Rules::STRICT) else {
            return self.refuse(V1_0, &Cause::InvalidMessage.because("the message cannot be read"));
        };
        let mut items = Vec::with_capacity(request.batch_items.len());
        for item in &request.batch_items {
            items.push(ResponseBatchItem {
                operation: Some(item.operation),
                unique_batch_item_id: item.unique_batch_item_id,
                result_status: ResultStatus::OPERATION_FAILED,
                result_reason: Some(reason),
                result_message: Some("the test wants it so"),
                ..ResponseBatchItem::default()
            });
        }
        self.message(&request.header, items)
    }

    /// The version to refuse another one in: the newest before it, or else the oldest that there is.
    fn nearest(&self, version: ProtocolVersion) -> ProtocolVersion {
        let before = self.versions.iter().find(|spoken| **spoken < version);
        before.or(self.versions.last()).copied().unwrap_or(V1_0)
    }

    /// The answer to a message as a whole: one item, without an operation (KMIP 1.4, 11.1).
    fn refuse(&self, version: ProtocolVersion, refusal: &Refusal) -> Answer {
        let item = failed(None, None, refusal, version);
        self.message(&RequestHeader { protocol_version: version, ..RequestHeader::default() }, vec![item])
    }

    /// Does what the items ask for, in their order.
    fn work_through(&self, request: &Request<'_>, client: &str) -> Answer {
        let header = &request.header;
        let version = header.protocol_version;
        let option = header.batch_error_continuation_option;
        let mut produced = Produced::default();
        let mut outcomes = Vec::with_capacity(request.batch_items.len());
        let mut failed = false;
        let (mut store, mut streams, mut jobs) = (lock(&self.store), lock(&self.streams), lock(&self.jobs));
        let parts = streams.parts();
        let undo = option == Some(BatchErrorContinuationOption::UNDO);
        let later = self.later(header);
        let batch = jobs.next_batch();
        let operations: Vec<_> = request.batch_items.iter().map(|item| item.operation).collect();
        let habits = lock(&self.scripts).habits(&operations);
        let before = (undo || header.maximum_response_size.is_some()).then(|| (store.clone(), jobs.clone()));
        for item in &request.batch_items {
            let view = View { owner: client, now: self.now(), version, habits };
            let mut call = Call {
                store: &mut store,
                streams: &mut streams,
                jobs: &mut jobs,
                view,
                random: self.random,
                authority: &self.authority,
                versions: &self.versions,
                produced: &mut produced,
            };
            let read_only = self.read_only.load(Ordering::Relaxed) && operations::changes(item.operation);
            let outcome = match later.filter(|_| !operations::is_answered_at_once(item.operation)) {
                _ if read_only => refused(item, Cause::ReadOnlyMode.because("the server is in read-only mode")),
                Some(polls) => put_off(&mut call, item, Put { batch, polls, goes_on: goes_on(option) }),
                None => carry_out(&mut call, item),
            };
            failed |= outcome.is_failed();
            outcomes.push((item, outcome));
            if failed && !goes_on(option) {
                break;
            }
        }
        let success = if failed && undo { ResultStatus::OPERATION_UNDONE } else { ResultStatus::SUCCESS };
        let items = outcomes.iter().map(|(item, outcome)| answered(item, outcome, success, version)).collect();
        let mut reply = self.message(header, items);

        let too_large = header.maximum_response_size.is_some_and(|limit| !fits(&reply, limit));
        if too_large {
            let message = format!("the response of {} bytes is longer than the client allows", reply.len());
            let refusal = Cause::ResponseTooLarge.because(message);
            reply = self.message(header, outcomes.iter().map(|(item, _)| of_item(item, &refusal, version)).collect());
        }
        // What is answered as failed has not happened.
        if let Some(before) = before.filter(|_| too_large || (failed && undo)) {
            (*store, *jobs) = before;
            streams.end_since(parts);
        }
        reply
    }

    /// Whether a message is answered later, and how often Poll is told so.
    fn later(&self, header: &RequestHeader<'_>) -> Option<u32> {
        let polls = self.polls.load(Ordering::Relaxed);
        let undo = header.batch_error_continuation_option == Some(BatchErrorContinuationOption::UNDO);
        match header.asynchronous_indicator {
            Some(Asynchronous::Indicated(AsynchronousIndicator::MANDATORY)) => Some(polls),
            Some(Asynchronous::Allowed(true) | Asynchronous::Indicated(AsynchronousIndicator::OPTIONAL))
                if polls > 0 && !undo =>
            {
                Some(polls)
            }
            _ => None,
        }
    }

    /// The message of these items, for a request with this header.
    fn message(&self, asked: &RequestHeader<'_>, items: Vec<ResponseBatchItem<'_, Item<'_>>>) -> Answer {
        let version = asked.protocol_version;
        let number = self.answered.fetch_add(1, Ordering::Relaxed);
        let server_correlation_value = format!("message {number}");
        let correlated = version >= V1_4;
        let header = ResponseHeader {
            protocol_version: version,
            time_stamp: self.now(),
            client_correlation_value: asked.client_correlation_value.filter(|_| correlated),
            server_correlation_value: Some(server_correlation_value.as_str()).filter(|_| correlated),
            batch_count: i32::try_from(items.len()).ok(),
            ..ResponseHeader::default()
        };
        let message = ResponseMessage { header, batch_items: items };
        Zeroizing::new(
            message.encode_message().expect("payloads are encoded already, and the header has what its version has"),
        )
    }

    fn now(&self) -> DateTime {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        DateTime(i64::try_from(since).unwrap_or(i64::MAX).saturating_add(self.ahead.load(Ordering::Relaxed)))
    }
}

/// The version in the header of a request, which tells how to read the rest.
fn version_of(frame: &[u8]) -> kmip_ttlv::Result<ProtocolVersion> {
    let mut reader = Reader::new(frame);
    let version = reader
        .enter(Tag::REQUEST_MESSAGE)
        .and_then(|mut message| message.enter(Tag::REQUEST_HEADER))
        .and_then(|mut header| ProtocolVersion::decode_next(&mut header, Tag::PROTOCOL_VERSION));
    version.map_err(|error| error.locate(frame))
}

/// Refuses a message as a whole.
fn check(request: &Request<'_>) -> Result<(), Refusal> {
    let RequestMessage { header, batch_items: items } = request;
    if let Err(error) = encode(header, Tag::REQUEST_HEADER, header.protocol_version) {
        return Err(Cause::InvalidField.because(error.to_string()));
    }
    if items.is_empty() || header.batch_count.is_none_or(|count| usize::try_from(count) != Ok(items.len())) {
        return Err(Cause::InvalidMessage.because("the Batch Count is not the number of batch items, or is 0"));
    }
    if items.len() > 1 && items.iter().any(|item| item.unique_batch_item_id.is_none()) {
        return Err(Cause::InvalidMessage.because("of several batch items each needs a Unique Batch Item ID"));
    }
    // In KMIP 1.x the client only allows an answer that comes later; 2.x can insist on it.
    if header.asynchronous_indicator == Some(Asynchronous::Indicated(AsynchronousIndicator::MANDATORY))
        && header.batch_error_continuation_option == Some(BatchErrorContinuationOption::UNDO)
    {
        return Err(Cause::FeatureNotSupported.because("the server does not undo what it answers later"));
    }
    let mut extensions = items.iter().flat_map(|item| &item.message_extensions);
    match extensions.find(|extension| extension.criticality_indicator) {
        Some(extension) => {
            let message = format!("the server does not know the extension of {}", extension.vendor_identification);
            Err(Cause::UnknownExtension.because(message))
        }
        None => Ok(()),
    }
}

/// Whether a reply is not longer than the client takes.
fn fits(reply: &Answer, limit: i32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| reply.len() <= limit)
}
