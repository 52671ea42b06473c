//! The output: a title for each scene, and a line for each step.

use std::io;

use examples::{Output, labelled};

/// The output of the steps.
pub(crate) struct Page<'p, 'o>(pub(crate) &'p mut Output<'o>);

impl Page<'_, '_> {
    /// Begins a scene.
    pub(crate) fn scene(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.0, "\n{title}")
    }

    /// Prints a step: the action, its object, and the identifier of a key on a line of its own.
    pub(crate) fn step(&mut self, what: &str, detail: &str, id: &str) -> io::Result<()> {
        writeln!(self.0, "{}", labelled(2, what, detail))?;
        if !id.is_empty() {
            writeln!(self.0, "  {:<12}{id}", "")?;
        }
        Ok(())
    }
}
