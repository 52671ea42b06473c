//! The Create User operation.

use kmip_ttlv::{V3_0, ttlv_struct};

use super::new_object;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, ObjectLink};

/// Creates a user of the server. KMIP 3.0, 6.1.13.
///
/// ```
/// use kmip_client::protocol::operation::CreateUser;
///
/// let request = CreateUser::named("backup").credential("9dc02223"); // from Create Credential
/// assert_eq!(request.attributes.list.len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CreateUser;

impl CreateUser {
    /// Requests a user with this name.
    #[must_use]
    #[inline]
    pub fn named(name: &str) -> CreateUserRequest<'_> {
        CreateUserRequest::default().attribute(AttributeValue::Name(name.into()))
    }
}

ttlv_struct! {
    #[compact]
    /// A request to create a user.
    pub struct CreateUserRequest<'a> {
        /// The attributes of the user. Users have nothing else.
        pub attributes: Attributes<'a> = ATTRIBUTES in V3_0..,
    }
}

new_object!(CreateUserRequest);

impl<'a> CreateUserRequest<'a> {
    /// Requires this credential to authenticate the user. If called several times, all of the credentials are required.
    #[must_use]
    pub fn credential(self, link: impl Into<ObjectLink<'a>>) -> Self {
        self.attribute(AttributeValue::CredentialLink(link.into()))
    }
}

ttlv_struct! {
    #[compact]
    /// The user that was created.
    pub struct CreateUserResponse<'a> {
        /// The user.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER in V3_0..,
    }
}
