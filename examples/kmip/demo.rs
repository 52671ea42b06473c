//! `kmip demo`: the commands on an embedded KMS, as typed in a shell.

use clap::Parser;
use examples::{Failure, Output};
use kmip_client::blocking::Client;
use kmip_client::test_server::TestServer;

use crate::command::{self, Command};
use crate::profile::Connection;
use crate::show::Format;

/// A command line without the arguments that select a KMS.
#[derive(Parser)]
#[command(name = "kmip")]
struct Typed {
    #[command(subcommand)]
    command: Command,
}

/// Runs the commands one after another and shows their output.
pub(crate) fn run_lines(kms: &Client, lines: &[&[&str]], output: &mut Output<'_>) -> Result<(), Failure> {
    let mut last = String::new();
    for line in lines {
        // `$` stands for the last key that was created.
        let words: Vec<&str> = line.iter().map(|word| if *word == "$" { last.as_str() } else { word }).collect();
        let shown: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        writeln!(output, "$ kmip {}", shown.join(" "))?;
        let typed = Typed::try_parse_from(std::iter::once("kmip").chain(words.iter().copied()))
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let mut printed = Vec::new();
        let ended = command::run(&typed.command, kms, &Connection::default(), Format::People, &mut printed);
        output.write_all(&printed)?;
        ended?;
        writeln!(output)?;
        let printed = String::from_utf8_lossy(&printed);
        if let (Some(&("create" | "rotate")), Some(id)) = (line.first(), printed.lines().next()) {
            last = id.to_owned();
        }
    }
    Ok(())
}

/// Quotes the word for a shell.
fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("\"{word}\"") } else { word.to_owned() }
}

pub(crate) fn run(output: &mut Output<'_>) -> Result<(), Failure> {
    let server = TestServer::start();
    let kms = Client::connect(&server.config())?;
    writeln!(output, "These commands run on an embedded KMS, in memory, on loopback.\n")?;
    run_lines(
        &kms,
        &[
            &["status"],
            &["create", "--name", "vm-42", "--attribute", "Object Group=web", "--activate"],
            &["attributes", "get", "$"],
            &["rotate", "vm-42", "--by-name"],
            &["locate"],
            &["get", "$", "--show-secret"],
            &["revoke", "$"],
            &["destroy", "$", "--yes"],
        ],
        output,
    )
}
