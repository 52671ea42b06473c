//! `kmip migrate`: many objects to another KMS, with a journal.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use examples::{Failure, Output};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kmip_client::blocking::Client;
use kmip_client::flow::{Migration, MigrationReport};
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::enumeration::ObjectType;
use serde_json::json;

use crate::parse;
use crate::profile::Connection;
use crate::show::Format;

/// Set by Ctrl-C.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Ends a run after the current object at the first Ctrl-C, and the process at the second.
fn watch_interrupts() -> Result<(), Failure> {
    let handled = ctrlc::try_set_handler(|| {
        if STOPPED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    match handled {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(Failure::Other(format!("Ctrl-C cannot be handled: {error}"))),
    }
}

/// Copy objects to another KMS
#[derive(Args, Debug)]
pub(crate) struct Migrate {
    /// The profile of the destination KMS
    #[arg(long, value_name = "PROFILE")]
    to: String,
    /// These objects; all that can be located if none is given
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Objects of this kind only
    #[arg(long = "type", value_name = "TYPE", value_parser = parse::named::<ObjectType>, conflicts_with = "ids")]
    object_type: Option<ObjectType>,
    /// Objects of this group only
    #[arg(long, conflicts_with = "ids")]
    group: Option<String>,
    /// Keep a journal in this file, and resume from it after an interruption
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Only show what would be copied
    #[arg(long)]
    dry_run: bool,
    /// Transfer keys in wrapped form only: the AES key that both have, here and there
    #[arg(long, num_args = 2, value_names = ["ID", "ID"])]
    wrapped_with: Option<Vec<String>>,
}

impl Migrate {
    pub(crate) fn run(
        &self,
        from: &Client,
        connection: &Connection,
        format: Format,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let to = connection.other(&self.to).connect()?.for_flow();
        watch_interrupts()?;
        let bar = progress_bar(format);
        let report = from.run(async |from| {
            let mut filter = op::Locate::all();
            if let Some(object_type) = self.object_type {
                filter = filter.object_type(object_type);
            }
            if let Some(group) = &self.group {
                filter = filter.attribute(kmip_client::protocol::attribute::AttributeValue::ObjectGroup(group));
            }
            let mut migration =
                Migration::new(&from, &to).filter(filter).dry_run(self.dry_run).on_progress(|progress| {
                    bar.set_length(progress.total as u64);
                    bar.set_position(progress.done as u64);
                    if STOPPED.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
            if !self.ids.is_empty() {
                migration = migration.only(&self.ids);
            }
            if let Some(journal) = &self.journal {
                migration = migration.journal(journal);
            }
            if let Some([here, there]) = self.wrapped_with.as_deref() {
                migration = migration.wrapped_in_transit(here, there);
            }
            migration.run().await
        });
        bar.finish_and_clear();
        self.show(&report?, STOPPED.load(Ordering::Relaxed), format, output)
    }

    fn show(
        &self,
        report: &MigrationReport,
        stopped: bool,
        format: Format,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let left: Vec<_> = report
            .left()
            .iter()
            .map(|left| json!({ "id": left.id, "reason": left.error.as_ref().map(ToString::to_string) }))
            .collect();
        let carried: Vec<_> = report
            .carried()
            .iter()
            .map(|object| {
                json!({
                    "from": object.from, "to": object.to, "resumed": object.resumed,
                    "left_out": object.left_out, "differences": object.differences,
                })
            })
            .collect();
        let value = json!({ "dry_run": self.dry_run, "stopped": stopped, "carried": carried, "left": left });
        let text = if self.dry_run {
            format!("A dry run; nothing was changed. It would be: {report}")
        } else {
            report.to_string()
        };
        format.one(&text, &value, output)?;
        if stopped {
            let how = match &self.journal {
                Some(_) => "the same command goes on from here",
                None => "without --journal, the next run looks for copies by name",
            };
            return Err(Failure::Coded { text: format!("stopped before the end: {how}"), code: 130 });
        }
        if report.is_complete() {
            return Ok(());
        }
        Err(Failure::Other("some objects were not copied, or differ: see above".into()))
    }
}

fn progress_bar(format: Format) -> ProgressBar {
    if format == Format::Json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:40} {pos}/{len} objects, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
