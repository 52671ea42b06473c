//! Any bytes as a typed request and response.
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_ttlv::Rules;
use memory::bounded;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for rules in [Rules::STRICT, Rules::STRICT.skip_unknown().integer_stand_ins().any_padding()] {
        bounded(bytes.len(), || RequestMessage::decode_message(bytes, rules));
        bounded(bytes.len(), || ResponseMessage::decode_message(bytes, rules));
    }
    oracle::messages(bytes);
});
