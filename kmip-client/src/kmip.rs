//! What both clients are.

use std::future::Future;

use kmip_ttlv::ProtocolVersion;

use crate::error::Error;
use crate::protocol::operation::Request;
use crate::reply::Reply;

/// A client, whichever: for code that serves the blocking and the async one alike.
///
/// Sealed: for generic code, not for mocks. Tests use the embedded server.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::protocol::operation::{Activate, Create};
/// use kmip_client::test_server::TestServer;
/// use kmip_client::{Error, Kmip, blocking};
///
/// async fn create_active(kms: &impl Kmip, name: &str) -> Result<String, Error> {
///     let created = kms.call(&Create::aes(256).name(name)).await?;
///     let id = created.payload().unique_identifier;
///     kms.call(&Activate::id(id)).await?;
///     Ok(id.to_string())
/// }
///
/// let server = TestServer::start();
/// let kms = blocking::Client::connect(&server.config())?;
/// let id = kms.run(async |kms| create_active(&kms, "vm-42").await)?;
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
pub trait Kmip: Sealed + Sync {
    /// Sends a request and waits for the answer.
    fn call<R: Request>(&self, request: &R) -> impl Future<Output = Result<Reply<R::Operation>, Error>> + Send;

    /// The version of KMIP that is spoken with the server.
    fn version(&self) -> ProtocolVersion;
}

/// Keeps [`Kmip`] to the clients of this crate.
pub trait Sealed {}
