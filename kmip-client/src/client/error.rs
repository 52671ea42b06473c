//! What can go wrong between asking and the answer.

use std::fmt;

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::{OperationCode, ResultReason};

use crate::config::{ConfigError, Endpoint};
use crate::exchange::{Pending, Refusal};
use crate::transport::fault::Fault;

/// Why a call did not return what was asked for.
///
/// What matters to a caller is whether something has happened on the server; the variants tell it. [`Error::fault`] says what broke.
/// No error holds a key, or any other value from a message but the text by which a server refuses, and the mark of what is pending.
///
/// A batch has an error of its own for each request that failed; an error for the batch as a whole means all of its requests.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be used. Nothing was sent.
    #[error(transparent)]
    Config(Box<ConfigError>),

    /// The request cannot be said in the version that was agreed on. Nothing was sent.
    #[error("the request cannot be sent")]
    Encode(#[source] kmip_ttlv::Error),

    /// The server was not reached, or did not let us in. The request was not sent. One that changes nothing may have gone out on a connection
    /// that had just ended.
    #[error("cannot reach {}", .0.endpoint)]
    Unreachable(#[source] Box<Attempt>),

    /// The server refuses the request, and says why. Nothing was done, or what was done was undone.
    #[error(transparent)]
    Refused(Box<Refusal>),

    /// The server has not come to the request, since another one of its batch failed. Nothing was done.
    #[error("{0} was not executed, since another request of its batch failed")]
    NotExecuted(OperationCode),

    /// The server will do it later. Poll tells the outcome, Cancel stops it, if it can be. The caller did not want to wait, has waited as long
    /// as the configuration says, or the server was not asked to answer later.
    #[error(transparent)]
    Pending(Box<Pending>),

    /// The server took the first part of some data for all of them: it does not do the operation in parts. No object has changed.
    #[error("the server does not do {0} in parts: it took the first part for all of the data")]
    NotInParts(OperationCode),

    /// The request was sent, and no usable answer came. It changes nothing on the server, so it may be sent again.
    #[error("no answer to {} from {}", Named(&.0.operations), .0.endpoint)]
    NoAnswer(#[source] Box<Attempt>),

    /// The request was sent, and no usable answer came: the server may have done it, or not. Sending it again might do it twice; looking
    /// for what it should have done, with Locate by name for example, tells.
    #[error("the outcome of {} on {} is unknown", Named(&.0.operations), .0.endpoint)]
    OutcomeUnknown(#[source] Box<Attempt>),

    /// The server and this client have no version of KMIP in common, within the limits of the configuration.
    #[error("{endpoint} speaks {} and this client is to speak {}", Versions(.theirs), Versions(.ours))]
    NoCommonVersion {
        /// The server.
        endpoint: Box<Endpoint>,
        /// What this client may speak.
        ours: Vec<ProtocolVersion>,
        /// What the server says it speaks.
        theirs: Vec<ProtocolVersion>,
    },
}

impl Error {
    /// What broke on the way, where something did.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Unreachable(attempt) | Self::NoAnswer(attempt) | Self::OutcomeUnknown(attempt) => {
                Some(&attempt.fault)
            }
            _ => None,
        }
    }

    /// The reason by which the server refuses, where it does and says so.
    #[must_use]
    pub fn reason(&self) -> Option<ResultReason> {
        match self {
            Self::Refused(refusal) => refusal.reason,
            _ => None,
        }
    }

    /// Whether a time limit has passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.fault(), Some(Fault::TimedOut { .. }))
    }

    /// Whether the server says that there is no such object, or none that this client may see.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        // Cosmian answers with Object Not Found, which belongs to KMIP 2.x, in every version.
        matches!(self.reason(), Some(ResultReason::ITEM_NOT_FOUND | ResultReason::OBJECT_NOT_FOUND))
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

/// An exchange that broke: with whom, about what, and how.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The server.
    pub endpoint: Endpoint,
    /// What was to be asked: an operation, those of a batch, or none while connecting.
    pub operations: Vec<OperationCode>,
    /// What broke.
    pub fault: Fault,
    /// What the same call had tried before, in that order: other endpoints, and connections that had been idle.
    pub earlier: Vec<Attempt>,
}

/// An attempt is told by its fault: the error around it has named the endpoint. Those before it are told where they were with another one.
impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)?;
        for earlier in self.earlier.iter().filter(|earlier| earlier.endpoint != self.endpoint) {
            write!(f, "; before that, {}: {}", earlier.endpoint, earlier.fault)?;
        }
        Ok(())
    }
}

impl std::error::Error for Attempt {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.source()
    }
}

/// What was asked, for people: of a long batch the first few.
pub(crate) struct Named<'a>(pub(crate) &'a [OperationCode]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FEW: usize = 4;
        let names: Vec<_> = self.0.iter().take(FEW).map(ToString::to_string).collect();
        match (names.join(", "), self.0.len().saturating_sub(FEW)) {
            (names, _) if names.is_empty() => f.write_str("the request"),
            (names, 0) => f.write_str(&names),
            (names, more) => write!(f, "{names} and {more} more"),
        }
    }
}

/// A list of versions, for people.
struct Versions<'a>(&'a [ProtocolVersion]);

impl fmt::Display for Versions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        match names.as_slice() {
            [] => f.write_str("no version of KMIP that it names"),
            names => write!(f, "KMIP {}", names.join(", ")),
        }
    }
}
