//! The network by way of the standard library.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::wait;
use crate::config::Endpoint;
use crate::engine::{Io, Stream};

/// The network, for threads.
pub(super) struct Std;

impl Io for Std {
    type Stream = Socket;

    /// The time limit does not hold while the name is looked up: the standard library knows none there.
    async fn connect(&self, endpoint: &Endpoint, deadline: Instant) -> io::Result<Socket> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name of the host has no address");
        for address in (endpoint.host(), endpoint.port()).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(deadline)?) {
                Ok(tcp) => {
                    tcp.set_nodelay(true)?;
                    return Ok(Socket { tcp, reading: Duration::ZERO, writing: Duration::ZERO });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Here and now: there is nobody else to do it.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        wait(task);
    }

    /// Parks the thread, so that it never pends.
    async fn until<F: Future>(&self, deadline: Instant, what: F) -> Option<F::Output> {
        let waker = Waker::from(Arc::new(Parked(thread::current())));
        let mut what = pin!(what);
        loop {
            match what.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => return Some(output),
                Poll::Pending => thread::park_timeout(left(deadline).ok()?),
            }
        }
    }
}

/// A thread that waits.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A connection, and the time limits that the system keeps for it.
pub(super) struct Socket {
    tcp: TcpStream,
    /// How long a read may wait, as the system was told; zero where it was not.
    reading: Duration,
    writing: Duration,
}

impl Stream for Socket {
    async fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        loop {
            if let Some(limit) = other_limit(self.reading, deadline)? {
                self.tcp.set_read_timeout(Some(limit))?;
                self.reading = limit;
            }
            match self.tcp.read(buffer) {
                Err(error) if is_early(&error) => {}
                done => return done,
            }
        }
    }

    async fn write_all(&mut self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            if let Some(limit) = other_limit(self.writing, deadline)? {
                self.tcp.set_write_timeout(Some(limit))?;
                self.writing = limit;
            }
            match self.tcp.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if is_early(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.tcp.set_nonblocking(true)?;
        let read = self.tcp.read(buffer);
        self.tcp.set_nonblocking(false)?;
        read
    }

    fn write_now(&mut self, bytes: &[u8]) {
        if self.tcp.set_nonblocking(true).is_ok() {
            let _ = self.tcp.write(bytes);
        }
    }
}

/// The limit to tell the system in place of this one; none where it will do. It ends before the deadline, so that it does for the next calls
/// too: telling it costs a system call, and waiting again where it ends too early costs next to nothing.
fn other_limit(limit: Duration, deadline: Instant) -> io::Result<Option<Duration>> {
    let left = left(deadline)?;
    Ok((limit > left || limit < left / 2).then(|| (left / 4 * 3).max(Duration::from_micros(1))))
}

/// Whether to try again, unless the deadline has passed.
fn is_early(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// The time until the deadline: never zero, which the standard library would take for none.
fn left(deadline: Instant) -> io::Result<Duration> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}
