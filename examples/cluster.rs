//! Three servers of one KMS, configured as a cluster: their status, and calls while servers fail and recover.
//!
//! The servers are embedded ones, on loopback, with the same keys, like the replicas of a real KMS.

#![allow(clippy::print_stdout, reason = "it is a program for people")]

use std::error::Error;
use std::thread;
use std::time::Duration;

use kmip_client::blocking::Client;
use kmip_client::protocol::Id;
use kmip_client::protocol::object::KeyBlock;
use kmip_client::protocol::operation::{Activate, Create, Get};
use kmip_client::test_server::TestServer;

fn main() -> Result<(), Box<dyn Error>> {
    let first = TestServer::start();
    let (second, third) = (first.replica(), first.replica());
    // In order of preference; `spread()` would distribute the calls.
    let config = first.config().endpoint(second.address().to_string()).endpoint(third.address().to_string());
    let kms = Client::connect(&config)?;
    println!("Three servers.");
    show(&kms);

    let created = kms.call(&Create::aes(256).name("disk-7"))?;
    let id = created.payload().unique_identifier;
    kms.call(&Activate::id(id))?;
    println!("  disk-7 is {id}, made by {}", kms.endpoint());

    println!("\nThe first one dies.");
    first.stop();
    fetch(&kms, id)?;
    show(&kms);

    println!("\nThe second one too.");
    second.stop();
    fetch(&kms, id)?;
    show(&kms);

    println!("\nBoth come back.");
    first.restart();
    second.restart();
    // A failed server is avoided for a while, which grows with the number of failures.
    thread::sleep(Duration::from_secs(1));
    fetch(&kms, id)?;
    show(&kms);

    let counters = kms.counters();
    println!(
        "\n{} calls, {} failed, {} went on to another server",
        counters.calls, counters.failed, counters.failovers
    );
    Ok(())
}

/// Fetches the key, as after a restart.
fn fetch(kms: &Client, id: Id<'_>) -> Result<(), Box<dyn Error>> {
    let fetched = kms.call(&Get::id(id))?;
    let object = fetched.payload().object;
    let key = object.key_block().and_then(KeyBlock::bytes).ok_or("the server sent no plain key")?;
    println!("  {} bytes of disk-7 from {}", key.len(), kms.endpoint());
    Ok(())
}

/// Prints the connection status, as on an operator's panel.
fn show(kms: &Client) {
    let status = kms.probe();
    println!("  {:?}", status.verdict());
    for server in status.endpoints {
        let version = server.version.map_or_else(|| "-".to_owned(), |version| format!("KMIP {version}"));
        let latency = server.latency.map_or_else(|| "-".to_owned(), |latency| format!("{latency:.1?}"));
        let state = format!("{:?}", server.state);
        println!("    {:<16} {state:<12} {version:<9} {latency:>9}", server.endpoint.to_string());
    }
}
