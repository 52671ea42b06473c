//! Cryptography in the KMS: encrypt, decrypt, sign, verify.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use examples::{Failure, Output, read};
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::CryptographicParameters;
use kmip_client::protocol::operation as op;
use kmip_client::ttlv::V1_4;
use kmip_client::ttlv::enumeration::{
    CryptographicAlgorithm, DigitalSignatureAlgorithm, HashingAlgorithm, PaddingMethod,
};
use serde_json::json;

use crate::keys::write;
use crate::parse;
use crate::show::Format;

/// The length of a GCM tag in bytes.
const TAG: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// AES-GCM: a changed file does not decrypt. The file is IV (12 bytes), ciphertext, tag (16 bytes)
    Gcm,
    /// AES-CBC with padding: changes are not detected. The file is IV (16 bytes), ciphertext
    Cbc,
}

impl Mode {
    const fn iv(self) -> usize {
        match self {
            Self::Gcm => 12,
            Self::Cbc => 16,
        }
    }
}

#[derive(Args, Debug)]
struct Files {
    /// The key
    #[arg(value_name = "ID")]
    id: String,
    /// The input file
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// The output file, readable only by its owner (mode 0600)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The mode of the cipher
    #[arg(long, value_enum, default_value = "gcm")]
    mode: Mode,
}

impl Files {
    fn done(&self, bytes: usize, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let text = format!("{bytes} bytes in {}", self.out.display());
        format.one(&text, &json!({ "file": self.out.display().to_string(), "bytes": bytes }), output)
    }
}

/// Encrypt a file with a key that stays in the KMS
#[derive(Args, Debug)]
pub(crate) struct Encrypt {
    #[command(flatten)]
    files: Files,
}

impl Encrypt {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let Files { id, input, out, mode } = &self.files;
        let plain = read(input)?;
        let request = match mode {
            Mode::Gcm => op::Encrypt::aes_gcm(id.as_str(), plain.as_slice()),
            Mode::Cbc => op::Encrypt::aes_cbc(id.as_str(), plain.as_slice()),
        };
        let reply = kms.call(&request)?;
        let payload = reply.payload();
        let iv = payload.iv_counter_nonce.ok_or_else(|| Failure::Other("the server sent no IV".into()))?;
        if iv.len() != mode.iv() {
            return Err(Failure::Other(format!(
                "the server chose an IV of {} bytes, which this file has no place for",
                iv.len()
            )));
        }
        let mut file = iv.to_vec();
        match mode {
            Mode::Gcm => {
                let (data, tag) = payload
                    .ciphertext_and_tag()
                    .filter(|(_, tag)| tag.len() == TAG)
                    .ok_or_else(|| Failure::Other("the server sent no tag of 16 bytes".into()))?;
                file.extend_from_slice(data);
                file.extend_from_slice(tag);
            }
            Mode::Cbc => file.extend_from_slice(payload.data.unwrap_or_default()),
        }
        write(out, &file)?;
        self.files.done(file.len(), format, output)
    }
}

/// Decrypt a file that `encrypt` has written
#[derive(Args, Debug)]
pub(crate) struct Decrypt {
    #[command(flatten)]
    files: Files,
}

impl Decrypt {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let Files { id, input, out, mode } = &self.files;
        let file = read(input)?;
        let short = || Failure::Usage(format!("{} is too short to be written by `kmip encrypt`", input.display()));
        let (iv, rest) = file.split_at_checked(mode.iv()).ok_or_else(short)?;
        let split = rest.len().checked_sub(TAG).map(|at| rest.split_at(at));
        let request = match (mode, split) {
            (Mode::Cbc, _) => op::Decrypt::aes_cbc(id.as_str(), iv, rest),
            (Mode::Gcm, Some((data, tag))) if kms.version() >= V1_4 => op::Decrypt::aes_gcm(id.as_str(), iv, data, tag),
            // Before 1.4 the tag is at the end of the data.
            (Mode::Gcm, Some(_)) => op::Decrypt::aes_gcm_joined(id.as_str(), iv, rest),
            (Mode::Gcm, None) => return Err(short()),
        };
        let reply = kms.call(&request)?;
        let plain = reply.payload().data.map(|data| data.expose().to_vec()).unwrap_or_default();
        let plain = zeroize::Zeroizing::new(plain);
        write(out, &plain)?;
        self.files.done(plain.len(), format, output)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scheme {
    /// RSA with PKCS#1 v1.5
    Pkcs1,
    /// RSA with PSS
    Pss,
    /// ECDSA
    Ecdsa,
}

#[derive(Args, Debug)]
struct Signing {
    /// The key
    #[arg(value_name = "ID")]
    id: String,
    /// The data
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// The scheme
    #[arg(long, value_enum, default_value = "pkcs1")]
    scheme: Scheme,
    /// The hash: sha256, sha384, sha512
    #[arg(long, default_value = "sha256", value_parser = parse::named::<HashingAlgorithm>)]
    hash: HashingAlgorithm,
}

impl Signing {
    fn parameters(&self) -> CryptographicParameters<'static> {
        use DigitalSignatureAlgorithm as Algorithm;

        let parameters = CryptographicParameters::default().hashing_algorithm(self.hash);
        match self.scheme {
            Scheme::Pkcs1 => parameters
                .cryptographic_algorithm(CryptographicAlgorithm::RSA)
                .padding_method(PaddingMethod::PKCS1_V1_5)
                .digital_signature_algorithm(match self.hash {
                    HashingAlgorithm::SHA_384 => Algorithm::SHA_384_WITH_RSA_ENCRYPTION,
                    HashingAlgorithm::SHA_512 => Algorithm::SHA_512_WITH_RSA_ENCRYPTION,
                    _ => Algorithm::SHA_256_WITH_RSA_ENCRYPTION,
                }),
            Scheme::Pss => {
                parameters.cryptographic_algorithm(CryptographicAlgorithm::RSA).padding_method(PaddingMethod::PSS)
            }
            Scheme::Ecdsa => parameters.digital_signature_algorithm(match self.hash {
                HashingAlgorithm::SHA_384 => Algorithm::ECDSA_WITH_SHA384,
                HashingAlgorithm::SHA_512 => Algorithm::ECDSA_WITH_SHA512,
                _ => Algorithm::ECDSA_WITH_SHA256,
            }),
        }
    }
}

/// Sign a file with a key that stays in the KMS
#[derive(Args, Debug)]
pub(crate) struct Sign {
    #[command(flatten)]
    signing: Signing,
    /// The file for the signature
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Sign {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let data = read(&self.signing.input)?;
        let request = op::Sign::data(&*self.signing.id, data.as_slice()).parameters(self.signing.parameters());
        let reply = kms.call(&request)?;
        let signature =
            reply.payload().signature_data.ok_or_else(|| Failure::Other("the server sent no signature".into()))?;
        write(&self.out, signature)?;
        let text = format!("{} bytes of a signature in {}", signature.len(), self.out.display());
        format.one(&text, &json!({ "file": self.out.display().to_string(), "bytes": signature.len() }), output)
    }
}

/// Check a signature
#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    signing: Signing,
    /// The signature
    #[arg(long, value_name = "FILE")]
    signature: PathBuf,
}

impl Verify {
    pub(crate) fn run(&self, kms: &Client, format: Format, output: &mut Output<'_>) -> Result<(), Failure> {
        let (data, signature) = (read(&self.signing.input)?, read(&self.signature)?);
        let request = op::SignatureVerify::data(&*self.signing.id, data.as_slice(), &signature)
            .parameters(self.signing.parameters());
        let valid = kms.call(&request)?.payload().is_valid();
        if valid {
            return format.one("the signature is valid", &json!({ "valid": true }), output);
        }
        if format == Format::Json {
            format.one("", &json!({ "valid": false }), output)?;
        }
        Err(Failure::Other("the signature is NOT valid".into()))
    }
}
