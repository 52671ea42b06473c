//! HTTP that is not what it seems: in the place of the answer to a Create, which must not be made twice.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kmip_client::protocol::operation::{Create, Locate};
use kmip_client::{Error, HttpError, MessageEncoding, TransportError};
use kmip_ttlv::enumeration::OperationCode;

use crate::evil::{Echo, Evil, Transport, created, item, operation, serve, success};
use crate::{call, limits, run};

const HTTPS: Transport = Transport::Https(MessageEncoding::Ttlv);

/// The framing of an answer: makes the bytes to send from the message.
type Around = fn(&[u8]) -> Vec<u8>;

fn with_head(head: &str, body: &[u8]) -> Vec<u8> {
    [head.as_bytes(), b"\r\n\r\n", body].concat()
}

/// An answer with these fields beside a Content-Length.
fn sized(before: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    with_head(&format!("{before}HTTP/1.1 200 OK\r\nContent-Length: {}{fields}", body.len()), body)
}

fn chunked(size: &str, body: &[u8], rest: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n");
    [head.as_bytes(), body, rest.as_bytes()].concat()
}

fn status(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nRetry-After: 1\r\nLocation: https://127.0.0.1:1/\r\n\r\n").into()
}

/// Answers that are one.
const GOOD: &[(&str, Around)] = &[
    ("sized", |body| sized("", "", body)),
    ("the same length twice", |body| sized("", &format!("\r\nContent-Length: {}", body.len()), body)),
    ("100", |body| sized("HTTP/1.1 100 Continue\r\n\r\n", "", body)),
    ("103", |body| sized("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "", body)),
    ("names in any case", |body| with_head(&format!("HTTP/1.1 200 fine\r\ncOnTeNt-LeNgTh:{}", body.len()), body)),
    ("HTTP/1.0", |body| with_head(&format!("HTTP/1.0 200 OK\r\nContent-Length: {}", body.len()), body)),
    ("chunks", |body| chunked(&format!("{:x};a=b", body.len()), body, "\r\n0\r\nX-Trailer: a\r\n\r\n")),
    ("one byte a chunk", |body| {
        let chunks = body.iter().flat_map(|byte| [b"1\r\n", &[*byte][..], b"\r\n"].concat());
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        head.iter().copied().chain(chunks).chain(*b"0\r\n\r\n").collect()
    }),
    // The answer holds; what comes behind it belongs to nobody.
    ("bytes behind", |body| [sized("", "", body), b"HTTP/1.1 408 x\r\nContent-Length: 0\r\n\r\n".to_vec()].concat()),
    ("a second answer", |body| sized("", "", body).repeat(2)),
];

/// Answers that are none and say nothing of the request.
const BAD: &[(&str, Around)] = &[
    ("a length and chunks", |body| sized("", "\r\nTransfer-Encoding: chunked", body)),
    ("chunks and a length", |body| {
        let fields = format!("\r\nContent-Length: {}", body.len());
        with_head(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked{fields}"), body)
    }),
    ("two lengths", |body| sized("", "\r\nContent-Length: 5", body)),
    ("a list of lengths", |body| with_head(&format!("HTTP/1.1 200 OK\r\nContent-Length: {0}, {0}", body.len()), body)),
    ("a negative length", |body| with_head("HTTP/1.1 200 OK\r\nContent-Length: -1", body)),
    ("a length with a sign", |body| with_head(&format!("HTTP/1.1 200 OK\r\nContent-Length: +{}", body.len()), body)),
    ("a length of 2^64", |body| with_head("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616", body)),
    ("a huge length", |body| with_head("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615", body)),
    ("no length", |body| with_head("HTTP/1.1 200 OK\r\nConnection: close", body)),
    ("a length that is too short", |body| {
        with_head(&format!("HTTP/1.1 200 OK\r\nContent-Length: {}", body.len() - 8), body)
    }),
    ("two messages", |body| sized("", "", &body.repeat(2))),
    ("an empty body", |_| sized("", "", b"")),
    ("gzip", |body| sized("", "\r\nContent-Encoding: gzip", body)),
    ("gzip in chunks", |body| with_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", body)),
    ("chunks of chunks", |body| {
        with_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", body)
    }),
    ("a chunk of 2^64", |body| chunked("10000000000000000", body, "\r\n0\r\n\r\n")),
    ("a chunk of 2^64 - 1", |body| chunked("ffffffffffffffff", body, "\r\n0\r\n\r\n")),
    ("a chunk without a size", |body| chunked("", body, "\r\n0\r\n\r\n")),
    ("a chunk that goes on", |body| chunked(&format!("{:x}", body.len() - 1), body, "\r\n0\r\n\r\n")),
    ("a long extension", |body| chunked(&format!("{:x};{}", body.len(), "a".repeat(400)), body, "\r\n0\r\n\r\n")),
    ("a long trailer", |body| {
        chunked(&format!("{:x}", body.len()), body, &format!("\r\n0\r\n{}", "a: b\r\n".repeat(9999)))
    }),
    ("many interim responses", |body| sized(&"HTTP/1.1 100 Continue\r\n\r\n".repeat(99), "", body)),
    ("an interim response with a body", |body| sized("HTTP/1.1 100 x\r\nContent-Length: 5\r\n\r\nhello", "", body)),
    ("another protocol", |body| sized("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", "", body)),
    ("HTTP/2", |_| b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\x10\0\0".to_vec()),
    ("KMIP without HTTP", <[u8]>::to_vec),
    ("a long head", |body| sized("", &format!("\r\nX: {}", "a".repeat(20_000)), body)),
    ("many fields", |body| sized("", &"\r\nX: a".repeat(100), body)),
    ("a folded field", |body| sized("", "\r\nX: a\r\n b", body)),
    ("a field with NUL", |body| sized("", "\r\nX: a\0b", body)),
    ("a name with a blank", |body| sized("", "\r\nX : a", body)),
    ("a login page", |_| sized("", "\r\nContent-Type: text/html", b"<html>Please log in</html>")),
    ("201", |_| status("201 Created")),
    ("204", |_| status("204 No Content")),
    ("206", |_| status("206 Partial Content")),
    ("301", |_| status("301 Moved Permanently")),
    ("307", |_| status("307 Temporary Redirect")),
    ("500", |_| status("500 Oops")),
    ("503", |_| status("503 Service Unavailable")),
    ("600", |_| status("600 What")),
    ("000", |_| status("000 What")),
];

/// Answers by which the request was surely not done.
const REFUSALS: &[(&str, Around)] = &[
    ("408", |_| status("408 Request Timeout")),
    ("425", |_| status("425 Too Early")),
    ("429", |_| status("429 Too Many Requests")),
];

/// Answers the first Create so, and everything else as it should be. Returns how the Create ended, and checks that it
/// was asked once.
fn create(around: Around, has_answered: bool, is_async: bool) -> Result<(), Error> {
    let creates = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&creates);
    let handle = move |mut evil: Evil, _| {
        while let Some(request) = evil.request() {
            let bytes = match OperationCode::from_value(operation(&request)) {
                OperationCode::CREATE => {
                    seen.fetch_add(1, Ordering::SeqCst);
                    around(&created(&request, Echo::Id, "new"))
                }
                _ => {
                    let found = success(&request, Echo::Id, &[item(0x42_0094, 7, b"found")]);
                    evil.framed(&found)
                }
            };
            let records = evil.sealed(&bytes);
            if evil.tcp.write_all(&records).is_err() {
                return;
            }
        }
    };
    let mut ended = Ok(());
    run(&limits(serve(HTTPS, handle)), is_async, async |client| {
        if has_answered {
            call!(client, &Locate::all()).unwrap();
        }
        ended = call!(client, &Create::aes(256)).map(drop);
        // The client is as good as before.
        call!(client, &Locate::all()).unwrap();
    });
    assert_eq!(creates.load(Ordering::SeqCst), 1, "the server has seen more than one Create");
    ended
}

fn each(answers: &[(&str, Around)], check: impl Fn(&str, bool, Result<(), Error>)) {
    for (what, around) in answers {
        for (has_answered, is_async) in [(false, false), (true, true), (true, false), (false, true)] {
            let told = format!("{what}, has answered: {has_answered}, async: {is_async}");
            check(&told, has_answered, create(*around, has_answered, is_async));
        }
    }
}

#[test]
fn answers_that_are_one() {
    each(GOOD, |what, _, ended| ended.unwrap_or_else(|error| panic!("{what}: {error:?}")));
}

#[test]
fn answers_that_are_none() {
    each(BAD, |what, _, ended| {
        let error = ended.map(drop).unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}: {error:?}");
    });
}

/// A server may send 408 unasked, which says nothing of a request that comes at that moment.
#[test]
fn statuses_that_refuse() {
    each(REFUSALS, |what, has_answered, ended| {
        let error = ended.map(drop).unwrap_err();
        let Some(TransportError::Http(HttpError::Status { status })) = error.transport_error() else {
            panic!("{what}: {error:?}")
        };
        match (*status, has_answered) {
            (408, true) => assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}: {error:?}"),
            _ => assert!(matches!(error, Error::Unreachable(_)), "{what}: {error:?}"),
        }
    });
}
