//! The protocol version, which every message has.

use super::{Decode, Encode};
use crate::error::{ErrorKind, Result};
use crate::reader::{Reader, Record, Source};
use crate::tag::Tag;
use crate::version::ProtocolVersion;
use crate::writer::Writer;

/// A structure of two Integers (KMIP 1.4, 6.1).
impl Decode<'_> for ProtocolVersion {
    const MIN_LEN: usize = 40;

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        let ended = reader.enter_table(tag)?.read_record(self, ())?;
        reader.leave_table(ended);
        Ok(())
    }
}

impl<'a> Record<'a> for ProtocolVersion {
    type Context = ();

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        let (mut major, mut minor) = (VersionNumber(0), VersionNumber(0));
        source.field(&mut major, Tag::PROTOCOL_VERSION_MAJOR)?;
        source.field(&mut minor, Tag::PROTOCOL_VERSION_MINOR)?;
        *self = Self::new(major.0, minor.0);
        Ok(())
    }
}

/// One half of a version: an Integer that fits a byte.
#[derive(Default)]
struct VersionNumber(u8);

impl Decode<'_> for VersionNumber {
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        let before = reader.clone();
        let number = reader.integer(tag)?;
        self.0 =
            u8::try_from(number).map_err(|_| before.error(ErrorKind::Value("a version number is from 0 to 255")))?;
        Ok(())
    }
}

impl Encode for ProtocolVersion {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        const LAYOUT: [u8; 40] = [
            0, 0, 0, 1, 0, 0, 0, 32, // a Structure of the tag that is passed
            0x42, 0x00, 0x6A, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, // Protocol Version Major
            0x42, 0x00, 0x6B, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, // Protocol Version Minor
        ];
        // Every message has a version, so it is written in one store.
        let mut items = LAYOUT;
        let [a, b, c] = tag.to_bytes();
        (items[0], items[1], items[2], items[19], items[35]) = (a, b, c, self.major(), self.minor());
        writer.encoded(&items);
        Ok(())
    }
}
