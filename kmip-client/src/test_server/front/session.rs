//! One connection: TLS, requests, responses.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use zeroize::Zeroizing;

use crate::test_server::authority::certificate;
use crate::test_server::front::conversation::{Conversation, Received, Wrapping};
use crate::test_server::front::fault::{self, Fault};
use crate::test_server::front::kms::Kms;

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// The part of the server that a connection uses.
pub(in crate::test_server) trait Host {
    /// Sleeps until the time has passed or the server stops.
    fn pause(&self, time: Duration);

    /// Records the client of this connection.
    fn serves(&self, client: &str);
}

/// Serves one client until it disconnects, or until a fault ends the connection.
pub(in crate::test_server) fn serve(
    tcp: TcpStream,
    tls: Arc<ServerConfig>,
    https: bool,
    kms: &Kms,
    host: &impl Host,
) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let mut stream = StreamOwned::new(ServerConnection::new(tls).map_err(io::Error::other)?, tcp);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    let Some([certificate, ..]) = stream.conn.peer_certificates() else {
        return Err(io::Error::other("the handshake let a client without a certificate in"));
    };
    let client = certificate::identity(certificate);
    host.serves(&client);
    let mut first = [0];
    if stream.read(&mut first)? == 0 {
        return Ok(());
    }
    let mut conversation = Conversation::begun_with(first[0], https);
    while serve_one(&mut stream, &mut conversation, kms, &client, host)? {}
    Ok(())
}

/// Serves one request. Returns `false` if the connection ends.
fn serve_one(
    stream: &mut Stream,
    conversation: &mut Conversation,
    kms: &Kms,
    client: &str,
    host: &impl Host,
) -> io::Result<bool> {
    let (frame, wrapping) = match conversation.next(stream, || kms.closes_unread())? {
        Received::End => return Ok(false),
        Received::Message(frame, wrapping) => (frame, wrapping),
        Received::Unreadable(error) => {
            // The start of the next message is unknown.
            stream.write_all(&kms.refuse_unreadable(&error))?;
            return close(stream);
        }
        Received::Refused(refusal) => {
            stream.write_all(refusal.response().as_bytes())?;
            return if refusal.is_last() { close(stream) } else { Ok(true) };
        }
    };
    match kms.record_request(&frame) {
        Some(fault) => answer_with_fault(stream, &frame, wrapping, &fault, kms, client, host),
        None => {
            stream.write_all(&wrapping.around(&kms.answer(&frame, client)))?;
            if wrapping.is_last() { close(stream) } else { Ok(true) }
        }
    }
}

/// Answers with a fault. Returns `false` if the connection ends.
fn answer_with_fault(
    stream: &mut Stream,
    request: &[u8],
    wrapping: Wrapping,
    fault: &Fault,
    kms: &Kms,
    client: &str,
    host: &impl Host,
) -> io::Result<bool> {
    let done = || kms.answer(request, client);
    let changed =
        |change: fn(&[u8]) -> Option<Vec<u8>>| wrapping.around(&Zeroizing::new(change(&done()).unwrap_or_default()));
    match fault {
        Fault::CloseUnread => return Ok(false),
        Fault::CloseUnanswered => return close(stream),
        Fault::LoseReply => {
            done();
            return Ok(false);
        }
        Fault::HalfReply | Fault::Stall => {
            let reply = wrapping.around(&done());
            stream.write_all(&reply[..reply.len() / 2])?;
            if *fault == Fault::Stall {
                // Waits until the client disconnects, or the server stops.
                while stream.read(&mut [0; 64])? > 0 {}
            }
            return Ok(false);
        }
        Fault::Delay(by) => {
            let reply = wrapping.around(&done());
            host.pause(*by);
            stream.write_all(&reply)?;
        }
        Fault::Garbage => stream.write_all(fault::GARBAGE)?,
        Fault::Oversized => stream.write_all(&wrapping.oversized())?,
        Fault::MissingItem => stream.write_all(&changed(fault::with_missing_item))?,
        Fault::ExtraItem => stream.write_all(&changed(fault::with_extra_item))?,
        Fault::OtherOperation => stream.write_all(&changed(fault::with_other_operation))?,
        Fault::AnswerInOtherVersion => stream.write_all(&changed(fault::in_other_version))?,
        // The operations handle these.
        Fault::RawSignatures | Fault::LongestSalt | Fault::NoLinks | Fault::NoDigestedData => {
            stream.write_all(&wrapping.around(&done()))?;
        }
        Fault::OtherVersion => stream.write_all(&wrapping.around(&fault::refusal_in_1_0()))?,
        Fault::Refuse(reason) => {
            let reply = kms.refuse_all(request, *reason, "the test wants it so");
            stream.write_all(&wrapping.around(&reply))?;
        }
        Fault::RefuseWithMessage(reason, message) => {
            stream.write_all(&wrapping.around(&kms.refuse_all(request, *reason, message)))?;
        }
        Fault::HttpStatus(status) => match wrapping.status(*status) {
            Some(response) => stream.write_all(response.as_bytes())?,
            None => return close(stream),
        },
        Fault::Reply(bytes) => stream.write_all(bytes)?,
        Fault::CloseAfterReply => {
            stream.write_all(&wrapping.around(&done()))?;
            return close(stream);
        }
    }
    Ok(true)
}

/// Sends close_notify before the connection ends.
fn close(stream: &mut Stream) -> io::Result<bool> {
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(false)
}
