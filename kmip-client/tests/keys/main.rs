//! Keys in and out: files written by openssl, every format of KMIP, both clients, with openssl as the judge.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod clients;
mod embedded;
mod files;
mod formats;
mod labels;
#[path = "../openssl/mod.rs"]
mod openssl;
#[path = "../real_server/mod.rs"]
mod real_server;
#[cfg(feature = "rsa-recover")]
mod recover;
mod refused;
mod servers;
#[cfg(feature = "unwrap")]
mod unwrap;

use kmip_client::keys::PrivateKey;
use kmip_client::protocol::object::Object;

/// Returns `true` if openssl considers the two the same private key.
fn same(pem: &[u8], key: &PrivateKey) -> bool {
    openssl::public_half(pem) == openssl::public_half(key.to_pkcs8_pem().unwrap().as_bytes())
}

/// Returns the format stated in the key block of an object.
fn format_of(object: &Object<'_>) -> kmip_ttlv::enumeration::KeyFormatType {
    object.key_block().unwrap().key_format_type
}
