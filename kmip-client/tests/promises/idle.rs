//! Idle connections.

use std::future::Future as _;
use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use kmip_client::Error;
use kmip_client::protocol::operation::{Create, Hash};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::{Stream, blocking};
use kmip_ttlv::enumeration::OperationCode;

use crate::evil::{Echo, Evil, TRANSPORTS, created, serve as serve_on};
use crate::{attack, call, limits, run};

/// close_notify arrives in one packet with the response, and TCP stays open.
#[test]
fn a_connection_whose_server_has_said_goodbye_is_not_used_again() {
    let serve = |mut evil: Evil, connection| {
        if let Some(request) = evil.request() {
            evil.answer_and_close(&created(&request, Echo::Id, &format!("new-{connection}")));
            // Later requests are never answered.
            thread::sleep(Duration::from_secs(20));
        }
    };
    attack(serve, async |what, client| {
        for number in 0..4 {
            let reply = call!(client, &Create::aes(256)).unwrap_or_else(|error| panic!("{}: {error:?}", what()));
            assert_eq!(reply.payload().unique_identifier, format!("new-{number}").as_str().into());
        }
    });
}

/// A server that never stops sending: a response of 16 MB, one byte per TLS record.
#[test]
fn a_flood_ends_with_the_call() {
    let serve = |mut evil: Evil, _| {
        let Some(request) = evil.request() else { return };
        let framed = evil.framed(&created(&request, Echo::Id, "new"));
        let begin = if framed.starts_with(b"HTTP") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n".to_vec()
        } else {
            [&framed[..4], &[0, 0xF0, 0, 0]].concat()
        };
        let begin = evil.sealed(&begin);
        evil.tcp.write_all(&begin).unwrap();
        loop {
            let records: Vec<u8> = (0..1000).flat_map(|_| evil.sealed(&[0])).collect();
            if evil.tcp.write_all(&records).is_err() {
                return;
            }
        }
    };
    for transport in TRANSPORTS {
        for is_async in [false, true] {
            let config = limits(serve_on(transport, serve)).attempt_timeout(Duration::from_millis(700));
            run(&config, is_async, async |client| {
                let start = Instant::now();
                let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{transport:?}, {is_async}: {error:?}");
                assert!(error.is_timeout(), "{transport:?}, {is_async}: {error:?}");
                assert!(start.elapsed() < Duration::from_secs(8), "{transport:?}, {is_async}: {:?}", start.elapsed());
            });
        }
    }
}

/// Dropping a stream ends its operation on the server in the background.
#[test]
fn dropping_a_stream_never_waits() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    kms.run(async |kms| {
        let mut stream = Stream::with_part_size(&kms, Hash::sha256(b""), 16);
        stream.push(&[7; 40]).await.unwrap();
        server.fail(Fault::Stall.on(OperationCode::HASH));
        let start = Instant::now();
        drop(stream);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    });
    // The server does receive it.
    while server.requests()[&OperationCode::HASH] < 3 {
        thread::sleep(Duration::from_millis(10));
    }
}

/// If nothing can drive the connection, nothing is sent, and the error reports it.
#[test]
fn a_call_outside_of_a_runtime_is_not_sent() {
    let server = TestServer::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let kms = runtime.block_on(kmip_client::Client::connect(&server.config())).unwrap();
    let request = Create::aes(256);
    let mut call = std::pin::pin!(kms.call(&request));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(error) = call.as_mut().poll(&mut context) else { panic!("it pends") };
    let error = error.map(drop).unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(!server.requests().contains_key(&OperationCode::CREATE));
}
