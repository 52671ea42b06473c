//! Rounds in which the stacks take turns.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::driver::from_hex;

use super::{Cell, Fault, Message, Peer, Time};

/// A measured operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Bytes to a typed message.
    Decode,
    /// A typed message to bytes.
    Encode,
    /// Each item, without a typed message.
    Walk,
    /// A Get over TLS, on one connection.
    RoundTrip,
}

impl Operation {
    /// Returns the word in tables and in CSV.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Encode => "encode",
            Self::Walk => "walk",
            Self::RoundTrip => "round-trip",
        }
    }
}

/// The limits of a measurement.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The length of a turn.
    pub round: Duration,
    /// The most rounds.
    pub rounds: usize,
    /// The time for each stack after which no round begins. There are at least three rounds.
    pub time: Duration,
    /// The time limit of a command, beyond the length of a turn.
    pub patience: Duration,
}

/// The samples of one stack so far.
struct Contender<'a> {
    peer: &'a mut Peer,
    times: u64,
    samples: Vec<f64>,
    fault: Option<Fault>,
    remark: Option<String>,
}

/// Measures one operation on one message with all stacks.
pub fn measure(peers: &mut [Peer], operation: Operation, message: &Message, plan: Plan) -> Vec<Cell> {
    let expected = match operation {
        Operation::Decode => Some(message.batch_items),
        Operation::Walk => Some(message.items),
        Operation::Encode | Operation::RoundTrip => None,
    };
    let command = |times| format!("{} {times}", operation.name());
    let mut contenders = contend(peers, &super::message::command(&message.bytes), plan);
    interleave(&mut contenders, command, expected, plan);
    if operation == Operation::Encode {
        contenders.iter_mut().for_each(|contender| contender.compare_bytes(message, plan));
    }
    cells(contenders, operation, &message.name)
}

/// Measures a Get of this identifier, with a key of so many bytes, on the server at this address.
pub fn round_trips(
    peers: &mut [Peer],
    address: std::net::SocketAddr,
    folder: &Path,
    (id, key): (&str, usize),
    plan: Plan,
) -> Vec<Cell> {
    let connect = format!("connect {} {} {}", address.ip(), address.port(), folder.display());
    let mut contenders = contend(peers, &connect, plan);
    interleave(&mut contenders, |times| format!("get {times} {id}"), Some(key), plan);
    cells(contenders, Operation::RoundTrip, "Get")
}

/// Hands the stacks what they are measured with.
fn contend<'a>(peers: &'a mut [Peer], preparation: &str, plan: Plan) -> Vec<Contender<'a>> {
    let begin = |peer: &'a mut Peer| {
        let fault = peer.ask(preparation, plan.patience).err();
        Contender { peer, times: 1, samples: Vec::new(), fault, remark: None }
    };
    peers.iter_mut().map(begin).collect()
}

fn interleave(contenders: &mut [Contender<'_>], command: impl Fn(u64) -> String, expected: Option<usize>, plan: Plan) {
    const LEAST: usize = 3;
    for contender in contenders.iter_mut() {
        contender.calibrate(&command, expected, plan);
    }
    let running = contenders.iter().filter(|contender| contender.fault.is_none()).count();
    let (start, time) = (Instant::now(), plan.time * u32::try_from(running).unwrap_or(u32::MAX));
    for round in 0..plan.rounds {
        if round >= LEAST && start.elapsed() > time {
            return;
        }
        for contender in contenders.iter_mut().filter(|contender| contender.fault.is_none()) {
            match contender.turn(&command, expected, plan) {
                Ok(sample) => contender.samples.push(sample),
                Err(fault) => contender.fault = Some(fault),
            }
        }
    }
}

impl Contender<'_> {
    /// Finds the number of repetitions that fill a turn.
    fn calibrate(&mut self, command: &impl Fn(u64) -> String, expected: Option<usize>, plan: Plan) {
        const MOST: u64 = 1 << 24;
        while self.fault.is_none() {
            match self.turn(command, expected, plan) {
                Ok(one) if one * self.times as f64 * 2.0 > plan.round.as_nanos() as f64 || self.times >= MOST => return,
                Ok(_) => self.times *= 2,
                Err(fault) => self.fault = Some(fault),
            }
        }
    }

    /// Returns the nanoseconds of one repetition in one turn.
    fn turn(&mut self, command: &impl Fn(u64) -> String, expected: Option<usize>, plan: Plan) -> Result<f64, Fault> {
        // The repetitions are chosen to take no longer than a round; a machine that is busy may take many times as
        // long.
        let limit = plan.patience + plan.round * 100;
        let (answer, took) = self.peer.ask(&command(self.times), limit)?;
        let checked = match (answer.ns, answer.count) {
            (None | Some(0), _) | (_, None) => Err("its answer has no time, or no count".into()),
            (Some(ns), _) if u128::from(ns) > took.as_nanos() => {
                Err(format!("says {ns} ns, where all of it took {took:?}"))
            }
            (_, Some(count)) if expected.is_some_and(|expected| count != expected) => {
                Err(format!("went through {count}, where there are {}", expected.unwrap_or_default()))
            }
            (Some(ns), _) => Ok(ns as f64 / self.times as f64),
        };
        checked.map_err(|why| {
            self.peer.end();
            Fault::Untrue(why)
        })
    }

    /// Adds a remark if the encoded bytes differ from the decoded ones.
    fn compare_bytes(&mut self, message: &Message, plan: Plan) {
        if self.fault.is_some() {
            return;
        }
        let encoded = self.peer.ask("bytes", plan.patience).and_then(|(answer, _)| {
            let bytes = answer.hex.as_deref().and_then(from_hex);
            bytes.ok_or_else(|| Fault::Untrue("its answer has no bytes".into()))
        });
        match encoded {
            Ok(bytes) if bytes == message.bytes => {}
            Ok(bytes) => {
                let at = bytes.iter().zip(&message.bytes).take_while(|(a, b)| a == b).count();
                let (wrote, read) = (bytes.len(), message.bytes.len());
                self.remark = Some(format!("encodes {wrote} bytes where it read {read}: they differ at byte {at}"));
            }
            Err(fault) => self.fault = Some(fault),
        }
    }
}

fn cells(contenders: Vec<Contender<'_>>, operation: Operation, message: &str) -> Vec<Cell> {
    let cell = |contender: Contender<'_>| Cell {
        stack: contender.peer.name().into(),
        operation,
        message: message.into(),
        time: match contender.fault {
            None => Time::of(contender.samples),
            Some(_) => None,
        },
        remark: contender.fault.map(|fault| fault.to_string()).or(contender.remark),
    };
    contenders.into_iter().map(cell).collect()
}
