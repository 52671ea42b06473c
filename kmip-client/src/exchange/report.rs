//! Errors as one line of text, and text from the network in a form that is safe for logs and terminals.

use std::error::Error;
use std::fmt::{self, Write};

/// An error with all of its causes, in one line.
///
/// Each cause follows a colon. A cause whose text is already in the line is omitted. The line has no control
/// characters, line breaks or marks that change the direction of text, whatever a server sent. At most 1,000 characters
/// of a server's text are included.
///
/// [`Error::report`](crate::Error::report) creates one, and so do the other errors of this crate. [`Report::new`] takes
/// any error:
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use kmip_client::{Config, Report, Trust, blocking::Client};
///
/// fn run() -> Result<(), Box<dyn std::error::Error>> {
///     let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d")?;
///     Client::connect(&Config::new("127.0.0.1:1").trust(trust))?;
///     Ok(())
/// }
///
/// let line = run().map_err(|error| Report::new(&*error).to_string()).unwrap_err();
/// assert!(line.starts_with("cannot reach 127.0.0.1:1: no connection could be made"), "{line}");
/// # }
/// ```
///
/// It is `Send` and `Sync` if the error is, as all of this crate are, so that async code may await something while there
/// is a report: `sender.send(error.report().to_string()).await`.
pub struct Report<'e, E: Error + ?Sized = dyn Error + Send + Sync>(&'e E);

impl<'e> Report<'e> {
    /// Creates a report of an error of this crate. One type for all of them, so that its code is compiled once.
    pub(crate) fn of(error: &'e (dyn Error + Send + Sync + 'static)) -> Self {
        Self(error)
    }
}

impl<'e, E: Error + ?Sized> Report<'e, E> {
    /// Creates a report of an error and its causes.
    #[must_use]
    pub fn new(error: &'e E) -> Self {
        Self(error)
    }
}

impl<E: Error + ?Sized> Clone for Report<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Error + ?Sized> Copy for Report<'_, E> {}

impl<E: Error + ?Sized> fmt::Display for Report<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In the alternate form, an error may print more than its own line.
        write_line(f, format!("{:#}", self.0), self.0.source())
    }
}

impl<E: Error + ?Sized> fmt::Debug for Report<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes an error and its causes, without repetitions.
fn write_line(f: &mut fmt::Formatter<'_>, mut line: String, mut next: Option<&(dyn Error + 'static)>) -> fmt::Result {
    while let Some(cause) = next {
        let text = format!("{cause:#}");
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = cause.source();
    }
    escape(f, line.chars())
}

/// Text from the network, escaped and truncated.
pub(crate) struct Printable<'t> {
    text: &'t str,
    longest: usize,
}

impl<'t> Printable<'t> {
    /// The longest text from a peer that an error contains, in characters.
    const LONGEST: usize = 1000;

    pub(crate) const fn new(text: &'t str) -> Self {
        Self::within(text, Self::LONGEST)
    }

    /// Truncates the text after `longest` characters.
    pub(crate) const fn within(text: &'t str, longest: usize) -> Self {
        Self { text, longest }
    }
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(f, self.text.chars().take(self.longest))?;
        match self.text.chars().nth(self.longest) {
            Some(_) => write!(f, "... ({} bytes in all)", self.text.len()),
            None => Ok(()),
        }
    }
}

/// Writes characters. Control characters of terminals and invisible ones are escaped.
fn escape(f: &mut fmt::Formatter<'_>, text: impl Iterator<Item = char>) -> fmt::Result {
    for character in text {
        match character {
            '"' | '\'' | '\\' => f.write_char(character)?,
            other => write!(f, "{}", other.escape_debug())?,
        }
    }
    Ok(())
}

/// Bytes from the network as hexadecimal digits, truncated after the first bytes.
pub(crate) struct Hex<'b>(pub(crate) &'b [u8]);

impl fmt::Debug for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 32;
        for byte in self.0.iter().take(LONGEST) {
            write!(f, "{byte:02x}")?;
        }
        match self.0.len() {
            length @ 33.. => write!(f, "... ({length} bytes in all)"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Told {
        text: &'static str,
        source: Option<Box<Told>>,
    }

    fn told(texts: &[&'static str]) -> Option<Box<Told>> {
        let (text, causes) = texts.split_first()?;
        Some(Box::new(Told { text, source: told(causes) }))
    }

    #[test]
    fn a_cause_that_was_told_is_not_told_again() {
        let error = told(&["it broke", "no connection: refused", "refused", "errno\n111"]);
        let error = error.expect("there is one");
        assert_eq!(Report::new(&*error).to_string(), "it broke: no connection: refused: errno\\n111");
    }

    #[test]
    fn text_is_fit_for_a_terminal() {
        let printed = |text: &str| Printable::new(text).to_string();
        assert_eq!(printed("K\u{e4}se \\, \"GmbH\""), "K\u{e4}se \\, \"GmbH\"");
        assert_eq!(printed("a\u{1b}[2J\r\nb\u{202e}"), "a\\u{1b}[2J\\r\\nb\\u{202e}");
        assert_eq!(
            printed("\u{2028}\u{2029}\u{2066}\u{200b}\u{85}\u{feff}\0"),
            "\\u{2028}\\u{2029}\\u{2066}\\u{200b}\\u{85}\\u{feff}\\0"
        );
        assert_eq!(printed(&"x".repeat(1000)), "x".repeat(1000));
        assert_eq!(printed(&"\u{e4}".repeat(1001)), "\u{e4}".repeat(1000) + "... (2002 bytes in all)");
    }

    #[test]
    fn bytes_are_cut() {
        assert_eq!(format!("{:?}", Hex(b"\x00\xff")), "00ff");
        assert_eq!(format!("{:?}", Hex(&[7; 33])), "07".repeat(32) + "... (33 bytes in all)");
    }
}
