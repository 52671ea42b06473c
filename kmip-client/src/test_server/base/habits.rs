//! Behaviour of other servers that differs from this one's.

/// The deviations of another server, for one message.
#[derive(Clone, Copy, Default)]
pub(in crate::test_server) struct Habits {
    /// ECDSA signatures are r and s side by side, instead of DER.
    pub(in crate::test_server) raw_signatures: bool,
    /// The salt of RSASSA-PSS has the maximum length.
    pub(in crate::test_server) longest_salt: bool,
    /// Links are hidden from attributes.
    pub(in crate::test_server) no_links: bool,
    /// Digested Data is refused.
    pub(in crate::test_server) no_digested_data: bool,
}
