//! Files with keys in them.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::exit::Failure;

/// Reads a whole file, which may be a key: the bytes are wiped after use.
///
/// # Errors
///
/// Returns [`Failure::File`], with the name of the file.
pub fn read(path: impl AsRef<Path>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    fs::read(&path).map(Zeroizing::new).map_err(Failure::file("read", path))
}

/// Creates a file that only its owner can read (mode 0600), or truncates an existing one. The system refuses files of
/// other users.
///
/// # Errors
///
/// Returns [`Failure::File`], with the name of the file.
pub fn create_private(path: impl AsRef<Path>) -> Result<File, Failure> {
    let path = path.as_ref();
    let open = || {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        // The mode above applies to new files only.
        file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(file)
    };
    open().map_err(Failure::file("write", path))
}

/// Replaces the contents of a file atomically: after a crash, or for a concurrent reader, it has the old contents or
/// the new. The file gets the mode 0600.
///
/// # Errors
///
/// Returns [`Failure::File`], with the name of the file. The old contents are preserved.
pub fn replace(path: impl AsRef<Path>, contents: &[u8]) -> Result<(), Failure> {
    let path = path.as_ref();
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    // The error names the requested file, not the temporary one.
    let mut file = create_private(&new).map_err(|failure| match failure {
        Failure::File { source, .. } => Failure::file("write", path)(source),
        other => other,
    })?;
    let written = file.write_all(contents).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&new, path));
    written.map_err(|error| {
        // It may not exist.
        let _ = fs::remove_file(&new);
        Failure::file("write", path)(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_files_are_private_and_whole() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret");
        fs::write(&path, "old")?;
        replace(&path, b"new")?;
        assert_eq!(fs::read(&path)?, b"new");
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);

        let error = replace(folder.path().join("missing/secret"), b"new").map_err(|error| crate::report(&error));
        assert!(error.is_err_and(|error| error.starts_with("cannot write ") && error.contains("No such file")));
        Ok(())
    }
}
