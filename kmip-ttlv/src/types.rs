//! The item types, and value types that the standard library lacks.

use core::fmt;
use core::time::Duration;

use crate::version::{V2_0, V3_0, VersionRange};

/// The type of an item's value (KMIP 1.4, 9.1.1.2).
///
/// An item of an unknown type cannot be read, because its length is unknown. KMIP 2.0 and 3.0 have added types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, num_derive::FromPrimitive, num_derive::ToPrimitive)]
#[repr(u8)]
#[non_exhaustive]
pub enum Type {
    /// Items inside an item. The length is a multiple of 8.
    Structure = 0x01,
    /// 32 bits, signed: `i32`; also the masks.
    Integer = 0x02,
    /// 64 bits, signed: `i64`.
    LongInteger = 0x03,
    /// Two's complement of any multiple of 8 bytes: [`BigInteger`].
    BigInteger = 0x04,
    /// 32 bits: one of the enumerations.
    Enumeration = 0x05,
    /// 0 or 1 in 8 bytes: `bool`.
    Boolean = 0x06,
    /// UTF-8: `&str`.
    TextString = 0x07,
    /// Bytes: `&[u8]`.
    ByteString = 0x08,
    /// Seconds since 1970: [`DateTime`].
    DateTime = 0x09,
    /// A duration in seconds: [`Interval`].
    Interval = 0x0A,
    /// Microseconds since 1970: [`DateTimeExtended`]. Since KMIP 2.0.
    DateTimeExtended = 0x0B,
    /// The name of an object: [`Identifier`]. Since KMIP 3.0.
    Identifier = 0x0C,
    /// An identifier that refers to another object: [`Reference`]. Since KMIP 3.0.
    Reference = 0x0D,
    /// A name that refers to another object: [`NameReference`]. Since KMIP 3.0.
    NameReference = 0x0E,
}

impl Type {
    /// Returns the type of this code, if KMIP defines it.
    ///
    /// ```
    /// use kmip_ttlv::Type;
    ///
    /// assert_eq!(Type::from_code(0x07), Some(Type::TextString));
    /// assert_eq!(Type::from_code(0x0F), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn from_code(code: u8) -> Option<Self> {
        num_traits::FromPrimitive::from_u8(code)
    }

    /// Returns the versions that have the type.
    ///
    /// ```
    /// use kmip_ttlv::{Type, V2_0};
    ///
    /// assert_eq!(Type::DateTimeExtended.versions(), (V2_0..).into());
    /// ```
    #[must_use]
    pub const fn versions(self) -> VersionRange {
        match self {
            Self::DateTimeExtended => VersionRange::since(V2_0),
            Self::Identifier | Self::Reference | Self::NameReference => VersionRange::since(V3_0),
            _ => VersionRange::ALL,
        }
    }

    /// Returns the canonical name, as in XML and JSON: `LongInteger`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "Structure",
            Self::Integer => "Integer",
            Self::LongInteger => "LongInteger",
            Self::BigInteger => "BigInteger",
            Self::Enumeration => "Enumeration",
            Self::Boolean => "Boolean",
            Self::TextString => "TextString",
            Self::ByteString => "ByteString",
            Self::DateTime => "DateTime",
            Self::Interval => "Interval",
            Self::DateTimeExtended => "DateTimeExtended",
            Self::Identifier => "Identifier",
            Self::Reference => "Reference",
            Self::NameReference => "NameReference",
        }
    }

    /// Returns `true` if a value of the type can have this length in bytes.
    #[inline]
    pub(crate) const fn can_be(self, length: u32) -> bool {
        match self {
            Self::Integer | Self::Enumeration | Self::Interval => length == 4,
            Self::LongInteger | Self::Boolean | Self::DateTime | Self::DateTimeExtended => length == 8,
            Self::Structure => length.is_multiple_of(8),
            // Even 0 takes bytes: an empty one would be encoded as eight.
            Self::BigInteger => length > 0 && length.is_multiple_of(8),
            Self::TextString | Self::ByteString | Self::Identifier | Self::Reference | Self::NameReference => true,
        }
    }

    /// Returns the byte of the type on the wire.
    #[must_use]
    #[inline]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An integer of any size: two's complement, most significant byte first.
///
/// On the wire its length is a multiple of 8. A received value keeps its bytes, sign extension included, and encodes to
/// the same bytes. Shorter values are extended while encoding.
///
/// ```
/// use kmip_ttlv::BigInteger;
///
/// assert_eq!(BigInteger::new(&[0, 0, 0, 0, 0, 0x9F, 1, 2]).magnitude(), Some(&[0x9F, 1, 2][..]));
/// assert!(BigInteger::new(&[0xFF, 0xFE]).is_negative());
/// ```
#[derive(Clone, Copy, Default)]
pub struct BigInteger<'a>(&'a [u8]);

impl<'a> BigInteger<'a> {
    /// Creates the integer of these bytes: two's complement, so a first bit of 1 makes it negative. An empty slice is
    /// 0.
    #[must_use]
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes as given or received.
    #[must_use]
    #[inline]
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Returns `true` if the integer is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.first().is_some_and(|first| first & 0x80 != 0)
    }

    /// Returns the bytes without leading zeros, as most cryptographic libraries take them; `None` for a negative
    /// integer.
    #[must_use]
    pub fn magnitude(self) -> Option<&'a [u8]> {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        (!self.is_negative()).then(|| &self.0[zeros..])
    }

    /// Returns the byte that extends the sign to the left.
    pub(crate) fn sign(self) -> u8 {
        if self.is_negative() { 0xFF } else { 0 }
    }

    /// Returns the sign and the bytes without redundant sign extension.
    fn significant(self) -> (bool, &'a [u8]) {
        let sign = self.0.iter().take_while(|byte| **byte == self.sign()).count();
        (self.is_negative(), &self.0[sign..])
    }
}

/// Compares the values, regardless of sign extension.
impl PartialEq for BigInteger<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.significant() == other.significant()
    }
}

impl Eq for BigInteger<'_> {}

/// Prints the size only, because Big Integers are mostly parts of keys.
impl fmt::Debug for BigInteger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BigInteger({} bytes)", self.0.len())
    }
}

/// A point in time, in seconds since 1970-01-01T00:00:00Z; earlier ones are negative.
///
/// ```
/// use kmip_ttlv::DateTime;
///
/// assert_eq!(DateTime(1_577_836_800).to_string(), "2020-01-01T00:00:00Z");
/// ```
///
/// With the feature `std` it converts from a `SystemTime`, rounded down to seconds, and to one if the system can
/// represent it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DateTime(pub i64);

/// A point in time, in microseconds since 1970-01-01T00:00:00Z. Since KMIP 2.0.
///
/// ```
/// use kmip_ttlv::DateTimeExtended;
///
/// assert_eq!(DateTimeExtended(1_577_836_800_000_250).to_string(), "2020-01-01T00:00:00.000250Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DateTimeExtended(pub i64);

/// Rounds down to whole seconds. A time out of the range of 64 bits becomes the nearest in it.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for DateTime {
    fn from(time: std::time::SystemTime) -> Self {
        Self(match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => 0_i64.saturating_add_unsigned(since.as_secs()),
            Err(before) => {
                let before = before.duration();
                0_i64.saturating_sub_unsigned(before.as_secs()).saturating_sub((before.subsec_nanos() > 0).into())
            }
        })
    }
}

/// Fails if the system cannot represent the time.
#[cfg(feature = "std")]
impl TryFrom<DateTime> for std::time::SystemTime {
    type Error = OutOfRange;

    fn try_from(DateTime(seconds): DateTime) -> Result<Self, OutOfRange> {
        let duration = Duration::from_secs(seconds.unsigned_abs());
        let time =
            if seconds < 0 { Self::UNIX_EPOCH.checked_sub(duration) } else { Self::UNIX_EPOCH.checked_add(duration) };
        time.ok_or(OutOfRange(seconds))
    }
}

/// A point in time that the system cannot represent.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is a time that this system cannot hold", DateTime(*.0))]
pub struct OutOfRange(i64);

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_seconds(f, self.0)?;
        f.write_str("Z")
    }
}

impl fmt::Display for DateTimeExtended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_seconds(f, self.0.div_euclid(1_000_000))?;
        write!(f, ".{:06}Z", self.0.rem_euclid(1_000_000))
    }
}

/// Writes date and time of day in the proleptic Gregorian calendar, as RFC 3339 without a zone. Years beyond 9999 have
/// more digits.
fn write_seconds(f: &mut fmt::Formatter<'_>, seconds: i64) -> fmt::Result {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years are counted from March, so that the leap day is the last of its year, and from a multiple of 400.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = 400 * era + year_of_era + i64::from(month <= 2);
    write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// A duration in whole seconds.
///
/// ```
/// use core::time::Duration;
/// use kmip_ttlv::Interval;
///
/// assert_eq!(Duration::from(Interval(3600)), Duration::from_secs(3600));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Interval(pub u32);

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

impl From<Interval> for Duration {
    fn from(interval: Interval) -> Self {
        Self::from_secs(interval.0.into())
    }
}

/// Implements `Debug` by `Display`.
macro_rules! debug_as_display {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

debug_as_display! { DateTime DateTimeExtended Interval }

/// The identifier of an object: a text under its own item type. Since KMIP 3.0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Identifier<'a>(pub &'a str);

/// The identifier of another object. Since KMIP 3.0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Reference<'a>(pub &'a str);

/// The name of another object. Since KMIP 3.0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct NameReference<'a>(pub &'a str);
