//! Log: the server writes a message to its log.

use kmip_ttlv::{V2_0, ttlv_struct};

/// Log: the server writes a message to its log. KMIP 2.1, 6.1.29. Since KMIP 2.0.
///
/// ```
/// use kmip_client::protocol::operation::Log;
///
/// assert_eq!(Log::message("disk 7 was replaced").log_message, "disk 7 was replaced");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Log;

impl Log {
    /// Logs this message. It is not secret: the server keeps it as it is.
    #[must_use]
    pub const fn message(message: &str) -> LogRequest<'_> {
        LogRequest { log_message: message }
    }
}

ttlv_struct! {
    /// What to log.
    pub struct LogRequest<'a> {
        /// The message.
        pub log_message: &'a str = LOG_MESSAGE in V2_0..,
    }
}

ttlv_struct! {
    /// That it was logged.
    pub struct LogResponse {}
}
