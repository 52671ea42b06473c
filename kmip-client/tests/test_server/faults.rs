//! Injected faults: what the client observes, and what was executed.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use kmip_client::protocol::message::{RequestBatchItem, RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Create, Locate, RequestPayload};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::{OperationCode as Code, ResultReason as Reason};
use kmip_ttlv::{Item, Rules, V1_0, V1_4, V2_1, frame_len};

use crate::wire::Wire;

/// Returns a server with a pending fault, and a connection to it.
fn failing(fault: Fault) -> (TestServer, Wire) {
    let server = TestServer::start();
    let wire = Wire::alice(&server, V1_4);
    server.fail_next(fault);
    (server, wire)
}

fn create() -> Vec<u8> {
    let item = RequestBatchItem::new(Code::CREATE, RequestPayload::Create(Create::aes(128)));
    RequestMessage::new(V1_4, vec![item]).encode_message().unwrap()
}

/// Returns the number of keys created, as seen by another connection, which works as usual.
fn made(server: &TestServer) -> usize {
    Wire::alice(server, V2_1).locate(&Locate::all()).len()
}

/// Returns `Ok` if the connection was closed in order.
fn end(wire: &mut Wire) -> Result<(), ErrorKind> {
    match wire.stream.read(&mut [0; 8]) {
        Ok(0) => Ok(()),
        Ok(_) => panic!("there is more"),
        Err(error) => Err(error.kind()),
    }
}

#[test]
fn the_connection_ends_before_the_request_is_read() {
    let (server, mut wire) = failing(Fault::CloseUnread);
    wire.stream.write_all(&create()).unwrap();
    let ended = end(&mut wire).unwrap_err();
    assert!(matches!(ended, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset), "{ended}");
    assert_eq!((made(&server), server.requests().get(&Code::CREATE)), (0, None));
}

#[test]
fn the_request_is_read_and_not_answered() {
    let (server, mut wire) = failing(Fault::CloseUnanswered);
    wire.stream.write_all(&create()).unwrap();
    assert_eq!(end(&mut wire), Ok(()));
    assert_eq!((made(&server), server.requests().get(&Code::CREATE)), (0, Some(&1)));
}

#[test]
fn the_reply_is_lost() {
    let (server, mut wire) = failing(Fault::LoseReply);
    wire.stream.write_all(&create()).unwrap();
    assert_eq!(end(&mut wire), Err(ErrorKind::UnexpectedEof));
    assert_eq!(made(&server), 1);
}

#[test]
fn half_the_reply_arrives() {
    let (server, mut wire) = failing(Fault::HalfReply);
    wire.stream.write_all(&create()).unwrap();
    let mut arrived = Vec::new();
    let error = wire.stream.read_to_end(&mut arrived).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(frame_len(&arrived, usize::MAX).unwrap().map(|length| length / 2), Some(arrived.len()));
    assert_eq!(made(&server), 1);
}

#[test]
fn the_reply_comes_late() {
    let (server, mut wire) = failing(Fault::Delay(Duration::from_millis(300)));
    let started = Instant::now();
    wire.exchange(&create());
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(made(&server), 1);

    // A server that stops does not wait for the delay.
    server.fail_next(Fault::Delay(Duration::from_secs(600)));
    wire.stream.write_all(&create()).unwrap();
    while server.requests()[&Code::CREATE] < 2 {
        std::thread::yield_now();
    }
    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
fn the_reply_is_no_kmip() {
    let (server, mut wire) = failing(Fault::Garbage);
    wire.stream.write_all(&create()).unwrap();
    let mut arrived = [0; 8];
    wire.stream.read_exact(&mut arrived).unwrap();
    assert!(frame_len(&arrived, usize::MAX).is_err());
    assert_eq!(made(&server), 0);
}

#[test]
fn the_reply_announces_too_much() {
    let (server, mut wire) = failing(Fault::Oversized);
    wire.stream.write_all(&create()).unwrap();
    let mut arrived = [0; 8];
    wire.stream.read_exact(&mut arrived).unwrap();
    assert_eq!(frame_len(&arrived, usize::MAX).unwrap(), Some(0x8000_0000));
    assert_eq!(made(&server), 0);
}

#[test]
fn the_reply_has_fewer_items_than_it_says() {
    let (server, mut wire) = failing(Fault::MissingItem);
    let frame = wire.exchange(&create());
    let (response, _) = ResponseMessage::<Item<'_>>::decode_message_as(&frame, Rules::STRICT).unwrap();
    assert_eq!((response.header.batch_count, response.batch_items.len()), (Some(2), 1));
    assert_eq!(made(&server), 1);
}

#[test]
fn the_reply_is_to_another_operation() {
    let (server, mut wire) = failing(Fault::OtherOperation);
    let frame = wire.exchange(&create());
    let (response, _) = ResponseMessage::<Item<'_>>::decode_message_as(&frame, Rules::STRICT).unwrap();
    assert_eq!(response.batch_items[0].operation, Some(Code::GET));
    assert_eq!(made(&server), 1);
}

#[test]
fn the_reply_is_in_another_version() {
    let (server, mut wire) = failing(Fault::OtherVersion);
    let frame = wire.exchange(&create());
    let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(response.header.protocol_version, V1_0);
    assert_eq!(response.batch_items[0].result_reason, Some(Reason::INVALID_MESSAGE));
    assert_eq!(response.batch_items[0].operation, None);
    // The connection can still be used.
    wire.exchange(&create());
    assert_eq!(made(&server), 1);
}

#[test]
fn the_connection_is_closed_after_the_reply() {
    let (server, mut wire) = failing(Fault::CloseAfterReply);
    let frame = wire.exchange(&create());
    ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(end(&mut wire), Ok(()));
    assert_eq!(made(&server), 1);
}

#[test]
fn the_reply_is_what_the_test_says() {
    let (server, mut wire) = failing(Fault::Reply(b"12345678".to_vec()));
    wire.stream.write_all(&create()).unwrap();
    let mut arrived = [0; 8];
    wire.stream.read_exact(&mut arrived).unwrap();
    assert_eq!(&arrived, b"12345678");
    assert_eq!(made(&server), 0);
}

#[test]
fn faults_wait_for_their_turn() {
    let (server, mut wire) = failing(Fault::OtherVersion);
    server.fail_next(Fault::MissingItem);
    server.fail_next(Fault::CloseUnanswered);
    for _ in 0..2 {
        wire.exchange(&create());
    }
    wire.stream.write_all(&create()).unwrap();
    assert_eq!(end(&mut wire), Ok(()));
    assert_eq!(made(&server), 1);
    assert_eq!(server.requests(), [(Code::CREATE, 3), (Code::LOCATE, 1)].into_iter().collect());
    assert_eq!(server.connections(), 2);
    assert_eq!(format!("{:?}", Fault::Reply(vec![1, 2, 3])), "Reply(3 bytes)");
}
