//! The enumerations and masks of KMIP 1.0 to 3.0, each a type of its own.
//!
//! An enumeration is a newtype over the value on the wire, with a constant for each value that the specification names.
//! It is open: other values are preserved in a round trip, and print as hex.
//!
//! ```
//! use kmip_ttlv::enumeration::ObjectType;
//! use kmip_ttlv::V1_2;
//!
//! let kind = ObjectType::from_value(2);
//! assert_eq!(kind, ObjectType::SYMMETRIC_KEY);
//! assert_eq!(kind.name(), Some("SymmetricKey")); // as XML and JSON have it
//! assert_eq!(kind.title(), Some("Symmetric Key")); // as the specification has it
//! assert_eq!(ObjectType::from_name("PGPKey"), Some(ObjectType::PGP_KEY));
//! assert_eq!(ObjectType::PGP_KEY.versions(), Some((V1_2..).into()));
//!
//! // Values from 0x80000000 on belong to vendors.
//! assert_eq!(ObjectType::from_value(0x8000_0001).to_string(), "0x80000001");
//! ```
//!
//! A mask is a newtype over bits, which are an Integer on the wire.
//!
//! ```
//! use kmip_ttlv::enumeration::CryptographicUsageMask;
//!
//! let mut usage = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
//! assert!(usage.contains(CryptographicUsageMask::ENCRYPT));
//! assert_eq!(usage.to_string(), "Encrypt | Decrypt");
//!
//! usage |= CryptographicUsageMask::from_bits(0x4000_0000);
//! assert_eq!(usage.to_string(), "Encrypt | Decrypt | 0x40000000");
//! ```
//!
//! If a version changed a spelling, both names are read in every version, and [`name_in`](HashingAlgorithm::name_in)
//! returns the one of a version. A value that a version withdrew keeps its constant; [`versions`](ObjectType::versions)
//! returns the versions that have it.
//!
//! [`ttlv_enum!`](crate::ttlv_enum) and [`ttlv_mask!`](crate::ttlv_mask) declare such types for vendors.
//
// The rows between the braces of each type are generated from `registry/*.csv` by `tests/registry.rs`. The rest of
// these files is written by hand: their arrangement and documentation.

mod crypto;
mod curve;
mod key;
mod macros;
mod mask;
mod message;
mod object;
mod operation;
mod profile;
mod result;
mod server;
mod table;

use core::fmt;

pub use crypto::*;
pub use curve::*;
pub use key::*;
pub use mask::*;
pub use message::*;
pub use object::*;
pub use operation::*;
pub use profile::*;
pub use result::*;
pub use server::*;
pub use table::{Entry, EnumerationTable, MaskTable};
#[doc(hidden)]
pub use table::{Row, Rows};

/// A type made by [`ttlv_enum!`](crate::ttlv_enum), for code that works on any of them.
pub trait Enumeration: Copy + Eq + fmt::Debug + fmt::Display + 'static {
    /// The table of its values' names.
    const TABLE: &'static EnumerationTable;

    /// Creates the member of this value, known to the table or not.
    fn from_value(value: u32) -> Self;

    /// Returns the value on the wire.
    fn value(self) -> u32;
}

/// A type made by [`ttlv_mask!`](crate::ttlv_mask), for code that works on any of them.
pub trait Mask: Copy + Eq + fmt::Debug + fmt::Display + 'static {
    /// The table of its bits' names.
    const TABLE: &'static MaskTable;

    /// Creates the mask of these bits, known to the table or not.
    fn from_bits(bits: u32) -> Self;

    /// Returns the bits of the Integer on the wire.
    fn bits(self) -> u32;
}
