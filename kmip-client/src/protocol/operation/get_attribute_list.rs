//! The Get Attribute List operation.

use kmip_ttlv::ttlv_struct;

use super::object_only;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeReference;

/// Returns the names of an object's attributes. KMIP 2.1, 6.1.21.
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
    /// The object.
    GetAttributeListRequest
}

ttlv_struct! {
    #[compact]
    /// The names of the object's attributes.
    pub struct GetAttributeListResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes of the object, each once.
        pub attribute_references: Vec<AttributeReference<'a>> = ATTRIBUTE_REFERENCE,
    }
}
