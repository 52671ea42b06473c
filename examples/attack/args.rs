//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use kmip_client::arbitrary::VERSIONS;
use kmip_client::ttlv::ProtocolVersion;

/// Sends generated and mutated KMIP messages to a server, and writes down what it does wrong.
///
/// Without --server, the embedded KMS is attacked. Ends with 3 if there are findings.
#[derive(Parser)]
pub(crate) struct Arguments {
    /// The server, as HOST:PORT; it is yours, and loses nothing that you need
    #[arg(long, requires = "ca", requires = "cert", requires = "key")]
    pub(crate) server: Option<String>,
    /// The CA of the server, PEM
    #[arg(long)]
    ca: Option<PathBuf>,
    /// The certificate of the client, PEM
    #[arg(long)]
    cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long)]
    key: Option<PathBuf>,
    /// The length of the campaign; without --messages, 30
    #[arg(long)]
    seconds: Option<u64>,
    /// Ends after so many messages
    #[arg(long)]
    messages: Option<u64>,
    /// The same seed sends the same messages
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Messages a second at most; no limit by default
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Only this version of KMIP; may be repeated
    #[arg(long)]
    version: Vec<ProtocolVersion>,
    /// The longest wait for an answer, in milliseconds
    #[arg(long, default_value_t = 5000)]
    patience: u64,
    /// The folder for findings
    #[arg(long, default_value = "attack-findings")]
    pub(crate) out: PathBuf,
}

/// The files of a client, as they were read.
pub(crate) struct Files {
    pub(crate) ca: Vec<u8>,
    pub(crate) cert: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

impl Arguments {
    /// Returns how long the campaign takes at most.
    pub(crate) fn duration(&self) -> Duration {
        let unlimited = if self.messages.is_some() { u64::from(u32::MAX) } else { 30 };
        Duration::from_secs(self.seconds.unwrap_or(unlimited))
    }

    /// Returns how many messages are sent at most.
    pub(crate) fn messages(&self) -> u64 {
        self.messages.unwrap_or(u64::MAX)
    }

    /// Returns both limits, for people.
    pub(crate) fn limits(&self) -> String {
        match (self.messages, self.seconds) {
            (Some(messages), Some(seconds)) => format!("up to {messages} messages, for up to {seconds} s"),
            (Some(messages), None) => format!("{messages} messages"),
            (None, _) => format!("for {} s", self.duration().as_secs()),
        }
    }

    /// Returns the least time from one message to the next.
    pub(crate) fn pace(&self) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs(1) / rate)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(self.patience)
    }

    pub(crate) fn versions(&self) -> Vec<ProtocolVersion> {
        if self.version.is_empty() { VERSIONS.to_vec() } else { self.version.clone() }
    }

    pub(crate) fn files(&self) -> Result<Files, String> {
        let read = |path: &Option<PathBuf>| {
            let path = path.as_ref().ok_or("--server needs --ca, --cert and --key")?;
            std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
        };
        Ok(Files { ca: read(&self.ca)?, cert: read(&self.cert)?, key: read(&self.key)? })
    }
}
