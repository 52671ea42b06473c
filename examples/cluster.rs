//! Three servers of one KMS, configured as a cluster: their status, and calls while servers fail and recover.
//!
//! The servers are embedded ones, on loopback, with the same keys, like the replicas of a real KMS. With `--server`
//! (repeated for the servers of a cluster) the example uses a real KMS through relays on loopback, and cuts those.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use examples::{Failure, Output, ServerArgs};
use kmip_client::blocking::Client;
use kmip_client::protocol::Id;
use kmip_client::protocol::object::KeyBlock;
use kmip_client::protocol::operation::{Activate, Create, Destroy, Get, Revoke};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::RevocationReasonCode;

/// Shows the status of a cluster, and calls while its servers fail and recover
#[derive(Parser)]
#[command(max_term_width = 80)]
struct Arguments {
    #[command(flatten)]
    server: ServerArgs,
}

fn main() -> ExitCode {
    examples::main(run)
}

fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<(), Failure> {
    // Each server is behind a gate that can be cut. In order of preference; `spread()` would distribute the calls.
    let cluster = arguments.server.gated(TestServer::builder(), 3, output)?;
    let kms = Client::connect(&cluster.config)?;
    let (last, others) = cluster.gates.split_last().expect("there are two servers or more");
    writeln!(output, "\n{} servers.", cluster.gates.len())?;
    show(&kms, output)?;

    let created = kms.call(&Create::aes(256).name(format!("cluster-{}", std::process::id()).as_str()))?;
    let id = created.payload().unique_identifier;
    kms.call(&Activate::id(id))?;
    writeln!(output, "  made by {}: {id}", kms.endpoint())?;

    for gate in others {
        writeln!(output, "\n{} dies.", gate.address())?;
        gate.cut();
        fetch(&kms, id, output)?;
        show(&kms, output)?;
    }

    writeln!(output, "\nAll come back, and {} dies.", last.address())?;
    for gate in others {
        gate.restore().map_err(|error| Failure::Other(format!("cannot open the relay again: {error}")))?;
    }
    last.cut();
    // A failed server is avoided for a while, which grows with the number of failures.
    thread::sleep(Duration::from_secs(1));
    fetch(&kms, id, output)?;
    show(&kms, output)?;
    kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION))?;
    kms.call(&Destroy::id(id))?;

    let counters = kms.counters();
    let (calls, failed, failovers) = (counters.calls, counters.failed, counters.failovers);
    Ok(writeln!(output, "\n{calls} calls, {failed} failed, {failovers} went on to another server")?)
}

/// Fetches the key, as after a restart.
fn fetch(kms: &Client, id: Id<'_>, output: &mut Output<'_>) -> Result<(), Failure> {
    let fetched = kms.call(&Get::id(id))?;
    let object = fetched.payload().object;
    let key = object.key_block().and_then(KeyBlock::bytes);
    let key = key.ok_or_else(|| Failure::Other("the server sent no plain key".into()))?;
    Ok(writeln!(output, "  {} bytes of the key from {}", key.len(), kms.endpoint())?)
}

/// Prints the connection status, as on an operator's panel.
fn show(kms: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
    let status = kms.probe();
    writeln!(output, "  {}", status.verdict())?;
    for server in status.endpoints {
        let version = server.version.map_or_else(|| "-".to_owned(), |version| format!("KMIP {version}"));
        let latency = server.latency.map_or_else(|| "-".to_owned(), |latency| format!("{latency:.1?}"));
        let state = format!("{:?}", server.state);
        writeln!(output, "    {:<24} {state:<12} {version:<9} {latency:>9}", server.endpoint.to_string())?;
    }
    Ok(())
}
