//! The results of a run, as JSON and CSV.

use serde::Serialize;

use super::{Endurance, Operation};

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The place and time of the run.
    pub machine: Machine,
    /// The stacks, ours first, those that were not there included.
    pub stacks: Vec<StackReport>,
    /// One for each stack, operation and message.
    pub cells: Vec<Cell>,
    /// The verdicts on malformed messages, one for each stack.
    pub malformed: Vec<Endurance>,
}

/// The place and time of a run.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The time in UTC, as in RFC 3339.
    pub date: String,
    /// The model of the processor.
    pub processor: String,
    /// The number of hardware threads.
    pub threads: usize,
    /// The operating system and the instruction set.
    pub system: String,
}

/// A stack.
#[derive(Debug, Serialize)]
pub struct StackReport {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The reason for which it was not measured at all.
    pub not_measured: Option<String>,
}

/// One operation on one message by one stack.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// The stack.
    pub stack: String,
    /// The operation.
    pub operation: Operation,
    /// The message.
    pub message: String,
    /// The time; `None` if the stack cannot do it or failed.
    pub time: Option<Time>,
    /// The reason for a missing time, or a note on the result.
    pub remark: Option<String>,
}

/// The time of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Time {
    /// The median of the rounds, in nanoseconds.
    pub ns: f64,
    /// The quartile below it: how far a quiet round is from it.
    pub low: f64,
    /// The quartile above it.
    pub high: f64,
    /// The number of rounds.
    pub rounds: usize,
}

impl Time {
    pub(super) fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_unstable_by(f64::total_cmp);
        let at = |quarter: usize| samples.get(samples.len() * quarter / 4).copied();
        Some(Self { ns: at(2)?, low: at(1)?, high: at(3)?, rounds: samples.len() })
    }
}

impl Comparison {
    /// Returns the cell of a stack.
    #[must_use]
    pub fn cell(&self, stack: &str, operation: Operation, message: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.stack == stack && cell.operation == operation && cell.message == message)
    }

    /// Returns the time of a cell as a multiple of ours.
    #[must_use]
    pub fn ratio(&self, cell: &Cell) -> Option<f64> {
        let ours = self.cell(&self.stacks.first()?.name, cell.operation, &cell.message)?.time?;
        Some(cell.time?.ns / ours.ns)
    }

    /// Renders the cells as CSV with a line of titles.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("stack,version,operation,message,ns,low,high,rounds,ratio,remark\n");
        for cell in &self.cells {
            let version = self.stacks.iter().find(|stack| stack.name == cell.stack).map_or("", |stack| &stack.version);
            let time = cell.time.map_or_else(
                || ",,,".into(),
                |time| format!("{:.1},{:.1},{:.1},{}", time.ns, time.low, time.high, time.rounds),
            );
            let ratio = self.ratio(cell).map_or_else(String::new, |ratio| format!("{ratio:.3}"));
            let [stack, version, message, remark] =
                [&cell.stack, version, &cell.message, cell.remark.as_deref().unwrap_or_default()].map(quoted);
            csv += &format!("{stack},{version},{},{message},{time},{ratio},{remark}\n", cell.operation.name());
        }
        csv
    }

    /// Renders everything as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and texts alone")
    }
}

/// A field as RFC 4180 has it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.into() }
}

#[cfg(test)]
mod tests {
    use super::{Time, quoted};

    #[test]
    fn a_time_is_the_median_with_its_quartiles() {
        let time = Time::of(vec![5.0, 1.0, 3.0, 2.0, 4.0]).expect("there are samples");
        assert_eq!(time, Time { ns: 3.0, low: 2.0, high: 4.0, rounds: 5 });
        assert_eq!(Time::of(Vec::new()), None);
    }

    #[test]
    fn fields_of_csv_are_quoted_where_they_have_to_be() {
        assert_eq!(["plain", "a,b", "say \"no\""].map(quoted), ["plain", "\"a,b\"", "\"say \"\"no\"\"\""]);
    }
}
