//! What a probe asks through, and the preparations that several need.

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

/// A client of one server in one version. What a probe is about it asks by [`Session::call`], and hands on the error; all else that it needs
/// has to succeed.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) version: ProtocolVersion,
    pub(crate) server: &'static str,
    /// RSA keys take long to make.
    rsa_pair: OnceCell<(String, String)>,
    /// Sets the names of this run apart from those of others.
    prefix: String,
    names: Cell<usize>,
}

/// What a probe has found: that the operation works, or how it does not. What nobody has foreseen panics.
pub(crate) type Probed = Result<(), Failure>;

/// How an operation does not work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client returns an error.
    Error(Error),
    /// The server says that all went well, and it did not.
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

    /// A call that prepares the one that a probe is about.
    #[track_caller]
    pub(crate) fn must<R: Request>(&self, request: &R) -> Reply<R::Operation> {
        self.client.call(request).unwrap_or_else(|error| panic!("preparing: {}", told(&error)))
    }

    /// A name that nothing has yet.
    pub(crate) fn name(&self) -> String {
        self.names.set(self.names.get() + 1);
        format!("{}-{}", self.prefix, self.names.get())
    }

    /// An AES-256 key that the server has made.
    pub(crate) fn key(&self) -> String {
        let name = self.name();
        self.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string()
    }

    /// A symmetric key of these bytes, active, to be used for this.
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
        // In place of the usage that the constructor gives.
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

    /// A private key for signing and its public key that the server has made, both active. Always the same pair.
    pub(crate) fn rsa_pair(&self) -> (String, String) {
        self.rsa_pair.get_or_init(|| self.pair(&CreateKeyPair::rsa(2048))).clone()
    }

    /// The key pair that is asked for, both keys active.
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

    /// The bytes of a key, in the format that the server has it in.
    pub(crate) fn bytes(&self, id: &str) -> Vec<u8> {
        key_bytes(&self.must(&Get::id(id)).payload().object).to_vec()
    }

    /// The bytes of a public key in a format that cryptographic libraries read; servers differ in those that they have.
    pub(crate) fn public_key(&self, id: &str) -> Vec<u8> {
        // Cosmian has PKCS#8 for what others call X.509.
        for format in [Format::X_509, Format::PKCS_8, Format::PKCS_1] {
            if let Ok(reply) = self.call(&Get::id(id).format(format)) {
                let der = key_bytes(&reply.payload().object);
                return if format == Format::PKCS_1 { [&RSA_2048[..], der].concat() } else { der.to_vec() };
            }
        }
        panic!("the public key comes in no format of DER")
    }
}

/// What stands before the PKCS#1 of a key of 2048 bits in its SubjectPublicKeyInfo.
const RSA_2048: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    0x03, 0x82, 0x01, 0x0F, 0x00,
];

/// An error with its causes.
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

/// A file in `tests/pem`, as DER.
pub(crate) fn certificate(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(pem(name)).unwrap().to_vec()
}

pub(crate) fn private_key(name: &str) -> Vec<u8> {
    PrivateKeyDer::from_pem_file(pem(name)).unwrap().secret_der().to_vec()
}

/// The key in `p256.crt`, as SubjectPublicKeyInfo.
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
