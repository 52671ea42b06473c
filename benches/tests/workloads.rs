//! The workloads are what their descriptions promise.

#![allow(clippy::print_stdout, reason = "says what was skipped")]

use std::path::{Path, PathBuf};

use benches::workload::{decode_request, decode_response, walk};
use benches::{Message, Workload, floor};
use kmip_ttlv::{Tag, Type, Walk};

/// W1 to W4 as measured elsewhere: the same items, of the same lengths. Identifiers and keys differ.
#[needs::cases("messages")]
#[test]
fn the_same_structure_as_the_messages_beside_the_repository() {
    let folder = std::env::var_os("KMIP_TEST_CASES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    for w in Workload::all() {
        let path = folder.join(format!("messages/{}.ttlv", w.name.to_lowercase()));
        match std::fs::read(&path) {
            Ok(frame) => assert_eq!(shape(&w.frame), shape(&frame), "{}", w.name),
            Err(_) => println!("skipped: no {}", path.display()),
        }
    }
}

fn shape(frame: &[u8]) -> Vec<(usize, Tag, Type, usize)> {
    let items = Walk::new(frame).map(|visit| visit.expect("well formed"));
    items.map(|visit| (visit.depth, visit.item.tag(), visit.item.ty(), visit.item.value().len())).collect()
}

#[test]
fn lengths() {
    assert_eq!(Workload::all().map(|w| w.frame.len()), [312, 360, 48_136, 240_088, 312 - 32 + (1 << 20)]);
}

/// The typed messages and the floors read the same bytes to the end, and write them again.
#[test]
fn there_and_back() {
    for w in Workload::all() {
        let mut written = Vec::new();
        w.message.encode_into(&mut written).expect("encodes");
        assert!(written == w.frame, "{}", w.name);
        match &w.message {
            Message::Request(message) => {
                assert_eq!(decode_request(&w.frame).expect("well formed"), (message.clone(), 0));
                floor::encode_request(&floor::request(&w.frame).expect("well formed"), &mut written);
            }
            Message::Response(message) => {
                assert!(decode_response(&w.frame).expect("well formed") == (message.clone(), 0));
                floor::encode_response(&floor::response(&w.frame).expect("well formed"), &mut written);
            }
        }
        assert!(written == w.frame, "{}: the floor", w.name);
        assert_eq!(walk(&w.frame).expect("well formed"), floor::walk(&w.frame).expect("well formed"), "{}", w.name);
    }
}

/// The floors must check as much as the codec: they refuse every flipped bit that the typed messages refuse. They may
/// refuse more, because they know only these messages.
#[test]
fn the_floors_check_what_the_codec_checks() {
    for w in Workload::all().into_iter().filter(|w| matches!(w.name, "W1" | "W2")) {
        for bit in 0..w.frame.len() * 8 {
            let mut frame = w.frame.clone();
            frame[bit / 8] ^= 1 << (bit % 8);
            let (decoded, floor) = match w.message {
                Message::Request(_) => (decode_request(&frame).is_ok(), floor::request(&frame).is_ok()),
                Message::Response(_) => (decode_response(&frame).is_ok(), floor::response(&frame).is_ok()),
            };
            // Another major version has other rules, which the floors do not know.
            let version = (32..36).contains(&(bit / 8));
            assert!(decoded || !floor || version, "{}, bit {bit}: the floor takes what the codec refuses", w.name);
            let (walked, floor) = (walk(&frame).is_ok(), floor::walk(&frame).is_ok());
            assert_eq!(walked, floor, "{}, bit {bit}: the walkers disagree", w.name);
        }
    }
}
