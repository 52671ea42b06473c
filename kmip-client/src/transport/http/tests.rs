//! HTTP messages in any pieces, and invalid ones.

use proptest::prelude::*;

use super::pieces::read;
use super::*;

const LONGEST_BODY: usize = 1_000;
const LIMIT: BodyLimit = BodyLimit { bytes: LONGEST_BODY, is_text: false };

fn responses(bytes: &[u8]) -> Result<Vec<(Head, Vec<u8>)>, HttpError> {
    let whole = read(&mut MessageReader::of_responses(LIMIT), bytes, bytes.len().max(1));
    for piece in [1, 2, 3, 7, 16, 100] {
        let pieces = read(&mut MessageReader::of_responses(LIMIT), bytes, piece);
        assert_eq!(format!("{pieces:?}"), format!("{whole:?}"), "in pieces of {piece}");
    }
    whole
}

fn response(fields: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}").into_bytes()
}

fn fault(bytes: &[u8]) -> String {
    responses(bytes).unwrap_err().to_string()
}

#[test]
fn the_examples_of_the_specification() {
    // MSGENC-HTTPS-M-1-10, 3.1.1, byte for byte, including spaces after the number.
    let request = b"POST /kmip HTTP/1.0\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nConnection: keep-alive\r\n\
        Content-Type: application/octet-stream\r\nContent-Length: 8         \r\n\r\nBODYBODY";
    let messages = read(&mut MessageReader::of_requests(LIMIT), &request.repeat(2), 5).unwrap();
    let head = Head {
        start: Start::Request { method: "POST".into(), target: "/kmip".into() },
        length: head::Length::Sized(8),
        close: false,
        content_type: Some("application/octet-stream".into()),
    };
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0], (head, b"BODYBODY".to_vec()));

    let answer = response("Content-Type: application/octet-stream\r\nContent-Length: 4", "BODY");
    let [(head, body)] = &responses(&answer).unwrap()[..] else { panic!() };
    assert_eq!((head.close, &body[..]), (false, &b"BODY"[..]));
}

#[test]
fn writes_requests_that_the_server_side_reads() {
    let endpoint: Endpoint = "https://[::1]:9998/a/b?c".parse().unwrap();
    let sent = request(&endpoint, endpoint.path().unwrap(), MessageEncoding::Ttlv, b"FRAME").unwrap();
    let text = String::from_utf8(sent.to_vec()).unwrap();
    for line in [
        "POST /a/b?c HTTP/1.1\r\n",
        "\r\nHost: [::1]:9998\r\n",
        "\r\nContent-Type: application/octet-stream\r\n",
        "\r\nContent-Length: 5\r\n",
        "\r\nCache-Control: no-cache\r\n",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    let [(head, body)] = &read(&mut MessageReader::of_requests(LIMIT), &sent, 9).unwrap()[..] else { panic!() };
    assert_eq!(head.start, Start::Request { method: "POST".into(), target: "/a/b?c".into() });
    assert_eq!(body, b"FRAME");
    let usual: Endpoint = "https://kms.example".parse().unwrap();
    assert_eq!((authority(&usual).as_str(), usual.path()), ("kms.example", Some("/kmip")));
}

#[test]
fn chunks_of_any_size() {
    let chunked = "Transfer-Encoding: chunked";
    for (body, is) in [
        ("0\r\n\r\n", ""),
        ("4\r\nBODY\r\n0\r\n\r\n", "BODY"),
        ("1\r\nB\r\n2;name=value\r\nOD\r\n001\r\nY\r\n0\r\n\r\n", "BODY"),
        ("a\r\n0123456789\r\nA \r\n0123456789\r\n0\r\nDigest: none\r\nMore: fields\r\n\r\n", "01234567890123456789"),
    ] {
        let [(_, got)] = &responses(&response(chunked, body)).unwrap()[..] else { panic!("{body:?}") };
        assert_eq!(got, is.as_bytes());
    }
    // The next message begins where it ends.
    let two = [response(chunked, "1\r\nA\r\n0\r\n\r\n"), response("Content-Length: 1", "B")].concat();
    let bodies: Vec<_> = responses(&two).unwrap().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, [b"A", b"B"]);
    for broken in ["x\r\n", "4\r\nBODYX", "-1\r\n", "4 4\r\nBODY\r\n", "11111111111111111\r\n"] {
        assert!(fault(&response(chunked, broken)).contains("chunks"), "{broken:?}");
    }
}

#[test]
fn nothing_is_read_without_end() {
    // The body, with a stated length and without.
    assert!(
        fault(&response("Content-Length: 1001", "")).contains("the body of the HTTP message is over the limit of 1000")
    );
    assert!(fault(&response("Content-Length: 18446744073709551615", "")).contains("over the limit"));
    let chunks = "64\r\n".to_owned() + &"x".repeat(100) + "\r\n";
    assert!(fault(&response("Transfer-Encoding: chunked", &chunks.repeat(11))).contains("the body"));
    // The head, in fields and in length; before the response, too.
    assert!(fault(&response(&["A: b"; 65].join("\r\n"), "")).contains("fields"));
    assert!(fault(&response(&format!("A: {}", "b".repeat(LONGEST)), "")).contains("the head"));
    // The framing of chunks.
    let chunked = |body: &str| fault(&response("Transfer-Encoding: chunked", body));
    assert!(chunked(&format!("1;{}\r\nA", "x".repeat(300))).contains("chunks"));
    assert!(chunked(&format!("0\r\n{}", "A: b\r\n".repeat(10_000))).contains("chunks"));
    assert!(chunked(&format!("0\r\n{}", "x".repeat(300))).contains("chunks"));
    let extended = format!("1;{}\r\nA\r\n", "x".repeat(200));
    assert!(chunked(&extended.repeat(100)).contains("chunks"));
}

/// White space is insignificant in a text, and costs a server nothing to send.
#[test]
fn blanks_are_not_read_without_end() {
    const MEGABYTE: usize = 1 << 20;
    let text = BodyLimit { bytes: 64 * MEGABYTE, is_text: true };
    let sized = |body: &str| response(&format!("Content-Length: {}", body.len()), body);
    let chunked = |body: &str| {
        let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        response("Transfer-Encoding: chunked", &chunks)
    };
    for frame in [sized as fn(&str) -> Vec<u8>, chunked] {
        for blank in [" ", "\n", "\r\n", "\t"] {
            let mut incoming = MessageReader::of_responses(text);
            let bytes = frame(&blank.repeat(MEGABYTE));
            let taken = bytes.chunks(1000).take_while(|piece| read(&mut incoming, piece, 1000).is_ok()).count() * 1000;
            assert!((LONGEST - 1000..LONGEST + 2000).contains(&taken), "{blank:?}: {taken}");
        }
        // The maximum indentation.
        let indented = format!("{}\n{}", "<a>".repeat(100), "    bb\n".repeat(20_000));
        for piece in [1, 1000, MEGABYTE] {
            let mut incoming = MessageReader::of_responses(text);
            let messages = read(&mut incoming, &frame(&indented), piece).unwrap();
            assert_eq!(messages[0].1, indented.as_bytes());
        }
        // In binary these bytes are significant.
        let blanks = " ".repeat(MEGABYTE);
        let binary = BodyLimit { is_text: false, ..text };
        assert_eq!(read(&mut MessageReader::of_responses(binary), &frame(&blanks), 1000).unwrap().len(), 1);
    }
}

#[test]
fn skips_interim_responses_up_to_a_limit() {
    let interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n".to_vec();
    let answer = [interim, response("Content-Length: 4", "BODY")].concat();
    assert_eq!(responses(&answer).unwrap()[0].1, b"BODY");
    assert!(fault(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").contains("another protocol"));
    // The client does not wait for them without end.
    assert!(fault(&b"HTTP/1.1 102 Processing\r\n\r\n".repeat(100)).contains("interim"));
}

#[test]
fn lengths_that_contradict_each_other() {
    for (fields, says) in [
        ("Content-Length: 4\r\nTransfer-Encoding: chunked", "both"),
        ("Content-Length: 4\r\nContent-Length: 5", "two different"),
        ("Content-Length: 4, 4", "no number"),
        ("Content-Length: +4", "no number"),
        ("Content-Length: -4", "no number"),
        ("Content-Length: ", "no number"),
        ("Content-Length: 0x4", "no number"),
        ("Transfer-Encoding: gzip, chunked", "another than chunked"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "another than chunked"),
        ("Content-Encoding: gzip\r\nContent-Length: 4", "compressed"),
        ("Server: old", "no Content-Length"),
        ("Content-Length : 4", "well formed"),
    ] {
        assert!(fault(&response(fields, "BODY")).contains(says), "{fields:?}: {}", fault(&response(fields, "BODY")));
    }
    responses(&response("Content-Length: 4\r\ncontent-length: 4", "BODY")).unwrap();
}

#[test]
fn closes_as_the_version_and_the_connection_field_say() {
    let closes = |start: &str, fields: &str| {
        let answer = format!("{start} 200 OK\r\nContent-Length: 0\r\n{fields}\r\n").into_bytes();
        responses(&answer).unwrap()[0].0.close
    };
    assert!(!closes("HTTP/1.1", ""));
    assert!(!closes("HTTP/1.1", "Connection: keep-alive\r\n"));
    assert!(closes("HTTP/1.1", "Connection: Close\r\n"));
    assert!(closes("HTTP/1.1", "Connection: foo, close\r\n"));
    assert!(closes("HTTP/1.0", ""));
    assert!(!closes("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

#[test]
fn rejects_bytes_that_are_not_http() {
    for bytes in [
        &b"B\x00\x7b\x01\x00\x00\x00\x00"[..],
        b"220 mail.example ESMTP ready\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"\x15\x03\x01",
    ] {
        assert!(matches!(responses(bytes), Err(HttpError::NotHttp)), "{bytes:?}");
    }
}

#[test]
fn statuses_tell_what_to_do() {
    for (status, says, refused) in [
        (301, "redirects", false),
        (307, "redirects", false),
        (400, "HTTP request", true),
        (401, "client certificate", true),
        (403, "may need a right", true),
        (404, "/kmip is usual", true),
        (405, "no POST", true),
        (413, "larger", true),
        (415, "Config::encoding", true),
        (418, "200 is the only one", true),
        (500, "its log", false),
        (502, "gateway", false),
        (503, "overloaded", false),
        (204, "200 is the only one", false),
    ] {
        let fault = responses(format!("HTTP/1.1 {status} Reason\r\n\r\n").as_bytes()).unwrap_err();
        assert!(matches!(fault, HttpError::Status { status: told } if told == status));
        assert!(fault.to_string().contains(says), "{fault}");
        assert_eq!(fault.is_refusal(), refused, "{status}");
    }
}

#[test]
fn nothing_stays_behind() {
    let mut incoming = MessageReader::of_responses(LIMIT);
    read(&mut incoming, &response("Content-Length: 6", "SECRET"), 1_000).unwrap();
    assert!(incoming.arrived.iter().all(|byte| *byte == 0));
    assert!(incoming.is_empty());
}

/// One message, complete, and nothing else.
#[test]
fn bodies_of_each_encoding() {
    let frame = [0x42, 0x00, 0x7B, 0x01, 0, 0, 0, 0];
    let zeroizing = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
    for encoding in MessageEncoding::ALL {
        let body = encoding.write(&frame).unwrap();
        assert_eq!(encoding.read(body.clone(), 8).unwrap()[..], frame, "{encoding:?}");
        encoding.read(body.clone(), 7).unwrap_err();
        for wrong in [[&body[..], &body].concat(), body[..body.len() - 2].to_vec(), Vec::new(), vec![0xFF; 8]] {
            encoding.read(zeroizing(&wrong), LONGEST_BODY).unwrap_err();
        }
    }
}

/// Returns parts of responses, valid and invalid.
fn parts() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 500 \r\n\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: 1000\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "Content-Type: text/xml\r\n",
        "\r\n",
        "\r",
        "\n",
        "3\r\nabc\r\n",
        "3;a=b\r\nabc\r\n",
        "0\r\n",
        "0\r\n\r\n",
        "a: b\r\n",
        "ffffffffffffffff\r\n",
    ]);
    prop_oneof![8 => known.prop_map(|text| text.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

proptest! {
    /// The result does not depend on the pieces in which bytes arrive, whatever they are; and nothing panics.
    #[test]
    fn pieces_do_not_matter(parts in prop::collection::vec(parts(), 0..12), piece in 1..50_usize) {
        let bytes = parts.concat();
        let whole = read(&mut MessageReader::of_responses(LIMIT), &bytes, bytes.len().max(1));
        let pieces = read(&mut MessageReader::of_responses(LIMIT), &bytes, piece);
        prop_assert_eq!(format!("{:?}", whole), format!("{:?}", pieces));
        let whole = read(&mut MessageReader::of_requests(LIMIT), &bytes, bytes.len().max(1));
        let pieces = read(&mut MessageReader::of_requests(LIMIT), &bytes, piece);
        prop_assert_eq!(format!("{:?}", whole), format!("{:?}", pieces));
    }
}
