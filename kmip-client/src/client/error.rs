//! The errors of a call: whether the server may have executed it, the cause, and the remedy.

mod attempt;

use std::fmt;

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::{OperationCode, ResultReason};

pub use self::attempt::Attempt;
pub(crate) use self::attempt::Named;
use crate::config::{ConfigError, Endpoint};
use crate::exchange::{Pending, Refusal, Report};
use crate::transport::error::TransportError;

/// The reason for which a call did not return a reply.
///
/// The variant states whether the server may have executed the request. [`Error::transport_error`] returns the error of
/// the transport, [`Error::report`] everything in one line, for logs.
///
/// No error holds a key, or any other value from a message except the text of a refusal and the correlation value of a
/// pending request. Text from the server is truncated and escaped. `Debug` prints the variant and the report.
///
/// A batch has one error for each request that failed; an error of the batch as a whole means all of its requests.
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// use kmip_client::Client;
/// use kmip_client::Error;
/// use kmip_client::protocol::operation::{Create, Locate};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = kmip_client::test_server::TestServer::start();
/// # let kms = Client::connect(&server.config()).await?;
/// match kms.call(&Create::aes(256).name("vm-42")).await {
///     Ok(created) => println!("{}", created.payload().unique_identifier),
///     // It may have been made: the name tells.
///     Err(Error::OutcomeUnknown(_)) => drop(kms.call(&Locate::name("vm-42")).await?),
///     Err(Error::Refused(refusal)) => println!("no: {refusal}"),
///     Err(error) if error.is_retryable() => println!("later: {}", error.report()),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// # }
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be used. Nothing was sent.
    #[error(transparent)]
    Config(Box<ConfigError>),

    /// The negotiated version of KMIP cannot express the request. Nothing was sent.
    #[error("the request cannot be sent")]
    Encode(#[source] kmip_ttlv::Error),

    /// The server was not reached, or refused the client. The request was not sent. A request without an effect may
    /// have been sent on a connection that had just ended.
    #[error("cannot reach {}", .0.endpoint)]
    Unreachable(#[source] Box<Attempt>),

    /// The server refused the request. Nothing was executed, or the execution was undone.
    #[error(transparent)]
    Refused(Box<Refusal>),

    /// The server did not execute the request, because another request of the batch failed.
    #[error("{0} was not executed, since another request of its batch failed")]
    NotExecuted(OperationCode),

    /// The server will finish the request later. Poll returns the result, Cancel stops it if the server can. The client
    /// does not wait by its options, the configured timeout has passed, or the server answered asynchronously without
    /// permission.
    #[error(transparent)]
    Pending(Box<Pending>),

    /// The server took the first part of the data for the whole: it does not support the operation in parts. No object
    /// has changed.
    #[error("the server does not do {0} in parts: it took the first part for all of the data")]
    NotInParts(OperationCode),

    /// The server sent the same page again: it does not support an offset, so that there are no further pages. No
    /// object has changed.
    #[error("the server does not do {0} in pages: it sent the same page again")]
    NotInPages(OperationCode),

    /// The client was closed, by `close` of one of its clones. Nothing was sent.
    #[error("the client was closed")]
    ClientClosed,

    /// The request was sent, but there was no usable response. It has no effect on the server, so it may be sent again.
    #[error("no answer to {} from {}", Named(&.0.operations), .0.endpoint)]
    NoAnswer(#[source] Box<Attempt>),

    /// The request was sent, but there was no usable response: the server may or may not have executed it. Sending it
    /// again might repeat its effect. Look for its result, for example with Locate by name.
    #[error("the outcome of {} on {} is unknown", Named(&.0.operations), .0.endpoint)]
    OutcomeUnknown(#[source] Box<Attempt>),

    /// The server and this client have no version of KMIP in common, within the configured range.
    #[error("{endpoint} speaks {} and this client is to speak {}", Versions(.theirs), Versions(.ours))]
    NoCommonVersion {
        /// The server.
        endpoint: Box<Endpoint>,
        /// The versions that this client allows.
        ours: Vec<ProtocolVersion>,
        /// The versions that the server supports.
        theirs: Vec<ProtocolVersion>,
    },
}

impl Error {
    /// Returns the error and all of its causes in one line, for logs: the operation, the server, the cause, and the
    /// errors of the other servers. Nothing is repeated, and nothing in it can break the line or control a terminal.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::{Config, Trust, blocking::Client};
    ///
    /// let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d")?;
    /// let config = Config::new("127.0.0.1:1").endpoint("127.0.0.1:2").trust(trust);
    /// let line = Client::connect(&config).unwrap_err().report().to_string();
    /// assert!(line.starts_with("cannot reach 127.0.0.1:"));
    /// assert!(line.contains("no connection could be made: check that host and port are right"));
    /// assert!(line.contains(" failed in the same way"));
    /// # }
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report::of(self)
    }

    /// Returns the error of the transport, if there was one.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::Locate;
    /// use kmip_client::test_server::Fault as Inject;
    /// use kmip_client::TransportError;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// server.fail(Inject::Garbage.always());
    /// let error = kms.call(&Locate::all()).unwrap_err();
    /// assert!(matches!(error.transport_error(), Some(TransportError::Malformed(_))));
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    #[must_use]
    pub fn transport_error(&self) -> Option<&TransportError> {
        match self {
            Self::Unreachable(attempt) | Self::NoAnswer(attempt) | Self::OutcomeUnknown(attempt) => {
                Some(&attempt.error)
            }
            _ => None,
        }
    }

    /// Returns the reason of the server's refusal, if it refused with one.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::Get;
    /// use kmip_client::ttlv::enumeration::ResultReason;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let error = kms.call(&Get::id("no such key")).unwrap_err();
    /// assert!(error.is_not_found()); // whatever word the server has for it
    /// assert!(matches!(error.reason(), Some(ResultReason::ITEM_NOT_FOUND | ResultReason::OBJECT_NOT_FOUND)));
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<ResultReason> {
        match self {
            Self::Refused(refusal) => refusal.reason,
            _ => None,
        }
    }

    /// Returns `true` if a time limit has passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.transport_error(), Some(TransportError::TimedOut { .. }))
    }

    /// Returns `true` if the server reports that the object does not exist, or not for this client.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        // Cosmian answers with Object Not Found, which belongs to KMIP 2.x, in every version.
        matches!(self.reason(), Some(ResultReason::ITEM_NOT_FOUND | ResultReason::OBJECT_NOT_FOUND))
    }

    /// Returns `true` if the server reports that the object, or its name, already exists.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        matches!(self.reason(), Some(ResultReason::OBJECT_ALREADY_EXISTS | ResultReason::NON_UNIQUE_NAME_ATTRIBUTE))
    }

    /// Returns `true` if the server has identified the client and does not permit the request: by its refusal, by the
    /// TLS alert `access_denied`, or by the HTTP status 403.
    ///
    /// Many servers report other clients' objects as [not found](Self::is_not_found).
    #[must_use]
    pub fn is_permission_denied(&self) -> bool {
        self.transport_error().is_some_and(TransportError::is_permission_denied)
            || matches!(self.reason(), Some(ResultReason::PERMISSION_DENIED | ResultReason::NOT_AUTHORISED))
    }

    /// Returns `true` if the server does not accept the identity of the client: its certificate in the TLS handshake,
    /// the credential of the request, or its login ticket.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        use ResultReason as Why;
        self.transport_error().is_some_and(TransportError::is_unauthenticated)
            || matches!(
                self.reason(),
                Some(Why::AUTHENTICATION_NOT_SUCCESSFUL | Why::BAD_PASSWORD | Why::INVALID_TICKET)
            )
    }

    /// Returns `true` if the server does not support the operation, or a format, wrapping, attribute or parameter of
    /// the request.
    #[must_use]
    pub fn is_not_supported(&self) -> bool {
        use ResultReason as Why;
        let reason = matches!(
            self.reason(),
            Some(
                Why::OPERATION_NOT_SUPPORTED
                    | Why::FEATURE_NOT_SUPPORTED
                    | Why::APPLICATION_NAMESPACE_NOT_SUPPORTED
                    | Why::KEY_FORMAT_TYPE_NOT_SUPPORTED
                    | Why::KEY_COMPRESSION_TYPE_NOT_SUPPORTED
                    | Why::KEY_WRAP_TYPE_NOT_SUPPORTED
                    | Why::UNSUPPORTED_ATTRIBUTE
                    | Why::UNSUPPORTED_CRYPTOGRAPHIC_PARAMETERS
                    | Why::UNSUPPORTED_PROTOCOL_VERSION
            )
        );
        reason || matches!(self, Self::NotInParts(_) | Self::NotInPages(_))
    }

    /// Returns `true` if the same request may be sent again without repeating an effect: it was not sent, was not
    /// executed, changes nothing, or was refused because the server is busy.
    ///
    /// The client has already retried where that was promising, so wait before the next attempt. Errors of the
    /// configuration, such as an untrusted certificate, persist.
    ///
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
    /// use kmip_client::Client;
    /// use kmip_client::Error;
    /// use kmip_client::protocol::operation::{Create, Get};
    /// use kmip_client::test_server::Fault;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// server.fail_next(Fault::LoseReply);
    /// let error = kms.call(&Create::aes(256)).await.unwrap_err();
    /// assert!(!error.is_retryable()); // it was done: another one would be a second key
    /// assert!(!kms.call(&Get::id("no such key")).await.unwrap_err().is_retryable()); // it will not be there the next time either
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// # }
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let was_not_done = matches!(self, Self::Unreachable(_) | Self::NoAnswer(_) | Self::NotExecuted(_));
        was_not_done || self.reason() == Some(ResultReason::SERVER_LIMIT_EXCEEDED)
    }

    /// Returns the name of the variant.
    const fn variant(&self) -> &'static str {
        match self {
            Self::Config(_) => "Config",
            Self::Encode(_) => "Encode",
            Self::Unreachable(_) => "Unreachable",
            Self::Refused(_) => "Refused",
            Self::NotExecuted(_) => "NotExecuted",
            Self::Pending(_) => "Pending",
            Self::NotInParts(_) => "NotInParts",
            Self::NotInPages(_) => "NotInPages",
            Self::ClientClosed => "ClientClosed",
            Self::NoAnswer(_) => "NoAnswer",
            Self::OutcomeUnknown(_) => "OutcomeUnknown",
            Self::NoCommonVersion { .. } => "NoCommonVersion",
        }
    }
}

/// Prints the variant and [`Error::report`], as shown by a `main` that returns the error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.variant(), self.report())
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

/// Displays a list of versions; only the first few of a long one.
struct Versions<'a>(&'a [ProtocolVersion]);

impl fmt::Display for Versions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FEW: usize = 16;
        let names: Vec<_> = self.0.iter().take(FEW).map(ToString::to_string).collect();
        match (names.join(", "), self.0.len().saturating_sub(FEW)) {
            (names, _) if names.is_empty() => f.write_str("no version of KMIP that it names"),
            (names, 0) => write!(f, "KMIP {names}"),
            (names, more) => write!(f, "KMIP {names} and {more} more"),
        }
    }
}
