//! A builder that encodes the items of a document as TTLV.

use alloc::vec::Vec;

use super::Given;
use crate::buffer::wipe;
use crate::error::{Error, ErrorKind};
use crate::names::Meanings;
use crate::{MAX_DEPTH, Started, Tag, Type, V1_0, Writer};

/// A fault of a document, with its byte offset and the tag of the item, if known.
pub(in crate::encoding) struct Fault(
    pub(in crate::encoding) ErrorKind,
    pub(in crate::encoding) usize,
    pub(in crate::encoding) Option<Tag>,
);

/// Encodes a message as its items come out of a document, and enforces the limits. Its contents are wiped on drop.
pub(in crate::encoding) struct Builder {
    writer: Writer,
    /// The open structures and their start offsets.
    open: Vec<(usize, Started)>,
    meanings: Meanings,
    scratch: Vec<u8>,
    limit: usize,
    ceiling: usize,
    depth: u8,
}

/// The bytes by which a message may be longer than its document: a few structures with one-letter names.
const SLACK: usize = 64;

impl Builder {
    /// Creates a builder for a document of this length.
    ///
    /// Invariant: a message is not longer than its document, whatever limit the caller sets. Otherwise `<D/>`, four
    /// characters of XML for eight bytes, would double what decoding may allocate for each byte that arrived. What the
    /// writers make is never shorter than its message.
    pub(in crate::encoding) fn new(document: usize) -> Self {
        let (open, scratch) = (Vec::new(), Vec::new());
        let ceiling = document.saturating_add(SLACK);
        // The version of a message does not matter for reading: no name has two meanings.
        Self {
            writer: Writer::new(V1_0),
            open,
            meanings: Meanings::default(),
            scratch,
            limit: ceiling,
            ceiling,
            depth: MAX_DEPTH,
        }
    }

    /// Refuses messages of more bytes than this, if that is less than the length of the document allows.
    pub(in crate::encoding) const fn set_limit(&mut self, limit: usize) {
        self.limit = if limit < self.ceiling { limit } else { self.ceiling };
    }

    /// Refuses structures that are nested deeper than this.
    pub(in crate::encoding) const fn set_max_depth(&mut self, structures: u8) {
        self.depth = if structures < MAX_DEPTH { structures } else { MAX_DEPTH };
    }

    /// Returns the number of open structures.
    #[cfg(feature = "xml")]
    pub(in crate::encoding) const fn depth(&self) -> usize {
        self.open.len()
    }

    /// Begins a structure.
    pub(in crate::encoding) fn begin(&mut self, tag: Tag) -> Result<(), ErrorKind> {
        if self.open.len() >= usize::from(self.depth) {
            return Err(ErrorKind::TooDeep);
        }
        let start = self.writer.as_slice().len();
        self.check_limit(start + 8)?;
        self.meanings.meaning(self.open.len(), tag, || None);
        let started = self.writer.begin(tag);
        self.open.push((start, started));
        Ok(())
    }

    /// Ends the innermost structure.
    pub(in crate::encoding) fn end(&mut self) -> Result<(), ErrorKind> {
        match self.open.pop() {
            Some((_, started)) => self.writer.end(started).map_err(|error| error.kind()),
            None => Ok(()),
        }
    }

    /// Ends the innermost structure and sets its tag, for documents that may state it last.
    #[cfg(feature = "json")]
    pub(in crate::encoding) fn end_as(&mut self, tag: Tag) -> Result<(), ErrorKind> {
        if let Some(&(start, _)) = self.open.last() {
            self.writer.as_mut_slice()[start..start + 3].copy_from_slice(&tag.to_bytes());
        }
        self.end()
    }

    /// Writes an item that is no structure.
    pub(in crate::encoding) fn value(&mut self, tag: Tag, ty: Type, given: Given<'_>) -> Result<(), ErrorKind> {
        let text = || given.text().filter(|_| ty == Type::TextString);
        let meaning = self.meanings.meaning(self.open.len(), tag, text);
        let start = self.writer.as_slice().len();
        given.write(&mut self.writer, tag, ty, meaning, &mut self.scratch)?;
        self.check_limit(self.writer.as_slice().len()).inspect_err(|_| self.writer.truncate(start))
    }

    /// Returns the message that was built, and resets the builder for the next.
    pub(in crate::encoding) fn take(&mut self) -> Vec<u8> {
        self.meanings = Meanings::default();
        self.open.clear();
        let length = self.writer.as_slice().len();
        if self.writer.capacity() > 2 * length {
            // A copy of the exact size, because the buffer is much larger than many short messages. The buffer is
            // reused.
            let message = self.writer.as_slice().to_vec();
            self.writer.truncate(0);
            return message;
        }
        core::mem::replace(&mut self.writer, Writer::new(V1_0)).into_vec()
    }

    /// Converts a fault to an error inside the open structures.
    #[cold]
    pub(in crate::encoding) fn error(&self, Fault(kind, offset, tag): Fault) -> Error {
        let open = self.open.iter().map(|(start, _)| *start);
        Error::in_document(kind, offset, self.writer.as_slice(), open, tag)
    }

    fn check_limit(&self, length: usize) -> Result<(), ErrorKind> {
        let too_large = || ErrorKind::TooLarge { length: u64::try_from(length).unwrap_or(u64::MAX), limit: self.limit };
        if length <= self.limit { Ok(()) } else { Err(too_large()) }
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        // The writer wipes itself.
        wipe(&mut self.scratch);
    }
}
