//! Points in time as in XML Schema: `2001-01-01T10:00:00.5+10:00`.

/// Returns seconds and microseconds since 1970-01-01T00:00:00Z. Smaller fractions are truncated.
///
/// A time without a zone is UTC.
pub(super) fn parse(text: &str) -> Option<(i64, i64)> {
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
    use super::parse;
    use crate::{DateTime, DateTimeExtended};
    use alloc::string::ToString;

    #[test]
    fn what_is_printed_is_read() {
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
    fn zones_and_fractions() {
        assert_eq!(parse("2001-01-01T10:00:00+10:00"), Some((978_307_200, 0)));
        assert_eq!(parse("2000-12-31T14:30:00-09:30"), Some((978_307_200, 0)));
        assert_eq!(parse("2001-01-01T00:00:00"), Some((978_307_200, 0)));
        assert_eq!(parse("2001-01-01T00:00:00.5Z"), Some((978_307_200, 500_000)));
        assert_eq!(parse("2001-01-01T00:00:00.1234567Z"), Some((978_307_200, 123_456)));
    }

    #[test]
    fn what_is_no_time() {
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
