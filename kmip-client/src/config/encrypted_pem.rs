//! Decryption of the PEM block of a private key, in any supported form.

use super::{
    ConfigError, legacy_pem, pbe,
    pem::{Block, ENCRYPTED_PKCS8, PKCS8},
};

/// Decrypts a block to the form of an unencrypted key. Returns an unencrypted block unchanged.
///
/// # Errors
///
/// Returns [`ConfigError::WrongPassphrase`], [`ConfigError::UnsupportedEncryption`], or [`ConfigError::BrokenKey`] for
/// a damaged envelope.
pub(crate) fn open<'a>(block: Block<'a>, passphrase: &str) -> Result<Block<'a>, ConfigError> {
    if block.encryption.is_some() {
        let der = legacy_pem::open(&block, passphrase)?;
        return Ok(Block { label: block.label, encryption: None, der });
    }
    match block.label {
        ENCRYPTED_PKCS8 => Ok(Block { label: PKCS8, encryption: None, der: pbe::open_pkcs8(&block.der, passphrase)? }),
        _ => Ok(block),
    }
}
