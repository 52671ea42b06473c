//! The test server without its network.

use kmip_client::arbitrary::{Generator, VERSIONS, request_message_by};
use kmip_client::fuzzed::Bare;
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::ttlv::Rules;

/// Any bytes as what a client sends over one connection: each message gets one answer, which is a message, in its
/// version if the server speaks it.
pub(crate) fn front(bytes: &[u8]) {
    for answered in Bare::new().converse(bytes) {
        if answered.answer.starts_with(b"HTTP/1.1 ") {
            continue;
        }
        answer(answered.request.as_deref(), &answered.answer);
    }
}

/// Generated requests, one after another, to one server: each gets an answer that can be read. The first byte picks the
/// version, the second how odd they are.
pub(crate) fn kms(bytes: &[u8]) {
    let [version, odd, rest @ ..] = bytes else { return };
    let version = VERSIONS[usize::from(*version) % VERSIONS.len()];
    // Half of the servers get valid requests only.
    let odd = if *odd < 0x80 { 0 } else { odd - 0x80 };
    let mut generator = Generator::new(rest, version).oddities(odd);
    let server = Bare::new();
    for _ in 0..4 {
        let Ok(request) = request_message_by(&mut generator).encode_again() else { continue };
        answer(Some(&request), &server.answer(&request));
    }
}

/// An answer is a message that is encoded to the same bytes.
fn answer(request: Option<&[u8]>, answer: &[u8]) {
    let (response, skipped) =
        ResponseMessage::decode_message(answer, Rules::STRICT).unwrap_or_else(|error| panic!("{error}: {answer:02X?}"));
    assert_eq!(skipped, 0);
    assert_eq!(response.encode_again().expect("it was decoded from something"), answer);
    let Some(Ok((request, _))) = request.map(|request| RequestMessage::decode_message(request, Rules::STRICT)) else {
        return;
    };
    let version = request.header.protocol_version;
    if VERSIONS.contains(&version) {
        assert_eq!(response.header.protocol_version, version);
    }
    assert!(response.batch_items.len() <= request.batch_items.len().max(1), "{request:?}: {response:?}");
}
