//! Placeholder of the skeleton.

pub mod protocol;
