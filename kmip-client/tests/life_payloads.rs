//! Payloads without test cases in the standard, byte for byte as in its tables: Validate, Adjust Attribute, Set
//! Attribute, Certify, Re-certify, Re-key Key Pair, Notify and Put. The bytes are assembled here by the rules of TTLV,
//! and not by the encoder.

mod bytes;

use std::fmt::Debug;

use bytes::{item, structure, text};
use kmip_client::protocol::attribute::{AttributeFilter, AttributeReference, AttributeValue, RevocationReason};
use kmip_client::protocol::object::{Certificate, Object};
use kmip_client::protocol::operation::*;
use kmip_ttlv::enumeration::{
    CancellationResult, CertificateType, CryptographicUsageMask, LinkType, PutFunction, RevocationReasonCode,
    ValidityIndicator,
};
use kmip_ttlv::{
    DateTime, Decode, Encode, Interval, ProtocolVersion, Rules, Tag, V1_0, V1_4, V2_0, V2_1, V3_0, Value, Writer,
    decode, encode,
};

const INTEGER: u8 = 2;
const LONG_INTEGER: u8 = 3;
const ENUMERATION: u8 = 5;
const BYTES: u8 = 8;
const DATE: u8 = 9;
const INTERVAL: u8 = 10;

fn number(tag: u32, ty: u8, value: u32) -> Vec<u8> {
    item(tag, ty, &value.to_be_bytes())
}

fn long(tag: u32, ty: u8, value: i64) -> Vec<u8> {
    item(tag, ty, &value.to_be_bytes())
}

const REQUEST: u32 = 0x0042_0079;
const RESPONSE: u32 = 0x0042_007C;
const UNIQUE_IDENTIFIER: u32 = 0x0042_0094;
const ATTRIBUTE: u32 = 0x0042_0008;
const ATTRIBUTE_NAME: u32 = 0x0042_000A;
const ATTRIBUTE_VALUE: u32 = 0x0042_000B;
const ATTRIBUTES: u32 = 0x0042_0125;
const ATTRIBUTE_REFERENCE: u32 = 0x0042_013B;
const LAST_CHANGE_DATE: u32 = 0x0042_0048;

/// Checks that the value and the bytes correspond.
#[track_caller]
fn is<'a, T: Encode + Decode<'a> + PartialEq + Debug>(value: &T, tag: Tag, version: ProtocolVersion, bytes: &'a [u8]) {
    assert_eq!(encode(value, tag, version).expect("the version has it"), bytes);
    assert_eq!(&decode::<T>(bytes, tag, version, Rules::STRICT).expect("it is well-formed"), value);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.to_vec();
            damaged[place] ^= 1 << bit;
            survives::<T>(damaged.leak(), tag, version);
        }
    }
}

/// Checks that bytes accepted by strict rules encode to the same bytes, and that lax rules accept them too.
fn survives<'a, T: Encode + Decode<'a> + PartialEq + Debug>(bytes: &'a [u8], tag: Tag, version: ProtocolVersion) {
    let lax = decode::<T>(bytes, tag, version, Rules::STRICT.skip_unknown());
    if let Ok(strict) = decode::<T>(bytes, tag, version, Rules::STRICT) {
        let mut writer = Writer::new(version).in_any_version();
        strict.encode(tag, &mut writer).expect("it was decoded from something");
        assert_eq!(writer.as_slice(), bytes);
        assert_eq!(lax, Ok(strict));
    }
}

#[track_caller]
fn request<'a, T: Encode + Decode<'a> + PartialEq + Debug>(value: &T, version: ProtocolVersion, items: &'a [u8]) {
    is(value, Tag::REQUEST_PAYLOAD, version, items);
}

#[track_caller]
fn response<'a, T: Encode + Decode<'a> + PartialEq + Debug>(value: &T, version: ProtocolVersion, items: &'a [u8]) {
    is(value, Tag::RESPONSE_PAYLOAD, version, items);
}

/// KMIP 2.1, tables 340 and 341; the same in KMIP 1.4, tables 220 and 221.
#[test]
fn validate() {
    let certificate = structure(0x0042_0013, &[number(0x0042_001D, ENUMERATION, 1), item(0x0042_001E, BYTES, b"DER")]);
    let bytes = structure(
        REQUEST,
        &[
            certificate.clone(),
            certificate,
            text(UNIQUE_IDENTIFIER, "root"),
            text(UNIQUE_IDENTIFIER, "issuer"),
            long(0x0042_009A, DATE, 1_600_000_000),
        ],
    );
    let asked = Validate::certificate(b"DER").with_certificate(b"DER").with_id("root").with_id("issuer");
    for version in [V1_0, V1_4, V2_1, V3_0] {
        if version < V3_0 {
            request(&asked.clone().on(DateTime(1_600_000_000)), version, &bytes);
        }
        request(&ValidateRequest::default(), version, &structure(REQUEST, &[]));
        let bytes = structure(RESPONSE, &[number(0x0042_009B, ENUMERATION, 3)]);
        response(&ValidateResponse::new(ValidityIndicator::UNKNOWN), version, &bytes);
    }
    assert_eq!(Validate::id("root").unique_identifiers, ["root".into()]);
    assert!(Validate::id("root").is_idempotent());
}

/// KMIP 2.1, tables 170 and 171; the numbers of 11.1.
#[test]
fn adjust_attribute() {
    let date = AdjustAttribute::increment("key", Tag::ACTIVATION_DATE).by(Value::Interval(Interval(3600)));
    let bytes = structure(
        REQUEST,
        &[
            text(UNIQUE_IDENTIFIER, "key"),
            number(ATTRIBUTE_REFERENCE, ENUMERATION, 0x0042_0001),
            number(0x0042_0158, ENUMERATION, 1),
            number(0x0042_0162, INTERVAL, 3600),
        ],
    );
    request(&date, V2_1, &bytes);

    let vendors = AttributeReference::Vendor { vendor_identification: "ACME", name: "uses" };
    let bytes = structure(
        REQUEST,
        &[
            text(UNIQUE_IDENTIFIER, "key"),
            structure(ATTRIBUTE_REFERENCE, &[text(0x0042_009D, "ACME"), text(ATTRIBUTE_NAME, "uses")]),
            number(0x0042_0158, ENUMERATION, 2),
            long(0x0042_0162, LONG_INTEGER, 7),
        ],
    );
    request(&AdjustAttribute::decrement("key", vendors).by(Value::LongInteger(7)), V2_0, &bytes);

    let mut negate = AdjustAttribute::negate("key", Tag::SENSITIVE);
    negate.unique_identifier = None;
    let bytes = [number(ATTRIBUTE_REFERENCE, ENUMERATION, 0x0042_0120), number(0x0042_0158, ENUMERATION, 3)];
    request(&negate, V2_1, &structure(REQUEST, &bytes));

    let bytes = structure(RESPONSE, &[text(UNIQUE_IDENTIFIER, "key")]);
    response(&AdjustAttributeResponse::default().unique_identifier("key"), V2_1, &bytes);
    assert!(encode(&date, Tag::REQUEST_PAYLOAD, V1_4).is_err(), "KMIP 1.x does not have it");
    assert!(!date.is_idempotent());
}

/// KMIP 2.1, tables 322 and 323.
#[test]
fn set_attribute() {
    let asked = SetAttribute::id("key", AttributeValue::ContactInformation("storage team"));
    let attribute = structure(0x0042_013D, &[text(0x0042_0022, "storage team")]);
    request(&asked, V2_1, &structure(REQUEST, &[text(UNIQUE_IDENTIFIER, "key"), attribute]));
    let bytes = structure(RESPONSE, &[text(UNIQUE_IDENTIFIER, "key")]);
    response(&SetAttributeResponse::default().unique_identifier("key"), V2_1, &bytes);
    assert!(encode(&asked, Tag::REQUEST_PAYLOAD, V1_4).is_err(), "KMIP 1.x does not have it");
}

/// KMIP 1.4, table 184; KMIP 2.1, tables 179 and 180.
#[test]
fn certify() {
    let asked = Certify::pkcs10("public", b"CSR").attribute(AttributeValue::Comment("web"));
    let head = || [text(UNIQUE_IDENTIFIER, "public"), number(0x0042_0019, ENUMERATION, 2)].concat();
    let old = structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, "Comment"), text(ATTRIBUTE_VALUE, "web")]);
    let bytes = [head(), item(0x0042_0018, BYTES, b"CSR"), structure(0x0042_0091, &[old])];
    request(&asked, V1_4, &structure(REQUEST, &bytes));
    let bytes = [head(), item(0x0042_0140, BYTES, b"CSR"), structure(ATTRIBUTES, &[text(0x0042_00FD, "web")])];
    request(&asked, V2_1, &structure(REQUEST, &bytes));
    let bytes = structure(RESPONSE, &[text(UNIQUE_IDENTIFIER, "new")]);
    response(&CertifyResponse::new("new"), V2_1, &bytes);
    // The field of the other version is not mistaken for it.
    let bytes = structure(REQUEST, &[head(), item(0x0042_0140, BYTES, b"CSR")]);
    assert!(decode::<CertifyRequest<'_>>(&bytes, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).is_err());
}

/// KMIP 1.4, table 188; KMIP 2.1, table 300.
#[test]
fn re_certify() {
    let mut asked = ReCertify::pkcs10("old", b"CSR");
    asked.offset = Some(Interval(60));
    let (kind, offset) = (number(0x0042_0019, ENUMERATION, 2), number(0x0042_0058, INTERVAL, 60));
    let bytes = [text(UNIQUE_IDENTIFIER, "old"), kind.clone(), item(0x0042_0018, BYTES, b"CSR"), offset.clone()];
    request(&asked, V1_4, &structure(REQUEST, &bytes));
    asked.certificate_request_unique_identifier = Some("request".into());
    assert!(encode(&asked, Tag::REQUEST_PAYLOAD, V1_4).is_err());
    let bytes =
        [text(UNIQUE_IDENTIFIER, "old"), text(0x0042_0139, "request"), kind, item(0x0042_0140, BYTES, b"CSR"), offset];
    request(&asked, V2_1, &structure(REQUEST, &bytes));
}

/// KMIP 1.4, tables 178 and 179; KMIP 2.1, tables 310 and 311.
#[test]
fn re_key_key_pair() {
    let mut asked = ReKeyKeyPair::id("private").active_after(60);
    asked.public_key_attributes = Some([AttributeValue::Comment("new")].into_iter().collect());
    let head = || [text(0x0042_0066, "private"), number(0x0042_0058, INTERVAL, 60)].concat();
    let old = structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, "Comment"), text(ATTRIBUTE_VALUE, "new")]);
    request(&asked, V1_4, &structure(REQUEST, &[head(), structure(0x0042_006E, &[old])]));
    let new = structure(0x0042_0128, &[text(0x0042_00FD, "new")]);
    request(&asked, V2_1, &structure(REQUEST, &[head(), new]));
    let made = ReKeyKeyPairResponse::new("new private", "new public");
    let bytes = structure(RESPONSE, &[text(0x0042_0066, "new private"), text(0x0042_006F, "new public")]);
    response(&made, V1_4, &bytes);
    response(&made, V2_1, &bytes);
}

/// KMIP 1.4, table 255: a deleted attribute is an Attribute without a value. KMIP 2.1, table 344: it is an Attribute
/// Reference.
#[test]
fn notify() {
    let told = Notify::id("key", DateTime(7)).deleted(Tag::COMMENT);
    let old = [
        text(UNIQUE_IDENTIFIER, "key"),
        structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, "Last Change Date"), long(ATTRIBUTE_VALUE, DATE, 7)]),
        structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, "Comment")]),
    ];
    request(&told, V1_4, &structure(REQUEST, &old));
    let new = [
        text(UNIQUE_IDENTIFIER, "key"),
        structure(ATTRIBUTES, &[long(LAST_CHANGE_DATE, DATE, 7)]),
        number(ATTRIBUTE_REFERENCE, ENUMERATION, 0x0042_00FD),
    ];
    request(&told, V2_1, &structure(REQUEST, &new));
    // KMIP 1.x does not require that deleted ones come last.
    let mixed = Notify::id("key", DateTime(7)).deleted(Tag::COMMENT).changed(AttributeValue::Description("new"));
    let description = structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, "Description"), text(ATTRIBUTE_VALUE, "new")]);
    request(&mixed, V1_4, &structure(REQUEST, &[&old[..], &[description]].concat()));
    // An empty list of changed attributes is an error.
    let none = structure(REQUEST, &[text(UNIQUE_IDENTIFIER, "key"), structure(ATTRIBUTES, &[])]);
    assert!(decode::<NotifyRequest<'_>>(&none, Tag::REQUEST_PAYLOAD, V2_1, Rules::STRICT).is_err());
    response(&NotifyResponse::default(), V2_1, &structure(RESPONSE, &[]));
}

/// KMIP 1.4, table 256; KMIP 2.1, table 346.
#[test]
fn put() {
    let certificate = Certificate::new(CertificateType::X_509, b"DER");
    let sent = Put::replacement("new", "old", Object::Certificate(certificate))
        .attribute(AttributeValue::LeaseTime(Interval(60)));
    assert_eq!(sent.put_function, PutFunction::REPLACE);
    let head = || {
        let certificate = [number(0x0042_001D, ENUMERATION, 1), item(0x0042_001E, BYTES, b"DER")];
        let function = number(0x0042_0070, ENUMERATION, 2);
        let replaced = text(0x0042_0076, "old");
        [text(UNIQUE_IDENTIFIER, "new"), function, replaced, structure(0x0042_0013, &certificate)].concat()
    };
    let old = structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, "Lease Time"), number(ATTRIBUTE_VALUE, INTERVAL, 60)]);
    request(&sent, V1_4, &structure(REQUEST, &[head(), old]));
    let new = structure(ATTRIBUTES, &[number(0x0042_0049, INTERVAL, 60)]);
    request(&sent, V2_1, &structure(REQUEST, &[head(), new]));
    response(&PutResponse::default(), V1_4, &structure(RESPONSE, &[]));
}

/// KMIP 2.1, tables 183, 184, 232, 268, 269, 176 and 177.
#[test]
fn small_payloads() {
    let asked = Check::id("key").lease(60).usage_limits(9).usage(CryptographicUsageMask::ENCRYPT);
    let count = || long(0x0042_0096, LONG_INTEGER, 9);
    let bytes =
        [text(UNIQUE_IDENTIFIER, "key"), count(), number(0x0042_002C, INTEGER, 4), number(0x0042_0049, INTERVAL, 60)];
    request(&asked, V1_0, &structure(REQUEST, &bytes));
    let denied = CheckResponse::default().usage_limits_count(9);
    response(&denied, V2_1, &structure(RESPONSE, &[count()]));

    let bytes = structure(REQUEST, &[text(UNIQUE_IDENTIFIER, "key"), count()]);
    request(&GetUsageAllocation::bytes("key", 9), V1_0, &bytes);
    assert_eq!(GetUsageAllocation::objects("key", 9), GetUsageAllocation::units("key", 9));

    let lease = ObtainLeaseResponse::new("key", Interval(60), DateTime(7));
    let bytes = |ty| {
        let lease = number(0x0042_0049, ty, 60);
        structure(RESPONSE, &[text(UNIQUE_IDENTIFIER, "key"), lease, long(LAST_CHANGE_DATE, DATE, 7)])
    };
    response(&lease, V1_0, &bytes(INTERVAL));

    let value = item(0x0042_0006, BYTES, b"job");
    request(&Poll::correlation_value(b"job"), V1_0, &structure(REQUEST, std::slice::from_ref(&value)));
    request(&Cancel::correlation_value(b"job"), V1_0, &structure(REQUEST, std::slice::from_ref(&value)));
    let canceled = CancelResponse::new(b"job", CancellationResult::UNABLE_TO_CANCEL);
    response(&canceled, V1_0, &structure(RESPONSE, &[value, number(0x0042_0012, ENUMERATION, 2)]));
}

/// Cosmian sends Lease Time as Integer. Strict rules refuse that; a client reads it.
#[test]
fn a_lease_time_may_be_an_integer() {
    let bytes = |seconds| {
        let lease = number(0x0042_0049, INTEGER, seconds);
        structure(RESPONSE, &[text(UNIQUE_IDENTIFIER, "key"), lease, long(LAST_CHANGE_DATE, DATE, 7)])
    };
    let read = |bytes: &[u8], rules| {
        let lease = decode::<ObtainLeaseResponse<'_>>(bytes, Tag::RESPONSE_PAYLOAD, V2_1, rules);
        lease.map(|lease| lease.lease_time)
    };
    assert_eq!(read(&bytes(60), Rules::STRICT.integer_stand_ins()), Ok(Interval(60)));
    assert!(read(&bytes(60), Rules::STRICT).is_err());
    assert!(read(&bytes(u32::MAX), Rules::STRICT.integer_stand_ins()).is_err(), "-1 is no duration");
}

/// KMIP 2.1, 6.1.28: a structure in a Locate filter need not have all fields.
#[test]
fn locate_looks_for_parts_of_structures() {
    let asked = Locate::all()
        .link_type(LinkType::PARENT_LINK)
        .part(Tag::NAME, [(Tag::NAME_VALUE, Value::TextString("vm"))])
        .attribute(AttributeValue::CryptographicLength(256))
        .application_namespace("disks")
        .linked_to("other");
    let (link_type, length) = (number(0x0042_004B, ENUMERATION, 0x108), 256_u32);
    let (name, namespace) = (text(0x0042_0055, "vm"), text(0x0042_0003, "disks"));
    let other = text(0x0042_004C, "other");
    let named = |name, value: Vec<u8>| structure(ATTRIBUTE, &[text(ATTRIBUTE_NAME, name), value]);
    let old = structure(
        REQUEST,
        &[
            named("Link", structure(ATTRIBUTE_VALUE, std::slice::from_ref(&link_type))),
            named("Name", structure(ATTRIBUTE_VALUE, std::slice::from_ref(&name))),
            named("Cryptographic Length", number(ATTRIBUTE_VALUE, INTEGER, length)),
            named("Application Specific Information", structure(ATTRIBUTE_VALUE, std::slice::from_ref(&namespace))),
            named("Link", structure(ATTRIBUTE_VALUE, std::slice::from_ref(&other))),
        ],
    );
    let new = structure(
        ATTRIBUTES,
        &[
            structure(0x0042_004A, &[link_type]),
            structure(0x0042_0053, &[name]),
            number(0x0042_002A, INTEGER, length),
            structure(0x0042_0004, &[namespace]),
            structure(0x0042_004A, &[other]),
        ],
    );
    let new = structure(REQUEST, &[new]);
    for (version, bytes) in [(V1_0, &old), (V2_1, &new)] {
        assert_eq!(encode(&asked, Tag::REQUEST_PAYLOAD, version).as_ref(), Ok(bytes));
        let decoded: LocateRequest<'_> = decode(bytes, Tag::REQUEST_PAYLOAD, version, Rules::STRICT).expect("filters");
        // A namespace alone is a whole value, because its data is optional.
        assert_eq!(decoded.attributes.list.len(), 5);
        assert_eq!(encode(&decoded, Tag::REQUEST_PAYLOAD, version).as_ref(), Ok(bytes));
        is(&decoded, Tag::REQUEST_PAYLOAD, version, bytes);
    }
    // Lax rules give the same result as strict ones, although they could skip the field that makes it a part.
    let name = [text(0x0042_00FD, "?"), text(0x0042_0055, "vm"), number(0x0042_0054, ENUMERATION, 1)];
    let bytes = structure(REQUEST, &[structure(ATTRIBUTES, &[structure(0x0042_0053, &name)])]);
    let read = |rules| decode::<LocateRequest<'_>>(&bytes, Tag::REQUEST_PAYLOAD, V2_1, rules).expect("a part");
    assert_eq!(read(Rules::STRICT), read(Rules::STRICT.skip_unknown()));
    assert!(
        matches!(&read(Rules::STRICT).attributes.list[..], [AttributeFilter::Part(part)] if part.fields.len() == 3)
    );
    // Elsewhere an attribute must be whole; an incomplete one is preserved, but is not that attribute.
    let partial = structure(0x0042_013D, &[structure(0x0042_0053, &[text(0x0042_0055, "vm")])]);
    let bytes = structure(REQUEST, &[text(UNIQUE_IDENTIFIER, "key"), partial]);
    let set: SetAttributeRequest<'_> = decode(&bytes, Tag::REQUEST_PAYLOAD, V2_1, Rules::STRICT).expect("well formed");
    assert!(matches!(set.new_attribute.value, AttributeValue::Other(other) if other.name == Tag::NAME.into()));
    let whole = RevocationReason::new(RevocationReasonCode::SUPERSEDED);
    let asked = Locate::attribute(AttributeValue::RevocationReason(whole));
    let bytes = encode(&asked, Tag::REQUEST_PAYLOAD, V2_1).expect("2.1 has it");
    assert_eq!(decode::<LocateRequest<'_>>(&bytes, Tag::REQUEST_PAYLOAD, V2_1, Rules::STRICT), Ok(asked));
}
