//! The timer of a wait, on the polling runtime.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::runtime::{Handle, Id};
use tokio::time::{Sleep, sleep_until};

/// A timer that belongs to the runtime that polls it.
pub(super) struct Alarm {
    sleep: Pin<Box<Sleep>>,
    home: Id,
}

impl Alarm {
    /// Creates a timer on the current runtime.
    ///
    /// # Errors
    ///
    /// Fails outside of a runtime, and in one without timers.
    pub(super) fn new(deadline: Instant) -> io::Result<Self> {
        let home = current()?;
        let sleep = with_drivers(|| Box::pin(sleep_until(deadline.into())))?;
        Ok(Self { sleep, home })
    }

    /// Moves the timer to the current runtime. Returns `true` if it belonged to another one.
    pub(super) fn adopt(&mut self, deadline: Instant) -> io::Result<bool> {
        let moved = current()? != self.home;
        if moved {
            *self = Self::new(deadline)?;
        }
        Ok(moved)
    }

    /// Waits until the deadline, and returns an error of the kind `TimedOut`.
    ///
    /// A clock of tokio that is paused or advanced does not count: the server's answers take real time.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<io::Error> {
        if self.sleep.deadline() != deadline.into() {
            self.sleep.as_mut().reset(deadline.into());
        }
        loop {
            // tokio panics if the runtime has been shut down.
            match with_drivers(|| self.sleep.as_mut().poll(context)) {
                Ok(Poll::Ready(())) => match deadline.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => self.sleep.as_mut().reset(tokio::time::Instant::now() + left),
                    _ => return Poll::Ready(io::ErrorKind::TimedOut.into()),
                },
                Ok(Poll::Pending) => return Poll::Pending,
                Err(error) => return Poll::Ready(error),
            }
        }
    }
}

/// Returns the polling runtime.
fn current() -> io::Result<Id> {
    match Handle::try_current() {
        Ok(runtime) => Ok(runtime.id()),
        Err(_) => Err(io::Error::other("no tokio runtime: poll the async client in one, or use the blocking client")),
    }
}

/// Calls into tokio, which panics in a runtime without I/O or timers, and cannot be asked beforehand. The panic becomes
/// an error; the output of the panic hook cannot be suppressed, nor the abort of a process that is built to abort on
/// panics.
pub(super) fn with_drivers<T>(call: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        io::Error::other("the tokio runtime has no I/O or no timers, or is shut down: build it with enable_all")
    })
}
