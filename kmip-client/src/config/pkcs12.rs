//! The part of PKCS#12 (RFC 7292) that an identity needs: one private key, and certificates.

use std::sync::Arc;

use der::{
    Decode, Sequence,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use hmac::{Hmac, KeyInit, Mac};
use pkcs8::spki::AlgorithmIdentifierRef;
use rustls::pki_types::CertificateDer;
use sha1::{
    Digest, Sha1,
    digest::block_api::{BlockSizeUser, EagerHash},
};
use sha2::{Sha224, Sha256, Sha384, Sha512};
use webpki::EndEntityCert;
use zeroize::Zeroizing;

use super::{
    ConfigError,
    input::Input,
    pbe::{self, EncryptedKey, Purpose, Work},
};

const INPUT: Input = Input::Pkcs12;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const X509: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA224: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// The private key and the certificates of a file.
pub(super) struct Contents {
    /// PKCS#8.
    pub(super) key: Zeroizing<Vec<u8>>,
    certificates: Vec<CertificateDer<'static>>,
}

/// Reads a file with exactly one private key.
pub(super) fn open(file: &[u8], passphrase: &str) -> Result<Contents, ConfigError> {
    let pfx = Pfx::from_der(file).map_err(broken)?;
    let safe = pfx.auth_safe.data().map_err(broken)?;
    let mut work = Work::new(INPUT);
    if let Some(mac) = &pfx.mac_data {
        mac.verify(&mut work, safe, passphrase)?;
    }
    let mut found = Found { work, keys: Vec::new(), certificates: Vec::new() };
    for part in Vec::<ContentInfo<'_>>::from_der(safe).map_err(broken)? {
        match part.content_type {
            ENCRYPTED_DATA => {
                let EncryptedContent { algorithm, content, .. } =
                    part.content.decode_as::<EncryptedData<'_>>().map_err(broken)?.content;
                let encrypted = content.map_or(&[][..], OctetStringRef::as_bytes);
                let opened = pbe::open(&mut found.work, algorithm, encrypted, passphrase)?;
                // Some wrong passphrases are only detected by the decrypted content.
                let bags = Vec::from_der(&opened).map_err(|_| ConfigError::WrongPassphrase { input: INPUT })?;
                found.take(bags, passphrase)?;
            }
            _ => found.take(Vec::from_der(part.data().map_err(broken)?).map_err(broken)?, passphrase)?,
        }
    }
    let (certificates, keys) = (found.certificates.len(), found.keys.len());
    match found.keys.pop() {
        Some(key) if keys == 1 && certificates > 0 => Ok(Contents { key, certificates: found.certificates }),
        _ => Err(ConfigError::Pkcs12Content { certificates, keys }),
    }
}

impl Contents {
    /// Returns the certificate of the key and its issuers, each followed by its issuer. A file has them in any order.
    /// Returns all of them unchanged if none belongs to the key.
    pub(super) fn chain(&self, is_owner: impl Fn(&CertificateDer<'static>) -> bool) -> Vec<CertificateDer<'static>> {
        let Some(leaf) = self.certificates.iter().find(|certificate| is_owner(certificate)) else {
            return self.certificates.clone();
        };
        let mut chain = vec![leaf.clone()];
        while let Some(issuer) = chain.last().and_then(|last| self.issuer_of(last)) {
            if chain.contains(issuer) {
                break;
            }
            chain.push(issuer.clone());
        }
        chain
    }

    /// Returns another certificate whose subject is the issuer of this one.
    fn issuer_of(&self, certificate: &CertificateDer<'_>) -> Option<&CertificateDer<'static>> {
        let issuer = EndEntityCert::try_from(certificate).ok()?.issuer().to_vec();
        self.certificates.iter().find(|other| {
            let subject = webpki::anchor_from_trusted_cert(other).map(|anchor| anchor.subject.to_vec());
            *other != certificate && subject.is_ok_and(|subject| subject == issuer)
        })
    }
}

fn broken(error: der::Error) -> ConfigError {
    ConfigError::BrokenPkcs12 { source: Arc::new(error) }
}

/// The contents found so far, and the remaining budget.
struct Found {
    work: Work,
    keys: Vec<Zeroizing<Vec<u8>>>,
    certificates: Vec<CertificateDer<'static>>,
}

impl Found {
    fn take(&mut self, bags: Vec<SafeBag<'_>>, passphrase: &str) -> Result<(), ConfigError> {
        for SafeBag { id, value, .. } in bags {
            match id {
                KEY_BAG => {
                    let mut key = Zeroizing::new(Vec::new());
                    der::Encode::encode_to_vec(&value, &mut key).map_err(broken)?;
                    self.keys.push(key);
                }
                SHROUDED_KEY_BAG => {
                    let key = value.decode_as::<EncryptedKey<'_>>().map_err(broken)?;
                    self.keys.push(pbe::open_key(&mut self.work, &key, passphrase)?);
                }
                CERTIFICATE_BAG => {
                    let bag = value.decode_as::<CertificateBag<'_>>().map_err(broken)?;
                    if bag.kind == X509 {
                        self.certificates.push(CertificateDer::from(bag.certificate.as_bytes().to_vec()));
                    }
                }
                // Revocation lists and secrets, which are not part of an identity.
                _ => {}
            }
        }
        Ok(())
    }
}

// The structures borrow, so that no part of a key is copied.

#[derive(Sequence)]
struct Pfx<'a> {
    #[allow(dead_code, reason = "3 since PKCS#12 has been published")]
    version: u8,
    auth_safe: ContentInfo<'a>,
    mac_data: Option<MacData<'a>>,
}

#[derive(Sequence)]
struct ContentInfo<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: AnyRef<'a>,
}

impl<'a> ContentInfo<'a> {
    /// Returns the content of plain data.
    fn data(&self) -> der::Result<&'a [u8]> {
        self.content_type.eq(&DATA).then_some(()).ok_or(der::ErrorKind::OidUnknown { oid: self.content_type })?;
        Ok(self.content.decode_as::<&OctetStringRef>()?.as_bytes())
    }
}

#[derive(Sequence)]
struct EncryptedData<'a> {
    #[allow(dead_code, reason = "it says nothing that the content does not")]
    version: u8,
    content: EncryptedContent<'a>,
}

#[derive(Sequence)]
struct EncryptedContent<'a> {
    #[allow(dead_code, reason = "always data")]
    content_type: ObjectIdentifier,
    algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    content: Option<&'a OctetStringRef>,
}

#[derive(Sequence)]
struct SafeBag<'a> {
    id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
    #[allow(dead_code, reason = "names for people")]
    attributes: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct CertificateBag<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    certificate: &'a OctetStringRef,
}

#[derive(Sequence)]
struct MacData<'a> {
    mac: DigestInfo<'a>,
    salt: &'a OctetStringRef,
    #[asn1(default = "once")]
    rounds: u32,
}

#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: &'a OctetStringRef,
}

fn once() -> u32 {
    1
}

impl MacData<'_> {
    /// Checks that the file was made with this passphrase.
    fn verify(&self, work: &mut Work, safe: &[u8], passphrase: &str) -> Result<(), ConfigError> {
        let verify = match self.mac.algorithm.oid {
            SHA1 => Self::holds::<Sha1>,
            SHA224 => Self::holds::<Sha224>,
            SHA256 => Self::holds::<Sha256>,
            SHA384 => Self::holds::<Sha384>,
            SHA512 => Self::holds::<Sha512>,
            other => return Err(work.unsupported(format!("{other} (MAC)"))),
        };
        work.spend("a MAC", self.rounds.into())?;
        if verify(self, safe, passphrase) { Ok(()) } else { Err(work.wrong_passphrase()) }
    }

    fn holds<D: Digest + BlockSizeUser + EagerHash>(&self, safe: &[u8], passphrase: &str) -> bool
    where
        Hmac<D>: Mac + KeyInit,
    {
        pbe::passwords(passphrase).any(|password| {
            let mut key = Zeroizing::new(vec![0; <D as Digest>::output_size()]);
            pbe::derive::<D>(Purpose::Mac, &password, self.salt.as_bytes(), self.rounds, &mut key);
            let mac = <Hmac<D> as KeyInit>::new_from_slice(&key).map(|mac| mac.chain_update(safe));
            mac.is_ok_and(|mac| mac.verify_slice(self.mac.digest.as_bytes()).is_ok())
        })
    }
}
