//! Decoding into a used value: its previous contents are dropped, and nothing of them remains.

#![allow(clippy::unwrap_used)]

use kmip_client::protocol::operation::{Create, Destroy, Get, Payload, RequestPayload};
use kmip_client::ttlv::enumeration::{KeyFormatType, OperationCode};
use kmip_client::ttlv::{Decode, Encode, ErrorKind, Reader, Result, Rules, Tag, V1_4, decode, encode, ttlv_struct};

fn read_over(payload: &mut RequestPayload<'_>, operation: OperationCode, request: &impl Encode) {
    let bytes = encode(request, Tag::REQUEST_PAYLOAD, V1_4).unwrap().leak();
    let reader = Reader::new(bytes).with_version(V1_4);
    // The payload borrows from its message, which has to live as long, so it is leaked.
    let rest = payload.decode_payload(Some(operation), reader, Tag::REQUEST_PAYLOAD).unwrap();
    assert!(rest.is_empty());
}

#[test]
fn nothing_is_left_of_the_payload_before() {
    let mut payload = RequestPayload::default();
    read_over(&mut payload, OperationCode::GET, &Get::id("a").format(KeyFormatType::PKCS_1));
    read_over(&mut payload, OperationCode::GET, &Get::id("b"));
    assert_eq!(payload, RequestPayload::Get(Get::id("b")));
    read_over(&mut payload, OperationCode::CREATE, &Create::aes(256).name("vm-42"));
    read_over(&mut payload, OperationCode::CREATE, &Create::aes(128));
    assert_eq!(payload, RequestPayload::Create(Create::aes(128)));
    read_over(&mut payload, OperationCode::DESTROY, &Destroy::id("c"));
    assert_eq!(payload, RequestPayload::Destroy(Destroy::id("c")));
}

/// A length in bytes that is bits on the wire: a type with a hand-written encoding outside of the crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bytes(i32);

impl<'a> Decode<'a> for Bytes {
    fn decode_next(reader: &mut Reader<'a>, tag: Tag) -> Result<Self> {
        let before = reader.clone();
        match reader.integer(tag)? {
            bits if bits % 8 == 0 => Ok(Self(bits / 8)),
            _ => Err(before.error(ErrorKind::Value("whole bytes"))),
        }
    }
}

impl Encode for Bytes {
    fn encode(&self, tag: Tag, writer: &mut kmip_client::ttlv::Writer) -> Result<()> {
        writer.integer(tag, self.0 * 8);
        Ok(())
    }
}

ttlv_struct! {
    /// A table with fields of that type.
    struct Lengths {
        first: Bytes = CRYPTOGRAPHIC_LENGTH,
        second: Option<Bytes> = CERTIFICATE_LENGTH,
        more: Vec<Bytes> = IV_LENGTH,
    }
}

#[test]
fn a_type_that_reads_itself_is_a_field_like_any_other() {
    for lengths in [
        Lengths { first: Bytes(32), second: None, more: Vec::new() },
        Lengths { first: Bytes(32), second: Some(Bytes(16)), more: vec![Bytes(1), Bytes(2)] },
    ] {
        let frame = encode(&lengths, Tag::ATTRIBUTES, V1_4).unwrap();
        assert_eq!(decode::<Lengths>(&frame, Tag::ATTRIBUTES, V1_4, Rules::STRICT).unwrap(), lengths);
    }
    let frame = encode(&255, Tag::CRYPTOGRAPHIC_LENGTH, V1_4).unwrap();
    let error = decode::<Bytes>(&frame, Tag::CRYPTOGRAPHIC_LENGTH, V1_4, Rules::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "CryptographicLength: whole bytes at byte 0");
}
