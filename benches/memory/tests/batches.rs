//! The heap for the response to a batch is bounded by its bytes, whatever its items are. Printed with `--nocapture`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "../../../kmip-client/tests/bytes/mod.rs"]
mod by_hand;

use by_hand::item;
use kmip_client::{
    Batch, Exchange,
    protocol::{
        Id,
        operation::{Activate, Destroy, Locate},
    },
};
use kmip_ttlv::{MAX_AMPLIFICATION, V1_4};

/// The number of requests.
const MANY: usize = 2000;

/// The heap that does not grow with the response.
const FIXED: u64 = 4 << 10;

/// Returns a batch item with this status and these fields behind it.
fn batch_item(status: u8, fields: &[u8]) -> Vec<u8> {
    item(0x42_000F, 1, &[&item(0x42_007F, 5, &[0, 0, 0, status]), fields].concat())
}

fn response(items: &[u8]) -> Vec<u8> {
    let version = [item(0x42_006A, 2, &[0, 0, 0, 1]), item(0x42_006B, 2, &[0, 0, 0, 4])].concat();
    let header = [
        item(0x42_0069, 1, &version),
        item(0x42_0092, 9, &1_600_000_000_u64.to_be_bytes()),
        item(0x42_000D, 2, &u32::try_from(MANY).unwrap().to_be_bytes()),
    ];
    item(0x42_007B, 1, &[&item(0x42_007A, 1, &header.concat()), items].concat())
}

fn payload(id: &str) -> Vec<u8> {
    item(0x42_007C, 1, &item(0x42_0094, 7, id.as_bytes()))
}

fn assert_bounded<B: Batch>(what: &str, batch: &B, items: &[u8]) {
    let exchange: Exchange<B::Operations> = Exchange::batch(V1_4, batch).unwrap();
    let message = response(items);
    let length = message.len();
    let frame = bytes::Bytes::from(message);
    // Succeeds or fails; either may hold memory.
    let taken = allocation_counter::measure(|| drop(exchange.answers(frame))).bytes_max;
    println!("{what}: {:.1} x", taken as f64 / length as f64);
    let most = (MAX_AMPLIFICATION * length) as u64 + FIXED;
    assert!(taken <= most, "{what}: {taken} bytes of heap for a response of {length}");
}

#[test]
fn answers_to_a_batch() {
    let locate = vec![Locate::all(); MANY];
    let names: Vec<String> = (0..MANY).map(|number| number.to_string()).collect();
    let destroy: Vec<_> = names.iter().map(Destroy::id).collect();
    let activate: Vec<_> =
        (0..MANY).map(|index| if index == 0 { Activate::id("first") } else { Activate::id(Id::Placeholder) }).collect();

    let refusal = |message: &str| batch_item(1, &item(0x42_007D, 7, message.as_bytes())).repeat(MANY);
    assert_bounded("refusals without a message", &locate, &batch_item(1, &[]).repeat(MANY));
    assert_bounded("refusals with a character to escape", &locate, &refusal("\u{1}"));
    assert_bounded("refusals with many", &locate, &refusal(&"\u{7f}".repeat(257)));
    assert_bounded("pending", &locate, &batch_item(2, &[]).repeat(MANY));
    assert_bounded("nothing found", &locate, &batch_item(0, &[]).repeat(MANY));
    assert_bounded("no payload", &destroy, &batch_item(0, &[]).repeat(MANY));
    // One that is readable, so that the message is not malformed as a whole.
    let good = batch_item(0, &payload("0"));
    let unreadable = |item: &[u8]| [&good[..], &item.repeat(MANY - 1)].concat();
    assert_bounded(
        "payloads that cannot be read",
        &destroy,
        &unreadable(&batch_item(0, &item(0x42_007C, 1, &item(0x42_0094, 1, b"")))),
    );
    assert_bounded("unknown statuses", &destroy, &unreadable(&batch_item(9, &[])));
    // Each success without a payload stands for the object that the last one names.
    let long = [batch_item(0, &payload("first")), batch_item(0, &payload(&"y".repeat(200_000)))].concat();
    let silent = batch_item(0, &[]).repeat(MANY - 2);
    assert_bounded("a long identifier for many", &activate, &[long, silent].concat());
}
