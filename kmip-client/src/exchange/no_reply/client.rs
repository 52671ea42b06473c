//! Refusals for which another server might be asked.

use kmip_ttlv::enumeration::ResultReason;

use super::{NoReply, Refusal};

impl NoReply {
    /// Returns `true` if the server is alive but refuses the request for now, so that another server of the same KMS
    /// might accept it. A read-only server may also report that it lacks the operation, or that nobody has the
    /// permission.
    pub(crate) fn is_declined(&self, read_only: bool) -> bool {
        use ResultReason as Reason;

        let Self::Refused(refusal) = self else { return false };
        let not_here = matches!(refusal.reason, Some(Reason::PERMISSION_DENIED | Reason::OPERATION_NOT_SUPPORTED));
        refusal.is_due_to_server() || (read_only && not_here)
    }
}

impl Refusal {
    /// Returns `true` if the refusal is due to the state of this server rather than the request: the server is busy, or
    /// in read-only mode.
    ///
    /// KMIP has Server Limit Exceeded for the first, since 2.0. It has no reason for the second; servers send a general
    /// reason and explain it in the message. If such a text misleads, a request that was not executed is sent to
    /// another server, which executes or refuses it.
    fn is_due_to_server(&self) -> bool {
        use ResultReason as Why;
        const READ_ONLY: [&str; 3] = ["read-only mode", "read only mode", "readonly mode"];
        match self.reason {
            Some(Why::SERVER_LIMIT_EXCEEDED) => true,
            None
            | Some(
                Why::GENERAL_FAILURE
                | Why::PERMISSION_DENIED
                | Why::ILLEGAL_OPERATION
                | Why::OPERATION_NOT_SUPPORTED
                | Why::FEATURE_NOT_SUPPORTED
                | Why::NOT_AUTHORISED
                | Why::INTERNAL_SERVER_ERROR,
            ) => {
                let message = self.message.as_deref().unwrap_or_default().to_ascii_lowercase();
                READ_ONLY.iter().any(|words| message.contains(words))
            }
            _ => false,
        }
    }
}
