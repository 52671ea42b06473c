//! An operator's first contact with a key management server: look at its certificate, compare the thumbprint with what
//! the server's administrator says, trust it, and connect.
//!
//! ```text
//! trust HOST[:PORT] [--server-name NAME] [--p12 FILE | --cert FILE --key FILE] [--yes]
//! ```
//!
//! Without an address it shows the whole step on the embedded KMS. `KMIP_PASSPHRASE` has the passphrase of the key. The
//! example `kmip` has the same step as `kmip trust`, and stores the pin.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use examples::{Failure, Output, read};
use kmip_client::blocking::{Client, fetch_certificate};
use kmip_client::test_server::TestServer;
use kmip_client::{Config, Identity, Trust};

/// Shows a server's certificate, asks whether it is the right one, and connects
#[derive(Parser)]
#[command(max_term_width = 80)]
struct Arguments {
    /// The server; without it an embedded KMS
    #[arg(value_name = "HOST[:PORT]")]
    address: Option<String>,
    /// The name in the server's certificate, where it is not the host
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
    /// The client's certificate and key in one PKCS#12 file; its passphrase is in KMIP_PASSPHRASE
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cert", "key"])]
    p12: Option<PathBuf>,
    /// The client's certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The client's private key, in PEM; its passphrase is in KMIP_PASSPHRASE
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn main() -> ExitCode {
    examples::main(|arguments: &Arguments, output| match &arguments.address {
        Some(address) => contact(address, arguments, identity(arguments)?, output),
        None => {
            let server = TestServer::start();
            let says = format!("An embedded KMS, whose administrator says: {}", server.thumbprint());
            writeln!(output, "{}\n", examples::wrap(&says))?;
            let alice = server.pki().issue_client("alice").identity()?;
            contact(&server.address().to_string(), arguments, Some(alice), output)
        }
    })
}

fn contact(
    address: &str,
    arguments: &Arguments,
    identity: Option<Identity>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let mut config = Config::new(address);
    if let Some(name) = &arguments.server_name {
        config = config.server_name(name);
    }
    let shown = fetch_certificate(&config)?;
    writeln!(output, "{address} shows the certificate\n\n{shown}\n")?;
    // The embedded KMS has nobody to ask.
    if !arguments.yes && arguments.address.is_some() && !confirmed()? {
        return Err(Failure::Coded { text: "not trusted".into(), code: 7 });
    }
    writeln!(output, "{}", examples::wrap(&format!("To be kept with the address: {}", shown.sha256)))?;

    let Some(identity) = identity else {
        return Ok(writeln!(output, "Without a client certificate (--cert and --key, or --p12) that is all.")?);
    };
    let kms = Client::connect(&config.trust(Trust::pinned(shown.sha256)).identity(identity))?;
    Ok(writeln!(output, "Connected, with KMIP {}.", kms.version())?)
}

fn confirmed() -> Result<bool, Failure> {
    let mut terminal = io::stderr();
    write!(terminal, "Is this what the server's administrator says? [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn identity(arguments: &Arguments) -> Result<Option<Identity>, Failure> {
    let passphrase = std::env::var("KMIP_PASSPHRASE").unwrap_or_default();
    Ok(match (&arguments.p12, &arguments.cert, &arguments.key) {
        (Some(file), ..) => Some(Identity::from_pkcs12(read(file)?, &passphrase)?),
        (None, Some(certificate), Some(key)) => {
            Some(Identity::from_encrypted_pem(read(certificate)?, read(key)?, &passphrase)?)
        }
        _ => None,
    })
}
