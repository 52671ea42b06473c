//! Makes what a campaign starts from: a corpus for each target, and a dictionary of the tags and of names.
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --example seed [-- COUNT]
//! cargo run --manifest-path fuzz/Cargo.toml --example seed -- --hex COUNT SEED
//! ```
//!
//! The messages are generated, COUNT requests and as many responses (300 by default), in every version. Where
//! `KMIP_TEST_CASES` names a folder with `oasis/resolved/**/*.hex` and `captures/*.bin`, these are added. Keys and
//! certificates are those of the tests. What it makes is not for the repository.
//!
//! With `--hex`, it makes no corpus. It prints COUNT generated messages, each on a line in hexadecimal digits; the same
//! SEED makes the same.

#[path = "../kmip-client/tests/oracle/random.rs"]
mod random;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use kmip_client::arbitrary::{Unstructured, VERSIONS, request_message, response_message};
use kmip_client::ttlv::{Tag, json, xml};

use random::Random;

/// The targets whose input is a message as it is.
const MESSAGES: &[&str] = &["walk", "roundtrip", "messages", "xml", "json", "front"];
/// The targets whose input is what messages are made of.
const BYTES: &[&str] = &["typed", "kms"];
const ADDRESSES: &[&str] = &[
    "kms.example",
    "kms.example:5696",
    "[::1]:5696",
    "127.0.0.1",
    "https://kms.example/kmip",
    "https://[fe80::1]:9998/a?b",
    "kmip://user:password@kms.example",
    "SHA256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B",
];
const WORDS: &[&str] = &[
    "HTTP/1.1 200 OK\r\n",
    "POST /kmip HTTP/1.1\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked\r\n",
    "\r\n\r\n",
    "Content-Type: application/octet-stream\r\n",
    "Connection: close\r\n",
    "0\r\n\r\n",
    "-----BEGIN CERTIFICATE-----\n",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    "-----END ",
    "Proc-Type: 4,ENCRYPTED\n",
    "DEK-Info: AES-256-CBC,",
    "https://",
    "<RequestMessage>",
    "type=\"Structure\"",
    "value=\"",
    "\"tag\":\"",
    "\"type\":\"",
    "\"value\":",
    "0x42",
];

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [first, count, seed] = &*arguments
        && first == "--hex"
    {
        return write_hex(count.parse()?, seed.parse()?);
    }
    let count = arguments.first().map_or(Ok(300), |count| count.parse())?;
    let corpus = Corpus(here.join("corpus"));

    let mut messages = Vec::new();
    let mut random = Random(1);
    for number in 0..count {
        let bytes = random.bytes(64 << (number % 5));
        let version = VERSIONS[number % VERSIONS.len()];
        messages.push(request_message(&mut Unstructured::new(&bytes), version).encode_message()?);
        messages.push(response_message(&mut Unstructured::new(&bytes), version).encode_message()?);
        let mut input = vec![u8::try_from(number % VERSIONS.len())?, bytes[0]];
        input.extend(bytes);
        corpus.add(BYTES, &input)?;
    }
    let given = given()?;
    for message in messages.iter().chain(&given) {
        corpus.add(MESSAGES, message)?;
        // Its first byte says how the rest is cut into pieces.
        corpus.add(&["conversation"], &[&[0x10], &message[..]].concat())?;
    }
    for message in messages.iter().take(60) {
        corpus.add(&["json"], json::to_json(message)?.as_bytes())?;
        if let Ok(document) = xml::to_xml(message) {
            corpus.add(&["xml"], document.as_bytes())?;
        }
        for head in ["HTTP/1.1 200 OK", "POST /kmip HTTP/1.1"] {
            let fields = "Content-Type: application/octet-stream";
            let sized = format!("{head}\r\n{fields}\r\nContent-Length: {}\r\n\r\n", message.len());
            let chunked = format!("{head}\r\n{fields}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", message.len());
            for http in [
                [sized.as_bytes(), &message[..]].concat(),
                [chunked.as_bytes(), &message[..], &b"\r\n0\r\n\r\n"[..]].concat(),
            ] {
                corpus.add(&["http"], &[&[0x10], &http[..]].concat())?;
                corpus.add(&["front"], &http)?;
            }
        }
    }
    for address in ADDRESSES {
        corpus.add(&["endpoint"], address.as_bytes())?;
    }
    let mut files: Vec<_> = fs::read_dir(here.join("../kmip-client/tests/pem"))?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    for file in files.into_iter().filter(|file| file.path().is_file()) {
        corpus.add(&["pem", "encrypted", "keys"], &fs::read(file.path())?)?;
    }

    let mut dictionary = String::new();
    for tag in Tag::TABLE.entries() {
        let [_, a, b, c] = tag.value().to_be_bytes();
        writeln!(dictionary, r#""\x{a:02X}\x{b:02X}\x{c:02X}""#)?;
    }
    for word in WORDS {
        writeln!(
            dictionary,
            "\"{}\"",
            word.escape_default().to_string().replace("\\r", "\\x0D").replace("\\n", "\\x0A")
        )?;
    }
    fs::write(here.join("kmip.dict"), &dictionary)?;
    println!(
        "{} generated messages and {} given ones, {} words in fuzz/kmip.dict",
        messages.len(),
        given.len(),
        dictionary.lines().count(),
    );
    Ok(())
}

/// Prints generated messages, requests and responses in turn.
fn write_hex(count: usize, seed: u64) -> Result<(), Box<dyn Error>> {
    let mut random = Random(seed);
    let mut output = BufWriter::new(io::stdout().lock());
    for number in 0..count {
        let bytes = random.bytes(64 << (number % 5));
        let mut source = Unstructured::new(&bytes);
        let version = VERSIONS[number / 2 % VERSIONS.len()];
        let message = match number % 2 {
            0 => request_message(&mut source, version).encode_message()?,
            _ => response_message(&mut source, version).encode_message()?,
        };
        let digits: String = message.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect();
        writeln!(output, "{digits}")?;
    }
    output.flush()?;
    Ok(())
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or_default()
}

/// The messages of the folder that `KMIP_TEST_CASES` names.
fn given() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut messages = BTreeSet::new();
    let Some(folder) = std::env::var_os("KMIP_TEST_CASES").map(PathBuf::from) else { return Ok(Vec::new()) };
    for file in files(&folder.join("oasis/resolved"), "hex")? {
        for line in fs::read_to_string(file)?.lines() {
            messages.insert(bytes_of(line).ok_or("a line of hex digits")?);
        }
    }
    for file in files(&folder.join("captures"), "bin")? {
        messages.insert(fs::read(file)?);
    }
    if messages.is_empty() {
        return Err(format!("{} has neither oasis/resolved nor captures", folder.display()).into());
    }
    Ok(messages.into_iter().collect())
}

/// The files below a folder with this extension; none if there is no such folder.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(files(&path, extension)?);
            } else if path.extension().is_some_and(|is| is == extension) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.trim();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

struct Corpus(PathBuf);

impl Corpus {
    /// Adds an input for these targets, in a file that is named for what is in it.
    fn add(&self, targets: &[&str], input: &[u8]) -> Result<(), Box<dyn Error>> {
        // FNV-1a: a name, and no more.
        let hash = input
            .iter()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3));
        for target in targets {
            let folder = self.0.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("seed-{hash:016x}")), input)?;
        }
        Ok(())
    }
}
