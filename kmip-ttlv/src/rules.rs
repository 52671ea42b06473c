//! Decoding rules, and the context of a reader.

use crate::{ProtocolVersion, Type};

/// The maximum depth of nested structures, unless [`Rules::max_depth`] sets a lower one.
pub const MAX_DEPTH: u8 = 64;

/// The deviations from the specification that a reader accepts, and its maximum depth. Strict by default.
///
/// ```
/// use kmip_ttlv::{Reader, Rules, Walk};
///
/// // A Name with a Name in it.
/// let frame = [0x42, 0x00, 0x53, 1, 0, 0, 0, 8, 0x42, 0x00, 0x53, 1, 0, 0, 0, 0];
/// let depth = |rules| Walk::from_reader(Reader::new(&frame).with_rules(rules)).collect::<Result<Vec<_>, _>>();
/// assert!(depth(Rules::STRICT.max_depth(2)).is_ok());
/// assert_eq!(
///     depth(Rules::STRICT.max_depth(1)).unwrap_err().locate(&frame).to_string(),
///     "Name/Name: structures are nested deeper than the limit at byte 8"
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    flags: u8,
    depth: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self::STRICT
    }
}

impl Rules {
    /// Every deviation is an error.
    pub const STRICT: Self = Self { flags: 0, depth: MAX_DEPTH };

    const SKIP_UNKNOWN: u8 = 1;
    const ANY_PADDING: u8 = 2;
    /// Set by the reader itself inside a table's structure, so that no read skips items. See [`Reader::read_on`].
    const TABLE: u8 = 4;
    const INTEGERS: u8 = 8;

    /// Limits the depth of nested structures, if this is less than [`MAX_DEPTH`]. KMIP messages need about 16.
    #[must_use]
    pub const fn max_depth(self, structures: u8) -> Self {
        let depth = if structures < MAX_DEPTH { structures } else { MAX_DEPTH };
        Self { depth, ..self }
    }

    const fn with(self, flag: u8) -> Self {
        Self { flags: self.flags | flag, ..self }
    }

    const fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Skips and counts unknown items in a structure ([`Reader::skipped`](crate::Reader::skipped)) instead of refusing
    /// them.
    #[must_use]
    pub const fn skip_unknown(self) -> Self {
        self.with(Self::SKIP_UNKNOWN)
    }

    /// Accepts padding bytes other than zero.
    #[must_use]
    pub const fn any_padding(self) -> Self {
        self.with(Self::ANY_PADDING)
    }

    /// Accepts an Integer for an Enumeration, as MySQL sends it, or for an Interval, as Cosmian KMS sends Lease Time.
    #[must_use]
    pub const fn integer_stand_ins(self) -> Self {
        self.with(Self::INTEGERS)
    }

    pub(crate) const fn takes_integer_as(self, ty: Type) -> bool {
        self.has(Self::INTEGERS) && matches!(ty, Type::Enumeration | Type::Interval)
    }

    pub(crate) const fn allow_any_padding(self) -> bool {
        self.has(Self::ANY_PADDING)
    }

    /// Returns `true` if unknown items in a structure are skipped.
    #[must_use]
    pub const fn skips_unknown(self) -> bool {
        self.has(Self::SKIP_UNKNOWN)
    }

    /// Returns `true` if a typed read may skip items to find its own.
    pub(crate) const fn runs_ahead(self) -> bool {
        self.has(Self::SKIP_UNKNOWN) && !self.has(Self::TABLE)
    }
}

/// The state that all readers of one message share: version, remaining depth, and rules. Packed into one number, so
/// that copies are cheap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context(u64);

impl Context {
    const ONE_DEEPER: u64 = 1 << 8;

    /// Context of the outermost item.
    pub(crate) const DEFAULT: Self = Self::of(crate::V1_0, 0, Rules::STRICT);

    /// Returns the context at a depth of `level` structures.
    const fn of(version: ProtocolVersion, level: u8, rules: Rules) -> Self {
        let depth = rules.depth.saturating_sub(level);
        Self(u64::from_be_bytes([0, 0, 0, rules.depth, version.major(), version.minor(), depth, rules.flags]))
    }

    #[inline]
    pub(crate) const fn version(self) -> ProtocolVersion {
        let [_, _, _, _, major, minor, ..] = self.0.to_be_bytes();
        ProtocolVersion::new(major, minor)
    }

    /// Returns the number of structures that may still be entered.
    #[inline]
    pub(crate) const fn depth(self) -> u8 {
        let [.., depth, _] = self.0.to_be_bytes();
        depth
    }

    #[inline]
    pub(crate) const fn rules(self) -> Rules {
        let [_, _, _, depth, .., flags] = self.0.to_be_bytes();
        Rules { flags, depth }
    }

    #[inline]
    pub(crate) const fn with_version(self, version: ProtocolVersion) -> Self {
        const VERSION: u64 = 0xFFFF_0000;
        let (major, minor) = (version.major() as u64, version.minor() as u64);
        Self(self.0 & !VERSION | major << 24 | minor << 16)
    }

    #[inline]
    pub(crate) const fn with_level(self, level: u8) -> Self {
        Self::of(self.version(), level, self.rules())
    }

    #[inline]
    pub(crate) const fn with_rules(self, rules: Rules) -> Self {
        Self::of(self.version(), self.level(), rules)
    }

    /// Returns the context of a structure that a table reads.
    #[inline]
    pub(crate) const fn of_table(self) -> Self {
        Self(self.0 | Rules::TABLE as u64)
    }

    /// Returns the context inside a structure. The caller has checked that the depth allows one.
    #[inline]
    pub(crate) const fn inside(self) -> Self {
        Self((self.0 - Self::ONE_DEEPER) & !(Rules::TABLE as u64))
    }

    /// Returns the context around a structure.
    #[inline]
    pub(crate) const fn outside(self) -> Self {
        Self(self.0 + Self::ONE_DEEPER)
    }

    /// Returns the number of enclosing structures.
    pub(crate) const fn level(self) -> u8 {
        self.rules().depth.saturating_sub(self.depth())
    }
}
