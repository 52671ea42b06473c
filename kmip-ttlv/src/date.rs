//! Points in time as in XML Schema and RFC 3339: `2001-01-01T10:00:00.5+10:00`. Spans of time: `3600 s`.

use core::str::FromStr;

use crate::{DateTime, DateTimeExtended, Interval};

/// A text that is not a point in time. See [`DateTime`](DateTime#impl-FromStr-for-DateTime).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a point in time: expected one as in 2027-01-31T12:00:00Z")]
pub struct ParseDateTimeError;

/// A text that is not a span of time. See [`Interval`](Interval#impl-FromStr-for-Interval).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a span of time: expected whole seconds up to 32 bits, as in 3600 or 3600 s, or a number with m, h or d")]
pub struct ParseIntervalError;

/// Parses the output of `Display`, times of other zones, and a date alone, which is its midnight in UTC. Fractions of a
/// second are truncated.
///
/// ```
/// use kmip_ttlv::DateTime;
///
/// assert_eq!("2020-01-01T00:00:00Z".parse(), Ok(DateTime(1_577_836_800)));
/// assert_eq!("2020-01-01T02:00:00.5+02:00".parse(), Ok(DateTime(1_577_836_800)));
/// assert_eq!("2020-01-01".parse(), Ok(DateTime(1_577_836_800)));
/// assert!("2020-13-01".parse::<DateTime>().is_err());
/// ```
impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, ParseDateTimeError> {
        let (seconds, _) = parse_with_midnight(text).ok_or(ParseDateTimeError)?;
        Ok(Self(seconds))
    }
}

/// Parses the same as [`DateTime`], to the microsecond.
impl FromStr for DateTimeExtended {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, ParseDateTimeError> {
        let (seconds, micros) = parse_with_midnight(text).ok_or(ParseDateTimeError)?;
        let all = seconds.checked_mul(1_000_000).and_then(|all| all.checked_add(micros));
        all.map(Self).ok_or(ParseDateTimeError)
    }
}

fn parse_with_midnight(text: &str) -> Option<(i64, i64)> {
    if text.contains('T') {
        return parse(text);
    }
    parse(&alloc::format!("{text}T00:00:00Z"))
}

/// Parses the output of `Display`, seconds without a unit, and minutes, hours and days.
///
/// ```
/// use kmip_ttlv::Interval;
///
/// assert_eq!("3600 s".parse(), Ok(Interval(3600)));
/// assert_eq!("90m".parse(), Ok(Interval(5400)));
/// assert_eq!("30 d".parse(), Ok(Interval(2_592_000)));
/// assert!("a week".parse::<Interval>().is_err());
/// ```
impl FromStr for Interval {
    type Err = ParseIntervalError;

    fn from_str(text: &str) -> Result<Self, ParseIntervalError> {
        let number = text.trim_end_matches(|last: char| last.is_ascii_alphabetic());
        let factor = match &text[number.len()..] {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(ParseIntervalError),
        };
        let seconds = digits(number.trim_end()).and_then(|number| number.checked_mul(factor));
        seconds.and_then(|seconds| u32::try_from(seconds).ok()).map(Self).ok_or(ParseIntervalError)
    }
}

/// Returns seconds and microseconds since 1970-01-01T00:00:00Z. Smaller fractions are truncated.
///
/// A time without a zone is UTC.
pub(crate) fn parse(text: &str) -> Option<(i64, i64)> {
    let (text, before_common_era) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (date, time) = text.split_once('T')?;
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    if year.len() < 4 || (year.len() > 4 && year.starts_with('0')) {
        return None;
    }
    let year = digits(year).map(|year| if before_common_era { -year } else { year })?;
    let (month, day) = (two(month, 1, 12)?, two(day, 1, 31)?);
    if day > days_of_month(year, month) {
        return None;
    }

    let (time, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => (&time[..at], offset(&time[at..])?),
        None => (time, 0),
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = time.split(':');
    let (hour, minute, second) = (two(parts.next()?, 0, 23)?, two(parts.next()?, 0, 59)?, two(parts.next()?, 0, 59)?);
    if parts.next().is_some() {
        return None;
    }
    let days = days_since_1970(year, month, day)?;
    let seconds = days.checked_mul(86_400)?.checked_add(3_600 * hour + 60 * minute + second - zone)?;
    Some((seconds, micros(fraction)?))
}

/// Parses a number of decimal digits and nothing else.
fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// Parses a number of two digits within bounds.
fn two(text: &str, from: i64, to: i64) -> Option<i64> {
    digits(text).filter(|number| text.len() == 2 && (from..=to).contains(number))
}

/// Returns the seconds that a zone is ahead of UTC: `Z`, or `+10:00`.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let seconds = 3_600 * two(hours, 0, 14)? + 60 * two(minutes, 0, 59)?;
    (seconds <= 14 * 3_600).then_some(if zone.starts_with('-') { -seconds } else { seconds })
}

/// Returns the first six digits of a fraction as microseconds.
fn micros(fraction: &str) -> Option<i64> {
    let all = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let first = fraction.bytes().chain(core::iter::repeat(b'0')).take(6);
    all.then(|| first.fold(0, |micros, digit| 10 * micros + i64::from(digit - b'0')))
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the days since 1970 in the proleptic Gregorian calendar. `types.rs` has the inverse.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    // Years are counted from March, so that the leap day is the last of its year.
    let year = if month > 2 { year } else { year - 1 };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era.checked_mul(146_097)?.checked_add(day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::{ParseDateTimeError, ParseIntervalError, parse};
    use crate::{DateTime, DateTimeExtended, Interval};
    use alloc::string::ToString;

    #[test]
    fn parses_what_it_prints() {
        for seconds in [0, -1, 951_782_400, 951_868_799, 4_107_542_400, -62_135_596_800, 253_402_300_799, 1 << 40] {
            assert_eq!(parse(&DateTime(seconds).to_string()), Some((seconds, 0)));
        }
        // Every day of four centuries, and more of them.
        for day in (-719_162..800_000).step_by(11).chain(0..146_097) {
            assert_eq!(parse(&DateTime(86_400 * day + 1).to_string()).map(|time| time.0), Some(86_400 * day + 1));
        }
        assert_eq!(parse(&DateTimeExtended(-1).to_string()), Some((-1, 999_999)));
    }

    #[test]
    fn values_are_read_as_they_print() {
        for seconds in [i64::from(i32::MIN), -1, 0, 951_782_400, 253_402_300_799] {
            assert_eq!(DateTime(seconds).to_string().parse(), Ok(DateTime(seconds)));
            let micros = DateTimeExtended(seconds * 1_000_000 + 250);
            assert_eq!(micros.to_string().parse(), Ok(micros));
        }
        for seconds in [0, 1, 3_600, u32::MAX] {
            assert_eq!(Interval(seconds).to_string().parse(), Ok(Interval(seconds)));
        }
        assert_eq!("4294967296".parse::<Interval>(), Err(ParseIntervalError));
        for text in ["", "s", "-1", "+1", "1.5 h", "1 w", "99999999999999999999", "9223372036854775807 d"] {
            assert_eq!(text.parse::<Interval>(), Err(ParseIntervalError), "{text}");
        }
        for text in ["", "T", "2020-01-01 00:00:00", "now", "1577836800"] {
            assert_eq!(text.parse::<DateTime>(), Err(ParseDateTimeError), "{text}");
        }
    }

    #[test]
    fn zones_and_fractions() {
        assert_eq!(parse("2001-01-01T10:00:00+10:00"), Some((978_307_200, 0)));
        assert_eq!(parse("2000-12-31T14:30:00-09:30"), Some((978_307_200, 0)));
        assert_eq!(parse("2001-01-01T00:00:00"), Some((978_307_200, 0)));
        assert_eq!(parse("2001-01-01T00:00:00.5Z"), Some((978_307_200, 500_000)));
        assert_eq!(parse("2001-01-01T00:00:00.1234567Z"), Some((978_307_200, 123_456)));
    }

    #[test]
    fn rejects_texts_that_are_no_time() {
        for text in [
            "",
            "2001-01-01",
            "2001-01-01 00:00:00Z",
            "2001-13-01T00:00:00Z",
            "2001-02-29T00:00:00Z",
            "2001-00-01T00:00:00Z",
            "2001-01-01T24:00:00Z",
            "2001-01-01T00:60:00Z",
            "2001-01-01T00:00:60Z",
            "2001-01-01T00:00Z",
            "2001-01-01T00:00:00:00Z",
            "2001-01-01T00:00:00.Z",
            "2001-01-01T00:00:00z",
            "2001-01-01T00:00:00+15:00",
            "2001-01-01T00:00:00+1:00",
            "2001-01-01T00:00:00Z ",
            "+2001-01-01T00:00:00Z",
            "201-01-01T00:00:00Z",
            "02001-01-01T00:00:00Z",
            "2001-1-01T00:00:00Z",
            "999999999999999999-01-01T00:00:00Z",
            "2001-01-01T\u{e9}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
