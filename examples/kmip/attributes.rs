//! `kmip attributes`: get, add, modify, delete.

use clap::{Args, Subcommand};
use examples::{Failure, Output};
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::AttributeReference;
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::Tag;

use crate::parse;
use crate::show::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum AttributesTask {
    /// Show the attributes of an object
    Get(Show),
    /// Add an attribute
    Add(Change),
    /// Give an attribute another value
    Modify(Change),
    /// Delete an attribute
    Delete(Remove),
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Args, Debug)]
pub(crate) struct Change {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// The attribute: "Name=vm-42", "Object Group=backup", "x-Owner=alice"
    #[arg(value_name = "NAME=VALUE", value_parser = parse::attribute)]
    attribute: (String, String),
}

#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// The name of the attribute: "Object Group", "x-Owner"
    #[arg(value_name = "NAME")]
    name: String,
}

impl AttributesTask {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let id = match self {
            Self::Get(task) => &task.id,
            Self::Add(task) => {
                let value = task.value()?;
                kms.call(&op::AddAttribute::id(&*task.id, value))?;
                &task.id
            }
            Self::Modify(task) => {
                let value = task.value()?;
                kms.call(&op::ModifyAttribute::id(&*task.id, value))?;
                &task.id
            }
            Self::Delete(task) => {
                kms.call(&op::DeleteAttribute::id(&*task.id, task.reference()?))?;
                &task.id
            }
        };
        show(kms, id, format, output)
    }
}

impl Change {
    fn value(&self) -> Result<kmip_client::protocol::attribute::AttributeValue<'_>, Failure> {
        parse::attribute_value(&self.attribute.0, &self.attribute.1).map_err(Failure::Usage)
    }
}

impl Remove {
    fn reference(&self) -> Result<AttributeReference<'_>, Failure> {
        let plain = self.name.to_lowercase().replace(['-', '_'], " ");
        Ok(match plain.as_str() {
            "name" => Tag::NAME.into(),
            "object group" => Tag::OBJECT_GROUP.into(),
            "contact information" => Tag::CONTACT_INFORMATION.into(),
            "comment" => Tag::COMMENT.into(),
            "description" => Tag::DESCRIPTION.into(),
            _ if self.name.starts_with("x-") => AttributeReference::custom(&self.name),
            _ => {
                return Err(Failure::Usage(format!(
                    "{} cannot be deleted here: Name, Object Group, Contact Information, Comment, Description, or x-...",
                    self.name
                )));
            }
        })
    }
}

fn show(kms: &Client, id: &str, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
    let reply = kms.call(&op::GetAttributes::id(id))?;
    let attributes = reply.payload().attributes.unwrap_or_default();
    let rows: Vec<_> = attributes.values().map(|value| vec![value.name().to_string(), value.to_string()]).collect();
    format.table(&["attribute", "value"], &rows, output)
}
