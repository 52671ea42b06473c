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
    /// Returns [`ParseAttributeError::UnknownName`], which lists similar names.
    pub fn parse(name: &'a str) -> Result<Self, ParseAttributeError> {
        if let custom @ Self::Vendor { .. } = Self::from_name(name) {
            return Ok(custom);
        }
        let wanted = letters(name);
        if let Some(row) = Row::all().find(|row| letters(row.name()) == wanted) {
            return Ok(row.tag.into());
        }
        let resembles = |row: &&Row| {
            let known = letters(row.name());
            !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(&known))
        };
        let mut similar: Vec<_> = Row::all().filter(resembles).map(Row::name).collect();
        similar.sort_unstable();
        similar.truncate(6);
        Err(ParseAttributeError::UnknownName { name: name.to_owned(), similar })
    }
}

/// Returns the letters and digits of a name in lower case.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
