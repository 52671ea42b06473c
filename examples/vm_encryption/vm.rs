//! A virtual machine: its configuration file, and the disk beside it.
//!
//! The configuration survives a restart: it has the identifier of the key of the KMS (KEK), the data key (DEK) wrapped
//! by it, and the name of the disk file. It is replaced atomically, and last: an interrupted re-key leaves the old disk
//! and the old keys in force.

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::rand;
use examples::{Failure, read, replace};
use zeroize::Zeroizing;

use crate::disk::Backend;
use crate::keys::Key;

/// The length of keys, in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// The contents of the configuration file.
pub(crate) struct Vm {
    file: PathBuf,
    /// The file of the disk, beside the configuration.
    disk: String,
    /// The identifier of the KEK on the KMS.
    pub(crate) kek: String,
    wrapped_dek: Vec<u8>,
}

/// Generates a data key.
pub(crate) fn new_dek() -> Result<Key, Failure> {
    let mut dek = Zeroizing::new(vec![0; KEY_LEN]);
    rand::fill(&mut dek).map_err(|_| Failure::Other("the system has no random numbers".into()))?;
    Ok(dek)
}

/// Wraps a data key (RFC 3394), so that it can be stored in a file.
fn wrap(kek: &Key, dek: &Key) -> Result<Vec<u8>, Failure> {
    let mut room = vec![0; KEY_LEN + 8];
    let kek = AesKek::new(&AES_256, kek);
    let wrapped = kek.and_then(|kek| kek.wrap(dek, &mut room).map(|wrapped| wrapped.to_vec()));
    wrapped.map_err(|_| Failure::Other("the key of the KMS is not one of AES-256".into()))
}

impl Vm {
    /// Encrypts a plain disk with a new data key, which is wrapped by this key of the KMS.
    pub(crate) fn encrypt(
        folder: &Path,
        name: &str,
        plain: &Path,
        kek: (&str, &Key),
        backend: Backend,
    ) -> Result<Self, Failure> {
        let dek = new_dek()?;
        let mut vm = Self {
            file: folder.join(format!("{name}.vm")),
            disk: format!("{name}.1.disk"),
            kek: kek.0.to_owned(),
            wrapped_dek: wrap(kek.1, &dek)?,
        };
        backend.encrypt(plain, &vm.disk(), &dek)?;
        vm.save()?;
        Ok(vm)
    }

    /// Reads the configuration file.
    pub(crate) fn load(folder: &Path, name: &str) -> Result<Self, Failure> {
        let file = folder.join(format!("{name}.vm"));
        let text = read(&file)?;
        let text = String::from_utf8_lossy(&text);
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = ").map(str::to_owned));
            value.ok_or_else(|| Failure::Other(format!("{} has no line {name:?}", file.display())))
        };
        let wrapped_dek = unhex(&field("wrapped-dek")?)
            .ok_or_else(|| Failure::Other(format!("the wrapped-dek in {} is not hexadecimal", file.display())))?;
        Ok(Self { disk: field("disk")?, kek: field("kek")?, wrapped_dek, file })
    }

    fn save(&mut self) -> Result<(), Failure> {
        let hex: String = self.wrapped_dek.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("disk = {}\nkek = {}\nwrapped-dek = {hex}\n", self.disk, self.kek);
        replace(&self.file, text.as_bytes())
    }

    /// Returns the path of the disk.
    pub(crate) fn disk(&self) -> PathBuf {
        self.file.with_file_name(&self.disk)
    }

    /// Unwraps the data key.
    pub(crate) fn dek(&self, kek: &Key) -> Result<Key, Failure> {
        let mut room = Zeroizing::new(vec![0; KEY_LEN + 8]);
        let opened = AesKek::new(&AES_256, kek)
            .and_then(|kek| kek.unwrap(&self.wrapped_dek, &mut room).map(|dek| Zeroizing::new(dek.to_vec())));
        opened.map_err(|_| Failure::Other(format!("the key {} does not open the data key of this disk", self.kek)))
    }

    /// Decrypts the disk into a plain file.
    pub(crate) fn decrypt(&self, kek: &Key, plain: &Path, backend: Backend) -> Result<(), Failure> {
        backend.decrypt(&self.disk(), plain, &self.dek(kek)?)
    }

    /// Wraps the data key with another key of the KMS. The disk is not changed.
    pub(crate) fn rekey_shallow(&mut self, old: &Key, new: (&str, &Key)) -> Result<(), Failure> {
        self.wrapped_dek = wrap(new.1, &self.dek(old)?)?;
        self.kek = new.0.to_owned();
        self.save()
    }

    /// Encrypts the disk again with a new data key, which is wrapped by another key of the KMS.
    pub(crate) fn rekey_deep(&mut self, old: &Key, new: (&str, &Key), backend: Backend) -> Result<(), Failure> {
        let (dek, new_dek) = (self.dek(old)?, new_dek()?);
        let old_disk = self.disk();
        let number = self.disk.split('.').rev().nth(1).and_then(|number| number.parse().ok()).unwrap_or(1_u32);
        self.disk = self.disk.replace(&format!(".{number}.disk"), &format!(".{}.disk", number + 1));
        backend.encrypt_again(&old_disk, &self.disk(), &dek, &new_dek)?;
        self.wrapped_dek = wrap(new.1, &new_dek)?;
        self.kek = new.0.to_owned();
        self.save()?;
        fs::remove_file(&old_disk).map_err(Failure::file("remove", &old_disk))
    }

    /// Replaces the data key if the back end can do so without encrypting the disk again; returns `false` otherwise.
    pub(crate) fn replace_dek(&mut self, kek: &Key, backend: Backend) -> Result<bool, Failure> {
        let (dek, new_dek) = (self.dek(kek)?, new_dek()?);
        let wrapped = wrap(kek, &new_dek)?;
        let disk = self.disk();
        let Some(both) = backend.add_key(&disk, &dek, &new_dek)? else { return Ok(false) };
        self.wrapped_dek = wrapped;
        self.save()?;
        // The old key is removed only after the configuration has the new one.
        both.remove_old()?;
        Ok(true)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
