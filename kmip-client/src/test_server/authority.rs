//! The certificates.

pub(super) mod certificate;
pub(super) mod chain;
pub(super) mod issue;
pub(super) mod pki;
