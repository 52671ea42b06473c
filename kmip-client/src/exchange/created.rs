//! Operations that create objects.

use kmip_ttlv::enumeration::OperationCode;

/// Returns `true` if the operation creates an object, so that two responses never name the same one.
pub(super) fn makes_object(operation: OperationCode) -> bool {
    use OperationCode as O;
    matches!(
        operation,
        O::CREATE
            | O::CREATE_KEY_PAIR
            | O::CREATE_SPLIT_KEY
            | O::JOIN_SPLIT_KEY
            | O::REGISTER
            | O::DERIVE_KEY
            | O::CERTIFY
            | O::RE_CERTIFY
            | O::RE_KEY
            | O::RE_KEY_KEY_PAIR
    )
}
