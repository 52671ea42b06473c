//! Values that are read from files, and follow their changes.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use zeroize::Zeroizing;

use super::ConfigError;

type Make<T> = Box<dyn Fn(&[&[u8]]) -> Result<Arc<T>, ConfigError> + Send + Sync>;

/// A value that may change. A trait, so that a program that reads no files is linked without [`Watched`].
pub(super) trait Renewed<T>: Send + Sync {
    /// Returns the value in use.
    fn used(&self) -> Arc<T>;

    /// Reads the files if they have changed, or were unusable the last time. Concurrent callers wait, so that a change
    /// is read once.
    ///
    /// Reads nothing if one of them is a pipe, which has its contents once: a call would wait for a writer.
    fn refresh(&self);

    /// Reads the files. Returns `true` if the value differs.
    fn reload(&self) -> Result<bool, ConfigError>;
}

/// A value that is created from files. The last usable one is in use.
pub(super) struct Watched<T> {
    files: Vec<PathBuf>,
    make: Make<T>,
    /// Returns `true` if two values have no relevant difference.
    same: fn(&T, &T) -> bool,
    state: Mutex<State<T>>,
}

struct State<T> {
    used: Arc<T>,
    /// The state of the files just before they were read, usable or not.
    seen: Vec<Option<Stamp>>,
    /// `true` if the value that was read then is in use.
    good: bool,
}

impl<T> Watched<T> {
    /// Creates a value. `make` gets the contents of the files, which are wiped afterwards.
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

    fn read_into(&self, state: &mut State<T>, now: Vec<Option<Stamp>>) -> Result<bool, ConfigError> {
        state.seen = now;
        state.good = false;
        let made = read(&self.files, &self.make)?;
        state.good = true;
        // Equal values need no new handshakes.
        let another = !(self.same)(&made, &state.used);
        if another {
            state.used = made;
        }
        Ok(another)
    }

    /// Locks the state, which is consistent at any time, even if another thread panicked.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + Sync> Renewed<T> for Watched<T> {
    fn used(&self) -> Arc<T> {
        Arc::clone(&self.lock().used)
    }

    fn refresh(&self) {
        let mut state = self.lock();
        let now = look(&self.files);
        let may_wait = now.iter().flatten().any(|stamp| !stamp.is_file);
        if !may_wait && (!state.good || now != state.seen) {
            // The value in use stays; `reload` returns the reason.
            let _ = self.read_into(&mut state, now);
        }
    }

    fn reload(&self) -> Result<bool, ConfigError> {
        let mut state = self.lock();
        let now = look(&self.files);
        self.read_into(&mut state, now)
    }
}

fn read<T>(files: &[PathBuf], make: &Make<T>) -> Result<Arc<T>, ConfigError> {
    let contents = files.iter().map(|path| contents(path)).collect::<Result<Vec<_>, _>>()?;
    let contents: Vec<&[u8]> = contents.iter().map(|content| content.as_slice()).collect();
    make(&contents)
}

/// Returns the contents. The buffer leaves no copy behind where it grows: a pipe, as `<(vault read ...)` of a shell,
/// has no length, and a file may become longer meanwhile.
fn contents(path: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let read = || -> io::Result<_> {
        let mut file = File::open(path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(MOST);
        let mut buffer = Zeroizing::new(vec![0; length.clamp(LEAST, MOST) + 1]);
        let mut filled = 0;
        loop {
            match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if filled > MOST {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "it is larger than any key or list of certificates",
                ));
            }
            if filled == buffer.len() {
                let mut longer = Zeroizing::new(vec![0; 2 * filled]);
                longer[..filled].copy_from_slice(&buffer);
                buffer = longer;
            }
        }
        buffer.truncate(filled);
        Ok(buffer)
    };
    read().map_err(|error| ConfigError::UnreadableFile { path: path.to_owned(), source: Arc::new(error) })
}

/// The maximum length of a file in bytes. A device may have no end; revocation lists have tens of megabytes.
const MOST: usize = 64 << 20;

/// The length of the first buffer for a file without a length.
const LEAST: usize = 4095;

/// The identification of a changed file: renewal programs write a new file and rename it, or overwrite the old one.
#[derive(PartialEq, Eq)]
struct Stamp {
    /// `false` for pipes and devices.
    is_file: bool,
    modified: Option<SystemTime>,
    length: u64,
    file: (u64, u64),
}

fn look(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |metadata: Metadata| Stamp {
        is_file: metadata.is_file(),
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
