//! The forms of a list of attributes in the versions of KMIP.

use kmip_ttlv::{ProtocolVersion, Reader, Tag, V2_0};

/// The form in which a version writes a list of attributes.
pub(super) enum ListForm {
    /// KMIP 1.x, of a new object: a Template-Attribute under this tag.
    Template(Tag),
    /// KMIP 1.x, of an existing object: bare attributes one after another.
    Bare,
    /// KMIP 2.x: the tagged values inside a structure with this tag.
    Tagged(Tag),
}

/// Returns the form for a tag of KMIP 2.x. A field that is no Template-Attribute in 1.x has the tag `ATTRIBUTE`.
pub(super) fn list_form(tag: Tag, version: ProtocolVersion) -> ListForm {
    match tag {
        Tag::ATTRIBUTE if version < V2_0 => ListForm::Bare,
        Tag::ATTRIBUTE => ListForm::Tagged(Tag::ATTRIBUTES),
        tag if version >= V2_0 => ListForm::Tagged(tag),
        Tag::COMMON_ATTRIBUTES => ListForm::Template(Tag::COMMON_TEMPLATE_ATTRIBUTE),
        Tag::PRIVATE_KEY_ATTRIBUTES => ListForm::Template(Tag::PRIVATE_KEY_TEMPLATE_ATTRIBUTE),
        Tag::PUBLIC_KEY_ATTRIBUTES => ListForm::Template(Tag::PUBLIC_KEY_TEMPLATE_ATTRIBUTE),
        _ => ListForm::Template(Tag::TEMPLATE_ATTRIBUTE),
    }
}

/// `true` once a list has held Cryptographic Parameters without a field. In the tagged form of KMIP 2.x these take
/// eight bytes, and the box that they decode to exceeds [`MAX_AMPLIFICATION`](kmip_ttlv::MAX_AMPLIFICATION). The bytes
/// around the list pay for one; further ones carry no information and are kept untyped.
#[derive(Default)]
pub(super) struct EmptyParameters(bool);

impl EmptyParameters {
    /// Returns `true` if the next item is an empty structure, and not the first one.
    #[inline]
    pub(super) fn is_repeated(&mut self, reader: &Reader<'_>) -> bool {
        const EMPTY: [u8; 8] = [0x42, 0x00, 0x2B, 0x01, 0, 0, 0, 0];
        reader.remaining().first_chunk() == Some(&EMPTY) && std::mem::replace(&mut self.0, true)
    }
}
