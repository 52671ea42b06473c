//! Messages that arrive in pieces, for tests and for the fuzz target `http`.

use super::{Head, HttpError, MessageReader};

/// Returns the heads and bodies of the messages, which arrive in pieces of this size.
pub(super) fn read(
    incoming: &mut MessageReader,
    bytes: &[u8],
    piece: usize,
) -> Result<Vec<(Head, Vec<u8>)>, HttpError> {
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
