//! Requests whose answers can be mistaken for each other.
//!
//! A server that repeats no Unique Batch Item ID may send an answer twice, or late. On a connection that is used again,
//! it then arrives as if it answered the next request. Operation and object tell it from the right one, unless both
//! requests have the same.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use kmip_ttlv::enumeration::OperationCode;

use super::answered::Proof;
use super::binding::{self, Items};
use super::created::makes_object;
use super::outgoing::Outgoing;

/// The requests that a connection has carried and whose answers had no number.
///
/// Invariant: no answer to one of them fits another that the connection has carried or [may carry](Self::allows).
#[derive(Debug, Default)]
pub(crate) struct Carried {
    /// The hashes of requests and of what their answers name, each once.
    hashes: Vec<u64>,
    /// The same of the last single requests whose answers had a number, the newest last: a server may repeat such an
    /// answer without it.
    numbered: VecDeque<u64>,
    /// An answer was proved by nothing but the order, so a repeat of it would fit any request.
    is_spent: bool,
}

/// The number of hashes that a connection keeps. One with more requests is replaced.
const MOST_HASHES: usize = 256;

/// The number of hashes of requests whose answers had a number. A late answer belongs to a recent request.
const MOST_NUMBERED: usize = 128;

impl Carried {
    /// Returns `true` if no answer to an earlier request fits this one.
    pub(crate) fn allows(&self, outgoing: &Outgoing) -> bool {
        if self.hashes.is_empty() || self.hashes.contains(&whole(outgoing)) {
            return !self.is_spent;
        }
        let is_apart = |likeness: Likeness| likeness.conflicts().iter().all(|hash| !self.hashes.contains(hash));
        !self.is_spent && self.hashes.len() < MOST_HASHES && likenesses(outgoing).all(is_apart)
    }

    /// Records a request that was answered.
    pub(crate) fn record(&mut self, outgoing: &Outgoing, proof: Proof) {
        match proof {
            // Some servers repeat the IDs of batches alone; an answer to a batch fits no single request.
            Proof::Number if outgoing.expected.len() == 1 => {
                for hash in likenesses(outgoing).flat_map(Likeness::hashes) {
                    if self.numbered.len() == MOST_NUMBERED {
                        self.numbered.pop_front();
                    }
                    self.numbered.push_back(hash);
                }
            }
            Proof::Number => {}
            Proof::Names => {
                // A request that is allowed twice has been recorded already.
                if is_settled(outgoing) && !self.insert(whole(outgoing)) {
                    return;
                }
                for hash in likenesses(outgoing).flat_map(Likeness::hashes) {
                    self.insert(hash);
                }
            }
            Proof::Order => self.is_spent = true,
        }
    }

    /// Records the payload of an answer without a number that names a new object. Returns `true` if an earlier one was
    /// equal: the server has repeated its answer, because no two objects have the same identifier.
    pub(crate) fn record_made(&mut self, object: &[u8]) -> bool {
        !self.insert(hash(&object))
    }

    /// Returns `true` if the server has repeated the ID of a single request.
    pub(crate) fn is_numbered(&self) -> bool {
        !self.numbered.is_empty()
    }

    /// Returns `true` if an answer with a success and without a number may be late: it fits an earlier request whose
    /// answer had one.
    pub(crate) fn forbids_unnumbered(&self, outgoing: &Outgoing) -> bool {
        let fits = |likeness: Likeness| likeness.conflicts().iter().any(|hash| self.numbered.contains(hash));
        self.is_numbered() && likenesses(outgoing).any(fits)
    }

    /// Returns `true` if the connection must not carry another request.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// Returns `true` if the hash is new.
    fn insert(&mut self, hash: u64) -> bool {
        let is_new = !self.hashes.contains(&hash);
        if is_new && self.hashes.len() < MOST_HASHES {
            self.hashes.push(hash);
        }
        is_new
    }
}

/// The hashes that requests with a like answer share.
struct Likeness {
    /// The number of the operation, which is its own hash: this is on the path of every call.
    operation: u64,
    /// Of the operation and the object, if its answer names the object that was asked for.
    object: Option<u64>,
}

impl Likeness {
    /// Returns the hashes that stand for this request.
    fn hashes(self) -> [u64; 2] {
        [self.operation, self.object.unwrap_or_else(|| unnamed(self.operation))]
    }

    /// Returns the hashes that stand against this request: of any of its operation if it names no object, otherwise of
    /// those that name the same one or none.
    fn conflicts(self) -> [u64; 2] {
        match self.object {
            Some(object) => [object, unnamed(self.operation)],
            None => [self.operation; 2],
        }
    }
}

/// Returns the likenesses of the requests, except those that make an object: the engine knows their identifiers again.
fn likenesses(outgoing: &Outgoing) -> impl Iterator<Item = Likeness> {
    let requests = outgoing.expected.iter().zip(Items::payloads(&outgoing.request));
    // The answer to a Poll is one to the original request.
    let asked_first = outgoing.asked_first.as_ref();
    requests.filter(|(expected, _)| !makes_object(expected.operation)).map(move |(expected, payload)| {
        let payload = asked_first.map_or(payload, |payload| Items(payload));
        let operation = expected.operation.value();
        let object = binding::object_to_repeat(expected.operation, payload).map(|object| hash(&(operation, object)));
        Likeness { operation: operation.into(), object }
    })
}

/// Returns the hash of requests of an operation that name no object.
fn unnamed(operation: u64) -> u64 {
    !operation
}

/// Returns the hash of all requests of a message.
fn whole(outgoing: &Outgoing) -> u64 {
    let payloads = outgoing.expected.iter().zip(Items::payloads(&outgoing.request));
    let mut hasher = DefaultHasher::new();
    payloads.for_each(|(expected, payload)| (expected.operation.value(), payload.0).hash(&mut hasher));
    hasher.finish()
}

/// Returns `true` if the same message always has the same answer, so that a late one does no harm.
fn is_settled(outgoing: &Outgoing) -> bool {
    use OperationCode as O;
    const SETTLED: &[OperationCode] =
        &[O::GET, O::QUERY, O::DISCOVER_VERSIONS, O::HASH, O::DECRYPT, O::MAC_VERIFY, O::SIGNATURE_VERIFY];
    outgoing.expected.iter().all(|expected| SETTLED.contains(&expected.operation))
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kmip_ttlv::V1_4;
    use kmip_ttlv::enumeration::{KeyFormatType, QueryFunction};

    use super::*;
    use crate::exchange::asked::Asked;
    use crate::exchange::options::RequestOptions;
    use crate::protocol::operation::{Create, Decrypt, Encrypt, Get, GetAttributes, Locate, Query, Request};

    fn message(requests: &[Asked<'_>]) -> Outgoing {
        Outgoing::new(V1_4, requests, Default::default(), &RequestOptions::new(), None).unwrap()
    }

    fn of<R: Request>(request: &R) -> Outgoing {
        message(&[Asked::new(request)])
    }

    fn carried(messages: &[Outgoing]) -> Carried {
        let mut carried = Carried::default();
        messages.iter().for_each(|message| carried.record(message, Proof::Names));
        carried
    }

    #[test]
    fn requests_are_apart_by_operation_and_by_object() {
        let encrypt = |id, data| of(&Encrypt::aes_gcm(id, data));
        let carried = carried(&[
            encrypt("a", b"1"),
            of(&Get::id("a")),
            of(&Query::functions([QueryFunction::QUERY_OPERATIONS])),
            of(&Locate::all()),
        ]);
        for alike in [encrypt("a", b"1"), encrypt("a", b"2"), of(&Locate::name("x")), of(&Locate::all())] {
            assert!(!carried.allows(&alike), "{:?}", alike.operations());
        }
        assert!(!carried.allows(&of(&Get::id("a").key_format_type(KeyFormatType::RAW))));
        for apart in [encrypt("b", b"1"), of(&Get::id("b")), of(&GetAttributes::id("a")), of(&Create::aes(256))] {
            assert!(carried.allows(&apart), "{:?}", apart.operations());
        }
        // The same question has the same answer.
        assert!(
            carried.allows(&of(&Get::id("a")))
                && carried.allows(&of(&Query::functions([QueryFunction::QUERY_OPERATIONS])))
        );
    }

    #[test]
    fn a_request_without_an_object_is_like_all_of_its_operation() {
        use crate::protocol::Id;
        let named = carried(&[of(&Get::id("a"))]);
        assert!(!named.allows(&of(&Get::id(Id::Placeholder))));
        let unnamed = carried(&[of(&Get::id(Id::Placeholder))]);
        assert!(!unnamed.allows(&of(&Get::id("a"))), "the object may be this one");
        assert!(unnamed.allows(&of(&Get::id(Id::Placeholder))), "the same question");
        assert!(!unnamed.allows(&message(&[Asked::new(&Create::aes(128)), Asked::new(&Get::id(Id::Placeholder))])));
    }

    #[test]
    fn a_batch_is_like_what_is_in_it() {
        let (get_a, get_b) = (Get::id("a"), Get::id("b"));
        let carried = carried(&[message(&[Asked::new(&get_a), Asked::new(&get_b)])]);
        assert!(carried.allows(&message(&[Asked::new(&get_a), Asked::new(&get_b)])));
        assert!(!carried.allows(&message(&[Asked::new(&get_b), Asked::new(&get_a)])));
        assert!(!carried.allows(&of(&get_b)));
        assert!(carried.allows(&of(&Decrypt::aes_gcm("a", b"1", &[0; 12], &[0; 16]))));
    }

    #[test]
    fn a_poll_is_like_the_original_request() {
        let original = of(&Get::id("a"));
        let asked_first = (original.expected()[0], original.payload(0));
        let poll = Outgoing::poll(V1_4, b"mark", asked_first, &RequestOptions::new(), None).unwrap();
        let carried = carried(&[poll]);
        assert!(!carried.allows(&of(&Get::id("a"))) && carried.allows(&of(&Get::id("b"))));
        let mut numbered = Carried::default();
        numbered.record(&original, Proof::Number);
        let asked_first = (original.expected()[0], original.payload(0));
        let poll = Outgoing::poll(V1_4, b"mark", asked_first, &RequestOptions::new(), None).unwrap();
        assert!(numbered.forbids_unnumbered(&poll));
    }

    #[test]
    fn the_number_of_requests_is_bounded() {
        let mut carried = Carried::default();
        let ids: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let many = ids.iter().take_while(|id| {
            let get = of(&Get::id(&***id));
            let allows = carried.allows(&get);
            carried.record(&get, Proof::Names);
            allows
        });
        let many = many.count();
        assert!((100..MOST_HASHES).contains(&many), "{many}");
        assert_eq!(carried.hashes.len(), MOST_HASHES);
    }

    #[test]
    fn an_answer_without_a_number_is_late_where_it_fits_one_with_a_number() {
        let mut carried = Carried::default();
        let (get, locate) = (Get::id("a"), Locate::all());
        carried.record(&message(&[Asked::new(&get), Asked::new(&locate)]), Proof::Number);
        assert!(!carried.is_numbered(), "a number is required in batches alone");
        assert!(!carried.forbids_unnumbered(&of(&locate)));
        for request in [&of(&locate), &of(&get), &of(&Create::aes(256))] {
            carried.record(request, Proof::Number);
        }
        assert!(carried.allows(&of(&locate)) && carried.is_numbered());
        assert!(carried.forbids_unnumbered(&of(&locate)) && carried.forbids_unnumbered(&of(&get)));
        assert!(carried.forbids_unnumbered(&of(&Locate::name("x"))), "it names no object");
        assert!(carried.forbids_unnumbered(&of(&Get::id("a").key_format_type(KeyFormatType::RAW))));
        let apart = [of(&Get::id("b")), of(&GetAttributes::id("a")), of(&Query::functions([]))];
        assert!(!apart.iter().any(|request| carried.forbids_unnumbered(request)));
        assert!(!carried.forbids_unnumbered(&of(&Create::aes(256))), "no other answer names its object");
        for number in 0..MOST_NUMBERED {
            carried.record(&of(&Get::id(&*number.to_string())), Proof::Number);
        }
        assert_eq!(carried.numbered.len(), MOST_NUMBERED);
    }

    #[test]
    fn an_answer_that_nothing_but_the_order_proves_spends_the_connection() {
        let mut carried = Carried::default();
        carried.record(&of(&Locate::all()), Proof::Number);
        carried.record(&of(&Locate::all()), Proof::Order);
        assert!(carried.is_spent() && !carried.allows(&of(&Get::id("a"))));
    }

    #[test]
    fn a_new_object_is_made_once() {
        let mut carried = Carried::default();
        assert!(!carried.record_made(b"new-1") && !carried.record_made(b"new-2"));
        assert!(carried.record_made(b"new-1"));
    }
}
