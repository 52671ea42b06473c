//! The first contact of an operator with a key management server: inspect its certificate, compare the thumbprint with
//! the one from the server's administrator, trust it, and connect.
//!
//! ```text
//! trust HOST[:PORT] [--server-name NAME] [--p12 FILE | --cert FILE --key FILE] [--yes]
//! ```
//!
//! Without an address it shows all steps on an embedded test KMS. `KMS_KEY_PASSPHRASE` may hold a passphrase.

#![allow(clippy::print_stdout, reason = "it is a program for people")]

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use kmip_client::blocking::{Client, fetch_certificate};
use kmip_client::test_server::TestServer;
use kmip_client::{Config, Identity, Trust};

/// The command line.
#[derive(Default)]
struct Arguments {
    address: Option<String>,
    server_name: Option<String>,
    p12: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    yes: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    match &arguments.address {
        Some(address) => contact(address, &arguments, identity(&arguments)?),
        None => {
            let server = TestServer::start();
            println!("An embedded KMS, whose administrator says: {}\n", server.thumbprint());
            let alice = server.pki().issue_client("alice").identity()?;
            contact(&server.address().to_string(), &Arguments { yes: true, ..arguments }, Some(alice))
        }
    }
}

fn contact(address: &str, arguments: &Arguments, identity: Option<Identity>) -> Result<(), Box<dyn Error>> {
    let mut config = Config::new(address);
    if let Some(name) = &arguments.server_name {
        config = config.server_name(name);
    }
    let shown = fetch_certificate(&config)?;
    println!("{address} shows the certificate\n\n{shown}\n");
    if !arguments.yes && !confirmed()? {
        return Err("not trusted".into());
    }
    println!("To be kept with the address: {}", shown.sha256);

    let Some(identity) = identity else {
        println!("Without a client certificate (--cert and --key, or --p12) that is all.");
        return Ok(());
    };
    let kms = Client::connect(&config.trust(Trust::pinned(shown.sha256)).identity(identity))?;
    println!("Connected, with KMIP {}.", kms.version());
    Ok(())
}

fn confirmed() -> io::Result<bool> {
    print!("Is this what the server's administrator says? [y/N] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn identity(arguments: &Arguments) -> Result<Option<Identity>, Box<dyn Error>> {
    let passphrase = std::env::var("KMS_KEY_PASSPHRASE").unwrap_or_default();
    Ok(match (&arguments.p12, &arguments.certificate, &arguments.key) {
        (Some(file), None, None) => Some(Identity::from_pkcs12(std::fs::read(file)?, &passphrase)?),
        (None, Some(certificate), Some(key)) => {
            Some(Identity::from_encrypted_pem(std::fs::read(certificate)?, std::fs::read(key)?, &passphrase)?)
        }
        (None, None, None) => None,
        _ => return Err("give --cert and --key, or --p12".into()),
    })
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("server-name") => arguments.server_name = Some(parser.value()?.string()?),
            Long("p12") => arguments.p12 = Some(parser.value()?.into()),
            Long("cert") => arguments.certificate = Some(parser.value()?.into()),
            Long("key") => arguments.key = Some(parser.value()?.into()),
            Long("yes") => arguments.yes = true,
            Value(address) if arguments.address.is_none() => arguments.address = Some(address.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(arguments)
}
