//! The attributes of an object, as the server keeps them.

use kmip_ttlv::enumeration::{RecommendedCurve, State};
use kmip_ttlv::{
    DateTime, Encode, Item, ProtocolVersion, Reader, Rules, Tag, V1_1, V1_4, V2_0, V2_1, V3_0, Value, decode, encode,
};

use crate::protocol::attribute::{
    Attribute, AttributeFilter, AttributeFilters, AttributePart, AttributeReference, AttributeValue, Digest,
    OtherAttribute, link_type_of,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::rules::Rule;
use crate::test_server::objects::view::View;

/// The tag under which an attribute is stored: any tag that [`Attribute`] can have.
const KEPT: Tag = Tag::NEW_ATTRIBUTE;

/// The name of an attribute that owns its text.
#[derive(Clone, PartialEq, Eq)]
enum OwnedName {
    Standard(Tag),
    Vendor { vendor_identification: String, name: String },
}

impl OwnedName {
    /// Copies the name. Returns `None` for a name that no attribute of this server has.
    fn of(name: AttributeReference<'_>) -> Option<Self> {
        match name {
            AttributeReference::Standard(tag) => Some(Self::Standard(tag)),
            AttributeReference::Vendor { vendor_identification, name } => {
                Some(Self::Vendor { vendor_identification: vendor_identification.to_owned(), name: name.to_owned() })
            }
            AttributeReference::Named(_) | AttributeReference::Unnamed => None,
        }
    }
}

/// An owned attribute, which is stored encoded and decoded on each access.
#[derive(Clone)]
pub(in crate::test_server) struct OwnedAttribute {
    /// Stored decoded too, because searches compare only the name of most attributes.
    name: OwnedName,
    /// The index of the value in KMIP 1.x. It does not change when other values do.
    index: i32,
    /// The version of `bytes`: 2.1, unless only 1.x or only 3.0 has the attribute.
    version: ProtocolVersion,
    bytes: Vec<u8>,
}

impl OwnedAttribute {
    /// Returns the value as stored.
    pub(in crate::test_server) fn value(&self) -> AttributeValue<'_> {
        decode::<Attribute<'_>>(&self.bytes, KEPT, self.version, Rules::STRICT).expect("it was encoded here").value
    }

    /// Returns `true` if the value belongs to this attribute. KMIP 3.0 has several names for links, each for one type.
    pub(in crate::test_server) fn is_of(&self, attribute: AttributeReference<'_>) -> bool {
        let own = self.reference();
        let link_type = match attribute {
            _ if own == attribute => return true,
            AttributeReference::Standard(tag) if own == Tag::LINK.into() => link_type_of(tag),
            _ => None,
        };
        link_type.is_some() && self.value().link().map(|link| link.link_type) == link_type
    }

    pub(in crate::test_server) fn reference(&self) -> AttributeReference<'_> {
        match &self.name {
            OwnedName::Standard(tag) => AttributeReference::Standard(*tag),
            OwnedName::Vendor { vendor_identification, name } => {
                AttributeReference::Vendor { vendor_identification, name }
            }
        }
    }

    /// Returns `false` if the names alone exclude that this filter matches the attribute. A filter for the structure
    /// Attribute matches vendors' attributes.
    pub(in crate::test_server) fn may_match(&self, attribute: &Self) -> bool {
        self.name == attribute.name
            || self.name == OwnedName::Standard(Tag::ATTRIBUTE) && matches!(attribute.name, OwnedName::Vendor { .. })
    }

    /// Returns `true` if the attribute is stored with the same bytes.
    fn holds(&self, wanted: &Self) -> bool {
        self.name == wanted.name && (self.version, &self.bytes) == (wanted.version, &wanted.bytes)
    }

    /// Converts a filter of Locate to the stored form of attributes, for comparison.
    pub(in crate::test_server) fn of_filter(filter: &AttributeFilter<'_>) -> Result<Self, Refusal> {
        match filter {
            AttributeFilter::Value(attribute) => Self::of_value(0, &attribute.value),
            AttributeFilter::Part(part) => {
                let part = AttributePart { index: None, ..part.clone() };
                let name = part.attribute.into();
                Self::encoded(
                    0,
                    name,
                    &AttributeFilters::default().list(vec![AttributeFilter::Part(part)]),
                    Tag::ATTRIBUTE,
                )
            }
        }
    }

    /// Stores a value. The links of KMIP 3.0, an attribute for each type, become the one attribute of earlier versions.
    pub(in crate::test_server) fn of_value(index: i32, value: &AttributeValue<'_>) -> Result<Self, Refusal> {
        let attribute = Attribute::from(as_kept(value));
        Self::encoded(index, attribute.reference(), &attribute, KEPT)
    }

    fn encoded(index: i32, name: AttributeReference<'_>, value: &impl Encode, tag: Tag) -> Result<Self, Refusal> {
        let refusal = || Cause::UnknownAttribute.because(format!("the server cannot keep the attribute {name}"));
        let owned_name = OwnedName::of(name).ok_or_else(refusal)?;
        let encoded =
            [V2_1, V1_4, V3_0].into_iter().find_map(|version| Some((version, encode(value, tag, version).ok()?)));
        let (version, bytes) = encoded.ok_or_else(refusal)?;
        Ok(Self { name: owned_name, index, version, bytes })
    }

    /// Returns the attribute as an item: the value under its own tag in KMIP 2.1, or the structure Attribute if only
    /// 1.x has the attribute.
    pub(in crate::test_server) fn item(&self) -> Item<'_> {
        let outer = Reader::new(&self.bytes).with_version(self.version).next_item().ok().flatten().unwrap_or_default();
        if self.version < V2_0 {
            return outer;
        }
        outer.as_structure().and_then(|mut inside| inside.next_item()).ok().flatten().unwrap_or_default()
    }

    /// Returns the untyped value of an attribute that KMIP 2.1 has.
    pub(in crate::test_server) fn plain_value(&self) -> Value<'_> {
        let item = self.item();
        let value = match item.as_structure() {
            // A vendor's attribute: the value follows its two names.
            Ok(mut inside) if item.tag() == Tag::ATTRIBUTE => {
                std::iter::from_fn(|| inside.next_item().ok().flatten()).find(|item| item.tag() == Tag::ATTRIBUTE_VALUE)
            }
            _ => Some(item),
        };
        value.and_then(|item| item.to_value().ok()).unwrap_or_default()
    }

    pub(in crate::test_server) const fn index(&self) -> i32 {
        self.index
    }

    /// Returns the attribute as a client sees it; `None` if the client's version does not have it.
    pub(in crate::test_server) fn shown(&self, view: View<'_>) -> Option<Attribute<'_>> {
        let version = view.version;
        let value = match self.value() {
            // KMIP 1.0 does not state which format was digested.
            AttributeValue::Digest(digest) if version < V1_1 => {
                AttributeValue::Digest(Digest { key_format_type: None, ..digest })
            }
            AttributeValue::Link(link) if version >= V3_0 => AttributeValue::of_link(&link)?,
            // Links that the client's version lacks are hidden, such as the link to the wrapping key.
            AttributeValue::Link(link) if link.link_type.versions().is_some_and(|range| !range.contains(version)) => {
                return None;
            }
            value => value,
        };
        // A missing index means 0, which PyKMIP does not understand for attributes with several values. KMIP 2.x has no
        // index.
        let is_revealed = |_: &i32| view.lenient && Rule::of(self.reference()).is_some_and(Rule::many);
        let index = Some(self.index).filter(|index| *index != 0 || version < V2_0 && is_revealed(index));
        let attribute = Attribute { value, index };
        encode(&attribute, KEPT, version).is_ok().then_some(attribute)
    }
}

/// Returns the value in the form that the server stores, whatever version it came in.
fn as_kept<'a>(value: &AttributeValue<'a>) -> AttributeValue<'a> {
    value.link().map_or_else(|| value.clone(), AttributeValue::Link)
}

/// All attributes of an object, in the order in which they were set.
#[derive(Clone, Default)]
pub(in crate::test_server) struct OwnedAttributes(Vec<OwnedAttribute>);

impl OwnedAttributes {
    pub(in crate::test_server) fn iter(&self) -> impl Iterator<Item = &OwnedAttribute> {
        self.0.iter()
    }

    /// Returns the values of the attribute in the order of their indices.
    pub(in crate::test_server) fn all<'s>(
        &'s self,
        attribute: AttributeReference<'s>,
    ) -> impl Iterator<Item = &'s OwnedAttribute> {
        self.0.iter().filter(move |owned| owned.is_of(attribute))
    }

    /// Returns the value of a standard attribute, the first if there are several.
    pub(in crate::test_server) fn get(&self, tag: Tag) -> Option<AttributeValue<'_>> {
        self.all(tag.into()).next().map(OwnedAttribute::value)
    }

    pub(in crate::test_server) fn has(&self, attribute: AttributeReference<'_>) -> bool {
        self.0.iter().any(|owned| owned.is_of(attribute))
    }

    /// Returns `true` if the value is among those of its attribute.
    pub(in crate::test_server) fn has_value(&self, value: &AttributeValue<'_>) -> bool {
        OwnedAttribute::of_value(0, value).is_ok_and(|wanted| self.0.iter().any(|owned| owned.holds(&wanted)))
    }

    /// Adds a value, and returns its index.
    pub(in crate::test_server) fn push(&mut self, value: &AttributeValue<'_>) -> Result<i32, Refusal> {
        let owned = self.own(value)?;
        let index = owned.index;
        self.0.push(owned);
        Ok(index)
    }

    /// Makes this the only value of its attribute.
    pub(in crate::test_server) fn set(&mut self, value: &AttributeValue<'_>) -> Result<(), Refusal> {
        self.remove_all(value.reference());
        self.push(value).map(drop)
    }

    /// Does the same as [`Self::set`], unless the attribute has a value.
    pub(in crate::test_server) fn set_default(&mut self, value: &AttributeValue<'_>) -> Result<(), Refusal> {
        if self.has(value.reference()) { Ok(()) } else { self.set(value) }
    }

    /// Replaces the value at this position, under the same index.
    pub(in crate::test_server) fn replace(&mut self, place: usize, value: &AttributeValue<'_>) -> Result<(), Refusal> {
        let index = self.0[place].index;
        self.0[place] = OwnedAttribute { index, ..self.own(value)? };
        Ok(())
    }

    /// Removes the value at this position.
    pub(in crate::test_server) fn remove(&mut self, place: usize) -> OwnedAttribute {
        self.0.remove(place)
    }

    /// Removes all values of the attribute.
    pub(in crate::test_server) fn remove_all(&mut self, attribute: AttributeReference<'_>) {
        self.0.retain(|owned| !owned.is_of(attribute));
    }

    /// Returns the position of the attribute's value with this index.
    pub(in crate::test_server) fn position_of_index(
        &self,
        attribute: AttributeReference<'_>,
        index: i32,
    ) -> Option<usize> {
        self.0.iter().position(|owned| owned.index == index && owned.is_of(attribute))
    }

    /// Returns the position of this value.
    pub(in crate::test_server) fn position_of_value(&self, value: &AttributeValue<'_>) -> Option<usize> {
        let value = as_kept(value);
        self.0.iter().position(|owned| owned.value() == value)
    }

    pub(in crate::test_server) fn state(&self) -> State {
        match self.get(Tag::STATE) {
            Some(AttributeValue::State(state)) => state,
            // Only templates have no state, and no operation on them asks for it.
            _ => State::PRE_ACTIVE,
        }
    }

    /// Returns the elliptic curve of a key.
    pub(in crate::test_server) fn curve(&self) -> Option<RecommendedCurve> {
        match self.get(Tag::CRYPTOGRAPHIC_DOMAIN_PARAMETERS) {
            Some(AttributeValue::CryptographicDomainParameters(parameters)) => parameters.recommended_curve,
            _ => None,
        }
    }

    pub(in crate::test_server) fn date(&self, tag: Tag) -> Option<DateTime> {
        self.get(tag).as_ref().and_then(date_of)
    }

    pub(in crate::test_server) fn flag(&self, tag: Tag) -> bool {
        matches!(
            self.get(tag),
            Some(AttributeValue::Sensitive(true) | AttributeValue::Extractable(true) | AttributeValue::Fresh(true))
        )
    }

    fn own(&self, value: &AttributeValue<'_>) -> Result<OwnedAttribute, Refusal> {
        check_type(value)?;
        let name = as_kept(value).reference();
        let index = self.all(name).map(|owned| owned.index + 1).max().unwrap_or(0);
        OwnedAttribute::of_value(index, value)
    }
}

/// Refuses a standard attribute whose value has a type other than the standard's, or none.
pub(in crate::test_server) fn check_type(value: &AttributeValue<'_>) -> Result<(), Refusal> {
    let name = match value {
        AttributeValue::Absent(name) => name,
        AttributeValue::Other(OtherAttribute { name: name @ AttributeReference::Standard(_), .. })
            if Rule::of(*name).is_some() =>
        {
            name
        }
        _ => return Ok(()),
    };
    Err(Cause::InvalidField.because(format!("the attribute {name} has no value, or one of the wrong type")))
}

/// Returns the value if it is a date.
pub(in crate::test_server) fn date_of(value: &AttributeValue<'_>) -> Option<DateTime> {
    match value {
        AttributeValue::InitialDate(date)
        | AttributeValue::ActivationDate(date)
        | AttributeValue::ProcessStartDate(date)
        | AttributeValue::ProtectStopDate(date)
        | AttributeValue::DeactivationDate(date)
        | AttributeValue::DestroyDate(date)
        | AttributeValue::CompromiseOccurrenceDate(date)
        | AttributeValue::CompromiseDate(date)
        | AttributeValue::ArchiveDate(date)
        | AttributeValue::LastChangeDate(date)
        | AttributeValue::OriginalCreationDate(date)
        | AttributeValue::RotateDate(date) => Some(*date),
        _ => None,
    }
}
