//! The messages of the server, written without the code under test.

pub(crate) use crate::bytes::{item, structure};

/// Returns the value of the first item with this tag and type.
pub(crate) fn find(message: &[u8], tag: u32, ty: u8) -> Option<&[u8]> {
    let mut mark = tag.to_be_bytes()[1..].to_vec();
    mark.push(ty);
    let at = message.windows(4).position(|four| four == mark)?;
    let length = u32::from_be_bytes(message[at + 4..at + 8].try_into().unwrap());
    Some(&message[at + 8..][..usize::try_from(length).unwrap()])
}

pub(crate) fn operation(request: &[u8]) -> u32 {
    u32::from_be_bytes(find(request, 0x42_005C, 5).unwrap().try_into().unwrap())
}

pub(crate) fn identifier(request: &[u8]) -> String {
    String::from_utf8(find(request, 0x42_0094, 7).unwrap().to_vec()).unwrap()
}

/// The way in which a response identifies its request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Echo {
    /// By the Unique Batch Item ID, as PyKMIP, Cosmian, and servers based on kmip-go do.
    Id,
    Nothing,
}

/// Returns a refusal in KMIP 1.4, as sent by servers that do not name the operation.
pub(crate) fn refusal(reason: u32) -> Vec<u8> {
    let batch_item = [
        item(0x42_007F, 5, &[0, 0, 0, 1]),
        item(0x42_007E, 5, &reason.to_be_bytes()),
        item(0x42_007D, 7, b"not to you"),
    ];
    structure(0x42_007B, &[header(), structure(0x42_000F, &batch_item)])
}

/// Returns the header of a response with one item. Its Batch Count is not relied on.
pub(crate) fn header() -> Vec<u8> {
    let version = [item(0x42_006A, 2, &[0, 0, 0, 1]), item(0x42_006B, 2, &[0, 0, 0, 4])];
    let header = [
        structure(0x42_0069, &version),
        item(0x42_0092, 9, &1_600_000_000_u64.to_be_bytes()),
        item(0x42_000D, 2, &[0, 0, 0, 1]),
    ];
    structure(0x42_007A, &header)
}

/// Returns a success of KMIP 1.4 with this payload.
pub(crate) fn success(request: &[u8], echo: Echo, payload: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42_007B, &[header(), succeeded(request, echo, payload)])
}

/// Returns the batch item of a success.
fn succeeded(request: &[u8], echo: Echo, payload: &[Vec<u8>]) -> Vec<u8> {
    let id = find(request, 0x42_0093, 8).filter(|_| echo == Echo::Id).map(|id| item(0x42_0093, 8, id));
    let batch_item = [
        item(0x42_005C, 5, &operation(request).to_be_bytes()),
        id.unwrap_or_default(),
        item(0x42_007F, 5, &[0; 4]),
        structure(0x42_007C, payload),
    ];
    structure(0x42_000F, &batch_item)
}

/// Returns the response to a batch of Create and another operation that has an identifier, or to Create alone.
pub(crate) fn all_created(request: &[u8], id: &str) -> Vec<u8> {
    const BATCH_ITEM: [u8; 4] = [0x42, 0, 0x0F, 1];
    let starts = (0..request.len()).filter(|at| request[*at..].starts_with(&BATCH_ITEM)).collect::<Vec<_>>();
    let ends = starts.iter().skip(1).copied().chain([request.len()]);
    let items = starts.iter().zip(ends).map(|(start, end)| {
        let request = &request[*start..end];
        let id = find(request, 0x42_0094, 7).map_or_else(|| id.to_owned(), |_| identifier(request));
        let ty = if operation(request) == 1 { item(0x42_0057, 5, &[0, 0, 0, 2]) } else { Vec::new() };
        succeeded(request, Echo::Id, &[ty, item(0x42_0094, 7, id.as_bytes())])
    });
    let items: Vec<Vec<u8>> = items.collect();
    let mut header = header();
    // Batch Count is the last field.
    let count = header.len() - 5;
    header[count] = u8::try_from(items.len()).unwrap();
    structure(0x42_007B, &[vec![header], items].concat())
}

/// Returns the response to Get: a key whose bytes repeat the identifier.
pub(crate) fn key(request: &[u8], echo: Echo, id: &str) -> Vec<u8> {
    let block = [
        item(0x42_0042, 5, &[0, 0, 0, 1]),
        structure(0x42_0045, &[item(0x42_0043, 8, &key_of(id))]),
        item(0x42_0028, 5, &[0, 0, 0, 3]),
        item(0x42_002A, 2, &256_u32.to_be_bytes()),
    ];
    let object = structure(0x42_008F, &[structure(0x42_0040, &block)]);
    success(request, echo, &[item(0x42_0057, 5, &[0, 0, 0, 2]), item(0x42_0094, 7, id.as_bytes()), object])
}

pub(crate) fn key_of(id: &str) -> Vec<u8> {
    id.bytes().cycle().take(32).collect()
}

/// Returns the response to Create.
pub(crate) fn created(request: &[u8], echo: Echo, id: &str) -> Vec<u8> {
    success(request, echo, &[item(0x42_0057, 5, &[0, 0, 0, 2]), item(0x42_0094, 7, id.as_bytes())])
}
