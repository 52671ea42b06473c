//! Benchmarks of decoding, encoding and walking the messages W1 to W5, beside the floors and, where possible, another
//! crate; and of conversion to XML and JSON and back.
//!
//! Run with `cargo bench -p benches`. The program `ratios` prints ratios in one table, which are less sensitive to a
//! noisy machine.

#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros make items without documentation")]

use std::hint::black_box;

use benches::workload::{decode_request, decode_response, request_in_place, response_in_place, walk};
use benches::{Message, Workload, bare, floor};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kmip_protocol::types::response::ResponseMessage;
use kmip_ttlv::{json, xml};

fn codec(c: &mut Criterion) {
    for w in &Workload::all() {
        let mut group = c.benchmark_group(w.name);
        group.throughput(Throughput::Bytes(w.frame.len() as u64));
        let frame = || black_box(&w.frame[..]);
        group.bench_function("walk", |b| b.iter(|| walk(frame()).unwrap()));
        group.bench_function("walk, floor", |b| b.iter(|| floor::walk(frame()).unwrap()));

        match w.message {
            Message::Request(_) => {
                group.bench_function("decode", |b| b.iter(|| decode_request(frame()).unwrap()));
                group.bench_function("decode, floor", |b| b.iter(|| floor::request(frame()).unwrap()));
                let ours = || request_in_place(frame(), |item| _ = black_box(item)).unwrap();
                let other = || floor::request_in_place(frame(), |item| _ = black_box(item)).unwrap();
                group.bench_function("decode in place", |b| b.iter(ours));
                group.bench_function("decode in place, floor", |b| b.iter(other));
            }
            Message::Response(_) => {
                group.bench_function("decode", |b| b.iter(|| decode_response(frame()).unwrap()));
                group.bench_function("decode, floor", |b| b.iter(|| floor::response(frame()).unwrap()));
                let ours = || response_in_place(frame(), |item| _ = black_box(item)).unwrap();
                let other = || floor::response_in_place(frame(), |item| _ = black_box(item)).unwrap();
                group.bench_function("decode in place", |b| b.iter(ours));
                group.bench_function("decode in place, floor", |b| b.iter(other));
            }
        }
        // The other crate can read the Get responses only.
        if matches!(w.name, "W1" | "W4") {
            let decode = || nlnet_kmip_ttlv::de::from_slice::<ResponseMessage>(frame()).unwrap();
            group.bench_function("decode, NLnet Labs", |b| b.iter(decode));
        }

        let mut buffer = w.frame.clone();
        let message = || black_box(&w.message);
        group.bench_function("encode into a reused buffer", |b| b.iter(|| message().encode_into(&mut buffer).unwrap()));
        group.bench_function("encode into a fresh buffer", |b| b.iter(|| message().encode().unwrap()));
        match w.message {
            Message::Request(_) => {
                let plain = floor::request(&w.frame).unwrap();
                let name = "encode into a reused buffer, floor";
                group.bench_function(name, |b| b.iter(|| floor::encode_request(black_box(&plain), &mut buffer)));
            }
            Message::Response(_) => {
                let plain = floor::response(&w.frame).unwrap();
                let name = "encode into a reused buffer, floor";
                group.bench_function(name, |b| b.iter(|| floor::encode_response(black_box(&plain), &mut buffer)));
            }
        }
        group.finish();
    }
}

/// Measures both directions of both encodings. The throughput counts bytes of the message, not of the document.
fn documents(c: &mut Criterion) {
    for w in &Workload::all() {
        let mut group = c.benchmark_group(w.name);
        group.throughput(Throughput::Bytes(w.frame.len() as u64));
        let from_xml = |document| xml::from_xml(document).map(Result::unwrap).count();
        let from_json = |document| json::from_json(document).map(Result::unwrap).count();
        let (in_xml, in_json) = (xml::to_xml(&w.frame).unwrap(), json::to_json(&w.frame).unwrap());
        group.bench_function("to XML", |b| b.iter(|| xml::to_xml(black_box(&w.frame)).unwrap()));
        group.bench_function("from XML", |b| b.iter(|| from_xml(black_box(&in_xml))));
        group.bench_function("from XML, the parser alone", |b| b.iter(|| bare::xml(black_box(&in_xml))));
        group.bench_function("to JSON", |b| b.iter(|| json::to_json(black_box(&w.frame)).unwrap()));
        group.bench_function("from JSON", |b| b.iter(|| from_json(black_box(&in_json))));
        group.bench_function("from JSON, the parser alone", |b| b.iter(|| bare::json(black_box(&in_json))));
        group.finish();
    }
}

criterion_group!(benches, codec, documents);
criterion_main!(benches);
