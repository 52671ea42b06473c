//! A command line for any KMIP key management server.
//!
//! ```text
//! kmip trust kms-1.example:5696 --profile prod --cert client.pem --key client.key
//! kmip status
//! kmip create --name vm-42 --activate
//! kmip get 5f4c... --out vm-42.key
//! kmip locate --state active --all
//! kmip rotate vm-42 --by-name
//! kmip migrate --to other --journal move.journal
//! ```
//!
//! If no profile, flag or `KMIP_*` variable selects a server, `kmip demo` shows the commands on the embedded KMS. Exit
//! codes are those of [`examples::exit_code`].

mod attributes;
mod command;
mod crypto;
mod demo;
mod keys;
mod life;
mod locate;
mod migrate;
mod parse;
mod profile;
mod register;
mod show;
mod status;
#[cfg(test)]
mod tests;
mod trust;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use examples::{Failure, Output};

use self::command::{Command, run};
use self::profile::Connection;
use self::show::Format;

/// Works with the keys of a KMIP key management server (KMS).
#[derive(Debug, Parser)]
#[command(name = "kmip", version, max_term_width = 80, arg_required_else_help = true)]
#[command(after_help = "Profiles are in $XDG_CONFIG_HOME/kmip/config.toml (~/.config/kmip/config.toml):\n
  default = \"prod\"
  [profile.prod]
  endpoints = [\"kms-1.example:5696\", \"kms-2.example:5696\"]
  read_only = [\"kms-3.example:5696\"]     # replicas that take no writes
  ca = \"ca.pem\"                          # or thumbprints = [\"AB:CD:...\"]
  cert = \"client.pem\"
  key = \"client.key\"                     # or pkcs12 = \"client.p12\"
  version = \"1.4\"                        # negotiated where it is left out
  user = \"alice\"                         # the password is in KMIP_PASSWORD

Exit codes: 0 done, 1 other error, 2 wrong arguments or configuration, 3 no such
object, 4 refused, 5 not reached or no answer, 6 outcome unknown, 7 not trusted.")]
struct Cli {
    #[command(flatten)]
    connection: Connection,
    /// Print JSON for programs instead of tables
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    #[command(flatten)]
    Kms(Command),
    /// Look at a server's certificate, compare its thumbprint, and store it as trusted
    Trust(trust::Trust),
    /// Show the commands on an embedded KMS, in memory
    Demo,
    /// Print completions for a shell
    #[command(subcommand)]
    Shell(ShellTask),
}

#[derive(Debug, clap::Subcommand)]
enum ShellTask {
    /// Print the completions of this shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

fn main() -> ExitCode {
    examples::main(start)
}

fn start(cli: &Cli, output: &mut Output<'_>) -> Result<(), Failure> {
    let format = Format::new(cli.json);
    match &cli.task {
        Task::Kms(command) => match (cli.connection.connect(), command) {
            (Ok(kms), _) => run(command, &kms, &cli.connection, format, output),
            // This command reports unreachable servers as its result.
            (Err(Failure::Kms(error)), Command::Status(_)) => status::unreachable(error, format, output),
            (Err(failure), _) => Err(failure),
        },
        Task::Trust(task) => task.run(&cli.connection, format, output),
        Task::Demo => demo::run(output),
        Task::Shell(ShellTask::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "kmip", &mut script);
            Ok(output.write_all(&script)?)
        }
    }
}
