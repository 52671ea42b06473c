//! Rust API guidelines that a change could break without a word: who may be shared, who prints, and what errors are.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use kmip_ttlv::enumeration::{CryptographicUsageMask, OperationCode};
use kmip_ttlv::{
    BigInteger, DateTime, Error, ErrorKind, Interval, InvalidTag, Item, ParseVersionError, ProtocolVersion, Reader,
    Rules, Tag, Text, Type, Value, VersionRange, Walk, Writer,
};

/// C-SEND-SYNC, C-DEBUG.
const fn shared<T: Send + Sync + Debug>() {}

/// C-GOOD-ERR.
const fn error<T: StdError + Send + Sync + 'static>() {}

/// C-COMMON-TRAITS of small values.
const fn small<T: Copy + Eq + Hash + Debug>() {}

const _: () = {
    shared::<(Reader<'_>, Item<'_>, Value<'_>, Walk<'_>)>();
    shared::<(Writer, Rules, BigInteger<'_>, VersionRange)>();
    shared::<(Error, ErrorKind)>();

    error::<Error>();
    error::<ErrorKind>();
    error::<InvalidTag>();
    error::<ParseVersionError>();

    small::<Tag>();
    small::<Type>();
    small::<ProtocolVersion>();
    small::<OperationCode>();
    small::<CryptographicUsageMask>();
    small::<(DateTime, Interval)>();
};

/// Types for people implement `Display`.
#[test]
fn people_can_read_it() {
    let shown: [&dyn Display; 6] = [
        &Tag::OPERATION,
        &OperationCode::GET,
        &CryptographicUsageMask::ENCRYPT,
        &kmip_ttlv::V1_4,
        &DateTime(0),
        &Text::new(&[]),
    ];
    let texts: Vec<_> = shown.iter().map(ToString::to_string).collect();
    assert_eq!(texts[..5], ["Operation", "Get", "Encrypt", "1.4", "1970-01-01T00:00:00Z"]);
}
