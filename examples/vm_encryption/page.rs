//! What is printed: a title for each scene, a line for each step.

use std::io;

use examples::{Output, labelled};

/// Where the steps are printed.
pub(crate) struct Page<'p, 'o>(pub(crate) &'p mut Output<'o>);

impl Page<'_, '_> {
    /// Begins a scene.
    pub(crate) fn scene(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.0, "\n{title}")
    }

    /// Prints a step: what is done, on what, and the identifier of a key on a line of its own.
    pub(crate) fn step(&mut self, what: &str, detail: &str, id: &str) -> io::Result<()> {
        writeln!(self.0, "{}", labelled(2, what, detail))?;
        if !id.is_empty() {
            writeln!(self.0, "  {:<12}{id}", "")?;
        }
        Ok(())
    }
}
