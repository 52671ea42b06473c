//! Bodies: with a Content-Length, or in chunks (RFC 9112, 6 and 7.1).

use httparse::Status;
use zeroize::Zeroizing;

use super::HttpError;
use super::error::BODY;
use super::head::{LONGEST, Length};

/// The limits of a body.
#[derive(Clone, Copy)]
pub(crate) struct BodyLimit {
    /// The maximum length of the body in bytes.
    pub(crate) bytes: usize,
    /// `true` for a text, in which white space is limited too: it is insignificant, and could fill the limit at no
    /// cost.
    pub(crate) is_text: bool,
}

/// A body in progress.
pub(super) struct Body {
    limit: BodyLimit,
    bytes: Zeroizing<Vec<u8>>,
    framing: BodyFraming,
    /// The number of framing bytes so far: chunk size lines, and fields after the last chunk.
    around: usize,
    /// The number of white space bytes so far, in text.
    blanks: usize,
}

enum BodyFraming {
    /// The number of remaining bytes.
    Sized(u64),
    /// The line with the size of a chunk.
    ChunkSize,
    /// The number of remaining bytes of a chunk.
    Chunk(u64),
    /// The line break after a chunk.
    ChunkEnd,
    /// The fields after the last chunk, up to an empty line.
    Trailer,
    Done,
}

/// The maximum length of a line that frames chunks, in bytes.
const LONGEST_LINE: usize = 256;

/// The maximum number of framing bytes per byte of a body, beside [`LONGEST`]. A chunk of one byte takes five.
const MOST_AROUND: usize = 16;

/// The maximum number of white space bytes per other byte of a text, beside [`LONGEST`]. Indented JSON has two.
const MOST_BLANKS: usize = 4;

const BROKEN: HttpError = HttpError::Malformed("its chunks are not well formed");

impl Body {
    pub(super) fn new(length: Length, limit: BodyLimit) -> Result<Self, HttpError> {
        let framing = match length {
            Length::Sized(0) => BodyFraming::Done,
            Length::Sized(length) if length > limit.bytes as u64 => {
                return Err(HttpError::TooLarge { part: BODY, limit: limit.bytes });
            }
            Length::Sized(length) => BodyFraming::Sized(length),
            Length::Chunked => BodyFraming::ChunkSize,
        };
        Ok(Self { limit, bytes: Zeroizing::new(Vec::new()), framing, around: 0, blanks: 0 })
    }

    pub(super) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    /// Processes received bytes. Returns the number of bytes used, and whether the body is complete.
    pub(super) fn take(&mut self, arrived: &[u8]) -> Result<(usize, bool), HttpError> {
        let mut rest = arrived;
        loop {
            match self.framing {
                BodyFraming::Done => break,
                BodyFraming::Sized(left) => {
                    let left = self.data(&mut rest, left)?;
                    self.framing = if left == 0 { BodyFraming::Done } else { BodyFraming::Sized(left) };
                }
                BodyFraming::Chunk(left) => {
                    let left = self.data(&mut rest, left)?;
                    self.framing = if left == 0 { BodyFraming::ChunkEnd } else { BodyFraming::Chunk(left) };
                }
                BodyFraming::ChunkSize => match httparse::parse_chunk_size(rest) {
                    Ok(Status::Complete((length, size))) if length <= LONGEST_LINE => {
                        self.frame(&mut rest, length)?;
                        self.framing = if size == 0 { BodyFraming::Trailer } else { BodyFraming::Chunk(size) };
                        continue;
                    }
                    Ok(Status::Partial) if rest.len() <= LONGEST_LINE => break,
                    _ => return Err(BROKEN),
                },
                BodyFraming::ChunkEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        self.frame(&mut rest, 2)?;
                        self.framing = BodyFraming::ChunkSize;
                        continue;
                    }
                    [] | [b'\r'] => break,
                    _ => return Err(BROKEN),
                },
                BodyFraming::Trailer => match rest.windows(2).position(|pair| pair == b"\r\n") {
                    Some(0) => {
                        self.frame(&mut rest, 2)?;
                        self.framing = BodyFraming::Done;
                    }
                    // A trailer field, which is ignored.
                    Some(length) if length + 2 <= LONGEST_LINE => {
                        self.frame(&mut rest, length + 2)?;
                        continue;
                    }
                    None if rest.len() <= LONGEST_LINE => break,
                    _ => return Err(BROKEN),
                },
            }
            if rest.is_empty() {
                break;
            }
        }
        Ok((arrived.len() - rest.len(), matches!(self.framing, BodyFraming::Done)))
    }

    /// Processes bytes of the body, and returns how many of `left` remain.
    fn data(&mut self, rest: &mut &[u8], left: u64) -> Result<u64, HttpError> {
        let here = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
        if self.bytes.len() + here > self.limit.bytes {
            return Err(HttpError::TooLarge { part: BODY, limit: self.limit.bytes });
        }
        let (data, behind) = rest.split_at(here);
        if self.limit.is_text {
            self.count_blanks(data)?;
        }
        append(&mut self.bytes, data);
        *rest = behind;
        Ok(left - here as u64)
    }

    /// Counts white space byte by byte, so that the result does not depend on the pieces in which a body arrives.
    fn count_blanks(&mut self, data: &[u8]) -> Result<(), HttpError> {
        for (index, byte) in data.iter().enumerate() {
            self.blanks += usize::from(byte.is_ascii_whitespace());
            let others = self.bytes.len() + index + 1 - self.blanks;
            if self.blanks > LONGEST + MOST_BLANKS * others {
                return Err(HttpError::Malformed("its body is white space for the most part"));
            }
        }
        Ok(())
    }

    /// Processes framing bytes. They are bounded by the bytes in the chunks, however small these are.
    fn frame(&mut self, rest: &mut &[u8], length: usize) -> Result<(), HttpError> {
        self.around += length;
        if self.around > LONGEST + MOST_AROUND * self.bytes.len() {
            return Err(BROKEN);
        }
        *rest = &rest[length..];
        Ok(())
    }
}

/// Appends bytes to a buffer, and wipes the old one if it has to move.
fn append(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let length = bytes.len() + more.len();
    if length > bytes.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.max(2 * bytes.capacity())));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
    bytes.extend_from_slice(more);
}
