//! The network by way of tokio.

use std::future::{Future, poll_fn};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep_until, timeout_at};

use crate::config::Endpoint;
use crate::transport::network::{Io, Stream};

/// The network, for tasks.
pub(super) struct Tokio;

impl Io for Tokio {
    type Stream = Socket;

    async fn addresses(&self, endpoint: &Endpoint, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
        let found = timeout_at(deadline.into(), lookup_host((endpoint.host(), endpoint.port()))).await;
        found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map(Iterator::collect)
    }

    async fn connect(&self, address: SocketAddr, deadline: Instant) -> io::Result<Socket> {
        let mut alarm = Box::pin(sleep_until(deadline.into()));
        let tcp = until(&mut alarm, deadline, TcpStream::connect(address)).await?;
        tcp.set_nodelay(true).map(|()| Socket { tcp, alarm })
    }

    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(task));
        }
    }

    async fn until<F>(&self, deadline: Instant, what: F) -> Option<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        timeout_at(deadline.into(), what).await.ok()
    }
}

/// A connection, and the timer of all that is waited for on it: putting one off is cheap, a new one for each wait is not.
pub(super) struct Socket {
    tcp: TcpStream,
    alarm: Pin<Box<Sleep>>,
}

impl Stream for Socket {
    async fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        until(&mut self.alarm, deadline, self.tcp.read(buffer)).await
    }

    async fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> io::Result<()> {
        until(&mut self.alarm, deadline, self.tcp.write_all(bytes)).await
    }

    /// Asks the system. What tokio knows of a socket is as old as its last look at all of them, and a busy program looks seldom.
    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*SockRef::from(&self.tcp)).read(buffer)
    }

    fn write_now(&mut self, bytes: &[u8]) {
        let _ = self.tcp.try_write(bytes);
    }
}

async fn until<T>(
    alarm: &mut Pin<Box<Sleep>>,
    deadline: Instant,
    io: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    let mut io = pin!(io);
    poll_fn(|context| match io.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(done),
        Poll::Pending => {
            if alarm.deadline() != deadline.into() {
                alarm.as_mut().reset(deadline.into());
            }
            alarm.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
        }
    })
    .await
}
