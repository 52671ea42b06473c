//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use kmip_client::arbitrary::VERSIONS;
use kmip_client::ttlv::ProtocolVersion;

pub(crate) const USAGE: &str = "\
usage: attack [--server HOST:PORT --ca FILE --cert FILE --key FILE] [OPTION...]
Sends generated and mutated KMIP messages to a server, and writes down what it does wrong.
Without --server, the embedded KMS is attacked. Ends with 3 if there are findings.
  --server HOST:PORT  the server; it is yours, and loses nothing that you need
  --ca FILE           the CA of the server, PEM
  --cert FILE         the certificate of the client, PEM
  --key FILE          its private key, PEM
  --seconds N         how long (30)
  --seed N            the same seed sends the same messages (1)
  --rate N            messages a second at most (no limit)
  --version X.Y       only this version of KMIP; may be repeated (all)
  --patience MS       how long an answer may take (5000)
  --out FOLDER        where findings go (attack-findings)";

pub(crate) struct Arguments {
    pub(crate) server: Option<String>,
    ca: Option<PathBuf>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    pub(crate) seconds: Duration,
    pub(crate) seed: u64,
    /// The least time from one message to the next.
    pub(crate) pace: Option<Duration>,
    pub(crate) versions: Vec<ProtocolVersion>,
    pub(crate) patience: Duration,
    pub(crate) out: PathBuf,
}

/// The files of a client, as they were read.
pub(crate) struct Files {
    pub(crate) ca: Vec<u8>,
    pub(crate) cert: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

impl Arguments {
    /// Parses the command line; `None` asks for help.
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::{Long, Short, ValueExt};

        let mut arguments = Self {
            server: None,
            ca: None,
            cert: None,
            key: None,
            seconds: Duration::from_secs(30),
            seed: 1,
            pace: None,
            versions: Vec::new(),
            patience: Duration::from_secs(5),
            out: "attack-findings".into(),
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Long("server") => arguments.server = Some(parser.value()?.string()?),
                Long("ca") => arguments.ca = Some(parser.value()?.into()),
                Long("cert") => arguments.cert = Some(parser.value()?.into()),
                Long("key") => arguments.key = Some(parser.value()?.into()),
                Long("seconds") => arguments.seconds = Duration::from_secs(parser.value()?.parse()?),
                Long("seed") => arguments.seed = parser.value()?.parse()?,
                Long("rate") => match parser.value()?.parse::<u32>()? {
                    0 => return Err("--rate is at least 1".into()),
                    rate => arguments.pace = Some(Duration::from_secs(1) / rate),
                },
                Long("version") => arguments.versions.push(parser.value()?.parse()?),
                Long("patience") => arguments.patience = Duration::from_millis(parser.value()?.parse()?),
                Long("out") => arguments.out = parser.value()?.into(),
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        if arguments.versions.is_empty() {
            arguments.versions = VERSIONS.to_vec();
        }
        if arguments.server.is_some() && arguments.paths().is_none() {
            return Err("--server needs --ca, --cert and --key".into());
        }
        Ok(Some(arguments))
    }

    fn paths(&self) -> Option<[&PathBuf; 3]> {
        Some([self.ca.as_ref()?, self.cert.as_ref()?, self.key.as_ref()?])
    }

    pub(crate) fn files(&self) -> Result<Files, String> {
        let read =
            |path: &PathBuf| std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
        let [ca, cert, key] = self.paths().ok_or("--server needs --ca, --cert and --key")?;
        Ok(Files { ca: read(ca)?, cert: read(cert)?, key: read(key)? })
    }
}
