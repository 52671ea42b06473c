//! The life of an object: activate, rotate, re-key, revoke, destroy.

use std::time::SystemTime;

use clap::Args;
use examples::{Failure, Output};
use kmip_client::blocking::Client;
use kmip_client::flow;
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::enumeration::RevocationReasonCode;
use kmip_client::ttlv::{DateTime, Interval};
use serde_json::json;

use crate::parse;
use crate::show::{Format, confirm};

/// The objects that a command works on.
#[derive(Args, Debug)]
pub(crate) struct Objects {
    /// The objects
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Take each ID as a name, which has to belong to one object
    #[arg(long)]
    by_name: bool,
}

impl Objects {
    /// Returns the identifiers of the objects.
    fn resolve(&self, kms: &Client) -> Result<Vec<String>, Failure> {
        if !self.by_name {
            return Ok(self.ids.clone());
        }
        self.ids.iter().map(|name| by_name(kms, name)).collect()
    }
}

/// Returns the only object with this name.
pub(crate) fn by_name(kms: &Client, name: &str) -> Result<String, Failure> {
    let found = kms.call(&op::Locate::name(name))?;
    match found.payload().unique_identifiers.as_slice() {
        [] => Err(Failure::Coded { text: format!("no object has the name {name}"), code: 3 }),
        [id] => Ok(id.to_string()),
        several => Err(Failure::Usage(format!("{} objects have the name {name}: give an identifier", several.len()))),
    }
}

pub(crate) fn activate(kms: &Client, id: &str) -> Result<(), Failure> {
    kms.call(&op::Activate::id(id))?;
    Ok(())
}

/// Make objects active
#[derive(Args, Debug)]
pub(crate) struct Activate {
    #[command(flatten)]
    objects: Objects,
}

impl Activate {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        for id in self.objects.resolve(kms)? {
            activate(kms, &id)?;
            format.one(&format!("{id} is active"), &json!({ "id": id, "state": "active" }), output)?;
        }
        Ok(())
    }
}

/// Replace a key by a new one; the old one can still be read
#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// The key
    #[arg(value_name = "ID")]
    id: String,
    /// Take ID as a name, which moves to the new key
    #[arg(long)]
    by_name: bool,
    /// Create the new key, even if the server has Re-key
    #[arg(long, conflicts_with = "by_name")]
    by_create: bool,
}

impl Rotate {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let rotated = kms.run(async |kms| match (self.by_name, self.by_create) {
            (true, _) => flow::rotate_named(&kms, &self.id).await,
            (false, true) => flow::rotate_by_create(&kms, &self.id).await,
            (false, false) => flow::rotate(&kms, &self.id).await,
        })?;
        format.one(rotated.id(), &json!({ "id": rotated.id(), "name": rotated.name() }), output)
    }
}

/// Ask the server for Re-key
#[derive(Args, Debug)]
pub(crate) struct ReKey {
    #[command(flatten)]
    objects: Objects,
    /// Make the new key active after this time: seconds, or a number with m, h or d
    #[arg(long, value_name = "TIME", value_parser = parse::interval)]
    offset: Option<Interval>,
}

impl ReKey {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        for id in self.objects.resolve(kms)? {
            let mut request = op::ReKey::id(&*id);
            request.offset = self.offset;
            let new = kms.call(&request)?.payload().unique_identifier.to_string();
            format.one(&new, &json!({ "id": new, "replaces": id }), output)?;
        }
        Ok(())
    }
}

/// Revoke objects
#[derive(Args, Debug)]
pub(crate) struct Revoke {
    #[command(flatten)]
    objects: Objects,
    /// The reason: cessation-of-operation, superseded, key-compromise, ...
    #[arg(long, default_value = "cessation-of-operation", value_parser = parse::named::<RevocationReasonCode>)]
    reason: RevocationReasonCode,
    /// A text that is stored with the reason
    #[arg(long)]
    message: Option<String>,
}

impl Revoke {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        for id in self.objects.resolve(kms)? {
            let mut request = match self.reason {
                RevocationReasonCode::KEY_COMPROMISE | RevocationReasonCode::CA_COMPROMISE => {
                    let mut request = op::Revoke::key_compromise(&*id, now());
                    if let Some(reason) = &mut request.revocation_reason {
                        reason.code = self.reason;
                    }
                    request
                }
                other => op::Revoke::id(&*id, other),
            };
            if let Some(message) = &self.message {
                request = request.message(message);
            }
            kms.call(&request)?;
            format.one(
                &format!("{id} is revoked"),
                &json!({ "id": id, "revoked": self.reason.to_string() }),
                output,
            )?;
        }
        Ok(())
    }
}

fn now() -> DateTime {
    DateTime::from(SystemTime::now())
}

/// Destroy objects for ever
#[derive(Args, Debug)]
pub(crate) struct Destroy {
    #[command(flatten)]
    objects: Objects,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Revoke active objects first
    #[arg(long)]
    revoke: bool,
}

impl Destroy {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let ids = self.objects.resolve(kms)?;
        let what = if let [id] = ids.as_slice() { id.clone() } else { format!("{} objects", ids.len()) };
        let question = format!("Destroy {what}? What they encrypt is lost with them.");
        if !self.yes && !confirm(&question, "--yes")? {
            return Err(Failure::Other("nothing was destroyed".into()));
        }
        for id in ids {
            if self.revoke {
                match kms.call(&op::Revoke::id(&*id, RevocationReasonCode::CESSATION_OF_OPERATION)) {
                    Ok(_) | Err(kmip_client::Error::Refused(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            kms.call(&op::Destroy::id(&*id))?;
            format.one(&format!("{id} is destroyed"), &json!({ "id": id, "state": "destroyed" }), output)?;
        }
        Ok(())
    }
}
