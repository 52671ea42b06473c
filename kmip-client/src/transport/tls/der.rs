//! A reader of the DER of certificates, for what is told to people. It refuses nothing that it can pass over: webpki
//! decides what is believed.

/// A DER item: its tag, its value, and both with the length between them.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) tag: u8,
    pub(super) value: &'a [u8],
    pub(super) whole: &'a [u8],
}

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Takes the first item off `rest`.
pub(super) fn take<'a>(rest: &mut &'a [u8]) -> Option<Item<'a>> {
    let [tag, first, after @ ..] = *rest else { return None };
    let (length, after) = match first {
        0..=0x7F => (usize::from(*first), after),
        0x81..=0x84 => {
            let (bytes, after) = after.split_at_checked(usize::from(first & 0x7F))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), after)
        }
        _ => return None,
    };
    let (value, behind) = after.split_at_checked(length)?;
    let whole = &rest[..rest.len() - behind.len()];
    *rest = behind;
    Some(Item { tag: *tag, value, whole })
}

/// Takes the first item off `rest` if it has this tag.
pub(super) fn take_tagged<'a>(rest: &mut &'a [u8], tag: u8) -> Option<Item<'a>> {
    rest.first().filter(|first| **first == tag)?;
    take(rest)
}

/// Iterates over the items in a value, up to one that cannot be read.
pub(super) fn items(mut value: &[u8]) -> impl Iterator<Item = Item<'_>> {
    std::iter::from_fn(move || take(&mut value))
}

/// Reads the object identifier that an `AlgorithmIdentifier`, an attribute or an extension starts with.
pub(super) fn identifier(sequence: &[u8]) -> Option<String> {
    items(sequence).next().and_then(|item| object_identifier(&item))
}

/// Returns an object identifier in dotted decimals (X.690, 8.19).
pub(super) fn object_identifier(item: &Item<'_>) -> Option<String> {
    let mut dotted = String::new();
    let mut arc = 0_u64;
    let (last, _) = item.value.split_last().filter(|_| item.tag == OID)?;
    for byte in item.value {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        if dotted.is_empty() {
            // The first two arcs share a number.
            let first = (arc / 40).min(2);
            dotted = format!("{first}.{}", arc - 40 * first);
        } else {
            dotted.push('.');
            dotted.push_str(&arc.to_string());
        }
        arc = 0;
    }
    (last & 0x80 == 0).then_some(dotted)
}

/// Reads a `Time` of a certificate, in seconds since 1970 (RFC 5280, 4.1.2.5).
pub(super) fn time(item: &Item<'_>) -> Option<i64> {
    let (century, rest) = match item.tag {
        UTC_TIME => (None, item.value),
        GENERALIZED_TIME => item.value.split_at_checked(2).map(|(century, rest)| (Some(century), rest))?,
        _ => return None,
    };
    let digits: &[u8; 12] = rest.strip_suffix(b"Z")?.try_into().ok()?;
    let two = |digits: &[u8]| match digits {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => Some(i64::from(10 * (tens - b'0') + units - b'0')),
        _ => None,
    };
    let [year, month, day, hour, minute, second] = [0, 2, 4, 6, 8, 10].map(|at| two(&digits[at..at + 2]));
    let (month, day, hour, minute, second) = (month?, day?, hour?, minute?, second?);
    let year = match century {
        Some(century) => 100 * two(century)? + year?,
        None => year.map(|year| if year < 50 { 2000 + year } else { 1900 + year })?,
    };
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    fits.then(|| 86_400 * days(year, month, day) + 3600 * hour + 60 * minute + second)
}

/// Returns the days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right-hand sides come from `date -u -d TIME +%s`.
    #[test]
    fn times_of_both_kinds() {
        let time = |tag, value| time(&Item { tag, value, whole: value });
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(UTC_TIME, b"491231235959Z"), Some(2_524_607_999));
        assert_eq!(time(UTC_TIME, b"500101000000Z"), Some(-631_152_000));
        assert_eq!(time(UTC_TIME, b"000229120000Z"), Some(951_825_600));
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000Z"), Some(2_524_608_000));
        assert_eq!(time(GENERALIZED_TIME, b"21000301000000Z"), Some(4_107_542_400));
        assert_eq!(time(GENERALIZED_TIME, b"99991231235959Z"), Some(253_402_300_799));
        for broken in [&b"7001010000Z"[..], b"700101000000", b"701301000000Z", b"700101240000Z", b"7001010000-1Z", b""]
        {
            assert_eq!(time(UTC_TIME, broken), None, "{broken:?}");
        }
    }

    /// The bytes come from `openssl asn1parse -genstr OID:...`.
    #[test]
    fn object_identifiers_in_decimals() {
        let dotted = |value| object_identifier(&Item { tag: OID, value, whole: value });
        assert_eq!(
            dotted(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]).as_deref(),
            Some("1.2.840.113549.1.1.1")
        );
        assert_eq!(dotted(&[0x55, 0x1D, 0x11]).as_deref(), Some("2.5.29.17"));
        assert_eq!(dotted(&[0x88, 0x37, 0x03]).as_deref(), Some("2.999.3"));
        assert_eq!(dotted(&[0x2A, 0x86]), None);
        assert_eq!(dotted(&[]), None);
        assert_eq!(dotted(&[0xFF; 40]), None);
    }
}
