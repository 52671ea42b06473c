//! The Log operation.

use kmip_ttlv::{V2_0, ttlv_struct};

/// Writes a message to the server's log. KMIP 2.1, 6.1.29. Since KMIP 2.0.
///
/// ```
/// use kmip_client::protocol::operation::Log;
///
/// assert_eq!(Log::message("disk 7 was replaced").log_message, "disk 7 was replaced");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Log;

impl Log {
    /// Logs this message. It must not be secret: the server stores it in plain text.
    #[must_use]
    pub const fn message(message: &str) -> LogRequest<'_> {
        LogRequest { log_message: message }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to log a message.
    pub struct LogRequest<'a> {
        /// The message.
        pub log_message: &'a str = LOG_MESSAGE in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement.
    pub struct LogResponse {}
}
