//! Temporary names, by which the copies of objects without a name of their own are found again.

use kmip_ttlv::Tag;

use super::journal::Journal;
use super::report::MigrationReport;
use crate::client::kmip::Kmip;
use crate::flow::FlowError;
use crate::flow::migrate::kept_name;
use crate::protocol::attribute::AttributeValue;
use crate::protocol::operation::{DeleteAttribute, GetAttributes};

/// Returns the temporary name of the copy of an object.
#[inline]
pub(super) fn marker(id: &str) -> String {
    format!("migrated-from:{id}")
}

/// Removes the temporary names.
///
/// A name goes once the journal has the copy: whenever a run is interrupted, the next one finds the copy by either.
pub(super) async fn unmark_all(
    to: &impl Kmip,
    report: &mut MigrationReport,
    mut journal: Option<&mut Journal>,
) -> Result<(), FlowError> {
    for carried in &mut report.carried {
        let marker = marker(&carried.from);
        let kept = kept_name(&marker);
        if !carried.left_out.contains(&kept) || !unmark(to, &carried.to, &marker).await {
            continue;
        }
        carried.left_out.retain(|name| *name != kept);
        if let Some(journal) = &mut journal {
            journal.record(&carried.from, &carried.to, &carried.left_out)?;
        }
    }
    Ok(())
}

/// Removes the temporary name from a copy. Returns `false` if the copy has kept it.
async fn unmark(to: &impl Kmip, copy: &str, marker: &str) -> bool {
    let Ok(reply) = to.call(&GetAttributes::id(copy).attribute(Tag::NAME)).await else { return false };
    let attributes = reply.payload().attributes.unwrap_or_default();
    let is_marker = |name: &AttributeValue<'_>| matches!(name, AttributeValue::Name(name) if name.value == marker);
    match attributes.find(Tag::NAME).position(is_marker) {
        // Before 2.0 an attribute is deleted by its index. The marker is the first name.
        Some(0) => to.call(&DeleteAttribute::id(copy, Tag::NAME)).await.is_ok(),
        Some(_) => false,
        None => true,
    }
}
