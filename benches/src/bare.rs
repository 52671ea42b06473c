//! The document parsers alone: the cost of reading XML and JSON before anything is built from it.

use json_event_parser::{JsonEvent, SliceJsonParser};
use quick_xml::events::Event;

/// Pulls every element and attribute out of an XML document, and counts them.
///
/// # Panics
///
/// Panics if the document is not well formed.
#[must_use]
pub fn xml(document: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut found = 0;
    loop {
        match reader.read_event().expect("well formed") {
            Event::Eof => return found,
            Event::Start(element) | Event::Empty(element) => {
                found += 1;
                for attribute in element.attributes().with_checks(false) {
                    found += attribute.expect("well formed").value.len();
                }
            }
            _ => {}
        }
    }
}

/// Pulls every event out of a JSON document, and counts them.
///
/// # Panics
///
/// Panics if the document is not well formed.
#[must_use]
pub fn json(document: &str) -> usize {
    let mut parser = SliceJsonParser::new(document.as_bytes());
    let mut found = 0;
    loop {
        match parser.parse_next().expect("well formed") {
            JsonEvent::Eof => return found,
            JsonEvent::String(text) => found += text.len(),
            _ => found += 1,
        }
    }
}
