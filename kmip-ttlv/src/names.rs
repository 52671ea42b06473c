//! What names the value of an item: found out while walking, as the attributes of KMIP 1.x tell it beforehand.

use crate::enumeration::{EnumerationTable, MaskTable};
use crate::{Tag, Type, Visit};

/// Follows a walk, and knows of each item what its value means.
#[derive(Debug, Default)]
pub(crate) struct Meanings {
    depth: usize,
    /// A vendor's name comes before: what follows is an attribute of the vendor's, whatever it is called.
    vendor: bool,
    /// The attribute that was named before.
    attribute: Option<Tag>,
}

impl Meanings {
    /// The tag that says what the value of this item means: its own; but that of the attribute, for the value of one that the standard
    /// names. To be asked of each item in turn.
    pub(crate) fn tag_of(&mut self, Visit { depth, item }: &Visit<'_>) -> Tag {
        self.meaning(*depth, item.tag(), || item.as_text_string().ok())
    }

    /// [`Meanings::tag_of`] an item that is known by its parts; `text` is its value, should that be a Text String.
    pub(crate) fn meaning<'a>(&mut self, depth: usize, tag: Tag, text: impl FnOnce() -> Option<&'a str>) -> Tag {
        // What names an attribute stands right beside its value.
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

    /// The attribute that the last Attribute Name named, if the standard knows it.
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
    /// The table for values of this type where they mean what the tag says.
    pub(crate) fn of(meaning: Tag, ty: Type) -> Option<Self> {
        match ty {
            Type::Enumeration => meaning.enumeration().map(Self::Enumeration),
            Type::Integer => meaning.mask().map(Self::Mask),
            _ => None,
        }
    }
}
