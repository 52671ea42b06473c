//! Messages that others have made: decode, encode, same bytes.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{RequestPayload, ResponsePayload};
use kmip_ttlv::{Reader, Rules, Tag};
use std::path::Path;

fn files(dir: &Path, out: &mut Vec<std::path::PathBuf>) {
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() { files(&p, out) } else { out.push(p) }
    }
}

#[test]
fn same_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let mut all = vec![];
    files(&root.join("oasis/resolved"), &mut all);
    files(&root.join("captures"), &mut all);
    all.sort();
    let (mut ok, mut other, mut bad) = (0, 0, std::collections::BTreeMap::<String, (usize, String)>::new());
    for f in all {
        let frames: Vec<Vec<u8>> = match f.extension().and_then(|e| e.to_str()) {
            Some("hex") => std::fs::read_to_string(&f)
                .unwrap()
                .lines()
                .map(|l| (0..l.len() / 2).map(|i| u8::from_str_radix(&l[2 * i..2 * i + 2], 16).unwrap()).collect())
                .collect(),
            Some("bin") => vec![std::fs::read(&f).unwrap()],
            _ => continue,
        };
        for (n, frame) in frames.iter().enumerate() {
            let (result, has_other) = if Reader::new(frame).at(Tag::REQUEST_MESSAGE) {
                match RequestMessage::decode_message(frame, Rules::STRICT) {
                    Ok((m, _)) => (
                        m.encode_message(),
                        m.batch_items.iter().any(|i| matches!(i.payload, RequestPayload::Other(_))),
                    ),
                    Err(e) => (Err(e), false),
                }
            } else {
                match ResponseMessage::decode_message(frame, Rules::STRICT) {
                    Ok((m, _)) => (
                        m.encode_message(),
                        m.batch_items.iter().any(|i| matches!(i.payload, Some(ResponsePayload::Other(_)))),
                    ),
                    Err(e) => (Err(e), false),
                }
            };
            let key = match result {
                Ok(bytes) if &bytes == frame => {
                    if has_other {
                        other += 1
                    } else {
                        ok += 1
                    };
                    continue;
                }
                Ok(bytes) => format!("differs {}", bytes.len() as i64 - frame.len() as i64),
                Err(e) => {
                    format!("{e}").split(" at byte").next().unwrap().chars().filter(|c| !c.is_ascii_digit()).collect()
                }
            };
            let entry = bad.entry(key).or_insert((0, format!("{}:{n}", f.display())));
            entry.0 += 1;
        }
    }
    println!("{ok} typed, {other} with payloads kept as items");
    for (k, v) in &bad {
        println!("{} {k} e.g. {}", v.0, v.1)
    }
    assert!(bad.is_empty());
}
