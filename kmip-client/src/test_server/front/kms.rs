//! The server without its network: turns a request message into a response message.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kmip_ttlv::enumeration::{
    AsynchronousIndicator, BatchErrorContinuationOption, OperationCode, ResultReason, ResultStatus,
};
use kmip_ttlv::{DateTime, Item, ProtocolVersion, Rules, V1_0, V1_4, V3_0};
use rustls::crypto::SecureRandom;
use zeroize::Zeroizing;

use crate::protocol::message::{Asynchronous, RequestHeader, ResponseBatchItem, ResponseHeader, ResponseMessage};
use crate::test_server::authority::pki::Pki;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::front::check::{Request, check, fits, version_of};
use crate::test_server::front::custom::CustomOperations;
use crate::test_server::front::fault::{Fault, Script, Scripts};
use crate::test_server::front::item::{
    Deferral, ItemOutcome, answered, continues, defer, execute, failed, of_item, refused,
};
use crate::test_server::front::users::Users;
use crate::test_server::objects::store::Store;
use crate::test_server::objects::view::View;
use crate::test_server::operations;
use crate::test_server::state::call::{Answer, Call, Dispatch, LENIENT, Produced};
use crate::test_server::state::jobs::Jobs;
use crate::test_server::state::streams::Streams;

/// The state that the connections of a server share.
pub(in crate::test_server) struct Kms {
    /// The objects, shared by all servers of one KMS.
    store: Arc<Mutex<Store>>,
    /// Dispatch that wait for their next part.
    streams: Mutex<Streams>,
    /// Requests with pending results.
    jobs: Mutex<Jobs>,
    /// The number of polls that report a pending result. 0 answers synchronously.
    polls: AtomicU32,
    random: &'static dyn SecureRandom,
    authority: Arc<Pki>,
    /// The number of seconds that the clock is ahead.
    ahead: AtomicI64,
    /// The number of messages that were answered.
    answered: AtomicU64,
    /// The number of messages that have arrived.
    arrived: AtomicUsize,
    requests: Mutex<BTreeMap<OperationCode, usize>>,
    scripts: Mutex<Scripts>,
    read_only: AtomicBool,
    settings: Settings,
    operations: Dispatch,
}

/// The versions, users and operations that the server supports.
#[derive(Clone)]
pub(in crate::test_server) struct Settings {
    /// The versions of KMIP, newest first.
    pub(in crate::test_server) versions: Vec<ProtocolVersion>,
    /// The users that the server knows. Without users no credentials are required.
    pub(in crate::test_server) users: Users,
    /// The operations that are supported; `None` for all that the server knows.
    pub(in crate::test_server) operations: Option<BTreeSet<OperationCode>>,
    /// `true` to accept requests that deviate from the standard.
    pub(in crate::test_server) lenient: bool,
    /// Dispatch added by the user of the server.
    pub(in crate::test_server) custom: CustomOperations,
}

/// Locks the mutex, poisoned or not: a thread that panicked has failed its own test only.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kms {
    /// Creates a server without objects.
    pub(in crate::test_server) fn new(
        settings: Settings,
        random: &'static dyn SecureRandom,
        authority: Arc<Pki>,
    ) -> Self {
        let supports = |code: &OperationCode| settings.operations.as_ref().is_none_or(|codes| codes.contains(code));
        let operations = operations::OPERATIONS.iter().copied().filter(|(code, _)| supports(code));
        Self {
            operations: Dispatch::new(operations),
            settings,
            store: Arc::default(),
            streams: Mutex::default(),
            jobs: Mutex::default(),
            polls: AtomicU32::new(0),
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

    /// Creates another server with the same objects.
    pub(in crate::test_server) fn replica(&self) -> Self {
        let replica = Self::new(self.settings.clone(), self.random, Arc::clone(&self.authority));
        let ahead = AtomicI64::new(self.ahead.load(Ordering::Relaxed));
        Self { store: Arc::clone(&self.store), ahead, ..replica }
    }

    /// Returns the decoding rules for requests.
    fn rules(&self) -> Rules {
        if self.settings.lenient { LENIENT } else { Rules::STRICT }
    }

    /// Moves the clock forward.
    pub(in crate::test_server) fn advance(&self, by: Duration) {
        self.ahead.fetch_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Answers asynchronously after this many polls, if the client allows it.
    pub(in crate::test_server) fn answer_later(&self, polls: u32) {
        self.polls.store(polls, Ordering::Relaxed);
    }

    /// Sets or ends read-only mode.
    pub(in crate::test_server) fn set_read_only(&self, read_only: bool) {
        self.read_only.store(read_only, Ordering::Relaxed);
    }

    pub(in crate::test_server) fn push_script(&self, script: Script) {
        lock(&self.scripts).push(script);
    }

    pub(in crate::test_server) fn clear_scripts(&self) {
        lock(&self.scripts).clear();
    }

    /// Returns `true` if a fault ends the connection before the request that has begun to arrive is read.
    pub(in crate::test_server) fn closes_unread(&self) -> bool {
        lock(&self.scripts).closes_unread()
    }

    /// Counts a message and its operations, and returns the fault to inject, if any.
    pub(in crate::test_server) fn record_request(&self, frame: &[u8]) -> Option<Fault> {
        self.arrived.fetch_add(1, Ordering::Relaxed);
        let mut operations = Vec::new();
        if let Ok((request, _)) = Request::decode_message_as(frame, self.rules()) {
            operations.extend(request.batch_items.iter().map(|item| item.operation));
        }
        let mut requests = lock(&self.requests);
        for operation in &operations {
            *requests.entry(*operation).or_default() += 1;
        }
        drop(requests);
        lock(&self.scripts).next(&operations)
    }

    /// Returns the number of messages that have arrived.
    pub(in crate::test_server) fn messages(&self) -> usize {
        self.arrived.load(Ordering::Relaxed)
    }

    /// Returns the number of requests for each operation.
    pub(in crate::test_server) fn requests(&self) -> BTreeMap<OperationCode, usize> {
        lock(&self.requests).clone()
    }

    /// Answers a message of this client.
    pub(in crate::test_server) fn answer(&self, frame: &[u8], client: &str) -> Answer {
        let version = match version_of(frame) {
            Ok(version) if self.settings.versions.contains(&version) => version,
            Ok(version) => {
                let message = format!("the server does not speak KMIP {version}");
                return self.refuse(self.nearest(version), &Cause::UnsupportedVersion.because(message));
            }
            Err(error) => return self.refuse_unreadable(&error),
        };
        match Request::decode_message_as(frame, self.rules()) {
            Err(error) => self.refuse(version, &Cause::InvalidMessage.because(error.to_string())),
            Ok((request, _)) => match check(&request).and_then(|()| self.settings.users.check(&request.header)) {
                Err(refusal) => self.refuse(version, &refusal),
                Ok(()) => self.execute_items(&request, client),
            },
        }
    }

    /// Answers bytes that are not a message.
    pub(in crate::test_server) fn refuse_unreadable(&self, error: &kmip_ttlv::Error) -> Answer {
        // Every client understands 1.0.
        self.refuse(V1_0, &Cause::InvalidMessage.because(error.to_string()))
    }

    /// Refuses each item of a message with this reason, whatever it requests.
    pub(in crate::test_server) fn refuse_all(&self, frame: &[u8], reason: ResultReason, message: &str) -> Answer {
        let Ok((request, _)) = Request::decode_message_as(frame, self.rules()) else {
            return self.refuse(V1_0, &Cause::InvalidMessage.because("the message cannot be read"));
        };
        let mut items = Vec::with_capacity(request.batch_items.len());
        for item in &request.batch_items {
            items.push(ResponseBatchItem {
                operation: Some(item.operation),
                unique_batch_item_id: item.unique_batch_item_id,
                result_status: ResultStatus::OPERATION_FAILED,
                result_reason: Some(reason),
                result_message: Some(message),
                ..ResponseBatchItem::default()
            });
        }
        self.message(&request.header, items)
    }

    /// Returns the version for the refusal of an unsupported one: the newest before it, or else the oldest.
    fn nearest(&self, version: ProtocolVersion) -> ProtocolVersion {
        let before = self.settings.versions.iter().find(|spoken| **spoken < version);
        before.or(self.settings.versions.last()).copied().unwrap_or(V1_0)
    }

    /// Refuses a message as a whole: one item, without an operation (KMIP 1.4, 11.1).
    fn refuse(&self, version: ProtocolVersion, refusal: &Refusal) -> Answer {
        let item = failed(None, None, refusal, version);
        self.message(&RequestHeader { protocol_version: version, ..RequestHeader::default() }, vec![item])
    }

    /// Executes the items in order.
    fn execute_items(&self, request: &Request<'_>, client: &str) -> Answer {
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
            let lenient = self.settings.lenient;
            let view = View { owner: client, now: self.now(), version, habits, lenient };
            let mut call = Call {
                store: &mut store,
                streams: &mut streams,
                jobs: &mut jobs,
                view,
                random: self.random,
                authority: &self.authority,
                versions: &self.settings.versions,
                operations: &self.operations,
                produced: &mut produced,
            };
            let read_only = self.read_only.load(Ordering::Relaxed) && operations::changes(item.operation);
            let later = later.filter(|_| !operations::is_answered_at_once(item.operation));
            let outcome = if read_only {
                refused(item, Cause::ReadOnlyMode.because("the server is in read-only mode"))
            } else if let Some(answer) = self.settings.custom.answer(item.operation, &item.payload, version) {
                ItemOutcome::of(item, answer)
            } else if let Some(polls) = later {
                defer(&mut call, item, Deferral { batch, polls, continues: continues(option) })
            } else {
                execute(&mut call, item)
            };
            failed |= outcome.is_failed();
            outcomes.push((item, outcome));
            if failed && !continues(option) {
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
        // Failed and undone items must leave no trace.
        if let Some(before) = before.filter(|_| too_large || (failed && undo)) {
            (*store, *jobs) = before;
            streams.end_since(parts);
        }
        reply
    }

    /// Returns the number of polls before a message is answered; `None` if it is answered synchronously.
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

    /// Builds the response to a request with this header.
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
            batch_count: i32::try_from(items.len()).ok().filter(|_| version < V3_0),
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
