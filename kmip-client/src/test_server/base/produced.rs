//! The results of a batch so far.

use kmip_ttlv::enumeration::OperationCode;
use zeroize::Zeroizing;

/// The payload of an answer, encoded.
pub(in crate::test_server) type Answer = Zeroizing<Vec<u8>>;

/// The results and objects of a batch so far, to which later items can refer.
#[derive(Clone, Default)]
pub(in crate::test_server) struct Produced {
    /// The ID Placeholder (KMIP 2.1, 6.1; KMIP 1.4, 4).
    pub(in crate::test_server) placeholder: Option<String>,
    /// The identifiers in each response so far, with its operation.
    pub(in crate::test_server) answers: Vec<(OperationCode, Vec<String>)>,
    /// The data in the responses so far, with their operations.
    pub(in crate::test_server) data: Vec<(OperationCode, Zeroizing<Vec<u8>>)>,
}

impl Produced {
    /// Returns the identifiers in the last response of an operation.
    pub(in crate::test_server) fn by(&self, operation: OperationCode) -> &[String] {
        let last = self.answers.iter().rev().find(|(by, _)| *by == operation);
        last.map_or(&[], |(_, identifiers)| identifiers)
    }

    /// Returns the identifier with this number among all.
    pub(in crate::test_server) fn nth(&self, index: i32) -> Option<&String> {
        nth(self.answers.iter().flat_map(|(_, identifiers)| identifiers), index)
    }
}

/// Returns the result with this number, from 0; negative numbers count from the last.
pub(in crate::test_server) fn nth<T>(mut results: impl DoubleEndedIterator<Item = T>, index: i32) -> Option<T> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if index < 0 { results.nth_back(distance - 1) } else { results.nth(distance) }
}
