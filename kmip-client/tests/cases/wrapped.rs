//! A wrapped key is never taken for a plain one, in any form.

use bytes::Bytes;
use kmip_client::protocol::Secret;
use kmip_client::protocol::object::KeyValue;
use kmip_client::protocol::operation::{Export, Get};
use kmip_client::{Exchange, Reply};
use kmip_ttlv::V1_4;

use crate::bytes::{byte_string, enumeration, integer, structure, text};
use crate::wire::{UNIQUE_IDENTIFIER, payload, success};

const ENCRYPT: u32 = 1;
const NO_ENCODING: u32 = 1;
const TTLV_ENCODING: u32 = 2;

fn format() -> Vec<u8> {
    enumeration(0x420042, 1)
}

fn algorithm() -> Vec<u8> {
    enumeration(0x420028, 3)
}

fn length(bits: i32) -> Vec<u8> {
    integer(0x42002A, bits)
}

/// Returns Key Value as a structure of Key Material.
fn material(bytes: &[u8]) -> Vec<u8> {
    structure(0x420045, &[byte_string(0x420043, bytes)])
}

fn value(bytes: &[u8]) -> Vec<u8> {
    byte_string(0x420045, bytes)
}

/// Returns Key Wrapping Data as PyKMIP writes it, without optional items.
fn wrapping_data() -> Vec<u8> {
    let information = structure(0x420036, &[text(UNIQUE_IDENTIFIER, "kek")]);
    structure(0x420046, &[enumeration(0x42009E, ENCRYPT), information])
}

fn wrapping_data_with(encoding: u32) -> Vec<u8> {
    let parameters = structure(0x42002B, &[enumeration(0x420011, 0x0D)]);
    let information = structure(0x420036, &[text(UNIQUE_IDENTIFIER, "kek"), parameters]);
    structure(0x420046, &[enumeration(0x42009E, ENCRYPT), information, enumeration(0x4200A3, encoding)])
}

fn fetched(block: &[Vec<u8>]) -> Bytes {
    of_operation(0x0A, 0x42008F, 2, &[], block)
}

fn of_operation(operation: u32, tag: u32, object_type: u32, first: &[Vec<u8>], block: &[Vec<u8>]) -> Bytes {
    let object = structure(tag, &[first.concat(), structure(0x420040, block)]);
    success(operation, &[payload(&[enumeration(0x420057, object_type), text(UNIQUE_IDENTIFIER, "k"), object])])
}

fn get(frame: Bytes) -> Reply<Get> {
    Exchange::new(V1_4, &Get::id("k")).unwrap().answer(frame).unwrap()
}

const CIPHERTEXT: [u8; 40] = [0x5A; 40];

#[test]
fn key_wrapping_data_counts_wherever_they_stand() {
    let (format, algorithm, length) = (format(), algorithm(), length(256));
    let wrapping: [fn() -> Vec<u8>; 3] =
        [wrapping_data, || wrapping_data_with(NO_ENCODING), || wrapping_data_with(TTLV_ENCODING)];
    for wrapping in wrapping.map(|wrapping| wrapping()) {
        for key in [material(&CIPHERTEXT), value(&CIPHERTEXT)] {
            let blocks = [
                [&format, &key, &algorithm, &length, &wrapping],
                [&format, &key, &wrapping, &algorithm, &length],
                [&format, &wrapping, &key, &algorithm, &length],
                [&wrapping, &format, &key, &algorithm, &length],
                [&format, &key, &algorithm, &wrapping, &length],
                [&wrapping, &length, &algorithm, &key, &format],
            ];
            for (number, block) in blocks.into_iter().enumerate() {
                let reply = get(fetched(&block.map(Clone::clone)));
                let object = reply.payload().object;
                let block = object.key_block().unwrap();
                assert!(block.is_wrapped(), "{number}: {block:?}");
                assert_eq!(block.bytes(), None, "{number}");
                assert_eq!(block.wrapped_bytes().unwrap().expose(), CIPHERTEXT, "{number}");
                assert!(block.key_wrapping_data.is_some(), "{number}");
                assert_eq!((block.cryptographic_length, block.key_format_type.value()), (Some(256), 1), "{number}");
            }
        }
    }
}

/// The key in PyKMIP's capture is of 128 bits, and 24 bytes long.
#[test]
fn a_structure_beside_key_wrapping_data_as_pykmip_sends_it() {
    let frame = fetched(&[format(), material(&[0x22; 24]), algorithm(), length(128), wrapping_data_with(NO_ENCODING)]);
    let reply = get(frame);
    let object = reply.payload().object;
    assert_eq!(object.key_block().unwrap().bytes(), None);
    // By another operation too.
    let frame = {
        let block = [format(), material(&[0x22; 24]), algorithm(), length(128), wrapping_data()];
        of_operation(0x2B, 0x42008F, 2, &[], &block)
    };
    let reply = Exchange::new(V1_4, &Export::id("k")).unwrap().answer(frame).unwrap();
    assert_eq!(reply.payload().object.unwrap().key_block().unwrap().bytes(), None);
}

#[test]
fn a_wrapped_key_without_key_wrapping_data() {
    // Bytes in place of a structure.
    let reply = get(fetched(&[format(), value(&CIPHERTEXT), algorithm(), length(256)]));
    let object = reply.payload().object;
    let block = object.key_block().unwrap();
    assert_eq!((block.bytes(), block.wrapped_bytes().map(Secret::len)), (None, Some(40)));
    assert!(matches!(block.key_value, Some(KeyValue::Wrapped(_))));
    let reply = get(fetched(&[format(), value(&CIPHERTEXT)]));
    assert_eq!(reply.payload().object.key_block().unwrap().bytes(), None);
    // As long as a wrapped key, and longer than the stated length: in any order.
    for block in [
        [format(), material(&CIPHERTEXT), algorithm(), length(256)],
        [algorithm(), length(256), format(), material(&CIPHERTEXT)],
        [format(), length(256), algorithm(), material(&CIPHERTEXT)],
        [format(), material(&[0; 24]), algorithm(), length(128)],
    ] {
        let exchange = Exchange::new(V1_4, &Get::id("k")).unwrap();
        // A refused object is not taken for a key either.
        if let Ok(reply) = exchange.answer(fetched(&block)) {
            assert_eq!(reply.payload().object.key_block().unwrap().bytes(), None);
        }
    }
    let plain = get(fetched(&[format(), material(&[7; 32]), algorithm(), length(256)]));
    let object = plain.payload().object;
    let block = object.key_block().unwrap();
    assert_eq!((block.bytes().unwrap().expose(), block.wrapped_bytes()), (&[7; 32][..], None));
}

/// Every kind of object with a key block.
#[test]
fn reads_every_kind_of_wrapped_key() {
    let block = || [format(), material(&CIPHERTEXT), algorithm(), length(256), wrapping_data()];
    let parts = [integer(0x42008B, 3), integer(0x420044, 1), integer(0x42008C, 2), enumeration(0x42008A, 1)];
    let kinds: [(u32, u32, &[Vec<u8>]); 5] = [
        (0x42006D, 3, &[]),
        (0x420064, 4, &[]),
        (0x420089, 5, &parts),
        (0x420085, 7, &[enumeration(0x420086, 1)]),
        (0x4200BD, 9, &[integer(0x4200BE, 4)]),
    ];
    for (tag, object_type, first) in kinds {
        let reply = get(of_operation(0x0A, tag, object_type, first, &block()));
        let object = reply.payload().object;
        assert_eq!(object.key_block().unwrap().bytes(), None, "{object_type}");
        assert_eq!(object.key_block().unwrap().wrapped_bytes().unwrap().expose(), CIPHERTEXT);
    }
}
