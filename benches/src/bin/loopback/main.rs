//! The clients on loopback, beside a bare TLS echo of the same bytes over the same sockets: ratios, all in one run.
//!
//! ```sh
//! cargo run --release -p benches --bin loopback              # the table
//! cargo run --release -p benches --bin loopback -- one batch # some of its parts
//! cargo run --release -p benches --bin loopback -- --assert  # and exit 1 where a bound is missed
//! cargo run --release -p benches --bin loopback -- --full    # memory over 1,000,000 calls in place of 100,000
//! cargo run --release -p benches --bin loopback -- --serve   # the server alone
//! ```
//!
//! The server answers with fixed bytes and reads nothing of a request, so that only the clients differ; the time of the
//! server and of TLS is in both sides of a ratio. Both sides take turns in short rounds. A figure is that of the round
//! which nine in ten exceed: the time on an otherwise idle machine. A single caller shares one processor with the
//! server: on several, the system wakes either side now here, now there, which makes three times the difference that is
//! measured. A bound is missed if it is missed three times. Parts that need Linux (processors and memory) are left out
//! elsewhere, and the program says so. `--serve` runs the server alone, for clients of other stacks.

#![allow(clippy::print_stdout, reason = "the table is what the program is for")]

mod bare;
mod peers;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use benches::server::{self, Failure, ID, Server};
use benches::workload::MANY;
use benches::{machine, report};
use clap::{Parser, ValueEnum};
use kmip_client::protocol::operation::Get;
use kmip_client::test_server::Pki;
use kmip_client::{Config, Exchange, Trust, blocking};
use kmip_ttlv::V1_4;

use self::bare::{Bare, Tls};

/// Compares the clients with a bare TLS echo on loopback: ratios of times.
#[derive(Parser)]
#[command(name = "loopback")]
struct Arguments {
    /// Leave out the other parts
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Exit with 1 if a bound is missed
    #[arg(long)]
    assert: bool,
    /// Make 1,000,000 calls for the growth of memory, in place of 100,000
    #[arg(long)]
    full: bool,
    /// Run the server alone until the program is ended; prints its address, and the files to connect with
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:0", conflicts_with_all = ["parts", "assert", "full"])]
    serve: Option<SocketAddr>,
    /// Write the files to connect with into this folder, not into a new one
    #[arg(long, value_name = "FOLDER", requires = "serve")]
    files: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Round trips of one blocking caller
    One,
    /// 64 async callers on 8 connections
    Many,
    /// A connection for each call
    Fresh,
    /// 1,000 requests as one batch
    Batch,
    /// Other clients of KMIP
    Peers,
    /// Growth of memory
    Memory,
}

fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::parse();
    if let Some(address) = arguments.serve {
        serve(address, arguments.files)?;
    }
    let wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    if let Some(what) = machine::LINUX_ONLY {
        println!("{what}");
    }
    machine::bind_to_processors("0")?;
    let bench = Bench::new()?;
    let mut table = Table { missed: 0 };
    println!("{:<44} {:>12}  {:<24} {:>12} {:>7} {:>9}", "", "ours", "beside", "", "ratio", "bound");
    if wanted(Part::One) {
        bench.one_caller(&mut table)?;
    }
    if wanted(Part::Many) {
        bench.many_callers(&mut table)?;
    }
    if wanted(Part::Fresh) {
        bench.fresh_connections(&mut table)?;
    }
    if wanted(Part::Batch) {
        bench.batch(&mut table)?;
    }
    if wanted(Part::Peers) {
        bench.peers(&mut table);
    }
    if wanted(Part::Memory) && machine::LINUX_ONLY.is_none() {
        bench.memory(&mut table, if arguments.full { 1_000_000 } else { 100_000 })?;
    }
    println!("{}", report::verdict(table.missed));
    Ok(if arguments.assert && table.missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Runs the server until the program is ended.
fn serve(address: SocketAddr, files: Option<PathBuf>) -> Result<Infallible, Failure> {
    let pki = Pki::new();
    let folder = match files {
        Some(folder) => folder,
        // It stays for as long as somebody may want to read it: nobody says when the server ends.
        None => tempfile::Builder::new().prefix("kmip-loopback-").tempdir()?.keep(),
    };
    std::fs::create_dir_all(&folder)?;
    server::write_client_files(&pki, &folder)?;
    let server = Server::start_at(&pki, address, false)?;
    println!("address  {}", server.address());
    for (what, file) in [("ca", "ca.pem"), ("client", "client.pem"), ("key", "client.key")] {
        println!("{what:<8} {}", folder.join(file).display());
    }
    println!("id       {ID}");
    println!("It answers every Get with an AES-256 key, whatever is asked for. End it with ctrl-C.");
    loop {
        std::thread::park();
    }
}

/// The state that all rows share.
struct Bench {
    pki: Pki,
    tls: Tls,
    /// It keeps connections.
    server: Server,
    /// It ends each connection with its first answer.
    closing: Server,
    /// A Get as the client writes it.
    request: Arc<[u8]>,
}

impl Bench {
    fn new() -> Result<Self, Failure> {
        let pki = Pki::new();
        let request = Exchange::new(V1_4, &Get::id(ID))?.request().into();
        Ok(Self {
            tls: Tls::new(&pki)?,
            server: Server::start(&pki, false)?,
            closing: Server::start(&pki, true)?,
            request,
            pki,
        })
    }

    fn config(&self, server: &Server) -> Result<Config, Failure> {
        Ok(Config::new(server.address().to_string())
            .version(V1_4)
            .identity(self.pki.issue_client("alice").identity()?)
            .trust(Trust::ca_pem(self.pki.ca_pem())?))
    }

    fn bare(&self, server: &Server) -> Result<Bare, Failure> {
        Bare::connect(&self.tls, server.address(), Arc::clone(&self.request), server.answer())
    }

    /// One blocking caller, one connection.
    fn one_caller(&self, table: &mut Table) -> Result<(), Failure> {
        let kms = blocking::Client::connect(&self.config(&self.server)?)?;
        let mut bare = self.bare(&self.server)?;
        table.at_most(1.15, "round trip, one blocking caller", "echo", || {
            alternate(300, || seconds(20, || kms.call(&Get::id(ID)).map(drop)), || seconds(20, || bare.round_trip()))
        })
    }

    /// Callers that share connections, on two threads, and on all processors.
    fn many_callers(&self, table: &mut Table) -> Result<(), Failure> {
        const CALLERS: usize = 64;
        const CONNECTIONS: usize = 8;
        const CALLS: usize = 100;
        machine::bind_to_processors("0-1023")?;
        let server = Server::start(&self.pki, false)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let config = self.config(&server)?.max_connections(CONNECTIONS);
        let kms = runtime.block_on(kmip_client::Client::connect(&config))?;
        let before = server.connections();
        let ours = || -> Result<f64, Failure> {
            let start = Instant::now();
            let tasks: Vec<_> = (0..CALLERS)
                .map(|_| {
                    let kms = kms.clone();
                    runtime.spawn(async move {
                        for _ in 0..CALLS {
                            kms.call(&Get::id(ID)).await?;
                        }
                        Ok::<_, kmip_client::Error>(())
                    })
                })
                .collect();
            for task in tasks {
                runtime.block_on(task)??;
            }
            Ok(start.elapsed().as_secs_f64() / (CALLERS * CALLS) as f64)
        };
        let mut streams = Vec::new();
        for _ in 0..CONNECTIONS {
            let connect = bare::connect(&self.tls, server.address(), Arc::clone(&self.request), server.answer());
            streams.push(Some(runtime.block_on(connect)?));
        }
        let bare = || -> Result<f64, Failure> {
            let start = Instant::now();
            let tasks: Vec<_> = streams
                .iter_mut()
                .filter_map(Option::take)
                .map(|mut bare| {
                    runtime.spawn(async move {
                        for _ in 0..CALLERS * CALLS / CONNECTIONS {
                            bare.round_trip().await?;
                        }
                        Ok::<_, std::io::Error>(bare)
                    })
                })
                .collect();
            for (task, stream) in tasks.into_iter().zip(&mut streams) {
                *stream = Some(runtime.block_on(task)??);
            }
            Ok(start.elapsed().as_secs_f64() / (CALLERS * CALLS) as f64)
        };
        let (mut ours, mut bare) = (ours, bare);
        // 0.85 of the throughput is 1 / 0.85 of the time.
        table.at_most(1.0 / 0.85, "per call, 64 async callers on 8 connections", "echo", || {
            alternate(30, &mut ours, &mut bare)
        })?;
        let opened = server.connections() - before - CONNECTIONS;
        assert!(opened <= CONNECTIONS, "{opened} connections were opened");
        machine::bind_to_processors("0")?;
        Ok(())
    }

    /// A connection for each call: TCP, TLS with a session that is taken up again, one round trip.
    fn fresh_connections(&self, table: &mut Table) -> Result<(), Failure> {
        // Until the end of the connection before has come: a client that does not see it tries in vain.
        const PAUSE: Duration = Duration::from_micros(500);
        let kms = blocking::Client::connect(&self.config(&self.closing)?)?;
        // The first sessions are new ones.
        for _ in 0..3 {
            kms.call(&Get::id(ID))?;
            self.bare(&self.closing)?.round_trip()?;
        }
        let (connections, resumed) = (self.closing.connections(), self.closing.resumed());
        table.at_most(1.2, "call on a fresh connection, TLS resumed", "resumed handshake, echo", || {
            let ours = || {
                std::thread::sleep(PAUSE);
                seconds(1, || kms.call(&Get::id(ID)).map(drop))
            };
            let bare = || {
                std::thread::sleep(PAUSE);
                seconds(1, || self.bare(&self.closing)?.round_trip().map_err(Failure::from))
            };
            alternate(1_000, ours, bare)
        })?;
        let (connections, resumed) = (self.closing.connections() - connections, self.closing.resumed() - resumed);
        assert!(resumed * 100 >= connections * 99, "{resumed} of {connections} handshakes were resumed");
        Ok(())
    }

    fn batch(&self, table: &mut Table) -> Result<(), Failure> {
        let kms = blocking::Client::connect(&self.config(&self.server)?)?;
        let batch: Vec<_> = (0..MANY).map(|_| Get::id(ID)).collect();
        let batched = || {
            seconds(1, || -> Result<(), kmip_client::Error> {
                for reply in kms.batch(&batch)? {
                    reply?;
                }
                Ok(())
            })
        };
        let single = || Ok::<_, Failure>(seconds(MANY, || kms.call(&Get::id(ID)).map(drop))? * MANY as f64);
        table.at_most(1.0 / 5.0, "1,000 Gets as one batch", "1,000 calls", || alternate(15, batched, single))
    }

    /// Other clients of KMIP on the same server; for scale.
    fn peers(&self, table: &mut Table) {
        let ours = || -> Result<f64, Failure> {
            let kms = blocking::Client::connect(&self.config(&self.server)?)?;
            steady(|| kms.call(&Get::id(ID)).map(drop))
        };
        let nlnet = peers::nlnet(&self.tls, self.server.address());
        let pykmip = peers::pykmip(&self.pki, self.server.address());
        for (name, theirs) in [("NLnet Labs kmip-protocol", nlnet), ("PyKMIP", pykmip)] {
            match (ours(), theirs) {
                (Ok(ours), Ok(theirs)) => table.row("round trip, one blocking caller", name, ours, theirs, None),
                (Err(why), _) | (_, Err(why)) => println!("{name}: not measured: {why}"),
            }
        }
    }

    /// Measures the memory that stays allocated after this many calls.
    fn memory(&self, table: &mut Table, calls: usize) -> Result<(), Failure> {
        /// Caches, and the allocator's ways.
        const SLACK: f64 = 2.0;
        let kms = blocking::Client::connect(&self.config(&self.server)?)?;
        let resident = || -> Result<f64, Failure> {
            Ok(machine::resident_memory(std::process::id())?.0 as f64 / f64::from(1 << 20))
        };
        seconds(10_000, || kms.call(&Get::id(ID)).map(drop))?;
        let before = resident()?;
        seconds(calls, || kms.call(&Get::id(ID)).map(drop))?;
        let after = resident()?;
        let missed = after > before + SLACK;
        table.missed += usize::from(missed);
        println!(
            "memory over {calls} calls: {before:.1} MiB before, {after:.1} MiB after (at most {SLACK:.0} more){}",
            if missed { "  MISSED" } else { "" }
        );
        Ok(())
    }
}

struct Table {
    missed: usize,
}

impl Table {
    /// Measures, up to three times if need be, and prints the row.
    fn at_most(
        &mut self,
        most: f64,
        what: &str,
        beside: &str,
        mut measure: impl FnMut() -> Result<(f64, f64), Failure>,
    ) -> Result<(), Failure> {
        let mut times = measure()?;
        for _ in 0..2 {
            if times.0 <= most * times.1 {
                break;
            }
            times = measure()?;
        }
        self.row(what, beside, times.0, times.1, Some(most));
        Ok(())
    }

    fn row(&mut self, what: &str, beside: &str, ours: f64, theirs: f64, most: Option<f64>) {
        let missed = most.is_some_and(|most| ours > most * theirs);
        self.missed += usize::from(missed);
        let bound = most.map_or_else(String::new, |most| format!("<= {most:.2}"));
        println!(
            "{what:<44} {:>9.1} us  {beside:<24} {:>9.1} us {:>7.2} {bound:>9}{}",
            ours * 1e6,
            theirs * 1e6,
            ours / theirs,
            if missed { "  MISSED" } else { "" }
        );
    }
}

/// Returns the mean duration of a call in seconds.
fn seconds<E: Into<Failure>>(times: usize, mut call: impl FnMut() -> Result<(), E>) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..times {
        call().map_err(Into::into)?;
    }
    Ok(start.elapsed().as_secs_f64() / times as f64)
}

/// The lowest deciles of rounds in which both take turns.
fn alternate(
    rounds: usize,
    mut ours: impl FnMut() -> Result<f64, Failure>,
    mut theirs: impl FnMut() -> Result<f64, Failure>,
) -> Result<(f64, f64), Failure> {
    let (mut a, mut b) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    ours()?;
    theirs()?;
    for _ in 0..rounds {
        a.push(ours()?);
        b.push(theirs()?);
    }
    Ok((lowest_decile(a), lowest_decile(b)))
}

/// Returns the duration of a call in seconds without outliers: the lowest decile of many rounds.
fn steady<E: Into<Failure>>(mut call: impl FnMut() -> Result<(), E>) -> Result<f64, Failure> {
    let rounds: Result<Vec<f64>, Failure> = (0..100).map(|_| seconds(20, &mut call)).collect();
    Ok(lowest_decile(rounds?))
}

fn lowest_decile(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 10]
}
