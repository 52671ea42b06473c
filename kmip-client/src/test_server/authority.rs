//! Certificates: issued, read and verified.

pub(super) mod certificate;
pub(super) mod chain;
pub(super) mod issue;
mod load;
pub(super) mod pki;
pub(super) mod public_key;
