//! Bodies: of a length that is told, or in chunks (RFC 9112, 6 and 7.1).

use httparse::Status;
use zeroize::Zeroizing;

use super::HttpFault;
use super::fault::BODY;
use super::head::Length;
use crate::exchange::incoming::append;

/// A body that arrives.
pub(super) struct Body {
    limit: usize,
    bytes: Zeroizing<Vec<u8>>,
    framing: Framing,
    /// How many bytes have framed chunks so far: lines of sizes, and fields behind the last one.
    around: usize,
}

enum Framing {
    /// So many bytes are to come.
    Sized(u64),
    /// A line that tells the size of a chunk.
    ChunkSize,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The end of a chunk's line.
    ChunkEnd,
    /// Fields behind the last chunk, up to an empty line.
    Trailer,
    Done,
}

/// How many bytes may frame a chunk of one byte; what is allowed for a whole body grows with it.
const LONGEST_LINE: usize = 256;

const BROKEN: HttpFault = HttpFault::Malformed("its chunks are not well formed");

impl Body {
    pub(super) fn new(length: Length, limit: usize) -> Result<Self, HttpFault> {
        let framing = match length {
            Length::Sized(0) => Framing::Done,
            Length::Sized(length) if length > limit as u64 => {
                return Err(HttpFault::TooLarge { part: BODY, limit });
            }
            Length::Sized(length) => Framing::Sized(length),
            Length::Chunked => Framing::ChunkSize,
        };
        Ok(Self { limit, bytes: Zeroizing::new(Vec::new()), framing, around: 0 })
    }

    pub(super) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    /// Takes what is there: how many bytes, and whether the body is complete.
    pub(super) fn take(&mut self, arrived: &[u8]) -> Result<(usize, bool), HttpFault> {
        let mut rest = arrived;
        loop {
            match self.framing {
                Framing::Done => break,
                Framing::Sized(left) => {
                    let left = self.data(&mut rest, left)?;
                    self.framing = if left == 0 { Framing::Done } else { Framing::Sized(left) };
                }
                Framing::Chunk(left) => {
                    let left = self.data(&mut rest, left)?;
                    self.framing = if left == 0 { Framing::ChunkEnd } else { Framing::Chunk(left) };
                }
                Framing::ChunkSize => match httparse::parse_chunk_size(rest) {
                    Ok(Status::Complete((length, size))) if length <= LONGEST_LINE => {
                        self.frame(&mut rest, length)?;
                        self.framing = if size == 0 { Framing::Trailer } else { Framing::Chunk(size) };
                        continue;
                    }
                    Ok(Status::Partial) if rest.len() <= LONGEST_LINE => break,
                    _ => return Err(BROKEN),
                },
                Framing::ChunkEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        self.frame(&mut rest, 2)?;
                        self.framing = Framing::ChunkSize;
                        continue;
                    }
                    [] | [b'\r'] => break,
                    _ => return Err(BROKEN),
                },
                Framing::Trailer => match rest.windows(2).position(|pair| pair == b"\r\n") {
                    Some(0) => {
                        self.frame(&mut rest, 2)?;
                        self.framing = Framing::Done;
                    }
                    // A field that nobody has asked for.
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
        Ok((arrived.len() - rest.len(), matches!(self.framing, Framing::Done)))
    }

    /// Takes bytes of the body; returns how many of `left` are still to come.
    fn data(&mut self, rest: &mut &[u8], left: u64) -> Result<u64, HttpFault> {
        let here = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
        if self.bytes.len() + here > self.limit {
            return Err(HttpFault::TooLarge { part: BODY, limit: self.limit });
        }
        let (data, behind) = rest.split_at(here);
        append(&mut self.bytes, data);
        *rest = behind;
        Ok(left - here as u64)
    }

    /// Takes bytes that frame: not without end, however small the chunks.
    fn frame(&mut self, rest: &mut &[u8], length: usize) -> Result<(), HttpFault> {
        self.around += length;
        if self.around > super::LONGEST + LONGEST_LINE * self.bytes.len() {
            return Err(BROKEN);
        }
        *rest = &rest[length..];
        Ok(())
    }
}
