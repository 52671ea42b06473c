//! Items as an indented tree, for people.

mod secrecy;

use core::fmt;

use crate::names::{Meanings, Names};
use crate::{Item, MAX_DEPTH, Tag, Type, Value, Visit, Walk};
use secrecy::Secrecy;

/// The number of bytes of a value that are shown.
const SHOWN: usize = 64;

/// A message as text for people, one item on each line, for logs and tests.
///
/// Tags and values have their canonical names, or print as hex if they have none. Keys, passwords, application data,
/// and unknown data print their size only, unless [`Text::show_secrets`] is set. The input may hold several messages.
/// If it is malformed, the last line states the fault.
///
/// ```
/// use kmip_ttlv::enumeration::CryptographicUsageMask;
/// use kmip_ttlv::{Tag, Text, V1_4, Writer};
///
/// let mut writer = Writer::new(V1_4);
/// let start = writer.begin(Tag::ATTRIBUTE);
/// writer.text_string(Tag::ATTRIBUTE_NAME, "Cryptographic Usage Mask")?;
/// let usage = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
/// writer.integer(Tag::ATTRIBUTE_VALUE, usage.bits().cast_signed());
/// writer.end(start)?;
/// writer.text_string(Tag::PASSWORD, "secret")?;
///
/// let text = "\
/// Attribute
///   AttributeName: \"Cryptographic Usage Mask\"
///   AttributeValue: Encrypt | Decrypt
/// Password: <6 bytes, redacted>
/// ";
/// assert_eq!(Text::new(writer.as_slice()).to_string(), text);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Text<'a> {
    bytes: &'a [u8],
    secrets: bool,
}

impl<'a> Text<'a> {
    /// Returns the text of these messages, or other items, for printing with `{}`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, secrets: false }
    }

    /// Shows the values of secrets too.
    #[must_use]
    pub const fn show_secrets(mut self) -> Self {
        self.secrets = true;
        self
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut meanings = Meanings::default();
        // The secrecy that the enclosing structures require, by the depth of the item.
        let mut around = [Secrecy::Public; MAX_DEPTH as usize + 1];
        for visit in Walk::new(self.bytes) {
            let visit = match visit {
                Ok(visit) => visit,
                Err(error) => return writeln!(f, "<malformed: {}>", error.locate(self.bytes)),
            };
            let Visit { depth, item } = visit;
            let meaning = meanings.tag_of(&visit);
            let secrecy = Secrecy::of(meaning);
            write!(f, "{:indent$}{}", "", item.tag(), indent = 2 * depth)?;
            if item.ty() == Type::Structure {
                around[depth + 1] = secrecy.inside().max(around[depth]);
            } else if !self.secrets && secrecy.max(around[depth]).hides(item.ty()) {
                write!(f, ": <{} bytes, redacted>", item.value().len())?;
            } else {
                f.write_str(": ")?;
                write_value(f, &item, meaning)?;
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

/// Prints the size, not the contents.
impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.bytes.len())
    }
}

/// Returns `true` if [`Text`] redacts values of this type with the meaning of this tag.
pub fn hides(meaning: Tag, ty: Type) -> bool {
    Secrecy::of(meaning).hides(ty)
}

fn write_value(f: &mut fmt::Formatter<'_>, item: &Item<'_>, meaning: Tag) -> fmt::Result {
    let value = item.to_value().map_err(|_| fmt::Error)?;
    match (value, Names::of(meaning, item.ty())) {
        (Value::Enumeration(number), Some(Names::Enumeration(table))) => table.fmt_number(number, f),
        (Value::Enumeration(number), _) => write!(f, "0x{number:08X}"),
        (Value::Integer(number), Some(Names::Mask(table))) => table.fmt_number(number.cast_unsigned(), f),
        (Value::Integer(number), _) => write!(f, "{number}"),
        (Value::LongInteger(number), _) => write!(f, "{number}"),
        (Value::BigInteger(number), _) => write_bytes(f, number.bytes()),
        (Value::ByteString(bytes), _) => write_bytes(f, bytes),
        (Value::Boolean(value), _) => write!(f, "{value}"),
        // `Debug` quotes, and escapes characters that would break the line or the terminal.
        (Value::TextString(text), _) => write!(f, "{text:?}"),
        (Value::Identifier(text), _) => write!(f, "{:?}", text.0),
        (Value::Reference(text), _) => write!(f, "{:?}", text.0),
        (Value::NameReference(text), _) => write!(f, "{:?}", text.0),
        (Value::DateTime(time), _) => write!(f, "{time}"),
        (Value::DateTimeExtended(time), _) => write!(f, "{time}"),
        (Value::Interval(interval), _) => write!(f, "{interval}"),
        (Value::Structure(_), _) => Ok(()),
    }
}

fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("0x")?;
    bytes.iter().take(SHOWN).try_for_each(|byte| write!(f, "{byte:02x}"))?;
    if bytes.len() > SHOWN { write!(f, "... ({} bytes)", bytes.len()) } else { Ok(()) }
}
