//! The codec beside its floors and a peer: ratios of times of interleaved rounds, all in one run.
//!
//! ```sh
//! cargo run --release -p benches --bin ratios              # the table
//! cargo run --release -p benches --bin ratios -- W1 W2     # the rows of these messages
//! cargo run --release -p benches --bin ratios -- --assert  # and exit 1 where a bound is missed
//! ```
//!
//! Both sides of a row take turns, so that a machine with other things to do slows both. A time is the first decile of
//! its rounds: others make rounds slower and never faster, and what takes milliseconds is rarely left alone for so
//! long. On a quiet machine the times are good to a few percent. Allocations are counted by a test,
//! `tests/allocations.rs`: a counting allocator would add 5 ns to each.

#![allow(clippy::print_stdout, reason = "the table is what the program is for")]

use std::cell::RefCell;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::workload::{self, Workload};
use benches::{Message, bare, floor, report};
use clap::Parser;
use kmip_ttlv::{json, xml};

/// Compares the codec with hand-written code for the same messages, and with a peer: ratios of times.
#[derive(Parser)]
#[command(name = "ratios")]
struct Arguments {
    /// Leave out the rows of other messages
    #[arg(value_name = "MESSAGE", value_parser = workload::NAMES)]
    messages: Vec<String>,
    /// Exit with 1 if a bound is missed
    #[arg(long)]
    assert: bool,
}

/// The maximum cost of one row.
#[derive(Clone, Copy)]
enum Bound {
    /// So many times the other.
    AtMost(f64),
    /// The other takes so many times as long.
    OtherAtLeast(f64),
    /// Anything: the row is for people.
    None,
}

impl Bound {
    fn is_kept(self, (ours, other): (f64, f64)) -> bool {
        match self {
            Self::AtMost(most) => ours <= most * other,
            Self::OtherAtLeast(least) => other >= least * ours,
            Self::None => true,
        }
    }
}

fn main() -> ExitCode {
    let Arguments { messages, assert } = Arguments::parse();
    println!("{:<4} {:<22} {:>12} {:<18} {:>12} {:>8} {:>9}", "", "", "ours", "other", "", "ratio", "bound");
    let [w1, w2, w3, w4, w5] = &Workload::all();
    let mut table = Table { messages, missed: 0 };

    for w in [w1, w2, w3, w4, w5] {
        let other = ("walker", || floor::walk(black_box(&w.frame)).expect("well formed"));
        table.row(w, "walk", || workload::walk(black_box(&w.frame)).expect("well formed"), other, Bound::AtMost(1.2));
    }

    for (w, bound) in [(w1, 1.45), (w3, 1.1), (w4, 1.4)] {
        let other = ("borrowing decoder", || floor::response(black_box(&w.frame)).expect("well formed"));
        table.row(w, "decode", || response(w), other, Bound::AtMost(bound));
    }
    let other = ("borrowing decoder", || floor::request(black_box(&w2.frame)).expect("well formed"));
    let ours = || workload::decode_request(black_box(&w2.frame)).expect("well formed");
    table.row(w2, "decode", ours, other, Bound::AtMost(1.7));
    in_place(&mut table, [w1, w2, w4]);
    table.row(w5, "decode", || response(w5), ("ours, of W1", || response(w1)), Bound::AtMost(1.2));

    for (w, bound) in [(w1, 1.45), (w2, 1.6), (w3, 1.0), (w4, 1.4)] {
        encode(&mut table, w, bound);
    }
    encode_beside(&mut table, w5, 1.2, "memcpy", |buffer| {
        buffer.clear();
        buffer.extend_from_slice(black_box(&w5.frame));
    });
    for (w, most) in [(w1, 1.35), (w2, 1.35), (w3, 1.35), (w4, 1.35), (w5, f64::INFINITY)] {
        let mut buffer = w.frame.clone();
        let fresh = || black_box(&w.message).encode().expect("encodes");
        let reused = ("a reused buffer", || black_box(&w.message).encode_into(&mut buffer).expect("encodes"));
        let bound = if most.is_finite() { Bound::AtMost(most) } else { Bound::None };
        table.row(w, "encode, fresh buffer", fresh, reused, bound);
    }

    for w in [w1, w4] {
        let (in_xml, in_json) =
            (xml::to_xml(&w.frame).expect("well formed"), json::to_json(&w.frame).expect("well formed"));
        // The parser alone does not unescape values, look names up, or write anything.
        let bound = if w.name == "W4" { Bound::AtMost(3.0) } else { Bound::None };
        let other = ("the parser alone", || bare::xml(black_box(&in_xml)));
        table.row(w, "from XML", || xml::from_xml(black_box(&in_xml)).count(), other, bound);
        let other = ("the parser alone", || bare::json(black_box(&in_json)));
        table.row(w, "from JSON", || json::from_json(black_box(&in_json)).count(), other, bound);
    }

    for w in [w1, w4] {
        let other = ("NLnet Labs", || nlnet(black_box(&w.frame)));
        table.row(w, "decode", || response(w), other, Bound::OtherAtLeast(50.0));
    }

    println!("{}", report::verdict(table.missed));
    if assert && table.missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Items one after another, each in the place of the one before, beside the floor that does the same.
fn in_place(table: &mut Table, [w1, w2, w4]: [&Workload; 3]) {
    const WHAT: &str = "decode, in place";
    const FLOOR: &str = "the same by hand";
    for (w, bound) in [(w1, 1.1), (w4, 1.3)] {
        let ours =
            || workload::response_in_place(black_box(&w.frame), |item| _ = black_box(item)).expect("well formed");
        let other = || floor::response_in_place(black_box(&w.frame), |item| _ = black_box(item)).expect("well formed");
        table.row(w, WHAT, ours, (FLOOR, other), Bound::AtMost(bound));
    }
    let ours = || workload::request_in_place(black_box(&w2.frame), |item| _ = black_box(item)).expect("well formed");
    let other = || floor::request_in_place(black_box(&w2.frame), |item| _ = black_box(item)).expect("well formed");
    table.row(w2, WHAT, ours, (FLOOR, other), Bound::AtMost(1.4));
}

fn response(w: &Workload) -> impl Sized + use<'_> {
    workload::decode_response(black_box(&w.frame)).expect("well formed")
}

fn nlnet(frame: &[u8]) -> kmip_protocol::types::response::ResponseMessage {
    nlnet_kmip_ttlv::de::from_slice(frame).expect("the peer reads it")
}

fn encode(table: &mut Table, w: &Workload, bound: f64) {
    const FLOOR: &str = "back-patching";
    if let Message::Request(_) = w.message {
        let plain = floor::request(&w.frame).expect("well formed");
        encode_beside(table, w, bound, FLOOR, |buffer| floor::encode_request(black_box(&plain), buffer));
    } else {
        let plain = floor::response(&w.frame).expect("well formed");
        encode_beside(table, w, bound, FLOOR, |buffer| floor::encode_response(black_box(&plain), buffer));
    }
}

/// Both read from one frame and write to one buffer: how these lie to each other in memory can cost a fifth.
fn encode_beside(table: &mut Table, w: &Workload, bound: f64, name: &str, other: impl Fn(&mut Vec<u8>)) {
    let message = w.decoded();
    let buffer = RefCell::new(w.frame.clone());
    let ours = || black_box(&message).encode_into(&mut buffer.borrow_mut()).expect("encodes");
    let other = (name, || other(&mut buffer.borrow_mut()));
    table.row(w, "encode, reused buffer", ours, other, Bound::AtMost(bound));
}

struct Table {
    /// Whose rows are wanted; of all, if empty.
    messages: Vec<String>,
    missed: usize,
}

impl Table {
    /// Measures both and prints the row.
    fn row<A, B>(
        &mut self,
        w: &Workload,
        what: &str,
        mut ours: impl FnMut() -> A,
        (name, mut other): (&str, impl FnMut() -> B),
        bound: Bound,
    ) {
        if !self.messages.is_empty() && self.messages.iter().all(|name| name != w.name) {
            return;
        }
        // Whoever else uses the machine can spoil a row: a bound is missed where it is missed three times.
        let mut times = deciles(&mut ours, &mut other);
        for _ in 0..2 {
            if bound.is_kept(times) {
                break;
            }
            times = deciles(&mut ours, &mut other);
        }
        let slow = !bound.is_kept(times);
        let (ours, other) = times;
        let (ratio, bound) = match bound {
            Bound::AtMost(most) => (format!("{:.2}", ours / other), format!("<= {most:.2}")),
            Bound::OtherAtLeast(least) => (format!("1/{:.0}", other / ours), format!("<= 1/{least:.0}")),
            Bound::None => (format!("{:.2}", ours / other), String::new()),
        };
        let missed = if slow { "  MISSED" } else { "" };
        self.missed += usize::from(slow);
        println!(
            "{:<4} {what:<22} {:>12} {name:<18} {:>12} {ratio:>8} {bound:>9}{missed}",
            w.name,
            time(ours),
            time(other)
        );
    }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 10_000.0 => format!("{short:.1} ns"),
        long => format!("{:.1} us", long / 1_000.0),
    }
}

/// Returns the time of one call of each, in nanoseconds: the first deciles of rounds in which they take turns.
fn deciles<A, B>(ours: &mut impl FnMut() -> A, other: &mut impl FnMut() -> B) -> (f64, f64) {
    const ROUND: Duration = Duration::from_micros(100);
    const ROUNDS: usize = 2_001;
    const LIMIT: Duration = Duration::from_secs(2);
    let (n, m) = (repetitions(ours, ROUND), repetitions(other, ROUND));
    let (mut a, mut b) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    let start = Instant::now();
    while a.len() < ROUNDS && (a.len() < 21 || start.elapsed() < LIMIT) {
        a.push(once(ours, n));
        b.push(once(other, m));
    }
    (decile(a), decile(b))
}

/// Returns the number of calls that fit into this time; at least one.
fn repetitions<T>(f: &mut impl FnMut() -> T, time: Duration) -> u32 {
    let mut n = 1;
    loop {
        let took = once(f, n) * f64::from(n);
        if took * 2.0 > time.as_nanos() as f64 || n >= 1 << 24 {
            return n;
        }
        n *= 2;
    }
}

/// Nanoseconds for one of `n`.
fn once<T>(f: &mut impl FnMut() -> T, n: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..n {
        black_box(f());
    }
    start.elapsed().as_nanos() as f64 / f64::from(n)
}

fn decile(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 10]
}
