//! How long it takes to decode, encode and walk one Get response with an AES-256 key: 312 bytes, most of what a client ever receives.
//!
//! `cargo bench -p benches`

#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros make items without documentation")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kmip_client::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};
use kmip_client::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
use kmip_client::protocol::operation::{GetResponse, ResponsePayload};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType, ObjectType, OperationCode, ResultStatus};
use kmip_ttlv::{DateTime, Encode, Rules, Tag, V1_4, Walk, Writer};

const KEY: [u8; 32] = [0x5A; 32];

fn get_response() -> ResponseMessage<'static> {
    let key_block = KeyBlock {
        key_format_type: KeyFormatType::RAW,
        key_value: Some(KeyValue::from_bytes(&KEY)),
        cryptographic_algorithm: Some(CryptographicAlgorithm::AES),
        cryptographic_length: Some(256),
        ..KeyBlock::default()
    };
    let payload = GetResponse {
        object_type: ObjectType::SYMMETRIC_KEY,
        unique_identifier: "1f165d65-cbbd-4bd6-9867-80e0b390acf9".into(),
        object: Object::SymmetricKey(SymmetricKey { key_block }),
    };
    let item = ResponseBatchItem {
        operation: Some(OperationCode::GET),
        result_status: ResultStatus::SUCCESS,
        payload: Some(ResponsePayload::Get(payload)),
        ..ResponseBatchItem::default()
    };
    let header = ResponseHeader {
        protocol_version: V1_4,
        time_stamp: DateTime(1_700_000_000),
        batch_count: Some(1),
        ..ResponseHeader::default()
    };
    ResponseMessage { header, batch_items: vec![item] }
}

fn codec(c: &mut Criterion) {
    let message = get_response();
    let frame = message.encode_message().unwrap();
    assert_eq!(frame.len(), 312);

    let mut group = c.benchmark_group("Get response");
    group.throughput(Throughput::Bytes(frame.len() as u64));
    group.bench_function("decode", |b| {
        b.iter(|| ResponseMessage::decode_message(black_box(&frame), Rules::STRICT).unwrap());
    });
    group.bench_function("encode into a fresh buffer", |b| b.iter(|| black_box(&message).encode_message().unwrap()));
    group.bench_function("encode into a reused buffer", |b| {
        let mut buffer = Vec::with_capacity(frame.len());
        b.iter(|| {
            buffer.clear();
            let mut writer = Writer::with_buffer(V1_4, std::mem::take(&mut buffer));
            black_box(&message).encode(Tag::RESPONSE_MESSAGE, &mut writer).unwrap();
            buffer = writer.into_vec();
        });
    });
    group.bench_function("walk", |b| b.iter(|| Walk::new(black_box(&frame)).map(Result::unwrap).count()));
    group.finish();
}

criterion_group!(benches, codec);
criterion_main!(benches);
