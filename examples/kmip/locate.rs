//! `kmip locate`: objects by their attributes, in pages.

use clap::Args;
use examples::{Failure, Output, printable};
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{AttributeValue, ParsedAttribute};
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, ObjectType, State};
use kmip_client::ttlv::{Tag, V1_3};

use crate::parse;
use crate::show::Format;

/// The maximum number of objects without `--all`.
const PAGE: i32 = 50;

/// The page size with `--all`.
const PAGE_OF_ALL: u32 = 500;

/// Find objects
#[derive(Args, Debug)]
pub(crate) struct Locate {
    /// Their name
    #[arg(long)]
    name: Option<String>,
    /// Their kind: symmetric-key, private-key, public-key, certificate, secret-data, ...
    #[arg(long = "type", value_name = "TYPE", value_parser = parse::named::<ObjectType>)]
    object_type: Option<ObjectType>,
    /// Their state: pre-active, active, deactivated, compromised
    #[arg(long, value_parser = parse::named::<State>)]
    state: Option<State>,
    /// Their algorithm
    #[arg(long, value_parser = parse::named::<CryptographicAlgorithm>)]
    algorithm: Option<CryptographicAlgorithm>,
    /// Their length in bits
    #[arg(long)]
    length: Option<i32>,
    /// Their object group
    #[arg(long)]
    group: Option<String>,
    /// Another attribute, as `kmip attributes add` takes it; may be repeated
    #[arg(long = "attribute", value_name = "NAME=VALUE")]
    attributes: Vec<ParsedAttribute>,
    /// All of them, page by page; at most 50 without it
    #[arg(long)]
    all: bool,
    /// Identifiers only, without a Get Attributes for each
    #[arg(long)]
    ids: bool,
}

impl Locate {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = self.request();
        let ids = if self.all {
            let mut ids = Vec::new();
            if kms.version() < V1_3 {
                // There are no pages before 1.3.
                ids.extend(kms.call(&request)?.payload().unique_identifiers.iter().map(ToString::to_string));
            } else {
                for page in kms.locate_pages(request, PAGE_OF_ALL) {
                    ids.extend(page?.payload().unique_identifiers.iter().map(ToString::to_string));
                }
            }
            ids
        } else {
            let found = kms.call(&request.at_most(PAGE))?;
            found.payload().unique_identifiers.iter().map(ToString::to_string).collect()
        };
        if self.ids {
            if format == Format::Json {
                return format.one("", &serde_json::Value::from(ids), output);
            }
            return ids.iter().try_for_each(|id| Ok(writeln!(output, "{}", printable(id))?));
        }
        let rows = ids.iter().map(|id| row(kms, id)).collect::<Result<Vec<_>, _>>()?;
        format.table(&["id", "name", "type", "state", "algorithm"], &rows, output)
    }

    fn request(&self) -> op::LocateRequest<'_> {
        let mut request = op::Locate::all();
        if let Some(name) = &self.name {
            request = request.attribute(AttributeValue::Name(name.as_str().into()));
        }
        let values = [
            self.object_type.map(AttributeValue::ObjectType),
            self.state.map(AttributeValue::State),
            self.algorithm.map(AttributeValue::CryptographicAlgorithm),
            self.length.map(AttributeValue::CryptographicLength),
            self.group.as_deref().map(AttributeValue::ObjectGroup),
        ];
        let request = values.into_iter().flatten().fold(request, op::LocateRequest::attribute);
        self.attributes.iter().map(parse::value).fold(request, op::LocateRequest::attribute)
    }
}

/// Returns the main facts about an object.
fn row(kms: &Client, id: &str) -> Result<Vec<String>, Failure> {
    let tags = [Tag::NAME, Tag::OBJECT_TYPE, Tag::STATE, Tag::CRYPTOGRAPHIC_ALGORITHM, Tag::CRYPTOGRAPHIC_LENGTH];
    let request = tags.into_iter().fold(op::GetAttributes::id(id), op::GetAttributesRequest::attribute);
    let reply = match kms.call(&request) {
        Ok(reply) => reply,
        // It was destroyed meanwhile.
        Err(error) if error.is_not_found() => return Ok(vec![id.to_owned(), String::new(), "gone".into()]),
        Err(error) => return Err(error.into()),
    };
    let attributes = reply.payload().attributes.unwrap_or_default();
    let text = |tag| attributes.find(tag).next().map(ToString::to_string).unwrap_or_default();
    let algorithm = format!("{} {}", text(Tag::CRYPTOGRAPHIC_ALGORITHM), text(Tag::CRYPTOGRAPHIC_LENGTH));
    Ok(vec![id.to_owned(), text(Tag::NAME), text(Tag::OBJECT_TYPE), text(Tag::STATE), algorithm.trim().to_owned()])
}
