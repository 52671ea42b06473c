//! The events of an [`Observer`] as metrics, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kmip_client::observe::{AttemptFailed, CallEnded, ConnectionOpened, Observer};

/// The upper bounds of the histogram, in seconds.
const BOUNDS: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Counts of calls by operation and outcome, and of events during the calls.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    calls: BTreeMap<(String, &'static str), u64>,
    seconds: BTreeMap<String, Histogram>,
    /// By server.
    opened: BTreeMap<String, u64>,
    broken: BTreeMap<String, u64>,
}

#[derive(Default)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

impl Histogram {
    fn add(&mut self, seconds: f64) {
        for (bucket, bound) in self.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
        self.count += 1;
        self.sum += seconds;
    }
}

impl Metrics {
    /// Locks the counts, which are consistent at any time.
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the page for Prometheus.
    pub(crate) fn page(&self) -> String {
        let counts = self.lock();
        let mut page = String::new();
        // Writing to a string does not fail.
        let _ = counts.write(&mut page);
        page
    }
}

impl Counts {
    fn write(&self, page: &mut String) -> std::fmt::Result {
        writeln!(page, "# TYPE kmip_calls_total counter")?;
        for ((operation, outcome), count) in &self.calls {
            writeln!(page, "kmip_calls_total{{operation=\"{operation}\",outcome=\"{outcome}\"}} {count}")?;
        }
        writeln!(page, "# TYPE kmip_call_seconds histogram")?;
        for (operation, histogram) in &self.seconds {
            for (bucket, bound) in histogram.buckets.iter().zip(BOUNDS) {
                writeln!(page, "kmip_call_seconds_bucket{{operation=\"{operation}\",le=\"{bound}\"}} {bucket}")?;
            }
            let Histogram { count, sum, .. } = histogram;
            writeln!(page, "kmip_call_seconds_bucket{{operation=\"{operation}\",le=\"+Inf\"}} {count}")?;
            writeln!(page, "kmip_call_seconds_sum{{operation=\"{operation}\"}} {sum}")?;
            writeln!(page, "kmip_call_seconds_count{{operation=\"{operation}\"}} {count}")?;
        }
        for (name, by_server) in
            [("kmip_connections_opened_total", &self.opened), ("kmip_attempts_failed_total", &self.broken)]
        {
            writeln!(page, "# TYPE {name} counter")?;
            for (server, count) in by_server {
                writeln!(page, "{name}{{server=\"{server}\"}} {count}")?;
            }
        }
        Ok(())
    }
}

/// Operations have fixed names, and servers are those of the configuration, so a caller cannot create labels.
impl Observer for Metrics {
    fn connection_opened(&self, connection: &ConnectionOpened<'_>) {
        *self.lock().opened.entry(connection.endpoint.to_string()).or_default() += 1;
    }

    fn attempt_failed(&self, attempt: &AttemptFailed<'_>) {
        *self.lock().broken.entry(attempt.endpoint.to_string()).or_default() += 1;
    }

    fn call_ended(&self, call: &CallEnded<'_>) {
        let operation = match call.operations {
            [] => "none".to_owned(),
            [operation] => operation.to_string(),
            _ => "batch".to_owned(),
        };
        let mut counts = self.lock();
        counts.seconds.entry(operation.clone()).or_default().add(call.elapsed.as_secs_f64());
        *counts.calls.entry((operation, call.outcome.name())).or_default() += 1;
    }
}
