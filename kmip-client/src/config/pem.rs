//! PEM (RFC 7468), with the RFC 1421 headers of encrypted keys as OpenSSL wrote them before PKCS#8.
//!
//! The parser of rustls skips unknown labels, so that an encrypted key would be reported as missing, and frees the text
//! of a key without wiping it. Here a decoded block is wiped on drop.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::error::ConfigError;
use super::input::{Input, NotPem};

/// The reason for which there is no PEM to read.
pub(crate) enum PemError {
    NotPem(NotPem),
    Broken { line: usize, problem: &'static str },
}

impl PemError {
    /// Adds the input of a configuration to the error.
    pub(super) fn of(input: Input) -> impl Fn(Self) -> ConfigError {
        move |error| match error {
            Self::NotPem(seen) => ConfigError::NotPem { input, seen },
            Self::Broken { line, problem } => ConfigError::BrokenPem { input, line, problem },
        }
    }
}

/// The label of a private key in PKCS#8 (RFC 5958).
pub(crate) const PKCS8: &str = "PRIVATE KEY";

/// The label of a passphrase-protected private key in PKCS#8.
pub(crate) const ENCRYPTED_PKCS8: &str = "ENCRYPTED PRIVATE KEY";

/// One block of a PEM file.
pub(crate) struct Block<'a> {
    /// The label after `BEGIN`: `CERTIFICATE`, `PRIVATE KEY`, ...
    pub(crate) label: &'a str,
    /// The encryption of the content, if RFC 1421 headers state one.
    pub(crate) encryption: Option<Encryption<'a>>,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// The value of the header `DEK-Info` (RFC 1421, 4.6.1.3), as far as it can be read.
#[cfg_attr(not(feature = "passphrase"), allow(dead_code, reason = "only a passphrase opens it"))]
pub(crate) struct Encryption<'a> {
    /// The cipher, by OpenSSL's name: `AES-256-CBC`.
    pub(crate) cipher: &'a str,
    /// The initialization vector, in hexadecimal.
    pub(crate) iv: &'a str,
}

impl Block<'_> {
    /// Returns the form in which the block is encrypted, if it is.
    pub(crate) fn encrypted_form(&self) -> Option<&'static str> {
        match self.label {
            _ if self.encryption.is_some() => Some("Proc-Type: 4,ENCRYPTED"),
            ENCRYPTED_PKCS8 => Some(ENCRYPTED_PKCS8_FORM),
            _ => None,
        }
    }
}

/// The name of the form of [`ENCRYPTED_PKCS8`] in errors.
pub(crate) const ENCRYPTED_PKCS8_FORM: &str = "PKCS#8 ENCRYPTED PRIVATE KEY";

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The longest label in use has 22 characters. The limit keeps a damaged key file out of error messages.
const MAX_LABEL: usize = 32;

/// Parses all blocks of a file, at least one. Text between them is a comment.
///
/// Line breaks may be missing, because environment variables and YAML files often lose them.
pub(crate) fn blocks(pem: &[u8]) -> Result<Vec<Block<'_>>, PemError> {
    let mut blocks = Vec::new();
    let mut rest = pem;
    while let Some(at) = find(rest, BEGIN) {
        let line = 1 + count_lines(&pem[..pem.len() - rest.len() + at]);
        let broken = |problem| PemError::Broken { line, problem };

        let (label, content) = label(&rest[at + BEGIN.len()..]).ok_or(broken("its BEGIN line is damaged"))?;
        let end = find(content, DASHES).ok_or(broken("its END line is missing"))?;
        let (body, tail) = content.split_at(end);
        let (end_label, after) =
            tail.strip_prefix(END).and_then(self::label).ok_or(broken("its END line is missing"))?;
        if end_label != label {
            return Err(broken("its END line names something else than its BEGIN line"));
        }
        let (encryption, body) = encryption(body).map_or((None, body), |(found, body)| (Some(found), body));
        let der = decode(body).ok_or(broken("it is not base64"))?;
        blocks.push(Block { label, encryption, der });
        rest = after;
    }
    if blocks.is_empty() {
        return Err(PemError::NotPem(identify(pem)));
    }
    Ok(blocks)
}

/// Refuses PEM where DER is expected: the most common mistake, which would be reported as a damaged file.
pub(super) fn is_der(input: Input, bytes: &[u8]) -> Result<(), ConfigError> {
    match bytes {
        // Every DER input is a sequence, which may contain any text.
        [0x30, ..] => Ok(()),
        _ if find(bytes, BEGIN).is_some() => Err(ConfigError::NotDer { input }),
        _ => Ok(()),
    }
}

/// Splits `LABEL-----...` after the dashes.
fn label(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = find(&text[..text.len().min(MAX_LABEL + DASHES.len())], DASHES)?;
    let (label, rest) = text.split_at(end);
    let plain = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ');
    if !label.iter().all(plain) {
        return None;
    }
    Some((str::from_utf8(label).ok()?, &rest[DASHES.len()..]))
}

/// Splits the headers of an encrypted block from its base64.
///
/// They end after the initialization vector, which is found without line breaks too.
fn encryption(body: &[u8]) -> Option<(Encryption<'_>, &[u8])> {
    const DEK_INFO: &[u8] = b"DEK-Info:";
    find(body, b"Proc-Type:").filter(|_| find(body, b"ENCRYPTED").is_some())?;
    let nothing = (Encryption { cipher: "", iv: "" }, &b""[..]);
    let Some(at) = find(body, DEK_INFO) else { return Some(nothing) };
    let value = body[at + DEK_INFO.len()..].trim_ascii_start();
    let (value, base64) = value.split_at(value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len()));
    let split = str::from_utf8(value).ok().and_then(|value| value.split_once(','));
    Some(split.map_or(nothing, |(cipher, iv)| (Encryption { cipher, iv }, base64)))
}

/// Decodes the base64 of a block, without headers (lines with a colon) and white space. Anything else is an error.
fn decode(body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(body.len()));
    for line in body.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.contains(&b':')) {
        buffer.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
    }
    let len = Base64::decode_in_place(&mut buffer).ok()?.len();
    buffer.truncate(len);
    Some(buffer)
}

/// Describes a file without any block.
fn identify(bytes: &[u8]) -> NotPem {
    let text = str::from_utf8(bytes).map(str::trim);
    match (bytes, text) {
        (_, Ok("")) => NotPem::Empty,
        ([0xFF, 0xFE, ..] | [0xFE, 0xFF, ..], _) => NotPem::Utf16,
        ([b'-', 0, ..] | [0, b'-', ..], _) => NotPem::Utf16,
        ([0xFE, 0xED, 0xFE, 0xED, ..] | [0xCE, 0xCE, 0xCE, 0xCE, ..], _) => NotPem::JavaKeystore,
        // Every DER input is a sequence. Text may start with the digit 0, which is the same byte.
        ([0x30, 0x81..=0x84, ..], _) => NotPem::Der,
        ([0x30, length, rest @ ..], Err(_)) if usize::from(*length) == rest.len() => NotPem::Der,
        (_, Ok(text)) if is_base64_of_der(text) => NotPem::Base64,
        (_, Ok(text)) if is_path(text) => NotPem::Path,
        _ => NotPem::Other,
    }
}

/// Returns `true` for the body of PEM without its boundary lines: base64 that starts with a sequence.
fn is_base64_of_der(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let shortest = 64;
    text.len() >= shortest
        && text.starts_with('M')
        && text.bytes().all(|byte| base64(byte) || byte.is_ascii_whitespace())
}

/// Returns `true` for a line with the name of a file instead of its contents.
fn is_path(text: &str) -> bool {
    const ENDINGS: [&str; 10] = [".pem", ".crt", ".cer", ".cert", ".key", ".der", ".p12", ".pfx", ".crl", ".ca"];
    const LONGEST: usize = 4096;
    let lower = text.to_ascii_lowercase();
    text.len() <= LONGEST
        && !text.chars().any(char::is_control)
        && !text.starts_with(['<', '{', '['])
        && (text.contains(['/', '\\']) || ENDINGS.iter().any(|ending| lower.ends_with(ending)))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn count_lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}
