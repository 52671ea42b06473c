//! Malformed messages, derived from W1.

use crate::Workload;

/// A malformed message.
pub struct Input {
    /// The defect. Inputs of one group share it.
    pub what: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

// The tag and type of each item of W1 that is spoilt.
const PROTOCOL_VERSION: [u8; 4] = [0x42, 0x00, 0x69, 0x01];
const BATCH_COUNT: [u8; 4] = [0x42, 0x00, 0x0D, 0x02];
const OPERATION: [u8; 4] = [0x42, 0x00, 0x5C, 0x05];
const UNIQUE_IDENTIFIER: [u8; 4] = [0x42, 0x00, 0x94, 0x07];
const KEY_MATERIAL: [u8; 4] = [0x42, 0x00, 0x43, 0x08];
const CRYPTOGRAPHIC_LENGTH: [u8; 4] = [0x42, 0x00, 0x2A, 0x02];

/// Returns all of them: some spoilt in a way that parsers are known to trip over, then W1 cut short at each byte, then
/// W1 with each bit flipped in turn.
#[must_use]
pub fn inputs() -> Vec<Input> {
    let [w1, ..] = Workload::all().map(|w| w.frame);
    let mut inputs = vec![
        Input { what: "no byte at all", bytes: Vec::new() },
        Input { what: "a header, and nothing behind it", bytes: w1[..8].into() },
        spoil(&w1, "a message of 4 GiB, so it says", |bytes| bytes[4..8].fill(0xFF)),
        spoil(&w1, "a message of 2 GiB, so it says", |bytes| bytes[4..8].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xF8])),
        at(&w1, "a Text String of 4 GiB, so it says", UNIQUE_IDENTIFIER, |item| item[4..8].fill(0xFF)),
        at(&w1, "a Byte String of 2 GiB, so it says", KEY_MATERIAL, |item| {
            item[4..8].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF]);
        }),
        at(&w1, "a Structure that ends behind the one around it", PROTOCOL_VERSION, |item| item[6..8].fill(0xFF)),
        at(&w1, "a Structure of 0 bytes where fields have to be", PROTOCOL_VERSION, |item| item[4..8].fill(0)),
        at(&w1, "2,147,483,647 batch items, so it says", BATCH_COUNT, |item| {
            item[8..12].copy_from_slice(&i32::MAX.to_be_bytes());
        }),
        at(&w1, "-1 batch items, so it says", BATCH_COUNT, |item| item[8..12].fill(0xFF)),
        at(&w1, "an Integer of 8 bytes", CRYPTOGRAPHIC_LENGTH, |item| item[7] = 8),
        at(&w1, "an Integer of 0 bytes", CRYPTOGRAPHIC_LENGTH, |item| item[7] = 0),
        at(&w1, "an Enumeration of 3 bytes", OPERATION, |item| item[7] = 3),
        at(&w1, "an operation that does not exist", OPERATION, |item| item[8..12].fill(0x7F)),
        at(&w1, "an item of type 0", CRYPTOGRAPHIC_LENGTH, |item| item[3] = 0),
        at(&w1, "an item of type 255", CRYPTOGRAPHIC_LENGTH, |item| item[3] = 0xFF),
        at(&w1, "a text that is not UTF-8", UNIQUE_IDENTIFIER, |item| item[8] = 0xFF),
        at(&w1, "padding that is not zero", CRYPTOGRAPHIC_LENGTH, |item| item[15] = 1),
        at(&w1, "a key that is text", KEY_MATERIAL, |item| item[3] = 7),
        Input { what: "a second message behind the first", bytes: w1.repeat(2) },
        Input { what: "100,000 Structures in one another", bytes: nested(100_000) },
        Input { what: "1,000,000 empty Structures in a row", bytes: flat(1_000_000) },
    ];
    inputs.extend((1..w1.len()).map(|end| Input { what: "W1 cut short, at each byte", bytes: w1[..end].into() }));
    inputs.extend(
        (0..w1.len() * 8)
            .map(|bit| spoil(&w1, "W1 with one bit flipped, each in turn", |bytes| bytes[bit / 8] ^= 1 << (bit % 8))),
    );
    inputs
}

fn spoil(message: &[u8], what: &'static str, how: impl FnOnce(&mut [u8])) -> Input {
    let mut bytes = message.to_vec();
    how(&mut bytes);
    Input { what, bytes }
}

/// Spoils the first item that begins like this.
fn at(message: &[u8], what: &'static str, item: [u8; 4], how: impl FnOnce(&mut [u8])) -> Input {
    let start = message.windows(4).position(|window| window == item).expect("W1 has it");
    spoil(message, what, |bytes| how(&mut bytes[start..]))
}

/// A response that holds a structure, that holds a structure, and so on.
fn nested(depth: u32) -> Vec<u8> {
    (0..depth).rev().flat_map(|inside| structure(if inside + 1 == depth { 0x7B } else { 0x7C }, inside * 8)).collect()
}

/// A response with many structures, none of which holds anything.
fn flat(count: u32) -> Vec<u8> {
    let items = (0..count).flat_map(|_| structure(0x0F, 0));
    structure(0x7B, count * 8).into_iter().chain(items).collect()
}

fn structure(tag: u8, length: u32) -> [u8; 8] {
    let [a, b, c, d] = length.to_be_bytes();
    [0x42, 0x00, tag, 0x01, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::inputs;
    use crate::workload::decode_response;

    #[test]
    fn our_codec_refuses_what_is_not_well_formed() {
        let inputs = inputs();
        let named = inputs.iter().filter(|input| !input.what.starts_with("W1"));
        // An operation that nobody knows is one of a later version. The count of items is compared with a request by
        // who sent one.
        let (accepted, refused): (Vec<_>, Vec<_>) = named.partition(|input| decode_response(&input.bytes).is_ok());
        let expected =
            ["2,147,483,647 batch items, so it says", "-1 batch items, so it says", "an operation that does not exist"];
        assert_eq!(accepted.iter().map(|input| input.what).collect::<Vec<_>>(), expected);
        assert_eq!(refused.len(), 19);
        assert_eq!(inputs.len(), 22 + 311 + 312 * 8);
    }
}
