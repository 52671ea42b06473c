//! The cryptography of the embedded KMS, compared with published values of NIST and the RFCs, through the client.
#![allow(clippy::unwrap_used, reason = "a test")]

mod ciphers;
mod keys;
mod signatures;
mod usage;

use std::fmt::Write as _;

use kmip_client::Error;
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters};
use kmip_client::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
use kmip_client::protocol::operation::{Get, Register};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask,
    KeyFormatType as Format, ResultReason as Reason,
};
use kmip_ttlv::{DateTime, ProtocolVersion, V1_2, V1_3, V1_4, V2_0, V2_1};

/// The versions that have these operations.
pub(crate) const VERSIONS: [ProtocolVersion; 5] = [V1_2, V1_3, V1_4, V2_0, V2_1];

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) fn connect(server: &TestServer, version: ProtocolVersion) -> Client {
    Client::connect(&server.config().version(version)).unwrap()
}

/// Registers an object that is active at once, with this usage.
pub(crate) fn register(
    kms: &Client,
    object: Object<'_>,
    mask: Mask,
    parameters: Option<CryptographicParameters<'_>>,
) -> String {
    let request = Register::object(object).usage(mask).attribute(AttributeValue::ActivationDate(DateTime(1)));
    let request = match parameters {
        Some(parameters) => request.attribute(AttributeValue::CryptographicParameters(parameters.into())),
        None => request,
    };
    kms.call(&request).unwrap().payload().unique_identifier.to_string()
}

pub(crate) fn block(format: Format, algorithm: Algorithm, bits: usize, bytes: &[u8]) -> KeyBlock<'_> {
    KeyBlock::new(format, KeyValue::from_bytes(bytes))
        .cryptographic_algorithm(algorithm)
        .cryptographic_length(i32::try_from(bits).unwrap())
}

pub(crate) fn symmetric(kms: &Client, algorithm: Algorithm, bytes: &[u8], mask: Mask) -> String {
    let key_block = block(Format::RAW, algorithm, bytes.len() * 8, bytes);
    register(kms, Object::SymmetricKey(SymmetricKey::new(key_block)), mask, None)
}

pub(crate) fn value(kms: &Client, id: &str) -> Vec<u8> {
    let reply = kms.call(&Get::id(id)).unwrap();
    let object = reply.payload().object;
    object.key_block().and_then(KeyBlock::bytes).unwrap().expose().to_vec()
}

pub(crate) fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> Reason {
    result.unwrap_err().reason().unwrap()
}

/// Returns the usage for encryption and decryption.
pub(crate) fn both() -> Mask {
    Mask::ENCRYPT | Mask::DECRYPT
}

pub(crate) fn in_mode<'a>(mode: Mode) -> CryptographicParameters<'a> {
    CryptographicParameters::default().block_cipher_mode(mode)
}
