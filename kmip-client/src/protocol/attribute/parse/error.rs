//! The reasons for which a text is not an attribute.

/// The reason for which a text is not an attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseAttributeError {
    /// There is no `=` after the name.
    #[error("expected NAME=VALUE, as in `Object Group=backup`")]
    NoValue,
    /// The standard has no attribute of this name, and custom attributes start with `x-`.
    #[error("no attribute is named {name:?}{}; custom attributes start with x-", meant(.similar))]
    UnknownName {
        /// The name that was given.
        name: String,
        /// The names of attributes that resemble it, the nearest first.
        similar: Vec<&'static str>,
    },
    /// The text is not a value of the attribute, or of a field of its structure.
    #[error("{name}: expected {expected}")]
    Value {
        /// The attribute or field.
        name: &'static str,
        /// The values that it can have.
        expected: String,
    },
    /// The structure has no such field.
    #[error("{name} has no field {field:?}; its fields are {}", .fields.join(", "))]
    UnknownField {
        /// The attribute.
        name: &'static str,
        /// The field that was given.
        field: String,
        /// The fields of the attribute.
        fields: Vec<&'static str>,
    },
    /// A required field of the structure is missing.
    #[error("{name} needs the field {field}")]
    MissingField {
        /// The attribute.
        name: &'static str,
        /// The field.
        field: &'static str,
    },
}

#[inline]
fn meant(similar: &[&str]) -> String {
    match similar {
        [] => String::new(),
        [one] => format!("; a similar name is {one}"),
        several => format!("; similar names are {}", several.join(", ")),
    }
}
