//! Messages encoded by other implementations: walked, encoded again, and checked against the tables. See
//! `corpus/mod.rs` for their sources.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "says how much was tested")]

mod corpus;
mod oracle;

use kmip_ttlv::{Text, V3_0, Walk, check_vocabulary};

/// Captured messages with KMIP 9.9 in the header, to provoke a refusal.
const OF_NO_VERSION: [&str; 2] =
    ["captures/1.2-unsupported-version-request.bin", "captures/1.4-unsupported-version-request.bin"];

#[test]
fn every_message_is_written_as_it_was() {
    let messages = corpus::messages();
    let mut items = 0;
    for message in &messages {
        for visit in Walk::new(&message.bytes) {
            visit.unwrap_or_else(|error| panic!("{}: {}", message.name, error.locate(&message.bytes)));
            items += 1;
        }
        let anew = oracle::rewrite(&message.bytes).unwrap();
        assert_eq!(anew, message.bytes, "{}", message.name);
    }
    println!("{} messages, {items} items: walked, and written to the same bytes", messages.len());
}

/// The messages in the repository and beside it are known to conform to their versions; for those of other folders a
/// deviation is only printed.
#[test]
fn every_message_is_within_its_version() {
    let mut beyond = Vec::new();
    let messages = corpus::messages();
    for message in &messages {
        match check_vocabulary(&message.bytes, message.version()) {
            _ if message.version() > V3_0 => beyond.push(message.name.clone()),
            Ok(()) => {}
            Err(error) => beyond.push(format!("{}: {error}", message.name)),
        }
    }
    println!("{} messages, {} beyond their version: {beyond:#?}", messages.len(), beyond.len());
    if corpus::is_known() {
        assert_eq!(beyond, if corpus::is_beside() { &OF_NO_VERSION[..] } else { &[] });
    }
}

#[test]
fn every_message_prints() {
    for message in corpus::messages() {
        let text = Text::new(&message.bytes).to_string();
        assert_eq!(text.lines().count(), Walk::new(&message.bytes).count(), "{}", message.name);
        assert!(!text.contains("malformed"), "{}", message.name);
    }
}

/// The names of tags, enumerations and masks, and the values, match the XML beside the bytes.
#[test]
fn text_says_what_xml_says() {
    let (mut cases, mut items) = (0, 0);
    for case in corpus::cases() {
        let Some(name) = case.messages.first().map(|message| message.name.clone()) else { continue };
        let bytes: Vec<u8> = case.messages.into_iter().flat_map(|message| message.bytes).collect();
        let text = Text::new(&bytes).show_secrets().to_string();
        let mut lines = text.lines().map(str::trim_start);
        for element in case.xml.lines().map(str::trim).filter(|line| is_item(line)) {
            let line = lines.next().unwrap_or_else(|| panic!("{name}: nothing for {element}"));
            assert!(same(element, line), "{name}: {line}\nfor {element}");
            items += 1;
        }
        assert_eq!(lines.next(), None, "{name}");
        cases += 1;
    }
    println!("{cases} cases, {items} items: the text of the bytes says what the XML says");
}

/// Returns `true` if a line of XML starts an item, rather than ending one or being the root element.
fn is_item(line: &str) -> bool {
    line.starts_with('<') && !["</", "<?", "<!", "<KMIP"].iter().any(|other| line.starts_with(other))
}

/// Returns `true` if an item in XML and a line of text are the same.
fn same(element: &str, line: &str) -> bool {
    let attribute = |name: &str| {
        let (_, value) = element.split_once(&format!(" {name}=\""))?;
        Some(
            value
                .split_once('"')?
                .0
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&"),
        )
    };
    let tag = attribute("tag").unwrap_or_else(|| {
        element.trim_start_matches('<').split([' ', '>', '/']).next().unwrap_or_default().to_owned()
    });
    let Some(value) = attribute("value") else { return line == tag };
    let Some(text) = line.strip_prefix(&tag).and_then(|line| line.strip_prefix(": ")) else { return false };
    match attribute("type").as_deref() {
        Some("Integer") => {
            let sorted = |mut words: Vec<String>| {
                words.sort();
                words
            };
            let words = value.split(' ').map(|word| match word {
                "ContentCommitment" => "ContentCommitmentNonRepudiation".to_owned(),
                word => word.to_owned(),
            });
            sorted(words.collect()) == sorted(text.split(" | ").map(str::to_owned).collect())
        }
        Some("ByteString" | "BigInteger") => {
            let digits = text.trim_start_matches("0x").split("...").next().unwrap_or_default();
            let value = value.to_lowercase();
            let whole = digits == value || text.ends_with(&format!("... ({} bytes)", value.len() / 2));
            whole && value.starts_with(digits)
        }
        // Text has universal time. The conversion from other zones is not tested here.
        Some("DateTime" | "DateTimeExtended") if !value.ends_with("+00:00") => text.ends_with('Z'),
        Some("DateTime" | "DateTimeExtended") => text == value.replace("+00:00", "Z"),
        Some("Interval") => text == format!("{value} s"),
        Some("TextString" | "Identifier" | "Reference" | "NameReference") => text == format!("{value:?}"),
        Some("Enumeration") if value.starts_with("0x") => text.eq_ignore_ascii_case(&value),
        // Text has the newest name, XML that of the version.
        Some("Enumeration") if text != value => {
            let newest = value.trim_end_matches("PKCS_1V1_5").trim_end_matches("PKCS_1V2_1");
            text == newest.replace("SHA_3_", "SHA3_")
        }
        _ => text == value,
    }
}
