//! What happens, as `tracing` has it.

use std::future::Future;

use super::observer::CallEnded;

/// The span of a call: what its attempts tell belongs to it.
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

/// Puts the facts into the span of the call, and into an event for those who look at no spans.
pub(super) fn record(call: &CallEnded<'_>) {
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
