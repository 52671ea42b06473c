//! Attributes, their names, and what Locate compares them with.

use kmip_ttlv::arbitrary::{Generate, Generator};
use kmip_ttlv::{Tag, V2_0, V3_0, Value};

use crate::protocol::attribute::{
    Attribute, AttributeFilter, AttributeFilters, AttributePart, AttributeReference, AttributeValue, Attributes,
    CryptographicParameters, OtherAttribute,
};

impl<'a> Generate<'a> for AttributeReference<'a> {
    const CHOOSES_TAG: bool = true;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        if generator.once_in(8) {
            return other_name(generator, tag);
        }
        let version = generator.version();
        let known = AttributeValue::ROWS.iter().filter(|(_, range)| range.contains(version));
        generator.pick(known).map_or_else(|| other_name(generator, tag), |(attribute, _)| Self::Standard(*attribute))
    }
}

/// Makes the name of an attribute outside of the table.
fn other_name<'a>(generator: &mut Generator<'a>, tag: Tag) -> AttributeReference<'a> {
    let text = generator.value(tag);
    if generator.version() >= V2_0 {
        return AttributeReference::Vendor { vendor_identification: text, name: generator.value(tag) };
    }
    match AttributeReference::from_name(text) {
        AttributeReference::Standard(_) => AttributeReference::custom("Colour"),
        name => name,
    }
}

impl<'a> Generate<'a> for AttributeValue<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        if generator.once_in(16) {
            return Self::Other(generator.value(tag));
        }
        let version = generator.version();
        let known = Self::ROWS.iter().filter(|(_, range)| range.contains(version));
        let attribute = generator.pick(known).map_or(Tag::OBJECT_TYPE, |(attribute, _)| *attribute);
        match Self::generate(attribute, generator, if version < V2_0 { Tag::ATTRIBUTE_VALUE } else { attribute }) {
            // Lists keep a second one of these untyped: see `EmptyParameters`.
            Self::CryptographicParameters(parameters) if *parameters == CryptographicParameters::default() => {
                Self::CryptographicLength(generator.value(tag))
            }
            value => value,
        }
    }
}

impl<'a> Generate<'a> for OtherAttribute<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        const TAG_OF_A_VENDOR: Tag = Tag::from_bytes([0x54, 0, 0x11]);
        if generator.version() >= V2_0 && generator.once_in(2) {
            return Self { name: TAG_OF_A_VENDOR.into(), value: generator.value(TAG_OF_A_VENDOR) };
        }
        Self { name: other_name(generator, tag), value: generator.value(Tag::ATTRIBUTE_VALUE) }
    }
}

impl<'a> Generate<'a> for Attribute<'a> {
    const CHOOSES_TAG: bool = true;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let value = generator.value(tag);
        Self { value, index: if generator.version() < V2_0 { generator.value(Tag::ATTRIBUTE_INDEX) } else { None } }
    }
}

impl<'a> Generate<'a> for Attributes<'a> {
    const CHOOSES_TAG: bool = true;

    /// At least one: some lists have no form when they are empty.
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let length = 1 + generator.below(5);
        let list = (0..length).map(|_| generator.value(tag)).collect();
        // Lists of bare attributes have no names of templates.
        let is_template = generator.version() < V2_0 && tag != Tag::ATTRIBUTE && generator.once_in(8);
        Self { templates: if is_template { vec![generator.value(Tag::NAME)] } else { Vec::new() }, list }
    }
}

impl<'a> Generate<'a> for AttributeFilter<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        // Structures whose other field has to be there in a whole value.
        let parts = [
            (Tag::NAME, Tag::NAME_VALUE, Value::TextString("vm-42")),
            (Tag::LINK, Tag::LINK_TYPE, Value::Enumeration(0x0000_0101)),
            (Tag::DIGEST, Tag::DIGEST_VALUE, Value::ByteString(b"digest")),
            (Tag::USAGE_LIMITS, Tag::USAGE_LIMITS_UNIT, Value::Enumeration(1)),
        ];
        if generator.version() < V3_0
            && generator.once_in(8)
            && let Some((attribute, field, value)) = generator.pick(parts.into_iter())
        {
            return Self::Part(AttributePart::new(attribute, [(field, value)]));
        }
        Self::Value(generator.value(tag))
    }
}

impl<'a> Generate<'a> for AttributeFilters<'a> {
    const CHOOSES_TAG: bool = true;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let length = generator.below(5);
        let mut filters = Self::default();
        filters.list.extend((0..length).map(|_| generator.value::<AttributeFilter<'_>>(tag)));
        filters
    }
}
