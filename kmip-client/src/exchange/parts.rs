//! Multi-part operations on data of any length, without I/O.

#[cfg(feature = "_client")]
mod client;

use std::fmt;

use zeroize::Zeroizing;

use crate::exchange::OutOfStep;
use crate::exchange::reply::Reply;
use crate::protocol::Data;
use crate::protocol::operation::{MultiPart, Part, Place};

/// A splitter of data into the parts of one operation: Encrypt, Decrypt, Sign, Signature Verify, MAC, MAC Verify or
/// Hash (KMIP 2.1, 6.1).
///
/// It holds one part, whatever the length of the data, and wipes it. Data that fits one part becomes an ordinary
/// request, so that short data needs no server with multi-part support. `stream` of both clients and
/// [`Stream`](crate::Stream) combine this with a client.
///
/// ```
/// use kmip_client::protocol::operation::Hash;
/// use kmip_client::{Exchange, Parts};
/// use kmip_client::ttlv::V1_4;
///
/// let mut parts = Parts::new(Hash::sha256(b""), 4096);
/// assert_eq!(parts.push(&[7; 5000]), 4096); // it is full
/// let first = Exchange::new(V1_4, &parts.request())?;
/// // ... sent, answered, and noted with `parts.answered(&reply)`; then comes the rest
/// # let _ = first;
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
pub struct Parts<R> {
    whole: R,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    correlation_value: Option<Vec<u8>>,
}

impl<R: MultiPart> Parts<R> {
    /// Splits this request into parts of this many bytes, at least one. Some servers require a multiple of the block
    /// length.
    ///
    /// The request's own data comes first, or as much of it as fits one part.
    #[must_use]
    pub fn new(whole: R, part_size: usize) -> Self {
        let buffer = Zeroizing::new(vec![0; part_size.max(1)]);
        let mut parts = Self { whole, buffer, filled: 0, correlation_value: None };
        let start = parts.whole.data().and_then(Data::bytes).map(|bytes| Zeroizing::new(bytes.expose().to_vec()));
        if let Some(start) = start {
            if parts.buffer.len() < start.len() {
                parts.buffer = Zeroizing::new(vec![0; start.len()]);
            }
            parts.push(&start);
        }
        parts
    }

    /// Returns the buffer for the next data. It is empty once the part is full; the part then has to be sent first.
    pub fn space(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// Records that this many bytes were written at the beginning of [`Parts::space`].
    ///
    /// # Panics
    ///
    /// Panics if that is more than the space has.
    pub fn filled(&mut self, bytes: usize) {
        let space = self.buffer.len() - self.filled;
        assert!(bytes <= space, "{bytes} bytes are said to fill a space of {space}");
        self.filled += bytes;
    }

    /// Takes as many of these bytes as fit the part, and returns their number.
    pub fn push(&mut self, data: &[u8]) -> usize {
        let space = self.space();
        let taken = space.len().min(data.len());
        space[..taken].copy_from_slice(&data[..taken]);
        self.filled(taken);
        taken
    }

    /// Returns `true` if the part is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.filled == self.buffer.len()
    }

    /// Returns the request for this part, with more parts to follow.
    #[must_use]
    pub fn request(&self) -> Part<'_, R::Operation> {
        let place = self.correlation_value.as_deref().map_or(Place::First, Place::Next);
        self.whole.part(place, &self.buffer[..self.filled])
    }

    /// Returns the request for this last part, or for all data if no part came before.
    #[must_use]
    pub fn last_request(&self) -> Part<'_, R::Operation> {
        let place = self.correlation_value.as_deref().map_or(Place::Only, Place::Last);
        self.whole.part(place, &self.buffer[..self.filled])
    }

    /// Takes the response to [`Parts::request`], and makes room for the next part.
    ///
    /// # Errors
    ///
    /// Fails if the server does not return the value to continue with.
    pub fn answered(&mut self, reply: &Reply<R::Operation>) -> Result<(), OutOfStep> {
        if self.correlation_value.is_none() {
            let value = R::correlation_value(&reply.payload()).map(<[u8]>::to_vec);
            self.correlation_value = Some(value.ok_or(OutOfStep::NoCorrelationValue)?);
        }
        self.filled = 0;
        Ok(())
    }

    /// Returns `true` if the server expects another part.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.correlation_value.is_some()
    }
}

/// Prints the number of bytes, not the bytes.
impl<R> fmt::Debug for Parts<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parts({} of {} bytes)", self.filled, self.buffer.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::operation::Hash;

    #[test]
    #[should_panic(expected = "5 bytes are said to fill a space of 4")]
    fn more_bytes_than_the_space_has_are_a_mistake_of_the_caller() {
        let mut parts = Parts::new(Hash::sha256(b"data"), 64);
        parts.filled(56);
        assert_eq!((parts.space().len(), parts.is_full()), (4, false));
        parts.filled(5);
    }
}
