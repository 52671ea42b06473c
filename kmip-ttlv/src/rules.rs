//! What a reader accepts, and what it knows of the message around it.

use crate::ProtocolVersion;

/// How many structures may stand inside each other.
pub const MAX_DEPTH: u8 = 64;

/// What a reader accepts beyond the letter of the specification. Strict unless said otherwise.
///
/// ```
/// use kmip_ttlv::Rules;
///
/// let client = Rules::STRICT.skip_unknown();
/// assert_ne!(client, Rules::STRICT);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules(u8);

impl Rules {
    /// Every deviation is an error.
    pub const STRICT: Self = Self(0);

    const SKIP_UNKNOWN: u8 = 1;
    const ANY_PADDING: u8 = 2;
    /// Set by the reader itself: a table reads this structure, so no read runs ahead. See [`Reader::read_on`].
    const TABLE: u8 = 4;
    const INTEGERS: u8 = 8;

    /// Items that a structure does not know are skipped and counted ([`Reader::skipped`](crate::Reader::skipped)) instead of refused.
    #[must_use]
    pub const fn skip_unknown(self) -> Self {
        Self(self.0 | Self::SKIP_UNKNOWN)
    }

    /// Padding may hold other bytes than zero.
    #[must_use]
    pub const fn any_padding(self) -> Self {
        Self(self.0 | Self::ANY_PADDING)
    }

    /// An Integer is taken where an Enumeration is expected, as MySQL was seen to send some.
    #[must_use]
    pub const fn integers_for_enumerations(self) -> Self {
        Self(self.0 | Self::INTEGERS)
    }

    pub(crate) const fn takes_integers(self) -> bool {
        self.0 & Self::INTEGERS != 0
    }

    pub(crate) const fn allow_any_padding(self) -> bool {
        self.0 & Self::ANY_PADDING != 0
    }

    /// Whether items that a structure does not know are skipped.
    #[must_use]
    pub const fn skips_unknown(self) -> bool {
        self.0 & Self::SKIP_UNKNOWN != 0
    }

    /// Whether a typed read may skip items to find its own.
    pub(crate) const fn runs_ahead(self) -> bool {
        self.0 & (Self::SKIP_UNKNOWN | Self::TABLE) == Self::SKIP_UNKNOWN
    }
}

/// What every reader of one message shares: version, how many more structures may be entered, and rules. One number, so that it is kept
/// and copied as one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context(u32);

impl Context {
    const ONE_DEEPER: u32 = 1 << 8;

    /// The context of the outermost item.
    pub(crate) const DEFAULT: Self = Self::of(crate::V1_0, MAX_DEPTH, Rules::STRICT);

    const fn of(version: ProtocolVersion, depth: u8, rules: Rules) -> Self {
        Self(u32::from_be_bytes([version.major(), version.minor(), depth, rules.0]))
    }

    #[inline]
    pub(crate) const fn version(self) -> ProtocolVersion {
        let [major, minor, ..] = self.0.to_be_bytes();
        ProtocolVersion::new(major, minor)
    }

    /// How many more structures may be entered.
    #[inline]
    pub(crate) const fn depth(self) -> u8 {
        let [_, _, depth, _] = self.0.to_be_bytes();
        depth
    }

    #[inline]
    pub(crate) const fn rules(self) -> Rules {
        let [.., rules] = self.0.to_be_bytes();
        Rules(rules)
    }

    #[inline]
    pub(crate) const fn with_version(self, version: ProtocolVersion) -> Self {
        Self::of(version, self.depth(), self.rules())
    }

    #[inline]
    pub(crate) const fn with_depth(self, depth: u8) -> Self {
        Self::of(self.version(), depth, self.rules())
    }

    #[inline]
    pub(crate) const fn with_rules(self, rules: Rules) -> Self {
        Self::of(self.version(), self.depth(), rules)
    }

    /// The context of a structure that a table reads.
    #[inline]
    pub(crate) const fn of_table(self) -> Self {
        Self(self.0 | Rules::TABLE as u32)
    }

    /// The context of what is inside a structure; the caller has checked that the depth allows one.
    #[inline]
    pub(crate) const fn inside(self) -> Self {
        Self((self.0 - Self::ONE_DEEPER) & !(Rules::TABLE as u32))
    }

    /// The context of what is around a structure.
    #[inline]
    pub(crate) const fn outside(self) -> Self {
        Self(self.0 + Self::ONE_DEEPER)
    }

    /// How many structures stand around.
    pub(crate) const fn level(self) -> u8 {
        MAX_DEPTH.saturating_sub(self.depth())
    }
}
