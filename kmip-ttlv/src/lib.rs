//! TTLV, the binary format of the Key Management Interoperability Protocol (KMIP), and KMIP's whole vocabulary.
//!
//! A message is one item. An item is a tag, a type, a length and a value, and the value of a structure is more items.
//! This crate decodes bytes to items and encodes items to bytes. It copies nothing: decoded values borrow from the
//! bytes that arrived.
//!
//! # Scope
//!
//! - Every item type of KMIP 1.0 to 3.0, read and written one at a time: [`Reader`], [`Writer`], [`Item`], [`Walk`].
//! - Whole structures as Rust types, from one table each: [`ttlv_struct!`], [`decode`], [`encode`].
//! - Every tag, enumeration and mask of these versions, with their names and the versions that have them: [`Tag`],
//!   [`enumeration`], [`check_vocabulary`]. Values that no version names, such as those of vendors, are preserved and
//!   print as hex.
//! - The length of a message, before all of it has arrived: [`frame_len`].
//! - Messages as readable text, with the keys redacted: [`Text`].
//! - Messages in XML and in JSON, and back: the modules `xml` and `json`, each under a feature of its name.
//!
//! The messages of KMIP as Rust types, and the client that sends them, are in `kmip-client`. This crate has no I/O, no
//! TLS, and no cryptography. It needs `alloc`, not `std`, and has no unsafe code.
//!
//! | Feature | Adds | Default |
//! |---|---|---|
//! | `std` | conversions to and from the times of the system; needs the standard library | |
//! | `xml` | the module `xml`: messages in XML and back; implies `std` | |
//! | `json` | the module `json`: messages in JSON and back; implies `std` | |
//! | `arbitrary` | the module `arbitrary`: typed values made from any bytes, for fuzzing; implies `std` | |
//!
//! # Example: a message and back
//!
//! ```
//! use kmip_ttlv::enumeration::{KeyFormatType, OperationCode};
//! use kmip_ttlv::{ProtocolVersion, Rules, Tag, Text, V1_4, check_vocabulary, decode, encode, ttlv_struct};
//!
//! ttlv_struct! {
//!     /// Request Message (KMIP 1.4, 7.1), as far as one Get needs it.
//!     struct Request<'a> {
//!         header: Header = REQUEST_HEADER,
//!         items: Vec<Get<'a>> = BATCH_ITEM,
//!     }
//! }
//!
//! ttlv_struct! {
//!     struct Header {
//!         version: ProtocolVersion = PROTOCOL_VERSION,
//!         batch_count: i32 = BATCH_COUNT,
//!     }
//! }
//!
//! ttlv_struct! {
//!     struct Get<'a> {
//!         operation: OperationCode = OPERATION,
//!         payload: Payload<'a> = REQUEST_PAYLOAD,
//!     }
//! }
//!
//! ttlv_struct! {
//!     /// Request payload of Get (KMIP 1.4, 4.11), its first two fields.
//!     struct Payload<'a> {
//!         unique_identifier: Option<&'a str> = UNIQUE_IDENTIFIER,
//!         key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
//!     }
//! }
//!
//! let payload = Payload { unique_identifier: Some("key-7"), key_format_type: Some(KeyFormatType::RAW) };
//! let request = Request {
//!     header: Header { version: V1_4, batch_count: 1 },
//!     items: vec![Get { operation: OperationCode::GET, payload }],
//! };
//! let frame = encode(&request, Tag::REQUEST_MESSAGE, V1_4)?;
//! check_vocabulary(&frame, V1_4)?;
//!
//! // What a program reads; the identifier lies in `frame`.
//! let decoded: Request = decode(&frame, Tag::REQUEST_MESSAGE, V1_4, Rules::STRICT)?;
//! assert_eq!(decoded, request);
//!
//! // What a person reads.
//! let text = r#"
//! RequestMessage
//!   RequestHeader
//!     ProtocolVersion
//!       ProtocolVersionMajor: 1
//!       ProtocolVersionMinor: 4
//!     BatchCount: 1
//!   BatchItem
//!     Operation: Get
//!     RequestPayload
//!       UniqueIdentifier: "key-7"
//!       KeyFormatType: Raw
//! "#;
//! assert_eq!(Text::new(&frame).to_string(), text.trim_start());
//!
//! // What is wrong says what, in which item, and at which byte.
//! let mut frame = frame;
//! frame[119] = 1;
//! let error = decode::<Request>(&frame, Tag::REQUEST_MESSAGE, V1_4, Rules::STRICT).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "RequestMessage/BatchItem/RequestPayload/UniqueIdentifier: the padding is not zero at byte 104"
//! );
//! # Ok::<(), kmip_ttlv::Error>(())
//! ```
//!
//! # Item types
//!
//! | Type | Code | Rust | Since |
//! |---|---|---|---|
//! | Structure | 01 | a type from [`ttlv_struct!`], or [`Item`] | 1.0 |
//! | Integer | 02 | `i32`, or a mask of [`enumeration`] | 1.0 |
//! | Long Integer | 03 | `i64` | 1.0 |
//! | Big Integer | 04 | [`BigInteger`] | 1.0 |
//! | Enumeration | 05 | a type of [`enumeration`], or [`Tag`] | 1.0 |
//! | Boolean | 06 | `bool` | 1.0 |
//! | Text String | 07 | `&str` | 1.0 |
//! | Byte String | 08 | `&[u8]` | 1.0 |
//! | Date-Time | 09 | [`DateTime`] | 1.0 |
//! | Interval | 0A | [`Interval`] | 1.0 |
//! | Date-Time Extended | 0B | [`DateTimeExtended`] | 2.0 |
//! | Identifier | 0C | [`Identifier`] | 3.0 |
//! | Reference | 0D | [`Reference`] | 3.0 |
//! | Name Reference | 0E | [`NameReference`] | 3.0 |
//! | any of them | | [`Value`], [`Item`] | |
//!
//! # Strictness
//!
//! Decoding is strict: lengths, padding, text, Booleans and the order of fields are checked, and decoded values encode
//! to the same bytes. [`Rules`] relax this for peers that deviate. On any input, decoding does not panic, does not
//! recurse deeper than [`MAX_DEPTH`] structures, and allocates at most [`MAX_AMPLIFICATION`] times the bytes that
//! arrived. Errors never hold a value, so they may be logged.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
mod buffer;
mod codec;
mod date;
mod debug;
mod encoding;
pub mod enumeration;
mod error;
mod frame;
mod item;
mod macros;
mod names;
mod reader;
mod rules;
mod tag;
mod types;
mod value;
mod version;
mod vocabulary;
mod walk;
mod wire;
mod writer;

pub use codec::{Decode, DecodeField, Encode, EncodeField, MAX_AMPLIFICATION, Table, decode, encode};
pub use date::{ParseDateTimeError, ParseIntervalError};
#[cfg(feature = "json")]
pub use encoding::json;
pub use encoding::text::Text;
#[cfg(feature = "xml")]
pub use encoding::xml;
pub use error::{Error, ErrorKind, Result};
pub use frame::frame_len;
pub use item::Item;
pub use reader::{Ended, Layout, Reader, Record, Source, Word};
pub use rules::{MAX_DEPTH, Rules};
pub use tag::{InvalidTag, Tag};
#[cfg(feature = "std")]
pub use types::OutOfRange;
pub use types::{BigInteger, DateTime, DateTimeExtended, Identifier, Interval, NameReference, Reference, Type};
pub use value::Value;
pub use version::{ParseVersionError, ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, VersionRange};
pub use vocabulary::check_vocabulary;
pub use walk::{Visit, Walk};
pub use writer::{Started, Writer};

/// Items for the expansions of this crate's macros, and for the structures of `kmip-client` without a macro.
#[doc(hidden)]
pub mod __private {
    pub use crate::codec::{
        FieldLen, Order, ReadField, WriteField, decode_apart, decode_items, encode_apart, encode_fields,
    };
    pub use crate::debug::{Shown, debug};
    pub use crate::encoding::text::hides;

    /// Adds the structure around a value that could not be encoded.
    #[cold]
    pub fn within(error: crate::Error, tag: crate::Tag) -> crate::Error {
        error.within(tag)
    }
}

/// The example of the crate's README runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
