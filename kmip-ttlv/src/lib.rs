//! Placeholder of the skeleton.
#![no_std]

extern crate alloc;

pub mod enumeration;
mod tag;
mod version;

pub use tag::{InvalidTag, Tag};
pub use version::{ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, VersionRange};
