//! The commands that work on a KMS.

use examples::{Failure, Output};
use kmip_client::blocking::Client;

use crate::attributes::AttributesTask;
use crate::crypto::{Decrypt, Encrypt, Sign, Verify};
use crate::keys::{Create, CreatePair, Get};
use crate::life::{Activate, Destroy, ReKey, Revoke, Rotate};
use crate::locate::Locate;
use crate::migrate::Migrate;
use crate::profile::Connection;
use crate::register::Register;
use crate::show::Format;
use crate::status::{Query, Status};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show the status of each endpoint: Normal, or the reason why not
    Status(Status),
    /// Show the server's description of itself
    Query(Query),
    /// Create a symmetric key
    Create(Create),
    /// Create a key pair
    CreatePair(CreatePair),
    /// Register a key, certificate or secret from a file
    Register(Register),
    /// Fetch an object
    Get(Get),
    /// Find objects
    Locate(Locate),
    /// Look at attributes and change them
    #[command(subcommand)]
    Attributes(AttributesTask),
    /// Make objects active
    Activate(Activate),
    /// Replace a key by a new one; the old one can still be read
    Rotate(Rotate),
    /// Ask the server for Re-key
    Rekey(ReKey),
    /// Revoke objects
    Revoke(Revoke),
    /// Destroy objects for ever
    Destroy(Destroy),
    /// Encrypt a file with a key that stays in the KMS
    Encrypt(Encrypt),
    /// Decrypt a file that `encrypt` has written
    Decrypt(Decrypt),
    /// Sign a file with a key that stays in the KMS
    Sign(Sign),
    /// Check a signature
    Verify(Verify),
    /// Copy objects to another KMS
    Migrate(Migrate),
}

/// Runs a command.
pub(crate) fn run(
    command: &Command,
    kms: &Client,
    connection: &Connection,
    format: Format,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    match command {
        Command::Status(task) => task.run(kms, format, output),
        Command::Query(task) => task.run(kms, format, output),
        Command::Create(task) => task.run(kms, format, output),
        Command::CreatePair(task) => task.run(kms, format, output),
        Command::Register(task) => task.run(kms, format, output),
        Command::Get(task) => task.run(kms, format, output),
        Command::Locate(task) => task.run(kms, format, output),
        Command::Attributes(task) => task.run(kms, format, output),
        Command::Activate(task) => task.run(kms, format, output),
        Command::Rotate(task) => task.run(kms, format, output),
        Command::Rekey(task) => task.run(kms, format, output),
        Command::Revoke(task) => task.run(kms, format, output),
        Command::Destroy(task) => task.run(kms, format, output),
        Command::Encrypt(task) => task.run(kms, format, output),
        Command::Decrypt(task) => task.run(kms, format, output),
        Command::Sign(task) => task.run(kms, format, output),
        Command::Verify(task) => task.run(kms, format, output),
        Command::Migrate(task) => task.run(kms, connection, format, output),
    }
}
