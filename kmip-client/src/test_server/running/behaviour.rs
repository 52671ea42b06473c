//! Changes of a running server, and its counters.

use std::collections::BTreeMap;
use std::time::Duration;

use kmip_ttlv::enumeration::OperationCode;

use super::{INFALLIBLE, TestServer};
use crate::test_server::authority::pki::Issued;
use crate::test_server::front::door::Door;
use crate::test_server::front::fault::{Fault, Script};

/// Fault injection.
impl TestServer {
    /// Injects a fault into the next request, on any connection. Several faults apply to as many requests, one each.
    pub fn fail_next(&self, fault: Fault) {
        self.fail(fault);
    }

    /// Injects faults into the requests that the script selects. If several scripts select the same request, the first
    /// one applies.
    ///
    /// ```
    /// use kmip_client::test_server::{Fault, TestServer};
    /// use kmip_client::ttlv::enumeration::OperationCode;
    /// use std::time::Duration;
    ///
    /// let server = TestServer::start();
    /// server.fail(Fault::LoseReply.on(OperationCode::CREATE)); // the next Create
    /// server.fail(Fault::Delay(Duration::from_millis(50)).times(3)); // three other requests
    /// ```
    pub fn fail(&self, script: impl Into<Script>) {
        self.network.kms.push_script(script.into());
    }

    /// Removes all scripts, so that requests succeed again.
    pub fn heal(&self) {
        self.network.kms.clear_scripts();
    }

    /// Refuses operations that change something, with Permission Denied, from now on. Keys can still be read and used.
    /// `false` ends this mode.
    ///
    /// ```
    /// # #[cfg(feature = "blocking")] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::{Create, Locate};
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::enumeration::ResultReason;
    ///
    /// let server = TestServer::start();
    /// let kms = Client::connect(&server.config())?;
    /// server.set_read_only(true);
    /// kms.call(&Locate::all())?;
    /// assert_eq!(kms.call(&Create::aes(256)).unwrap_err().reason(), Some(ResultReason::PERMISSION_DENIED));
    /// # }
    /// # Ok::<(), kmip_client::Error>(())
    /// ```
    pub fn set_read_only(&self, read_only: bool) {
        self.network.kms.set_read_only(read_only);
    }

    /// Revokes all certificates that [`TestServer::pki`] has issued to a client so far, and closes its connections. New
    /// connections are refused with the TLS alert `certificate_revoked`. A certificate that is issued later is accepted
    /// again.
    ///
    /// ```
    /// # #[cfg(feature = "blocking")] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::Locate;
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// let kms = Client::connect(&server.config())?; // as "alice"
    /// server.revoke_client("alice");
    /// assert!(kms.call(&Locate::all()).is_err());
    /// # }
    /// # Ok::<(), kmip_client::Error>(())
    /// ```
    pub fn revoke_client(&self, name: &str) {
        self.change_door(|door| door.revoked.push(name.to_owned()));
        self.network.listener.hang_up(name);
    }

    /// Presents this certificate on new connections, as after a renewal, or an expired one:
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.present(&server.pki().issue_expired_server());
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if certificate and key do not belong together. Those of a [`Pki`](crate::test_server::Pki) always do.
    pub fn present(&self, certificate: &Issued) {
        let identity = certificate.identity().expect(INFALLIBLE);
        self.change_door(|door| door.identity = identity);
    }

    /// Changes the settings for new connections.
    fn change_door(&self, change: impl FnOnce(&mut Door)) {
        let mut door = self.door();
        change(&mut door);
        self.network.listener.set_tls(door.tls(&self.pki).expect(INFALLIBLE));
    }

    /// Answers asynchronously from now on, if the client allows it: Poll reports a pending result this many times. 0
    /// answers synchronously again.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.answer_later(2); // the third Poll gets the answer
    /// ```
    pub fn answer_later(&self, polls: u32) {
        self.network.kms.answer_later(polls);
    }

    /// Moves the server's clock forward by whole seconds, so that tests reach dates without waiting.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use std::time::Duration;
    ///
    /// let server = TestServer::start();
    /// server.advance(Duration::from_secs(24 * 60 * 60)); // what ends today has ended
    /// ```
    pub fn advance(&self, by: Duration) {
        self.network.kms.advance(by);
    }
}

/// Counters.
impl TestServer {
    /// Returns the number of requests for each operation so far. In a batch each item counts, executed or not.
    /// Operations without a request are missing.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::enumeration::OperationCode;
    ///
    /// let server = TestServer::start();
    /// assert_eq!(server.requests().get(&OperationCode::CREATE), None);
    /// ```
    #[must_use]
    pub fn requests(&self) -> BTreeMap<OperationCode, usize> {
        self.network.kms.requests()
    }

    /// Returns the number of messages that have arrived so far. Each is one round trip, however many items it has.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// assert_eq!(server.messages(), 0);
    /// ```
    #[must_use]
    pub fn messages(&self) -> usize {
        self.network.kms.messages()
    }

    /// Returns the number of connections that the server has accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.network.listener.accepted()
    }
}
