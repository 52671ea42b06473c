//! The comparison for people: no line is longer than 100 columns.

use super::{Comparison, Operation};

/// The number of columns of messages that fit beside the names of stacks.
const COLUMNS: usize = 5;

/// Renders the comparison as tables.
#[must_use]
pub fn render(comparison: &Comparison) -> String {
    let mut text = String::new();
    let machine = &comparison.machine;
    let (date, threads) = (&machine.date, machine.threads);
    line(&mut text, format_args!("{date}, {} ({threads} threads), {}", machine.processor, machine.system));
    for (operation, title) in [
        (Operation::Decode, "decode: bytes to a typed message"),
        (Operation::Encode, "encode: a typed message to bytes, in a fresh buffer"),
        (Operation::Walk, "walk: each TTLV item, without a typed message"),
        (Operation::RoundTrip, "round trip: a Get over TLS, one caller on one connection"),
    ] {
        let mut messages: Vec<&str> = Vec::new();
        for cell in comparison.cells.iter().filter(|cell| cell.operation == operation) {
            if !messages.contains(&&*cell.message) {
                messages.push(&cell.message);
            }
        }
        for messages in messages.chunks(COLUMNS) {
            block(&mut text, comparison, operation, title, messages);
        }
    }
    malformed(&mut text, comparison);
    remarks(&mut text, comparison);
    text
}

fn block(text: &mut String, comparison: &Comparison, operation: Operation, title: &str, messages: &[&str]) {
    line(text, format_args!("\n{title}"));
    let titles: String = messages.iter().map(|message| format!(" {:>15}", cut(message, 15))).collect();
    line(text, format_args!("{:<19}{titles}", ""));
    for stack in comparison.stacks.iter().filter(|stack| stack.not_measured.is_none()) {
        let mut row = String::new();
        for message in messages {
            let cell = comparison.cell(&stack.name, operation, message);
            let time = cell.and_then(|cell| cell.time).map_or_else(|| "-".into(), |time| duration(time.ns));
            let is_ours = comparison.stacks.first().is_some_and(|ours| ours.name == stack.name);
            let ratio = cell.and_then(|cell| comparison.ratio(cell)).filter(|_| !is_ours).map(factor);
            row += &format!(" {time:>8} {:>6}", ratio.unwrap_or_default());
        }
        line(text, format_args!("{:<19}{row}", cut(&stack.name, 19)));
    }
}

fn malformed(text: &mut String, comparison: &Comparison) {
    if comparison.malformed.is_empty() {
        return;
    }
    line(text, format_args!("\nmalformed messages: how many were"));
    let titles = ["refused", "accepted", "crashed on", "hung on", "> 256 MiB", "not tried"];
    let titles: String = titles.iter().map(|title| format!(" {title:>12}")).collect();
    line(text, format_args!("{:<19}{titles}", ""));
    for it in &comparison.malformed {
        let counts = [it.refused, it.accepted, it.crashed, it.hung, it.greedy, it.left_out];
        let counts: String = counts.iter().map(|count| format!(" {count:>12}")).collect();
        line(text, format_args!("{:<19}{counts}", cut(&it.stack, 19)));
    }
    for it in &comparison.malformed {
        for (what, fault) in &it.faults {
            wrapped(text, &format!("{}: {what}: {fault}", it.stack));
        }
    }
}

/// Lists the remarks, once for all messages that share one.
fn remarks(text: &mut String, comparison: &Comparison) {
    let mut remarks: Vec<(&str, Operation, &str, Vec<&str>)> = Vec::new();
    for cell in &comparison.cells {
        let Some(remark) = cell.remark.as_deref() else { continue };
        let is_known = |(stack, operation, known, _): &&mut (&str, Operation, &str, Vec<&str>)| {
            *stack == cell.stack && *operation == cell.operation && *known == remark
        };
        match remarks.iter_mut().find(is_known) {
            Some((.., messages)) => messages.push(&cell.message),
            None => remarks.push((&cell.stack, cell.operation, remark, vec![&cell.message])),
        }
    }
    if !remarks.is_empty() {
        line(text, format_args!("\nremarks"));
    }
    for (stack, operation, remark, messages) in remarks {
        wrapped(text, &format!("{stack}: {} {}: {remark}", operation.name(), messages.join(", ")));
    }
    line(text, format_args!("\nstacks"));
    for stack in &comparison.stacks {
        match &stack.not_measured {
            None => line(text, format_args!("  {} {}", stack.name, stack.version)),
            Some(why) => wrapped(text, &format!("{}: not measured: {why}", stack.name)),
        }
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.push_str(line.to_string().trim_end());
    text.push('\n');
}

/// Breaks a line between words; what belongs to the line above is set in.
fn wrapped(text: &mut String, sentence: &str) {
    const WIDTH: usize = 98;
    let mut row = String::from(" ");
    for word in sentence.split_whitespace() {
        if row.chars().count() + 1 + word.chars().count() > WIDTH && !row.trim().is_empty() {
            line(text, format_args!("{row}"));
            row = "   ".into();
        }
        row = format!("{row} {}", cut(word, WIDTH - 4));
    }
    line(text, format_args!("{row}"));
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Three digits and a unit.
pub(super) fn duration(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 999.5 => (ns, "ns"),
        ns if ns < 999.5e3 => (ns / 1e3, "us"),
        ns if ns < 999.5e6 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

/// Formats a ratio with a sign of multiplication.
pub(super) fn factor(ratio: f64) -> String {
    format!("x{}", digits(ratio))
}

fn digits(value: f64) -> String {
    match value {
        value if value < 9.995 => format!("{value:.2}"),
        value if value < 99.95 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, factor, wrapped};

    #[test]
    fn figures_have_three_digits() {
        let times = [0.5, 9.994, 9.996, 312.4, 999.6, 12_345.0, 1e6, 2.5e9].map(duration);
        assert_eq!(times, ["0.50 ns", "9.99 ns", "10.0 ns", "312 ns", "1.00 us", "12.3 us", "1.00 ms", "2.50 s"]);
        assert_eq!([0.95, 12.34, 4567.8].map(factor), ["x0.95", "x12.3", "x4568"]);
    }

    #[test]
    fn no_line_is_longer_than_the_table() {
        let mut text = String::new();
        wrapped(&mut text, &format!("{} {}", "word ".repeat(100), "w".repeat(300)));
        assert!(text.lines().count() > 5 && text.lines().all(|line| line.chars().count() <= 98));
    }
}
