//! A disk encrypted by `qemu-img`: qcow2 with LUKS. The data key is its passphrase, passed in a file of mode 0600.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use examples::{Failure, create_private};
use zeroize::Zeroizing;

/// Returns `true` if `qemu-img` can be run.
pub(super) fn is_installed() -> bool {
    Command::new("qemu-img").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// A file with a key for `qemu-img`; removed on drop.
struct SecretFile(PathBuf);

impl SecretFile {
    fn new(disk: &Path, name: &str, key: &[u8]) -> Result<Self, Failure> {
        let mut path = disk.as_os_str().to_owned();
        path.push(format!(".{name}"));
        let file = Self(path.into());
        // A LUKS passphrase is text.
        let mut hex = Zeroizing::new(String::with_capacity(2 * key.len()));
        for byte in key {
            for digit in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(digit.into(), 16).unwrap_or_default());
            }
        }
        create_private(&file.0)?.write_all(hex.as_bytes()).map_err(Failure::file("write", &file.0))?;
        Ok(file)
    }

    /// Returns the option that gives the key an identifier.
    fn object(&self, id: &str) -> [OsString; 2] {
        ["--object".into(), option(&format!("secret,id={id},file="), &self.0, "")]
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        // The error cannot be reported on drop.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Returns a path in an option of qemu-img, in which a comma is doubled.
fn option(before: &str, path: &Path, after: &str) -> OsString {
    format!("{before}{}{after}", path.display().to_string().replace(',', ",,")).into()
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let output = Command::new("qemu-img").args(arguments).output();
    let output = output.map_err(|error| Failure::Other(format!("cannot run qemu-img: {error}; install qemu-utils")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::Other(format!("qemu-img failed: {}", said.lines().next_back().unwrap_or("it does not say why"))))
}

/// The options of a new image. The passphrase has 256 random bits, so a slow key derivation is pointless.
const NEW: &str = "encrypt.format=luks,encrypt.key-secret=new,encrypt.iter-time=10";

/// Returns the options that open an image with the key `old`.
fn opened(disk: &Path) -> [OsString; 2] {
    ["--image-opts".into(), option("driver=qcow2,encrypt.key-secret=old,file.filename=", disk, "")]
}

fn words<const N: usize>(words: [&str; N]) -> [OsString; N] {
    words.map(OsString::from)
}

pub(super) fn encrypt(plain: &Path, disk: &Path, dek: &[u8]) -> Result<(), Failure> {
    let secret = SecretFile::new(disk, "new", dek)?;
    let arguments = words(["convert", "-f", "raw", "-O", "qcow2"]).into_iter();
    run(arguments.chain(secret.object("new")).chain(words(["-o", NEW])).chain([plain.into(), disk.into()]))
}

pub(super) fn decrypt(disk: &Path, plain: &Path, dek: &[u8]) -> Result<(), Failure> {
    let secret = SecretFile::new(disk, "old", dek)?;
    let arguments = words(["convert", "-O", "raw"]).into_iter();
    run(arguments.chain(secret.object("old")).chain(opened(disk)).chain([plain.into()]))
}

pub(super) fn encrypt_again(old: &Path, new: &Path, dek: &[u8], new_dek: &[u8]) -> Result<(), Failure> {
    let (secret, new_secret) = (SecretFile::new(old, "old", dek)?, SecretFile::new(new, "new", new_dek)?);
    let arguments = words(["convert", "-O", "qcow2"]).into_iter();
    let secrets = secret.object("old").into_iter().chain(new_secret.object("new"));
    run(arguments.chain(secrets).chain(words(["-o", NEW])).chain(opened(old)).chain([new.into()]))
}

/// A disk that opens with two keys.
pub(crate) struct BothKeys<'d> {
    disk: &'d Path,
    old: &'d [u8],
    new: &'d [u8],
}

/// Adds a second key to the header of the image.
pub(super) fn add_key<'d>(disk: &'d Path, dek: &'d [u8], new_dek: &'d [u8]) -> Result<BothKeys<'d>, Failure> {
    let (secret, new_secret) = (SecretFile::new(disk, "old", dek)?, SecretFile::new(disk, "new", new_dek)?);
    let secrets = secret.object("old").into_iter().chain(new_secret.object("new"));
    let change = words(["-o", "encrypt.state=active,encrypt.new-secret=new,encrypt.iter-time=10"]);
    run(words(["amend"]).into_iter().chain(secrets).chain(opened(disk)).chain(change))?;
    Ok(BothKeys { disk, old: dek, new: new_dek })
}

impl BothKeys<'_> {
    /// Removes the old key from the header.
    pub(crate) fn remove_old(self) -> Result<(), Failure> {
        let (secret, old_secret) =
            (SecretFile::new(self.disk, "old", self.new)?, SecretFile::new(self.disk, "gone", self.old)?);
        let secrets = secret.object("old").into_iter().chain(old_secret.object("gone"));
        let change = words(["-o", "encrypt.state=inactive,encrypt.old-secret=gone"]);
        run(words(["amend"]).into_iter().chain(secrets).chain(opened(self.disk)).chain(change))
    }
}
