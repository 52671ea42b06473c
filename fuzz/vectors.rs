//! Writes generated messages of every version as XML, for `kmip-ttlv/tests/corpus/generated`: `encode.py` there turns
//! them into bytes, and the tests compare these with what the crates make of them.
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --example vectors -- kmip-ttlv/tests/corpus/generated
//! python3 kmip-ttlv/tests/corpus/generated/encode.py
//! ```

#[path = "../kmip-client/tests/oracle/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

use kmip_client::arbitrary::{Unstructured, VERSIONS, request_message, response_message};
use kmip_client::ttlv::{Item, Type, Walk, xml};

use random::Random;

/// The number of messages of a version.
const EACH: usize = 48;
/// The number of messages of a version that have one operation.
const MOST_OF_ONE: usize = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("the folder is missing")?);
    for version in VERSIONS {
        let mut random = Random(u64::from(version.major()) << 8 | u64::from(version.minor()));
        let mut messages = Vec::new();
        let mut operations: BTreeMap<String, usize> = BTreeMap::new();
        while messages.len() < EACH {
            let bytes = random.bytes(256);
            let request = request_message(&mut Unstructured::new(&bytes), version);
            let response = response_message(&mut Unstructured::new(&bytes), version);
            let of_request = request.batch_items.iter().map(|item| format!("request {}", item.operation)).collect();
            let of_response = response
                .batch_items
                .iter()
                .filter(|item| item.payload.is_some())
                .map(|item| format!("response {}", item.operation.unwrap_or_default()))
                .collect();
            let made: [(Vec<String>, &dyn Debug, Vec<u8>); 2] = [
                (of_request, &request, request.encode_message()?),
                (of_response, &response, response.encode_message()?),
            ];
            for (names, typed, frame) in made {
                let is_new = !names.is_empty()
                    && names.iter().all(|name| operations.get(name).is_none_or(|count| *count < MOST_OF_ONE));
                if is_new && is_plain(typed) && texts(&frame).all(|text| is_simple(&text)) && frame.len() < 900 {
                    names.into_iter().for_each(|name| *operations.entry(name).or_default() += 1);
                    messages.push(frame);
                }
            }
        }
        messages.truncate(EACH);
        fs::write(folder.join(format!("{version}.xml")), xml::to_xml(&messages.concat())?)?;
    }
    Ok(())
}

/// Returns `true` if everything in it has a type, but for the attributes of vendors.
fn is_plain(message: &dyn Debug) -> bool {
    const MEANT: [&str; 1] = ["OtherAttribute { name: Vendor"];
    let printed = format!("{message:?}");
    printed.split("Other(").skip(1).all(|other| MEANT.iter().any(|meant| other.starts_with(meant)))
}

fn texts(frame: &[u8]) -> impl Iterator<Item = String> + '_ {
    let text = |item: Item<'_>| match item.ty() {
        Type::TextString | Type::Identifier | Type::Reference | Type::NameReference => {
            String::from_utf8(item.value().to_vec()).ok()
        }
        _ => None,
    };
    Walk::new(frame).filter_map(move |visit| text(visit.ok()?.item))
}

/// Returns `true` for a text that no notation has to escape.
fn is_simple(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric() || " -_:=./%".contains(character))
        && text.trim() == text
}
