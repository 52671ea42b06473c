//! One attempt of a call: one message on one connection, and the evaluation of its response.

use bytes::Bytes;
use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;

use super::message::Message;
use super::server::{Line, Server};
use super::{Answer, Engine};
use crate::client::cluster::Candidate;
use crate::client::error::{Attempt, Error};
use crate::client::observe::Facts;
use crate::client::outcome::{History, Outcome};
use crate::client::pool::Lease;
use crate::config::Endpoint;
use crate::exchange::options::RequestOptions;
use crate::exchange::reply::Reply;
use crate::exchange::{Answered, Asked, Carried, NoReply, OutOfStep, Outgoing, Pending, Proof};
use crate::protocol::operation::{Repeat, Request};
use crate::transport::error::{Broken, Phase, TransportError};
use crate::transport::network::{Boxed, Link, Network};
use crate::transport::time::Limit;

/// A response, and the request that it answers.
struct Received<'m> {
    frame: Bytes,
    outgoing: &'m Outgoing,
    /// The most expensive request that may be repeated.
    affordable: Repeat,
}

impl<N: Network> Engine<N> {
    /// Sends the message once, to one server, on an idle connection or a fresh one.
    pub(super) async fn attempt(
        &self,
        candidate: Candidate,
        lease: Lease<'_, Line<N::Link>>,
        idle: Option<Line<N::Link>>,
        message: &mut Message<'_>,
        total: Limit,
        facts: &mut Facts<'_>,
    ) -> Outcome<Answer> {
        let server = &self.servers[candidate.index];
        let mut line = match idle {
            Some(line) => {
                self.recorder.reused(candidate.index);
                line
            }
            None => match self.open(candidate.index, total).await {
                Ok(line) => line,
                Err(error) => return Outcome::Broken(Broken::NotSent(error)),
            },
        };
        let version = match server.version_on(&line) {
            Some(version) => version,
            None => match self.negotiate(&mut line, &message.terms.options, total).await {
                Ok(agreed) => {
                    let version = server.record_agreed(&mut line, agreed);
                    line = match self.usable(line, total).await {
                        Ok(line) => line,
                        Err(error) => return Outcome::Broken(Broken::NotSent(error)),
                    };
                    version
                }
                Err(outcome) => return outcome,
            },
        };
        self.record_last(candidate.index);
        let affordable = message.terms.affordable;
        let outgoing = match message.prepare(version) {
            Ok(Some(outgoing)) => outgoing,
            prepared => {
                // Nothing was sent, so the connection can be reused.
                let guess = line.guess.clone();
                line.give_back(lease, self.network.now());
                return match (prepared, guess) {
                    (Ok(_), _) => Outcome::Answered(Ok(Answered::to_nothing(version))),
                    // The version is a guess, so the refusal to negotiate is the reason for which the request failed.
                    (Err(_), Some(guess)) => Outcome::Declined(Err(Error::Refused(guess.refusal))),
                    (Err(error), None) => Outcome::Answered(Err(Error::Encode(error))),
                };
            }
        };
        // The timeout of the attempt starts with the connection; connecting has one of its own.
        let limit = Limit::start(self.network.now(), Phase::Attempt, self.config.limit_of_attempt()).within(total);
        facts.version = Some(version);
        facts.sent(outgoing.request().len());
        let frame = match self.exchange(&mut line, outgoing.request(), limit).await {
            Ok(frame) => frame,
            Err(broken) => return Outcome::Broken(broken),
        };
        facts.received(frame.len());
        let received = Received { frame, outgoing, affordable };
        self.conclude(candidate, lease, line, received)
    }

    /// Evaluates a response, and returns the connection to the pool if nothing of an earlier exchange can arrive on it.
    fn conclude(
        &self,
        candidate: Candidate,
        lease: Lease<'_, Line<N::Link>>,
        mut line: Line<N::Link>,
        received: Received<'_>,
    ) -> Outcome<Answer> {
        let Received { frame, outgoing, affordable } = received;
        let server = &self.servers[candidate.index];
        let (answered, proof) = match read(outgoing, frame, server, &mut line.carried) {
            Ok(read) => read,
            Err(no_reply) => {
                let declined = no_reply.is_declined(self.cluster.is_read_only(candidate.index));
                return match settled(no_reply, &server.endpoint) {
                    Ok(error) => {
                        line.carried.record(outgoing, Proof::Order);
                        line.give_back(lease, self.network.now());
                        if declined { Outcome::Declined(Err(error)) } else { Outcome::Answered(Err(error)) }
                    }
                    Err(broken) => Outcome::Broken(broken),
                };
            }
        };
        line.carried.record(outgoing, proof);
        let declined = answered.is_declined(self.cluster.is_read_only(candidate.index));
        let mut in_step = true;
        let answered =
            answered.explain(outgoing.expected(), |expected, no_reply| match settled(no_reply, &server.endpoint) {
                Ok(error) => error,
                Err(broken) => {
                    in_step = false;
                    let mut history = History::<std::convert::Infallible>::new();
                    history.broken(broken, |error| attempt(server, vec![expected.operation], error));
                    history.end(expected.repeat >= affordable).map_or_else(|error| error, |never| match never {})
                }
            });
        // A connection with a wrong response, detected above or here, is dropped.
        if in_step {
            line.give_back(lease, self.network.now());
        }
        if declined { Outcome::Declined(Ok(answered)) } else { Outcome::Answered(Ok(answered)) }
    }

    /// Opens a connection, including TLS.
    pub(super) fn open(&self, index: usize, total: Limit) -> Boxed<'_, Result<Line<N::Link>, TransportError>> {
        Box::pin(async move {
            let server = &self.servers[index];
            let start = self.network.now();
            let limit = Limit::start(start, Phase::Connecting, self.config.limit_to_connect()).within(total);
            let link = self.network.open(index, &server.endpoint, limit).await?;
            server.record_certificate(link.server_certificate());
            self.recorder.opened(index, self.network.now().saturating_duration_since(start), link.is_resumed());
            Ok(Line::new(link, index, std::sync::Arc::clone(&self.recorder)))
        })
    }

    /// Returns this connection, or a fresh one if the server has ended it with its last response, or if a repeat of
    /// that response would fit any request.
    pub(super) async fn usable(&self, mut line: Line<N::Link>, total: Limit) -> Result<Line<N::Link>, TransportError> {
        if !line.carried.is_spent() && line.link.is_ready() && line.link.is_quiet() {
            return Ok(line);
        }
        let (index, guess) = (line.server, line.guess.take());
        drop(line);
        let mut line = self.open(index, total).await?;
        line.guess = guess;
        Ok(line)
    }

    /// Sends a request once on this connection, and reads the reply. The inner error is the server's.
    pub(super) async fn send_once<R: Request>(
        &self,
        line: &mut Line<N::Link>,
        version: ProtocolVersion,
        request: &R,
        options: &RequestOptions,
        total: Limit,
    ) -> Result<Result<Reply<R::Operation>, Error>, Broken> {
        let answered = self.send_any_once(line, version, Asked::new(request), options, total).await?;
        match answered.map(|mut answered| answered.next_reply()) {
            Ok(Ok(reply)) => Ok(Ok(reply)),
            Ok(Err(no_reply)) => settled(no_reply, &self.servers[line.server].endpoint).map(Err),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn send_any_once(
        &self,
        line: &mut Line<N::Link>,
        version: ProtocolVersion,
        asked: Asked<'_>,
        options: &RequestOptions,
        total: Limit,
    ) -> Result<Result<Answered<NoReply>, Error>, Broken> {
        let outgoing = match Outgoing::new(version, &[asked], Default::default(), options, self.number(1)) {
            Ok(outgoing) => outgoing,
            Err(error) => return Ok(Err(Error::Encode(error))),
        };
        let limit = Limit::start(self.network.now(), Phase::Attempt, self.config.limit_of_attempt()).within(total);
        let frame = self.exchange(line, outgoing.request(), limit).await?;
        match Answered::read(&outgoing, frame) {
            Ok((answered, proof)) => {
                line.carried.record(&outgoing, proof);
                Ok(Ok(answered))
            }
            Err(no_reply) => {
                line.carried.record(&outgoing, Proof::Order);
                settled(no_reply, &self.servers[line.server].endpoint).map(Err)
            }
        }
    }

    /// Sends a message on this connection, and receives one.
    async fn exchange(&self, line: &mut Line<N::Link>, request: &[u8], limit: Limit) -> Result<Bytes, Broken> {
        self.recorder.sent(line.server, request.len());
        let frame = line.link.exchange(request, limit).await?;
        self.recorder.received(line.server, frame.len());
        Ok(frame)
    }
}

/// Reads an answer, and tells a repeat of an earlier one by what the server has said before.
fn read<L>(
    outgoing: &Outgoing,
    frame: Bytes,
    server: &Server<L>,
    carried: &mut Carried,
) -> Result<(Answered<NoReply>, Proof), NoReply> {
    let (answered, proof) = Answered::read(outgoing, frame)?;
    let is_numbered = proof == Proof::Number;
    let mut is_known = false;
    if outgoing.made_object().is_some() {
        for object in answered.made_objects(outgoing.expected()) {
            is_known |= server.record_made(object);
            is_known |= !is_numbered && carried.record_made(object);
        }
    }
    if !is_numbered {
        // No two objects have one identifier.
        if let Some(operation) = outgoing.made_object().filter(|_| is_known) {
            return Err(OutOfStep::Repeated { operation }.into());
        }
        if answered.has_success() && carried.forbids_unnumbered(outgoing) {
            return Err(OutOfStep::Unnumbered.into());
        }
    }
    Ok((answered, proof))
}

/// Describes a failed attempt.
pub(super) fn attempt<L>(server: &Server<L>, operations: Vec<OperationCode>, error: TransportError) -> Attempt {
    Attempt { endpoint: server.endpoint.clone(), operations, error, earlier: Vec::new() }
}

/// Returns the error for the caller if the server has made the outcome clear, and the transport error otherwise.
fn settled(no_reply: NoReply, endpoint: &Endpoint) -> Result<Error, Broken> {
    match no_reply {
        NoReply::Refused(refusal) => Ok(Error::Refused(Box::new(refusal))),
        NoReply::NotExecuted(operation) => Ok(Error::NotExecuted(operation)),
        NoReply::Pending(pending) => {
            Ok(Error::Pending(Box::new(Pending { endpoint: Some(endpoint.clone()), ..pending })))
        }
        NoReply::Malformed(error) => Err(Broken::Ambiguous(TransportError::Malformed(error))),
        NoReply::OutOfStep(reason) => Err(Broken::Ambiguous(TransportError::OutOfStep(reason))),
    }
}
