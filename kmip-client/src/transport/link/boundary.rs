//! The boundaries of a server's TLS records, which rustls does not expose.

/// Types of records (RFC 5246, 6.2.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;

/// Tracks the records in a stream of bytes by their headers.
#[derive(Default)]
pub(super) struct Boundary {
    /// The header of the record (RFC 8446, 5.1): its type, its version and its length.
    header: [u8; 5],
    /// The number of bytes of the header so far.
    passed: usize,
    /// The number of remaining bytes of the record after its header.
    left: usize,
    /// The number of records that have begun.
    records: u64,
    /// The number of handshake records since the last change_cipher_spec record.
    handshakes: u64,
}

impl Boundary {
    /// Records bytes that have arrived.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.passed < self.header.len() {
                let taken = bytes.len().min(self.header.len() - self.passed);
                let (head, rest) = bytes.split_at(taken);
                self.header[self.passed..][..taken].copy_from_slice(head);
                self.passed += taken;
                bytes = rest;
                if self.passed == self.header.len() {
                    self.records += 1;
                    match self.header[0] {
                        CHANGE_CIPHER_SPEC => self.handshakes = 0,
                        HANDSHAKE => self.handshakes += 1,
                        _ => {}
                    }
                    self.left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
                }
            }
            let taken = bytes.len().min(self.left);
            self.left -= taken;
            bytes = &bytes[taken..];
            if self.passed == self.header.len() && self.left == 0 {
                self.passed = 0;
            }
        }
    }

    /// Returns `true` if the last record is complete.
    pub(super) fn is_reached(&self) -> bool {
        self.passed == 0
    }

    /// Returns the number of records that have begun.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Returns `true` if a TLS 1.2 server has sent a handshake message after its Finished, the only encrypted message
    /// of its handshake. TLS 1.3 encrypts the type of its records.
    pub(super) fn has_renewed_handshake(&self) -> bool {
        self.handshakes > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_reached_with_the_last_byte_of_a_record_in_whatever_pieces_it_comes() {
        let stream = [&[22, 3, 3, 0, 2, 9, 9][..], &[23, 3, 3, 0, 0], &[23, 3, 3, 1, 0], &[7; 256]].concat();
        let ends = [7, 12, 273];
        for size in [1, 2, 3, 5, 7, 64, stream.len()] {
            let (mut boundary, mut passed) = (Boundary::default(), 0);
            for piece in stream.chunks(size) {
                boundary.pass(piece);
                passed += piece.len();
                assert_eq!(boundary.is_reached(), ends.contains(&passed), "after {passed} bytes in pieces of {size}");
            }
            assert_eq!(boundary.records(), 3);
        }
    }

    #[test]
    fn a_handshake_message_behind_that_of_the_handshake_is_another_handshake() {
        // Server Hello, Certificate, the change, Finished, a response.
        let mut boundary = Boundary::default();
        for kind in [22, 22, 20, 22, 23] {
            boundary.pass(&[kind, 3, 3, 0, 1, 0]);
            assert!(kind == 22 || !boundary.has_renewed_handshake());
        }
        boundary.pass(&[22, 3, 3, 0, 1, 0]);
        assert!(boundary.has_renewed_handshake());
    }
}
