//! Checks the tables of tags, enumerations and masks against `registry/*.csv`.
//!
//! The first test generates the rows from the CSV and compares them with the source files; run with `KMIP_REGENERATE=1`
//! it rewrites them. The second looks up every line of the CSV through the public API.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kmip_ttlv::enumeration::{Entry, EnumerationTable, ItemType, OperationCode};
use kmip_ttlv::{ProtocolVersion, Tag, VersionRange};

#[test]
fn the_tables_are_those_of_the_registry() {
    let source = package().join("src");
    let mut files: Vec<PathBuf> = fs::read_dir(source.join("enumeration"))
        .expect("src/enumeration is there")
        .map(|file| file.expect("the folder is readable").path())
        .collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| read(file)).collect();

    let types = Types::declared_in(&texts);
    let registry = Registry::read();
    assert_eq!(types.names(), registry.names_of_types(), "each enumeration and mask of the registry has one type");

    files.push(source.join("tag/table.rs"));
    let texts = texts.into_iter().chain([read(&files[files.len() - 1])]);
    let mut stale = Vec::new();
    for (file, found) in files.iter().zip(texts) {
        let wanted = with_rows(&found, &registry, &types);
        if wanted == found {
            continue;
        }
        if std::env::var_os("KMIP_REGENERATE").is_some() {
            fs::write(file, wanted).expect("the file can be written");
            println!("rewrote {}", file.display());
        } else {
            stale.push(file.display());
        }
    }
    assert!(
        stale.is_empty(),
        "not what registry/*.csv says: {stale:?}. To rewrite the rows:\n    \
         KMIP_REGENERATE=1 cargo test -p kmip-ttlv --test registry"
    );
}

#[test]
fn every_line_of_the_registry_is_found() {
    let registry = Registry::read();
    let (mut enumerations, mut masks) = (BTreeMap::new(), BTreeMap::new());

    for line in &registry.tags {
        let value = hex(&line["tag_hex"]);
        let tag = Tag::try_from(value).expect("a tag has 24 bits");
        assert_eq!(u32::from(tag), value);
        assert_eq!(Tag::from_bytes(tag.to_bytes()), tag);
        assert_eq!(tag.name(), Some(&*line["canonical"]));
        assert_eq!(tag.title(), Some(&*line["name"]));
        assert_eq!(tag.to_string(), line["canonical"]);
        assert_eq!(Tag::from_name(&line["canonical"]), Some(tag));
        assert_eq!(Tag::from_title(&line["name"]), Some(tag));
        assert_eq!(tag.versions(), Some(versions(line)), "{tag}");
        assert!(!tag.is_extension());
        assert_eq!(tag.enumeration().map_or("", EnumerationTable::title), line["enumeration"], "{tag}");
        enumerations.extend(tag.enumeration().map(|table| (table.title(), table)));
        masks.extend(tag.mask().map(|table| (table.title(), table)));
    }
    assert_eq!(Tag::TABLE.entries().len(), registry.tags.len());

    for line in &registry.enumerations {
        let table = enumerations[&*line["enumeration"]];
        let (value, range) = (hex(&line["value_hex"]), versions(line));
        assert_eq!(table.value_of(&line["canonical"]), Some(value));
        let entry = table.entry_in(value, range.first()).expect("the value is in the table");
        assert_eq!((entry.value(), entry.name(), entry.title()), (value, &*line["canonical"], &*line["name"]));
        assert_eq!(entry.versions(), range);

        let whole = table.versions_of(value).expect("the value is in the table");
        let newest = table.entry(value).expect("the value is in the table");
        assert!(whole.contains(range.first()));
        assert_eq!(whole.last(), newest.versions().last());
    }
    let rows: usize =
        enumerations.values().filter(|table| table.title() != "Tag").map(|table| table.entries().len()).sum();
    assert_eq!(rows, registry.enumerations.len(), "no table has a row of its own");

    for line in &registry.masks {
        let table = masks[&*line["mask"]];
        let bit = hex(&line["bit_hex"]);
        assert_eq!(bit.count_ones(), 1);
        assert_eq!(table.bit_of(&line["canonical"]), Some(bit));
        let entries: Vec<Entry> = table.entries_of(bit).collect();
        let [entry] = entries[..] else { panic!("one row for {bit:X} of {}", table.title()) };
        assert_eq!((entry.value(), entry.name(), entry.title()), (bit, &*line["canonical"], &*line["name"]));
        assert_eq!(entry.versions(), versions(line));
        assert_eq!(table.unknown_bits(bit), 0);
    }
    let bits: usize = masks.values().map(|table| table.entries().len()).sum();
    assert_eq!(bits, registry.masks.len(), "no table has a row of its own");

    for line in &registry.aliases {
        let name = &*line["enumeration"];
        let found = match &*line["kind"] {
            "mask" => masks[name].bit_of(&line["alias"]),
            _ => enumerations[name].value_of(&line["alias"]),
        };
        assert_eq!(found, Some(hex(&line["value_hex"])), "{}", line["alias"]);
    }

    println!(
        "{} tags, {} enumerations of {rows} rows, {} masks of {bits} bits, {} aliases",
        registry.tags.len(),
        registry.enumeration_names().len(),
        masks.len(),
        registry.aliases.len(),
    );
}

/// The files that repeat the same facts agree with the tables too. Underscores may therefore be ignored when names are
/// read.
#[test]
fn no_two_names_differ_in_underscores_alone() {
    let registry = Registry::read();
    let enumerations =
        registry.enumerations.iter().map(|line| (&line["enumeration"], &line["canonical"], &line["value_hex"]));
    let masks = registry.masks.iter().map(|line| (&line["mask"], &line["canonical"], &line["bit_hex"]));
    let mut seen = BTreeMap::new();
    for (title, name, value) in enumerations.chain(masks) {
        let other = seen.insert((title, name.replace('_', "")), value);
        assert!(other.is_none_or(|other| other == value), "{title}: {name}");
    }
}

#[test]
fn operations_types_and_attributes_agree() {
    let operations = lines_of("operations.csv");
    for line in &operations {
        let operation = OperationCode::from_value(hex(&line["value_hex"]));
        assert_eq!(operation.name(), Some(&*line["canonical"]));
        assert_eq!(operation.title(), Some(&*line["operation"]));
        assert_eq!(operation.versions(), Some(versions(line)));
    }
    let types = lines_of("types.csv");
    for line in &types {
        assert_eq!(ItemType::from_value(hex(&line["type_hex"])).name(), Some(&*line["canonical"]));
    }
    let attributes = lines_of("attributes.csv");
    let named = attributes.iter().filter(|line| !line["canonical"].is_empty());
    for line in named.clone() {
        let tag = Tag::from_title(&line["name"]).expect("an attribute has a tag of its name");
        assert_eq!(tag.value(), hex(&line["tag_hex"]));
        assert_eq!(tag.name(), Some(&*line["canonical"]));
        if line["value_type"] == "Enumeration" {
            assert_eq!(tag.enumeration().map_or("", EnumerationTable::title), line["enumeration"], "{tag}");
        }
    }
    println!("{} operations, {} types, {} attributes", operations.len(), types.len(), named.count());
}

// ---- The generator
// ---------------------------------------------------------------------------------------------------

/// The types that the source files declare: the name in the specification, and `enum` or `mask`.
struct Types(BTreeMap<String, (&'static str, String)>);

impl Types {
    fn declared_in(texts: &[String]) -> Self {
        let declarations = texts.iter().flat_map(|text| text.lines()).filter_map(declaration);
        let mut types: BTreeMap<_, _> =
            declarations.map(|(kind, name, title)| (title.to_owned(), (kind, name.to_owned()))).collect();
        types.insert("Tag".into(), ("enum", "Tag".into()));
        Self(types)
    }

    fn names(&self) -> BTreeSet<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

/// Parses the kind, type and title of `pub enum ObjectType = "Object Type" {`.
fn declaration(line: &str) -> Option<(&'static str, &str, &str)> {
    let (kind, rest) = match line.strip_prefix("    pub enum ") {
        Some(rest) => ("enum", rest),
        None => ("mask", line.strip_prefix("    pub struct ")?),
    };
    let (name, rest) = rest.split_once(" = \"")?;
    Some((kind, name, rest.split_once("\" {")?.0))
}

/// Returns the text of a source file with the rows between its braces replaced by those of the registry.
fn with_rows(text: &str, registry: &Registry, types: &Types) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").expect("a String takes everything");
        let (rows, end) = match declaration(line) {
            Some(("enum", _, title)) => (registry.enumeration_rows(title), "    }"),
            Some((_, _, title)) => (registry.mask_rows(title), "    }"),
            None if line == "tags! {" => (registry.tag_rows(types), "}"),
            None => continue,
        };
        out += &rows;
        let end = lines.find(|line| *line == end).expect("the braces are closed");
        writeln!(out, "{end}").expect("a String takes everything");
    }
    out
}

type Line = BTreeMap<String, String>;

/// The contents of the CSV files.
struct Registry {
    tags: Vec<Line>,
    enumerations: Vec<Line>,
    masks: Vec<Line>,
    aliases: Vec<Line>,
}

impl Registry {
    fn read() -> Self {
        Self {
            tags: lines_of("tags.csv"),
            enumerations: lines_of("enumerations.csv"),
            masks: lines_of("masks.csv"),
            aliases: lines_of("aliases.csv"),
        }
    }

    fn enumeration_names(&self) -> BTreeSet<&str> {
        self.enumerations.iter().map(|line| &*line["enumeration"]).collect()
    }

    /// Returns every enumeration and mask that has no row: Opaque Data Type, and Tag.
    fn names_of_types(&self) -> BTreeSet<&str> {
        let used = self.tags.iter().map(|line| &*line["enumeration"]).filter(|name| !name.is_empty());
        let masks = self.masks.iter().map(|line| &*line["mask"]);
        self.enumeration_names().into_iter().chain(used).chain(masks).collect()
    }

    fn enumeration_rows(&self, title: &str) -> String {
        let lines = self.enumerations.iter().filter(|line| line["enumeration"] == title);
        lines.map(|line| format!("        {};\n", self.row(line, title, &line["value_hex"]))).collect()
    }

    fn mask_rows(&self, title: &str) -> String {
        let lines = self.masks.iter().filter(|line| line["mask"] == title);
        lines.map(|line| format!("        {};\n", self.row(line, title, &line["bit_hex"]))).collect()
    }

    fn tag_rows(&self, types: &Types) -> String {
        let mut rows = String::new();
        for line in &self.tags {
            // The registry has no column for masks: a mask is listed under the tag of its name.
            let values = if line["enumeration"].is_empty() { &line["name"] } else { &line["enumeration"] };
            let values = match types.0.get(values) {
                Some((kind, name)) => format!(", {kind} {name}"),
                None => String::new(),
            };
            writeln!(rows, "    {}{values};", self.row(line, "", &line["tag_hex"])).expect("a String takes everything");
        }
        rows
    }

    /// Formats a row, such as `AES = 0x03, "AES", "AES", V1_0..`
    fn row(&self, line: &Line, enumeration: &str, value: &str) -> String {
        let (name, title) = (&line["canonical"], &line["name"]);
        let aliases: String = self
            .aliases
            .iter()
            .filter(|alias| alias["enumeration"] == enumeration && alias["value_hex"] == value)
            .map(|alias| format!(" | \"{}\"", alias["alias"]))
            .collect();
        let value = hex(value);
        let constant = constant(title);
        format!("{constant} = 0x{value:02X}, \"{name}\"{aliases}, \"{title}\", {}", rust_range(line))
    }
}

/// Formats a range, such as `V1_0..=V1_4`
fn rust_range(line: &Line) -> String {
    let version = |text: &str| format!("V{}", text.replace('.', "_"));
    match &*line["until"] {
        "" => format!("{}..", version(&line["since"])),
        until => format!("{}..={}", version(&line["since"]), version(until)),
    }
}

/// Returns the constant for a name of the specification: its words in capitals, joined by underscores.
fn constant(title: &str) -> String {
    // Names that the rule makes unreadable, or that would not be Rust identifiers.
    match title {
        "3DES" => return "DES3".into(),
        "AESKeyWrapPadding" => return "AES_KEY_WRAP_PADDING".into(),
        "C_GetInfo" => return "C_GET_INFO".into(),
        "ChaCha20Poly1305" => return "CHACHA20_POLY1305".into(),
        "ECPrivateKey" => return "EC_PRIVATE_KEY".into(),
        "NISTKeyWrap" => return "NIST_KEY_WRAP".into(),
        _ => {}
    }
    let words: Vec<&str> =
        title.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_uppercase()
}

// ---- The files
// -------------------------------------------------------------------------------------------------------

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Returns the lines of a registry file, by column name.
fn lines_of(file: &str) -> Vec<Line> {
    let text = read(&package().join("registry").join(file));
    let mut lines = text.lines().map(fields);
    let columns = lines.next().expect("the first line names the columns");
    lines
        .map(|fields| {
            assert_eq!(fields.len(), columns.len(), "{file}: {fields:?}");
            columns.iter().cloned().zip(fields).collect()
        })
        .collect()
}

/// Splits a line of CSV: comma separated, fields with commas in quotes, quotes in them doubled.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                fields.last_mut().expect("there is a first field").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().expect("there is a first field").push(other),
        }
    }
    fields
}

fn hex(text: &str) -> u32 {
    u32::from_str_radix(text, 16).expect("a number in hex")
}

fn versions(line: &Line) -> VersionRange {
    let version = |column: &str| line[column].parse::<ProtocolVersion>().ok();
    let since = version("since").expect("every line has a first version");
    version("until").map_or(VersionRange::since(since), |until| VersionRange::between(since, until))
}
