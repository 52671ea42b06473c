//! The Obliterate operation.

use kmip_ttlv::{V3_0, ttlv_struct};

use crate::protocol::Id;

/// Removes an object and its attributes. KMIP 3.0, 6.1.39.
///
/// Unlike Destroy, it leaves no attributes behind.
///
/// ```
/// use kmip_client::protocol::operation::Obliterate;
///
/// assert_eq!(Obliterate::id("9dc02223").unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Obliterate;

impl Obliterate {
    /// Obliterates this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ObliterateRequest<'a> {
        ObliterateRequest { unique_identifier: Some(id.into()) }
    }
}

ttlv_struct! {
    #[compact]
    /// The object.
    pub struct ObliterateRequest<'a> {
        /// The object.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER in V3_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement: no object is left to name.
    pub struct ObliterateResponse {}
}
