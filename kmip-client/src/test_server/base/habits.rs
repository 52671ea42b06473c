//! Behaviour of other servers that differs from this one's.

/// The habits of another server, for one message.
#[derive(Clone, Copy, Default)]
pub(in crate::test_server) struct Habits {
    /// ECDSA signatures are r and s side by side.
    pub(in crate::test_server) raw_signatures: bool,
    /// The salt of RSASSA-PSS is as long as there is room for.
    pub(in crate::test_server) longest_salt: bool,
    /// Attributes are told without links.
    pub(in crate::test_server) no_links: bool,
    /// Digested Data are refused.
    pub(in crate::test_server) no_digested_data: bool,
}
