//! A pull walker: every item of a message, checked.

use super::Wrong;

/// One item. The contents of a structure follow it.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The tag.
    pub tag: u32,
    /// The type, by its code.
    pub ty: u8,
    /// The value without padding.
    pub value: &'a [u8],
}

/// The position of the walk, and the ends of the enclosing structures.
pub struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
    ends: [usize; 16],
    depth: usize,
}

impl<'a> Walker<'a> {
    /// Creates a walker at the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, end: bytes.len(), ends: [0; 16], depth: 0 }
    }

    /// Returns the next item; `None` at the end.
    #[inline]
    pub fn next_item(&mut self) -> Result<Option<Item<'a>>, Wrong> {
        while self.at == self.end {
            if self.depth == 0 {
                return Ok(None);
            }
            self.depth -= 1;
            self.end = self.ends[self.depth];
        }
        let rest = &self.bytes[self.at..self.end];
        let (header, rest) = rest.split_first_chunk::<8>().ok_or(Wrong)?;
        let header = u64::from_be_bytes(*header);
        let (tag, ty, length) = ((header >> 40) as u32, (header >> 32) as u8, header as u32 as usize);
        let padded = length.next_multiple_of(8);
        let value = rest.get(..padded).ok_or(Wrong)?;
        self.at += 8;
        match ty {
            1 if length == padded => {
                *self.ends.get_mut(self.depth).ok_or(Wrong)? = self.end;
                self.depth += 1;
                self.end = self.at + length;
                return Ok(Some(Item { tag, ty, value }));
            }
            2 | 5 | 10 if length == 4 && value[4..] == [0; 4] => {}
            3 | 9 | 11 if length == 8 => {}
            6 if length == 8 && matches!(value, [0, 0, 0, 0, 0, 0, 0, 0 | 1]) => {}
            4 if length > 0 && length == padded => {}
            8 => unpadded(value, length)?,
            7 | 12..=14 => {
                unpadded(value, length)?;
                str::from_utf8(&value[..length]).map_err(|_| Wrong)?;
            }
            _ => return Err(Wrong),
        }
        self.at += padded;
        Ok(Some(Item { tag, ty, value: &value[..length] }))
    }
}

/// Checks that only zeros follow a value of this length.
#[inline]
pub(super) fn unpadded(value: &[u8], length: usize) -> Result<(), Wrong> {
    let mask = (1 << (8 * (length.wrapping_neg() % 8))) - 1;
    match value.last_chunk() {
        Some(last) if u64::from_be_bytes(*last) & mask != 0 => Err(Wrong),
        _ => Ok(()),
    }
}

/// Reads the tag of every item, and returns a value that depends on all of them.
pub fn walk(bytes: &[u8]) -> Result<u32, Wrong> {
    let (mut walker, mut tags) = (Walker::new(bytes), 0);
    while let Some(item) = walker.next_item()? {
        tags ^= item.tag;
    }
    Ok(tags)
}
