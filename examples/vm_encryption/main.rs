//! The day of an operator who encrypts virtual machines with keys of a KMS, as in vSphere.
//!
//! ```text
//! cargo run --example vm_encryption
//! cargo run --example vm_encryption -- --qemu
//! cargo run --example vm_encryption -- --server HOST:5696 --ca ca.pem --cert client.pem --key client.key
//! ```
//!
//! A key of the KMS (KEK) wraps the data key (DEK) of a disk. The KMS sees neither the data key nor the disk. Without
//! `--server` it uses the embedded KMS, with two endpoints. The endpoints fail and recover in the course of it: they
//! are reached through relays of this program, so that a real KMS need not be stopped. At the end the keys are
//! destroyed and the files removed.

mod day;
mod disk;
mod keys;
mod page;
mod vcenter;
mod vm;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use examples::{Failure, Output, ServerArgs, exit_code, read};
use kmip_client::Error;

use crate::day::Day;
use crate::disk::Backend;
use crate::keys::{Key, KeyError};
use crate::page::Page;
use crate::vm::Vm;

/// Encrypts a virtual machine's disk with a key of a KMS, as vSphere does, and goes through the day of its operator.
#[derive(Parser, Debug)]
#[command(name = "vm_encryption", version, about, max_term_width = 80)]
struct Arguments {
    #[command(flatten)]
    server: ServerArgs,
    /// Encrypt a qcow2 image with qemu-img (LUKS), in place of a file with AES-256-GCM
    #[arg(long)]
    qemu: bool,
    /// The folder for the configuration and the disk (default: a temporary one)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Keep the files of --dir and the keys on the KMS
    #[arg(long, requires = "dir")]
    keep: bool,
    /// Print the data key of the machine in --dir, in hex, with this KEK in a file of 32 bytes: the passphrase of a
    /// --qemu image
    #[arg(long, value_name = "KEK-FILE", requires = "dir")]
    unwrap: Option<PathBuf>,
}

/// The reason for which the day ends early.
enum Stop {
    /// A key is unavailable.
    Key(KeyError),
    /// Something else.
    Failure(Failure),
}

impl From<KeyError> for Stop {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Key(error.into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        let error = match stop {
            Stop::Failure(failure) => return failure,
            Stop::Key(error) => error,
        };
        let code = match &error {
            KeyError::Missing { .. } => 3,
            KeyError::NotActive { .. } => 4,
            KeyError::Denied(error)
            | KeyError::Unreachable(error)
            | KeyError::Untrusted(error)
            | KeyError::Other(error) => exit_code(error),
        };
        Self::Coded { text: error.to_string(), code }
    }
}

fn main() -> ExitCode {
    examples::main(run)
}

fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<(), Failure> {
    if let (Some(file), Some(folder)) = (&arguments.unwrap, &arguments.dir) {
        return unwrap(file, folder, output);
    }
    let temporary;
    let folder: &Path = match &arguments.dir {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
            folder
        }
        None => {
            temporary = tempfile::tempdir().map_err(Failure::file("create", std::env::temp_dir()))?;
            temporary.path()
        }
    };
    let backend = if arguments.qemu { Backend::Qemu } else { Backend::Sealed };
    if backend == Backend::Qemu && !disk::qemu_is_installed() {
        return Err(Failure::Other("qemu-img cannot be run: install qemu-utils, or leave out --qemu".into()));
    }
    let gated = arguments.server.gated(kmip_client::test_server::TestServer::builder(), 2, output)?;
    Day::new(gated, &arguments.server, folder, backend).go_through(&mut Page(output), arguments.keep)?;
    Ok(())
}

/// Prints the data key of the machine in the folder, in hex and without a line end, as qemu-img reads it from a file.
fn unwrap(kek: &Path, folder: &Path, output: &mut Output<'_>) -> Result<(), Failure> {
    let key: Key = read(kek)?;
    if key.len() != vm::KEY_LEN {
        let (file, len) = (kek.display(), key.len());
        return Err(Failure::Usage(format!(
            "{file} has {len} bytes, and a KEK has 32: `kmip get ID --raw --out FILE`"
        )));
    }
    let dek = Vm::load(folder, day::VM)?.dek(&key)?;
    dek.iter().try_for_each(|byte| Ok(write!(output, "{byte:02x}")?))
}

#[cfg(test)]
mod tests;
