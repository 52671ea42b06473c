//! Secret bytes and text.

use core::fmt;

use kmip_ttlv::{Decode, Encode, Reader, Result, Tag, Writer};

/// Secret bytes: key material, passwords. Printing shows their length only.
///
/// It borrows the bytes, and their owner wipes them. The client wipes received bytes when the reply is dropped.
///
/// ```
/// use kmip_client::protocol::Secret;
///
/// let secret = Secret::new(&[7; 32]);
/// assert_eq!(format!("{secret:?}"), "Secret(32 bytes)");
/// assert_eq!(secret.expose(), [7; 32]);
/// ```
#[derive(Clone, Copy, Default)]
pub struct Secret<'a>(&'a [u8]);

impl<'a> Secret<'a> {
    /// Marks these bytes as secret.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn expose(self) -> &'a [u8] {
        self.0
    }

    /// Returns the number of bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Returns `true` if there are no bytes.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// Compares in constant time, so that timing reveals nothing about the bytes.
impl PartialEq for Secret<'_> {
    fn eq(&self, other: &Self) -> bool {
        let differences = self.0.iter().zip(other.0).fold(0, |all, (a, b)| all | (a ^ b));
        self.0.len() == other.0.len() && core::hint::black_box(differences) == 0
    }
}

impl Eq for Secret<'_> {}

impl<'a> Decode<'a> for Secret<'a> {
    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        self.0.decode_into(reader, tag)
    }
}

impl Encode for Secret<'_> {
    #[inline(always)]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        self.0.encode(tag, writer)
    }
}

/// A password: a Text String that is secret.
///
/// ```
/// use kmip_client::protocol::Password;
///
/// assert_eq!(format!("{:?}", Password::new("hunter2")), "Password");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Password<'a>(&'a str);

impl<'a> Password<'a> {
    /// Marks this text as a password.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Returns the text.
    #[must_use]
    pub const fn expose(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl<'a> Decode<'a> for Password<'a> {
    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        self.0.decode_into(reader, tag)
    }
}

impl Encode for Password<'_> {
    #[inline(always)]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        self.0.encode(tag, writer)
    }
}
