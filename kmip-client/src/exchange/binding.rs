//! The binding of a response to its request beside the Unique Batch Item ID: the object that both name, its type, and
//! the length of its key.
//!
//! It works on encoded payloads, of any operation and version: an item of KMIP carries its tag, its type and its
//! length.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, Enumeration, KeyFormatType, ObjectType, OperationCode};
use kmip_ttlv::{Tag, Type};

use super::no_reply::OutOfStep;
use crate::protocol::object::Object;

/// The operations whose response names the same object as the request. Other responses name a new object.
const SAME_OBJECT: &[OperationCode] = &[
    OperationCode::ACTIVATE,
    OperationCode::ADD_ATTRIBUTE,
    OperationCode::ADJUST_ATTRIBUTE,
    OperationCode::ARCHIVE,
    OperationCode::CHECK,
    OperationCode::DEACTIVATE,
    OperationCode::DECRYPT,
    OperationCode::DELETE_ATTRIBUTE,
    OperationCode::DESTROY,
    OperationCode::ENCRYPT,
    OperationCode::EXPORT,
    OperationCode::GET,
    OperationCode::GET_ATTRIBUTES,
    OperationCode::GET_ATTRIBUTE_LIST,
    OperationCode::GET_USAGE_ALLOCATION,
    OperationCode::MAC,
    OperationCode::MAC_VERIFY,
    OperationCode::MODIFY_ATTRIBUTE,
    OperationCode::OBTAIN_LEASE,
    OperationCode::RECOVER,
    OperationCode::REVOKE,
    OperationCode::SET_ATTRIBUTE,
    OperationCode::SIGN,
    OperationCode::SIGNATURE_VERIFY,
];

/// Checks that the payload of a successful response matches the payload of the request.
pub(super) fn check(operation: OperationCode, request: Items<'_>, response: Items<'_>) -> Result<(), OutOfStep> {
    if let Some(asked) = object_to_repeat(operation, request)
        && response.names_another_than(asked)
    {
        return Err(OutOfStep::ForeignObject { operation });
    }
    let named = response.object_type();
    let expected = request.object_type();
    let enclosed = || response.iter().find_map(|(tag, _, object)| Some((Object::type_of(tag)?, Items(object))));
    let enclosed = if matches!(operation, OperationCode::GET | OperationCode::EXPORT) { enclosed() } else { None };
    let types = [(expected, named), (named, enclosed.map(|(object_type, _)| object_type))];
    for (expected, received) in types.into_iter().filter_map(|(expected, received)| expected.zip(received)) {
        if expected != received {
            return Err(OutOfStep::ObjectType { operation, expected, received });
        }
    }
    match enclosed {
        Some((ObjectType::SYMMETRIC_KEY, key)) => check_key_length(key),
        _ => Ok(()),
    }
}

/// Returns the identifier of the request that its response has to repeat, if there is one.
pub(super) fn object_to_repeat<'a>(operation: OperationCode, request: Items<'a>) -> Option<&'a [u8]> {
    let asked = if SAME_OBJECT.contains(&operation) { request.identifier() } else { None };
    asked.filter(|asked| !is_tag_list(asked))
}

/// Returns `true` if the payload of a response names the object that the request has named, or the request names none.
pub(super) fn is_named(operation: OperationCode, request: Items<'_>, response: Items<'_>) -> bool {
    object_to_repeat(operation, request).is_none() || response.identifier().is_some()
}

/// Returns `true` for a JSON list of tags, which Cosmian KMS accepts as an identifier. It answers with the identifier
/// of the object that has them all. This is the only exception: any other identifier must be returned unchanged.
fn is_tag_list(asked: &[u8]) -> bool {
    asked.starts_with(b"[") && asked.ends_with(b"]")
}

/// Checks that a plain symmetric key has its stated length.
///
/// The stated length of a DES key may include parity bits or not, so it is not checked.
fn check_key_length(key: Items<'_>) -> Result<(), OutOfStep> {
    let Some(block) = key.structure(Tag::KEY_BLOCK) else { return Ok(()) };
    let is_raw = block.enumeration(Tag::KEY_FORMAT_TYPE) == Some(KeyFormatType::RAW);
    let algorithm = block.enumeration(Tag::CRYPTOGRAPHIC_ALGORITHM);
    let is_des = matches!(algorithm, Some(CryptographicAlgorithm::DES | CryptographicAlgorithm::DES3));
    let is_wrapped = block.structure(Tag::KEY_WRAPPING_DATA).is_some();
    let material = block.structure(Tag::KEY_VALUE).and_then(|value| value.first(Tag::KEY_MATERIAL, Type::ByteString));
    let stated = block.first(Tag::CRYPTOGRAPHIC_LENGTH, Type::Integer).and_then(|bits| bits.try_into().ok());
    let (Some(material), Some(stated)) = (material, stated.map(i32::from_be_bytes)) else { return Ok(()) };
    let bits = material.len().saturating_mul(8);
    let fits =
        usize::try_from(stated).is_ok_and(|stated| stated == 0 || stated.checked_next_multiple_of(8) == Some(bits));
    if is_raw && !is_des && !is_wrapped && !fits {
        return Err(OutOfStep::KeyLength { stated, received: bits });
    }
    Ok(())
}

/// The items of a structure, in order. The iterator ends at bytes that are not items.
#[derive(Clone, Copy, Default)]
pub(super) struct Items<'a>(pub(super) &'a [u8]);

/// An item: its tag, its type and its value.
type RawItem<'a> = (u32, Option<Type>, &'a [u8]);

impl<'a> Items<'a> {
    /// Returns the payload of each batch item of a request message.
    pub(super) fn payloads(request: &'a [u8]) -> impl Iterator<Item = Self> {
        let batch = Items(request.get(8..).unwrap_or_default()).iter();
        let batch = batch.filter(|(tag, ..)| *tag == Tag::BATCH_ITEM.value());
        batch.map(|(.., item)| Items(item).structure(Tag::REQUEST_PAYLOAD).unwrap_or_default())
    }

    fn iter(self) -> impl Iterator<Item = RawItem<'a>> {
        let mut bytes = self.0;
        std::iter::from_fn(move || {
            let (head, rest) = bytes.split_first_chunk::<8>()?;
            let [t0, t1, t2, ty, length @ ..] = *head;
            let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
            let value = rest.get(..length)?;
            bytes = rest.get(length.checked_next_multiple_of(8)?..).unwrap_or_default();
            Some((u32::from_be_bytes([0, t0, t1, t2]), Type::from_code(ty), value))
        })
    }

    fn first(self, tag: Tag, ty: Type) -> Option<&'a [u8]> {
        let found = self.iter().find(|(found, ..)| *found == tag.value())?;
        (found.1 == Some(ty)).then_some(found.2)
    }

    fn structure(self, tag: Tag) -> Option<Self> {
        self.first(tag, Type::Structure).map(Items)
    }

    fn enumeration<E: Enumeration>(self, tag: Tag) -> Option<E> {
        self.first(tag, Type::Enumeration)?.try_into().ok().map(|value| E::from_value(u32::from_be_bytes(value)))
    }

    /// Returns the Unique Identifier, if it is text and not empty. KMIP 2.0 and later also have numbers there, which
    /// refer to an object of the batch.
    fn identifier(self) -> Option<&'a [u8]> {
        let (_, ty, value) = self.unique_identifier()?;
        (ty.is_some_and(is_text) && !value.is_empty()).then_some(value)
    }

    /// Returns `true` if the Unique Identifier is neither this one nor empty. A number is this one if its digits are:
    /// there are servers that write an identifier of digits as an Enumeration.
    fn names_another_than(self, asked: &[u8]) -> bool {
        match self.unique_identifier() {
            None | Some((.., [])) => false,
            Some((_, Some(Type::Enumeration | Type::Integer), number)) => {
                let digits = number.try_into().map(|number| u32::from_be_bytes(number).to_string());
                digits.is_ok_and(|digits| digits.as_bytes() != asked)
            }
            Some((.., value)) => value != asked,
        }
    }

    fn unique_identifier(self) -> Option<RawItem<'a>> {
        self.iter().find(|(tag, ..)| *tag == Tag::UNIQUE_IDENTIFIER.value())
    }

    fn object_type(self) -> Option<ObjectType> {
        self.enumeration(Tag::OBJECT_TYPE)
    }
}

/// Returns `true` for the types of an identifier that is a text.
pub(super) fn is_text(ty: Type) -> bool {
    matches!(ty, Type::TextString | Type::Identifier | Type::Reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Other faults of a response are not reported here.
    #[test]
    fn items_end_where_the_bytes_are_none() {
        let id = [0x42, 0, 0x94, 7, 0, 0, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(Items(&id).identifier(), Some(&b"a"[..]));
        for cut in 0..id.len() {
            let found = Items(&id[..cut]).identifier();
            assert!(found.is_none() || cut > 8, "{cut}: {found:?}");
        }
        let endless = [0x42, 0, 0x94, 7, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!((Items(&endless).identifier(), Items::payloads(&endless).count()), (None, 0));
        let empty = [0x42, 0, 0x94, 7, 0, 0, 0, 0];
        assert_eq!(Items(&empty).identifier(), None);
    }

    fn named(id: &str) -> Vec<u8> {
        let mut bytes = vec![0x42, 0, 0x94, 7, 0, 0, 0, u8::try_from(id.len()).expect("it is short")];
        bytes.extend(id.bytes());
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    /// Cosmian KMS takes a list of tags, and answers with the identifier of the object that has them.
    #[test]
    fn nothing_but_a_list_of_tags_stands_for_another_identifier() {
        for (asked, is_list) in [("[\"a\"]", true), ("[]", true), ("[a", false), ("a]", false), ("a", false)] {
            let (asked, other) = (named(asked), named("b"));
            let checked = check(OperationCode::GET, Items(&asked), Items(&other));
            let foreign = OutOfStep::ForeignObject { operation: OperationCode::GET };
            assert_eq!(checked, if is_list { Ok(()) } else { Err(foreign) });
            assert_eq!(check(OperationCode::GET, Items(&asked), Items(&asked)), Ok(()));
            // The response to Create names an object that the request does not.
            assert_eq!(check(OperationCode::CREATE, Items(&asked), Items(&other)), Ok(()));
        }
    }
}
