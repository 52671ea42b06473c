//! Objects into the KMS: register.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use examples::{Failure, Output, read};
use kmip_client::blocking::Client;
use kmip_client::keys::{Certificate, PrivateKey, PublicKey, SecretKey};
use kmip_client::protocol::attribute::{AttributeValue, Link};
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, LinkType, OpaqueDataType, SecretDataType};
use serde_json::json;
use zeroize::Zeroizing;

use crate::keys::New;
use crate::life::activate;
use crate::parse;
use crate::show::Format;

/// The contents of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Detected from the file: a private key, a public key or a certificate
    Auto,
    PrivateKey,
    PublicKey,
    Certificate,
    /// The bytes of the file are the key
    SymmetricKey,
    /// A password or another secret
    Secret,
    /// Data that the server does not understand
    Opaque,
}

/// Register a key, certificate or secret from a file
#[derive(Args, Debug)]
pub(crate) struct Register {
    /// The file: PEM or DER, or raw bytes for symmetric-key, secret and opaque
    file: PathBuf,
    /// The contents
    #[arg(long = "type", value_enum, default_value = "auto")]
    kind: Kind,
    /// The algorithm of a symmetric key
    #[arg(long, default_value = "AES", value_parser = parse::named::<CryptographicAlgorithm>)]
    algorithm: CryptographicAlgorithm,
    /// Register the public half of a private key, too, with links between them; it is called "NAME, public"
    #[arg(long)]
    pair: bool,
    #[command(flatten)]
    new: New,
}

/// An object that was read from a file.
enum Read {
    PrivateKey(PrivateKey),
    PublicKey(PublicKey),
    Certificate(Certificate),
    SymmetricKey(SecretKey),
    Secret(Zeroizing<Vec<u8>>),
    Opaque(Zeroizing<Vec<u8>>),
}

impl Read {
    fn register(&self) -> op::RegisterRequest<'_> {
        match self {
            Self::PrivateKey(key) => key.register(),
            Self::PublicKey(key) => key.register(),
            Self::Certificate(certificate) => certificate.register(),
            Self::SymmetricKey(key) => key.register(),
            Self::Secret(bytes) => op::Register::secret_data(SecretDataType::PASSWORD, bytes),
            Self::Opaque(bytes) => op::Register::opaque_object(OpaqueDataType::default(), bytes),
        }
    }
}

impl Register {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let object = self.object()?;
        let public = match (&object, self.pair) {
            (_, false) => None,
            (Read::PrivateKey(key), true) => {
                Some(key.public_key().ok_or_else(|| self.wrong(&"it has no public half"))?)
            }
            (_, true) => return Err(self.wrong(&"--pair wants a private key")),
        };
        let mut request = object.register();
        if let Some(name) = &self.new.name {
            request = request.name(name);
        }
        request = self.new.values().fold(request, op::RegisterRequest::attribute);
        let id = kms.call(&request)?.payload().unique_identifier.to_string();
        match public {
            None => self.new.finish(kms, &id, format, output),
            Some(public) => self.finish_pair(kms, &id, public, format, output),
        }
    }

    /// Registers the public half of a private key, and links the two where the server keeps links.
    fn finish_pair(
        &self,
        kms: &Client,
        private: &str,
        public: &PublicKey,
        format: Format,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let name = self.new.name.as_ref().map(|name| format!("{name}, public"));
        let mut request = public.register();
        if let Some(name) = &name {
            request = request.name(name);
        }
        let public = match kms.call(&request) {
            Ok(reply) => reply.payload().unique_identifier.to_string(),
            Err(error) => {
                // The private key is there: say so before the error.
                format.id(private, output)?;
                return Err(error.into());
            }
        };
        let link = |id: &str, link| kms.call(&op::AddAttribute::id(id, AttributeValue::Link(link))).map(drop);
        let linked = link(private, Link::new(LinkType::PUBLIC_KEY_LINK, &*public))
            .and_then(|()| link(&public, Link::new(LinkType::PRIVATE_KEY_LINK, private)));
        let note = match &linked {
            Ok(()) => String::new(),
            Err(error) => format!("\nnot linked: {}", error.report()),
        };
        let value = json!({ "private_key": private, "public_key": public, "linked": linked.is_ok() });
        format.one(&format!("private {private}\npublic  {public}{note}"), &value, output)?;
        if self.new.activate {
            activate(kms, private)?;
            activate(kms, &public)?;
        }
        Ok(())
    }

    fn wrong(&self, error: &dyn std::fmt::Display) -> Failure {
        Failure::Usage(format!("{}: {error}", self.file.display()))
    }

    fn object(&self) -> Result<Read, Failure> {
        let bytes = read(&self.file)?;
        match self.kind {
            Kind::PrivateKey => Ok(Read::PrivateKey(private_key(&bytes).map_err(|error| self.wrong(&error))?)),
            Kind::PublicKey => {
                let key = if is_pem(&bytes) { PublicKey::from_pem(&bytes) } else { PublicKey::from_der(&bytes) };
                Ok(Read::PublicKey(key.map_err(|error| self.wrong(&error))?))
            }
            Kind::Certificate => {
                let read = if is_pem(&bytes) { Certificate::from_pem(&bytes) } else { Certificate::from_der(&bytes) };
                Ok(Read::Certificate(read.map_err(|error| self.wrong(&error))?))
            }
            Kind::SymmetricKey => Ok(Read::SymmetricKey(SecretKey::new(self.algorithm, bytes))),
            Kind::Secret => Ok(Read::Secret(bytes)),
            Kind::Opaque => Ok(Read::Opaque(bytes)),
            Kind::Auto => self.found_out(&bytes).ok_or_else(|| {
                self.wrong(&"it is no private key, public key or certificate; say what it is with --type")
            }),
        }
    }

    /// Detects the contents of the file.
    fn found_out(&self, bytes: &[u8]) -> Option<Read> {
        if let Ok(key) = private_key(bytes) {
            return Some(Read::PrivateKey(key));
        }
        if is_pem(bytes) {
            let certificate = Certificate::from_pem(bytes).map(Read::Certificate);
            return certificate.or_else(|_| PublicKey::from_pem(bytes).map(Read::PublicKey)).ok();
        }
        let certificate = Certificate::from_der(bytes).map(Read::Certificate);
        certificate.or_else(|_| PublicKey::from_der(bytes).map(Read::PublicKey)).ok()
    }
}

fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(11).any(|window| window == b"-----BEGIN ")
}

fn private_key(bytes: &[u8]) -> Result<PrivateKey, kmip_client::keys::KeyError> {
    let passphrase = Zeroizing::new(std::env::var("KMIP_KEY_PASSPHRASE").unwrap_or_default());
    match (is_pem(bytes), passphrase.is_empty()) {
        (true, true) => PrivateKey::from_pem(bytes),
        (true, false) => PrivateKey::from_encrypted_pem(bytes, &passphrase),
        (false, true) => PrivateKey::from_der(bytes),
        (false, false) => PrivateKey::from_encrypted_der(bytes, &passphrase),
    }
}
