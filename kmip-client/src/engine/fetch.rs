//! A look at the certificate of a server, before it is trusted.

use std::sync::Arc;

use super::link::Link;
use super::{Io, Limit};
use crate::config::Config;
use crate::error::{Attempt, Error, Fault, Phase};
use crate::tls::{self, ServerCertificate, TlsFault};

/// Shakes hands over TLS, and no more.
///
/// A server that wants a client certificate has shown its own before; that it refuses us then does not matter.
pub(crate) async fn fetch_certificate<I: Io>(io: I, config: &Config) -> Result<ServerCertificate, Error> {
    let endpoint = config.endpoint()?;
    config.check_limits()?;
    let name = tls::server_name(config)?;
    let (tls, seen) = tls::observer(config)?;

    let limit = Limit::start(Phase::Connecting, config.limit_to_connect());
    let shaken = match io.connect(&endpoint, limit.deadline).await {
        Ok(stream) => Link::open(stream, &tls, &name, config.limit_of_response(), limit).await.map(drop),
        Err(error) => Err(limit.fault(error, Fault::Connect)),
    };
    let fault = match (seen.take(), shaken) {
        (Some(Ok(certificate)), _) => return Ok(certificate),
        (Some(Err(error)), _) => Fault::Tls(TlsFault::Other { source: Arc::new(error) }),
        (None, Err(fault)) => fault,
        // No handshake comes to its end without a signature.
        (None, Ok(())) => Fault::Closed,
    };
    Err(Error::Unreachable(Box::new(Attempt { endpoint, operations: Vec::new(), fault })))
}
