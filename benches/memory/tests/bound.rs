//! The heap that a client uses for a response is bounded by the bytes of the response, whatever its shape, encoding and
//! transport. Measured end to end, and printed with `--nocapture`: one thread is counted, which runs the client, TLS
//! and the decoding; the server has threads of its own.
#![allow(clippy::unwrap_used)]

#[path = "../../../kmip-client/tests/bytes/mod.rs"]
mod by_hand;

use std::hint::black_box;

use by_hand::{enumeration, item, structure};
use kmip_client::{
    Client, Config, MessageEncoding, blocking,
    protocol::operation::{GetAttributes, Locate, Query},
    test_server::{Fault, TestServer},
};
use kmip_ttlv::{MAX_AMPLIFICATION, ProtocolVersion, V1_4, V2_1, enumeration::QueryFunction, json, xml};

/// The approximate size of a response in bytes.
const SIZE: usize = 1 << 18;

/// The heap of a call that depends neither on the request nor on the length of the response: TLS buffers, errors.
const FIXED: u64 = 64 << 10;

fn integer(tag: u32, value: u32) -> Vec<u8> {
    item(tag, 2, &value.to_be_bytes())
}

/// Returns a response with these bytes after its header.
fn response(version: ProtocolVersion, count: usize, items: Vec<u8>) -> Vec<u8> {
    let [major, minor] = [version.major(), version.minor()].map(u32::from);
    let header = [
        structure(0x42_0069, &[integer(0x42_006A, major), integer(0x42_006B, minor)]),
        item(0x42_0092, 9, &1_600_000_000_u64.to_be_bytes()),
        integer(0x42_000D, u32::try_from(count).unwrap()),
    ];
    structure(0x42_007B, &[structure(0x42_007A, &header), items])
}

/// Returns a success with this payload.
fn success(version: ProtocolVersion, operation: u32, payload: Vec<u8>) -> Vec<u8> {
    let items = [enumeration(0x42_005C, operation), enumeration(0x42_007F, 0), item(0x42_007C, 1, &payload)];
    response(version, 1, structure(0x42_000F, &items))
}

/// Repeats these bytes up to the size.
fn many(unit: &[u8]) -> Vec<u8> {
    unit.repeat(SIZE / unit.len())
}

const LOCATE: u32 = 8;
const GET_ATTRIBUTES: u32 = 0x0B;
const QUERY: u32 = 0x18;

/// The request, and the kind of value that receives the response.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Locate,
    GetAttributes,
    Query,
}

/// Returns messages that use much memory for their length: short items that represent large values.
fn shapes() -> Vec<(String, Asked, ProtocolVersion, Vec<u8>)> {
    let identifier = item(0x42_0094, 7, b"a");
    let attributes = |version, items: Vec<u8>| success(version, GET_ATTRIBUTES, [identifier.clone(), items].concat());
    let mut shapes = vec![
        ("empty identifiers", Asked::Locate, V1_4, success(V1_4, LOCATE, many(&item(0x42_0094, 7, b"")))),
        ("empty attributes", Asked::GetAttributes, V1_4, attributes(V1_4, many(&structure(0x42_0008, &[])))),
        (
            "attributes without a name",
            Asked::GetAttributes,
            V1_4,
            attributes(V1_4, many(&structure(0x42_0008, &[item(0x42_000A, 7, b""), structure(0x42_000B, &[])]))),
        ),
        ("operations", Asked::Query, V1_4, success(V1_4, QUERY, many(&enumeration(0x42_005C, 1)))),
        ("vendor texts", Asked::Query, V1_4, success(V1_4, QUERY, many(&item(0x42_009D, 7, b"")))),
        ("extensions", Asked::Query, V1_4, success(V1_4, QUERY, many(&structure(0x42_00A4, &[])))),
    ]
    .into_iter()
    .map(|(name, asked, version, message)| (name.to_owned(), asked, version, message))
    .collect::<Vec<_>>();
    // Validation, capability, RNG, profile and other structures that a Query lists, and attributes of KMIP 2.1, all
    // empty.
    for tag in [0x42_00D9, 0x42_00DF, 0x42_00EB, 0x42_00F7, 0x42_0118] {
        let message = success(V2_1, QUERY, many(&structure(tag, &[])));
        shapes.push((format!("structures {tag:06X}"), Asked::Query, V2_1, message));
    }
    for tag in [0x42_0053, 0x42_002B, 0x42_0036, 0x42_003B, 0x42_0028, 0x42_0034, 0x42_0095, 0x42_0091] {
        for kind in [1, 7] {
            let list = item(0x42_0125, 1, &many(&item(tag, kind, b"")));
            shapes.push((format!("attributes {tag:06X}, {kind}"), Asked::GetAttributes, V2_1, attributes(V2_1, list)));
        }
    }
    shapes
}

/// Returns documents that are not messages, and take time and memory to refuse.
fn documents() -> [Vec<(&'static str, String)>; 2] {
    let response = |content: String| format!("<ResponseMessage>{content}</ResponseMessage>");
    // The shortest names, of which each element stands for the longest value.
    let attributes = |element: &str| {
        let version = "<ProtocolVersion><ProtocolVersionMajor type=\"Integer\" value=\"2\"/>\
                       <ProtocolVersionMinor type=\"Integer\" value=\"1\"/></ProtocolVersion>";
        response(format!(
            "<ResponseHeader>{version}<TimeStamp type=\"DateTime\" value=\"2020-01-01T00:00:00Z\"/>\
             <BatchCount type=\"Integer\" value=\"1\"/></ResponseHeader><BatchItem>\
             <Operation type=\"Enumeration\" value=\"GetAttributes\"/>\
             <ResultStatus type=\"Enumeration\" value=\"Success\"/><ResponsePayload>\
             <UniqueIdentifier type=\"TextString\" value=\"a\"/><Attributes>{}</Attributes></ResponsePayload></BatchItem>",
            element.repeat(SIZE / element.len())
        ))
    };
    let xml = vec![
        ("deep", "<Attribute>".repeat(SIZE / 11)),
        ("empty structures", response("<BatchItem/>".repeat(SIZE / 12))),
        ("integers", response("<BatchCount type=\"Integer\" value=\"1\"/>".repeat(SIZE / 38))),
        ("attributes", response(format!("<BatchItem {}/>", "value=\"\" ".repeat(SIZE / 9)))),
        ("a long name", format!("<{}/>", "a".repeat(SIZE))),
        ("a long text", response(format!("<Name type=\"TextString\" value=\"{}\"/>", "a".repeat(SIZE)))),
        (
            "character references",
            response(format!("<Name type=\"TextString\" value=\"{}\"/>", "&#x41;".repeat(SIZE / 6))),
        ),
        ("comments", response("<!---->".repeat(SIZE / 7))),
        ("attributes of one letter", attributes("<D/>")),
        ("attributes of one letter, with blanks", attributes("<D  />  ")),
        ("attributes of three letters", attributes("<Key/>")),
    ];
    let json = vec![
        ("deep", "[".repeat(SIZE)),
        ("deep structures", "{\"tag\":\"Attribute\",\"value\":[".repeat(SIZE / 30)),
        ("empty structures", {
            let items = "{\"tag\":\"BatchItem\",\"value\":[]},".repeat(SIZE / 32);
            format!("{{\"tag\":\"ResponseMessage\",\"value\":[{items}{{\"tag\":\"BatchItem\",\"value\":[]}}]}}")
        }),
        ("a long text", format!("{{\"tag\":\"Name\",\"type\":\"TextString\",\"value\":\"{}\"}}", "a".repeat(SIZE))),
        (
            "escapes",
            format!("{{\"tag\":\"Name\",\"type\":\"TextString\",\"value\":\"{}\"}}", "\\u0041".repeat(SIZE / 6)),
        ),
        ("a long number", format!("{{\"tag\":\"BatchCount\",\"type\":\"Integer\",\"value\":{}}}", "9".repeat(SIZE))),
        ("a long key", format!("{{\"{}\":1}}", "k".repeat(SIZE))),
        ("blanks", " ".repeat(SIZE)),
    ];
    [xml, json]
}

/// Returns an HTTP response with this body.
fn in_http(encoding: MessageEncoding, body: &[u8]) -> Vec<u8> {
    let media_type = match encoding {
        MessageEncoding::Json => "application/json",
        MessageEncoding::Xml => "text/xml",
        _ => "application/octet-stream",
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Returns the peak heap of a thread for connecting a client and one call, which the server answers with these bytes.
fn peak(server: &TestServer, config: &Config, asked: Asked, is_async: bool, answer: Vec<u8>) -> u64 {
    server.fail(Fault::Reply(answer).always());
    let functions = Query::functions([QueryFunction::QUERY_OPERATIONS]);
    let locate = Locate::all();
    let attributes = GetAttributes::id("a");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The call may succeed or fail. On success the payload is decoded.
    let measured = allocation_counter::measure(|| {
        if is_async {
            runtime.block_on(async {
                let client = Client::connect(config).await.unwrap();
                match asked {
                    Asked::Locate => {
                        drop(
                            client.call(&locate).await.map(|reply| black_box(reply.payload().unique_identifiers.len())),
                        );
                    }
                    Asked::GetAttributes => {
                        drop(client.call(&attributes).await.map(|reply| drop(black_box(reply.payload()))));
                    }
                    Asked::Query => drop(client.call(&functions).await.map(|reply| drop(black_box(reply.payload())))),
                }
            })
        } else {
            let client = blocking::Client::connect(config).unwrap();
            match asked {
                Asked::Locate => {
                    drop(client.call(&locate).map(|reply| black_box(reply.payload().unique_identifiers.len())))
                }
                Asked::GetAttributes => drop(client.call(&attributes).map(|reply| drop(black_box(reply.payload())))),
                Asked::Query => drop(client.call(&functions).map(|reply| drop(black_box(reply.payload())))),
            }
        }
    });
    server.heal();
    measured.bytes_max
}

/// Measures one shape with both clients, relative to a response of two bytes, which accounts for the request and the
/// connection. Returns the heap used by the response.
fn assert_bounded(server: &TestServer, config: &Config, asked: Asked, what: &str, answer: &[u8]) -> u64 {
    let mut most_taken = 0;
    for is_async in [false, true] {
        let without = peak(server, config, asked, is_async, b"??".to_vec());
        let with = peak(server, config, asked, is_async, answer.to_vec());
        let taken = with.saturating_sub(without);
        let most = (MAX_AMPLIFICATION * answer.len()) as u64 + FIXED;
        most_taken = most_taken.max(taken);
        assert!(taken <= most, "{what}, async: {is_async}: {taken} bytes of heap for a response of {}", answer.len());
    }
    most_taken
}

#[test]
fn over_tls() {
    let server = TestServer::start();
    for (name, asked, version, message) in shapes() {
        let config = server.config().version(version).batch_item_ids(false);
        let taken = assert_bounded(&server, &config, asked, &name, &message);
        println!("{name}: {:.1} x", taken as f64 / message.len() as f64);
        // At least the response itself is counted.
        assert!(taken >= message.len() as u64, "{name}: {taken}");
    }
}

#[test]
fn over_https() {
    let server = TestServer::builder().https().start();
    for (name, asked, version, message) in shapes() {
        for encoding in [MessageEncoding::Ttlv, MessageEncoding::Xml, MessageEncoding::Json] {
            let body = match encoding {
                MessageEncoding::Xml => xml::to_xml(&message).unwrap().into_bytes(),
                MessageEncoding::Json => json::to_compact_json(&message).unwrap().into_bytes(),
                _ => message.clone(),
            };
            let config = server.config().version(version).batch_item_ids(false).encoding(encoding);
            let what = format!("{name}, {encoding:?}");
            let taken = assert_bounded(&server, &config, asked, &what, &in_http(encoding, &body));
            println!("{what}: {:.1} x", taken as f64 / body.len() as f64);
        }
    }
}

#[test]
fn documents_over_https() {
    let server = TestServer::builder().https().start();
    for (encoding, documents) in [MessageEncoding::Xml, MessageEncoding::Json].into_iter().zip(documents()) {
        for (name, document) in documents {
            let what = format!("{name}, {encoding:?}");
            let (asked, version) = match name.starts_with("attributes of") {
                true => (Asked::GetAttributes, V2_1),
                false => (Asked::Locate, V1_4),
            };
            let config = server.config().version(version).batch_item_ids(false).encoding(encoding);
            let taken = assert_bounded(&server, &config, asked, &what, &in_http(encoding, document.as_bytes()));
            println!("{what}: {:.1} x", taken as f64 / document.len() as f64);
        }
    }
}
