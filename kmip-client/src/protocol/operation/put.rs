//! The Put operation.

use kmip_ttlv::enumeration::PutFunction;
use kmip_ttlv::ttlv_struct;

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::object::Object;

/// Sends an object from the server to a client without a request. KMIP 2.1, 6.2.3; KMIP 1.4, 5.2.
///
/// ```
/// use kmip_client::protocol::operation::{Put, Register};
/// use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, PutFunction};
///
/// let object = Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 32]).object;
/// let request = Put::replacement("9dc02223", "42b6a1c2", object);
/// assert_eq!(request.put_function, PutFunction::REPLACE);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Put;

impl Put {
    /// Sends an object that the client does not have.
    #[must_use]
    pub fn new_object<'a>(id: impl Into<Id<'a>>, object: Object<'a>) -> PutRequest<'a> {
        PutRequest {
            unique_identifier: id.into(),
            put_function: PutFunction::NEW,
            replaced_unique_identifier: None,
            object,
            attributes: None,
        }
    }

    /// Sends an object that replaces another, which the client may have.
    #[must_use]
    pub fn replacement<'a>(id: impl Into<Id<'a>>, replaced: impl Into<Id<'a>>, object: Object<'a>) -> PutRequest<'a> {
        let replaced_unique_identifier = Some(replaced.into());
        PutRequest { put_function: PutFunction::REPLACE, replaced_unique_identifier, ..Self::new_object(id, object) }
    }
}

ttlv_struct! {
    #[compact]
    /// An object that the server sends to the client.
    pub struct PutRequest<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The function: a new object, or a replacement.
        pub put_function: PutFunction = PUT_FUNCTION,
        /// The object that is replaced, if any.
        pub replaced_unique_identifier: Option<Id<'a>> = REPLACED_UNIQUE_IDENTIFIER,
        /// The object itself.
        pub object: Object<'a> = OBJECT_TYPE,
        /// The attributes of the object.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTE,
    }
}

impl<'a> PutRequest<'a> {
    /// Adds an attribute.
    #[must_use]
    #[inline]
    pub fn attribute(mut self, value: AttributeValue<'a>) -> Self {
        self.attributes.get_or_insert_default().push(value);
        self
    }
}

ttlv_struct! {
    #[compact]
    /// An empty payload: clients respond without a payload, and some with an empty one.
    pub struct PutResponse {}
}
