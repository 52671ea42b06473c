//! Multi-part operations: their state between parts (KMIP 2.1, 6.1; KMIP 1.4, 4).

use kmip_ttlv::enumeration::OperationCode;
use zeroize::Zeroizing;

use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::cipher::Blocks;
use crate::test_server::crypto::{digest, rsa, signature};

/// The maximum number of operations in progress of one client.
const MOST_STREAMS: usize = 16;

/// The maximum number of bytes gathered for an operation that needs all its data at once.
const MOST_BYTES: usize = 1024 * 1024;

/// The position of a request within an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::test_server) enum Part<'a> {
    /// The only part.
    Only,
    First,
    Next(&'a [u8]),
    Last(&'a [u8]),
}

impl<'a> Part<'a> {
    /// Returns the position that the three fields express.
    pub(in crate::test_server) fn of(
        correlation: Option<&'a [u8]>,
        first: Option<bool>,
        last: Option<bool>,
    ) -> Result<Self, Refusal> {
        match (correlation, first == Some(true), last == Some(true)) {
            (None, true, false) => Ok(Self::First),
            (None, _, _) => Ok(Self::Only),
            (Some(correlation), false, false) => Ok(Self::Next(correlation)),
            (Some(correlation), false, true) => Ok(Self::Last(correlation)),
            (Some(_), true, _) => {
                Err(Cause::InvalidField.because("the first part of an operation has no Correlation Value yet"))
            }
        }
    }

    /// Returns `true` if the operation ends with this part.
    pub(in crate::test_server) fn is_last(self) -> bool {
        matches!(self, Self::Only | Self::Last(_))
    }
}

/// The processing of the data of the parts.
pub(in crate::test_server) enum Work {
    /// Each part is encrypted or decrypted on arrival.
    Blocks(Blocks),
    /// The data is gathered, because nothing may be returned before the end, or because the library needs it at once.
    Sealed {
        scheme: (&'static aws_lc_rs::aead::Algorithm, usize),
        iv: Vec<u8>,
        additional: Vec<u8>,
        tag: Vec<u8>,
        data: Gathered,
    },
    Rsa {
        padding: rsa::Padding,
        data: Gathered,
    },
    Sign {
        scheme: signature::SignatureScheme,
        data: Gathered,
        signature: Vec<u8>,
    },
    Mac {
        mac: digest::MacAlgorithm,
        data: Gathered,
        code: Vec<u8>,
    },
    Hash(aws_lc_rs::digest::Context),
}

/// Data of several parts, up to a limit.
#[derive(Default)]
pub(in crate::test_server) struct Gathered(Zeroizing<Vec<u8>>);

impl Gathered {
    pub(in crate::test_server) fn push(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        if self.0.len() + piece.len() > MOST_BYTES && !self.0.is_empty() {
            return Err(Cause::ServerLimit.because("the parts are more than the server gathers"));
        }
        // A new vector, because growing leaves copies behind.
        let mut all = Zeroizing::new(Vec::with_capacity(self.0.len() + piece.len()));
        all.extend_from_slice(&self.0);
        all.extend_from_slice(piece);
        self.0 = all;
        Ok(())
    }

    pub(in crate::test_server) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An operation that waits for its next part.
struct Stream {
    owner: String,
    operation: OperationCode,
    /// The key.
    id: Option<String>,
    correlation: Vec<u8>,
    work: Work,
    /// The number of its last part among all parts.
    part: u64,
}

/// All operations that wait for a part.
#[derive(Default)]
pub(in crate::test_server) struct Streams {
    /// The number of parts so far.
    parts: u64,
    waiting: Vec<Stream>,
}

impl Streams {
    /// Returns the number of parts so far.
    pub(in crate::test_server) fn parts(&self) -> u64 {
        self.parts
    }

    /// Ends the operations that had a part since then: what a part has done cannot be undone, so nothing can follow it.
    pub(in crate::test_server) fn end_since(&mut self, parts: u64) {
        self.waiting.retain(|stream| stream.part <= parts);
    }
}

impl Streams {
    /// Takes the state of a multi-part operation: its key and its work so far. It is removed, so that a failed part
    /// ends the operation.
    pub(in crate::test_server) fn resume(
        &mut self,
        owner: &str,
        operation: OperationCode,
        part: Part<'_>,
    ) -> Result<Option<(Option<String>, Work)>, Refusal> {
        let (Part::Next(correlation) | Part::Last(correlation)) = part else { return Ok(None) };
        let waiting = &mut self.waiting;
        let place = waiting.iter().position(|stream| {
            stream.owner == owner && stream.operation == operation && stream.correlation == correlation
        });
        let place =
            place.ok_or_else(|| Cause::CorrelationValue.because("no operation with this Correlation Value is open"))?;
        let stream = waiting.swap_remove(place);
        Ok(Some((stream.id, stream.work)))
    }

    /// Keeps an operation until its next part comes, unless this was the last; the answer is its Correlation Value.
    pub(in crate::test_server) fn suspend(
        &mut self,
        owner: &str,
        operation: OperationCode,
        part: Part<'_>,
        id: Option<&str>,
        work: Work,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let streams = self;
        let correlation = match part {
            Part::Only | Part::Last(_) => return Ok(None),
            Part::Next(correlation) => correlation.to_vec(),
            Part::First => {
                if streams.waiting.iter().filter(|stream| stream.owner == owner).count() >= MOST_STREAMS {
                    return Err(Cause::ServerLimit.because("too many operations wait for their next part"));
                }
                (streams.parts + 1).to_be_bytes().to_vec()
            }
        };
        streams.parts += 1;
        streams.waiting.push(Stream {
            owner: owner.to_owned(),
            operation,
            id: id.map(str::to_owned),
            correlation: correlation.clone(),
            work,
            part: streams.parts,
        });
        Ok(Some(correlation))
    }
}
