//! The common core of all clients.

use std::future::Future;

use kmip_ttlv::ProtocolVersion;

use crate::client::error::Error;
use crate::client::terms::Terms;
use crate::config::Endpoint;
use crate::exchange::Answered;
use crate::exchange::asked::Asked;
use crate::exchange::asked::Requests;
use crate::exchange::reply::Reply;
use crate::protocol::operation::Request;

/// The calls of a client: the part of [`Kmip`](crate::Kmip) that pages, streams and capabilities are built on.
///
/// It also seals `Kmip`, because its name cannot be written outside of the crate. No method that an engine implements
/// is generic over the operation, so that the engine is compiled once for each kind of client.
pub trait Calls: Clone + Send + Sync {
    /// Returns the terms of the calls.
    fn terms(&self) -> &Terms;

    /// Returns the same client with other terms.
    #[must_use]
    fn on(&self, terms: Terms) -> Self;

    /// Returns the version of KMIP negotiated with the server.
    fn negotiated_version(&self) -> ProtocolVersion;

    /// Returns the index of a server in the configuration.
    fn index_of(&self, endpoint: &Endpoint) -> Option<usize>;

    /// Sends a request to this server, or to those of the terms. Also returns the index of the server that answered.
    fn send(
        &self,
        only: Option<usize>,
        asked: Asked<'_>,
    ) -> impl Future<Output = Result<(Answered<Error>, usize), Error>> + Send;

    /// Sends a batch.
    fn send_batch(&self, batch: &dyn Requests) -> impl Future<Output = Result<Answered<Error>, Error>> + Send;

    /// Sends a request to this server in the background, and ignores the reply.
    fn send_detached(&self, server: usize, asked: Asked<'_>);

    /// Sends a request to this server, or to those of the terms. Also returns the index of the server that answered.
    fn call_at<R: Request>(
        &self,
        only: Option<usize>,
        request: &R,
    ) -> impl Future<Output = Result<(Reply<R::Operation>, usize), Error>> + Send {
        async move {
            let (mut answered, server) = self.send(only, Asked::new(request)).await?;
            Ok((answered.next_reply()?, server))
        }
    }
}
