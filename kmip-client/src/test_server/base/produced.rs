//! What the items of a batch have answered and made so far.

use kmip_ttlv::enumeration::OperationCode;
use zeroize::Zeroizing;

/// The payload of an answer, encoded.
pub(in crate::test_server) type Answer = Zeroizing<Vec<u8>>;

/// What a batch has brought forth so far, so that later items can refer to it.
#[derive(Clone, Default)]
pub(in crate::test_server) struct Produced {
    /// The ID Placeholder (KMIP 2.1, 6.1; KMIP 1.4, 4).
    pub(in crate::test_server) placeholder: Option<String>,
    /// The identifiers in each answer so far, with the operation that gave it.
    pub(in crate::test_server) answers: Vec<(OperationCode, Vec<String>)>,
    /// The data in the answers so far, with the operations that gave them.
    pub(in crate::test_server) data: Vec<(OperationCode, Zeroizing<Vec<u8>>)>,
}

impl Produced {
    /// The identifiers in the last answer of an operation.
    pub(in crate::test_server) fn by(&self, operation: OperationCode) -> &[String] {
        let last = self.answers.iter().rev().find(|(by, _)| *by == operation);
        last.map_or(&[], |(_, identifiers)| identifiers)
    }

    /// The identifier with this number among all.
    pub(in crate::test_server) fn nth(&self, index: i32) -> Option<&String> {
        nth(self.answers.iter().flat_map(|(_, identifiers)| identifiers), index)
    }
}

/// The result with this number, from 0; from the last where it is negative.
pub(in crate::test_server) fn nth<T>(mut results: impl DoubleEndedIterator<Item = T>, index: i32) -> Option<T> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if index < 0 { results.nth_back(distance - 1) } else { results.nth(distance) }
}
