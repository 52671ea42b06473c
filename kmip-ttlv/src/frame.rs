//! Framing: the boundaries between messages.

use crate::error::{Error, ErrorKind, Result};
use crate::{Tag, Type};

/// Returns the length of the message that starts here, header included; `None` if too few bytes have arrived to tell.
///
/// It needs only the eight bytes of the header, so it can be called as bytes arrive, and a message that is too large or
/// invalid need not be buffered.
///
/// ```
/// use kmip_ttlv::{Tag, frame_len};
///
/// let arrived = [0x42, 0x00, 0x7B, 0x01, 0x00, 0x00, 0x01, 0x30];
/// assert_eq!(frame_len(&arrived[..5], 65_536)?, None);
/// assert_eq!(frame_len(&arrived, 65_536)?, Some(312));
/// assert_eq!(frame_len(&arrived, 256).unwrap_err().to_string(), "a message of 312 bytes is over the limit of 256 at byte 0");
/// assert!(frame_len(b"HTTP/1.1 400 Bad Request", 65_536).is_err());
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns [`ErrorKind::TooLarge`] above the limit, [`ErrorKind::Value`] if the bytes start no KMIP message, and
/// [`ErrorKind::Length`] for an impossible length of a structure.
pub fn frame_len(bytes: &[u8], limit: usize) -> Result<Option<usize>> {
    let fail = |kind| Err(Error::at(kind, 0, 0));
    let Some(&[a, b, c, ty, l0, l1, l2, l3]) = bytes.first_chunk() else {
        // Invalid input is reported at its first byte, before eight bytes have arrived.
        return if bytes.first().is_some_and(|first| *first != 0x42) { fail(NO_MESSAGE) } else { Ok(None) };
    };
    if !matches!(Tag::from_bytes([a, b, c]), Tag::REQUEST_MESSAGE | Tag::RESPONSE_MESSAGE)
        || ty != Type::Structure.code()
    {
        return fail(NO_MESSAGE);
    }
    let value = u32::from_be_bytes([l0, l1, l2, l3]);
    if !value.is_multiple_of(8) {
        return fail(ErrorKind::Length { ty: Type::Structure, length: value });
    }
    let length = u64::from(value) + 8;
    match usize::try_from(length) {
        Ok(length) if length <= limit => Ok(Some(length)),
        _ => fail(ErrorKind::TooLarge { length, limit }),
    }
}

const NO_MESSAGE: ErrorKind = ErrorKind::Value("what arrived is not a KMIP message");
