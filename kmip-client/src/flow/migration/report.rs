//! The outcome of a migration.

use std::fmt;
use std::sync::Arc;

use crate::exchange::report::Printable;
use crate::flow::FlowError;
use crate::flow::migrate::Migrated;

/// The result of a [`Migration`](super::Migration). [`Display`](fmt::Display) prints a summary, and a line for each
/// object that differs between the two sides.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MigrationReport {
    pub(super) carried: Vec<Carried>,
    pub(super) left: Vec<Left>,
}

impl MigrationReport {
    /// Returns the objects that are on both servers now; after a dry run, those that would be.
    #[must_use]
    #[inline]
    pub fn carried(&self) -> &[Carried] {
        &self.carried
    }

    /// Returns the objects that are not on the other server.
    #[must_use]
    #[inline]
    pub fn left(&self) -> &[Left] {
        &self.left
    }

    /// Returns `true` if every object was copied, and each copy equals its original except for the attributes listed as
    /// left out.
    #[must_use]
    #[inline]
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && self.carried.iter().all(|carried| carried.differences.is_empty())
    }

    #[inline]
    pub(super) fn sort(&mut self) {
        self.carried.sort_by(|a, b| a.from.cmp(&b.from));
        self.left.sort_by(|a, b| a.id.cmp(&b.id));
    }
}

impl fmt::Display for MigrationReport {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resumed = self.carried.iter().filter(|carried| carried.resumed).count();
        write!(f, "{} copied ({resumed} of them by an earlier run), {} left", self.carried.len(), self.left.len())?;
        for carried in &self.carried {
            // Identifiers and names of attributes come from the servers.
            let (from, to) = (Printable::new(&carried.from), Printable::new(&carried.to));
            let (left_out, differences) = (carried.left_out.join(", "), carried.differences.join(", "));
            if !left_out.is_empty() {
                write!(f, "\n{from} -> {to}: without {}", Printable::new(&left_out))?;
            }
            if !differences.is_empty() {
                write!(f, "\n{from} -> {to}: DIFFERS in {}", Printable::new(&differences))?;
            }
        }
        for left in &self.left {
            write!(f, "\n{left}")?;
        }
        Ok(())
    }
}

/// An object that is on both servers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Carried {
    /// The original.
    pub from: String,
    /// The copy; empty in a dry run.
    pub to: String,
    /// The names of the attributes that the other server did not accept.
    pub left_out: Vec<String>,
    /// The names of the differences, beyond the attributes that were left out.
    pub differences: Vec<String>,
    /// `true` if the object was copied by an earlier run, according to the journal.
    pub resumed: bool,
}

impl Carried {
    #[inline]
    pub(super) fn new(from: String, copy: Migrated) -> Self {
        let (to, left_out) = copy.into_parts();
        Self { from, to, left_out, differences: Vec::new(), resumed: false }
    }

    #[inline]
    pub(super) fn resumed(from: String, to: String, left_out: Vec<String>) -> Self {
        Self { from, to, left_out, differences: Vec::new(), resumed: true }
    }

    #[inline]
    pub(super) fn planned(from: String) -> Self {
        Self { from, to: String::new(), left_out: Vec::new(), differences: Vec::new(), resumed: false }
    }
}

/// An object that is not on the other server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Left {
    /// The object.
    pub id: String,
    /// The reason; `None` if the run was stopped before this object.
    pub error: Option<Arc<FlowError>>,
}

impl Left {
    #[inline]
    pub(super) fn new(id: String, error: Option<FlowError>) -> Self {
        Self { id, error: error.map(Arc::new) }
    }
}

impl fmt::Display for Left {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = Printable::new(&self.id);
        match &self.error {
            Some(error) => write!(f, "{id}: not copied: {}", error.report()),
            None => write!(f, "{id}: not copied: the run was stopped before"),
        }
    }
}
