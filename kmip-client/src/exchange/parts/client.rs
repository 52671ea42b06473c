//! The ends of a stream that a client drives.

use super::Parts;
use crate::protocol::operation::MultiPart;

impl<R: MultiPart> Parts<R> {
    /// Discards the data of this part.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Records that the server has answered the last part.
    pub(crate) fn end(&mut self) {
        self.correlation_value = None;
    }
}
