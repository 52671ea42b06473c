//! A fuzzing campaign against a KMIP server over TLS: generated and mutated messages, the server's life watched, every
//! finding written down.
//!
//! ```text
//! cargo run --release --example attack
//! cargo run --release --example attack -- --server kms.test:5696 --ca ca.pem --cert client.pem --key client.key \
//!   --seconds 600 --seed 1 --out findings
//! ```
//!
//! Without a server, the embedded KMS is attacked. Only attack a server that is yours: objects are made and destroyed.
//!
//! Half of the messages are valid by construction (feature `arbitrary`), a quarter have fields or values that their
//! version does not have, and a quarter are damaged. Most are about objects that the server has: the campaign makes
//! some, and learns of others from the answers. A finding is an answer that is missing or cannot be read, a connection
//! that breaks on a message that is well-formed, a refusal that says that the server failed, or a server that no longer
//! answers Query. `fuzz/README.md` shows a campaign.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to people")]

mod args;
mod campaign;
mod connection;
mod findings;
mod message;
mod mutate;
mod objects;

use std::process::ExitCode;

use clap::Parser;
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::{V1_0, V3_0};

use crate::args::Arguments;
use crate::campaign::Campaign;
use crate::connection::Target;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(3),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the campaign and returns the number of findings.
fn run(arguments: &Arguments) -> Result<usize, Box<dyn std::error::Error>> {
    // Kept until the end: the server ends with it.
    let mut embedded = None;
    let target = match &arguments.server {
        Some(server) => Target::new(server, &arguments.files()?)?,
        None => {
            let server = embedded.insert(TestServer::builder().versions(V1_0..=V3_0).try_start()?);
            Target::embedded(server)?
        }
    };
    println!("attacking {}: {}, seed {}", target.name(), arguments.limits(), arguments.seed);
    let mut campaign = Campaign::new(target, arguments)?;
    campaign.run()?;
    campaign.finish()
}
