//! Messages encoded by others: conformance cases and recorded traffic. The repository holds no copy of them.
//!
//! They are read from the folder named by `KMIP_TEST_CASES`, or else from `shared` beside the repository. Its layout:
//!
//! - `oasis/resolved/VERSION/.../CASE.hex`: one message per line, as hex digits; `CASE.xml` beside it holds the same
//!   messages in XML
//! - `captures/NAME.bin`: one message per file
//!
//! Either may be missing. `kmip-client` includes this file by its path.
#![allow(dead_code, reason = "no test file uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use kmip_ttlv::{ProtocolVersion, Tag, Walk};

/// One message, and its source.
pub(crate) struct Message {
    /// The file; for a file with several messages also the line number: `1.4/optional/CS-BC-M-1-14.hex:3`.
    pub(crate) name: String,
    /// The message in TTLV.
    pub(crate) bytes: Vec<u8>,
}

/// A conformance case: its messages in TTLV, and the same in XML.
pub(crate) struct Case {
    /// The messages, in order.
    pub(crate) messages: Vec<Message>,
    /// The file with the same messages in XML.
    pub(crate) xml: String,
}

/// Returns all conformance cases; none if the folder does not exist.
pub(crate) fn cases() -> Vec<Case> {
    folder().map(|folder| cases_in(&folder)).unwrap_or_default()
}

fn cases_in(folder: &Path) -> Vec<Case> {
    let case = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file of hex digits");
        let message =
            |(line, text)| Message { name: format!("{}:{}", name(folder, &path), line + 1), bytes: hex(text) };
        let messages = text.lines().enumerate().map(message).collect();
        Case { messages, xml: fs::read_to_string(path.with_extension("xml")).unwrap_or_default() }
    };
    files(&folder.join("oasis/resolved"), "hex").into_iter().map(case).collect()
}

/// Returns all messages in the order of their names. If the folder does not exist, prints that and returns none.
#[expect(clippy::print_stdout, reason = "says that a test was skipped")]
pub(crate) fn messages() -> Vec<Message> {
    let Some(folder) = folder() else {
        println!("skipped: set KMIP_TEST_CASES to a folder with oasis/resolved or captures");
        return Vec::new();
    };
    let mut messages: Vec<_> = cases_in(&folder).into_iter().flat_map(|case| case.messages).collect();
    for path in files(&folder.join("captures"), "bin") {
        messages.push(Message { name: name(&folder, &path), bytes: fs::read(&path).expect("a file") });
    }
    assert!(!messages.is_empty(), "{} holds no messages", folder.display());
    messages
}

impl Message {
    /// Returns the version in the header of the message.
    pub(crate) fn version(&self) -> ProtocolVersion {
        let mut walk = Walk::new(&self.bytes).map(|visit| visit.expect("a well-formed message").item);
        let item = walk.find(|item| item.tag() == Tag::PROTOCOL_VERSION).expect("a header");
        let mut version = item.as_structure().expect("a structure");
        let mut part = |tag| version.integer(tag).ok().and_then(|part| u8::try_from(part).ok()).expect("a number");
        ProtocolVersion::new(part(Tag::PROTOCOL_VERSION_MAJOR), part(Tag::PROTOCOL_VERSION_MINOR))
    }
}

/// Returns the bytes of hex digits; other characters are separators.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit.to_le_bytes()[0]).collect();
    assert!(digits.len().is_multiple_of(2), "half a byte in {text}");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Returns `true` if the messages are those beside the repository, of which the tests know all exceptions.
pub(crate) fn is_beside() -> bool {
    std::env::var_os("KMIP_TEST_CASES").is_none() && folder().is_some()
}

fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("KMIP_TEST_CASES") {
        return Some(folder.into());
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    ["oasis/resolved", "captures"].iter().any(|part| beside.join(part).is_dir()).then_some(beside)
}

fn name(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

/// Returns the files below a folder with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|is| is == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
