//! Users that are required beside the client certificate.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::protocol::Password;
use crate::protocol::message::{Credential, RequestHeader, UsernameAndPassword};
use crate::test_server::base::refusal::{Cause, Refusal};

/// The users and passwords of a server.
#[derive(Clone, Default)]
pub(in crate::test_server) struct Users(BTreeMap<String, Zeroizing<String>>);

impl Users {
    pub(in crate::test_server) fn add(&mut self, name: String, password: String) {
        self.0.insert(name, Zeroizing::new(password));
    }

    /// Refuses a message without the name and the password of a user, or with one that is wrong (KMIP 1.4, 6.6). A
    /// server without users accepts every message.
    pub(in crate::test_server) fn check(&self, header: &RequestHeader<'_>) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        let shown = header.authentication.iter().flat_map(|authentication| &authentication.credentials);
        let mut users = shown.filter_map(|credential| match credential {
            Credential::UsernameAndPassword(user) => Some(self.knows(user)),
            _ => None,
        });
        match users.next() {
            Some(true) if users.all(|known| known) => Ok(()),
            Some(_) => Err(Cause::Authentication.because("the user name or the password is wrong")),
            None => Err(Cause::Authentication.because("the server wants a user name and a password")),
        }
    }

    fn knows(&self, shown: &UsernameAndPassword<'_>) -> bool {
        let expected = self.0.get(shown.username).map(|password| password.as_bytes());
        let given = shown.password.unwrap_or_default();
        expected
            .is_some_and(|expected| aws_lc_rs::constant_time::verify_slices_are_equal(expected, bytes(given)).is_ok())
    }
}

fn bytes(password: Password<'_>) -> &[u8] {
    password.expose().as_bytes()
}

/// Prints the number of users only.
impl std::fmt::Debug for Users {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Users({})", self.0.len())
    }
}
