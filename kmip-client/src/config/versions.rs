//! The versions of KMIP that this client supports.

use kmip_ttlv::{ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, VersionRange};

/// The versions that this client supports, oldest first.
pub(super) const SPOKEN: [ProtocolVersion; 8] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0];

/// Returns the versions of the range that this client supports, newest first.
///
/// KMIP 3.0 has to be chosen explicitly: the range has to begin or end with it. A range without an end, such as
/// `V2_0..`, ends with 2.1.
pub(crate) fn spoken(range: VersionRange) -> Vec<ProtocolVersion> {
    let is_chosen = range.first() >= V3_0 || range.last().is_some_and(|last| last >= V3_0);
    let is_offered = |version: &ProtocolVersion| range.contains(*version) && (is_chosen || *version < V3_0);
    SPOKEN.into_iter().rev().filter(is_offered).collect()
}
