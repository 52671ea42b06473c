//! Protocol versions, and version ranges.

use core::fmt;

/// A KMIP protocol version: major and minor number (KMIP 1.4, 6.1).
///
/// Versions are ordered, and any pair of numbers is a version: a peer may name one that this crate does not know.
///
/// ```
/// use kmip_ttlv::{ProtocolVersion, V1_4, V2_0};
///
/// assert!(V1_4 < V2_0);
/// assert_eq!("1.4".parse(), Ok(V1_4));
/// assert_eq!(ProtocolVersion::new(1, 4).to_string(), "1.4");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProtocolVersion {
    major: u8,
    minor: u8,
}

/// KMIP 1.0 (2010).
pub const V1_0: ProtocolVersion = ProtocolVersion::new(1, 0);
/// KMIP 1.1 (2013).
pub const V1_1: ProtocolVersion = ProtocolVersion::new(1, 1);
/// KMIP 1.2 (2015).
pub const V1_2: ProtocolVersion = ProtocolVersion::new(1, 2);
/// KMIP 1.3 (2016).
pub const V1_3: ProtocolVersion = ProtocolVersion::new(1, 3);
/// KMIP 1.4 (2017).
pub const V1_4: ProtocolVersion = ProtocolVersion::new(1, 4);
/// KMIP 2.0 (2019).
pub const V2_0: ProtocolVersion = ProtocolVersion::new(2, 0);
/// KMIP 2.1 (2020).
pub const V2_1: ProtocolVersion = ProtocolVersion::new(2, 1);
/// KMIP 3.0.
pub const V3_0: ProtocolVersion = ProtocolVersion::new(3, 0);

impl ProtocolVersion {
    /// Creates the version of these numbers.
    #[must_use]
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// Returns the major number: the 1 of 1.4.
    #[must_use]
    pub const fn major(self) -> u8 {
        self.major
    }

    /// Returns the minor number: the 4 of 1.4.
    #[must_use]
    pub const fn minor(self) -> u8 {
        self.minor
    }

    /// Returns one number with the same order as the version.
    #[inline]
    const fn number(self) -> u16 {
        u16::from_be_bytes([self.major, self.minor])
    }

    const fn of_number(number: u16) -> Self {
        let [major, minor] = number.to_be_bytes();
        Self { major, minor }
    }
}

/// 1.0, which every peer supports.
impl Default for ProtocolVersion {
    fn default() -> Self {
        V1_0
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Debug for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a version; see [`ProtocolVersion::from_str`](core::str::FromStr::from_str).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a protocol version: expected two numbers and a point, as in 1.4")]
pub struct ParseVersionError;

impl core::str::FromStr for ProtocolVersion {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, ParseVersionError> {
        let (major, minor) = text.split_once('.').ok_or(ParseVersionError)?;
        match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) => Ok(Self { major, minor }),
            _ => Err(ParseVersionError),
        }
    }
}

/// The range of versions in which something exists, with or without an end.
///
/// It is created from a Rust range, as in the tables of this crate.
///
/// ```
/// use kmip_ttlv::{V1_2, V1_4, V2_1, VersionRange};
///
/// let range = VersionRange::from(V1_2..=V1_4);
/// assert!(range.contains(V1_4) && !range.contains(V2_1));
/// assert_eq!(range.to_string(), "1.2 to 1.4");
/// assert_eq!(VersionRange::from(V1_2..).to_string(), "1.2 and later");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// Versions as numbers, for comparison.
    since: u16,
    until: u16,
}

/// A version later than any other: the end of an open range.
const FOREVER: ProtocolVersion = ProtocolVersion::new(u8::MAX, u8::MAX);

impl VersionRange {
    /// Every version.
    pub const ALL: Self = Self::since(V1_0);

    /// Creates the range from this version on.
    #[must_use]
    pub const fn since(since: ProtocolVersion) -> Self {
        Self { since: since.number(), until: FOREVER.number() }
    }

    /// Creates the range from the first version to the last, both included.
    #[must_use]
    pub const fn between(since: ProtocolVersion, until: ProtocolVersion) -> Self {
        Self { since: since.number(), until: until.number() }
    }

    /// Returns `true` if the version lies in the range.
    #[must_use]
    #[inline]
    pub const fn contains(self, version: ProtocolVersion) -> bool {
        let number = version.number();
        self.since <= number && number <= self.until
    }

    /// Returns the first version of the range.
    #[must_use]
    pub const fn first(self) -> ProtocolVersion {
        ProtocolVersion::of_number(self.since)
    }

    /// Returns the last version of the range; `None` if the range is open.
    #[must_use]
    pub fn last(self) -> Option<ProtocolVersion> {
        let last = ProtocolVersion::of_number(self.until);
        (last != FOREVER).then_some(last)
    }
}

impl From<core::ops::RangeFrom<ProtocolVersion>> for VersionRange {
    fn from(range: core::ops::RangeFrom<ProtocolVersion>) -> Self {
        Self::since(range.start)
    }
}

impl From<core::ops::RangeInclusive<ProtocolVersion>> for VersionRange {
    fn from(range: core::ops::RangeInclusive<ProtocolVersion>) -> Self {
        Self::between(*range.start(), *range.end())
    }
}

impl From<core::ops::RangeToInclusive<ProtocolVersion>> for VersionRange {
    fn from(range: core::ops::RangeToInclusive<ProtocolVersion>) -> Self {
        Self::between(V1_0, range.end)
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last() {
            None => write!(f, "{} and later", self.first()),
            Some(until) if until == self.first() => write!(f, "{until} only"),
            Some(until) => write!(f, "{} to {until}", self.first()),
        }
    }
}

impl fmt::Debug for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
