//! One connection: TLS, messages in, messages out.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use kmip_ttlv::frame_len;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use zeroize::Zeroizing;

use super::certificate;
use super::fault::{self, Fault};
use super::kms::Kms;

/// The longest request that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// How much is read at once, and how much room is made before any of it has arrived.
const CHUNK: usize = 16 * 1024;

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// Serves one client until it goes, or until a fault ends the connection. `pause` waits, unless the server stops.
pub(super) fn serve(tcp: TcpStream, tls: Arc<ServerConfig>, kms: &Kms, pause: impl Fn(Duration)) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let mut stream = StreamOwned::new(ServerConnection::new(tls).map_err(io::Error::other)?, tcp);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    let Some([certificate, ..]) = stream.conn.peer_certificates() else {
        return Err(io::Error::other("the handshake let a client without a certificate in"));
    };
    let client = certificate::identity(certificate);
    while serve_one(&mut stream, kms, &client, &pause)? {}
    Ok(())
}

/// Serves one request; tells whether the connection goes on.
fn serve_one(stream: &mut Stream, kms: &Kms, client: &str, pause: &impl Fn(Duration)) -> io::Result<bool> {
    let mut header = [0; 8];
    if !read_first(stream, &mut header)? {
        return Ok(false);
    }
    let fault = kms.next_fault();
    if fault == Some(Fault::CloseUnread) {
        return Ok(false);
    }
    let Ok(Some(length)) = frame_len(&header, LONGEST) else {
        // Where the next message starts is not known.
        stream.write_all(&kms.answer(&header, client))?;
        return close(stream);
    };
    let frame = read_rest(stream, &header, length)?;
    kms.count(&frame);
    let Some(fault) = fault else {
        stream.write_all(&kms.answer(&frame, client))?;
        return Ok(true);
    };
    match fault {
        Fault::CloseUnread => return Ok(false),
        Fault::CloseUnanswered => return close(stream),
        Fault::Garbage => stream.write_all(fault::GARBAGE)?,
        Fault::Oversized => stream.write_all(&fault::OVERSIZED)?,
        Fault::OtherVersion => stream.write_all(&fault::refusal_in_1_0())?,
        Fault::Reply(bytes) => stream.write_all(&bytes)?,
        done => return spoil(stream, &kms.answer(&frame, client), &done, pause),
    }
    Ok(true)
}

/// Answers what was done, but not as it should be.
fn spoil(stream: &mut Stream, reply: &[u8], fault: &Fault, pause: &impl Fn(Duration)) -> io::Result<bool> {
    match fault {
        Fault::LoseReply => return Ok(false),
        Fault::HalfReply => {
            stream.write_all(&reply[..reply.len() / 2])?;
            return Ok(false);
        }
        Fault::Delay(by) => {
            pause(*by);
            stream.write_all(reply)?;
        }
        Fault::MissingItem => stream.write_all(&fault::with_missing_item(reply).unwrap_or_default())?,
        Fault::OtherOperation => stream.write_all(&fault::with_other_operation(reply).unwrap_or_default())?,
        _ => {
            stream.write_all(reply)?;
            return close(stream);
        }
    }
    Ok(true)
}

/// Ends the connection as TLS wants it.
fn close(stream: &mut Stream) -> io::Result<bool> {
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(false)
}

/// Reads the first bytes of a message; tells whether there is one.
fn read_first(stream: &mut Stream, header: &mut [u8; 8]) -> io::Result<bool> {
    let mut filled = 0;
    while filled < header.len() {
        match stream.read(&mut header[filled..])? {
            0 if filled == 0 => return Ok(false),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
        // What cannot become a message is answered at once, not waited for.
        if frame_len(&header[..filled], LONGEST).is_err() {
            break;
        }
    }
    Ok(true)
}

/// Reads the rest of a message of this length. Room is made as bytes arrive, and what was too small is wiped.
fn read_rest(stream: &mut Stream, header: &[u8; 8], length: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut frame = Zeroizing::new(Vec::with_capacity(length.min(CHUNK)));
    frame.extend_from_slice(header);
    let mut chunk = Zeroizing::new([0; CHUNK]);
    while frame.len() < length {
        let wanted = CHUNK.min(length - frame.len());
        let read = match stream.read(&mut chunk[..wanted])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        if frame.len() + read > frame.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(length.min(2 * frame.capacity() + read)));
            larger.extend_from_slice(&frame);
            frame = larger;
        }
        frame.extend_from_slice(&chunk[..read]);
    }
    Ok(frame)
}
