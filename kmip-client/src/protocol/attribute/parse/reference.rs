//! Attributes by their names.

use super::error::ParseAttributeError;
use crate::protocol::attribute::AttributeReference;
use crate::protocol::attribute::value::Row;

impl<'a> AttributeReference<'a> {
    /// Finds the attribute with this name: a standard name, regardless of case and of the separators between words, or
    /// the name of a custom attribute (`x-NAME`, `y-NAME`).
    ///
    /// ```
    /// use kmip_client::protocol::attribute::AttributeReference;
    /// use kmip_client::ttlv::Tag;
    ///
    /// assert_eq!(AttributeReference::parse("object-group"), Ok(Tag::OBJECT_GROUP.into()));
    /// assert_eq!(AttributeReference::parse("x-Colour"), Ok(AttributeReference::from_name("x-Colour")));
    /// assert!(AttributeReference::parse("Colour").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ParseAttributeError::UnknownName`], which lists similar names, the nearest first.
    #[inline]
    pub fn parse(name: &'a str) -> Result<Self, ParseAttributeError> {
        if let custom @ Self::Vendor { .. } = Self::from_name(name) {
            return Ok(custom);
        }
        let wanted = letters(name);
        if let Some(row) = Row::all().find(|row| letters(row.name()) == wanted) {
            return Ok(row.tag.into());
        }
        let similar = similar_to(&wanted);
        Err(ParseAttributeError::UnknownName { name: name.to_owned(), similar })
    }
}

/// The longest name for which misspelt ones are searched, in letters. No attribute's is longer.
const LONGEST: usize = 64;

/// Returns at most six names that resemble these letters: first those of which they may be a misspelling, the nearest
/// first, then those that contain them or are contained.
#[inline]
fn similar_to(wanted: &str) -> Vec<&'static str> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut similar: Vec<_> = Row::all()
        .filter_map(|row| {
            let known = letters(row.name());
            let misspelt = Some(wanted)
                .filter(|wanted| wanted.len() <= LONGEST)
                .map(|wanted| distance(wanted, &known))
                .filter(|edits| *edits <= 1 + known.len() / 8);
            let contains = known.contains(wanted) || wanted.contains(&known);
            (contains || misspelt.is_some()).then(|| (misspelt.unwrap_or(usize::MAX), row.name()))
        })
        .collect();
    similar.sort_unstable();
    similar.into_iter().map(|(_, name)| name).take(6).collect()
}

/// Returns the number of letters to insert, delete, replace or swap with their neighbour that makes one text of the
/// other.
#[inline]
fn distance(from: &str, to: &str) -> usize {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for i in 0..from.len() {
        let mut row = vec![i + 1];
        for j in 0..to.len() {
            let replaced = last[j] + usize::from(from[i] != to[j]);
            let mut edits = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j] {
                edits = edits.min(before_last[j - 1] + 1);
            }
            row.push(edits);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

/// Returns the letters and digits of a name in lower case.
#[inline]
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
