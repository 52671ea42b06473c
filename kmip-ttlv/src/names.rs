//! Meanings of item values: in KMIP 1.x an attribute's name determines the meaning of its value.

use crate::enumeration::{EnumerationTable, MaskTable};
use crate::{Tag, Type, Visit};

/// Follows a walk, and determines the meaning of each item's value.
#[derive(Debug, Default)]
pub(crate) struct Meanings {
    depth: usize,
    /// `true` after a vendor's name: the following item is a vendor's attribute, whatever its name.
    vendor: bool,
    /// The attribute that was named last.
    attribute: Option<Tag>,
}

impl Meanings {
    /// Returns the tag that gives the meaning of this item's value: the item's own, or that of the attribute for the
    /// value of a standard attribute. Must be called for each item in order.
    pub(crate) fn tag_of(&mut self, Visit { depth, item }: &Visit<'_>) -> Tag {
        self.meaning(*depth, item.tag(), || item.as_text_string().ok())
    }

    /// Does the same as [`Meanings::tag_of`] for an item that is known by its parts. `text` is the value of a Text
    /// String.
    pub(crate) fn meaning<'a>(&mut self, depth: usize, tag: Tag, text: impl FnOnce() -> Option<&'a str>) -> Tag {
        // The name of an attribute is a sibling of its value.
        if depth != self.depth {
            *self = Self { depth, ..Self::default() };
        }
        match tag {
            Tag::VENDOR_IDENTIFICATION => self.vendor = true,
            Tag::ATTRIBUTE_NAME => self.attribute = text().filter(|_| !self.vendor).and_then(Tag::from_title),
            Tag::ATTRIBUTE_VALUE => return self.attribute.unwrap_or(Tag::ATTRIBUTE_VALUE),
            _ => {}
        }
        tag
    }

    /// Returns the standard attribute that the last Attribute Name has named.
    pub(crate) const fn attribute(&self) -> Option<Tag> {
        self.attribute
    }
}

/// The table that names values.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Names {
    Enumeration(&'static EnumerationTable),
    Mask(&'static MaskTable),
}

impl Names {
    /// Returns the table for values of this type with the meaning of the tag.
    pub(crate) fn of(meaning: Tag, ty: Type) -> Option<Self> {
        match ty {
            Type::Enumeration => meaning.enumeration().map(Self::Enumeration),
            Type::Integer => meaning.mask().map(Self::Mask),
            _ => None,
        }
    }
}
