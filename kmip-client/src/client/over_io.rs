//! A client over any network.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kmip_ttlv::ProtocolVersion;

use crate::client::config::Config;
use crate::client::engine::{self, Engine};
use crate::client::error::Error;
use crate::client::kmip::{Kmip, impl_kmip};
use crate::client::observe::Counters;
use crate::client::status::Status;
use crate::client::terms::Terms;
use crate::config::{Endpoint, Thumbprint};
use crate::exchange::Answered;
use crate::exchange::asked::Asked;
use crate::exchange::asked::Requests;
use crate::transport::connect::Tls;
use crate::transport::network::Io;
use crate::transport::tls::ServerCertificate;

/// A client over a network that the program supplies. It has the methods of [`Kmip`].
///
/// Cheap to clone; all clones share their connections.
pub struct Client<I: Io> {
    engine: Arc<Engine<Tls<I>>>,
    terms: Terms,
}

impl<I: Io> Client<I> {
    /// Connects to the server over this network, and negotiates a version of KMIP.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Config`] if the configuration cannot be used, [`Error::Unreachable`] if no server can be
    /// reached or one side does not accept the other, and [`Error::NoCommonVersion`].
    pub async fn connect(io: I, config: &Config) -> Result<Self, Error> {
        let engine = Engine::connect(config.network(io)?, config).await?;
        Ok(Self { engine, terms: Terms::new(config) })
    }
}

/// Fetches the certificate of a server without trusting it, like `fetch_certificate` of the other clients.
///
/// # Errors
///
/// Returns [`Error::Config`] if the address cannot be used, and [`Error::Unreachable`] if nothing answers there, or not
/// in TLS 1.2 or 1.3, or the server does not have the key of its certificate.
pub async fn fetch_certificate<I: Io>(io: I, server: impl Into<Config>) -> Result<ServerCertificate, Error> {
    engine::fetch_certificate(io, &server.into()).await
}

impl<I: Io> Clone for Client<I> {
    fn clone(&self) -> Self {
        Self { engine: Arc::clone(&self.engine), terms: self.terms.clone() }
    }
}

impl<I: Io> fmt::Debug for Client<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({}, KMIP {})", Kmip::endpoint(self), Kmip::version(self))
    }
}

impl_kmip!(@[I: Io] Client<I>, |client| client, |client| client);
