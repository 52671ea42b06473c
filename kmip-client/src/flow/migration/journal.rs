//! The journal of a migration: a line for each copied object, synced to disk before the next object is started.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::flow::FlowError;

/// The first line of every journal.
const HEADER: &str = "kmip migration journal 1\n";

/// The journal's entry for one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) copy: String,
    pub(super) left_out: Vec<String>,
}

/// An open journal.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    entries: BTreeMap<String, Entry>,
}

impl Journal {
    /// Opens the journal, or creates an empty one. An incomplete last line is dropped.
    #[inline]
    pub(super) fn open(path: &Path) -> Result<Self, FlowError> {
        Self::try_open(path).map_err(|source| FlowError::Journal { path: path.to_owned(), source })
    }

    #[inline]
    fn try_open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(invalid("a journal is a regular file, and this is a device, a pipe or a folder"));
        }
        // The rest of another file is not read: it may be of any size.
        let mut start = Vec::new();
        (&file).take(HEADER.len() as u64).read_to_end(&mut start)?;
        if start != HEADER.as_bytes().get(..start.len()).unwrap_or_default() {
            return Err(invalid("it is not the journal of a migration"));
        }
        let mut text = HEADER[..start.len()].to_owned();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let text = &text[..whole];
        let lines = text.strip_prefix(HEADER).unwrap_or_default().lines();
        let entries = lines.map(parse).collect::<io::Result<_>>()?;
        if text.is_empty() {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(HEADER.as_bytes())?;
        } else {
            file.set_len(whole as u64)?;
            file.seek(SeekFrom::End(0))?;
        }
        file.sync_all()?;
        sync_folder(path)?;
        Ok(Self { file, path: path.to_owned(), entries })
    }

    /// Returns the objects that earlier runs copied, by their identifiers.
    #[inline]
    pub(super) fn entries(&self) -> BTreeMap<String, Entry> {
        self.entries.clone()
    }

    /// Records that an object was copied. The entry is on disk when this returns.
    ///
    /// A second entry for an object replaces the first.
    #[inline]
    pub(super) fn record(&mut self, id: &str, copy: &str, left_out: &[String]) -> Result<(), FlowError> {
        let mut line = format!("{}\t{}", escape(id), escape(copy));
        for name in left_out {
            line.push('\t');
            line.push_str(&escape(name));
        }
        line.push('\n');
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|source| FlowError::Journal { path: self.path.clone(), source })
    }
}

/// Syncs the folder, so that the name of a new file is on disk too.
#[inline]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[inline]
fn parse(line: &str) -> io::Result<(String, Entry)> {
    let mut fields = line.split('\t').map(unescape);
    let (Some(Some(id)), Some(Some(copy))) = (fields.next(), fields.next()) else {
        return Err(invalid("one of its lines is damaged"));
    };
    let left_out = fields.collect::<Option<_>>().ok_or_else(|| invalid("one of its lines is damaged"))?;
    Ok((id, Entry { copy, left_out }))
}

#[inline]
fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Escapes tabs, line ends and the escape character itself, so that an entry stays on one line.
#[inline]
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[inline]
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next()? {
                '\\' => '\\',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            other => other,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("kmip-journal-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_journal_knows_what_was_recorded_and_drops_a_torn_line() {
        let path = temporary("torn");
        let left_out = ["Link".to_owned(), "x-a\\b".to_owned()];
        let mut journal = Journal::open(&path).expect("the folder is writable");
        for left_out in [&[][..], &left_out[..]] {
            journal.record("here\n1", "there\t1", left_out).expect("the folder is writable");
        }
        drop(journal);
        let mut file = OpenOptions::new().append(true).open(&path).expect("it was just made");
        file.write_all(b"here2\tthe").expect("the folder is writable");
        drop(file);

        let journal = Journal::open(&path).expect("a torn line is no damage");
        let entry = Entry { copy: "there\t1".to_owned(), left_out: left_out.to_vec() };
        assert_eq!(journal.entries(), BTreeMap::from([("here\n1".to_owned(), entry)]));
        assert!(!std::fs::read_to_string(&path).expect("it is text").contains("here2"));
        let _ = std::fs::remove_file(path);
    }

    #[test]
    fn another_file_is_not_taken_for_a_journal() {
        let path = temporary("other");
        for text in ["precious", "precious\n", "kmip migration journal 2\n"] {
            std::fs::write(&path, text).expect("the folder is writable");
            let error = Journal::open(&path).expect_err("it is another file").to_string();
            assert!(error.contains("not the journal"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).expect("it is text"), text);
        }
        let _ = std::fs::remove_file(path);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_without_end_is_not_read() {
        let error = Journal::open(Path::new("/dev/zero")).expect_err("it is a device").to_string();
        assert!(error.contains("regular file"), "{error}");
    }
}
