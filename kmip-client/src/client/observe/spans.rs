//! Events and spans of `tracing`.

use std::future::Future;

use super::observer::{AttemptFailed, CallEnded, ConnectionClosed, ConnectionOpened};
use crate::exchange::Report;

/// Runs a call in its span, to which the events of its attempts belong.
pub(crate) async fn in_span<F: Future>(call: F) -> F::Output {
    use tracing::field::Empty;
    let span = tracing::debug_span!(
        "kmip_call",
        operation = Empty,
        endpoint = Empty,
        version = Empty,
        sent = Empty,
        received = Empty,
        attempts = Empty,
        took = Empty,
        result = Empty
    );
    tracing::Instrument::instrument(call, span).await
}

pub(super) fn opened(opened: &ConnectionOpened<'_>) {
    tracing::debug!(endpoint = %opened.endpoint, took = ?opened.elapsed, resumed = opened.resumed, "connected");
}

pub(super) fn closed(closed: &ConnectionClosed<'_>) {
    tracing::debug!(endpoint = %closed.endpoint, "connection closed");
}

pub(super) fn failed(failed: &AttemptFailed<'_>) {
    let AttemptFailed { endpoint, was_sent, error, .. } = failed;
    tracing::warn!(%endpoint, was_sent, error = %Report::of(*error), "an attempt brought no answer");
}

/// Records the facts in the span of the call, and in an event for subscribers that ignore spans.
pub(super) fn ended(call: &CallEnded<'_>) {
    use tracing::field::{debug, display};
    let span = tracing::Span::current();
    let operation = crate::client::error::Named(call.operations).to_string();
    let (result, version) = (call.outcome.name(), call.version.map(|version| version.to_string()).unwrap_or_default());
    let endpoint = call.endpoint.map(ToString::to_string).unwrap_or_default();
    span.record("operation", display(&operation)).record("endpoint", display(&endpoint));
    span.record("version", display(&version)).record("sent", call.sent).record("received", call.received);
    span.record("attempts", call.attempts).record("took", debug(call.elapsed)).record("result", result);
    let CallEnded { sent, received, elapsed: took, attempts, failovers, .. } = call;
    tracing::debug!(operation, endpoint, version, sent, received, ?took, attempts, failovers, result, "call ended");
}
