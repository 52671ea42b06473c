//! The cryptography of the operations, by aws-lc-rs: which algorithm the parameters of KMIP mean, and no keys of its own.
//!
//! What the library does not have is refused: the server makes up no cryptography. Only the joining of whole blocks and the sharing of secrets
//! are written here.

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

/// What a library that does not say why has failed at.
fn failed(what: &'static str) -> impl Fn(aws_lc_rs::error::Unspecified) -> Refusal {
    move |_| Cause::Cryptographic.because(what)
}

/// What the server does not have.
fn unsupported(what: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Cause::UnsupportedParameters.because(what)
}

/// What the Cryptographic Parameters leave open, or say wrongly.
fn bad(what: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Cause::BadParameters.because(what)
}
