//! Attributes: the metadata that a server keeps for an object.
//!
//! KMIP 1.x and 2.x encode them differently. The types here are the same for both. The version of the message selects
//! the form, so payloads do not depend on it.
//!
//! | | KMIP 1.x | KMIP 2.x |
//! |---|---|---|
//! | one attribute | `Attribute` of name, index and value | `Current Attribute`, `New Attribute` with the tagged value inside |
//! | the attributes of a new object | `Template-Attribute` | `Attributes` |
//! | the attributes of an existing one | `Attribute`, repeated | `Attributes` |
//! | the name of an attribute | `Attribute Name` | `Attribute Reference` |
//!
//! KMIP 3.0 writes them as 2.x does, and has an attribute for each type of [`Link`]. A `Link` goes out as that
//! attribute; [`AttributeValue::link`] and [`Attributes::linked`] read both.

mod filter;
mod form;
#[cfg(feature = "arbitrary")]
mod generated;
mod getters;
mod link;
mod list;
mod naming;
mod parse;
mod people;
mod reference;
mod single;
mod structure;
mod table;
mod value;

pub use self::filter::{AttributeFilter, AttributeFilters, AttributePart};
pub(crate) use self::link::LINK_TAGS;
#[cfg(feature = "test-server")]
pub(crate) use self::link::link_type_of;
pub use self::list::Attributes;
pub use self::parse::{ParseAttributeError, ParsedAttribute};
pub use self::reference::{AttributeReference, OtherAttribute};
pub use self::single::Attribute;
pub use self::structure::{
    AlternativeName, ApplicationSpecificInformation, CertificateIdentifier, CertificateIssuer, CertificateSubject,
    CryptographicDomainParameters, CryptographicParameters, DeactivationReason, Digest, KeyValueLocation, Link, Name,
    ObjectLink, RevocationReason, RngParameters, RotateName, UsageLimits, X509CertificateIdentifier,
    X509CertificateIssuer, X509CertificateSubject,
};
pub use self::value::AttributeValue;
