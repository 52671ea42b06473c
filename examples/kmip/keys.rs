//! New keys, and keys out of the KMS: create, create-pair, get.

use std::path::{Path, PathBuf};

use clap::Args;
use examples::{Failure, Output, replace};
use kmip_client::blocking::Client;
use kmip_client::keys::{Certificate, PrivateKey, PublicKey, SecretKey};
use kmip_client::protocol::attribute::{AttributeValue, ParsedAttribute};
use kmip_client::protocol::object::Object;
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, RecommendedCurve};
use serde_json::json;
use zeroize::Zeroizing;

use crate::life::activate;
use crate::parse;
use crate::show::Format;

/// The name and other attributes of a new object.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// Its name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Its permitted uses, instead of the default ones: encrypt,decrypt,...
    #[arg(long, value_name = "USES", value_parser = parse::usage)]
    usage: Option<CryptographicUsageMask>,
    /// Another attribute, as `kmip attributes add` takes it; may be repeated
    #[arg(long = "attribute", value_name = "NAME=VALUE")]
    attributes: Vec<ParsedAttribute>,
    /// Activate it at once
    #[arg(long)]
    pub(crate) activate: bool,
}

impl New {
    /// Returns the requested attributes, except the name.
    pub(crate) fn values(&self) -> impl Iterator<Item = AttributeValue<'_>> {
        self.attributes.iter().map(parse::value).chain(self.usage.map(AttributeValue::CryptographicUsageMask))
    }

    /// Activates the object if requested, and prints its identifier.
    pub(crate) fn finish(
        &self,
        kms: &Client,
        id: &str,
        format: Format,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if self.activate {
            // The identifier is printed even if this fails, because the object exists.
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
    #[arg(long, default_value = "AES", value_parser = parse::named::<CryptographicAlgorithm>)]
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
        request = self.new.values().fold(request, op::CreateRequest::attribute);
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
    #[arg(long, value_parser = parse::named::<RecommendedCurve>)]
    curve: Option<RecommendedCurve>,
    /// The name of the private key; the public key gets "NAME, public"
    #[arg(long)]
    name: Option<String>,
    /// Activate both at once
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

/// Fetch an object
#[derive(Args, Debug)]
pub(crate) struct Get {
    /// The object
    #[arg(value_name = "ID")]
    id: String,
    /// Write it to this file, readable only by its owner (mode 0600)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print it
    #[arg(long)]
    show_secret: bool,
    /// Write DER or raw bytes instead of PEM and, with --show-secret, hex
    #[arg(long)]
    raw: bool,
    /// Let it come wrapped by this AES key (RFC 3394), and write the wrapped bytes
    #[arg(long, value_name = "ID")]
    wrapped_with: Option<String>,
}

impl Get {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.out.is_none() && !self.show_secret {
            return Err(Failure::Usage("say where the key goes: --out FILE, or --show-secret".into()));
        }
        let mut request = op::Get::id(&*self.id);
        if let Some(key) = &self.wrapped_with {
            request = request.wrapped_with(&**key);
        }
        let reply = kms.call(&request)?;
        let object = &reply.payload().object;
        let fetched = match &self.wrapped_with {
            Some(key) => wrapped(object).ok_or_else(|| {
                Failure::Other(format!("the server did not wrap {} with {key}: nothing was written", self.id))
            })?,
            None => fetched(object).map_err(|error| Failure::Other(format!("{}: {error}", self.id)))?,
        };
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

/// An object in its usual file formats.
struct Fetched {
    /// DER, or the bytes themselves.
    der: Zeroizing<Vec<u8>>,
    /// PEM, if the object has such a form.
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

/// Returns the wrapped bytes of a key.
fn wrapped(object: &Object<'_>) -> Option<Fetched> {
    let bytes = object.key_block()?.wrapped_bytes()?;
    Some(Fetched { der: Zeroizing::new(bytes.expose().to_vec()), text: None })
}

/// Writes a secret to a file of its own, atomically: the previous contents stay until then. Devices and pipes are
/// written directly.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    match path.metadata() {
        Ok(there) if !there.is_file() => std::fs::write(path, bytes).map_err(Failure::file("write", path)),
        _ => replace(path, bytes),
    }
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write as _;
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
