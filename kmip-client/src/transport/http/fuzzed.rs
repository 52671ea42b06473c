//! What holds for any bytes as HTTP, for the fuzz target `http`.

use super::{BodyLimit, Head, HttpError, Incoming};

/// The longest body that is accepted.
const LIMIT: BodyLimit = BodyLimit { bytes: 4096, is_text: false };

/// Reads any bytes as responses and as requests. However they are cut, the messages and the fault are the same, and no
/// body is longer than the limit. The first byte says how they are cut.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn http(bytes: &[u8]) {
    let Some((cut, bytes)) = bytes.split_first() else { return };
    for incoming in [Incoming::of_responses, Incoming::of_requests] {
        let whole = read(incoming(LIMIT), bytes, bytes.len().max(1));
        let pieces = read(incoming(LIMIT), bytes, usize::from(*cut) + 1);
        assert_eq!(format!("{pieces:?}"), format!("{whole:?}"), "in pieces of {}", usize::from(*cut) + 1);
        if let Ok(messages) = whole {
            assert!(messages.iter().all(|(_, body)| body.len() <= LIMIT.bytes));
        }
    }
}

fn read(mut incoming: Incoming, bytes: &[u8], piece: usize) -> Result<Vec<(Head, Vec<u8>)>, HttpError> {
    let mut messages = Vec::new();
    for mut piece in bytes.chunks(piece) {
        while !piece.is_empty() {
            let space = incoming.space();
            let here = space.len().min(piece.len());
            space[..here].copy_from_slice(&piece[..here]);
            piece = &piece[here..];
            let mut message = incoming.filled(here)?;
            while let Some((head, body)) = message {
                messages.push((head, body.to_vec()));
                message = incoming.filled(0)?;
            }
        }
    }
    Ok(messages)
}
