//! `kmip trust`: a server's certificate, for an operator to compare and accept.

use std::path::Path;

use clap::Args;
use examples::{Failure, Output, replace};
use kmip_client::blocking::fetch_certificate;
use serde_json::json;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::profile::Connection;
use crate::show::{Format, confirm};

/// Look at a server's certificate, compare its thumbprint, and store it as trusted
#[derive(Args, Debug)]
pub(crate) struct Trust {
    /// The server
    #[arg(value_name = "HOST[:PORT]")]
    address: String,
    /// Store the pin without asking
    #[arg(long)]
    yes: bool,
    /// Only show the certificate
    #[arg(long, conflicts_with = "yes")]
    show: bool,
}

impl Trust {
    pub(crate) fn run(&self, connection: &Connection, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let shown = fetch_certificate(connection.server_settings(&self.address))?;
        let facts = json!({
            "subject": shown.subject.to_string(),
            "not_after": shown.not_after.to_string(),
            "sha1": shown.sha1.to_string(),
            "sha256": shown.sha256.to_string(),
        });
        let text = format!("{} shows this certificate:\n\n{shown}\n", self.address);
        format.one(&text, &facts, output)?;
        if self.show {
            return Ok(());
        }
        if !self.yes && !confirm("Is this the certificate that the server's administrator names?", "--yes")? {
            return Err(Failure::Coded { text: "not trusted: nothing was stored".into(), code: 7 });
        }
        let path = connection
            .path()
            .ok_or_else(|| Failure::Usage("there is no place for profiles: give --config FILE".into()))?;
        let profile = connection.profile.as_deref().unwrap_or("default");
        store(&path, profile, &self.address, &shown.sha256.to_string())?;
        if format == Format::People {
            writeln!(output, "Trusted, and stored in the profile {profile} of {}.", path.display())?;
        }
        Ok(())
    }
}

/// Adds the endpoint and its pin to the profile, and leaves the rest of the file unchanged.
fn store(path: &Path, profile: &str, endpoint: &str, thumbprint: &str) -> Result<(), Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file("read", path)(error)),
    };
    let broken = |what: &str| Failure::Usage(format!("{}: {}", path.display(), what.trim().replace('\n', "; ")));
    let mut file: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| broken(error.message()))?;
    let table = |item: &mut Item| -> Result<(), Failure> {
        if item.is_none() {
            *item = Item::Table(Table::new());
        }
        item.is_table_like().then_some(()).ok_or_else(|| broken("profile is no table"))
    };
    table(&mut file["profile"])?;
    if let Some(profiles) = file["profile"].as_table_mut() {
        profiles.set_implicit(true);
    }
    table(&mut file["profile"][profile])?;
    for (name, new) in [("endpoints", endpoint), ("thumbprints", thumbprint)] {
        let list = &mut file["profile"][profile][name];
        if list.is_none() {
            *list = value(Array::new());
        }
        let list = list.as_array_mut().ok_or_else(|| broken(&format!("{name} is no list")))?;
        if !list.iter().any(|there| there.as_str() == Some(new)) {
            list.push(new);
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    }
    replace(path, file.to_string().as_bytes())
}
