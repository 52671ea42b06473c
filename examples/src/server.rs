//! The KMS of an example: the embedded one, or the one on the command line.

use std::net::TcpStream;
use std::path::PathBuf;

use clap::Args;
use kmip_client::test_server::{Builder, TestServer};
use kmip_client::ttlv::ProtocolVersion;
use kmip_client::{Config, Credentials, Endpoint, Identity, Trust};

use crate::exit::Failure;
use crate::files::read;
use crate::gate::Gate;
use crate::output::{Output, wrap};

/// The arguments for a KMS. Without them the example uses the embedded KMS.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "The KMS (default: an embedded one, in memory, on loopback)")]
pub struct ServerArgs {
    /// A server; several times for the servers of a cluster
    #[arg(long, value_name = "HOST[:PORT]", env = "KMIP_SERVER", value_delimiter = ',')]
    pub server: Vec<String>,
    /// The CA of the servers, in PEM
    #[arg(long, value_name = "FILE", env = "KMIP_CA")]
    pub ca: Option<PathBuf>,
    /// The SHA-1 or SHA-256 of the server's certificate, in place of --ca or beside it
    #[arg(long, value_name = "HEX", env = "KMIP_THUMBPRINT")]
    pub thumbprint: Option<String>,
    /// The name in the servers' certificate, where it is not the host
    #[arg(long, value_name = "NAME", env = "KMIP_SERVER_NAME")]
    pub server_name: Option<String>,
    /// The client's certificate, in PEM
    #[arg(long, value_name = "FILE", env = "KMIP_CERT")]
    pub cert: Option<PathBuf>,
    /// The client's private key, in PEM; its passphrase is in KMIP_PASSPHRASE
    #[arg(long, value_name = "FILE", env = "KMIP_KEY")]
    pub key: Option<PathBuf>,
    /// The user to name beside the certificate; the password is in KMIP_PASSWORD
    #[arg(long, value_name = "NAME", env = "KMIP_USER")]
    pub user: Option<String>,
    /// The version of KMIP to speak (default: the newest that both sides have)
    #[arg(long, value_name = "VERSION", env = "KMIP_VERSION")]
    pub kmip: Option<ProtocolVersion>,
}

/// The KMS that an example uses.
pub struct Kms {
    /// The configuration of a client.
    pub config: Config,
    /// The embedded servers, if used. They end when this is dropped.
    pub embedded: Vec<TestServer>,
}

impl ServerArgs {
    /// Returns the configuration of the KMS in the arguments; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Usage`] if an argument is missing, and other failures if a file cannot be read or used.
    pub fn config(&self) -> Result<Option<Config>, Failure> {
        let Some((first, others)) = self.server.split_first() else {
            let given = self.ca.is_some() || self.thumbprint.is_some() || self.cert.is_some() || self.key.is_some();
            return if given {
                Err(Failure::Usage("--server is missing: the other arguments are for a server that it names".into()))
            } else {
                Ok(None)
            };
        };
        let config = self.complete(others.iter().fold(Config::new(first), Config::endpoint))?;
        Ok(Some(match &self.server_name {
            Some(name) => config.server_name(name),
            None => config,
        }))
    }

    /// Adds the other arguments to a configuration of addresses.
    fn complete(&self, mut config: Config) -> Result<Config, Failure> {
        config = config.trust(self.trust()?);
        match (&self.cert, &self.key) {
            (Some(certificate), Some(key)) => {
                let (certificate, key) = (read(certificate)?, read(key)?);
                config = config.identity(match std::env::var("KMIP_PASSPHRASE") {
                    Ok(passphrase) if !passphrase.is_empty() => {
                        Identity::from_encrypted_pem(certificate, key, &passphrase)?
                    }
                    _ => Identity::from_pem(certificate, key)?,
                });
            }
            _ => {
                return Err(Failure::Usage("--server needs --cert and --key, the client's certificate and key".into()));
            }
        }
        if let Some(user) = &self.user {
            let password = std::env::var("KMIP_PASSWORD").unwrap_or_default();
            config = config.credential(Credentials::user(user, &password));
        }
        Ok(self.with_version(config))
    }

    fn trust(&self) -> Result<Trust, Failure> {
        Ok(match (&self.ca, &self.thumbprint) {
            (None, None) => {
                return Err(Failure::Usage("--server needs --ca or --thumbprint, to know the server by".into()));
            }
            (Some(ca), None) => Trust::ca_pem(read(ca)?)?,
            (None, Some(thumbprint)) => Trust::thumbprint(thumbprint)?,
            (Some(ca), Some(thumbprint)) => Trust::ca_pem(read(ca)?)?.with_thumbprint(thumbprint)?,
        })
    }

    fn with_version(&self, config: Config) -> Config {
        match self.kmip {
            Some(version) => config.version(version),
            None => config,
        }
    }

    /// Returns the KMS in the arguments. Without one it starts the embedded KMS with these settings and this number of
    /// servers, and prints that.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Self::config`].
    pub fn kms(&self, embedded: Builder, servers: usize, output: &mut Output<'_>) -> Result<Kms, Failure> {
        if let Some(config) = self.config()? {
            return Ok(Kms { config, embedded: Vec::new() });
        }
        let first = embedded.try_start()?;
        let mut config = self.with_version(first.config());
        let mut all = vec![first];
        for _ in 1..servers {
            let replica = all[0].replica();
            config = config.endpoint(replica.endpoint().to_string());
            all.push(replica);
        }
        let many = if servers > 1 { format!(", {servers} servers") } else { String::new() };
        let text = format!("No --server is given: this is the embedded KMS, in memory, on loopback{many}.");
        writeln!(output, "{}", wrap(&text))?;
        Ok(Kms { config, embedded: all })
    }

    /// Returns the KMS in the arguments, or the embedded one with these settings, behind at least this many gates,
    /// which can be cut.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Self::config`], and fails if the system has no port left.
    pub fn gated(&self, embedded: Builder, gates: usize, output: &mut Output<'_>) -> Result<Gated, Failure> {
        let no_gate = |error| Failure::Other(format!("cannot open a relay on loopback: {error}"));
        if self.server.is_empty() {
            let Kms { config, embedded } = self.kms(embedded, gates, output)?;
            drop(config);
            let open = |server: &TestServer| Gate::open(server.address().to_string());
            let gates = embedded.iter().map(open).collect::<Result<Vec<_>, _>>().map_err(no_gate)?;
            let alice = embedded[0].pki().issue_client("alice").identity()?;
            let config = behind(gates.iter().map(|gate| (gate, "127.0.0.1")));
            let config = config.identity(alice).trust(Trust::ca_pem(embedded[0].pki().ca_pem())?);
            return Ok(Gated { config: self.with_version(config), gates, embedded });
        }
        // Checks the arguments, for their error messages.
        self.config()?;
        let mut endpoints = Vec::new();
        for server in self.server.iter().cycle().take(self.server.len().max(gates)) {
            let endpoint: Endpoint = server.parse()?;
            if endpoint.path().is_some() {
                return Err(Failure::Usage(format!("{server}: this example wants HOST:PORT, not KMIP over HTTPS")));
            }
            endpoints.push(endpoint);
        }
        let target = |endpoint: &Endpoint| {
            if endpoint.host().contains(':') {
                format!("[{}]:{}", endpoint.host(), endpoint.port())
            } else {
                format!("{}:{}", endpoint.host(), endpoint.port())
            }
        };
        // A relay would hide that nothing listens there.
        let unreachable: Vec<_> = endpoints.iter().filter_map(|end| TcpStream::connect(target(end)).err()).collect();
        if let [error, ..] = &unreachable[..]
            && unreachable.len() == endpoints.len()
        {
            return Err(Failure::Coded { text: format!("cannot reach {}: {error}", self.server.join(", ")), code: 5 });
        }
        let open = |endpoint: &Endpoint| Gate::open(target(endpoint)).map_err(no_gate);
        let gates = endpoints.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let names = endpoints.iter().map(|endpoint| self.server_name.as_deref().unwrap_or(endpoint.host()));
        let config = self.complete(behind(gates.iter().zip(names)))?;
        for (gate, endpoint) in gates.iter().zip(&endpoints) {
            writeln!(output, "{} relays to {endpoint}, so that it can be cut", gate.address())?;
        }
        Ok(Gated { config, gates, embedded: Vec::new() })
    }
}

/// Returns the configuration of a cluster behind these gates, whose certificates have these names.
fn behind<'g>(gates: impl IntoIterator<Item = (&'g Gate, &'g str)>) -> Config {
    let mut gates = gates.into_iter();
    let (first, name) = gates.next().expect("there are two gates or more");
    let config = Config::new(first.address().to_string()).server_name(name);
    gates.fold(config, |config, (gate, name)| config.endpoint_named(gate.address().to_string(), name))
}

/// A KMS behind gates, one for each endpoint.
pub struct Gated {
    /// The configuration of a client, through the gates.
    pub config: Config,
    /// The gates, in the order of the endpoints.
    pub gates: Vec<Gate>,
    /// The embedded servers, if used.
    pub embedded: Vec<TestServer>,
}
