//! The tables behind tags, enumerations and masks, and the searches in them.
//!
//! Nothing here is generic: all enumerations share this code and differ only in their rows.

use core::fmt;

use crate::version::{ProtocolVersion, VersionRange};

/// One row of a table: a number, its names, and the versions that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    value: u32,
    name: &'static str,
    title: &'static str,
    versions: VersionRange,
}

impl Entry {
    /// Returns the number on the wire, or the bit of a mask.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.value
    }

    /// Returns the canonical name, as in XML and JSON: `CreateKeyPair` (KMIP Additional Message Encodings 1.0, 4.1.3).
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Returns the name for people, as the specification prints it: `Create Key Pair`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.title
    }

    /// Returns the versions that have this value under this name.
    #[must_use]
    pub const fn versions(self) -> VersionRange {
        self.versions
    }
}

/// A row as it is stored: numbers alone. A string would be another 16 bytes, and a relocation of the program.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Row {
    value: u32,
    versions: VersionRange,
    /// The offset of the name in the text of the table. The title follows it.
    start: u16,
    name_len: u8,
    title_len: u8,
}

impl Row {
    /// Creates a row that exists from `since` on.
    #[must_use]
    pub const fn new(value: u32, name: &str, title: &str, since: ProtocolVersion) -> Self {
        assert!(name.len() < 256 && title.len() < 256, "a name has 255 bytes at most");
        #[expect(clippy::cast_possible_truncation, reason = "just checked")]
        let (name_len, title_len) = (name.len() as u8, title.len() as u8);
        Self { value, versions: VersionRange::since(since), start: 0, name_len, title_len }
    }

    /// Returns the same row, ended by `last`.
    #[must_use]
    pub const fn until(self, last: ProtocolVersion) -> Self {
        Self { versions: VersionRange::between(self.versions.first(), last), ..self }
    }
}

/// The rows of a table.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    rows: &'static [Row],
    /// The name and the title of each row, in order.
    text: &'static str,
}

impl Rows {
    /// Creates the rows of a table from those that [`Rows::arranged`] has returned.
    #[must_use]
    pub const fn new(rows: &'static [Row], text: &'static str) -> Self {
        Self { rows, text }
    }

    /// Returns the rows with the places of their names in the text.
    #[must_use]
    pub const fn arranged<const N: usize>(mut rows: [Row; N]) -> [Row; N] {
        let (mut n, mut start) = (0, 0);
        while n < N {
            assert!(start < 1 << 16, "the names of a table have 65535 bytes at most");
            #[expect(clippy::cast_possible_truncation, reason = "just checked")]
            let at = start as u16;
            rows[n].start = at;
            start += rows[n].name_len as usize + rows[n].title_len as usize;
            n += 1;
        }
        rows
    }

    fn entry(self, Row { value, versions, start, name_len, title_len }: Row) -> Entry {
        let (start, name_len, title_len) = (usize::from(start), usize::from(name_len), usize::from(title_len));
        let (name, title) = self.text[start..start + name_len + title_len].split_at(name_len);
        Entry { value, name, title, versions }
    }

    fn entries(self) -> impl ExactSizeIterator<Item = Entry> + DoubleEndedIterator + Clone + use<> {
        self.rows.iter().map(move |row| self.entry(*row))
    }
}

/// The table of an enumeration, with the names of its values.
///
/// Rows are sorted by value. Two rows share a value that a later version renamed; the newer follows.
///
/// ```
/// use kmip_ttlv::Tag;
/// use kmip_ttlv::{V1_4, V2_0};
///
/// let table = Tag::HASHING_ALGORITHM.enumeration().expect("the registry has one");
/// assert_eq!(table.title(), "Hashing Algorithm");
/// assert_eq!(table.value_of("SHA_256"), Some(6));
/// assert_eq!(table.entry(6).map(|entry| entry.title()), Some("SHA-256"));
///
/// // KMIP 2.0 respelled SHA-3.
/// assert_eq!(table.entry_in(0x0F, V1_4).map(|entry| entry.name()), Some("SHA_3_256"));
/// assert_eq!(table.entry_in(0x0F, V2_0).map(|entry| entry.name()), Some("SHA3_256"));
/// ```
#[derive(Debug)]
pub struct EnumerationTable {
    title: &'static str,
    rows: Rows,
    aliases: &'static [(&'static str, u32)],
}

impl EnumerationTable {
    /// Creates a table of these rows. Unsorted rows fail to compile.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(title: &'static str, rows: Rows, aliases: &'static [(&'static str, u32)]) -> Self {
        let mut row = 1;
        while row < rows.rows.len() {
            assert!(rows.rows[row - 1].value <= rows.rows[row].value, "rows must stand in the order of their values");
            row += 1;
        }
        Self { title, rows, aliases }
    }

    /// Returns the specification's name of the enumeration: `Object Type`.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Returns every row, in the order of the values.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry> + DoubleEndedIterator + Clone + use<> {
        self.rows.entries()
    }

    /// Returns the row of this value; the newest if versions name it differently.
    #[must_use]
    pub fn entry(&self, value: u32) -> Option<Entry> {
        self.rows(value).last().map(|row| self.rows.entry(*row))
    }

    /// Returns the row that names this value in `version`.
    ///
    /// A value of another version has the name that the newest version gives it, because a peer may use values of later
    /// versions.
    #[must_use]
    pub fn entry_in(&self, value: u32, version: ProtocolVersion) -> Option<Entry> {
        let rows = self.rows(value);
        let row = rows.iter().find(|row| row.versions.contains(version)).or(rows.last());
        row.map(|row| self.rows.entry(*row))
    }

    /// Returns the value with this canonical name in any version, or with this alias: a spelling seen in practice.
    ///
    /// Names are case-sensitive.
    #[must_use]
    pub fn value_of(&self, name: &str) -> Option<u32> {
        find_name(self.rows, self.aliases, name)
    }

    /// Returns the value with this name as people write it: the canonical name, the specification's name or an alias,
    /// whatever its case, and whatever stands between its words. Hex digits after `0x` are the value itself.
    ///
    /// ```
    /// use kmip_ttlv::Tag;
    ///
    /// let states = Tag::STATE.enumeration().expect("the registry has one");
    /// for text in ["PreActive", "Pre-Active", "pre active", "PRE_ACTIVE", "0x1"] {
    ///     assert_eq!(states.find(text), Some(1), "{text}");
    /// }
    /// assert_eq!(states.find("actve"), None);
    /// ```
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        find_loosely(self.rows, self.aliases, text)
    }

    /// Returns the versions that have this value under any name.
    #[must_use]
    pub fn versions_of(&self, value: u32) -> Option<VersionRange> {
        let rows = self.rows(value);
        let (oldest, newest) = (rows.first()?, rows.last()?);
        let since = oldest.versions.first();
        Some(match newest.versions.last() {
            Some(until) => VersionRange::between(since, until),
            None => VersionRange::since(since),
        })
    }

    /// Writes the canonical name of the value, or the value in hex if it has none.
    #[doc(hidden)]
    pub fn fmt_number(&self, value: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry(value) {
            Some(entry) => f.pad(entry.name()),
            None => write!(f, "0x{value:08X}"),
        }
    }

    /// Returns `false` for a value that exists in other versions only.
    pub(crate) fn allows(&self, value: u32, version: ProtocolVersion) -> bool {
        match self.index_of_only_row(value) {
            Some(index) => self.rows.rows[index].versions.contains(version),
            None => self.versions_of(value).is_none_or(|versions| versions.contains(version)),
        }
    }

    /// Returns the rows of this value, oldest first.
    fn rows(&self, value: u32) -> &'static [Row] {
        let rows = self.rows.rows;
        if let Some(index) = self.index_of_only_row(value) {
            return &rows[index..=index];
        }
        let end = rows.partition_point(|row| row.value <= value);
        // There are at most two, so this is quicker than a second search.
        let others = rows[..end].iter().rposition(|row| row.value != value).map_or(0, |last| last + 1);
        &rows[others..end]
    }

    /// Returns the index of the only row of this value, if there are as many rows before it as values: so it is for
    /// most. Every tag of every message is looked up.
    #[inline]
    fn index_of_only_row(&self, value: u32) -> Option<usize> {
        let rows = self.rows.rows;
        let index = usize::try_from(value.checked_sub(rows.first()?.value)?).ok()?;
        let is = |index: usize| rows.get(index).is_some_and(|row| row.value == value);
        (is(index) && !is(index + 1) && !is(index.wrapping_sub(1))).then_some(index)
    }
}

/// The table of a mask, with the names of its bits.
///
/// ```
/// use kmip_ttlv::Tag;
///
/// let table = Tag::CRYPTOGRAPHIC_USAGE_MASK.mask().expect("the registry has one");
/// let names: Vec<_> = table.entries_of(0x8000_000C).map(|entry| entry.name()).collect();
/// assert_eq!(names, ["Encrypt", "Decrypt"]);
/// assert_eq!(table.unknown_bits(0x8000_000C), 0x8000_0000);
/// ```
#[derive(Debug)]
pub struct MaskTable {
    title: &'static str,
    rows: Rows,
    aliases: &'static [(&'static str, u32)],
}

impl MaskTable {
    /// Creates a table of these bits.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(title: &'static str, rows: Rows, aliases: &'static [(&'static str, u32)]) -> Self {
        Self { title, rows, aliases }
    }

    /// Returns the specification's name of the mask: `Cryptographic Usage Mask`.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Returns every row, in the order of the bits.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry> + DoubleEndedIterator + Clone + use<> {
        self.rows.entries()
    }

    /// Returns the rows of the bits that are set.
    pub fn entries_of(&self, bits: u32) -> impl Iterator<Item = Entry> + use<> {
        self.entries().filter(move |entry| bits & entry.value == entry.value)
    }

    /// Returns the bits that are set and have no row.
    #[must_use]
    pub fn unknown_bits(&self, bits: u32) -> u32 {
        self.rows.rows.iter().fold(bits, |rest, row| rest & !row.value)
    }

    /// Returns the bit with this canonical name, or with this alias: a spelling seen in practice. Names are
    /// case-sensitive.
    #[must_use]
    pub fn bit_of(&self, name: &str) -> Option<u32> {
        find_name(self.rows, self.aliases, name)
    }

    /// Returns the bit with this name as people write it; see [`EnumerationTable::find`].
    ///
    /// ```
    /// use kmip_ttlv::Tag;
    ///
    /// let usage = Tag::CRYPTOGRAPHIC_USAGE_MASK.mask().expect("the registry has one");
    /// assert_eq!(usage.find("wrap-key"), usage.bit_of("WrapKey"));
    /// ```
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        find_loosely(self.rows, self.aliases, text)
    }

    /// Writes the names of the bits with ` | ` between them, bits without a name together in hex.
    #[doc(hidden)]
    pub fn fmt_number(&self, bits: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for entry in self.entries_of(bits) {
            write!(f, "{separator}{}", entry.name())?;
            separator = " | ";
        }
        match self.unknown_bits(bits) {
            0 if bits != 0 => Ok(()),
            unknown => write!(f, "{separator}0x{unknown:08X}"),
        }
    }
}

fn find_name(rows: Rows, aliases: &[(&str, u32)], name: &str) -> Option<u32> {
    let canonical = || rows.entries().find(|entry| entry.name == name).map(|entry| entry.value);
    let alias = || aliases.iter().find(|(alias, _)| *alias == name).map(|(_, value)| *value);
    // Cosmian KMS sends `Invalid_Message` and `SHA256`. No two names differ in underscores alone.
    let but_for_underscores = || {
        let letters = |name| str::bytes(name).filter(|byte| *byte != b'_');
        rows.entries().find(|entry| letters(entry.name).eq(letters(name))).map(|entry| entry.value)
    };
    canonical().or_else(alias).or_else(but_for_underscores)
}

fn find_loosely(rows: Rows, aliases: &[(&str, u32)], text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x") {
        return digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?;
    }
    // A text without letters is no name.
    letters(text).next()?;
    let is = |name: &str| letters(name).eq(letters(text));
    let named = rows.entries().find(|entry| is(entry.name) || is(entry.title)).map(|entry| entry.value);
    named.or_else(|| aliases.iter().find(|(alias, _)| is(alias)).map(|(_, value)| *value))
}

/// Returns the letters and digits of a name in lower case: what people agree on.
fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
}
