//! A message to measure on, as a file that every stack can read.

use std::path::{Path, PathBuf};
use std::{fs, io};

use kmip_ttlv::{Tag, Walk};

use crate::Workload;

/// A message, its file, and the counts that a stack has to report for it.
pub struct MessageFile {
    /// The name in tables.
    pub name: String,
    /// The file that holds the bytes.
    pub path: PathBuf,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The number of batch items.
    pub batch_items: usize,
    /// The number of items of any depth.
    pub items: usize,
}

impl MessageFile {
    /// Writes W1 to W5 into a folder.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written.
    pub fn workloads(folder: &Path) -> io::Result<Vec<Self>> {
        Workload::all().into_iter().map(|w| Self::write(folder, w.name.into(), w.frame)).collect()
    }

    /// Reads a message, as bytes or as hexadecimal digits, and writes it as bytes into a folder.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or written, or holds no TTLV.
    pub fn read(folder: &Path, file: &Path) -> io::Result<Self> {
        let bytes = fs::read(file)?;
        let bytes = from_hex(&bytes).unwrap_or(bytes);
        let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        Self::write(folder, name, bytes)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
    }

    fn write(folder: &Path, name: String, bytes: Vec<u8>) -> io::Result<Self> {
        let (mut items, mut batch_items) = (0, 0);
        for visit in Walk::new(&bytes) {
            let visit = visit.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
            items += 1;
            batch_items += usize::from(visit.depth == 1 && visit.item.tag() == Tag::BATCH_ITEM);
        }
        let path = folder.join(format!("{name}.ttlv"));
        fs::write(&path, &bytes)?;
        Ok(Self { name, path, bytes, batch_items, items })
    }
}

/// The bytes that hexadecimal digits stand for; `None` if there is anything else but white space.
fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| char::from(*byte).to_digit(16)?.try_into().ok())
        .collect();
    let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
    (rest.is_empty() && !pairs.is_empty()).then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::{MessageFile, from_hex};

    #[test]
    fn hexadecimal_digits_are_bytes() {
        assert_eq!(from_hex(b"42 00\n7b"), Some(vec![0x42, 0, 0x7B]));
        for text in [&b""[..], b" ", b"420", b"4g", b"\x42\x00\x7B\x01"] {
            assert_eq!(from_hex(text), None);
        }
    }

    #[test]
    fn what_is_counted_is_what_the_messages_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let messages = MessageFile::workloads(folder.path()).expect("they are written");
        assert_eq!(messages.iter().map(|message| message.batch_items).collect::<Vec<_>>(), [1, 1, 1, 1_000, 1]);
        let hex = messages[0].bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        let file = folder.path().join("mine.hex");
        std::fs::write(&file, hex).expect("it is written");
        let mine = MessageFile::read(folder.path(), &file).expect("it is read");
        assert_eq!((&*mine.name, &mine.bytes, mine.items), ("mine", &messages[0].bytes, messages[0].items));
        std::fs::write(&file, "neither").expect("it is written");
        assert!(MessageFile::read(folder.path(), &file).is_err());
    }
}
