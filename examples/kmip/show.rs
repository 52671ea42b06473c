//! Output: tables for humans, JSON for programs.

use std::io::{IsTerminal, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use examples::{Failure, Output, printable, printable_json};
use serde_json::{Map, Value, json};

/// The width of a table.
const COLUMNS: u16 = 80;

/// The format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    People,
    Json,
}

impl Format {
    pub(crate) fn new(json: bool) -> Self {
        if json { Self::Json } else { Self::People }
    }

    /// Prints rows under these headings; in JSON a list of objects with the headings, in lower case, as names.
    pub(crate) fn table(self, headings: &[&str], rows: &[Vec<String>], output: &mut Output<'_>) -> Result<(), Failure> {
        if self == Self::Json {
            let objects: Vec<_> = rows.iter().map(|row| object(headings, row)).collect();
            return self.value(&Value::Array(objects), output);
        }
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(COLUMNS);
        table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
        table.add_rows(rows.iter().map(|row| row.iter().map(|cell| printable(cell))));
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if index == 0 {
                // A wrapped identifier cannot be copied.
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        for line in table.lines() {
            writeln!(output, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Prints one result: `text` for humans, `value` for programs.
    pub(crate) fn one(self, text: &str, value: &Value, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            // Some texts have several lines; each is escaped.
            Self::People => Ok(text.lines().try_for_each(|line| writeln!(output, "{}", printable(line)))?),
            Self::Json => self.value(value, output),
        }
    }

    /// Prints an identifier, without decoration, so that scripts can use it.
    pub(crate) fn id(self, id: &str, output: &mut Output<'_>) -> Result<(), Failure> {
        self.one(id, &json!({ "id": id }), output)
    }

    fn value(self, value: &Value, output: &mut Output<'_>) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Other(error.to_string()))?;
        Ok(writeln!(output, "{}", printable_json(&text))?)
    }
}

fn object(headings: &[&str], row: &[String]) -> Value {
    let fields = headings.iter().zip(row).map(|(heading, cell)| {
        let value = if cell.is_empty() { Value::Null } else { Value::from(cell.as_str()) };
        (heading.to_lowercase().replace(' ', "_"), value)
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Asks a question, and returns `true` for yes and `false` for every other answer. Without a terminal it fails with an
/// error that names the flag.
pub(crate) fn confirm(question: &str, flag: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(format!("{question} There is nobody to ask: say {flag} to mean yes")));
    }
    let mut terminal = std::io::stderr();
    write!(terminal, "{question} [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
