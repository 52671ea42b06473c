//! Threads for what the system cannot do otherwise.

use std::io;
use std::thread::Builder;

/// Runs a task on a thread of its own. Boxed, because the standard library compiles its start of a thread for each type
/// of task.
pub(crate) fn spawn(name: &str, task: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    Builder::new().name(name.to_owned()).spawn(task).map(drop)
}
