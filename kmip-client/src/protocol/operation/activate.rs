//! Activate: an object in the state Pre-Active becomes Active.

use kmip_ttlv::ttlv_struct;

use crate::protocol::Id;

/// Activate: an object in the state Pre-Active becomes Active. KMIP 2.1, 6.1.1.
///
/// ```
/// use kmip_client::protocol::operation::Activate;
///
/// let request = Activate::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Activate;

impl Activate {
    /// Activates this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ActivateRequest<'a> {
        ActivateRequest { unique_identifier: Some(id.into()) }
    }
}

ttlv_struct! {
    /// Which object to activate.
    pub struct ActivateRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
    }
}

ttlv_struct! {
    /// Which object it was.
    pub struct ActivateResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
    }
}
