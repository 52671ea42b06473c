//! Fetching of a server's certificate, before it is trusted.

use std::sync::Arc;
use std::time::Instant;

use crate::client::config::Config;
use crate::client::config::server_names;
use crate::client::error::{Attempt, Error};
use crate::transport::error::{Phase, TransportError};
use crate::transport::framing::Framing;
use crate::transport::hang_up::HangUp;
use crate::transport::link::TlsLink;
use crate::transport::network::{self, Io};
use crate::transport::time::Limit;
use crate::transport::tls::{self, ServerCertificate, TlsError};

/// Performs the TLS handshake with the first server, and nothing else.
///
/// A server that requires a client certificate has presented its own before; its refusal does not matter.
pub(crate) async fn fetch_certificate<I: Io>(io: I, config: &Config) -> Result<ServerCertificate, Error> {
    // There is at least one of each.
    let endpoint = config.endpoints()?.swap_remove(0);
    config.check_limits()?;
    let name = server_names(config)?.swap_remove(0);
    let (tls, seen) = tls::inspector(config.tls_settings())?;

    let limit = Limit::start(Instant::now(), Phase::Connecting, config.limit_to_connect());
    let shake = async |tls| {
        let stream = network::connect(&io, &endpoint, limit.deadline).await;
        let stream = stream.map_err(|error| limit.error_of(error, TransportError::Connect))?;
        let framing = Framing::new(&endpoint, config.messages());
        TlsLink::open(stream, tls, &name, framing, limit).await.map(drop)
    };
    let mut shaken = shake(&tls).await;
    if let (Err(TransportError::Tls(TlsError::NoCommonSuite { .. })), Some(wide)) = (&shaken, tls::diagnosis(&tls))
        && let named @ Err(TransportError::Tls(TlsError::Untrusted(_))) = shake(&wide).await
    {
        shaken = named;
    }
    let error = match (seen.take(), shaken) {
        (Some(Ok(certificate)), _) => return Ok(certificate),
        (Some(Err(error)), _) => TransportError::Tls(TlsError::Other { source: Arc::new(error) }),
        (None, Err(error)) => error,
        // A handshake cannot complete without a signature.
        (None, Ok(())) => TransportError::Closed(HangUp::IN_HANDSHAKE),
    };
    Err(Error::Unreachable(Box::new(Attempt { endpoint, operations: Vec::new(), error, earlier: Vec::new() })))
}
