//! The Notify operation.

use kmip_ttlv::{DateTime, Decode, Encode, EncodeField, ErrorKind, Reader, Result, Tag, V2_0, Writer, ttlv_struct};

use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Attributes};
use crate::protocol::with_setters::with_setters;
use crate::protocol::{Id, make_room};

/// Notifies a client of changes to an object. KMIP 2.1, 6.2.2; KMIP 1.4, 5.1.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeValue;
/// use kmip_client::protocol::operation::Notify;
/// use kmip_client::ttlv::{DateTime, Tag};
///
/// let request = Notify::id("9dc02223", DateTime(1_600_000_000)).deleted(Tag::CONTACT_INFORMATION);
/// assert_eq!(request.changes.0.len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Notify;

impl Notify {
    /// Notifies of a change to this object at this time. The request takes the changed attributes.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, last_change: DateTime) -> NotifyRequest<'a> {
        NotifyRequest { unique_identifier: id.into(), changes: Changes::default() }
            .changed(AttributeValue::LastChangeDate(last_change))
    }
}

ttlv_struct! {
    #[compact]
    /// A notification of changes to an object.
    pub struct NotifyRequest<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The changes, which include the Last Change Date.
        pub changes: Changes<'a> = ATTRIBUTE,
    }
}

impl<'a> NotifyRequest<'a> {
    /// Adds an attribute with its new value.
    #[must_use]
    #[inline]
    pub fn changed(mut self, value: AttributeValue<'a>) -> Self {
        self.changes.0.push(Change::Value(value.into()));
        self
    }

    /// Adds an attribute that was deleted.
    #[must_use]
    pub fn deleted(mut self, attribute: impl Into<AttributeReference<'a>>) -> Self {
        self.changes.0.push(Change::Deleted(DeletedAttribute { attribute: attribute.into(), index: None }));
        self
    }
}

/// The changes of an object. KMIP 2.x writes new values before deletions, regardless of the order here.
///
/// The type is exhaustive because it is a plain list: new kinds of changes are variants of [`Change`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes<'a>(pub Vec<Change<'a>>);

/// One change of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<'a> {
    /// An attribute with its new value.
    Value(Attribute<'a>),
    /// An attribute that was deleted.
    Deleted(DeletedAttribute<'a>),
}

with_setters! {
    /// An attribute that was deleted from an object: the structure Attribute without a value in KMIP 1.x, an Attribute
    /// Reference in 2.x.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct DeletedAttribute<'a> {
        /// The attribute.
        pub attribute: AttributeReference<'a>,
        /// The index among several values, from 0. KMIP 1.x only.
        pub index: Option<i32>,
    }
}

ttlv_struct! {
    #[compact]
    /// The wire form of [`DeletedAttribute`] in KMIP 1.x, with a name instead of the reference.
    struct NamedAttribute<'a> {
        attribute: AttributeReference<'a> = ATTRIBUTE_REFERENCE,
        index: Option<i32> = ATTRIBUTE_INDEX,
    }
}

/// Returns `true` if the next Attribute of KMIP 1.x has no value.
fn is_deleted(reader: &Reader<'_>) -> bool {
    let mut inside = reader.clone();
    let Ok(mut attribute) = inside.enter(Tag::ATTRIBUTE) else { return false };
    while let Ok(Some(item)) = attribute.next_item() {
        if item.tag() == Tag::ATTRIBUTE_VALUE {
            return false;
        }
    }
    true
}

/// A list of Attribute in KMIP 1.x; Attributes and a list of Attribute Reference in 2.x.
impl<'a> Decode<'a> for Changes<'a> {
    const REPEATS: bool = true;

    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        Attributes::follows(reader, tag) || reader.version() >= V2_0 && reader.at(Tag::ATTRIBUTE_REFERENCE)
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        if reader.version() < V2_0 {
            make_room(&mut self.0, reader.count_tagged(Tag::ATTRIBUTE));
            while reader.at(Tag::ATTRIBUTE) {
                self.0.push(if is_deleted(reader) {
                    let NamedAttribute { attribute, index } = Decode::decode_next(reader, Tag::ATTRIBUTE)?;
                    Change::Deleted(DeletedAttribute { attribute, index })
                } else {
                    Change::Value(Decode::decode_next(reader, Tag::ATTRIBUTE)?)
                });
            }
            return Ok(());
        }
        if Attributes::follows(reader, tag) {
            if !self.0.is_empty() {
                // Only lax rules get here, when the changes were decoded already.
                return reader.skip();
            }
            let before = reader.clone();
            let mut attributes = Attributes::default();
            // Reserves room for both kinds at once: the list is converted to changes in place.
            let mut ahead = reader.clone();
            let inside = ahead.enter(Tag::ATTRIBUTES).map_or(0, |inside| inside.count_items());
            let deleted = ahead.count_tagged(Tag::ATTRIBUTE_REFERENCE);
            attributes.list.reserve_exact(inside + deleted);
            attributes.decode_into(reader, tag)?;
            if attributes.is_empty() && !reader.rules().skips_unknown() {
                return Err(before.error(ErrorKind::Value("attributes that have changed are at least one")));
            }
            self.0 = attributes.list.into_iter().map(Change::Value).collect();
        } else {
            make_room(&mut self.0, reader.count_tagged(Tag::ATTRIBUTE_REFERENCE));
        }
        while reader.at(Tag::ATTRIBUTE_REFERENCE) {
            let attribute = Decode::decode_next(reader, Tag::ATTRIBUTE_REFERENCE)?;
            self.0.push(Change::Deleted(DeletedAttribute { attribute, index: None }));
        }
        Ok(())
    }
}

impl<'a> Changes<'a> {
    /// Returns the new values in the form of KMIP 2.x.
    fn attributes(&self) -> Option<Attributes<'a>> {
        let values = self.0.iter().filter_map(|change| match change {
            Change::Value(attribute) => Some(attribute.clone()),
            Change::Deleted(_) => None,
        });
        let list: Vec<_> = values.collect();
        if list.is_empty() { None } else { Some(Attributes { list, ..Attributes::default() }) }
    }

    fn deleted(&self) -> impl Iterator<Item = &DeletedAttribute<'a>> {
        self.0.iter().filter_map(|change| match change {
            Change::Deleted(deleted) => Some(deleted),
            Change::Value(_) => None,
        })
    }
}

impl Encode for Change<'_> {
    #[inline]
    fn encode(&self, _: Tag, writer: &mut Writer) -> Result<()> {
        match self {
            Self::Value(attribute) => attribute.encode(Tag::ATTRIBUTE, writer),
            Self::Deleted(DeletedAttribute { attribute, index }) => {
                NamedAttribute { attribute: *attribute, index: *index }.encode(Tag::ATTRIBUTE, writer)
            }
        }
    }
}

impl Encode for Changes<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        if writer.version() < V2_0 {
            return self.0.iter().try_for_each(|change| change.encode(tag, writer));
        }
        self.attributes().encode_field(tag, writer)?;
        self.deleted().try_for_each(|deleted| deleted.attribute.encode(Tag::ATTRIBUTE_REFERENCE, writer))
    }
}

ttlv_struct! {
    #[compact]
    /// An empty payload: clients respond without a payload, and some with an empty one.
    pub struct NotifyResponse {}
}
