//! Errors of the examples: one line each, and an exit code that scripts can rely on.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use kmip_client::flow::FlowError;
use kmip_client::test_server::SetupError;
use kmip_client::ttlv::enumeration::ResultReason;
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

/// Returns the exit code for an error of the client:
///
/// | | |
/// |---|---|
/// | 1 | anything else |
/// | 2 | the arguments or the configuration are wrong |
/// | 3 | there is no such object, or not any more |
/// | 4 | the KMS refuses |
/// | 5 | the KMS cannot be reached, or does not answer |
/// | 6 | the outcome is unknown: the KMS may have done it |
/// | 7 | the KMS is not trusted, or does not let this client in |
pub fn exit_code(error: &Error) -> u8 {
    match error {
        error if error.is_not_found() || error.reason() == Some(ResultReason::OBJECT_DESTROYED) => 3,
        Error::Config(_) => 2,
        Error::OutcomeUnknown(_) => 6,
        Error::Unreachable(_) | Error::NoAnswer(_) if is_distrust(error) => 7,
        Error::Unreachable(_) | Error::NoAnswer(_) => 5,
        Error::NoCommonVersion { .. } | Error::Pending(_) => 5,
        // The client certificate or the credential, if the server checks it only with the request.
        Error::Refused(_) if error.is_unauthenticated() => 7,
        Error::Refused(_) | Error::NotExecuted(_) | Error::NotInParts(_) => 4,
        _ => 1,
    }
}

/// Returns `true` if one side does not accept the other's certificate, or the server requests one in another way.
pub fn is_distrust(error: &Error) -> bool {
    match error.transport_error() {
        Some(TransportError::Tls(TlsError::Untrusted(_))) => true,
        // Every way in which a server refuses a client before it processes the request.
        Some(_) => error.is_unauthenticated() || error.is_permission_denied(),
        None => false,
    }
}

impl Failure {
    /// Returns the exit code of the program: see [`exit_code`].
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Kms(error) | Self::Flow(FlowError::Kms(error)) => exit_code(error),
            Self::Usage(_) | Self::Setup(SetupError::Config(_) | SetupError::Name(_)) => 2,
            // An argument or a profile names it.
            Self::File { action: "read", source, .. } if source.kind() == io::ErrorKind::NotFound => 2,
            Self::Coded { code, .. } => *code,
            Self::ClosedPipe => 0,
            _ => 1,
        }
    }
}

/// The names of the library's settings on the command line.
const SETTINGS: [(&str, &str); 8] = [
    ("with Identity::from_encrypted_pem", "in KMIP_PASSPHRASE"),
    ("give it to Identity::from_der or Identity::from_pkcs12, or convert it", "convert it"),
    ("give DER to Trust::ca_der, or convert it", "convert it"),
    ("Config::identity", "--cert and --key"),
    ("Config::server_name", "--server-name"),
    ("Config::version(V1_0)", "--kmip 1.0"),
    ("Trust::ca_pem", "--ca"),
    ("Trust::thumbprint", "--thumbprint"),
];

/// Returns the error and its causes in one line, formatted by [`Report`], with flags in place of the library's
/// settings.
pub fn report(error: &dyn StdError) -> String {
    let text = Report::new(error).to_string();
    SETTINGS.iter().fold(text, |text, (setting, flag)| text.replace(setting, flag))
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
        assert!(report(&error).contains("(--ca)") && !report(&error).contains("::"), "{}", report(&error));
        assert_eq!(error.exit_code(), 2);
    }
}
