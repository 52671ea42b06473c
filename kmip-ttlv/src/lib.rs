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
