//! `kmip status` and `kmip query`.

use std::time::Duration;

use clap::Args;
use examples::{Failure, Output, report, wrap};
use kmip_client::blocking::Client;
use kmip_client::{Attempt, EndpointState, EndpointStatus, Error, Verdict};
use serde_json::json;

use crate::show::Format;

/// Show the status of each endpoint: Normal, or the reason why not
#[derive(Args, Debug)]
pub(crate) struct Status {}

impl Status {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let status = kms.probe();
        print(status.endpoints.iter().map(row).collect(), format, output)?;
        match status.verdict() {
            Verdict::Normal => Ok(()),
            verdict => {
                let distrust = |state| matches!(state, EndpointState::Untrusted | EndpointState::Refused);
                let distrust = status.endpoints.iter().any(|endpoint| distrust(endpoint.state));
                let code = if verdict == Verdict::Down && distrust { 7 } else { 5 };
                Err(Failure::Coded { text: format!("the KMS is {verdict}"), code })
            }
        }
    }
}

/// An endpoint: its address, state, version, latency, and the reason why it is not Normal.
type Row = Vec<String>;

/// Prints a line for each endpoint, and the reasons below, which are too long for a column.
fn print(mut rows: Vec<Row>, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
    let headings = ["endpoint", "status", "kmip", "latency", "reason"];
    if format == Format::Json {
        return format.table(&headings, &rows, output);
    }
    let reasons: Vec<_> = rows.iter_mut().map(|row| (row[0].clone(), row.pop().unwrap_or_default())).collect();
    format.table(&headings[..4], &rows, output)?;
    for (endpoint, reason) in reasons.iter().filter(|(_, reason)| !reason.is_empty()) {
        writeln!(output, "\n{}", wrap(&format!("{endpoint}: {reason}")))?;
    }
    Ok(())
}

/// Prints the same table if no endpoint could be reached, and returns the error.
pub(crate) fn unreachable(error: Error, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
    let Error::Unreachable(last) = &error else { return Err(error.into()) };
    let row = |attempt: &Attempt| {
        let state = EndpointState::of_transport_error(&attempt.error);
        let reason = report(&attempt.error);
        vec![attempt.endpoint.to_string(), format!("{state:?}"), String::new(), String::new(), reason]
    };
    let mut rows: Vec<Row> = Vec::new();
    for attempt in last.earlier.iter().chain([&**last]) {
        let row = row(attempt);
        // An endpoint that was retried still has one line.
        match rows.iter_mut().find(|known| known[0] == row[0]) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
    }
    let single = rows.len() == 1;
    print(rows, format, output)?;
    let text = if single { "the KMS is down" } else { "the KMS is down: none of its endpoints can be used" };
    Err(Failure::Coded { text: text.into(), code: examples::exit_code(&error) })
}

fn row(endpoint: &EndpointStatus) -> Row {
    let latency = endpoint.latency.map(|latency: Duration| format!("{:.1} ms", latency.as_secs_f64() * 1000.0));
    vec![
        endpoint.endpoint.to_string(),
        format!("{:?}", endpoint.state),
        endpoint.version.map(|version| version.to_string()).unwrap_or_default(),
        latency.unwrap_or_default(),
        endpoint.error.as_deref().map(|error| report(error)).unwrap_or_default(),
    ]
}

/// Show the server's description of itself
#[derive(Args, Debug)]
pub(crate) struct Query {}

impl Query {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let capabilities = kms.capabilities()?;
        let names = |values: Vec<String>| values.join(", ");
        let vendor = capabilities.vendor().unwrap_or("unknown").to_owned();
        let operations: Vec<_> = capabilities.operations().iter().map(ToString::to_string).collect();
        let objects: Vec<_> = capabilities.object_types().iter().map(ToString::to_string).collect();
        if format == Format::Json {
            let value = json!({
                "vendor": vendor, "version": kms.version().to_string(), "operations": operations, "object_types": objects,
            });
            return format.one("", &value, output);
        }
        let rows = [
            vec!["Vendor".to_owned(), vendor],
            vec!["KMIP".to_owned(), kms.version().to_string()],
            vec!["Operations".to_owned(), names(operations)],
            vec!["Object types".to_owned(), names(objects)],
        ];
        format.table(&["", "what it says of itself"], &rows, output)
    }
}
