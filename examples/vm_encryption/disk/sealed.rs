//! A disk encrypted by this program: AES-256-GCM in blocks, by the STREAM construction (Hoang, Reyhanitabar, Rogaway
//! and Vizár, 2015).
//!
//! | bytes | |
//! |---|---|
//! | 8 | "KMIPDSK1" |
//! | 7 | random, and part of the nonce of every block |
//! | 1 | 0 |
//! | the rest | blocks of 64 KiB, each followed by a tag of 16 bytes; the last may be shorter, and may be empty |
//!
//! The nonce of a block consists of the 7 bytes, its number in 4 bytes, and 1 for the last block or 0. The header is
//! authenticated with every block. So blocks cannot be changed, moved, removed or added, and the disk cannot be
//! truncated. A data key encrypts one disk, only once.

use std::io::{self, Read, Write};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand;
use examples::Failure;
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"KMIPDSK1";
const BLOCK: usize = 64 * 1024;
const TAG: usize = 16;
const PREFIX: usize = 7;

type Header = [u8; 16];

fn key(dek: &[u8]) -> Result<LessSafeKey, Failure> {
    let key = UnboundKey::new(&AES_256_GCM, dek);
    key.map(LessSafeKey::new).map_err(|_| Failure::Other("the data key is not one of 256 bits".into()))
}

fn nonce(header: &Header, number: u32, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[..PREFIX].copy_from_slice(&header[MAGIC.len()..MAGIC.len() + PREFIX]);
    nonce[PREFIX..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

fn failed(what: &'static str) -> impl FnOnce(io::Error) -> Failure {
    move |error| Failure::Other(format!("cannot {what} the disk: {error}"))
}

fn damaged() -> Failure {
    Failure::Other("the disk does not open: it is damaged, or its data key is another one".into())
}

/// Encrypts its input as a disk.
struct Sealer<'w> {
    output: &'w mut dyn Write,
    key: LessSafeKey,
    header: Header,
    number: u32,
}

impl<'w> Sealer<'w> {
    fn new(output: &'w mut dyn Write, dek: &[u8]) -> Result<Self, Failure> {
        let mut header = [0; 16];
        header[..MAGIC.len()].copy_from_slice(MAGIC);
        rand::fill(&mut header[MAGIC.len()..MAGIC.len() + PREFIX])
            .map_err(|_| Failure::Other("the system has no random numbers".into()))?;
        output.write_all(&header).map_err(failed("write"))?;
        Ok(Self { output, key: key(dek)?, header, number: 0 })
    }

    fn block(&mut self, plain: &[u8], last: bool) -> Result<(), Failure> {
        let mut block = plain.to_vec();
        let sealed = self.key.seal_in_place_append_tag(
            nonce(&self.header, self.number, last),
            Aad::from(&self.header),
            &mut block,
        );
        sealed.map_err(|_| Failure::Other("the disk is too large".into()))?;
        self.number = self.number.checked_add(1).ok_or_else(|| Failure::Other("the disk is too large".into()))?;
        self.output.write_all(&block).map_err(failed("write"))
    }
}

/// Passes on the blocks of a disk, and marks the last one.
fn blocks(
    input: &mut dyn Read,
    len: usize,
    mut each: impl FnMut(&mut [u8], bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut block = read_block(input, len)?;
    loop {
        let next = read_block(input, len)?;
        each(&mut block, next.is_empty())?;
        if next.is_empty() {
            return Ok(());
        }
        block = next;
    }
}

/// Reads a whole block, or the rest.
fn read_block(input: &mut dyn Read, len: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut block = Zeroizing::new(Vec::with_capacity(len));
    input.take(len as u64).read_to_end(&mut block).map_err(failed("read"))?;
    Ok(block)
}

/// Encrypts a plain disk.
pub(super) fn encrypt(plain: &mut dyn Read, disk: &mut dyn Write, dek: &[u8]) -> Result<(), Failure> {
    let mut sealer = Sealer::new(disk, dek)?;
    blocks(plain, BLOCK, |block, last| sealer.block(block, last))
}

/// Decrypts a disk. Data that was written before an error is authentic, but incomplete.
pub(super) fn decrypt(disk: &mut dyn Read, plain: &mut dyn Write, dek: &[u8]) -> Result<(), Failure> {
    opened(disk, dek, |block, _| plain.write_all(block).map_err(failed("write")))
}

/// Encrypts a disk with another key. The plaintext is in memory only, one block at a time.
pub(super) fn encrypt_again(
    old: &mut dyn Read,
    new: &mut dyn Write,
    dek: &[u8],
    new_dek: &[u8],
) -> Result<(), Failure> {
    let mut sealer = Sealer::new(new, new_dek)?;
    opened(old, dek, |block, last| sealer.block(block, last))
}

fn opened(
    disk: &mut dyn Read,
    dek: &[u8],
    mut each: impl FnMut(&[u8], bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut header = [0; 16];
    disk.read_exact(&mut header).map_err(|_| damaged())?;
    if !header.starts_with(MAGIC) {
        return Err(damaged());
    }
    let (key, mut number) = (key(dek)?, 0_u32);
    blocks(disk, BLOCK + TAG, |block, last| {
        let plain =
            key.open_in_place(nonce(&header, number, last), Aad::from(&header), block).map_err(|_| damaged())?;
        number = number.checked_add(1).ok_or_else(damaged)?;
        each(plain, last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEK: [u8; 32] = [7; 32];

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut disk = Vec::new();
        encrypt(&mut &*plain, &mut disk, &DEK).expect("memory takes it");
        disk
    }

    fn open(disk: &[u8], dek: &[u8]) -> Option<Vec<u8>> {
        let mut plain = Vec::new();
        decrypt(&mut &*disk, &mut plain, dek).ok().map(|()| plain)
    }

    #[test]
    fn every_length_comes_back() {
        for len in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let plain: Vec<u8> = (0..len).map(|place| place.to_le_bytes()[0]).collect();
            let disk = sealed(&plain);
            assert_eq!(disk.len(), 16 + len + TAG * len.div_ceil(BLOCK).max(1));
            assert_eq!(open(&disk, &DEK), Some(plain), "{len}");
            assert_eq!(open(&disk, &[8; 32]), None);
        }
    }

    #[test]
    fn nothing_can_be_changed_moved_or_cut_off() {
        let disk = sealed(&[1; 3 * BLOCK]);
        for place in [0, 8, 15, 16, 16 + BLOCK, disk.len() - 1] {
            let mut changed = disk.clone();
            changed[place] ^= 1;
            assert_eq!(open(&changed, &DEK), None, "{place}");
        }
        let block = BLOCK + TAG;
        for len in [0, 15, 16, 16 + block, disk.len() - 1] {
            assert_eq!(open(&disk[..len], &DEK), None, "{len}");
        }
        let mut swapped = disk.clone();
        swapped[16..16 + 2 * block].rotate_left(block);
        assert_eq!(open(&swapped, &DEK), None);
        let longer = [&disk[..], &disk[16..16 + block]].concat();
        assert_eq!(open(&longer, &DEK), None);
    }

    #[test]
    fn a_disk_is_encrypted_again() {
        let plain = vec![5; 2 * BLOCK + 3];
        let mut new = Vec::new();
        encrypt_again(&mut &*sealed(&plain), &mut new, &DEK, &[9; 32]).expect("memory takes it");
        assert_eq!((open(&new, &[9; 32]), open(&new, &DEK)), (Some(plain), None));
    }
}
