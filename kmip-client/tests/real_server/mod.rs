//! The servers that `.ci/servers/... start` has started, for tests that use them.
#![allow(dead_code, reason = "no one who includes this uses all of it")]

use std::path::PathBuf;

use kmip_client::{Config, Identity, Trust};

/// A folder with the addresses of a server, and certificates for it.
pub(crate) struct RealServer {
    folder: PathBuf,
}

impl RealServer {
    /// Returns the server whose folder this environment variable names. Without one, prints that it is skipped.
    pub(crate) fn named_by(variable: &str) -> Option<Self> {
        let Some(folder) = std::env::var_os(variable).map(PathBuf::from) else {
            eprintln!("skipped: {variable} names no server; see .ci/servers");
            return None;
        };
        Some(Self { folder })
    }

    /// Returns the contents of a file of the folder.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap().trim().to_owned()
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity::from_pem(self.read("client.pem"), self.read("client.key")).unwrap()
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::ca_pem(self.read("ca.pem")).unwrap()
    }
}

/// Returns the configuration for the server whose folder this environment variable names.
pub(crate) fn config(variable: &str) -> Option<Config> {
    let server = RealServer::named_by(variable)?;
    Some(Config::new(server.read("address")).identity(server.identity()).trust(server.trust()))
}
