//! The flat walk over all items of a message.

use crate::error::Result;
use crate::item::Item;
use crate::reader::Reader;
use crate::rules::MAX_DEPTH;
use crate::types::Type;

/// An item of a [`Walk`], with the number of structures around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Visit<'a> {
    /// The number of structures around the item; 0 for the message itself.
    pub depth: usize,
    /// The item. The contents of a structure follow it.
    pub item: Item<'a>,
}

/// Iterates over all items of a message in order, into every structure. It is not recursive, so no input can exhaust
/// the stack.
///
/// ```
/// use kmip_ttlv::{Tag, Walk, Writer, V1_4};
///
/// let mut writer = Writer::new(V1_4);
/// let start = writer.begin(Tag::NAME);
/// writer.text_string(Tag::NAME_VALUE, "vm-42");
/// writer.end(start)?;
///
/// let tags = Walk::new(writer.as_slice()).map(|visit| visit.map(|visit| (visit.depth, visit.item.tag())));
/// assert_eq!(tags.collect::<Result<Vec<_>, kmip_ttlv::Error>>()?, [(0, Tag::NAME), (1, Tag::NAME_VALUE)]);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    /// The bytes to walk through, which start at offset `start`.
    bytes: &'a [u8],
    start: usize,
    /// The unread rest of the innermost structure.
    reader: Reader<'a>,
    /// The ends of the open structures except the innermost.
    ends: [usize; MAX_DEPTH as usize],
    depth: usize,
}

impl<'a> Walk<'a> {
    /// Walks through these bytes: one message, or several.
    #[must_use]
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::from_reader(Reader::new(bytes))
    }

    /// Walks through the unread rest of a reader, under its rules.
    #[must_use]
    #[inline]
    pub fn from_reader(reader: Reader<'a>) -> Self {
        Self { bytes: reader.remaining(), start: reader.offset(), reader, ends: [0; MAX_DEPTH as usize], depth: 0 }
    }

    /// Returns to the structure around the one that has ended.
    #[inline]
    fn ascend(&mut self) {
        self.depth -= 1;
        let (from, to) = (self.reader.offset(), self.ends[self.depth]);
        self.reader = self.reader.outside(&self.bytes[from - self.start..to - self.start]);
    }

    #[inline]
    fn descend(&mut self, item: Item<'a>) -> Result<()> {
        let inside = item.inside()?;
        self.ends[self.depth] = self.reader.end_offset();
        self.depth += 1;
        self.reader = inside;
        Ok(())
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<Visit<'a>>;

    /// Returns the next item. After an error the iterator ends, because the start of the next item is unknown.
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.reader.is_empty() && self.depth > 0 {
            self.ascend();
        }
        let depth = self.depth;
        let visited = match self.reader.next_item() {
            Ok(None) => return None,
            Ok(Some(item)) if item.ty() == Type::Structure => self.descend(item).map(|()| item),
            Ok(Some(item)) => Ok(item),
            Err(error) => Err(error),
        };
        match visited {
            Ok(item) => Some(Ok(Visit { depth, item })),
            Err(error) => {
                self.depth = 0;
                self.reader = Reader::new(&[]);
                Some(Err(error))
            }
        }
    }
}

impl core::iter::FusedIterator for Walk<'_> {}

impl Item<'_> {
    /// Checks the whole contents of a structure, so that the item can be kept and encoded again unread.
    pub(crate) fn check_inside(&self) -> Result<()> {
        if self.ty() != Type::Structure {
            return Ok(());
        }
        let inside = self.as_structure()?;
        Walk::from_reader(inside).try_for_each(|visit| visit.map(drop))
    }
}
