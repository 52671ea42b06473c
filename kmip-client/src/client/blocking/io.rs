//! The network of the standard library.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::wait::wait;
use crate::config::Endpoint;
use crate::transport::network::{Io, Socket};
use crate::transport::resolve::Resolver;
use crate::transport::thread::spawn;

/// The network of the blocking client.
#[derive(Default)]
pub(super) struct Std {
    resolver: Resolver,
}

impl Io for Std {
    type Socket = Tcp;

    async fn addresses(&self, endpoint: &Endpoint, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
        self.until(deadline, self.resolver.addresses(endpoint)).await?
    }

    async fn connect(&self, address: SocketAddr, deadline: Instant) -> io::Result<Tcp> {
        let tcp = TcpStream::connect_timeout(&address, left(deadline)?)?;
        tcp.set_nodelay(true)?;
        Ok(Tcp { tcp, reading: Duration::ZERO, writing: Duration::ZERO })
    }

    /// Runs the task on a thread of its own, so that the caller does not wait.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        let _ = spawn("KMIP background", Box::new(move || wait(task)));
    }

    /// Parks the thread while waiting, so that it never pends.
    async fn until<F: Future>(&self, deadline: Instant, future: F) -> io::Result<F::Output> {
        let waker = Waker::from(Arc::new(Parked(thread::current())));
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => return Ok(output),
                Poll::Pending => thread::park_timeout(left(deadline)?),
            }
        }
    }
}

/// A parked thread.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A connection, and the timeouts that the system has for it.
pub(super) struct Tcp {
    tcp: TcpStream,
    /// The read timeout that the system has; zero if none was set.
    reading: Duration,
    writing: Duration,
}

impl Socket for Tcp {
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

/// Returns the timeout to set, or `None` if the current one can stay. It ends before the deadline, so that it can stay
/// for the next calls too: setting it costs a system call, while waiting again after an early end costs next to
/// nothing.
fn other_limit(limit: Duration, deadline: Instant) -> io::Result<Option<Duration>> {
    let left = left(deadline)?;
    Ok((limit > left || limit < left / 2).then(|| (left / 4 * 3).max(Duration::from_micros(1))))
}

/// Returns `true` if the call may be retried, unless the deadline has passed.
fn is_early(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Returns the time until the deadline. It is never zero, which the standard library refuses as a timeout.
fn left(deadline: Instant) -> io::Result<Duration> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_the_system_keeps_end_before_the_deadline_and_serve_several_calls() {
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let told = other_limit(Duration::ZERO, now + 40 * second).unwrap().unwrap();
        assert!((29 * second..=30 * second).contains(&told), "{told:?}");
        assert_eq!(other_limit(told, now + 50 * second).unwrap(), None);
        assert!(other_limit(told, now + 20 * second).unwrap().unwrap() <= 15 * second, "it would wait too long");
        assert!(other_limit(told, now + 90 * second).unwrap().is_some(), "it would end early again and again");
        assert_eq!(other_limit(told, now).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
