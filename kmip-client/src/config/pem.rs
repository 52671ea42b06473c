//! PEM (RFC 7468, and the RFC 1421 headers that OpenSSL's older key files have).
//!
//! Ours, because the parser of rustls skips what it does not know, so that an encrypted key would be reported as no
//! key, and because it frees the text of a key without wiping it. Here a decoded block is wiped when it drops.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::error::{ConfigError, Input, NotPem};

/// Why there is no PEM to read.
pub(crate) enum PemError {
    NotPem(NotPem),
    Broken { line: usize, problem: &'static str },
}

impl PemError {
    /// Names the input of a configuration.
    pub(super) fn of(input: Input) -> impl Fn(Self) -> ConfigError {
        move |error| match error {
            Self::NotPem(seen) => ConfigError::NotPem { input, seen },
            Self::Broken { line, problem } => ConfigError::BrokenPem { input, line, problem },
        }
    }
}

/// One block of a PEM file.
pub(crate) struct Block<'a> {
    /// What stands after `BEGIN`: `CERTIFICATE`, `PRIVATE KEY`, ...
    pub(crate) label: &'a str,
    /// Whether an RFC 1421 header says that the content is encrypted.
    pub(crate) encrypted: bool,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The longest label that is in use has 22 characters. The limit keeps a damaged key file out of error messages.
const MAX_LABEL: usize = 32;

/// All blocks of a file, at least one. What stands between them is comment.
///
/// Line breaks are not asked for: a file that went through an environment variable or a YAML file has often lost them.
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
        let encrypted = find(body, b"Proc-Type:").is_some() && find(body, b"ENCRYPTED").is_some();
        let der = if encrypted { Zeroizing::default() } else { decode(body).ok_or(broken("it is not base64"))? };
        blocks.push(Block { label, encrypted, der });
        rest = after;
    }
    if blocks.is_empty() {
        return Err(PemError::NotPem(what_is_it(pem)));
    }
    Ok(blocks)
}

/// Refuses PEM where DER is expected: the commonest mistake, which would be reported as a damaged file.
pub(super) fn is_der(input: Input, bytes: &[u8]) -> Result<(), ConfigError> {
    match bytes {
        // A sequence, as all that is given in DER: text in it may be anything.
        [0x30, ..] => Ok(()),
        _ if find(bytes, BEGIN).is_some() => Err(ConfigError::NotDer { input }),
        _ => Ok(()),
    }
}

/// Splits `LABEL-----...` behind the dashes.
fn label(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = find(&text[..text.len().min(MAX_LABEL + DASHES.len())], DASHES)?;
    let (label, rest) = text.split_at(end);
    let plain = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ');
    if !label.iter().all(plain) {
        return None;
    }
    Some((str::from_utf8(label).ok()?, &rest[DASHES.len()..]))
}

/// The bytes of a block. Headers (lines with a colon) and white space are left out; nothing else may be there.
fn decode(body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(body.len()));
    for line in body.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.contains(&b':')) {
        buffer.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
    }
    let len = Base64::decode_in_place(&mut buffer).ok()?.len();
    buffer.truncate(len);
    Some(buffer)
}

/// Why a file has no block at all.
fn what_is_it(bytes: &[u8]) -> NotPem {
    match bytes {
        _ if bytes.trim_ascii().is_empty() => NotPem::Empty,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => NotPem::Utf16,
        // A DER sequence with a length of more than 127 bytes: certificate, key or PKCS#12 file.
        [0x30, 0x81..=0x84, ..] => NotPem::Der,
        _ => NotPem::Other,
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn count_lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}
