//! The cryptography of the operations, by aws-lc-rs: the mapping from KMIP's parameters to algorithms.
//!
//! Algorithms that the library lacks are refused. The server implements no cryptography of its own, except for block
//! chaining and secret sharing.

pub(super) mod cipher;
pub(super) mod derive;
pub(super) mod digest;
pub(super) mod formats;
pub(super) mod generate;
pub(super) mod rsa;
pub(super) mod share;
pub(super) mod signature;
pub(super) mod wrap;

use crate::test_server::base::refusal::{Cause, Refusal};

/// Returns a refusal that names the failed step, for a library error without a reason.
fn failed(what: &'static str) -> impl Fn(aws_lc_rs::error::Unspecified) -> Refusal {
    move |_| Cause::Cryptographic.because(what)
}

/// Returns the refusal for something that the server does not support.
fn unsupported(what: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Cause::UnsupportedParameters.because(what)
}

/// Returns the refusal for missing or wrong Cryptographic Parameters.
fn bad(what: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Cause::BadParameters.because(what)
}
