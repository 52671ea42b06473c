//! `kmip attributes`: get, add, modify, delete.

use clap::{Args, Subcommand};
use examples::{Failure, Output};
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{Attribute, AttributeReference, AttributeValue, ParsedAttribute};
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::V2_0;

use crate::parse;
use crate::show::Format;

/// The forms of values, for the help.
const VALUES: &str = "\
Names are those of the specification, in any case. Values are what `get` prints:

  Object Group=backup                      a text
  x-Owner=alice                            a custom attribute: a text
  \"Activation Date=2027-01-31T12:00:00Z\"   a date; 2027-01-31 is its midnight
  \"Rotate Interval=30d\"                    seconds, or a number with m, h or d
  \"Cryptographic Usage Mask=Encrypt | Decrypt\"
  \"Link=Link Type: NextLink, Linked Object Identifier: 9dc0\"
  \"Next Link=9dc0\"                         the same, shorter";

#[derive(Debug, Subcommand)]
pub(crate) enum AttributesTask {
    /// Show the attributes of an object
    Get(Show),
    /// Add attributes
    #[command(after_help = VALUES)]
    Add(Change),
    /// Set attributes, whether the object has them or not (KMIP 2.0 and later)
    #[command(after_help = VALUES)]
    Set(Change),
    /// Give attributes another value
    #[command(after_help = VALUES)]
    Modify(Modify),
    /// Delete attributes
    #[command(after_help = VALUES)]
    Delete(Remove),
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// These attributes only
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Change {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// The attributes: "Name=vm-42", "Object Group=backup", "x-Owner=alice"
    #[arg(value_name = "NAME=VALUE", required = true)]
    attributes: Vec<ParsedAttribute>,
}

#[derive(Args, Debug)]
pub(crate) struct Modify {
    #[command(flatten)]
    change: Change,
    /// The value to replace, where the object has several of the attribute
    #[arg(long, value_name = "NAME=VALUE")]
    old: Option<ParsedAttribute>,
}

#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// The attributes: NAME, or NAME=VALUE for one value of several
    #[arg(value_name = "NAME[=VALUE]", required = true)]
    attributes: Vec<String>,
}

impl AttributesTask {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Get(task) => show(kms, &task.id, &task.names, format, output),
            Self::Add(task) => {
                for attribute in &task.attributes {
                    kms.call(&op::AddAttribute::id(&*task.id, parse::value(attribute)))?;
                }
                show(kms, &task.id, &[], format, output)
            }
            Self::Set(task) => {
                for attribute in &task.attributes {
                    kms.call(&op::SetAttribute::id(&*task.id, parse::value(attribute)))?;
                }
                show(kms, &task.id, &[], format, output)
            }
            Self::Modify(task) => {
                for attribute in &task.change.attributes {
                    task.run(kms, parse::value(attribute))?;
                }
                show(kms, &task.change.id, &[], format, output)
            }
            Self::Delete(task) => {
                for attribute in &task.attributes {
                    task.run(kms, attribute)?;
                }
                show(kms, &task.id, &[], format, output)
            }
        }
    }
}

impl Modify {
    fn run(&self, kms: &Client, value: AttributeValue<'_>) -> Result<(), Failure> {
        let mut request = op::ModifyAttribute::id(&*self.change.id, value);
        let old = self.old.as_ref().map(parse::value);
        match old {
            Some(old) if kms.version() >= V2_0 => request.current_attribute = Some(old.into()),
            Some(old) => request.new_attribute.index = index_of(kms, &self.change.id, &old)?,
            None => {}
        }
        kms.call(&request)?;
        Ok(())
    }
}

impl Remove {
    fn run(&self, kms: &Client, attribute: &str) -> Result<(), Failure> {
        if let Some((name, value)) = attribute.split_once('=') {
            let parsed = ParsedAttribute::new(name, value).map_err(|error| Failure::Usage(error.to_string()))?;
            let value = parse::value(&parsed);
            let mut request = op::DeleteAttribute::id(&*self.id, value.reference());
            if kms.version() >= V2_0 {
                request.attribute_reference = None;
                request.current_attribute = Some(value.into());
            } else {
                request.attribute_index = index_of(kms, &self.id, &value)?;
            }
            kms.call(&request)?;
            return Ok(());
        }
        if let Ok(reference) = AttributeReference::parse(attribute) {
            kms.call(&op::DeleteAttribute::id(&*self.id, reference))?;
            return Ok(());
        }
        // A vendor's attribute, by the name that `get` shows for it.
        let reply = kms.call(&op::GetAttributes::id(&*self.id))?;
        let attributes = reply.payload().attributes.clone().unwrap_or_default();
        let Some(value) = attributes.iter().find(|value| value.name() == attribute) else {
            let error = AttributeReference::parse(attribute).expect_err("it was no name a moment ago");
            return Err(Failure::Usage(error.to_string()));
        };
        kms.call(&op::DeleteAttribute::id(&*self.id, value.reference()))?;
        Ok(())
    }
}

/// Returns the index that KMIP 1.x has for this value of the object.
fn index_of(kms: &Client, id: &str, value: &AttributeValue<'_>) -> Result<Option<i32>, Failure> {
    let reply = kms.call(&op::GetAttributes::id(id).attribute(value.reference()))?;
    let attributes = reply.payload().attributes.clone().unwrap_or_default();
    let found = attributes.list.iter().find(|there| there.value.to_string() == value.to_string());
    let Attribute { index, .. } = found.ok_or_else(|| {
        let text = format!("{id} has no attribute {}: {value}", value.name());
        Failure::Coded { text, code: 3 }
    })?;
    Ok(index.filter(|index| *index > 0))
}

fn show(kms: &Client, id: &str, names: &[String], format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
    let mut request = op::GetAttributes::id(id);
    for name in names {
        let reference = AttributeReference::parse(name).map_err(|error| Failure::Usage(error.to_string()))?;
        request = request.attribute(reference);
    }
    let reply = kms.call(&request)?;
    let attributes = reply.payload().attributes.clone().unwrap_or_default();
    let rows: Vec<_> = attributes.iter().map(|value| vec![value.name().to_string(), value.to_string()]).collect();
    format.table(&["attribute", "value"], &rows, output)
}
