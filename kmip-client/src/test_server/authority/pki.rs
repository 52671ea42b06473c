//! An authority that issues certificates for tests.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationList, CertificateRevocationListParams, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PublicKeyData, RevokedCertParams,
    SanType, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, pem::PemObject};
use x509_cert::der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use zeroize::{Zeroize, Zeroizing};

use crate::config::{ConfigError, Identity, Thumbprint};
use crate::test_server::authority::load;
use crate::test_server::authority::public_key::SubjectPublicKey;
use crate::test_server::base::setup::SetupError;

/// A certificate authority that lives in memory, for tests. Its keys are ECDSA P-256.
///
/// Two authorities do not trust each other's certificates.
///
/// ```
/// use kmip_client::{Trust, test_server::Pki};
///
/// let pki = Pki::new();
/// let trust = Trust::ca_pem(pki.ca_pem())?;
/// let identity = pki.issue_client("alice").identity()?;
/// # Ok::<(), kmip_client::ConfigError>(())
/// ```
pub struct Pki {
    params: CertificateParams,
    pem: String,
    der: Vec<u8>,
    key: KeyPair,
    /// The clients that certificates were issued to, and the serial numbers of the certificates.
    clients: Mutex<Vec<(String, Vec<u8>)>>,
}

/// The reason for which making a key or a certificate in this file cannot fail.
const INFALLIBLE: &str = "P-256 keys and these parameters are always possible, unless the system has no random numbers";

impl Pki {
    /// Creates an authority with a new key.
    ///
    /// # Panics
    ///
    /// Panics if the system has no random numbers, as do all methods of this type that make a key.
    #[must_use]
    pub fn new() -> Self {
        let key = KeyPair::generate().expect(INFALLIBLE);
        let mut params = CertificateParams::default();
        // A unique name, so that the certificates of two authorities differ in their issuer.
        let id = Thumbprint::sha256_of(key.public_key_raw()).to_string();
        params.distinguished_name.push(DnType::CommonName, format!("KMIP test CA {}", &id[..11]));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).expect(INFALLIBLE);
        Self { pem: certificate.pem(), der: certificate.der().to_vec(), params, key, clients: Mutex::default() }
    }

    /// Creates an authority from a CA certificate and its private key, both in PEM: those of an earlier [`Pki`], or of
    /// any other CA with an RSA or ECDSA key.
    ///
    /// ```
    /// use kmip_client::test_server::Pki;
    ///
    /// let pki = Pki::new();
    /// let (ca, key) = (pki.ca_pem(), pki.ca_key_pem()); // kept in files
    /// let again = Pki::from_pem(&ca, &key)?;
    /// assert_eq!(again.ca_der(), pki.ca_der());
    /// # Ok::<(), kmip_client::test_server::SetupError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SetupError::Config`] if an input cannot be read or the two do not belong together, and
    /// [`SetupError::Authority`] if the certificate is not one of a CA.
    pub fn from_pem(certificate: &str, private_key: &str) -> Result<Self, SetupError> {
        // This reports precisely if either input is wrong, or if they do not match.
        Identity::from_pem(certificate, private_key)?;
        let key = KeyPair::from_pem(private_key)
            .map_err(|_| SetupError::Authority("its private key is not an RSA or ECDSA key in PEM"))?;
        let not_pem = SetupError::Authority("it is not PEM");
        let Some(pem) = first_certificate(certificate) else { return Err(not_pem) };
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| not_pem)?;
        let pem = format!("{pem}\n");
        Ok(Self { params: load::params(&der)?, pem, der: der.to_vec(), key, clients: Mutex::default() })
    }

    /// Returns the certificate of the authority, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.pem.clone()
    }

    /// Returns the private key of the authority as PKCS#8, in PEM: for [`from_pem`](Self::from_pem). Wiped on drop.
    #[must_use]
    pub fn ca_key_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(self.key.serialize_pem())
    }

    /// Returns the certificate of the authority, in DER.
    #[must_use]
    pub fn ca_der(&self) -> &[u8] {
        &self.der
    }

    /// Issues a certificate for a server at `localhost`, 127.0.0.1 or ::1.
    #[must_use]
    pub fn issue_server(&self) -> Issued {
        self.issue(server())
    }

    /// Issues a certificate for a server with these names: DNS names or IP addresses.
    ///
    /// # Panics
    ///
    /// Panics if one is neither.
    #[must_use]
    pub fn issue_server_for(&self, names: &[&str]) -> Issued {
        self.try_issue_server_for(names).expect("they are DNS names or IP addresses")
    }

    /// Issues a certificate for a server with these names: DNS names or IP addresses.
    ///
    /// # Errors
    ///
    /// [`SetupError::Name`] if one is neither.
    pub fn try_issue_server_for(&self, names: &[impl AsRef<str>]) -> Result<Issued, SetupError> {
        let mut params = server();
        params.subject_alt_names =
            names.iter().map(|name| subject_alt_name(name.as_ref())).collect::<Result<_, _>>()?;
        Ok(self.issue(params))
    }

    /// Issues a certificate as [`issue_server`](Self::issue_server), valid in the year 2000 only.
    #[must_use]
    pub fn issue_expired_server(&self) -> Issued {
        self.issue(expired(server()))
    }

    /// Issues a certificate for a client. The common name is its identity for a KMIP server.
    #[must_use]
    pub fn issue_client(&self, common_name: &str) -> Issued {
        self.issue(client(common_name))
    }

    /// Issues a certificate as [`issue_client`](Self::issue_client), valid in the year 2000 only.
    #[must_use]
    pub fn issue_expired_client(&self, common_name: &str) -> Issued {
        self.issue(expired(client(common_name)))
    }

    /// Issues a certificate for a client whose private key stays with it, from its public key: SubjectPublicKeyInfo in
    /// DER. Returns DER too, or `None` if the bytes are no such key, or a kind of key that the authority does not
    /// certify.
    #[must_use]
    pub fn issue_client_for(&self, common_name: &str, public_key: &[u8]) -> Option<Vec<u8>> {
        let info = SubjectPublicKeyInfoOwned::from_der(public_key).ok()?;
        let mut params = client(common_name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        self.sign(&params, &SubjectPublicKey::of(&info)?).ok()
    }

    /// Signs a revocation list with these certificates, in PEM. It does not expire while the test runs.
    #[must_use]
    pub fn crl_pem(&self, revoked: &[&Issued]) -> String {
        self.crl(revoked, 4000)
    }

    /// Signs a revocation list as [`crl_pem`](Self::crl_pem), whose next update was due in the year 2001.
    #[must_use]
    pub fn expired_crl_pem(&self, revoked: &[&Issued]) -> String {
        self.crl(revoked, 2001)
    }

    fn crl(&self, revoked: &[&Issued], next_in_year: i32) -> String {
        let list = self.sign_crl(revoked.iter().map(|issued| &issued.serial[..]), next_in_year);
        list.pem().expect(INFALLIBLE)
    }

    /// Signs a list of all certificates that were issued to these clients so far.
    pub(in crate::test_server) fn revoke(&self, clients: &[String]) -> CertificateRevocationListDer<'static> {
        let issued = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let revoked = issued.iter().filter(|(client, _)| clients.contains(client)).map(|(_, serial)| &serial[..]);
        self.sign_crl(revoked, 4000).into()
    }

    fn sign_crl<'s>(&self, revoked: impl Iterator<Item = &'s [u8]>, next_in_year: i32) -> CertificateRevocationList {
        let this_update = date_time_ymd(2000, 1, 1);
        let entry = |serial| RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial),
            revocation_time: this_update,
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update,
            next_update: date_time_ymd(next_in_year, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&Issuer::from_params(&self.params, &self.key)).expect(INFALLIBLE)
    }

    /// Signs a certificate for this key. Returns it in DER.
    pub(in crate::test_server) fn sign(
        &self,
        params: &CertificateParams,
        key: &impl PublicKeyData,
    ) -> Result<Vec<u8>, rcgen::Error> {
        let certificate = params.signed_by(key, &Issuer::from_params(&self.params, &self.key))?;
        Ok(certificate.der().to_vec())
    }

    fn issue(&self, mut params: CertificateParams) -> Issued {
        let mut key = KeyPair::generate().expect(INFALLIBLE);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let serial = Thumbprint::sha256_of(key.public_key_raw()).as_bytes()[..16].to_vec();
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        if let Some(DnValue::Utf8String(name)) = params.distinguished_name.get(&DnType::CommonName) {
            self.clients.lock().unwrap_or_else(PoisonError::into_inner).push((name.clone(), serial.clone()));
        }
        let certificate = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key)).expect(INFALLIBLE);
        let private_key_pem = Zeroizing::new(key.serialize_pem());
        let issued = Issued { certificate_pem: certificate.pem(), private_key_pem, serial };
        key.zeroize();
        issued
    }
}

impl Default for Pki {
    fn default() -> Self {
        Self::new()
    }
}

/// Wipes the DER of the key. aws-lc-rs wipes its own form of it.
impl Drop for Pki {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl fmt::Debug for Pki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pki").field("ca", &Thumbprint::sha256_of(&self.der)).finish_non_exhaustive()
    }
}

/// A certificate that a [`Pki`] issued, and its private key, which is wiped on drop.
pub struct Issued {
    certificate_pem: String,
    private_key_pem: Zeroizing<String>,
    serial: Vec<u8>,
}

impl Issued {
    /// Returns the certificate, in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Returns the private key as PKCS#8, in PEM.
    #[must_use]
    pub fn private_key_pem(&self) -> &str {
        &self.private_key_pem
    }

    /// Returns the certificate and the key as an [`Identity`].
    ///
    /// # Errors
    ///
    /// Fails only if there is no TLS provider: see [`Identity::from_pem`].
    pub fn identity(&self) -> Result<Identity, ConfigError> {
        Identity::from_pem(self.certificate_pem(), self.private_key_pem())
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("certificate_pem", &self.certificate_pem).finish_non_exhaustive()
    }
}

fn subject_alt_name(name: &str) -> Result<SanType, SetupError> {
    if let Ok(address) = name.parse() {
        return Ok(SanType::IpAddress(address));
    }
    match ServerName::try_from(name) {
        Ok(ServerName::DnsName(_)) => name.try_into().ok().map(SanType::DnsName),
        _ => None,
    }
    .ok_or_else(|| SetupError::Name(name.to_owned()))
}

/// Returns the first certificate of a PEM file, without the text and comments around it.
fn first_certificate(pem: &str) -> Option<&str> {
    const END: &str = "-----END CERTIFICATE-----";
    let pem = &pem[pem.find("-----BEGIN CERTIFICATE-----")?..];
    Some(&pem[..pem.find(END)? + END.len()])
}

fn server() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "KMIP test server");
    params.subject_alt_names = vec![
        SanType::DnsName("localhost".try_into().expect("it is ASCII")),
        SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
        SanType::IpAddress(Ipv6Addr::LOCALHOST.into()),
    ];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn client(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn expired(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2001, 1, 1);
    params
}
