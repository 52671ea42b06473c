//! The properties that hold for any bytes as HTTP, for the fuzz target `http`.

use super::pieces::read;
use super::{BodyLimit, MessageReader};

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
    for incoming in [MessageReader::of_responses, MessageReader::of_requests] {
        let whole = read(&mut incoming(LIMIT), bytes, bytes.len().max(1));
        let pieces = read(&mut incoming(LIMIT), bytes, usize::from(*cut) + 1);
        assert_eq!(format!("{pieces:?}"), format!("{whole:?}"), "in pieces of {}", usize::from(*cut) + 1);
        if let Ok(messages) = whole {
            assert!(messages.iter().all(|(_, body)| body.len() <= LIMIT.bytes));
        }
    }
}
