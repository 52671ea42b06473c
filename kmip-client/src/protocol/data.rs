//! The data of cryptographic operations.

use kmip_ttlv::enumeration::DataPlaceholder;
use kmip_ttlv::{Decode, Encode, Reader, Result, Tag, Type, V2_0, Writer};

use super::Secret;

/// The input of a cryptographic operation (KMIP 2.1, 7.9): bytes, or a placeholder for the result of an earlier item of
/// the batch.
///
/// ```
/// use kmip_client::protocol::Data;
/// use kmip_client::ttlv::enumeration::DataPlaceholder;
///
/// let plaintext = Data::from(b"attack at dawn");
/// assert_eq!(format!("{plaintext:?}"), "Bytes(Secret(14 bytes))");
/// let digest_of_before = Data::ResultOf(DataPlaceholder::HASH);
/// # assert_ne!(plaintext, digest_of_before);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Data<'a> {
    /// The bytes.
    Bytes(Secret<'a>),
    /// The result of the last operation of this kind in the same batch. KMIP 2.0 and later.
    ResultOf(DataPlaceholder),
    /// The Data with this number in the results of the batch so far, from 0; negative numbers count from the last. KMIP
    /// 2.0 and later.
    Index(i32),
}

impl<'a> Data<'a> {
    /// Returns the bytes; `None` for a placeholder.
    #[must_use]
    pub const fn bytes(&self) -> Option<Secret<'a>> {
        match self {
            Self::Bytes(bytes) => Some(*bytes),
            _ => None,
        }
    }
}

/// No bytes: the initial value of a field before decoding.
impl Default for Data<'_> {
    #[inline]
    fn default() -> Self {
        Self::Bytes(Secret::default())
    }
}

impl<'a> From<Secret<'a>> for Data<'a> {
    #[inline]
    fn from(bytes: Secret<'a>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a [u8]> for Data<'a> {
    #[inline]
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Secret::new(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Data<'a> {
    #[inline]
    fn from(bytes: &'a [u8; N]) -> Self {
        bytes.as_slice().into()
    }
}

impl<'a> From<&'a Vec<u8>> for Data<'a> {
    #[inline]
    fn from(bytes: &'a Vec<u8>) -> Self {
        bytes.as_slice().into()
    }
}

impl<'a> Decode<'a> for Data<'a> {
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        *self = match reader.peek_type().filter(|_| reader.at(tag)) {
            Some(Type::Enumeration) => Self::ResultOf(DataPlaceholder::from_value(reader.enumeration(tag)?)),
            Some(Type::Integer) => Self::Index(reader.integer(tag)?),
            _ => Self::Bytes(Secret::decode_next(reader, tag)?),
        };
        Ok(())
    }
}

impl Encode for Data<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match *self {
            Self::Bytes(bytes) => return bytes.encode(tag, writer),
            Self::ResultOf(operation) => {
                writer.require(tag, V2_0..)?;
                writer.enumeration(tag, operation.value());
            }
            Self::Index(index) => {
                writer.require(tag, V2_0..)?;
                writer.integer(tag, index);
            }
        }
        Ok(())
    }
}
