//! The client of a probe, and common preparations.

use std::cell::{Cell, OnceCell};

use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters};
use kmip_client::protocol::object::{KeyBlock, KeyValue, Object};
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, CreateKeyPairRequest, Get, GetAttributes, Register, Request,
};
use kmip_client::{Error, Reply};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask, KeyFormatType as Format, State,
};
use kmip_ttlv::{ProtocolVersion, Tag};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A client of one server in one version. A probe sends its own request by [`Session::call`], and returns the error;
/// all other requests must succeed.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) version: ProtocolVersion,
    pub(crate) server: &'static str,
    /// RSA keys take long to generate.
    rsa_pair: OnceCell<(String, String)>,
    /// Distinguishes the names of this run from those of others.
    prefix: String,
    names: Cell<usize>,
}

/// The result of a probe: the operation works, or fails in a known way. Anything unforeseen panics.
pub(crate) type Probed = Result<(), Failure>;

/// The way in which an operation does not work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client returns an error.
    Error(Error),
    /// The server reports success, but the result is wrong.
    Wrong(&'static str),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Session {
    pub(crate) fn new(client: Client, server: &'static str) -> Self {
        let version = client.version();
        let prefix = format!("matrix-{version}-{}", std::process::id());
        Self { client, version, server, rsa_pair: OnceCell::new(), prefix, names: Cell::new(0) }
    }

    pub(crate) fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
        self.client.call(request)
    }

    /// Sends a request that prepares the one under test.
    #[track_caller]
    pub(crate) fn must<R: Request>(&self, request: &R) -> Reply<R::Operation> {
        self.client.call(request).unwrap_or_else(|error| panic!("preparing: {}", told(&error)))
    }

    /// Returns an unused name.
    pub(crate) fn name(&self) -> String {
        self.names.set(self.names.get() + 1);
        format!("{}-{}", self.prefix, self.names.get())
    }

    /// Creates an AES-256 key on the server.
    pub(crate) fn key(&self) -> String {
        let name = self.name();
        self.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string()
    }

    /// Registers an active symmetric key with these bytes and this usage.
    pub(crate) fn registered(&self, algorithm: Algorithm, bytes: &[u8], mask: Mask) -> String {
        self.registered_with(algorithm, bytes, mask, None)
    }

    pub(crate) fn registered_with(
        &self,
        algorithm: Algorithm,
        bytes: &[u8],
        mask: Mask,
        parameters: Option<CryptographicParameters<'_>>,
    ) -> String {
        let mut request = Register::symmetric_key(algorithm, bytes);
        // Replaces the usage of the constructor.
        request.attributes = Default::default();
        let mut request = request.usage(mask);
        if let Some(parameters) = parameters {
            request = request.attribute(AttributeValue::CryptographicParameters(parameters.into()));
        }
        self.activated(self.must(&request).payload().unique_identifier.to_string())
    }

    pub(crate) fn activated(&self, id: String) -> String {
        if self.state(&id) == State::PRE_ACTIVE {
            self.must(&Activate::id(&id));
        }
        id
    }

    /// Returns an active key pair for signing, the private key first. Always the same pair.
    pub(crate) fn rsa_pair(&self) -> (String, String) {
        self.rsa_pair.get_or_init(|| self.pair(&CreateKeyPair::rsa(2048))).clone()
    }

    /// Creates the requested key pair, with both keys active.
    pub(crate) fn pair(&self, request: &CreateKeyPairRequest<'_>) -> (String, String) {
        let created = self.must(request);
        let payload = created.payload();
        let pair = (payload.private_key_unique_identifier, payload.public_key_unique_identifier);
        (self.activated(pair.0.to_string()), self.activated(pair.1.to_string()))
    }

    pub(crate) fn state(&self, id: &str) -> State {
        let reply = self.must(&GetAttributes::id(id).attribute(Tag::STATE));
        let attributes = reply.payload().attributes.unwrap();
        let state = attributes.find(Tag::STATE).next();
        let Some(AttributeValue::State(state)) = state else { panic!("no state among {attributes:?}") };
        *state
    }

    /// Returns the bytes of a key, in the server's format.
    pub(crate) fn bytes(&self, id: &str) -> Vec<u8> {
        key_bytes(&self.must(&Get::id(id)).payload().object).to_vec()
    }

    /// Returns the bytes of a public key in a format that cryptographic libraries read; servers support different ones.
    pub(crate) fn public_key(&self, id: &str) -> Vec<u8> {
        // Cosmian calls PKCS#8 what others call X.509.
        for format in [Format::X_509, Format::PKCS_8, Format::PKCS_1] {
            if let Ok(reply) = self.call(&Get::id(id).format(format)) {
                let der = key_bytes(&reply.payload().object);
                return if format == Format::PKCS_1 { [&RSA_2048[..], der].concat() } else { der.to_vec() };
            }
        }
        panic!("the public key comes in no format of DER")
    }
}

/// The bytes before the PKCS#1 of a key of 2048 bits in its SubjectPublicKeyInfo.
const RSA_2048: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    0x03, 0x82, 0x01, 0x0F, 0x00,
];

/// Returns an error with its causes.
pub(crate) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[track_caller]
pub(crate) fn key_bytes<'a>(object: &Object<'a>) -> &'a [u8] {
    object.key_block().unwrap().bytes().expect("a plain key of bytes").expose()
}

pub(crate) fn block(format: Format, algorithm: Algorithm, bits: i32, bytes: &[u8]) -> KeyBlock<'_> {
    KeyBlock::default()
        .key_format_type(format)
        .key_value(KeyValue::from_bytes(bytes))
        .cryptographic_algorithm(algorithm)
        .cryptographic_length(bits)
}

/// Returns a file of `tests/pem`, as DER.
pub(crate) fn certificate(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(pem(name)).unwrap().to_vec()
}

pub(crate) fn private_key(name: &str) -> Vec<u8> {
    PrivateKeyDer::from_pem_file(pem(name)).unwrap().secret_der().to_vec()
}

/// Returns the key in `p256.crt`, as SubjectPublicKeyInfo.
pub(crate) fn p256_public_key() -> Vec<u8> {
    // On this curve it has 91 bytes, and starts like this.
    const START: [u8; 8] = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86];
    let certificate = certificate("p256.crt");
    let start = certificate.windows(START.len()).position(|bytes| bytes == START).unwrap();
    certificate[start..start + 91].to_vec()
}

fn pem(name: &str) -> String {
    format!("{}/tests/pem/{name}", env!("CARGO_MANIFEST_DIR"))
}
