//! What lives in files, and changes with them.

use std::{
    fs::{self, Metadata},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use zeroize::Zeroizing;

use super::ConfigError;

type Make<T> = Box<dyn Fn(&[&[u8]]) -> Result<Arc<T>, ConfigError> + Send + Sync>;

/// What is made of files. What was read last and could be used is in use.
pub(super) struct Watched<T> {
    files: Vec<PathBuf>,
    make: Make<T>,
    /// Whether two of them do not differ in anything that matters.
    same: fn(&T, &T) -> bool,
    state: Mutex<State<T>>,
}

struct State<T> {
    used: Arc<T>,
    /// What the files looked like just before they were read, good or not.
    seen: Vec<Option<Stamp>>,
    /// Whether what was read then is in use.
    good: bool,
}

impl<T> Watched<T> {
    /// `make` gets the contents of the files, which are wiped afterwards.
    pub(super) fn new<const N: usize>(
        files: [impl Into<PathBuf>; N],
        make: impl Fn([&[u8]; N]) -> Result<Arc<T>, ConfigError> + Send + Sync + 'static,
        same: fn(&T, &T) -> bool,
    ) -> Result<Self, ConfigError> {
        let files = files.map(Into::into).to_vec();
        let make: Make<T> = Box::new(move |contents| make(contents.try_into().expect("there is one for each file")));
        let seen = look(&files);
        let used = read(&files, &make)?;
        Ok(Self { files, make, same, state: Mutex::new(State { used, seen, good: true }) })
    }

    /// What is in use.
    pub(super) fn used(&self) -> Arc<T> {
        Arc::clone(&self.lock().used)
    }

    /// Reads the files if they have changed since, or were no good the last time. Whoever else wants what is in use waits, so that a change is
    /// read once.
    pub(super) fn refresh(&self) {
        let mut state = self.lock();
        let now = look(&self.files);
        if !state.good || now != state.seen {
            // What is in use stays; `reload` tells why.
            let _ = self.read_into(&mut state, now);
        }
    }

    /// Reads the files. Tells whether there is something else in them.
    pub(super) fn reload(&self) -> Result<bool, ConfigError> {
        let mut state = self.lock();
        let now = look(&self.files);
        self.read_into(&mut state, now)
    }

    fn read_into(&self, state: &mut State<T>, now: Vec<Option<Stamp>>) -> Result<bool, ConfigError> {
        state.seen = now;
        state.good = false;
        let made = read(&self.files, &self.make)?;
        state.good = true;
        // With the same there is no need to shake hands over again.
        let another = !(self.same)(&made, &state.used);
        if another {
            state.used = made;
        }
        Ok(another)
    }

    /// The state is whole at any time, whatever panicked elsewhere.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T>(files: &[PathBuf], make: &Make<T>) -> Result<Arc<T>, ConfigError> {
    let contents = files.iter().map(|path| contents(path)).collect::<Result<Vec<_>, _>>()?;
    let contents: Vec<&[u8]> = contents.iter().map(|content| content.as_slice()).collect();
    make(&contents)
}

/// The content, in a buffer that leaves no copies behind: `fs::read` reserves what the file's length says, so that it
/// grows only if the file does meanwhile.
fn contents(path: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let read = fs::read(path).map(Zeroizing::new);
    read.map_err(|error| ConfigError::UnreadableFile { path: path.to_owned(), source: Arc::new(error) })
}

/// By what a changed file is known: renewals write a new file and rename it, or write into the old one.
#[derive(PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    file: (u64, u64),
}

fn look(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |metadata: Metadata| Stamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        file: device_and_inode(&metadata),
    };
    files.iter().map(|path| fs::metadata(path).ok().map(stamp)).collect()
}

#[cfg(unix)]
fn device_and_inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn device_and_inode(_: &Metadata) -> (u64, u64) {
    (0, 0)
}
