//! Connections that are kept between calls.

use std::sync::{Mutex, PoisonError};

/// The idle connections to one endpoint. The one that was used last comes first, so that the others can be closed by the server.
#[derive(Debug)]
pub(crate) struct Pool<L> {
    idle: Mutex<Vec<L>>,
}

impl<L> Pool<L> {
    pub(crate) fn new() -> Self {
        Self { idle: Mutex::new(Vec::new()) }
    }

    /// Takes a connection out. It comes back by [`Pool::put`], or never if something went wrong with it.
    pub(crate) fn take(&self) -> Option<L> {
        self.lock().pop()
    }

    /// Keeps a connection that is known to be in step.
    pub(crate) fn put(&self, link: L) {
        self.lock().push(link);
    }

    /// A list of connections is whole at any time, whatever panicked elsewhere.
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<L>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
