//! Generators of the types that no table declares. The tables generate their own.

mod attributes;
mod messages;

use kmip_ttlv::arbitrary::{Generate, Generator};
use kmip_ttlv::enumeration::UniqueIdentifierPlaceholder;
use kmip_ttlv::{Decode, ProtocolVersion, Reader, Tag, V2_0, V3_0};

use crate::protocol::attribute::{Name, RotateName};
use crate::protocol::object::{KeyBlock, KeyMaterial, KeyValue, PlainKeyValue};
use crate::protocol::operation::{Change, Changes, DeletedAttribute, ImportedType, PollResponse, RequestedCertificate};
use crate::protocol::{Data, Id, Password, Secret};

/// Implements [`Generate`] for wrappers of a value that implements it.
macro_rules! wrappers {
    ($($name:ident: $wrap:expr;)*) => {$(
        impl<'a> Generate<'a> for $name<'a> {
            fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
                $wrap(generator.value(tag))
            }
        }
    )*};
}

wrappers! {
    Password: Password::new;
    Secret: Secret::new;
}

impl<'a> Generate<'a> for RequestedCertificate<'a> {
    const CHOOSES_TAG: bool = true;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        Self(generator.value(tag))
    }
}

impl<'a> Generate<'a> for Id<'a> {
    /// Most often a text, as every version has it.
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let version = generator.version();
        match generator.below(16) {
            12 if version >= V2_0 => Self::Placeholder,
            13 if version >= V2_0 => match generator.value(tag) {
                UniqueIdentifierPlaceholder::ID_PLACEHOLDER => Self::Placeholder,
                meaning => Self::Enumerated(meaning),
            },
            14 if version >= V2_0 => Self::Index(generator.value(tag)),
            15 if version >= V3_0 => Self::Reference(generator.value(tag)),
            11 if version >= V3_0 => Self::Name(generator.value(tag)),
            _ => Self::Text(generator.value(tag)),
        }
    }
}

impl<'a> Generate<'a> for Data<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        match generator.below(16) {
            14 if generator.version() >= V2_0 => Self::ResultOf(generator.value(tag)),
            15 if generator.version() >= V2_0 => Self::Index(generator.value(tag)),
            _ => Self::Bytes(generator.value(tag)),
        }
    }
}

/// Names have a type only before KMIP 3.0.
macro_rules! names {
    ($($name:ident;)*) => {$(
        impl<'a> Generate<'a> for $name<'a> {
            fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
                let value: &str = generator.value(tag);
                if generator.version() >= V3_0 {
                    return value.into();
                }
                Self { value, name_type: generator.value(tag) }
            }
        }
    )*};
}

names! {
    Name;
    RotateName;
}

impl<'a> Generate<'a> for KeyBlock<'a> {
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        generator.structure(|generator| {
            let key_format_type = generator.value(Tag::KEY_FORMAT_TYPE);
            let key_value = match generator.below(8) {
                0 => None,
                1 => Some(KeyValue::Wrapped(generator.value(Tag::KEY_VALUE))),
                _ => Some(KeyValue::Plain(PlainKeyValue {
                    key_material: KeyMaterial::generate(key_format_type, generator),
                    attributes: if generator.once_in(4) { Some(generator.value(Tag::ATTRIBUTE)) } else { None },
                })),
            };
            Self {
                key_format_type,
                key_compression_type: generator.field(Tag::KEY_COMPRESSION_TYPE, true),
                key_value,
                cryptographic_algorithm: generator.field(Tag::CRYPTOGRAPHIC_ALGORITHM, true),
                cryptographic_length: generator.field(Tag::CRYPTOGRAPHIC_LENGTH, true),
                key_wrapping_data: generator.field(Tag::KEY_WRAPPING_DATA, true),
            }
        })
    }
}

/// As decoding makes it: [`ImportedType::Said`].
impl Generate<'_> for ImportedType {
    fn generate(generator: &mut Generator<'_>, tag: Tag) -> Self {
        Self::Said(generator.value(tag))
    }
}

/// In the order in which KMIP 2.x writes them: at least one that has changed, and then those that were deleted.
impl<'a> Generate<'a> for Changes<'a> {
    const CHOOSES_TAG: bool = true;

    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        let (changed, deleted) = (1 + generator.below(3), generator.below(3));
        let mut changes = Vec::new();
        changes.extend((0..changed).map(|_| Change::Value(generator.value(Tag::ATTRIBUTE))));
        changes.extend((0..deleted).map(|_| {
            let attribute = generator.value(Tag::ATTRIBUTE_REFERENCE);
            let index = if generator.version() < V2_0 { generator.value(Tag::ATTRIBUTE_INDEX) } else { None };
            Change::Deleted(DeletedAttribute { attribute, index })
        }));
        Self(changes)
    }
}

/// The payload of an operation of a vendor, which nobody reads before it is asked for.
impl<'a> Generate<'a> for PollResponse<'a> {
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        const EMPTY: &[u8] = &[0x42, 0x00, 0x7C, 0x01, 0, 0, 0, 0];
        const NAMED: &[u8] =
            &[0x42, 0x00, 0x7C, 0x01, 0, 0, 0, 16, 0x42, 0x00, 0x94, 0x07, 0, 0, 0, 1, b'1', 0, 0, 0, 0, 0, 0, 0];
        let payload = if generator.once_in(2) { EMPTY } else { NAMED };
        Self::decode_next(&mut Reader::new(payload), Tag::RESPONSE_PAYLOAD).unwrap_or_default()
    }
}

/// Returns `true` if the version has this member of an enumeration.
fn has(versions: Option<kmip_ttlv::VersionRange>, version: ProtocolVersion) -> bool {
    versions.is_some_and(|range| range.contains(version))
}
