//! The whole life of one key, step by step.
//!
//! ```text
//! cargo run --example quickstart
//! cargo run --example quickstart -- --server HOST:PORT --ca FILE --cert FILE --key FILE [--thumbprint HEX] [--kmip VERSION]
//! ```
//!
//! Without arguments it starts the embedded KMS and uses that. With `--server` it uses any other server, and destroys
//! the objects that it creates. `--thumbprint` may replace `--ca`, or be combined with it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to people")]

use std::error::Error as StdError;
use std::process::ExitCode;

use kmip_client::blocking::Client;
use kmip_client::flow::{self, FlowError};
use kmip_client::protocol::Secret;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, Create, Destroy, Get, GetAttributes, Locate, Revoke};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::{RevocationReasonCode, State};
use kmip_client::ttlv::{ProtocolVersion, Tag};
use kmip_client::{Config, Error, Identity, Report, Trust};

fn main() -> ExitCode {
    match Arguments::parse().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", Report::new(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn StdError>> {
    // The embedded server, if used. It ends with this function.
    let embedded;
    let mut config = match arguments.server {
        Some(server) => server.config()?,
        None => {
            embedded = TestServer::start();
            println!("No --server is given: this is the embedded test server, in memory, on loopback.\n");
            embedded.config()
        }
    };
    if let Some(version) = arguments.version {
        config = config.version(version);
    }
    let kms = Client::connect(&config)?;
    introduce(&kms)?;
    Ok(life_of_a_key(&kms)?)
}

/// Prints what is known of the server before it gets a key.
fn introduce(kms: &Client) -> Result<(), Error> {
    line("server", kms.endpoint());
    if let Some(thumbprint) = kms.server_thumbprint() {
        line("thumbprint", thumbprint);
    }
    line("version", format!("KMIP {}", kms.version()));

    let told = kms.capabilities()?;
    line("vendor", told.vendor().unwrap_or("does not say"));
    for (tag, text) in told.information() {
        line("", format!("{}: {text}", tag.title().unwrap_or("another tag")));
    }
    line("operations", told.operations().len());
    println!();
    Ok(())
}

fn life_of_a_key(kms: &Client) -> Result<(), FlowError> {
    let name = format!("quickstart-{}", std::process::id());

    let created = kms.call(&Create::aes(256).name(&name))?;
    let id = created.payload().unique_identifier.to_string();
    step(kms, "create", format!("AES-256 with the name {name}"), &id)?;

    kms.call(&Activate::id(&id))?;
    step(kms, "activate", "it may be used from now on", &id)?;

    let fetched = kms.call(&Get::id(&id))?;
    let object = fetched.payload().object;
    if let Some(block) = object.key_block() {
        let algorithm = block.cryptographic_algorithm.map_or_else(|| "unknown".into(), |a| a.to_string());
        let bits = block.cryptographic_length.unwrap_or_default();
        // The bytes are not shown; printing the object would not show them either.
        let bytes = block.bytes().map_or(0, Secret::len);
        step(kms, "get", format!("{algorithm}, {bits} bits in {bytes} bytes"), &id)?;
    }

    let located = kms.call(&Locate::name(&name))?;
    let found = located.payload().unique_identifiers.len();
    step(kms, "locate", format!("by its name: {found} found"), &id)?;

    let newer = rotate(kms, &id)?;

    for (id, which) in [(&id, "the old key"), (&newer, "the new key")] {
        kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION).message("end of the example"))?;
        step(kms, "revoke", which, id)?;
        kms.call(&Destroy::id(id))?;
        step(kms, "destroy", which, id)?;
    }
    Ok(())
}

/// Replaces the old key by a new one: by Re-key if the server has it, and by Create otherwise.
fn rotate(kms: &Client, id: &str) -> Result<String, FlowError> {
    let rotated = kms.run(async |kms| flow::rotate(&kms, id).await)?;
    let name = rotated.name().unwrap_or("no name");
    step(kms, "rotate", format!("the new key has the name {name}"), rotated.id())?;
    Ok(rotated.id().to_owned())
}

/// Prints the step, and the current state of the key on the server.
fn step(kms: &Client, what: &str, detail: impl std::fmt::Display, id: &str) -> Result<(), Error> {
    let state = state(kms, id)?.map_or("gone", |state| state.title().unwrap_or("unknown to us"));
    println!("{what:<12}{:<44} {state:<12} {id}", detail.to_string());
    Ok(())
}

/// Returns the state; `None` if the server has forgotten the key.
fn state(kms: &Client, id: &str) -> Result<Option<State>, Error> {
    let reply = match kms.call(&GetAttributes::id(id).attribute(Tag::STATE)) {
        Ok(reply) => reply,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let attributes = reply.payload().attributes.unwrap_or_default();
    Ok(attributes.values().find_map(|value| match value {
        AttributeValue::State(state) => Some(*state),
        _ => None,
    }))
}

fn line(what: &str, value: impl std::fmt::Display) {
    println!("{what:<12}{value}");
}

/// The command line.
struct Arguments {
    server: Option<Server>,
    version: Option<ProtocolVersion>,
}

/// A server other than the embedded one, and the files for it.
struct Server {
    address: String,
    ca: Option<String>,
    thumbprint: Option<String>,
    certificate: String,
    key: String,
}

const USAGE: &str = "\
usage: quickstart [--kmip VERSION]
       quickstart --server HOST:PORT --ca FILE --cert FILE --key FILE [--thumbprint HEX] [--kmip VERSION]

--thumbprint pins the server's certificate: SHA-1 or SHA-256, in place of --ca.";

impl Arguments {
    fn parse() -> Result<Self, Box<dyn StdError>> {
        use lexopt::prelude::{Long, Short, ValueExt};

        let (mut address, mut ca, mut certificate, mut key, mut thumbprint, mut version) = Default::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            let field: &mut Option<String> = match argument {
                Long("server") => &mut address,
                Long("ca") => &mut ca,
                Long("cert") => &mut certificate,
                Long("key") => &mut key,
                Long("thumbprint") => &mut thumbprint,
                Long("kmip") => &mut version,
                Long("help") | Short('h') => {
                    println!("{USAGE}");
                    std::process::exit(0);
                }
                other => return Err(format!("{}\n{USAGE}", other.unexpected()).into()),
            };
            *field = Some(parser.value()?.string()?);
        }
        let version = version.map(|version| version.parse()).transpose()?;
        let server = match (address, certificate, key) {
            (None, None, None) if ca.is_none() && thumbprint.is_none() => None,
            (Some(address), Some(certificate), Some(key)) if ca.is_some() || thumbprint.is_some() => {
                Some(Server { address, ca, thumbprint, certificate, key })
            }
            _ => return Err(format!("--server needs --cert, --key, and --ca or --thumbprint\n{USAGE}").into()),
        };
        Ok(Self { server, version })
    }
}

impl Server {
    fn config(&self) -> Result<Config, Box<dyn StdError>> {
        let read = |file: &str| std::fs::read(file).map_err(|error| format!("cannot read {file}: {error}"));
        let trust = match (&self.thumbprint, &self.ca) {
            (Some(thumbprint), _) => Trust::thumbprint(thumbprint)?,
            (None, Some(ca)) => Trust::ca_pem(read(ca)?)?,
            (None, None) => return Err(USAGE.into()),
        };
        let identity = Identity::from_pem(read(&self.certificate)?, read(&self.key)?)?;
        Ok(Config::new(&self.address).identity(identity).trust(trust))
    }
}
