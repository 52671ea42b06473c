//! The client on a runtime other than tokio: smol.
//!
//! ```text
//! cargo run --example smol
//! ```
//!
//! The driver consists of `Smol` and `Tcp`. The client adds TLS, deadlines, the pool, retries and flows.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to people")]

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use kmip_client::flow::{self, FlowError};
use kmip_client::protocol::operation::{Create, Locate};
use kmip_client::test_server::TestServer;
use kmip_client::unversioned::transport::{Client, Io, Socket};
use kmip_client::{Endpoint, Kmip};
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::{Async, Timer, future, net};

/// The network, by smol.
struct Smol;

impl Io for Smol {
    type Socket = Tcp;

    async fn addresses(&self, endpoint: &Endpoint, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
        within(deadline, net::resolve((endpoint.host(), endpoint.port()))).await?
    }

    async fn connect(&self, address: SocketAddr, deadline: Instant) -> io::Result<Tcp> {
        let tcp = within(deadline, Async::<TcpStream>::connect(address)).await??;
        tcp.get_ref().set_nodelay(true)?;
        Ok(Tcp(tcp))
    }

    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        smol::spawn(task).detach();
    }

    async fn until<F: Future<Output: Send> + Send>(&self, deadline: Instant, what: F) -> io::Result<F::Output> {
        within(deadline, what).await
    }
}

/// Waits for a future until the deadline.
async fn within<F: Future>(deadline: Instant, what: F) -> io::Result<F::Output> {
    let done = async { Ok(what.await) };
    let late = async {
        Timer::at(deadline).await;
        Err(io::ErrorKind::TimedOut.into())
    };
    future::or(done, late).await
}

/// A connection, which smol has made non-blocking.
struct Tcp(Async<TcpStream>);

impl Socket for Tcp {
    async fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        within(deadline, self.0.read(buffer)).await?
    }

    async fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> io::Result<()> {
        within(deadline, self.0.write_all(bytes)).await?
    }

    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.get_ref().read(buffer)
    }

    fn write_now(&mut self, bytes: &[u8]) {
        let _ = self.0.get_ref().write(bytes);
    }
}

/// Creates a key, rotates it, and counts the keys, by many concurrent tasks over few connections.
async fn work(server: &TestServer) -> Result<(), FlowError> {
    let kms = Client::connect(Smol, &server.config()).await?;
    println!("connected to {} in KMIP {}", kms.endpoint(), kms.version());

    let id = flow::create_active(&kms, "vm-42", &Create::aes(256)).await?;
    let newer = flow::rotate(&kms, &id).await?;
    println!("{id} was replaced by {}", newer.id());

    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let kms = kms.with_timeout(Duration::from_secs(10));
            smol::spawn(async move { kms.call(&Create::aes(256)).await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    let mut found = 0;
    let mut pages = kms.locate_pages(Locate::all(), 10);
    while let Some(page) = pages.next().await {
        found += page?.payload().unique_identifiers.len();
    }
    println!("there are {found} keys now; {}", kms.counters());
    Ok(())
}

fn main() -> ExitCode {
    let server = TestServer::start();
    match smol::block_on(work(&server)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.report());
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use kmip_client::Error;
    use kmip_client::test_server::Fault;

    use super::*;

    #[test]
    fn the_example_runs() {
        smol::block_on(work(&TestServer::start())).unwrap();
    }

    #[test]
    fn a_server_that_is_late_or_gone_is_told_in_time() {
        let server = TestServer::start();
        smol::block_on(async {
            let kms = Client::connect(Smol, &server.config()).await.unwrap();
            server.fail_next(Fault::Delay(Duration::from_secs(30)));
            let start = Instant::now();
            let late = kms.with_timeout(Duration::from_millis(200)).call(&Create::aes(256)).await.unwrap_err();
            assert!(late.is_timeout() && matches!(late, Error::OutcomeUnknown(_)), "{late:?}");
            assert!(start.elapsed() < Duration::from_secs(20));
            kms.call(&Create::aes(256)).await.unwrap();
            server.stop();
            assert!(matches!(kms.call(&Locate::all()).await, Err(Error::Unreachable(_) | Error::NoAnswer(_))));
        });
    }
}
