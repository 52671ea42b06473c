//! Parses the answer to a command.

use serde::Deserialize;

use super::Fault;

/// An answer of a stack. Fields that a later version of the protocol adds are ignored.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The version of the protocol; to `hello`.
    pub protocol: Option<u32>,
    /// The name of the stack; to `hello`.
    pub name: Option<String>,
    /// The version of the stack; to `hello`.
    pub version: Option<String>,
    /// The nanoseconds of all repetitions together.
    pub ns: Option<u64>,
    /// The size of the last repetition: batch items, bytes or items.
    pub count: Option<usize>,
    /// The encoded message; to `bytes`.
    pub hex: Option<String>,
    /// The reason for which the command failed.
    pub error: Option<String>,
}

impl Answer {
    /// Parses a line.
    ///
    /// # Errors
    ///
    /// Returns [`Fault::Untrue`] if it is not a JSON object with these types, and [`Fault::Declined`] if it is an
    /// `error`.
    pub fn parse(line: &str) -> Result<Self, Fault> {
        // Through an object: a struct could be made of an array too.
        let answer: Self = serde_json::from_str(line)
            .and_then(|object: serde_json::Map<_, _>| serde_json::from_value(object.into()))
            .map_err(|error| Fault::Untrue(format!("answered {:?}, which is no answer: {error}", start_of(line))))?;
        match answer.error {
            Some(why) => Err(Fault::Declined(start_of(&why).into())),
            None => Ok(answer),
        }
    }
}

/// Returns the first line of a text from a stack, shortened for reports.
pub(super) fn start_of(text: &str) -> &str {
    const MOST: usize = 120;
    let line = text.trim().lines().next().unwrap_or_default();
    let end = line.char_indices().nth(MOST).map_or(line.len(), |(end, _)| end);
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::{Answer, Fault, start_of};

    #[test]
    fn fields_are_optional_and_unknown_ones_ignored() {
        let answer = Answer::parse(r#"{"ns": 12, "count": 3, "cycles": 7}"#).expect("an answer");
        assert_eq!(answer, Answer { ns: Some(12), count: Some(3), ..Answer::default() });
        assert_eq!(Answer::parse("{}"), Ok(Answer::default()));
    }

    #[test]
    fn an_error_is_declined_and_anything_else_untrue() {
        assert_eq!(
            Answer::parse(r#"{"error": "no such operation"}"#),
            Err(Fault::Declined("no such operation".into()))
        );
        for line in
            ["", "ok", "[]", "12", r#"{"count": -1}"#, r#"{"count": "12"}"#, r#"{"count": 1.5}"#, r#"{"count": 12"#]
        {
            assert!(matches!(Answer::parse(line), Err(Fault::Untrue(_))), "{line}");
        }
    }

    #[test]
    fn reports_take_one_short_line() {
        assert_eq!(start_of("one\ntwo"), "one");
        assert_eq!(start_of(&"\u{e9}".repeat(500)).chars().count(), 120);
    }
}
