//! Shared helpers of the examples: the command line of a KMS, errors and exit codes, and readable output.

mod exit;
mod files;
mod gate;
mod output;
mod rcgen_key;
mod server;

pub use self::{
    exit::{Failure, exit_code, is_distrust, report},
    files::{create_private, read, replace},
    gate::Gate,
    output::{Output, labelled, main, printable, printable_json, wrap},
    rcgen_key::RcgenKey,
    server::{Gated, Kms, ServerArgs},
};

/// The examples of the repository's README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
