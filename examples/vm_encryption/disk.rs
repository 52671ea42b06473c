//! The two back ends that encrypt disks.

mod qemu;
mod sealed;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use examples::{Failure, create_private, read};

pub(crate) use self::qemu::BothKeys;

/// The program that encrypts a disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// This program, with AES-256-GCM.
    Sealed,
    /// `qemu-img`, as a qcow2 image with LUKS.
    Qemu,
}

impl Backend {
    /// Describes the output of the back end.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Sealed => "AES-256-GCM in blocks of 64 KiB",
            Self::Qemu => "qcow2 with LUKS, by qemu-img",
        }
    }

    pub(crate) fn encrypt(self, plain: &Path, disk: &Path, dek: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Sealed => sealed::encrypt(&mut open(plain)?, &mut create(disk)?, dek),
            Self::Qemu => qemu::encrypt(plain, disk, dek),
        }?;
        sync(disk)
    }

    pub(crate) fn decrypt(self, disk: &Path, plain: &Path, dek: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Sealed => sealed::decrypt(&mut open(disk)?, &mut create(plain)?, dek),
            Self::Qemu => qemu::decrypt(disk, plain, dek),
        }
        .inspect_err(|_| {
            // The data decrypted before the failure.
            let _ = fs::remove_file(plain);
        })
    }

    /// Encrypts a disk with another key into another file.
    pub(crate) fn encrypt_again(self, old: &Path, new: &Path, dek: &[u8], new_dek: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Sealed => sealed::encrypt_again(&mut open(old)?, &mut create(new)?, dek, new_dek),
            Self::Qemu => qemu::encrypt_again(old, new, dek, new_dek),
        }
        .and_then(|()| sync(new))
        .inspect_err(|_| {
            let _ = fs::remove_file(new);
        })
    }

    /// Adds a second key to the disk; returns `None` if the back end cannot.
    pub(crate) fn add_key<'d>(
        self,
        disk: &'d Path,
        dek: &'d [u8],
        new_dek: &'d [u8],
    ) -> Result<Option<BothKeys<'d>>, Failure> {
        match self {
            Self::Sealed => Ok(None),
            Self::Qemu => qemu::add_key(disk, dek, new_dek).map(Some),
        }
    }
}

/// Returns `true` if the back end of `qemu-img` can be used.
pub(crate) fn qemu_is_installed() -> bool {
    qemu::is_installed()
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(Failure::file("read", path))
}

fn create(path: &Path) -> Result<File, Failure> {
    create_private(path)
}

/// Waits until the file is on disk, because the configuration that refers to it is written next.
fn sync(path: &Path) -> Result<(), Failure> {
    open(path)?.sync_all().map_err(Failure::file("write", path))
}

/// Writes an initial disk: distinct sectors, followed by zeros as usual.
pub(crate) fn write_plain(path: &Path, len: usize) -> Result<(), Failure> {
    let mut bytes = vec![0; len];
    for (number, sector) in bytes[..len / 2].chunks_mut(512).enumerate() {
        let label = format!("sector {number:>8} of a virtual machine ");
        sector.iter_mut().zip(label.bytes().cycle()).for_each(|(byte, letter)| *byte = letter);
    }
    create(path)?.write_all(&bytes).map_err(Failure::file("write", path))
}

/// Compares two files byte for byte.
pub(crate) fn is_same(one: &Path, other: &Path) -> Result<bool, Failure> {
    Ok(read(one)? == read(other)?)
}
