//! Get Attribute List: which attributes an object has.

use kmip_ttlv::ttlv_struct;

use super::object_only;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeReference;

/// Get Attribute List: which attributes an object has. KMIP 2.1, 6.1.21.
///
/// ```
/// use kmip_client::protocol::operation::GetAttributeList;
///
/// assert!(GetAttributeList::id("9dc02223").unique_identifier.is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GetAttributeList;

object_only! {
    /// Asks for the names of this object's attributes.
    GetAttributeList::id;
    /// Which object is meant.
    GetAttributeListRequest
}

ttlv_struct! {
    /// The names of its attributes.
    pub struct GetAttributeListResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that it has, each once.
        pub attribute_references: Vec<AttributeReference<'a>> = ATTRIBUTE_REFERENCE,
    }
}
