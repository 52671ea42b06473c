//! Objects in and out: create, register, get.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use examples::{Failure, Output, create_private, read};
use kmip_client::blocking::Client;
use kmip_client::keys::{Certificate, PrivateKey, PublicKey, SecretKey};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::Object;
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, OpaqueDataType, RecommendedCurve, SecretDataType,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::life::activate;
use crate::parse;
use crate::show::Format;

/// What a new object is called, and the like.
#[derive(Args, Debug)]
struct New {
    /// Its name
    #[arg(long)]
    name: Option<String>,
    /// What it may be used for, in place of what suits it: encrypt,decrypt,...
    #[arg(long, value_name = "USES", value_parser = parse::usage)]
    usage: Option<CryptographicUsageMask>,
    /// Another attribute; may be repeated
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = parse::attribute)]
    attributes: Vec<(String, String)>,
    /// Make it active at once
    #[arg(long)]
    activate: bool,
}

impl New {
    /// The attributes that were asked for, the name excepted.
    fn values(&self) -> Result<Vec<AttributeValue<'_>>, Failure> {
        let mut values = Vec::new();
        for (name, text) in &self.attributes {
            values.push(parse::attribute_value(name, text).map_err(Failure::Usage)?);
        }
        values.extend(self.usage.map(AttributeValue::CryptographicUsageMask));
        Ok(values)
    }

    /// Makes the object active where that was asked, and prints its identifier.
    fn finish(&self, kms: &Client, id: &str, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.activate {
            // Print the identifier even if this fails: the object is there.
            let activated = activate(kms, id);
            format.id(id, output)?;
            return activated;
        }
        format.id(id, output)
    }
}

/// Create a symmetric key
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// The algorithm
    #[arg(long, default_value = "AES", value_parser = parse::algorithm)]
    algorithm: CryptographicAlgorithm,
    /// The length in bits
    #[arg(long, default_value_t = 256)]
    length: i32,
    #[command(flatten)]
    new: New,
}

impl Create {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut request = op::Create::symmetric_key(self.algorithm, self.length)
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT);
        if let Some(name) = &self.new.name {
            request = request.name(name);
        }
        request = self.new.values()?.into_iter().fold(request, op::CreateRequest::attribute);
        let id = kms.call(&request)?.payload().unique_identifier.to_string();
        self.new.finish(kms, &id, format, output)
    }
}

/// Create a key pair
#[derive(Args, Debug)]
pub(crate) struct CreatePair {
    /// Bits of an RSA key
    #[arg(long, value_name = "BITS", conflicts_with = "curve")]
    rsa: Option<i32>,
    /// Curve of an elliptic-curve key: P-256, P-384, P-521
    #[arg(long, value_parser = parse::curve)]
    curve: Option<RecommendedCurve>,
    /// The name of the private key; the public key gets "NAME, public"
    #[arg(long)]
    name: Option<String>,
    /// Make both active at once
    #[arg(long)]
    activate: bool,
}

impl CreatePair {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut request = match (self.rsa, self.curve) {
            (Some(bits), None) => op::CreateKeyPair::rsa(bits),
            (None, Some(curve)) => op::CreateKeyPair::ec(curve),
            _ => return Err(Failure::Usage("say --rsa BITS or --curve CURVE".into())),
        };
        let public_name = self.name.as_ref().map(|name| format!("{name}, public"));
        if let (Some(name), Some(public)) = (&self.name, &public_name) {
            request = request.private_key_name(name).public_key_name(public);
        }
        let reply = kms.call(&request)?;
        let private = reply.payload().private_key_unique_identifier.to_string();
        let public = reply.payload().public_key_unique_identifier.to_string();
        let text = format!("private {private}\npublic  {public}");
        format.one(&text, &json!({ "private_key": private, "public_key": public }), output)?;
        if self.activate {
            activate(kms, &private)?;
            activate(kms, &public)?;
        }
        Ok(())
    }
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Found out from the file: a private key, a public key or a certificate
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
    /// What it holds
    #[arg(long = "type", value_enum, default_value = "auto")]
    kind: Kind,
    /// The algorithm of a symmetric key
    #[arg(long, default_value = "AES", value_parser = parse::algorithm)]
    algorithm: CryptographicAlgorithm,
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
        let mut request = object.register();
        if let Some(name) = &self.new.name {
            request = request.name(name);
        }
        request = self.new.values()?.into_iter().fold(request, op::RegisterRequest::attribute);
        let id = kms.call(&request)?.payload().unique_identifier.to_string();
        self.new.finish(kms, &id, format, output)
    }

    fn object(&self) -> Result<Read, Failure> {
        let bytes = Zeroizing::new(read(&self.file)?);
        let wrong = |error: &dyn std::fmt::Display| Failure::Usage(format!("{}: {error}", self.file.display()));
        match self.kind {
            Kind::PrivateKey => Ok(Read::PrivateKey(private_key(&bytes).map_err(|error| wrong(&error))?)),
            Kind::PublicKey => {
                let key = if is_pem(&bytes) { PublicKey::from_pem(&bytes) } else { PublicKey::from_der(&bytes) };
                Ok(Read::PublicKey(key.map_err(|error| wrong(&error))?))
            }
            Kind::Certificate => {
                let read = if is_pem(&bytes) { Certificate::from_pem(&bytes) } else { Certificate::from_der(&bytes) };
                Ok(Read::Certificate(read.map_err(|error| wrong(&error))?))
            }
            Kind::SymmetricKey => Ok(Read::SymmetricKey(SecretKey::new(self.algorithm, bytes))),
            Kind::Secret => Ok(Read::Secret(bytes)),
            Kind::Opaque => Ok(Read::Opaque(bytes)),
            Kind::Auto => self
                .found_out(&bytes)
                .ok_or_else(|| wrong(&"it is no private key, public key or certificate; say what it is with --type")),
        }
    }

    /// What the file is by its own contents.
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

/// Fetch an object
#[derive(Args, Debug)]
pub(crate) struct Get {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// Write it to this file, which nobody else can read (mode 0600)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print it
    #[arg(long)]
    show_secret: bool,
    /// Write DER or raw bytes in place of PEM and, with --show-secret, hex
    #[arg(long)]
    raw: bool,
}

impl Get {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.out.is_none() && !self.show_secret {
            return Err(Failure::Usage("say where the key goes: --out FILE, or --show-secret".into()));
        }
        let reply = kms.call(&op::Get::id(&*self.id))?;
        let object = reply.payload().object;
        let fetched = fetched(&object).map_err(|error| Failure::Other(format!("{}: {error}", self.id)))?;
        let bytes = if self.raw { &fetched.der } else { fetched.text.as_ref().unwrap_or(&fetched.der) };
        if let Some(path) = &self.out {
            write(path, bytes)?;
            if format == Format::People {
                let (kind, length) = (object.object_type(), bytes.len());
                writeln!(output, "{kind} {}: {length} bytes in {}", self.id, path.display())?;
            }
        }
        if !self.show_secret {
            return Ok(());
        }
        if self.raw && format == Format::People {
            return Ok(output.write_all(bytes)?);
        }
        let text = match &fetched.text {
            Some(text) if !self.raw => Zeroizing::new(String::from_utf8_lossy(text).into_owned()),
            _ => hex(&fetched.der),
        };
        let value = json!({ "id": self.id, "object_type": object.object_type().to_string(), "value": &*text });
        format.one(text.trim_end(), &value, output)
    }
}

/// An object in the forms in which people keep it.
struct Fetched {
    /// DER, or the bytes themselves.
    der: Zeroizing<Vec<u8>>,
    /// PEM, where there is one.
    text: Option<Zeroizing<Vec<u8>>>,
}

fn fetched(object: &Object<'_>) -> Result<Fetched, kmip_client::keys::KeyError> {
    let copy = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
    Ok(match object {
        Object::PrivateKey(_) => {
            let key = PrivateKey::try_from(object)?;
            Fetched { der: copy(key.to_pkcs8_der()), text: Some(copy(key.to_pkcs8_pem()?.as_bytes())) }
        }
        Object::PublicKey(_) => {
            let key = PublicKey::try_from(object)?;
            Fetched { der: copy(key.to_public_key_der()), text: Some(copy(key.to_public_key_pem()?.as_bytes())) }
        }
        Object::Certificate(_) => {
            let certificate = Certificate::try_from(object)?;
            Fetched { der: copy(certificate.to_der()), text: Some(copy(certificate.to_pem()?.as_bytes())) }
        }
        Object::OpaqueObject(opaque) => Fetched { der: copy(opaque.opaque_data_value.expose()), text: None },
        other => Fetched { der: copy(SecretKey::try_from(other)?.expose()), text: None },
    })
}

/// Writes a secret to a file of its own; a file that could not be written whole is removed.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = create_private(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = std::fs::remove_file(path);
        Failure::file("write", path)(error)
    })
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write as _;
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
