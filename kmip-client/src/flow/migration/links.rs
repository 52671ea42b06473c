//! Links between the copies.

use std::collections::BTreeMap;

use kmip_ttlv::enumeration::LinkType;

use super::report::{Carried, MigrationReport};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, Link};
use crate::protocol::operation::{AddAttribute, GetAttributes};

/// Sets the same links between the copies as between the originals.
pub(super) async fn link(from: &impl Kmip, to: &impl Kmip, report: &mut MigrationReport) {
    let copies: BTreeMap<String, String> =
        report.carried.iter().map(|carried| (carried.from.clone(), carried.to.clone())).collect();
    for carried in &mut report.carried {
        if let Err(error) = link_one(from, to, carried, &copies).await {
            carried.differences.push(format!("its links could not be set: {error}"));
        }
    }
}

async fn link_one(
    from: &impl Kmip,
    to: &impl Kmip,
    carried: &mut Carried,
    copies: &BTreeMap<String, String>,
) -> Result<(), Error> {
    if !carried.left_out.iter().any(|name| name == "Link") {
        return Ok(());
    }
    let here = from.call(&GetAttributes::id(&carried.from).links(from.version())).await?;
    let here = links(&here.payload().attributes.unwrap_or_default());
    let there = to.call(&GetAttributes::id(&carried.to).links(to.version())).await?;
    let there = links(&there.payload().attributes.unwrap_or_default());
    let mut all = true;
    for (link_type, target) in here {
        let Some(target) = copies.get(&target) else {
            all = false;
            continue;
        };
        if there.contains(&(link_type, target.clone())) {
            continue;
        }
        let link = Link { link_type, linked_object_identifier: Id::from(target.as_str()) };
        match to.call(&AddAttribute::id(&carried.to, AttributeValue::Link(link))).await {
            Ok(_) => {}
            Err(Error::Refused(_) | Error::Encode(_)) => all = false,
            Err(error) => return Err(error),
        }
    }
    if all {
        carried.left_out.retain(|name| name != "Link");
    }
    Ok(())
}

/// Returns the links of an object.
#[inline]
fn links(attributes: &Attributes<'_>) -> Vec<(LinkType, String)> {
    let links = attributes.iter().filter_map(AttributeValue::link);
    links.map(|link| (link.link_type, link.linked_object_identifier.to_string())).collect()
}
