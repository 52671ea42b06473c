//! The information that a client needs to reach the server.

use std::net::SocketAddr;

use super::{INFALLIBLE, TestServer};
use crate::client::config::Config;
use crate::config::{Endpoint, Thumbprint, Trust};
use crate::test_server::authority::pki::Pki;

impl TestServer {
    /// Returns the configuration of a client of this server that is called "alice".
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.config().check()?;
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn config(&self) -> Config {
        self.config_of("alice")
    }

    /// Returns the configuration of a client with this name. Clients of different names do not see each other's
    /// objects. Each call issues a new certificate, which identifies the same client.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// let (alice, bob) = (server.config(), server.config_of("bob"));
    /// # (alice.check()?, bob.check()?);
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn config_of(&self, name: &str) -> Config {
        Config::new(self.url())
            .identity(self.pki.issue_client(name).identity().expect(INFALLIBLE))
            .trust(Trust::ca_pem(self.pki.ca_pem()).expect(INFALLIBLE))
    }

    /// Returns the address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.network.listener.address()
    }

    /// Returns the endpoint of the server for a client on this machine: loopback if the server listens on all
    /// addresses.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.url().parse().expect("an address and a port are an endpoint")
    }

    /// Returns an address and a port, or a URL.
    fn url(&self) -> String {
        let address = self.network.listener.reachable();
        if self.door().https { format!("https://{address}/kmip") } else { address.to_string() }
    }

    /// Returns the authority that issued the server's certificate, and whose client certificates the server accepts.
    #[must_use]
    pub fn pki(&self) -> &Pki {
        &self.pki
    }

    /// Returns the SHA-256 thumbprint of the server's certificate.
    ///
    /// ```
    /// use kmip_client::{Trust, test_server::TestServer};
    ///
    /// let server = TestServer::start();
    /// let config = server.config().trust(Trust::pinned(server.thumbprint()));
    /// # config.check()?;
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.door().identity.thumbprint()
    }
}
