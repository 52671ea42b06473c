//! Futures that run at once, without a runtime.

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::Poll;

/// An element of [`each`].
pub(super) enum Started<I, O> {
    /// An item that was not started.
    Not(I),
    /// The output of its future.
    Ended(O),
}

/// Runs a future for each item, at most `at_once` at a time. After a break no further one is started, and those in
/// flight are completed.
pub(super) async fn each<I, Fut: Future>(
    items: Vec<I>,
    at_once: usize,
    mut start: impl FnMut(I) -> Fut,
    mut ended: impl FnMut(Started<I, Fut::Output>) -> ControlFlow<()>,
) {
    let mut waiting = items.into_iter();
    let mut running: Vec<Pin<Box<Fut>>> = Vec::new();
    let mut stopped = false;
    poll_fn(|context| {
        loop {
            while !stopped && running.len() < at_once {
                let Some(item) = waiting.next() else { break };
                running.push(Box::pin(start(item)));
            }
            if running.is_empty() {
                return Poll::Ready(());
            }
            let mut has_ended = false;
            running.retain_mut(|future| match future.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(output) => {
                    has_ended = true;
                    stopped |= ended(Started::Ended(output)).is_break();
                    false
                }
            });
            if !has_ended {
                return Poll::Pending;
            }
        }
    })
    .await;
    for item in waiting {
        let _ = ended(Started::Not(item));
    }
}
