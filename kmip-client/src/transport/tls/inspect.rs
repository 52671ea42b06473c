//! The certificate that a server shows, for somebody who is to decide whether to trust it.

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use kmip_ttlv::DateTime;
use rustls::{
    ALL_VERSIONS, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use x509_cert::{
    certificate::{CertificateInner, Raw},
    der::{self, Decode, asn1::OctetString},
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Time,
};

use super::certificate::LONGEST_NAME;
use super::check::ServerCheck;
use super::explain::untrusted;
use super::signature;
use crate::config::{ConfigError, Thumbprint, TlsSettings};
use crate::exchange::report::Printable;

/// The certificate that a server has shown, and has proved to have the private key of. Nothing else was verified: compare
/// the thumbprint with what the server's administrator says, then trust it with
/// [`Trust::pinned`](crate::Trust::pinned).
///
/// `Display` writes it over several lines, for people. What the server chose is escaped, so that it cannot play tricks on
/// a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerCertificate {
    /// Whom it was issued for, as RFC 4514 writes it.
    pub subject: String,
    /// Who issued it, as RFC 4514 writes it. Its being the same as the subject does not mean that it signed itself.
    pub issuer: String,
    /// The start of its validity.
    pub not_before: DateTime,
    /// The end of its validity.
    pub not_after: DateTime,
    /// The DNS names and IP addresses that it is for.
    pub names: Vec<String>,
    /// Its SHA-1 thumbprint, which is what many consoles show.
    pub sha1: Thumbprint,
    /// Its SHA-256 thumbprint, which is the one to pin.
    pub sha256: Thumbprint,
    /// It, and what the server sent with it: the certificates between it and the CA, as a rule. Each in DER.
    pub chain: Vec<Vec<u8>>,
}

impl ServerCertificate {
    /// Reads the first certificate of a chain.
    fn read(chain: Vec<Vec<u8>>) -> Result<Self, der::Error> {
        let leaf = chain.first().map_or(&[][..], Vec::as_slice);
        let certificate = CertificateInner::<Raw>::from_der(leaf)?;
        let certificate = certificate.tbs_certificate();
        let names = certificate.get_extension::<SubjectAltName>().ok().flatten();
        Ok(Self {
            subject: Printable::new(&certificate.subject().to_string()).to_string(),
            issuer: Printable::new(&certificate.issuer().to_string()).to_string(),
            not_before: date(&certificate.validity().not_before),
            not_after: date(&certificate.validity().not_after),
            names: names.iter().flat_map(|(_, names)| &names.0).filter_map(name).collect(),
            sha1: Thumbprint::sha1_of(leaf),
            sha256: Thumbprint::sha256_of(leaf),
            chain,
        })
    }
}

impl fmt::Display for ServerCertificate {
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

fn date(time: &Time) -> DateTime {
    DateTime(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(Printable::within(name.as_str(), LONGEST_NAME).to_string()),
        GeneralName::IpAddress(address) => Some(ip(address)?.to_string()),
        _ => None,
    }
}

fn ip(address: &OctetString) -> Option<IpAddr> {
    let bytes = address.as_bytes();
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// A TLS side that believes any server which has the private key of its certificate, says nothing of who we are, and
/// keeps the certificate for [`Seen::take`].
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
    // A resumed session shows no certificate.
    tls.resumption = Resumption::disabled();
    if config.requires_fips() && !tls.fips() {
        return Err(ConfigError::NotFips);
    }
    Ok((Arc::new(tls), seen))
}

/// What was seen in a handshake.
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
    /// The certificate, if the handshake came as far as proving that the server has its key.
    pub(crate) fn take(&self) -> Option<Result<ServerCertificate, der::Error>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.proved.then(|| ServerCertificate::read(std::mem::take(&mut state.chain)))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl ServerCertVerifier for Seen {
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

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
