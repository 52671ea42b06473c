//! The hook for programs that embed a client, and its events.

use std::time::Duration;

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;

use crate::client::error::Error;
use crate::config::Endpoint;
use crate::exchange::options::RequestOptions;
use crate::transport::error::TransportError;

/// Receives the events of a client, and may change the headers of its requests: for metrics, for a log, and for
/// correlation values that connect the traces of client and server. [`Config::observer`](crate::Config::observer) sets
/// it.
///
/// Every method does nothing by default. The methods run in the middle of calls, so they should be quick and must not
/// block.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use kmip_client::observe::{CallEnded, Observer};
///
/// #[derive(Default)]
/// struct Slow(AtomicU64);
///
/// impl Observer for Slow {
///     fn call_ended(&self, call: &CallEnded<'_>) {
///         if call.elapsed.as_millis() > 500 {
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
    /// Returns the header options of a call that begins, given its default options.
    ///
    /// All attempts of the call have the same header, and so have the Polls for an asynchronous result. `operations` is
    /// empty while a client connects and while it probes servers; then only the credential of the options is sent.
    ///
    /// ```
    /// use kmip_client::RequestOptions;
    /// use kmip_client::observe::Observer;
    /// use kmip_client::ttlv::enumeration::OperationCode;
    ///
    /// /// Has the server log which of our requests it works on.
    /// struct Marks;
    ///
    /// impl Observer for Marks {
    ///     fn request_options(&self, _: &[OperationCode], options: RequestOptions) -> RequestOptions {
    ///         # fn current_request() -> String { "request 4711".into() }
    ///         options.client_correlation_value(current_request()) // KMIP 1.4 and later
    ///     }
    /// }
    /// ```
    fn request_options(&self, operations: &[OperationCode], options: RequestOptions) -> RequestOptions {
        let _ = operations;
        options
    }

    /// Called after a connection was opened, including TLS.
    fn connection_opened(&self, connection: &ConnectionOpened<'_>) {
        let _ = connection;
    }

    /// Called after a connection was closed: because it was idle for too long, failed, or may be out of step.
    fn connection_closed(&self, connection: &ConnectionClosed<'_>) {
        let _ = connection;
    }

    /// Called after an attempt without a response. The call may continue with another attempt.
    fn attempt_failed(&self, attempt: &AttemptFailed<'_>) {
        let _ = attempt;
    }

    /// Called after a call has ended, with any outcome. Each Poll for the result of a deferred operation is a call of
    /// its own, with that operation.
    fn call_ended(&self, call: &CallEnded<'_>) {
        let _ = call;
    }
}

/// A connection was opened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionOpened<'a> {
    /// The server.
    pub endpoint: &'a Endpoint,
    /// The time that it took: TCP and TLS.
    pub elapsed: Duration,
    /// `true` if a TLS session was resumed.
    pub resumed: bool,
}

/// A connection was closed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionClosed<'a> {
    /// The server.
    pub endpoint: &'a Endpoint,
}

/// An attempt had no response.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptFailed<'a> {
    /// The server that was tried.
    pub endpoint: &'a Endpoint,
    /// The operations of the request; none while a client connects.
    pub operations: &'a [OperationCode],
    /// The error.
    pub error: &'a TransportError,
    /// `true` if the server may have seen the request.
    pub was_sent: bool,
}

/// A call has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallEnded<'a> {
    /// The operation of the request, or those of a batch.
    pub operations: &'a [OperationCode],
    /// The server that was tried last; `None` if the call ended before there was a connection.
    pub endpoint: Option<&'a Endpoint>,
    /// The version of KMIP of the request.
    pub version: Option<ProtocolVersion>,
    /// The number of message bytes sent in all attempts, without the overhead of TLS.
    pub sent: u64,
    /// The number of message bytes received.
    pub received: u64,
    /// The time from the beginning of the call to its end.
    pub elapsed: Duration,
    /// The number of attempts; each but the first is a retry.
    pub attempts: u32,
    /// The number of times that the call failed over to another server.
    pub failovers: u32,
    /// The outcome of the call.
    pub outcome: CallOutcome<'a>,
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum CallOutcome<'a> {
    /// There is a response. In a batch, single requests may have failed.
    Answered,
    /// There is no response, or it is a refusal.
    Failed(&'a Error),
    /// The caller dropped the call before its end.
    Cancelled,
}

impl CallOutcome<'_> {
    /// Returns the outcome in one word, for a label of a metric: `answered`, `refused`, `unreachable`, `no_answer`,
    /// `outcome_unknown`, `cancelled` or `failed`.
    ///
    /// ```
    /// assert_eq!(kmip_client::observe::CallOutcome::Answered.name(), "answered");
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Cancelled => "cancelled",
            Self::Failed(Error::Refused(_)) => "refused",
            Self::Failed(Error::Unreachable(_)) => "unreachable",
            Self::Failed(Error::NoAnswer(_)) => "no_answer",
            Self::Failed(Error::OutcomeUnknown(_)) => "outcome_unknown",
            Self::Failed(_) => "failed",
        }
    }
}
