//! KMIP 3.0, which has to be enabled explicitly: between both clients and the embedded KMS, and with the messages of
//! OASIS.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

#[path = "../../../kmip-ttlv/tests/corpus/mod.rs"]
mod corpus;

mod clients;
mod replay;
mod wire;
