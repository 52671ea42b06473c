//! The inputs of a configuration, and their apparent content if they are not PEM.

use std::fmt;

/// The input that an error refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// The certificate of an [`Identity`](crate::Identity).
    ClientCertificate,
    /// The private key of an [`Identity`](crate::Identity).
    PrivateKey,
    /// The PKCS#12 file of an [`Identity`](crate::Identity).
    Pkcs12,
    /// The CA certificates of a [`Trust`](crate::Trust).
    CaCertificates,
    /// The revocation lists of a [`Trust`](crate::Trust).
    RevocationLists,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientCertificate => "the client certificate input",
            Self::PrivateKey => "the private key input",
            Self::Pkcs12 => "the PKCS#12 input",
            Self::CaCertificates => "the CA certificate input",
            Self::RevocationLists => "the revocation list input",
        })
    }
}

/// The apparent content of an input that is not PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotPem {
    /// The input is empty.
    Empty,
    /// Binary: a certificate or key in DER, or a PKCS#12 file.
    Der,
    /// Text in UTF-16.
    Utf16,
    /// The path of the file instead of its contents.
    Path,
    /// Base64 without the boundary lines of PEM.
    Base64,
    /// A Java keystore (JKS, JCEKS).
    JavaKeystore,
    /// Something else.
    Other,
}

impl NotPem {
    pub(super) fn advice(self, input: Input) -> &'static str {
        match (self, input) {
            (Self::Empty, _) => "it is empty",
            (Self::Der, Input::PrivateKey) => {
                "it looks like DER or PKCS#12; give it to Identity::from_der or Identity::from_pkcs12, or convert it \
                 with `openssl pkey -inform DER -in key.der -out key.pem`"
            }
            (Self::Der, Input::CaCertificates) => {
                "it looks like DER or PKCS#12; give DER to Trust::ca_der, or convert it with `openssl x509 -inform DER \
                 -in ca.der -out ca.pem`, or `openssl pkcs12 -in file.p12 -nokeys -out ca.pem`"
            }
            (Self::Der, Input::RevocationLists) => "it looks like DER: give it to Trust::with_crl_der",
            (Self::Der, _) => {
                "it looks like DER or PKCS#12; give it to Identity::from_der or Identity::from_pkcs12, or convert it \
                 with `openssl x509 -inform DER -in certificate.der -out certificate.pem`"
            }
            (Self::Utf16, _) => "it is UTF-16 text; save it as ASCII or UTF-8",
            (Self::Path, _) => "it looks like a path; give the content of the file",
            (Self::Base64, Input::PrivateKey) => {
                "it is base64 alone; put the line -----BEGIN PRIVATE KEY----- before it and -----END PRIVATE KEY----- \
                 behind it"
            }
            (Self::Base64, Input::RevocationLists) => {
                "it is base64 alone; put the line -----BEGIN X509 CRL----- before it and -----END X509 CRL----- behind it"
            }
            (Self::Base64, _) => {
                "it is base64 alone; put the line -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- \
                 behind it"
            }
            (Self::JavaKeystore, _) => {
                "it is a Java keystore; export it with `keytool -importkeystore -srckeystore file.jks -destkeystore \
                 file.p12 -deststoretype PKCS12`, and that with `openssl pkcs12 -in file.p12 -out file.pem`"
            }
            (Self::Other, _) => "it is of another format, or not the file that it should be; export it as PEM",
        }
    }
}
