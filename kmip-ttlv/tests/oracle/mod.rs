//! Properties that hold for arbitrary bytes. Tests check them for messages, the targets in `fuzz` for whatever they
//! generate.
#![allow(dead_code, reason = "no one who includes this uses all of it")]

use kmip_ttlv::{
    Encode, ProtocolVersion, Reader, Result, Rules, Text, Value, Visit, Walk, Writer, check_vocabulary, frame_len,
};

/// Takes items apart and writes each again: every structure is begun and ended, every value decoded and encoded.
pub(crate) fn rewrite(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = Writer::new(ProtocolVersion::default());
    let mut open = Vec::new();
    for visit in Walk::new(bytes) {
        let Visit { depth, item } = visit?;
        for started in open.drain(depth..).rev() {
            writer.end(started)?;
        }
        match item.to_value()? {
            Value::Structure(_) => open.push(writer.begin(item.tag())),
            value => value.encode(item.tag(), &mut writer)?,
        }
    }
    for started in open.drain(..).rev() {
        writer.end(started)?;
    }
    Ok(writer.into_vec())
}

/// Checks that bytes that walk without an error are written again to the same bytes.
pub(crate) fn roundtrip(bytes: &[u8]) {
    if let Ok(anew) = rewrite(bytes) {
        assert_eq!(anew, bytes);
    }
}

/// Checks that nothing panics, and that all ways of walking agree.
pub(crate) fn walk(bytes: &[u8]) {
    let visits: Vec<_> = Walk::new(bytes).collect();
    let items = visits.iter().filter(|visit| visit.is_ok()).count();
    assert!(items <= bytes.len() / 8);

    let text = Text::new(bytes).to_string();
    assert_eq!(text.lines().count(), visits.len());
    assert_eq!(Text::new(bytes).show_secrets().to_string().lines().count(), visits.len());

    let error = visits.into_iter().find_map(Result::err).map(|error| error.locate(bytes));
    if let Some(error) = &error {
        assert!(error.offset() <= bytes.len());
        assert!(text.ends_with(&format!("<malformed: {error}>\n")));
    }
    if let Err(other) = check_vocabulary(bytes, ProtocolVersion::default()) {
        assert!(other.offset() <= error.map_or(bytes.len(), |error| error.offset()));
    }
    // Laxer rules accept more, never less.
    let lax = Reader::new(bytes).with_rules(Rules::STRICT.skip_unknown().any_padding());
    assert!(Walk::from_reader(lax).filter(Result::is_ok).count() >= items);

    if let Ok(Some(length)) = frame_len(bytes, bytes.len()) {
        assert!((8..=bytes.len()).contains(&length));
        let whole = Walk::new(&bytes[..length]).next().expect("a header");
        assert_eq!(whole.expect("the length was checked").item.value().len() + 8, length);
    }
}

/// Checks that bytes that walk without an error are the same after XML, unless a text has characters that XML cannot
/// carry. Documents that can be read are read the same after being written again.
#[cfg(feature = "xml")]
pub(crate) fn xml(bytes: &[u8]) {
    use kmip_ttlv::{ErrorKind, xml};

    match (xml::to_xml(bytes), Walk::new(bytes).find_map(Result::err)) {
        (Ok(document), None) => assert_eq!(concat(xml::from_xml(&document)).as_deref(), Ok(bytes)),
        (Err(error), None) => assert!(matches!(error.kind(), ErrorKind::Character(_)), "{error}"),
        (written, Some(_)) => assert!(written.is_err()),
    }
    if let Some(items) = core::str::from_utf8(bytes).ok().and_then(|document| concat(xml::from_xml(document)).ok()) {
        let anew = xml::to_xml(&items).expect("what XML carried, it carries");
        assert_eq!(concat(xml::from_xml(&anew)), Ok(items));
    }
}

/// Checks that bytes that walk without an error are the same after JSON. Documents that can be read are read the same
/// after being written again.
#[cfg(feature = "json")]
pub(crate) fn json(bytes: &[u8]) {
    use kmip_ttlv::json;

    match (json::to_json(bytes), Walk::new(bytes).find_map(Result::err)) {
        (Ok(document), None) => assert_eq!(concat(json::from_json(&document)).as_deref(), Ok(bytes)),
        (written, error) => assert!(written.is_err() && error.is_some()),
    }
    if let Some(items) = core::str::from_utf8(bytes).ok().and_then(|document| concat(json::from_json(document)).ok()) {
        let anew = json::to_json(&items).expect("what was read is well formed");
        assert_eq!(concat(json::from_json(&anew)), Ok(items));
    }
}

#[cfg(any(feature = "xml", feature = "json"))]
fn concat(messages: impl Iterator<Item = Result<Vec<u8>>>) -> Result<Vec<u8>> {
    messages.collect::<Result<Vec<_>>>().map(|messages| messages.concat())
}
