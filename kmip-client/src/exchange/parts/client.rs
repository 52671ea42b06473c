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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kmip_ttlv::V1_4;

    use super::*;
    use crate::exchange::Exchange;
    use crate::protocol::operation::{Hash, HashRequest};

    /// A stream that is dropped ends on the server, which gets nothing more of the data.
    #[test]
    fn a_part_that_was_cleared_has_no_data() {
        let last =
            |parts: &Parts<HashRequest<'_>>| Exchange::new(V1_4, &parts.last_request()).unwrap().request().to_vec();
        let has_data = |message: &[u8]| message.windows(4).any(|part| part == b"data");
        let mut parts = Parts::new(Hash::sha256(b""), 64);
        let empty = last(&parts);
        parts.push(b"data");
        assert!(has_data(&last(&parts)) && !has_data(&empty));
        parts.clear();
        assert_eq!(last(&parts), empty);
        assert_eq!(parts.space().len(), 64);
    }
}
