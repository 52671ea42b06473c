//! Shared parts of XML and JSON: the spelling of tags and values, and the conversion between items and documents.

mod build;
mod page;
mod parse;
mod spell;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::error::ErrorKind;
use crate::{Tag, Type};

pub(super) use build::{Builder, Fault};
pub(super) use page::{Page, Quoted};
pub(super) use parse::Given;
pub(super) use spell::{Content, Line, Spelling, each_line, holds_one};

/// Returns the tag that a document names, by its canonical name or by its number in hex.
pub(super) fn tag_named(name: &str) -> Result<Tag, ErrorKind> {
    if let Some(digits) = name.strip_prefix("0x") {
        return tag_of_digits(digits)
            .ok_or(ErrorKind::Value("the number of a tag is 0x and six hex digits, as in 0x540001"));
    }
    // Every item needs a lookup, and a linear search of all tags would take most of the time.
    static TAGS: OnceLock<HashMap<&str, Tag>> = OnceLock::new();
    let all = || Tag::TABLE.entries().filter_map(|entry| Some((entry.name(), Tag::from_name(entry.name())?)));
    let tags = TAGS.get_or_init(|| all().collect());
    tags.get(name).copied().ok_or(ErrorKind::UnknownName("Tag"))
}

/// Returns the tag of six hex digits.
pub(super) fn tag_of_digits(digits: &str) -> Option<Tag> {
    let value = parse::hex_u32(digits).filter(|_| digits.len() == 6)?;
    Tag::try_from(value).ok()
}

/// Returns the item type that a document names.
pub(super) fn type_named(name: &str) -> Result<Type, ErrorKind> {
    let mut types = (1..=u8::MAX).map_while(Type::from_code);
    types.find(|ty| ty.name() == name).ok_or(ErrorKind::UnknownName("Item Type"))
}
