//! Output for humans: 80 columns, and no error if the reader has closed it.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::exit::{Failure, report};

/// The width of the output in columns.
const COLUMNS: usize = 80;

/// The output of an example.
pub type Output<'o> = dyn Write + Send + 'o;

/// Runs an example: parses the arguments, prints to standard output, and turns an error into one line on standard error
/// and an exit code.
pub fn main<A: Parser>(run: impl FnOnce(&A, &mut Output<'_>) -> Result<(), Failure>) -> ExitCode {
    let arguments = A::parse();
    let mut output = io::LineWriter::new(io::stdout());
    let ended = run(&arguments, &mut output).and_then(|()| Ok(output.flush()?));
    let Err(failure) = ended else { return ExitCode::SUCCESS };
    if !matches!(failure, Failure::ClosedPipe) {
        // Without a terminal the error cannot be printed.
        let _ = writeln!(io::stderr(), "error: {}", report(&failure));
    }
    ExitCode::from(failure.exit_code())
}

/// Escapes what would control a terminal or hide in it: escape sequences, line breaks, marks that change the direction
/// of text. Identifiers and names come from a server, and the terminal is the reader's.
///
/// ```
/// assert_eq!(examples::printable("vm-42"), "vm-42");
/// assert_eq!(examples::printable("\u{1b}]0;owned\u{7}\u{202e}"), "\\u{1b}]0;owned\\u{7}\\u{202e}");
/// ```
pub fn printable(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' => escaped.push(character),
            other => escaped.extend(other.escape_debug()),
        }
    }
    escaped
}

/// Does the same for JSON, in its own notation.
///
/// ```
/// assert_eq!(examples::printable_json("\"\u{202e}\u{e4}\""), "\"\\u202e\u{e4}\"");
/// ```
pub fn printable_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        let mut buffer = [0; 4];
        let text: &str = character.encode_utf8(&mut buffer);
        if character == '\n' || printable(text) == text {
            escaped.push(character);
            continue;
        }
        // Such characters stand in strings only.
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

/// Wraps a text to lines of 80 columns.
///
/// ```
/// let text = examples::wrap("No endpoint answers. Existing disks stay readable while their key is in the cache of this host.");
/// assert!(text.lines().all(|line| line.len() <= 80));
/// ```
pub fn wrap(text: &str) -> String {
    filled(String::new(), 0, text)
}

/// Formats a label in a column of 12, after a margin, and beside it the text, wrapped to lines of 80 columns.
///
/// ```
/// let text = examples::labelled(2, "status", "Degraded: kms-1.example:5696 is unreachable, kms-2.example:5696 is normal");
/// assert!(text.starts_with("  status      Degraded: ") && text.lines().all(|line| line.len() <= 80));
/// ```
pub fn labelled(margin: usize, label: &str, text: &str) -> String {
    filled(format!("{:margin$}{label:<12}", ""), margin + 12, text)
}

/// Adds words to a line, and starts further lines with this many spaces.
fn filled(mut lines: String, indent: usize, text: &str) -> String {
    let mut column = lines.chars().count();
    let mut is_first = true;
    for word in text.split_whitespace().flat_map(|word| pieces(word, COLUMNS - indent)) {
        let width = word.chars().count();
        if !is_first && column + 1 + width > COLUMNS {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        } else if !is_first {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
        is_first = false;
    }
    lines
}

/// Splits a word that is wider than a line, such as a thumbprint.
fn pieces(mut word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while let Some((cut, _)) = word.char_indices().nth(width) {
        let (piece, rest) = word.split_at(cut);
        pieces.push(piece);
        word = rest;
    }
    pieces.push(word);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_not_wider_than_a_terminal() {
        let text = format!("presented {} and more {}", "AB:".repeat(40), "words ".repeat(30));
        for lines in [wrap(&text), labelled(2, "status", &text)] {
            assert!(lines.lines().all(|line| line.chars().count() <= COLUMNS), "{lines}");
            assert_eq!((lines.matches('A').count(), lines.matches("words").count()), (40, 30), "{lines}");
        }
        assert_eq!(labelled(0, "status", ""), "status      ");
    }
}
