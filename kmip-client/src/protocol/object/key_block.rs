//! Key blocks: a key, plain or wrapped, and its description.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, KeyCompressionType, KeyFormatType};
use kmip_ttlv::{Decode, Encode, EncodeField, Layout, Reader, Record, Result, Source, Tag, Type, Word, Writer};

use super::key_material::KeyMaterial;
use super::wrapping::KeyWrappingData;
use crate::protocol::attribute::Attributes;
use crate::protocol::with_setters::with_setters;
use crate::protocol::{Secret, begin};

with_setters! {
    /// A key and its description (KMIP 2.1, 3.1).
    ///
    /// [`KeyBlock::new`] creates one from the bytes or the numbers of a key; the setters add the rest.
    /// [`KeyBlock::bytes`] and [`KeyBlock::wrapped_bytes`] read it.
    ///
    /// ```
    /// use kmip_client::protocol::object::{KeyBlock, KeyMaterial, KeyValue};
    /// use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType};
    ///
    /// let block = KeyBlock::new(KeyFormatType::RAW, KeyValue::from_bytes(&[7; 32]))
    ///     .cryptographic_algorithm(CryptographicAlgorithm::AES)
    ///     .cryptographic_length(256);
    /// assert!(!block.is_wrapped());
    /// assert_eq!(block.bytes().map(|key| key.len()), Some(32));
    ///
    /// // Everything about a plain key is public, so a server's answer can be taken apart too.
    /// let Some(KeyValue::Plain(plain)) = &block.key_value else { panic!("a wrapped key") };
    /// assert!(matches!(plain.key_material, KeyMaterial::Bytes(bytes) if bytes.expose() == [7; 32]));
    /// ```
    // Not declared as a table, because the key format determines the form of the key material.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct KeyBlock<'a> {
        /// The format of the key material.
        pub key_format_type: KeyFormatType,
        /// The compression of the elliptic-curve point.
        pub key_compression_type: Option<KeyCompressionType>,
        /// The key; missing if the server does not hold it, or was asked to omit it.
        pub key_value: Option<KeyValue<'a>>,
        /// The algorithm of the key.
        pub cryptographic_algorithm: Option<CryptographicAlgorithm>,
        /// The length of the key in bits.
        pub cryptographic_length: Option<i32>,
        /// The way in which the key is wrapped; missing for a plain key.
        pub key_wrapping_data: Option<Box<KeyWrappingData<'a>>>,
    }
}

impl<'a> KeyBlock<'a> {
    /// Creates the key block of a key in this format from [`KeyMaterial`], or from a [`KeyValue`] with attributes or
    /// wrapped bytes.
    #[must_use]
    pub fn new(format: KeyFormatType, key: impl Into<KeyValue<'a>>) -> Self {
        Self { key_format_type: format, key_value: Some(key.into()), ..Self::default() }
    }

    /// Returns the bytes of a key that is neither wrapped nor structured: Raw, Opaque, PKCS#1 and the like, or
    /// Transparent Symmetric Key.
    ///
    /// Returns `None` for a wrapped key in any form ([`KeyBlock::is_wrapped`]).
    ///
    /// ```
    /// use kmip_client::protocol::object::{KeyBlock, KeyValue, KeyWrappingData};
    ///
    /// let mut block = KeyBlock::default();
    /// block.key_value = Some(KeyValue::from_bytes(&[7; 40]));
    /// assert_eq!(block.bytes().map(|key| key.len()), Some(40));
    ///
    /// block.key_wrapping_data = Some(Box::new(KeyWrappingData::default()));
    /// assert!(block.bytes().is_none());
    /// assert_eq!(block.wrapped_bytes().map(|wrapped| wrapped.len()), Some(40));
    /// ```
    #[must_use]
    pub const fn bytes(&self) -> Option<Secret<'a>> {
        if self.is_wrapped() { None } else { self.material_bytes() }
    }

    /// Returns the wrapped bytes of a wrapped key: the whole Key Value, or the Key Material inside it if the Encoding
    /// Option of [`KeyWrappingData`] is No Encoding.
    #[must_use]
    pub const fn wrapped_bytes(&self) -> Option<Secret<'a>> {
        match &self.key_value {
            Some(KeyValue::Wrapped(bytes)) => Some(*bytes),
            _ if self.is_wrapped() => self.material_bytes(),
            _ => None,
        }
    }

    /// Returns `true` if the key is wrapped (KMIP 2.1, 3.2 and 3.3).
    ///
    /// This is so if Key Wrapping Data is present, with a Key Value of bytes or a structure, or if the Key Value is
    /// bytes. It is also so for raw AES or Camellia key material that exceeds its stated Cryptographic Length by at
    /// least the 8 bytes that wrapping adds: some servers leave out Key Wrapping Data.
    #[must_use]
    pub const fn is_wrapped(&self) -> bool {
        match &self.key_value {
            _ if self.key_wrapping_data.is_some() => true,
            Some(KeyValue::Wrapped(_)) => true,
            _ => self.is_longer_than_stated(),
        }
    }

    const fn material_bytes(&self) -> Option<Secret<'a>> {
        match &self.key_value {
            Some(KeyValue::Plain(PlainKeyValue { key_material: KeyMaterial::Bytes(bytes), .. })) => Some(*bytes),
            Some(KeyValue::Plain(PlainKeyValue { key_material: KeyMaterial::SymmetricKey(key), .. })) => Some(key.key),
            _ => None,
        }
    }

    const fn is_longer_than_stated(&self) -> bool {
        const LEAST_OVERHEAD: u64 = 8;

        let algorithm = self.cryptographic_algorithm;
        let ciphers = matches!(self.key_format_type, KeyFormatType::RAW)
            && matches!(algorithm, Some(CryptographicAlgorithm::AES | CryptographicAlgorithm::CAMELLIA));
        match (self.material_bytes(), self.cryptographic_length) {
            (Some(bytes), Some(bits @ 1..)) if ciphers => {
                bytes.len() as u64 >= (bits.unsigned_abs() as u64).div_ceil(8) + LEAST_OVERHEAD
            }
            _ => false,
        }
    }
}

impl KeyBlock<'_> {
    /// Returns a description of the fault if the format of a plain key implies DER and the bytes are not DER.
    #[inline]
    pub(crate) fn mislabelled(&self) -> Option<&'static str> {
        let der_formats =
            [KeyFormatType::PKCS_1, KeyFormatType::PKCS_8, KeyFormatType::X_509, KeyFormatType::EC_PRIVATE_KEY];
        let bytes = self.bytes().filter(|_| der_formats.contains(&self.key_format_type))?.expose();
        match bytes {
            _ if is_sequence(bytes) => None,
            _ if bytes.trim_ascii_start().starts_with(b"-----BEGIN ") => Some(
                "the key is PEM text, and its Key Format Type says DER: decode it, for example by the feature `keys`, \
                 which has PrivateKey::from_pem",
            ),
            _ => Some("the key is not DER, or is cut off, and its Key Format Type says DER"),
        }
    }
}

/// Returns `true` if the bytes are one DER SEQUENCE, judged by its header alone.
#[inline]
fn is_sequence(bytes: &[u8]) -> bool {
    let (len, content) = match bytes {
        [0x30, len @ 0..=0x7F, content @ ..] => (usize::from(*len), content),
        [0x30, 0x81, len, content @ ..] => (usize::from(*len), content),
        [0x30, 0x82, high, low, content @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), content),
        [0x30, 0x83, high, middle, low, content @ ..] => {
            (usize::from(*high) << 16 | usize::from(u16::from_be_bytes([*middle, *low])), content)
        }
        _ => return false,
    };
    len == content.len()
}

/// A key, plain or wrapped (KMIP 2.1, 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyValue<'a> {
    /// The key itself.
    Plain(PlainKeyValue<'a>),
    /// The wrapped key. The Encoding Option of [`KeyWrappingData`] determines the plaintext's form.
    Wrapped(Secret<'a>),
}

with_setters! {
    /// A plain key and the attributes that travel with it.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct PlainKeyValue<'a> {
        /// The key.
        pub key_material: KeyMaterial<'a>,
        /// Attributes of the object.
        pub attributes: Option<Attributes<'a>>,
    }
}

/// Not declared as a table, because the enclosing key format determines the form of the key.
impl<'a> Record<'a> for PlainKeyValue<'a> {
    type Context = KeyFormatType;

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, format: KeyFormatType, source: &mut S) -> Result<()> {
        let mut body = source.before(Tag::KEY_MATERIAL)?;
        self.key_material.decode_as(format, &mut body)?;
        source.behind(body)?;
        source.rare_field(&mut self.attributes, Tag::ATTRIBUTE)
    }
}

impl<'a> From<KeyMaterial<'a>> for PlainKeyValue<'a> {
    /// Creates a Key Value without attributes.
    #[inline]
    fn from(key_material: KeyMaterial<'a>) -> Self {
        Self { key_material, attributes: None }
    }
}

impl<'a> From<PlainKeyValue<'a>> for KeyValue<'a> {
    #[inline]
    fn from(plain: PlainKeyValue<'a>) -> Self {
        Self::Plain(plain)
    }
}

impl<'a> From<KeyMaterial<'a>> for KeyValue<'a> {
    /// Creates a plain key without attributes.
    #[inline]
    fn from(key_material: KeyMaterial<'a>) -> Self {
        Self::Plain(key_material.into())
    }
}

impl<'a> KeyValue<'a> {
    /// Creates a key of these bytes.
    #[must_use]
    #[inline]
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        let key_material = KeyMaterial::Bytes(Secret::new(bytes));
        Self::Plain(PlainKeyValue { key_material, attributes: None })
    }

    #[inline(always)]
    fn decode_as(&mut self, format: KeyFormatType, mut reader: Reader<'a>) -> Result<Reader<'a>> {
        const TAG: Tag = Tag::KEY_VALUE;
        if reader.peek_type() == Some(Type::ByteString) {
            *self = Self::Wrapped(Secret::decode_next(&mut reader, TAG)?);
            return Ok(reader);
        }
        if let Self::Plain(plain) = self {
            let ended = reader.enter_table(TAG)?.read_record(plain, format)?;
            reader.leave_table(ended);
        }
        Ok(reader)
    }
}

/// No key: the initial value of a field before decoding.
impl Default for KeyValue<'_> {
    #[inline]
    fn default() -> Self {
        Self::Plain(PlainKeyValue::default())
    }
}

impl Encode for KeyValue<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match self {
            Self::Wrapped(bytes) => bytes.encode(tag, writer),
            Self::Plain(plain) => {
                let started = writer.begin(tag);
                plain.key_material.encode(Tag::KEY_MATERIAL, writer)?;
                plain.attributes.encode_field(Tag::ATTRIBUTE, writer)?;
                writer.end(started)
            }
        }
    }
}

/// A Symmetric Key up to the bytes of its key.
const BEFORE_KEY: Layout<6> = Layout::new([
    Word::open_header(Tag::SYMMETRIC_KEY, Type::Structure),
    Word::open_header(Tag::KEY_BLOCK, Type::Structure),
    Word::header(Tag::KEY_FORMAT_TYPE, Type::Enumeration, 4),
    Word::FOUR_BYTES,
    Word::open_header(Tag::KEY_VALUE, Type::Structure),
    Word::open_header(Tag::KEY_MATERIAL, Type::ByteString),
]);

/// A Symmetric Key after the bytes of its key.
const AFTER_KEY: Layout<4> = Layout::new([
    Word::header(Tag::CRYPTOGRAPHIC_ALGORITHM, Type::Enumeration, 4),
    Word::FOUR_BYTES,
    Word::header(Tag::CRYPTOGRAPHIC_LENGTH, Type::Integer, 4),
    Word::FOUR_BYTES,
]);

impl<'a> KeyBlock<'a> {
    /// Reads a whole Symmetric Key into a block that is as [`Default`] makes it, and returns `true`, if it has the
    /// usual layout: bytes with algorithm and length, and nothing else. Otherwise reads nothing.
    #[inline(always)]
    pub(super) fn take_usual_key(&mut self, reader: &mut Reader<'a>) -> bool {
        let mut ahead = reader.clone();
        let Some([key, block, _, format, value, material]) = ahead.take_layout(&BEFORE_KEY) else { return false };
        let Some(bytes) = ahead.take_value(material) else { return false };
        let Some([_, algorithm, _, length]) = ahead.take_layout(&AFTER_KEY) else { return false };
        // Each structure ends where its items do.
        let whole = (ahead.offset() - reader.offset()) as u64;
        let differ = key ^ (whole - 8) | block ^ (whole - 16) | value ^ (whole - 72);
        if differ & 0xFFFF_FFFF != 0 || !ahead.may_enter(3) {
            return false;
        }
        let four_bytes = |word| u32::from_be_bytes(Word::four_bytes(word));
        self.key_format_type = KeyFormatType::from_value(four_bytes(format));
        begin(&mut self.key_value, Some(KeyValue::from_bytes(bytes)));
        self.cryptographic_algorithm = Some(CryptographicAlgorithm::from_value(four_bytes(algorithm)));
        self.cryptographic_length = Some(four_bytes(length).cast_signed());
        *reader = ahead;
        true
    }
}

impl<'a> Decode<'a> for KeyBlock<'a> {
    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        reader.record(tag, self, ())
    }
}

impl<'a> Record<'a> for KeyBlock<'a> {
    type Context = ();

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        source.field(&mut self.key_format_type, Tag::KEY_FORMAT_TYPE)?;
        source.field(&mut self.key_compression_type, Tag::KEY_COMPRESSION_TYPE)?;
        let body = source.before(Tag::KEY_VALUE)?;
        if body.at(Tag::KEY_VALUE) {
            let value = self.key_value.insert(KeyValue::default());
            source.behind(value.decode_as(self.key_format_type, body)?)?;
        }
        source.field(&mut self.cryptographic_algorithm, Tag::CRYPTOGRAPHIC_ALGORITHM)?;
        source.field(&mut self.cryptographic_length, Tag::CRYPTOGRAPHIC_LENGTH)?;
        source.field(&mut self.key_wrapping_data, Tag::KEY_WRAPPING_DATA)
    }
}

impl Encode for KeyBlock<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(tag);
        self.key_format_type.encode(Tag::KEY_FORMAT_TYPE, writer)?;
        self.key_compression_type.encode_field(Tag::KEY_COMPRESSION_TYPE, writer)?;
        self.key_value.encode_field(Tag::KEY_VALUE, writer)?;
        self.cryptographic_algorithm.encode_field(Tag::CRYPTOGRAPHIC_ALGORITHM, writer)?;
        self.cryptographic_length.encode_field(Tag::CRYPTOGRAPHIC_LENGTH, writer)?;
        self.key_wrapping_data.encode_field(Tag::KEY_WRAPPING_DATA, writer)?;
        writer.end(started)
    }
}
