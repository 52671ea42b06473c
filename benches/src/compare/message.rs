//! A message to measure on.

use std::path::Path;
use std::{fs, io};

use kmip_ttlv::{Tag, Walk};

use crate::Workload;
use crate::driver::{from_hex, to_hex};

/// A message, and the counts that a stack has to report for it.
pub struct Message {
    /// The name in tables.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The number of batch items.
    pub batch_items: usize,
    /// The number of items of any depth.
    pub items: usize,
}

impl Message {
    /// Makes W1 to W5.
    #[must_use]
    pub fn workloads() -> Vec<Self> {
        let made = Workload::all().into_iter().map(|w| Self::new(w.name.into(), w.frame));
        made.collect::<Result<_, _>>().expect("the workloads are TTLV")
    }

    /// Reads a message from a file, as bytes or as hexadecimal digits.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, or holds no TTLV.
    pub fn read(file: &Path) -> io::Result<Self> {
        let bytes =
            fs::read(file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
        let bytes = from_spaced_hex(&bytes).unwrap_or(bytes);
        let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        Self::new(name, bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", file.display())))
    }

    fn new(name: String, bytes: Vec<u8>) -> Result<Self, kmip_ttlv::Error> {
        let (mut items, mut batch_items) = (0, 0);
        for visit in Walk::new(&bytes) {
            let visit = visit?;
            items += 1;
            batch_items += usize::from(visit.depth == 1 && visit.item.tag() == Tag::BATCH_ITEM);
        }
        Ok(Self { name, bytes, batch_items, items })
    }
}

/// The command that hands these bytes to a stack.
pub(super) fn command(bytes: &[u8]) -> String {
    format!("message {}", to_hex(bytes))
}

/// The bytes that hexadecimal digits stand for, which may be spaced; `None` if there is anything else, or nothing.
fn from_spaced_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: String = std::str::from_utf8(text).ok()?.split_ascii_whitespace().collect();
    from_hex(&digits).filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Message, from_spaced_hex, to_hex};

    #[test]
    fn hexadecimal_digits_are_bytes() {
        assert_eq!(from_spaced_hex(b"42 00\n7b"), Some(vec![0x42, 0, 0x7B]));
        for text in [&b""[..], b" ", b"420", b"4g", b"\x42\x00\x7B\x01"] {
            assert_eq!(from_spaced_hex(text), None);
        }
    }

    #[test]
    fn counts_what_the_messages_hold() {
        let messages = Message::workloads();
        assert_eq!(messages.iter().map(|message| message.batch_items).collect::<Vec<_>>(), [1, 1, 1, 1_000, 1]);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mine.hex");
        std::fs::write(&file, to_hex(&messages[0].bytes)).expect("it is written");
        let mine = Message::read(&file).expect("it is read");
        assert_eq!((&*mine.name, &mine.bytes, mine.items), ("mine", &messages[0].bytes, messages[0].items));
        std::fs::write(&file, "neither").expect("it is written");
        assert!(Message::read(&file).is_err());
    }
}
