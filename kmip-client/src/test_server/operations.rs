//! The operations, one file per family.

mod adjust;
mod archive;
pub(super) mod asynchronous;
mod attribute;
mod certify;
mod create;
mod derive_key;
mod encrypt;
mod get;
mod get_attributes;
pub(super) mod limits;
mod locate;
mod mac;
pub(super) mod new_object;
mod query;
mod re_key;
mod register;
mod rng;
mod sign;
mod split_key;
mod state;
mod transfer;
mod usage;
mod validate;
pub(super) mod wrapping;

use kmip_ttlv::enumeration::OperationCode;

use crate::test_server::state::call::Handler;

/// All operations that the server knows.
pub(super) const OPERATIONS: &[(OperationCode, Handler)] = &[
    (OperationCode::CREATE, create::create),
    (OperationCode::CREATE_KEY_PAIR, create::create_key_pair),
    (OperationCode::REGISTER, register::register),
    (OperationCode::RE_KEY, re_key::re_key),
    (OperationCode::CERTIFY, certify::certify),
    (OperationCode::RE_CERTIFY, certify::re_certify),
    (OperationCode::VALIDATE, validate::validate),
    (OperationCode::RE_KEY_KEY_PAIR, re_key::re_key_key_pair),
    (OperationCode::LOCATE, locate::locate),
    (OperationCode::GET, get::get),
    (OperationCode::GET_ATTRIBUTES, get_attributes::get_attributes),
    (OperationCode::GET_ATTRIBUTE_LIST, get_attributes::get_attribute_list),
    (OperationCode::ADD_ATTRIBUTE, attribute::add),
    (OperationCode::MODIFY_ATTRIBUTE, attribute::modify),
    (OperationCode::DELETE_ATTRIBUTE, attribute::delete),
    (OperationCode::SET_ATTRIBUTE, adjust::set),
    (OperationCode::ADJUST_ATTRIBUTE, adjust::adjust),
    (OperationCode::CHECK, usage::check),
    (OperationCode::OBTAIN_LEASE, usage::obtain_lease),
    (OperationCode::GET_USAGE_ALLOCATION, usage::get_usage_allocation),
    (OperationCode::ARCHIVE, archive::archive),
    (OperationCode::RECOVER, archive::recover),
    (OperationCode::POLL, asynchronous::poll_as_any),
    (OperationCode::CANCEL, asynchronous::cancel),
    (OperationCode::PROCESS, asynchronous::process),
    (OperationCode::QUERY_ASYNCHRONOUS_REQUESTS, asynchronous::query),
    (OperationCode::ACTIVATE, state::activate),
    (OperationCode::REVOKE, state::revoke),
    (OperationCode::DESTROY, state::destroy),
    (OperationCode::DEACTIVATE, state::deactivate),
    (OperationCode::OBLITERATE, state::obliterate),
    (OperationCode::ENCRYPT, encrypt::encrypt),
    (OperationCode::DECRYPT, encrypt::decrypt),
    (OperationCode::SIGN, sign::sign),
    (OperationCode::SIGNATURE_VERIFY, sign::signature_verify),
    (OperationCode::MAC, mac::mac),
    (OperationCode::MAC_VERIFY, mac::mac_verify),
    (OperationCode::HASH, mac::hash),
    (OperationCode::RNG_RETRIEVE, rng::retrieve),
    (OperationCode::RNG_SEED, rng::seed),
    (OperationCode::DERIVE_KEY, derive_key::derive_key),
    (OperationCode::CREATE_SPLIT_KEY, split_key::create),
    (OperationCode::JOIN_SPLIT_KEY, split_key::join),
    (OperationCode::IMPORT, transfer::import),
    (OperationCode::EXPORT, transfer::export),
    (OperationCode::QUERY, query::query),
    (OperationCode::DISCOVER_VERSIONS, query::discover_versions),
    (OperationCode::PING, query::ping),
    (OperationCode::LOG, query::log),
];

/// Operations whose effects no other request can see.
const READING: &[OperationCode] = &[
    OperationCode::VALIDATE,
    OperationCode::LOCATE,
    OperationCode::GET,
    OperationCode::GET_ATTRIBUTES,
    OperationCode::GET_ATTRIBUTE_LIST,
    OperationCode::CHECK,
    OperationCode::POLL,
    OperationCode::CANCEL,
    OperationCode::ENCRYPT,
    OperationCode::DECRYPT,
    OperationCode::SIGN,
    OperationCode::SIGNATURE_VERIFY,
    OperationCode::MAC,
    OperationCode::MAC_VERIFY,
    OperationCode::HASH,
    OperationCode::RNG_RETRIEVE,
    OperationCode::EXPORT,
    OperationCode::QUERY,
    OperationCode::DISCOVER_VERSIONS,
    OperationCode::PING,
    OperationCode::LOG,
];

/// Returns `true` if a server in read-only mode refuses the operation.
pub(super) fn changes(operation: OperationCode) -> bool {
    !READING.contains(&operation)
}

/// Returns `true` if the operation is always answered synchronously: it asks for the result of another one (KMIP 2.1,
/// 6.1.5, 6.1.38 and 6.1.39).
pub(super) fn is_answered_at_once(operation: OperationCode) -> bool {
    matches!(
        operation,
        OperationCode::POLL
            | OperationCode::CANCEL
            | OperationCode::PROCESS
            | OperationCode::QUERY_ASYNCHRONOUS_REQUESTS
    )
}
