//! Messages that this crate did not encode. Those in `generated` are of every version and operation; an encoder that
//! shares no code with the crates has encoded them. To these come, where they are at hand, conformance cases and
//! recorded traffic, of which the repository holds no copy: those in the folder named by `KMIP_TEST_CASES`, or else in
//! `shared` beside the repository. Its layout:
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

/// Returns the generated messages of each version as a case, and all conformance cases that are at hand.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = generated();
    if let Some(folder) = folder() {
        cases.extend(cases_in(&folder, &folder.join("oasis/resolved")));
    }
    cases
}

/// Returns the messages that are in the repository: a case for each version.
fn generated() -> Vec<Case> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kmip-ttlv/tests/corpus");
    let cases = cases_in(&tests, &tests.join("generated"));
    assert_eq!(cases.len(), 8, "one for each version");
    cases
}

fn cases_in(root: &Path, folder: &Path) -> Vec<Case> {
    let case = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file of hex digits");
        let message = |(line, text)| Message { name: format!("{}:{}", name(root, &path), line + 1), bytes: hex(text) };
        let messages = text.lines().enumerate().map(message).collect();
        Case { messages, xml: fs::read_to_string(path.with_extension("xml")).unwrap_or_default() }
    };
    files(folder, "hex").into_iter().map(case).collect()
}

/// Returns all messages: those in the repository, and those that are at hand, in the order of their names.
pub(crate) fn messages() -> Vec<Message> {
    let mut messages: Vec<_> = generated().into_iter().flat_map(|case| case.messages).collect();
    messages.extend(given());
    messages
}

/// Returns the messages of the folder; none if there is no folder.
pub(crate) fn given() -> Vec<Message> {
    let Some(folder) = folder() else { return Vec::new() };
    let cases = cases_in(&folder, &folder.join("oasis/resolved"));
    let mut messages: Vec<_> = cases.into_iter().flat_map(|case| case.messages).collect();
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

/// Returns `true` if all messages are known to the tests: those in the repository, and those beside it if there are
/// any.
pub(crate) fn is_known() -> bool {
    std::env::var_os("KMIP_TEST_CASES").is_none()
}

/// Returns `true` if there are messages beside the repository.
pub(crate) fn is_beside() -> bool {
    is_known() && folder().is_some()
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
