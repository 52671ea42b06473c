//! Has stacks decode malformed messages.

use std::time::Duration;

use serde::Serialize;

use super::{Fault, Input, Peer, message};
use crate::machine;

/// More memory than this for one input, beyond what the process had, is too much.
const MUCH: u64 = 256 << 20;
/// After so many crashes the rest is not tried: each costs a start of the program.
const MOST_CRASHES: usize = 1_000;
/// After so many hangs the rest is not tried: each costs the patience of the caller.
const MOST_HANGS: usize = 5;

/// The verdicts of a stack on malformed messages.
///
/// A lenient stack refuses fewer of them. None should crash or hang.
#[derive(Debug, Default, Serialize)]
pub struct Endurance {
    /// The stack.
    pub stack: String,
    /// The number of messages that it refused.
    pub refused: usize,
    /// The number that it accepted.
    pub accepted: usize,
    /// The number that ended its program.
    pub crashed: usize,
    /// The number that it did not answer in time, or answered with nonsense.
    pub hung: usize,
    /// The number that made it take more than 256 MiB. They are counted above too.
    pub greedy: usize,
    /// The number that were not tried after too many faults.
    pub left_out: usize,
    /// The faults, the first of each kind of input.
    pub faults: Vec<(&'static str, String)>,
}

/// Has a stack decode each input once.
pub fn judge(peer: &mut Peer, inputs: &[Input], patience: Duration) -> Endurance {
    let mut endurance = Endurance { stack: peer.name().into(), ..Endurance::default() };
    for (index, input) in inputs.iter().enumerate() {
        if endurance.crashed >= MOST_CRASHES || endurance.hung >= MOST_HANGS {
            endurance.left_out = inputs.len() - index;
            break;
        }
        let given = peer.ask(&message::command(&input.bytes), patience);
        let before = peer.id().and_then(|process| machine::forget_peak(process).ok().map(|now| (process, now)));
        let given = given.map_err(|fault| match fault {
            Fault::Declined(why) => Fault::Untrue(format!("does not take the message: {why}")),
            fault => fault,
        });
        let answered = given.and_then(|_| peer.ask("decode 1", patience));
        let fault = match answered.map(|(answer, _)| answer.count) {
            Ok(Some(_)) => {
                endurance.accepted += 1;
                None
            }
            Err(Fault::Declined(_)) => {
                endurance.refused += 1;
                None
            }
            Ok(None) => {
                endurance.hung += 1;
                Some("its answer has no count".into())
            }
            Err(fault) => {
                let count =
                    if matches!(fault, Fault::Crashed(_)) { &mut endurance.crashed } else { &mut endurance.hung };
                *count += 1;
                Some(fault.to_string())
            }
        };
        let taken = before.and_then(|(process, before)| {
            let (_, peak) = machine::resident_memory(process).ok()?;
            Some(peak.saturating_sub(before)).filter(|taken| *taken > MUCH)
        });
        endurance.greedy += usize::from(taken.is_some());
        let fault = fault.or_else(|| taken.map(|taken| format!("took {} MiB", taken >> 20)));
        if let Some(fault) = fault
            && endurance.faults.iter().all(|(what, _)| *what != input.what)
        {
            endurance.faults.push((input.what, fault));
        }
    }
    endurance
}
