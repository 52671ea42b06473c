//! KMIP 3.0, which is spoken where it is named: between the two clients and the embedded KMS, and by the messages of OASIS.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

#[path = "../../../kmip-ttlv/tests/corpus/mod.rs"]
mod corpus;

mod clients;
mod replay;
mod wire;
