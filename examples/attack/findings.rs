//! Faults of a server, written down so that they can be reproduced.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use kmip_client::protocol::message::RequestMessage;
use kmip_client::ttlv::{Rules, Text};

use crate::message::Kind;

/// The maximum number of findings of one kind and operation that are written down. The others are counted.
const WRITTEN: usize = 3;

pub(crate) struct Findings {
    folder: PathBuf,
    /// The number of occurrences, by fault and request.
    seen: BTreeMap<(&'static str, String, String), usize>,
    written: usize,
}

/// A finding.
pub(crate) struct Finding<'f> {
    /// The kind of fault, in one word that names files.
    pub(crate) what: &'static str,
    /// The fault, in a sentence.
    pub(crate) detail: String,
    pub(crate) kind: Kind,
    pub(crate) request: &'f [u8],
    /// The answer, if any.
    pub(crate) answer: &'f [u8],
}

impl Findings {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), seen: BTreeMap::new(), written: 0 })
    }

    /// Counts a finding, and writes it down if it is one of the first of its kind: the request as hex, and both
    /// messages as text.
    pub(crate) fn add(&mut self, finding: &Finding<'_>) -> io::Result<()> {
        let operations = operations(finding.request);
        let count = self.seen.entry((finding.what, operations.clone(), finding.detail.clone())).or_default();
        *count += 1;
        if *count > WRITTEN {
            return Ok(());
        }
        self.written += 1;
        let name = format!("{:04}-{}", self.written, finding.what);
        fs::write(self.folder.join(format!("{name}.hex")), hex(finding.request))?;
        let mut text = format!("{}\nto a message that is {:?}, of {operations}\n\n", finding.detail, finding.kind);
        _ = write!(text, "{}", Text::new(finding.request).show_secrets());
        if !finding.answer.is_empty() {
            _ = write!(text, "\nanswered by\n\n{}\n{}", Text::new(finding.answer), hex(finding.answer));
        }
        fs::write(self.folder.join(format!("{name}.txt")), text)
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.values().sum()
    }

    /// Prints all kinds, the most frequent first, and leaves the list in the folder too.
    pub(crate) fn report(&self, head: &str) -> io::Result<()> {
        let mut kinds: Vec<_> = self.seen.iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let mut report = head.to_owned();
        for ((what, operations, detail), count) in kinds {
            _ = writeln!(report, "{count:>7}  {what:<16} {operations}: {detail}");
        }
        print!("{report}");
        fs::write(self.folder.join("report.txt"), report)
    }
}

/// The operations of a request, as far as it can be read.
pub(crate) fn operations(request: &[u8]) -> String {
    match RequestMessage::decode_message(request, Rules::STRICT.skip_unknown().any_padding()) {
        Ok((message, _)) => {
            let mut names: Vec<_> = message.batch_items.iter().map(|item| item.operation.to_string()).collect();
            names.sort();
            names.dedup();
            names.join("+")
        }
        Err(_) => "something unreadable".into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    hex.push('\n');
    hex
}
