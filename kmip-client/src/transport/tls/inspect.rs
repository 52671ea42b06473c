//! Inspection of a server's certificate, to decide whether to trust it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use kmip_ttlv::DateTime;
use rustls::{
    ALL_VERSIONS, CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::certificate::CertificateFields;
use super::check::ServerCheck;
use super::explain::untrusted;
use super::name::distinguished;
use super::signature;
use crate::config::{ConfigError, Thumbprint, TlsSettings};

/// The certificate that a server presented, together with a proof of its private key. Nothing else was verified:
/// compare the thumbprint with the one from the server's administrator, then trust it with
/// [`Trust::pinned`](crate::Trust::pinned).
///
/// `Display` prints it on several lines. Text from the server is escaped, so that it cannot control a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerCertificate {
    /// The subject, as in RFC 4514.
    pub subject: String,
    /// The issuer, as in RFC 4514. If it equals the subject, the certificate need not be self-signed.
    pub issuer: String,
    /// The start of its validity.
    pub not_before: DateTime,
    /// The end of its validity.
    pub not_after: DateTime,
    /// Its DNS names and IP addresses.
    pub names: Vec<String>,
    /// Its SHA-1 thumbprint, which many consoles show.
    pub sha1: Thumbprint,
    /// Its SHA-256 thumbprint, the one to pin.
    pub sha256: Thumbprint,
    /// The certificate and those that the server sent with it, usually those between it and the CA. Each in DER.
    pub chain: Vec<Vec<u8>>,
}

impl ServerCertificate {
    /// Parses the first certificate of a chain.
    #[inline]
    fn read(chain: Vec<Vec<u8>>) -> Result<Self, Error> {
        let leaf = chain.first().map_or(&[][..], Vec::as_slice);
        let facts = CertificateFields::read(leaf).and_then(|facts| facts.validity.map(|validity| (facts, validity)));
        let (facts, (not_before, not_after)) = facts.ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        Ok(Self {
            subject: distinguished(facts.subject),
            issuer: distinguished(facts.issuer),
            not_before,
            not_after,
            names: facts.names(),
            sha1: Thumbprint::sha1_of(leaf),
            sha256: Thumbprint::sha256_of(leaf),
            chain,
        })
    }
}

impl fmt::Display for ServerCertificate {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ENOUGH: usize = 32;
        let names =
            match (self.names.len(), self.names.iter().take(ENOUGH).map(String::as_str).collect::<Vec<_>>().join(", "))
            {
                (0, _) => "none".to_owned(),
                (..=ENOUGH, names) => names,
                (all, names) => format!("{names} and {} more", all - ENOUGH),
            };
        writeln!(f, "subject     {}", self.subject)?;
        writeln!(f, "issuer      {}", self.issuer)?;
        writeln!(f, "names       {names}")?;
        writeln!(f, "valid from  {}", self.not_before)?;
        writeln!(f, "valid until {}", self.not_after)?;
        writeln!(f, "SHA-1       {}", self.sha1)?;
        write!(f, "SHA-256     {}", self.sha256)
    }
}

/// Returns a TLS configuration that accepts any server with the private key of its certificate, sends no client
/// certificate, and stores the server's for [`Seen::take`].
#[inline]
pub(crate) fn inspector(config: &TlsSettings) -> Result<(Arc<ClientConfig>, Arc<Seen>), ConfigError> {
    let provider = config.provider()?;
    let seen = Arc::new(Seen {
        algorithms: provider.signature_verification_algorithms,
        state: Mutex::new(State { chain: Vec::new(), proved: false }),
    });
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(ALL_VERSIONS)
        .map_err(|error| ConfigError::UnusableProvider { source: Arc::new(error) })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Seen>::clone(&seen))
        .with_no_client_auth();
    // A resumed session has no certificate.
    tls.resumption = Resumption::disabled();
    if config.requires_fips() && !tls.fips() {
        return Err(ConfigError::NotFips);
    }
    Ok((Arc::new(tls), seen))
}

/// The result of a handshake.
#[derive(Debug)]
pub(crate) struct Seen {
    algorithms: WebPkiSupportedAlgorithms,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    chain: Vec<Vec<u8>>,
    proved: bool,
}

impl Seen {
    /// Returns the certificate, if the server has proved that it has the key.
    #[inline]
    pub(crate) fn take(&self) -> Option<Result<ServerCertificate, Error>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.proved.then(|| ServerCertificate::read(std::mem::take(&mut state.chain)))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl ServerCertVerifier for Seen {
    #[inline]
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).map(|certificate| certificate.to_vec()).collect();
        self.change(|state| *state = State { chain, proved: false });
        Ok(ServerCertVerified::assertion())
    }

    #[inline]
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = signature::verify_tls12(message, certificate, dss, &self.algorithms)
            .map_err(|error| untrusted(ServerCheck::of_handshake(error, certificate, &self.algorithms), certificate))?;
        self.change(|state| state.proved = true);
        Ok(valid)
    }

    #[inline]
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = signature::verify_tls13(message, certificate, dss, &self.algorithms)
            .map_err(|error| untrusted(ServerCheck::of_handshake(error, certificate, &self.algorithms), certificate))?;
        self.change(|state| state.proved = true);
        Ok(valid)
    }

    #[inline]
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
