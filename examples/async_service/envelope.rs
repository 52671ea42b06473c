//! Encryption by the KMS, by the best method of the KMIP version. The first byte of a box states the method.

use aws_lc_rs::rand;
use kmip_client::protocol::operation::{Decrypt, Encrypt};
use kmip_client::ttlv::V1_4;
use kmip_client::{Client, Error};

/// AES-256-GCM, since KMIP 1.4: an IV of 12 bytes, a tag of 16 and the ciphertext follow.
const GCM: u8 = 1;
/// AES-256-CBC, which does not detect changes: an IV of 16 bytes and the ciphertext follow.
const CBC: u8 = 2;

const TAG: usize = 16;

/// The reason for which a box cannot be opened.
pub(crate) enum Sealed {
    /// This service did not create it.
    NotABox,
    /// The KMS did not open it.
    Kms(Error),
}

impl From<Error> for Sealed {
    fn from(error: Error) -> Self {
        Self::Kms(error)
    }
}

fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).ok().map(|()| bytes)
}

/// Encrypts with a key of the KMS. Returns `None` if the system has no random numbers.
pub(crate) async fn seal(kms: &Client, id: &str, plain: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    if kms.version() < V1_4 {
        let Some(iv) = random::<16>() else { return Ok(None) };
        // With an IV of the client, because some servers cannot generate one.
        let request = Encrypt::aes_cbc(id, plain).iv(&iv);
        let reply = kms.call(&request).await?;
        return Ok(Some([&[CBC][..], &iv, reply.payload().data.unwrap_or_default()].concat()));
    }
    let Some(iv) = random::<12>() else { return Ok(None) };
    let reply = kms.call(&Encrypt::aes_gcm(id, plain).iv(&iv)).await?;
    let (ciphertext, tag) = reply.payload().ciphertext_and_tag().unwrap_or_default();
    Ok(Some([&[GCM][..], &iv, tag, ciphertext].concat()))
}

/// Decrypts the output of [`seal`].
pub(crate) async fn open(kms: &Client, id: &str, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
    let request = match sealed.split_first() {
        Some((&GCM, rest)) => {
            let (iv, rest) = rest.split_at_checked(12).ok_or(Sealed::NotABox)?;
            let (tag, ciphertext) = rest.split_at_checked(TAG).ok_or(Sealed::NotABox)?;
            Decrypt::aes_gcm(id, iv, ciphertext, tag)
        }
        Some((&CBC, rest)) => {
            let (iv, ciphertext) = rest.split_at_checked(16).ok_or(Sealed::NotABox)?;
            Decrypt::aes_cbc(id, iv, ciphertext)
        }
        _ => return Err(Sealed::NotABox),
    };
    let reply = kms.call(&request).await?;
    Ok(reply.payload().data.map(|data| data.expose().to_vec()).unwrap_or_default())
}
