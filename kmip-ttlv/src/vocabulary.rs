//! The vocabulary check of a message against a version.

use crate::enumeration::Entry;
use crate::error::{Error, ErrorKind, Result};
use crate::names::{Meanings, Names};
use crate::{Item, ProtocolVersion, Tag, VersionRange, Walk};

/// Checks that `version` has every tag, item type, enumeration value, mask bit and attribute name of an encoded
/// message.
///
/// Names that no version has are vendors' names, and pass. Meant to be called before a message is sent: a server of
/// this version need not understand later additions or removed names.
///
/// ```
/// use kmip_ttlv::enumeration::OperationCode;
/// use kmip_ttlv::{Tag, V1_0, V1_2, check_vocabulary, encode};
///
/// let item = encode(&OperationCode::ENCRYPT, Tag::OPERATION, V1_2)?;
/// assert!(check_vocabulary(&item, V1_2).is_ok());
/// assert_eq!(
///     check_vocabulary(&item, V1_0).unwrap_err().to_string(),
///     "Operation: Encrypt is not in KMIP 1.0: it exists in 1.2 and later at byte 0"
/// );
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns [`ErrorKind::NotInVersion`] for a tag, [`ErrorKind::ValueNotInVersion`] for a value or a type, and the
/// errors of [`Walk`] for bytes that are no message, with offset and path.
pub fn check_vocabulary(frame: &[u8], version: ProtocolVersion) -> Result<()> {
    check_items(frame, version).map_err(|error| error.locate(frame))
}

fn check_items(frame: &[u8], version: ProtocolVersion) -> Result<()> {
    let mut meanings = Meanings::default();
    for visit in Walk::new(frame) {
        let visit = visit?;
        let item = visit.item;
        let tag = item.tag();
        if !Tag::TABLE.allows(tag.value(), version)
            && let Some(range) = tag.versions()
        {
            return Err(item.error(ErrorKind::NotInVersion { tag, version, range }));
        }
        if !item.ty().versions().contains(version) {
            return Err(lacks(&item, item.ty().name(), version, item.ty().versions()));
        }
        let meaning = meanings.tag_of(&visit);
        match Names::of(meaning, item.ty()) {
            Some(Names::Enumeration(table)) => {
                let value = item.as_enumeration()?;
                if !table.allows(value, version)
                    && let (Some(entry), Some(range)) = (table.entry(value), table.versions_of(value))
                {
                    return Err(lacks(&item, entry.name(), version, range));
                }
            }
            Some(Names::Mask(table)) => {
                let bits = item.as_integer()?.cast_unsigned();
                if let Some(entry) = table.entries_of(bits).find(|entry| !has_bit(*entry, version)) {
                    return Err(lacks(&item, entry.name(), version, entry.versions()));
                }
            }
            None if tag == Tag::ATTRIBUTE_NAME => {
                let named = meanings.attribute().and_then(|tag| Some((tag.title()?, tag.versions()?)));
                if let Some((title, range)) = named.filter(|(_, range)| !range.contains(version)) {
                    return Err(lacks(&item, title, version, range));
                }
            }
            None => {}
        }
    }
    Ok(())
}

fn lacks(item: &Item<'_>, name: &'static str, version: ProtocolVersion, range: VersionRange) -> Error {
    item.error(ErrorKind::ValueNotInVersion { name, version, range })
}

/// Returns `true` if a version has the bit of a mask. OASIS test cases of KMIP 2.0 set one that the tables of 2.0
/// withdrew, so it passes.
fn has_bit(entry: Entry, version: ProtocolVersion) -> bool {
    const STILL_SET: &str = "ContentCommitmentNonRepudiation";
    entry.versions().contains(version) || entry.name() == STILL_SET
}
