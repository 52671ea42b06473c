//! The items of a document, into TTLV.

use alloc::vec::Vec;

use super::Given;
use crate::error::{Error, ErrorKind};
use crate::names::Meanings;
use crate::writer::wipe;
use crate::{MAX_DEPTH, Started, Tag, Type, V1_0, Writer};

/// What is wrong in a document, at which byte of it, and in an item of which tag, if that is known.
pub(in crate::encoding) struct Fault(
    pub(in crate::encoding) ErrorKind,
    pub(in crate::encoding) usize,
    pub(in crate::encoding) Option<Tag>,
);

/// Writes a message as its items come out of a document, and keeps the limits. What it held is wiped when it is dropped.
pub(in crate::encoding) struct Builder {
    writer: Writer,
    /// The structures that we are in, and where they start.
    open: Vec<(usize, Started)>,
    meanings: Meanings,
    scratch: Vec<u8>,
    limit: usize,
    depth: u8,
}

impl Builder {
    pub(in crate::encoding) fn new() -> Self {
        let (open, scratch) = (Vec::new(), Vec::new());
        // The version of a message has no part in how it is read: no name means two things.
        Self {
            writer: Writer::new(V1_0),
            open,
            meanings: Meanings::default(),
            scratch,
            limit: usize::MAX,
            depth: MAX_DEPTH,
        }
    }

    /// Refuses messages of more bytes than this.
    pub(in crate::encoding) const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Refuses structures that stand deeper inside each other.
    pub(in crate::encoding) const fn set_max_depth(&mut self, structures: u8) {
        self.depth = if structures < MAX_DEPTH { structures } else { MAX_DEPTH };
    }

    /// How many structures we are in.
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

    /// Ends the innermost structure and gives it this tag, for documents that may tell it last.
    #[cfg(feature = "json")]
    pub(in crate::encoding) fn end_as(&mut self, tag: Tag) -> Result<(), ErrorKind> {
        if let Some(&(start, _)) = self.open.last() {
            self.writer.as_mut_slice()[start..start + 3].copy_from_slice(&tag.to_bytes());
        }
        self.end()
    }

    /// An item that is no structure.
    pub(in crate::encoding) fn value(&mut self, tag: Tag, ty: Type, given: Given<'_>) -> Result<(), ErrorKind> {
        let text = || given.text().filter(|_| ty == Type::TextString);
        let meaning = self.meanings.meaning(self.open.len(), tag, text);
        let start = self.writer.as_slice().len();
        given.write(&mut self.writer, tag, ty, meaning, &mut self.scratch)?;
        self.check_limit(self.writer.as_slice().len()).inspect_err(|_| self.writer.truncate(start))
    }

    /// The message that was built; the next starts afresh.
    pub(in crate::encoding) fn take(&mut self) -> Vec<u8> {
        self.meanings = Meanings::default();
        self.open.clear();
        let length = self.writer.as_slice().len();
        if self.writer.capacity() > 2 * length {
            // A copy of exactly its size: many short messages would hold much more than they are. The buffer serves the next.
            let message = self.writer.as_slice().to_vec();
            self.writer.truncate(0);
            return message;
        }
        core::mem::replace(&mut self.writer, Writer::new(V1_0)).into_vec()
    }

    /// The error that a fault is, in the structures that we are in.
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
