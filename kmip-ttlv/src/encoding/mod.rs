//! Other forms of the same items than TTLV: transcoders, so that every message has them.

pub(crate) mod text;
