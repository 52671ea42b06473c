//! Create User: a new user of the server.

use kmip_ttlv::{V3_0, ttlv_struct};

use super::new_object;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, ObjectLink};

/// Create User: a new user of the server. KMIP 3.0, 6.1.13.
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
    /// A user with this name.
    #[must_use]
    pub fn named(name: &str) -> CreateUserRequest<'_> {
        CreateUserRequest::default().attribute(AttributeValue::Name(name.into()))
    }
}

ttlv_struct! {
    /// What user to make.
    pub struct CreateUserRequest<'a> {
        /// What the user is to be like. Users have nothing but attributes.
        pub attributes: Attributes<'a> = ATTRIBUTES in V3_0..,
    }
}

new_object!(CreateUserRequest);

impl<'a> CreateUserRequest<'a> {
    /// The user is to authenticate with this credential; with all of them, where there are several.
    #[must_use]
    pub fn credential(self, link: impl Into<ObjectLink<'a>>) -> Self {
        self.attribute(AttributeValue::CredentialLink(link.into()))
    }
}

ttlv_struct! {
    /// What user was made.
    pub struct CreateUserResponse<'a> {
        /// The user.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER in V3_0..,
    }
}
