//! Errors of the examples: one line each, and an exit code that scripts can rely on.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use kmip_client::flow::FlowError;
use kmip_client::test_server::SetupError;
use kmip_client::{ConfigError, Error, Report, TlsError, TransportError};

/// The reason for which an example ends early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The KMS refused, could not be reached, or the outcome is unknown.
    #[error(transparent)]
    Kms(#[from] Error),
    /// A flow of several calls failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The embedded KMS cannot be started.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// The action: "read", "write".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The reader of the output has closed it, as with `| head`: not an error.
    #[error("the output is closed")]
    ClosedPipe,
    /// The output cannot be written.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    /// The arguments are inconsistent.
    #[error("{0}")]
    Usage(String),
    /// Another reason, with an exit code of the table of [`exit_code`].
    #[error("{text}")]
    Coded {
        /// The line to print.
        text: String,
        /// The exit code.
        code: u8,
    },
    /// Another reason, with the exit code 1.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// Creates an error of the file system, with the file.
    pub fn file(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::File { action, path, source }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Kms(error.into())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Output(error),
        }
    }
}

/// The exit code for an error of the client:
///
/// | | |
/// |---|---|
/// | 1 | anything else |
/// | 2 | the arguments or the configuration are wrong |
/// | 3 | there is no such object |
/// | 4 | the KMS refuses |
/// | 5 | the KMS cannot be reached, or does not answer |
/// | 6 | the outcome is unknown: the KMS may have done it |
/// | 7 | the KMS is not trusted, or does not let this client in |
pub fn exit_code(error: &Error) -> u8 {
    match error {
        error if error.is_not_found() => 3,
        Error::Config(_) => 2,
        Error::OutcomeUnknown(_) => 6,
        Error::Unreachable(_) if is_distrust(error) => 7,
        Error::Unreachable(_) | Error::NoAnswer(_) => 5,
        Error::NoCommonVersion { .. } | Error::Pending(_) => 5,
        Error::Refused(_) | Error::NotExecuted(_) | Error::NotInParts(_) => 4,
        _ => 1,
    }
}

/// Returns `true` if one side does not accept the other's certificate.
pub fn is_distrust(error: &Error) -> bool {
    use TlsError::{ClientCertificateMissing, ClientCertificateRefused, Untrusted};
    let fault = error.transport_error();
    matches!(
        fault,
        Some(TransportError::Tls(Untrusted(_) | ClientCertificateRefused { .. } | ClientCertificateMissing { .. }))
    )
}

impl Failure {
    /// Returns the exit code of the program: see [`exit_code`].
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Kms(error) | Self::Flow(FlowError::Kms(error)) => exit_code(error),
            Self::Usage(_) | Self::Setup(SetupError::Config(_) | SetupError::Name(_)) => 2,
            Self::Coded { code, .. } => *code,
            Self::ClosedPipe => 0,
            _ => 1,
        }
    }
}

/// Returns the error and its causes in one line, formatted by [`Report`].
pub fn report(error: &dyn StdError) -> String {
    Report::new(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_without_repeats() {
        let error = Failure::file("read", "ca.pem")(io::Error::other("disk on fire"));
        assert_eq!(report(&error), "cannot read ca.pem: disk on fire");
        // A transparent error has the text of its cause.
        let error = Failure::from(ConfigError::NoTrust);
        assert_eq!(report(&error), ConfigError::NoTrust.to_string());
        assert_eq!(error.exit_code(), 2);
    }
}
