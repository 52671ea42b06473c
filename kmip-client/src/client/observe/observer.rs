//! A hook for whoever embeds a client, and what it is told.

use std::time::Duration;

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;

use crate::client::error::Error;
use crate::config::Endpoint;
use crate::exchange::options::RequestOptions;
use crate::transport::fault::Fault;

/// Is told what a client does, as it happens, and may change what the headers of its requests say: for metrics, for a log of one's own, and for
/// marks by which server and client are traced together. [`Config::observer`](crate::Config::observer) takes it.
///
/// Every method does nothing unless it is written. They are called in the middle of calls, so they should be quick and must not wait.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use kmip_client::{Called, Observer};
///
/// #[derive(Default)]
/// struct Slow(AtomicU64);
///
/// impl Observer for Slow {
///     fn called(&self, call: &Called<'_>) {
///         if call.took.as_millis() > 500 {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// # let server = kmip_client::test_server::TestServer::start();
/// # let config = server.config();
/// let slow = Arc::new(Slow::default());
/// let kms = kmip_client::blocking::Client::connect(&config.observer(slow.clone()))?;
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// A call begins, for these operations: what its header is to say, beside what has to be there. It gets what it would say otherwise.
    ///
    /// All attempts of the call say the same, and so do the Polls for an answer that comes later. There are no operations where a client
    /// connects, or asks servers how they are; of what the header then says, who asks is all that is sent.
    ///
    /// ```
    /// use kmip_client::{Observer, RequestOptions};
    /// use kmip_ttlv::enumeration::OperationCode;
    ///
    /// /// Has the server write into its log which request of ours it was about.
    /// struct Marks;
    ///
    /// impl Observer for Marks {
    ///     fn header(&self, _: &[OperationCode], options: RequestOptions) -> RequestOptions {
    ///         # fn current_request() -> String { "request 4711".into() }
    ///         options.client_correlation_value(current_request()) // KMIP 1.4 and later
    ///     }
    /// }
    /// ```
    fn header(&self, operations: &[OperationCode], options: RequestOptions) -> RequestOptions {
        let _ = operations;
        options
    }

    /// A connection was made, TLS included.
    fn opened(&self, opened: &Opened<'_>) {
        let _ = opened;
    }

    /// A connection is closed: it has been idle for too long, has broken, or is not known to be in step.
    fn closed(&self, endpoint: &Endpoint) {
        let _ = endpoint;
    }

    /// An attempt has brought no answer. The call may go on with another.
    fn broke(&self, broke: &Broke<'_>) {
        let _ = broke;
    }

    /// A call has ended, one way or another.
    fn called(&self, call: &Called<'_>) {
        let _ = call;
    }
}

/// A connection that was made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Opened<'a> {
    /// To which server.
    pub endpoint: &'a Endpoint,
    /// How long that took.
    pub took: Duration,
    /// Whether a TLS session was resumed.
    pub resumed: bool,
}

/// An attempt that has brought no answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Broke<'a> {
    /// Which server was tried.
    pub endpoint: &'a Endpoint,
    /// What was asked; nothing while a client connects.
    pub operations: &'a [OperationCode],
    /// What broke.
    pub fault: &'a Fault,
    /// Whether the server may have seen the request.
    pub was_sent: bool,
}

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Called<'a> {
    /// What was asked: one operation, or those of a batch.
    pub operations: &'a [OperationCode],
    /// The server that was tried last; none where the call ended before there was a connection.
    pub endpoint: Option<&'a Endpoint>,
    /// The version of KMIP of the request.
    pub version: Option<ProtocolVersion>,
    /// How many bytes of messages were sent, in all attempts, without those of TLS.
    pub sent: u64,
    /// How many were received.
    pub received: u64,
    /// How long it took, in all.
    pub took: Duration,
    /// How many attempts there were; each but the first is a retry.
    pub attempts: u32,
    /// How often it went on to another server.
    pub failovers: u32,
    /// How it ended.
    pub ending: Ending<'a>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ending<'a> {
    /// There is an answer. Of a batch, single requests may have failed.
    Answered,
    /// There is none, or it is a refusal.
    Failed(&'a Error),
    /// The caller has dropped the call before its end.
    Dropped,
}

impl Ending<'_> {
    /// In a word, for a label of a metric: `answered`, `refused`, `unreachable`, `no_answer`, `outcome_unknown`, `dropped` or `failed`.
    ///
    /// ```
    /// assert_eq!(kmip_client::Ending::Answered.name(), "answered");
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Dropped => "dropped",
            Self::Failed(Error::Refused(_)) => "refused",
            Self::Failed(Error::Unreachable(_)) => "unreachable",
            Self::Failed(Error::NoAnswer(_)) => "no_answer",
            Self::Failed(Error::OutcomeUnknown(_)) => "outcome_unknown",
            Self::Failed(_) => "failed",
        }
    }
}
