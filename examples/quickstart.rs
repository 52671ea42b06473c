//! One key's whole life, as a person would want to see it.
//!
//! ```text
//! cargo run --example quickstart
//! cargo run --example quickstart -- --server HOST:PORT --ca FILE --cert FILE --key FILE
//! ```
//!
//! Without arguments it starts the embedded KMS and uses that. With `--server` it uses any other server, and destroys
//! the objects that it creates.

use std::process::ExitCode;

use clap::Parser;
use examples::{Failure, Output, ServerArgs};
use kmip_client::blocking::Client;
use kmip_client::flow;
use kmip_client::protocol::Secret;
use kmip_client::protocol::operation::{Activate, Create, Destroy, Get, GetAttributes, Locate, Revoke};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::{RevocationReasonCode, State};

/// Shows the whole life of a key
#[derive(Parser)]
#[command(max_term_width = 80)]
struct Arguments {
    #[command(flatten)]
    server: ServerArgs,
}

fn main() -> ExitCode {
    examples::main(|arguments: &Arguments, output| {
        // An embedded server ends with this value.
        let server = arguments.server.kms(TestServer::builder(), 1, output)?;
        let kms = Client::connect(&server.config)?;
        introduce(&kms, output)?;
        life_of_a_key(&kms, output)
    })
}

/// Prints what is known of the server before it is trusted with a key.
fn introduce(kms: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
    writeln!(output, "\nserver      {}", kms.endpoint())?;
    if let Some(thumbprint) = kms.server_thumbprint() {
        writeln!(output, "{}", examples::labelled(0, "thumbprint", &thumbprint.to_string()))?;
    }
    let told = kms.capabilities()?;
    writeln!(output, "version     KMIP {}", kms.version())?;
    writeln!(output, "vendor      {}", told.vendor().unwrap_or("does not say"))?;
    for (tag, text) in told.information() {
        writeln!(output, "            {}: {text}", tag.title().unwrap_or("another tag"))?;
    }
    Ok(writeln!(output, "operations  {}\n", told.operations().len())?)
}

fn life_of_a_key(kms: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
    let name = format!("quickstart-{}", std::process::id());

    let created = kms.call(&Create::aes(256).name(&name))?;
    let id = created.payload().unique_identifier.to_string();
    step(kms, "create", &format!("AES-256 with the name {name}"), &id, output)?;
    writeln!(output, "            {id}")?;

    kms.call(&Activate::id(&id))?;
    step(kms, "activate", "it may be used from now on", &id, output)?;

    let fetched = kms.call(&Get::id(&id))?;
    let object = fetched.payload().object;
    if let Some(block) = object.key_block() {
        let algorithm = block.cryptographic_algorithm.map_or_else(|| "unknown".into(), |a| a.to_string());
        let bits = block.cryptographic_length.unwrap_or_default();
        // The bytes are not printed: `Debug` of the object does not print them either.
        let bytes = block.bytes().map_or(0, Secret::len);
        step(kms, "get", &format!("{algorithm}, {bits} bits in {bytes} bytes"), &id, output)?;
    }

    let located = kms.call(&Locate::name(&name))?;
    let found = located.payload().unique_identifiers.len();
    step(kms, "locate", &format!("by its name: {found} found"), &id, output)?;

    // By Re-key if the server has it, by Create otherwise.
    let rotated = kms.run(async |kms| flow::rotate(&kms, &id).await)?;
    let newer = rotated.id();
    let name = rotated.name().unwrap_or("no name");
    step(kms, "rotate", &format!("the new key has the name {name}"), newer, output)?;
    writeln!(output, "            {newer}")?;

    for (id, which) in [(id.as_str(), "the old key"), (newer, "the new key")] {
        kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION).message("end of the example"))?;
        step(kms, "revoke", which, id, output)?;
        kms.call(&Destroy::id(id))?;
        step(kms, "destroy", which, id, output)?;
    }
    Ok(())
}

/// Prints what was done, and the state of the key according to the server.
fn step(kms: &Client, what: &str, detail: &str, id: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    let state = state(kms, id)?.map_or("gone", |state| state.title().unwrap_or("unknown to us"));
    Ok(writeln!(output, "{what:<12}{detail:<54} {state}")?)
}

/// Returns the state of the key; `None` if the server does not have it any more.
fn state(kms: &Client, id: &str) -> Result<Option<State>, Failure> {
    match kms.call(&GetAttributes::id(id).state()) {
        Ok(reply) => Ok(reply.payload().attributes.clone().unwrap_or_default().state()),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
