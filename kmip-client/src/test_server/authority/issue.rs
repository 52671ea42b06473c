//! Certificates for the keys of clients, from attributes or from a request (PKCS#10).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use kmip_ttlv::DateTime;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose, SanType, SerialNumber,
    date_time_ymd,
};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{SubjectAltName, name::GeneralName};
use x509_cert::name::Name;
use x509_cert::request::{CertReq, ExtensionReq};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::test_server::authority::certificate::{COMMON_NAME, texts};
use crate::test_server::authority::chain;
use crate::test_server::authority::pki::Pki;
use crate::test_server::authority::public_key::SubjectPublicKey;
use crate::test_server::base::refusal::{Cause, Refusal};

/// The lifetime of a certificate.
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

const EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14");

/// A request for a certificate: its subject and its key.
#[derive(Clone)]
pub(in crate::test_server) struct NewCertificate {
    name: Vec<(ObjectIdentifier, String)>,
    alternative_names: Vec<SanType>,
    pub(in crate::test_server) key: SubjectPublicKeyInfoOwned,
}

impl NewCertificate {
    /// Creates a request for a subject with a name only.
    pub(in crate::test_server) fn of_name(name: String, key: SubjectPublicKeyInfoOwned) -> Self {
        Self { name: vec![(COMMON_NAME, name)], alternative_names: Vec::new(), key }
    }

    /// Creates a request for a certificate like this one, in DER.
    pub(in crate::test_server) fn of_certificate(der: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let tbs = certificate.tbs_certificate();
        let names = tbs.get_extension::<SubjectAltName>().ok().flatten().map_or_else(Vec::new, |(_, names)| names.0);
        Some(Self::new(tbs.subject(), &names, tbs.subject_public_key_info()))
    }

    /// Creates a request from a PKCS#10 request in DER, and checks its self-signature.
    pub(in crate::test_server) fn of_request(der: &[u8]) -> Result<Self, Refusal> {
        let unreadable = |_| Cause::InvalidRequest.because("the request is no PKCS#10");
        let request = CertReq::from_der(der).map_err(unreadable)?;
        let message = request.info.to_der().map_err(unreadable)?;
        let CertReq { info, algorithm, signature } = &request;
        if !chain::is_signed(&info.public_key, algorithm, &message, signature.raw_bytes()) {
            return Err(Cause::InvalidRequest.because("the request is not signed by the key that it is for"));
        }
        let wanted = info.attributes.iter().filter(|attribute| attribute.oid == EXTENSION_REQUEST);
        let extensions = wanted
            .flat_map(|attribute| attribute.values.iter())
            .filter_map(|value| ExtensionReq::from_der(&value.to_der().ok()?).ok());
        let names = extensions.flat_map(|ExtensionReq(extensions)| extensions).filter_map(|extension| {
            SubjectAltName::from_der(extension.extn_value.as_bytes())
                .ok()
                .filter(|_| extension.extn_id == ALTERNATIVE_NAME)
        });
        let names: Vec<_> = names.flat_map(|names| names.0).collect();
        Ok(Self::new(&info.subject, &names, &info.public_key))
    }

    fn new(name: &Name, alternative_names: &[GeneralName], key: &SubjectPublicKeyInfoOwned) -> Self {
        Self {
            name: texts(name).map(|(oid, text)| (oid, text.to_owned())).collect(),
            alternative_names: alternative_names.iter().filter_map(alternative_name).collect(),
            key: key.clone(),
        }
    }

    /// Issues the certificate in DER. It is valid for servers and not for clients, so that no client can impersonate
    /// another one here.
    ///
    /// `serial` has to be unique for the authority.
    pub(in crate::test_server) fn certificate(
        &self,
        authority: &Pki,
        serial: &[u8],
        now: DateTime,
    ) -> Result<Vec<u8>, Refusal> {
        let Some(key) = SubjectPublicKey::of(&self.key) else {
            return Err(Cause::NotCertified.because("the server certifies RSA keys, and P-256, P-384 and P-521"));
        };
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from_slice(serial));
        params.distinguished_name = DistinguishedName::new();
        for (oid, text) in &self.name {
            let arcs: Vec<u64> = oid.arcs().map(u64::from).collect();
            params.distinguished_name.push(DnType::from_oid(&arcs), text.as_str());
        }
        params.subject_alt_names.clone_from(&self.alternative_names);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(now.0).unwrap_or_default());
        params.not_after = params.not_before + LIFETIME;
        authority.sign(&params, &key).map_err(|error| Cause::Cryptographic.because(error.to_string()))
    }
}

const ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

/// Returns the alternative name of a server or a person; `None` for other kinds, whose owner is unknown.
fn alternative_name(name: &GeneralName) -> Option<SanType> {
    Some(match name {
        GeneralName::DnsName(name) => SanType::DnsName(name.as_str().try_into().ok()?),
        GeneralName::Rfc822Name(name) => SanType::Rfc822Name(name.as_str().try_into().ok()?),
        GeneralName::UniformResourceIdentifier(name) => SanType::URI(name.as_str().try_into().ok()?),
        GeneralName::IpAddress(address) => SanType::IpAddress(match address.as_bytes().len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(address.as_bytes()).map(Ipv4Addr::from).ok()?),
            _ => IpAddr::from(<[u8; 16]>::try_from(address.as_bytes()).map(Ipv6Addr::from).ok()?),
        }),
        _ => return None,
    })
}
