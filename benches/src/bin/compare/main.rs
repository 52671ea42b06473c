//! Sets other KMIP stacks beside ours: decoding, encoding, walking, round trips over TLS, and malformed messages.
//!
//! ```sh
//! cargo run --release -p benches --bin compare                          # every stack in benches/peers that is built
//! cargo run --release -p benches --bin compare -- --peer mine=./driver  # and one from elsewhere
//! cargo run --release -p benches --bin compare -- --svg compare.svg     # and a picture
//! ```
//!
//! `benches/README.md` says how to build the stacks, how to join one, and how to read the figures.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the tables are what the program is for")]

mod ours;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use benches::compare::{
    Comparison, Fault, Launch, Machine, Message, Operation, Peer, Plan, StackReport, draw, inputs, judge, measure,
    render, round_trips,
};
use benches::machine;
use benches::server::{self, Failure, ID, Server};
use clap::{Parser, ValueEnum};
use kmip_client::test_server::Pki;

/// Sets other KMIP stacks beside ours.
#[derive(Parser)]
#[command(name = "compare")]
struct Arguments {
    /// Leave out the other parts
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// A stack from elsewhere: the program that speaks the protocol, and its arguments
    #[arg(long = "peer", value_name = "NAME=COMMAND")]
    peers: Vec<String>,
    /// The folder with a folder for each stack, in which the program `run` speaks the protocol
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/peers"))]
    folder: PathBuf,
    /// Leave out the stacks in the folder, or those that are not named
    #[arg(long, value_name = "NAME", num_args = 0..)]
    only: Option<Vec<String>>,
    /// A message to measure on beside W1 to W5: bytes or hexadecimal digits
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Seconds for each stack, operation and message
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    seconds: f64,
    /// Print JSON in place of the table
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV in place of the table; it leaves out malformed messages
    #[arg(long)]
    csv: bool,
    /// Draw a picture into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Be the driver of kmip-client: answer the protocol on standard input
    #[arg(long, exclusive = true)]
    drive: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Decode, encode and walk messages
    Codec,
    /// Fetch a key over TLS
    RoundTrips,
    /// Decode malformed messages
    Malformed,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    if arguments.drive {
        return Ok(benches::driver::serve(ours::KmipClient::default())?);
    }
    if let Some(what) = machine::LINUX_ONLY {
        eprintln!("{what}");
    }
    let comparison = compare(&arguments)?;
    if arguments.json {
        println!("{}", comparison.to_json());
    } else if arguments.csv {
        print!("{}", comparison.to_csv());
    } else {
        print!("{}", render(&comparison));
    }
    if let Some(file) = &arguments.svg {
        draw(&comparison, file)?;
    }
    Ok(())
}

fn compare(arguments: &Arguments) -> Result<Comparison, Failure> {
    let wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    let plan = Plan {
        round: Duration::from_millis(2),
        rounds: 201,
        time: Duration::from_secs_f64(arguments.seconds),
        patience: Duration::from_secs(10),
    };
    let mut messages = Message::workloads();
    for file in &arguments.files {
        messages.push(Message::read(file)?);
    }
    let (mut peers, stacks) = start(launches(arguments)?);
    let mut comparison = Comparison { machine: here(), stacks, cells: Vec::new(), malformed: Vec::new() };
    if wanted(Part::Codec) {
        for operation in [Operation::Decode, Operation::Encode, Operation::Walk] {
            for message in &messages {
                eprintln!("{} {}", operation.name(), message.name);
                comparison.cells.extend(measure(&mut peers, operation, message, plan));
            }
        }
    }
    if wanted(Part::Malformed) {
        let inputs = inputs();
        for peer in &mut peers {
            eprintln!("malformed messages, {}", peer.name());
            comparison.malformed.push(judge(peer, &inputs, plan.patience));
        }
    }
    if wanted(Part::RoundTrips) {
        eprintln!("round trips");
        // One processor for both sides: where there are several, the system wakes a side now here, now there. What is
        // started from now on inherits it.
        machine::bind_to_processors("0")?;
        peers.iter_mut().for_each(Peer::end);
        let (pki, folder) = (Pki::new(), tempfile::tempdir()?);
        server::write_client_files(&pki, folder.path())?;
        let server = Server::start(&pki, false)?;
        let key = 32;
        comparison.cells.extend(round_trips(&mut peers, server.address(), folder.path(), (ID, key), plan));
    }
    Ok(comparison)
}

/// Ours first, then those of the folder by name, then those of the command line.
fn launches(arguments: &Arguments) -> Result<Vec<Launch>, Failure> {
    let ours = vec![std::env::current_exe()?.into(), "--drive".into()];
    let mut launches = vec![Launch { name: "kmip-client".into(), command: ours }];
    let is_wanted = |name: &str| arguments.only.as_ref().is_none_or(|only| only.iter().any(|one| one == name));
    let mut known: Vec<_> = in_folder(&arguments.folder)?;
    known.sort();
    if let Some(name) = arguments.only.iter().flatten().find(|name| !known.iter().any(|(known, _)| known == *name)) {
        let known: Vec<_> = known.iter().map(|(name, _)| &**name).collect();
        return Err(format!("--only {name}: no such stack; there are {}", known.join(", ")).into());
    }
    for (name, run) in known.into_iter().filter(|(name, _)| is_wanted(name)) {
        launches.push(Launch { name, command: vec![run.into()] });
    }
    for peer in &arguments.peers {
        let (name, command) = peer.split_once('=').ok_or_else(|| format!("--peer {peer}: not NAME=COMMAND"))?;
        launches.push(Launch { name: name.into(), command: command.split_whitespace().map(OsString::from).collect() });
    }
    Ok(launches)
}

fn in_folder(folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let runs =
        entries.flatten().map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path().join("run")));
    Ok(runs.filter(|(_, run)| run.is_file()).collect())
}

fn start(launches: Vec<Launch>) -> (Vec<Peer>, Vec<StackReport>) {
    let (mut peers, mut stacks) = (Vec::<Peer>::new(), Vec::new());
    for launch in launches {
        let name = launch.name.clone();
        let started = match Peer::start(launch) {
            Ok(peer) if peers.iter().any(|known| known.name() == peer.name()) => {
                Err(Fault::Untrue(format!("there is a stack {} already", peer.name())))
            }
            started => started,
        };
        match started {
            Ok(peer) => {
                let (name, version) = (peer.name().into(), peer.version().into());
                stacks.push(StackReport { name, version, not_measured: None });
                peers.push(peer);
            }
            Err(Fault::NotThere(why)) => {
                stacks.push(StackReport { name, version: String::new(), not_measured: Some(why) });
            }
            Err(fault) => {
                stacks.push(StackReport { name, version: String::new(), not_measured: Some(fault.to_string()) });
            }
        }
    }
    (peers, stacks)
}

fn here() -> Machine {
    Machine {
        date: machine::date(),
        processor: machine::processor(),
        threads: std::thread::available_parallelism().map_or(1, Into::into),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=3_600.0).contains(&seconds) => Ok(seconds),
        _ => Err("a number of seconds up to 3,600".into()),
    }
}
