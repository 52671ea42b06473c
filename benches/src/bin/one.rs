//! Does one thing, so many times: for counting its instructions. `.ci/instructions` runs it under callgrind.
//!
//! ```sh
//! cargo run --release -p benches --bin one -- decode W1 1000
//! ```

use std::hint::black_box;

use benches::workload::{self, Workload};
use benches::{Message, bare, floor};
use clap::{CommandFactory, Parser};
use kmip_ttlv::{json, xml};

/// Does one thing with one message, so many times.
#[derive(Parser)]
#[command(name = "one")]
struct Arguments {
    /// The measured step; some messages lack some of the steps
    #[arg(value_parser = WHAT)]
    what: String,
    /// The message
    #[arg(value_parser = workload::NAMES)]
    message: String,
    /// The number of repetitions
    times: u32,
}

const WHAT: [&str; 15] = [
    "walk",
    "walk-floor",
    "decode",
    "decode-floor",
    "decode-in-place",
    "decode-in-place-floor",
    "encode",
    "encode-fresh",
    "encode-floor",
    "to-xml",
    "to-json",
    "from-xml",
    "from-xml-floor",
    "from-json",
    "from-json-floor",
];

fn main() {
    let Arguments { what, message, times } = Arguments::parse();
    if run(&what, &message, times).is_none() {
        let why = format!("{message} has no {what}");
        Arguments::command().error(clap::error::ErrorKind::ValueValidation, why).exit();
    }
}

fn run(what: &str, workload: &str, times: u32) -> Option<()> {
    let w = Workload::all().into_iter().find(|w| w.name == workload)?;
    let frame = || black_box(&w.frame[..]);
    let mut buffer = w.frame.clone();
    match (what, &w.message) {
        ("walk", _) => repeat(times, || workload::walk(frame())),
        ("walk-floor", _) => repeat(times, || floor::walk(frame())),
        ("decode", Message::Request(_)) => repeat(times, || workload::decode_request(frame())),
        ("decode", Message::Response(_)) => repeat(times, || workload::decode_response(frame())),
        ("decode-floor", Message::Request(_)) => repeat(times, || floor::request(frame())),
        ("decode-floor", Message::Response(_)) => repeat(times, || floor::response(frame())),
        ("decode-in-place", Message::Request(_)) => {
            repeat(times, || workload::request_in_place(frame(), |item| _ = black_box(item)));
        }
        ("decode-in-place", Message::Response(_)) => {
            repeat(times, || workload::response_in_place(frame(), |item| _ = black_box(item)));
        }
        ("decode-in-place-floor", Message::Request(_)) => {
            repeat(times, || floor::request_in_place(frame(), |item| _ = black_box(item)));
        }
        ("decode-in-place-floor", Message::Response(_)) => {
            repeat(times, || floor::response_in_place(frame(), |item| _ = black_box(item)));
        }
        ("encode", message) => repeat(times, || black_box(message).encode_into(&mut buffer)),
        ("encode-fresh", message) => repeat(times, || black_box(message).encode()),
        ("encode-floor", Message::Request(_)) => {
            let plain = floor::request(&w.frame).ok()?;
            repeat(times, || floor::encode_request(black_box(&plain), &mut buffer));
        }
        ("encode-floor", Message::Response(_)) => {
            let plain = floor::response(&w.frame).ok()?;
            repeat(times, || floor::encode_response(black_box(&plain), &mut buffer));
        }
        ("to-xml", _) => repeat(times, || xml::to_xml(frame())),
        ("to-json", _) => repeat(times, || json::to_json(frame())),
        ("from-xml" | "from-xml-floor", _) => {
            let document = xml::to_xml(&w.frame).ok()?;
            match what {
                "from-xml" => repeat(times, || xml::from_xml(black_box(&document)).count()),
                _ => repeat(times, || bare::xml(black_box(&document))),
            }
        }
        ("from-json" | "from-json-floor", _) => {
            let document = json::to_json(&w.frame).ok()?;
            match what {
                "from-json" => repeat(times, || json::from_json(black_box(&document)).count()),
                _ => repeat(times, || bare::json(black_box(&document))),
            }
        }
        _ => return None,
    }
    Some(())
}

fn repeat<T>(times: u32, mut f: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(f());
    }
}
