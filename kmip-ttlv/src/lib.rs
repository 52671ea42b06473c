//! Placeholder of the skeleton.
#![no_std]

extern crate alloc;

mod codec;
mod encoding;
pub mod enumeration;
mod error;
mod frame;
mod item;
mod macros;
mod names;
mod reader;
mod tag;
mod types;
mod value;
mod version;
mod vocabulary;
mod writer;

pub use codec::{Decode, DecodeField, Encode, EncodeField, decode, encode};
pub use encoding::text::Text;
pub use error::{Error, ErrorKind, Result};
pub use frame::frame_len;
pub use item::{Item, Visit, Walk};
pub use reader::{MAX_DEPTH, Reader, Rules};
pub use tag::{InvalidTag, Tag};
pub use types::{BigInteger, DateTime, DateTimeExtended, Identifier, Interval, NameReference, Reference, Type};
pub use value::Value;
pub use version::{ParseVersionError, ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, VersionRange};
pub use vocabulary::check_vocabulary;
pub use writer::{Started, Writer};

/// For the expansions of this crate's macros only.
#[doc(hidden)]
pub mod __private {
    /// Names the structure around the value that could not be encoded.
    #[cold]
    pub fn within(error: crate::Error, tag: crate::Tag) -> crate::Error {
        error.within(tag)
    }
}

/// For tests and fuzz targets only: what to hold the codec against.
#[doc(hidden)]
pub mod __oracle {
    use alloc::vec::Vec;

    use crate::{Encode, Result, V1_0, Value, Visit, Walk, Writer};

    /// Takes items apart and writes each anew: every structure begun and ended, every value read and encoded. The result is to be the same.
    pub fn rewrite(bytes: &[u8]) -> Result<Vec<u8>> {
        let mut writer = Writer::new(V1_0);
        let mut open = Vec::new();
        for visit in Walk::new(bytes) {
            let Visit { depth, item } = visit?;
            while open.len() > depth {
                open.pop().map_or(Ok(()), |started| writer.end(started))?;
            }
            match item.to_value()? {
                Value::Structure(_) => open.push(writer.begin(item.tag())),
                value => value.encode(item.tag(), &mut writer)?,
            }
        }
        while let Some(started) = open.pop() {
            writer.end(started)?;
        }
        Ok(writer.into_vec())
    }
}
