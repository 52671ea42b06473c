//! The attempts of a call without a response.

use std::fmt;

use kmip_ttlv::enumeration::OperationCode;

use crate::config::Endpoint;
use crate::exchange::Report;
use crate::transport::error::TransportError;

/// A failed exchange: the server, the operations, and the error.
///
/// `Display` prints the error, and for each other server that was tried its last error, unless it is the same. The
/// error around it has named the server.
#[non_exhaustive]
pub struct Attempt {
    /// The server.
    pub endpoint: Endpoint,
    /// The operation of the request, those of a batch, or none while connecting.
    pub operations: Vec<OperationCode>,
    /// The error.
    pub error: TransportError,
    /// The earlier attempts of the same call, in order: on other endpoints, and on connections that had been idle.
    pub earlier: Vec<Attempt>,
}

impl Attempt {
    /// Returns the last attempt on each other endpoint, in order.
    fn others(&self) -> Vec<&Self> {
        let mut others: Vec<&Self> = Vec::new();
        for earlier in self.earlier.iter().rev().filter(|earlier| earlier.endpoint != self.endpoint) {
            if others.iter().all(|other| other.endpoint != earlier.endpoint) {
                others.push(earlier);
            }
        }
        others.reverse();
        others
    }
}

impl fmt::Display for Attempt {
    /// Prints the error; the alternate form includes its causes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = Report::of(&self.error).to_string();
        if f.alternate() {
            f.write_str(&own)?;
        } else {
            self.error.fmt(f)?;
        }
        let others = self.others().into_iter().map(|other| (&other.endpoint, Report::of(&other.error).to_string()));
        let (alike, others): (Vec<_>, Vec<_>) = others.partition(|(_, error)| *error == own);
        if !alike.is_empty() {
            let endpoints: Vec<_> = alike.iter().map(|(endpoint, _)| endpoint.to_string()).collect();
            write!(f, "; {} failed in the same way", endpoints.join(", "))?;
        }
        for (endpoint, error) in others {
            write!(f, "; before that, {endpoint}: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Attempt {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// Prints each operation once, and only the first few of a long batch.
impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let earlier = self.earlier.iter();
        let earlier: Vec<_> =
            earlier.map(|attempt| format!("{}: {}", attempt.endpoint, Report::of(&attempt.error))).collect();
        f.debug_struct("Attempt")
            .field("endpoint", &format_args!("{}", self.endpoint))
            .field("operations", &format_args!("{}", Named(&self.operations)))
            .field("error", &self.error)
            .field("earlier", &earlier)
            .finish()
    }
}

/// Displays the operations of a request; only the first few of a long batch.
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
