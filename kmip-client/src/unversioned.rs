//! Interfaces that may change in any release, including minor ones. Use them with a pinned version (`=0.1.0`) of this
//! crate. Feature `unversioned`.

/// The network under a client, for programs on a runtime other than tokio, or on none.
///
/// [`Io`](transport::Io) resolves names, connects and waits; [`Socket`](transport::Socket) is a TCP connection. The
/// client adds TLS, HTTP, deadlines, the pool and retries. [`Client`](transport::Client) runs over any `Io`, and has
/// the methods of [`Kmip`](crate::Kmip).
///
/// The example `smol` of this project's repository is a driver for another runtime in about a hundred lines.
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::unversioned::transport::{Client, Io, Socket};
/// use kmip_client::{Endpoint, Error, Kmip, protocol::operation::Create};
/// # use std::{future::Future, io, io::{Read, Write}, net::{SocketAddr, ToSocketAddrs}, time::Instant};
///
/// /// The standard library, without any time limit: enough for a demonstration.
/// struct Plain;
///
/// impl Io for Plain {
///     type Socket = Tcp;
///
///     async fn addresses(&self, endpoint: &Endpoint, _: Instant) -> io::Result<Vec<SocketAddr>> {
///         Ok((endpoint.host(), endpoint.port()).to_socket_addrs()?.collect())
///     }
///     async fn connect(&self, address: SocketAddr, _: Instant) -> io::Result<Tcp> {
///         std::net::TcpStream::connect(address).map(Tcp)
///     }
///     fn detach(&self, _: impl Future<Output = ()> + Send + 'static) {}
///     async fn until<F: Future<Output: Send> + Send>(&self, _: Instant, future: F) -> io::Result<F::Output> {
///         Ok(future.await)
///     }
/// }
///
/// struct Tcp(std::net::TcpStream);
///
/// impl Socket for Tcp {
///     async fn read(&mut self, buffer: &mut [u8], _: Instant) -> io::Result<usize> {
///         self.0.read(buffer)
///     }
///     async fn write_all(&mut self, bytes: &[u8], _: Instant) -> io::Result<()> {
///         self.0.write_all(bytes)
///     }
///     fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
///         self.0.set_nonblocking(true)?;
///         let read = self.0.read(buffer);
///         self.0.set_nonblocking(false)?;
///         read
///     }
///     fn write_now(&mut self, bytes: &[u8]) {
///         let _ = self.0.write(bytes);
///     }
/// }
///
/// async fn create(server: &kmip_client::test_server::TestServer) -> Result<String, Error> {
///     let kms = Client::connect(Plain, &server.config()).await?;
///     Ok(kms.call(&Create::aes(256)).await?.payload().unique_identifier.to_string())
/// }
/// # use std::{pin::pin, task::{Context, Poll, Waker}};
/// # let server = kmip_client::test_server::TestServer::start();
/// # let created = pin!(create(&server)).poll(&mut Context::from_waker(Waker::noop()));
/// # assert!(matches!(created, Poll::Ready(Ok(_))));
/// # }
/// ```
pub mod transport {
    pub use crate::client::over_io::{Client, fetch_certificate};
    pub use crate::transport::network::{Io, Socket};
}
