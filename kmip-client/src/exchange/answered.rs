//! The evaluation of a response message: the item for each request, and its result.

#[cfg(feature = "_client")]
mod client;

use std::vec::IntoIter;

use bytes::Bytes;
use kmip_ttlv::enumeration::ResultStatus;
use kmip_ttlv::{Error, ErrorKind, Item, ProtocolVersion, Tag};

use super::asked::{Expected, ItemId};
use super::binding::{self, Items};
use super::no_reply::{NoReply, OutOfStep, Pending, Refusal};
use super::outgoing::Outgoing;
use super::reply::{PayloadSource, RULES, Reply};
use super::stand_in;
use crate::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};
use crate::protocol::operation::Operation;

type ResponseItem<'a> = ResponseBatchItem<'a, Item<'a>>;

/// The results of a message for each request, in order.
pub struct Answered<E> {
    frame: Bytes,
    version: ProtocolVersion,
    items: IntoIter<Result<Checked, E>>,
}

/// The proof that an answer belongs to its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Each item repeats the Unique Batch Item ID of its request.
    Number,
    /// Each item is a success that names its operation, and the object if the request does.
    Names,
    /// Nothing but the order. A late refusal, for example, would fit any request.
    Order,
}

/// A payload that was decoded once, so that decoding it again cannot fail.
pub(crate) struct Checked {
    /// The message that contains it, if it is not that of the rest of its batch: an asynchronous result.
    later: Option<Bytes>,
    payload: PayloadSource,
    skipped: u32,
}

/// The reason for which there is a next item.
const ONE_EACH: &str = "there is an item for each request";

impl<E> Answered<E> {
    /// Returns the reply to the next request, which has to have this operation.
    pub(crate) fn next_reply<O: Operation>(&mut self) -> Result<Reply<O>, E> {
        let Checked { later, payload, skipped } = self.items.next().expect(ONE_EACH)?;
        let frame = later.unwrap_or_else(|| self.frame.clone());
        Ok(Reply::checked(frame, payload, self.version, skipped))
    }

    /// Returns the number of remaining replies.
    pub(crate) fn left(&self) -> usize {
        self.items.len()
    }
}

impl Answered<NoReply> {
    /// Evaluates a message as the response to these requests.
    ///
    /// Deviations of real servers are accepted as long as the assignment is clear: a wrong Batch Count, and items
    /// without the operation or the ID. Also returns the proof that the message is the response to these requests.
    pub(crate) fn read(outgoing: &Outgoing, frame: Bytes) -> Result<(Self, Proof), NoReply> {
        let Outgoing { version, payload_version, ref expected, in_any_order, first_id, .. } = *outgoing;
        let (message, skipped) =
            ResponseMessage::<Item<'_>>::decode_message_as(&frame, RULES).map_err(NoReply::Malformed)?;
        let received = message.batch_items.as_slice();
        if let [item] = received
            && expected.len() > 1
            && refuses_message(item)
        {
            return Err(NoReply::Refused(Refusal::new(None, &message.header, item)));
        }
        let answers = sorted(first_id, expected.len(), received)?;
        let mut pairs = expected.iter().zip(&answers);
        // Servers omit the operation if they could not decode the request, and some always do. A refusal is accepted
        // under any operation: one server names another one in refusals of unknown operations.
        let other = pairs.find_map(|(expected, answer)| {
            let answer = answer.filter(|answer| !is_refusal(answer.result_status))?;
            answer.operation.filter(|operation| !expected.allows(*operation)).map(|operation| (expected, operation))
        });
        if let Some((Expected { operation, .. }, received)) = other {
            return Err(OutOfStep::Operation { expected: *operation, received }.into());
        }
        // A refusal is accepted in any version, because a server that does not support the request's version cannot
        // answer in it.
        let answered_in = message.header.protocol_version;
        // A server may answer in another minor version (KMIP 1.4, 6.1; KMIP 2.1, 9.16).
        let is_success = |item: &ResponseItem<'_>| item.result_status == ResultStatus::SUCCESS;
        if answered_in.major() != version.major() && received.iter().any(is_success) {
            return Err(OutOfStep::Version { expected: version, received: answered_in }.into());
        }
        let version = payload_version.map_or(answered_in, |later| later.max(answered_in));

        let stopped = stopped_at(&answers, in_any_order);
        let mut items = Vec::with_capacity(expected.len());
        let asked_first = outgoing.asked_first.as_ref();
        let mut payloads = Items::payloads(&outgoing.request);
        let mut named = stand_in::Named::default();
        let mut unreadable = 0;
        for (index, (expected, answer)) in expected.iter().zip(&answers).enumerate() {
            // An asynchronous result belongs to the original request.
            let request = payloads.next().unwrap_or_default();
            let request = asked_first.map_or(request, |payload| Items(payload));
            items.push(match answer {
                Some(item) => {
                    let stand_in = || stand_in::payload(request, || named.last(&answers[..index]));
                    let belongs = belongs(expected, request, item).map_err(|other| Unread::No(other.into()));
                    let outcome = || outcome(&frame, &message.header, (version, skipped), expected, item, stand_in);
                    belongs.and_then(|()| outcome()).map_err(|unread| {
                        let find = || received.iter().position(|received| std::ptr::eq(received, *item));
                        unread.told(&frame, || {
                            unreadable += 1;
                            if unreadable <= MOST_LOCATED { find() } else { None }
                        })
                    })
                }
                None if stopped.is_some_and(|stopped| index >= stopped) => {
                    Err(NoReply::NotExecuted(expected.operation))
                }
                None => Err(OutOfStep::Unanswered { operation: expected.operation }.into()),
            });
        }
        // If no item can be evaluated, neither can the message.
        let is_unusable = |item: &Result<_, _>| matches!(item, Err(NoReply::Malformed(_) | NoReply::OutOfStep(_)));
        if items.iter().all(is_unusable)
            && let Some(Err(first)) = items.drain(..).next()
        {
            return Err(first);
        }
        let proof = proof(outgoing, received, &answers);
        Ok((Answered { frame, version, items: items.into_iter() }, proof))
    }
}

/// Returns the proof that an answer belongs to its request.
fn proof(outgoing: &Outgoing, received: &[ResponseItem<'_>], answers: &[Option<&ResponseItem<'_>>]) -> Proof {
    if outgoing.first_id.is_some() && received.iter().all(|item| id_in(item).is_some()) {
        return Proof::Number;
    }
    let mut requests = outgoing.expected.iter().zip(Items::payloads(&outgoing.request)).zip(answers);
    let asked_first = outgoing.asked_first.as_ref();
    let is_named = requests.all(|((expected, request), answer)| {
        let request = asked_first.map_or(request, |payload| Items(payload));
        let success = answer.filter(|item| item.result_status == ResultStatus::SUCCESS && item.operation.is_some());
        let payload = success.map(|item| item.payload.map_or(&[][..], |payload| payload.value()));
        payload.is_some_and(|payload| binding::is_named(expected.operation, request, Items(payload)))
    });
    if is_named { Proof::Names } else { Proof::Order }
}

/// Checks that a successful item matches the request.
fn belongs(expected: &Expected, request: Items<'_>, item: &ResponseItem<'_>) -> Result<(), OutOfStep> {
    match (item.result_status, item.payload) {
        (ResultStatus::SUCCESS, Some(payload)) => binding::check(expected.operation, request, Items(payload.value())),
        _ => Ok(()),
    }
}

/// Returns the Unique Batch Item ID of an item, unless it is empty.
fn id_in<'a>(item: &ResponseItem<'a>) -> Option<&'a [u8]> {
    item.unique_batch_item_id.filter(|id| !id.is_empty())
}

/// Returns `true` if an item refuses the whole message, rather than one of its requests (KMIP 1.4, 11.1).
fn refuses_message(item: &ResponseItem<'_>) -> bool {
    item.operation.is_none()
        && item.unique_batch_item_id.is_none()
        && item.result_status == ResultStatus::OPERATION_FAILED
}

/// Returns the item for each request, by its ID. Items without one are assigned to the remaining requests in order.
fn sorted<'m, 'a>(
    first_id: Option<u64>,
    asked: usize,
    received: &'m [ResponseItem<'a>],
) -> Result<Vec<Option<&'m ResponseItem<'a>>>, NoReply> {
    if received.len() > asked || (received.is_empty() && asked > 0) {
        return Err(OutOfStep::BatchCount { expected: asked, received: received.len() }.into());
    }
    let id_of = |item: &ResponseItem<'a>| id_in(item).zip(first_id);
    let mut answers = vec![None; asked];
    for item in received {
        let Some((id, first_id)) = id_of(item) else { continue };
        let index = ItemId::try_from(id).ok().map(|id| u64::from_be_bytes(id).wrapping_sub(first_id));
        let answer = index.and_then(|index| answers.get_mut(usize::try_from(index).ok()?));
        match answer.ok_or(OutOfStep::ForeignItem)? {
            taken @ None => *taken = Some(item),
            Some(_) => return Err(OutOfStep::ItemTwice.into()),
        }
    }
    let mut left = received.iter().filter(|item| id_of(item).is_none());
    for answer in answers.iter_mut().filter(|answer| answer.is_none()) {
        *answer = left.next();
    }
    Ok(answers)
}

/// Returns the index from which on requests without a response were not executed: after the failed one, if no later one
/// has a response. If the server chose the order, any failure may have stopped it.
fn stopped_at(answers: &[Option<&ResponseItem<'_>>], in_any_order: bool) -> Option<usize> {
    let has_failed = |item: &ResponseItem<'_>| item.result_status == ResultStatus::OPERATION_FAILED;
    let failed = answers.iter().position(|answer| answer.is_some_and(has_failed))?;
    let last = answers.iter().rposition(Option::is_some)?;
    Some(if in_any_order { 0 } else { failed.max(last) })
}

/// Returns `true` if the status means that the request was refused, or undone.
fn is_refusal(status: ResultStatus) -> bool {
    matches!(status, ResultStatus::OPERATION_FAILED | ResultStatus::OPERATION_UNDONE)
}

/// The maximum number of unreadable items of a batch whose position is determined. Each takes a walk over the message.
const MOST_LOCATED: usize = 64;

/// The reason for which an item is not a reply.
enum Unread {
    /// A reason without a position.
    No(NoReply),
    /// Its payload cannot be decoded.
    Malformed(Error),
    /// The item is a success without its payload.
    NoPayload,
    /// Its Result Status is unknown.
    UnknownStatus,
}

impl Unread {
    /// Returns the reason, with its position in the message if `index` returns the item's.
    fn told(self, frame: &Bytes, index: impl FnOnce() -> Option<usize>) -> NoReply {
        let (kind, place) = match self {
            Self::No(no_reply) => return no_reply,
            Self::Malformed(error) => {
                return NoReply::Malformed(if index().is_some() { error.locate(frame) } else { error });
            }
            Self::NoPayload => (ErrorKind::Missing(Tag::RESPONSE_PAYLOAD), None),
            Self::UnknownStatus => {
                (ErrorKind::Value("a Result Status that KMIP does not have"), Some(Tag::RESULT_STATUS))
            }
        };
        let item = index().and_then(|index| stand_in::batch_item(frame, index));
        NoReply::Malformed(item.map_or_else(
            || Error::of_value(place.unwrap_or(Tag::BATCH_ITEM), kind),
            |mut item| {
                while place.is_none_or(|tag| !item.at(tag)) && matches!(item.next_item(), Ok(Some(_))) {}
                item.error(kind).locate(frame)
            },
        ))
    }
}

/// Returns the result of an item for its request.
fn outcome(
    frame: &Bytes,
    header: &ResponseHeader<'_>,
    (version, skipped): (ProtocolVersion, u32),
    expected: &Expected,
    item: &ResponseItem<'_>,
    stand_in: impl FnOnce() -> Option<Bytes>,
) -> Result<Checked, Unread> {
    let no = |no_reply| Err(Unread::No(no_reply));
    match item.result_status {
        ResultStatus::SUCCESS => {
            let nothing_new = expected.echoes && stand_in::is_blank(item.payload.as_ref());
            let payload = match (nothing_new.then(stand_in).flatten(), &item.payload) {
                (Some(payload), _) => PayloadSource::StandIn(payload),
                (None, Some(payload)) => PayloadSource::InFrame(payload.range()),
                (None, None) => PayloadSource::EMPTY,
            };
            match (expected.check)(frame, &payload, version) {
                Ok(skipped_in_it) => Ok(Checked { later: None, payload, skipped: skipped + skipped_in_it }),
                Err(_) if matches!(payload, PayloadSource::StandIn(_)) => Err(Unread::NoPayload),
                Err(error) => Err(Unread::Malformed(error)),
            }
        }
        ResultStatus::OPERATION_PENDING => no(NoReply::Pending(Pending::new(expected.operation, item))),
        status if is_refusal(status) => no(NoReply::Refused(Refusal::new(Some(expected.operation), header, item))),
        _ => Err(Unread::UnknownStatus),
    }
}

#[cfg(all(test, feature = "_client"))]
#[allow(clippy::unwrap_used)]
mod tests;
