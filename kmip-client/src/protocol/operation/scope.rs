//! Lists that set the scope of rights, constraints, defaults and queries.

use kmip_ttlv::enumeration::{ObjectType, OperationCode};
use kmip_ttlv::{V2_1, V3_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::ObjectLink;

ttlv_struct! {
    #[compact]
    /// Groups of objects (KMIP 2.1, 7.23).
    pub struct ObjectGroups<'a> {
        /// The groups, by the value of the attribute Object Group.
        pub groups: Vec<&'a str> = OBJECT_GROUP in ..=V2_1,
        /// The groups, which are objects since KMIP 3.0.
        pub links: Vec<ObjectLink<'a>> = GROUP_LINK in V3_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// Kinds of objects (KMIP 2.1, 7.24). Since KMIP 2.1.
    pub struct ObjectTypes {
        /// The kinds.
        pub types: Vec<ObjectType> = OBJECT_TYPE,
    }
}

ttlv_struct! {
    #[compact]
    /// Single objects (KMIP 2.1, 7.21). Since KMIP 2.0.
    pub struct Objects<'a> {
        /// The objects.
        pub identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
    }
}

ttlv_struct! {
    #[compact]
    /// Operations (KMIP 2.1, 7.25). Since KMIP 2.0.
    pub struct OperationList {
        /// The operations.
        pub operations: Vec<OperationCode> = OPERATION,
    }
}
