//! Destroy: the server forgets the key, and keeps what is known of it.

use kmip_ttlv::ttlv_struct;

use crate::protocol::Id;

/// Destroy: the server forgets the key, and keeps what is known of it. KMIP 2.1, 6.1.15.
///
/// ```
/// use kmip_client::protocol::operation::Destroy;
///
/// let request = Destroy::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Destroy;

impl Destroy {
    /// Destroys this object. Most servers refuse while it is active.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> DestroyRequest<'a> {
        DestroyRequest { unique_identifier: Some(id.into()) }
    }
}

ttlv_struct! {
    /// Which object to destroy.
    pub struct DestroyRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
    }
}

ttlv_struct! {
    /// Which object it was.
    pub struct DestroyResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
    }
}
