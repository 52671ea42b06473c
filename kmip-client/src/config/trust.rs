//! Which server we believe.

use std::{fmt, path::PathBuf, sync::Arc};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, CertificateRevocationListDer},
};
use webpki::BorrowedCertRevocationList;

use super::{
    ConfigError, Thumbprint,
    identity::{CERTIFICATE, labels, no_certificate, unreadable},
    input::Input,
    pem::{self, PemError},
    watched::Watched,
};

/// How to know the server: by the CA that issued its certificate, by the thumbprint of the certificate itself, or by
/// both.
///
/// A certificate is believed when it was issued, for the server's name, under one of the CAs, if any are given, and is
/// one of those whose thumbprints are given, if any are.
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::Trust;
/// # use kmip_client::{Thumbprint, test_server::Pki};
///
/// # fn main() -> Result<(), kmip_client::ConfigError> {
/// # let (ours, theirs, thumbprint) = (Pki::new().ca_pem(), Pki::new().ca_pem(), Thumbprint::sha256_of(b"abc").to_string());
/// let by_ca = Trust::ca_pem(&ours)?;
/// let by_either_ca = Trust::ca_pem(&ours)?.with_ca_pem(theirs)?;
/// let by_thumbprint = Trust::thumbprint(&thumbprint)?;
/// let by_both = Trust::ca_pem(ours)?.with_thumbprint(&thumbprint)?;
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct Trust {
    /// What was given, and does not change.
    fixed: Anchors,
    /// What comes from files, beside it.
    watched: Option<Arc<Watched<Anchors>>>,
}

/// What a certificate is compared with.
#[derive(Clone)]
pub(crate) struct Anchors {
    pub(crate) roots: Arc<RootCertStore>,
    pub(crate) pins: Vec<Thumbprint>,
    pub(crate) lists: Vec<CertificateRevocationListDer<'static>>,
    pub(crate) unknown: UnknownRevocation,
}

impl Anchors {
    /// Nothing, by which no certificate is believed.
    fn none() -> Self {
        let roots = Arc::new(RootCertStore::empty());
        Self { roots, pins: Vec::new(), lists: Vec::new(), unknown: UnknownRevocation::default() }
    }

    /// These and those.
    fn and(mut self, others: &Self) -> Self {
        if !others.roots.is_empty() {
            Arc::make_mut(&mut self.roots).roots.extend(others.roots.roots.iter().cloned());
        }
        self.pins.extend_from_slice(&others.pins);
        self.lists.extend_from_slice(&others.lists);
        if others.unknown == UnknownRevocation::Accept {
            self.unknown = others.unknown;
        }
        self
    }

    fn same(one: &Self, other: &Self) -> bool {
        one.roots.roots == other.roots.roots
            && one.pins == other.pins
            && one.lists == other.lists
            && one.unknown == other.unknown
    }
}

/// What to do with a certificate of which no revocation list tells whether it was revoked: there is none of its issuer,
/// or the one there is past the date at which the next was due.
///
/// It matters only where there are lists at all; see [`Trust::with_crl_pem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnknownRevocation {
    /// The server is not believed.
    #[default]
    Refuse,
    /// The server is believed, unless a list has its certificate, however old the list.
    Accept,
}

impl Trust {
    /// Any certificate that was issued for the server's name, under one of these CA certificates (PEM, one or several).
    ///
    /// A server certificate that signed itself may stand here too, as long as it is not marked as a CA.
    ///
    /// # Errors
    ///
    /// Where the input is not PEM, has no certificate, or one that is damaged.
    pub fn ca_pem(pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        Self::nothing().with_ca_pem(pem)
    }

    /// As [`ca_pem`](Self::ca_pem), from one CA certificate in DER. Others are added by
    /// [`with_ca_der`](Self::with_ca_der).
    ///
    /// ```no_run
    /// use kmip_client::Trust;
    ///
    /// let trust = Trust::ca_der(std::fs::read("ca.der")?)?.with_ca_der(std::fs::read("next-ca.der")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where it is not an X.509 certificate in DER.
    pub fn ca_der(der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        Self::nothing().with_ca_der(der)
    }

    /// One certificate, known by its SHA-1 or SHA-256 thumbprint, with or without colons or spaces, in any case.
    ///
    /// The thumbprint stands in place of a CA: issuer, name and validity are not looked at, since the thumbprint names
    /// this very certificate and nothing that these could say would make it another. In particular it is accepted after
    /// it expired: to end the trust, take the thumbprint away. That the server holds the certificate's private key is
    /// verified, as ever.
    ///
    /// ```
    /// use kmip_client::Trust;
    ///
    /// let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d")?;
    /// assert_eq!(format!("{trust:?}"), "Trust(SHA-1 A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D)");
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is not 40 or 64 hexadecimal digits.
    pub fn thumbprint(text: &str) -> Result<Self, ConfigError> {
        text.parse().map(Self::pinned)
    }

    /// One certificate, known by its thumbprint; see [`Trust::thumbprint`].
    #[must_use]
    pub fn pinned(thumbprint: Thumbprint) -> Self {
        Self::nothing().with_pinned(thumbprint)
    }

    /// Any certificate that was issued for the server's name, under a CA that browsers trust, as of the release of the
    /// crate `webpki-roots`. Rarely right: key management servers mostly have a CA of their own.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn webpki_roots() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self::fixed(Anchors { roots: Arc::new(roots), ..Anchors::none() })
    }

    /// Any certificate that was issued for the server's name, under a CA that this machine trusts: where the
    /// organisation's own CA is installed on all its machines. On Linux the variables `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name other places to look. What is there is read now, and not again.
    ///
    /// ```
    /// use kmip_client::Trust;
    ///
    /// match Trust::system_roots() {
    ///     Ok(trust) => println!("{trust:?}"),
    ///     Err(error) => println!("{error}"), // no CA is installed
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Where there is none. Single certificates that cannot be read are left out.
    #[cfg(feature = "system-roots")]
    pub fn system_roots() -> Result<Self, ConfigError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let source = found.errors.into_iter().next().map(|error| Arc::new(error) as super::Cause);
            return Err(ConfigError::NoSystemRoots { source });
        }
        Ok(Self::fixed(Anchors { roots: Arc::new(roots), ..Anchors::none() }))
    }

    /// These CAs too: the server's certificate may come from any of them.
    ///
    /// # Errors
    ///
    /// As for [`ca_pem`](Self::ca_pem).
    pub fn with_ca_pem(mut self, pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let input = Input::CaCertificates;
        let blocks = pem::blocks(pem.as_ref()).map_err(PemError::of(input))?;
        let mut certificates = blocks.iter().filter(|block| block.label == CERTIFICATE).peekable();
        if certificates.peek().is_none() {
            return Err(no_certificate(input, &blocks));
        }
        for (index, block) in certificates.enumerate() {
            self.add_root(index + 1, &block.der)?;
        }
        Ok(self)
    }

    /// This CA too, in DER: the server's certificate may come from any of them.
    ///
    /// # Errors
    ///
    /// As for [`ca_der`](Self::ca_der).
    pub fn with_ca_der(mut self, der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        pem::is_der(Input::CaCertificates, der.as_ref())?;
        self.add_root(1, der.as_ref())?;
        Ok(self)
    }

    /// On top of a CA: its certificates are believed only if they are this one. Beside other thumbprints: this one too,
    /// which is how a server's certificate is changed without a moment in which it is not believed.
    ///
    /// # Errors
    ///
    /// Where the text is not 40 or 64 hexadecimal digits.
    pub fn with_thumbprint(self, text: &str) -> Result<Self, ConfigError> {
        Ok(self.with_pinned(text.parse()?))
    }

    /// As [`with_thumbprint`](Self::with_thumbprint), from what was read or computed before.
    #[must_use]
    pub fn with_pinned(mut self, thumbprint: Thumbprint) -> Self {
        self.fixed.pins.push(thumbprint);
        self
    }

    /// Revocation lists (PEM, one or several) of the CAs: a server whose certificate, or that of an issuer below the
    /// trusted CA, stands in one of them is not believed.
    ///
    /// With one list at least, every certificate on the way to the CA has to be covered by a list of its issuer; see
    /// [`unknown_revocation`](Self::unknown_revocation). Lists are not fetched. They end after days or weeks: those of a
    /// client that runs for longer are best read from files that somebody renews, by [`watching`](Self::watching).
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::{Trust, UnknownRevocation};
    /// # use kmip_client::test_server::Pki;
    ///
    /// # fn main() -> Result<(), kmip_client::ConfigError> {
    /// # let pki = Pki::new();
    /// # let (ca, crl) = (pki.ca_pem(), pki.crl_pem(&[]));
    /// let trust = Trust::ca_pem(ca)?.with_crl_pem(crl)?.unknown_revocation(UnknownRevocation::Accept);
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the input is not PEM, has no list, or one that is damaged. That a list needs a CA which has issued it is
    /// found when the configuration is used.
    pub fn with_crl_pem(mut self, pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let blocks = pem::blocks(pem.as_ref()).map_err(PemError::of(Input::RevocationLists))?;
        let mut lists = blocks.iter().filter(|block| block.label == "X509 CRL").peekable();
        if lists.peek().is_none() {
            return Err(ConfigError::NoRevocationList { found: labels(&blocks) });
        }
        for (index, block) in lists.enumerate() {
            self.add_list(index + 1, &block.der)?;
        }
        Ok(self)
    }

    /// A revocation list in DER, which is what CAs publish; see [`with_crl_pem`](Self::with_crl_pem).
    ///
    /// # Errors
    ///
    /// Where it is not a revocation list in DER.
    pub fn with_crl_der(mut self, der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        pem::is_der(Input::RevocationLists, der.as_ref())?;
        self.add_list(1, der.as_ref())?;
        Ok(self)
    }

    /// What to do with a certificate of which no list tells whether it was revoked. Default:
    /// [`Refuse`](UnknownRevocation::Refuse).
    #[must_use]
    pub fn unknown_revocation(mut self, policy: UnknownRevocation) -> Self {
        self.fixed.unknown = policy;
        self
    }

    /// What `make` makes of the contents of these files, now, and again when one of them changes: for revocation lists, which end after days or
    /// weeks, and for CAs that others take the place of.
    ///
    /// Whenever a connection is made, the files are looked at, as those of [`Identity::from_files`](crate::Identity::from_files), and
    /// read if one of them has changed. With something else in them, sessions of TLS start afresh, since one that is resumed asks
    /// nobody for a certificate; connections in use go on as they are. While the files cannot be used, what was read
    /// last stays in use; [`reload`](Self::reload) tells why. What is added to the trust by its other methods is added to
    /// what is in the files, whatever that is.
    ///
    /// ```no_run
    /// use kmip_client::Trust;
    ///
    /// let trust = Trust::watching(["/etc/kms/ca.pem", "/etc/kms/ca.crl"], |[ca, list]| Trust::ca_pem(ca)?.with_crl_der(list))?;
    /// // ... after SIGHUP, say, to see that it goes well:
    /// if trust.reload()? {
    ///     println!("now {trust:?}");
    /// }
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::UnreadableFile`], and those of `make`.
    pub fn watching<const N: usize>(
        files: [impl Into<PathBuf>; N],
        make: impl Fn([&[u8]; N]) -> Result<Self, ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let make = move |contents: [&[u8]; N]| make(contents).map(|trust| Arc::new(trust.anchors()));
        let watched = Watched::new(files, make, Anchors::same)?;
        Ok(Self { watched: Some(Arc::new(watched)), ..Self::nothing() })
    }

    /// Reads the files of [`watching`](Self::watching) now, changed or not. Tells whether there is something else in them than before;
    /// always `false` for a trust without files.
    ///
    /// # Errors
    ///
    /// Why the files cannot be used; the trust stays as it was.
    pub fn reload(&self) -> Result<bool, ConfigError> {
        self.watched.as_ref().map_or(Ok(false), |watched| watched.reload())
    }

    /// What the other constructors start from; a configuration with it cannot be used.
    fn nothing() -> Self {
        Self::fixed(Anchors::none())
    }

    fn fixed(fixed: Anchors) -> Self {
        Self { fixed, watched: None }
    }

    fn add_root(&mut self, number: usize, der: &[u8]) -> Result<(), ConfigError> {
        let certificate = CertificateDer::from(der);
        let anchor = webpki::anchor_from_trusted_cert(&certificate)
            .map_err(|error| unreadable(Input::CaCertificates, number, error))?;
        Arc::make_mut(&mut self.fixed.roots).roots.push(anchor.to_owned());
        Ok(())
    }

    fn add_list(&mut self, number: usize, der: &[u8]) -> Result<(), ConfigError> {
        BorrowedCertRevocationList::from_der(der)
            .map_err(|error| ConfigError::BrokenRevocationList { number, source: Arc::new(error) })?;
        self.fixed.lists.push(CertificateRevocationListDer::from(der.to_vec()));
        Ok(())
    }
}

/// What the verifier reads.
impl Trust {
    /// What certificates are compared with.
    pub(crate) fn anchors(&self) -> Anchors {
        match &self.watched {
            Some(watched) => self.fixed.clone().and(&watched.used()),
            None => self.fixed.clone(),
        }
    }

    /// What a new connection compares the certificate with, if it is something else than the last time that this was asked: the files are
    /// looked at.
    pub(crate) fn newest(&self, last: &mut Option<Arc<Anchors>>) -> Option<Anchors> {
        let watched = self.watched.as_ref()?;
        watched.refresh();
        let used = watched.used();
        let changed = last.as_ref().is_some_and(|last| !Arc::ptr_eq(last, &used));
        *last = Some(used);
        changed.then(|| self.anchors())
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Anchors { roots, pins, lists, .. } = self.anchors();
        let mut parts = Vec::new();
        if !roots.is_empty() {
            parts.push(format!("{} CA certificates", roots.len()));
        }
        parts.extend(pins.iter().map(|pin| format!("{pin:?}")));
        if !lists.is_empty() {
            parts.push(format!("{} revocation lists", lists.len()));
        }
        write!(f, "Trust({})", parts.join(", "))
    }
}
