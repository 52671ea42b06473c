//! The embedded KMS as a program, so that KMIP clients in any language can be tested against it.
//!
//! ```text
//! cargo run --example kms
//! cargo run --example kms -- --listen 0.0.0.0:5696 --san kms.test --pki ./pki --https --lenient
//! ```
//!
//! It keeps everything in memory, and is for tests only: it accepts everybody with a certificate of its CA.

mod args;
mod fault;
mod pki;

use std::process::ExitCode;

use examples::{Failure, Output, labelled, wrap};
use kmip_client::test_server::TestServer;

use crate::args::Arguments;
use crate::pki::Files;

fn main() -> ExitCode {
    examples::main(|arguments, output| {
        let server = start(arguments, output)?;
        // Until the process is ended, for example by Ctrl-C.
        loop {
            std::thread::park();
            let _ = &server;
        }
    })
}

/// Starts the server and prints what a client needs.
fn start(arguments: &Arguments, output: &mut Output<'_>) -> Result<TestServer, Failure> {
    let files = Files::open(&arguments.pki, &arguments.names(), &arguments.client)?;
    let server = arguments.settings(files.authority, files.server)?.try_start()?;
    server.set_read_only(arguments.read_only);
    for script in &arguments.fail {
        server.fail(script.clone());
    }
    // Without colons it fits the line.
    let thumbprint = server.thumbprint().to_string().replace(':', "");
    for (what, value) in [
        ("listens on", server.address().to_string()),
        ("versions", arguments.versions.to_string()),
        ("CA", files.ca.display().to_string()),
        ("client", files.clients.join("\n            ")),
        ("SHA-256", thumbprint),
    ] {
        writeln!(output, "{what:<12}{value}")?;
    }
    if arguments.https {
        writeln!(output, "{:<12}{}", "HTTPS", server.endpoint())?;
    }
    let notes = arguments.notes();
    if !notes.is_empty() {
        writeln!(output, "{}", labelled(0, "beside", &notes.join("; ")))?;
    }
    writeln!(output, "\n{}", wrap("Objects are kept in memory: they are gone when this ends. Ctrl-C ends it."))?;
    Ok(server)
}

#[cfg(test)]
mod tests;
