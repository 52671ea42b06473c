//! The network of tokio.
//!
//! tokio ties a socket and a timer to the runtime that created them: only that runtime wakes their tasks. A pooled
//! connection, or a call, may be polled by another. So each wait compares the polling runtime with that of the socket
//! and the timer, and moves them if they differ. That applies to idle connections, and to a call future that moves to
//! another runtime midway.

mod alarm;

use std::future::{Future, poll_fn};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use self::alarm::{Alarm, with_drivers};
use crate::config::Endpoint;
use crate::transport::network::{Io, Socket};
use crate::transport::resolve::Resolver;

/// The network of the async client.
#[derive(Default)]
pub(super) struct Tokio {
    resolver: Resolver,
}

impl Io for Tokio {
    type Socket = Tcp;

    async fn addresses(&self, endpoint: &Endpoint, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
        self.until(deadline, self.resolver.addresses(endpoint)).await?
    }

    async fn connect(&self, address: SocketAddr, deadline: Instant) -> io::Result<Tcp> {
        let mut alarm = Alarm::new(deadline)?;
        let mut connecting = Box::pin(TcpStream::connect(address));
        let tcp = poll_fn(|context| {
            if alarm.adopt(deadline)? {
                connecting = Box::pin(TcpStream::connect(address));
            }
            match with_drivers(|| connecting.as_mut().poll(context))? {
                Poll::Ready(done) => Poll::Ready(done),
                Poll::Pending => alarm.poll(context, deadline).map(Err),
            }
        });
        let tcp = tcp.await?;
        tcp.set_nodelay(true).map(|()| Tcp { tcp, alarm })
    }

    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(task));
        }
    }

    async fn until<F>(&self, deadline: Instant, future: F) -> io::Result<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        let mut alarm = Alarm::new(deadline)?;
        let mut future = pin!(future);
        poll_fn(|context| {
            alarm.adopt(deadline)?;
            match future.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Ok(done)),
                Poll::Pending => alarm.poll(context, deadline).map(Err),
            }
        })
        .await
    }
}

/// A connection, and the timer of all its waits, because resetting a timer is cheaper than creating one.
pub(super) struct Tcp {
    tcp: TcpStream,
    /// Belongs to the same runtime as `tcp`.
    alarm: Alarm,
}

impl Tcp {
    /// Polls for I/O, and if that is pending for the deadline.
    fn poll_in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        deadline: Instant,
        io: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.prepare(deadline)?;
        match io(Pin::new(&mut self.tcp), context) {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => self.alarm.poll(context, deadline).map(Err),
        }
    }
}

impl Socket for Tcp {
    fn prepare(&mut self, deadline: Instant) -> io::Result<()> {
        if self.alarm.adopt(deadline)? {
            // The same connection under another descriptor. The old one leaves its runtime when dropped, even if that
            // is idle or gone.
            let duplicate = SockRef::from(&self.tcp).try_clone()?;
            self.tcp = with_drivers(|| TcpStream::from_std(duplicate.into()))??;
        }
        Ok(())
    }

    async fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        poll_fn(|context| {
            self.poll_in_time(context, deadline, |tcp, context| {
                let mut into = ReadBuf::new(buffer);
                ready!(tcp.poll_read(context, &mut into))?;
                Poll::Ready(Ok(into.filled().len()))
            })
        })
        .await
    }

    async fn write_all(&mut self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            let written =
                poll_fn(|context| self.poll_in_time(context, deadline, |tcp, context| tcp.poll_write(context, bytes)));
            match written.await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => bytes = &bytes[written..],
            }
        }
        Ok(())
    }

    /// Asks the system. tokio's knowledge of a socket is as old as its last poll of all sockets, which a busy program
    /// makes rarely.
    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*SockRef::from(&self.tcp)).read(buffer)
    }

    /// Asks the system, whatever runtime the socket belongs to, because tokio has made it non-blocking.
    fn write_now(&mut self, bytes: &[u8]) {
        let _ = (&*SockRef::from(&self.tcp)).write(bytes);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
