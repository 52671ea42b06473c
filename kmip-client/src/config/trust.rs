//! The servers that a client trusts.

use std::{fmt, path::PathBuf, sync::Arc};

use rustls::{RootCertStore, pki_types::CertificateDer};

use super::{
    ConfigError, Thumbprint,
    identity::{CERTIFICATE, labels, no_certificate, unreadable},
    input::Input,
    pem::{self, PemError},
    revocation::RevocationLists,
    watched::{Renewed, Watched},
};

/// The way to authenticate the server: by the CA that issued its certificate, by the thumbprint of the certificate
/// itself, or by both.
///
/// If CAs are given, the certificate has to be issued by one of them for the server's name. If thumbprints are given,
/// it has to have one of them.
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
    /// The given anchors, which do not change.
    fixed: Anchors,
    /// Additional anchors from files.
    watched: Option<WatchedAnchors>,
}

/// Anchors from files.
#[derive(Clone)]
struct WatchedAnchors {
    anchors: Arc<dyn Renewed<Anchors>>,
    /// [`Anchors::and`], as a value for the reason given at [`Renewed`].
    and: fn(Anchors, &Anchors) -> Anchors,
}

/// A pinned thumbprint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pin {
    pub(crate) thumbprint: Thumbprint,
    /// [`Thumbprint::same_digest_of`], as a value for the reason given at [`Renewed`]: SHA-1 is large.
    digest_of: fn(&Thumbprint, &[u8]) -> Thumbprint,
}

impl PartialEq for Pin {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.thumbprint == other.thumbprint
    }
}

impl Pin {
    /// Returns the thumbprint of a certificate in DER, by the same digest.
    #[inline]
    pub(crate) fn same_digest_of(&self, der: &[u8]) -> Thumbprint {
        (self.digest_of)(&self.thumbprint, der)
    }
}

/// The anchors that a certificate is checked against.
#[derive(Clone)]
pub(crate) struct Anchors {
    pub(crate) roots: Arc<RootCertStore>,
    pub(crate) pins: Vec<Pin>,
    pub(crate) lists: Option<RevocationLists>,
    pub(crate) unknown: UnknownRevocation,
}

impl Anchors {
    /// Returns empty anchors, which trust no certificate.
    #[inline]
    fn none() -> Self {
        let roots = Arc::new(RootCertStore::empty());
        Self { roots, pins: Vec::new(), lists: None, unknown: UnknownRevocation::default() }
    }

    /// Combines two sets of anchors.
    #[inline]
    fn and(mut self, others: &Self) -> Self {
        if !others.roots.is_empty() {
            Arc::make_mut(&mut self.roots).roots.extend(others.roots.roots.iter().cloned());
        }
        self.pins.extend_from_slice(&others.pins);
        if let Some(others) = &others.lists {
            RevocationLists::add(&mut self.lists, others);
        }
        if others.unknown == UnknownRevocation::Accept {
            self.unknown = others.unknown;
        }
        self
    }

    #[inline]
    fn same(one: &Self, other: &Self) -> bool {
        one.roots.roots == other.roots.roots
            && one.pins == other.pins
            && one.lists == other.lists
            && one.unknown == other.unknown
    }
}

/// The treatment of a certificate with unknown revocation status: there is no list of its issuer, or the list is out of
/// date.
///
/// It matters only if there are lists; see [`Trust::with_crl_pem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnknownRevocation {
    /// The server is not trusted.
    #[default]
    Refuse,
    /// The server is trusted, unless a list contains its certificate, however old the list.
    Accept,
}

impl Trust {
    /// Trusts any certificate that was issued for the server's name, under one of these CA certificates (PEM, one or
    /// several).
    ///
    /// A self-signed server certificate may be given too, unless it is marked as a CA.
    ///
    /// # Errors
    ///
    /// Fails if the input is not PEM, has no certificate, or one that is damaged.
    pub fn ca_pem(pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        Self::nothing().with_ca_pem(pem)
    }

    /// Does the same as [`ca_pem`](Self::ca_pem) for one CA certificate in DER. [`with_ca_der`](Self::with_ca_der) adds
    /// others.
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
    /// Fails if the input is not an X.509 certificate in DER.
    pub fn ca_der(der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        Self::nothing().with_ca_der(der)
    }

    /// Trusts one certificate, identified by its SHA-1 or SHA-256 thumbprint, with or without colons or spaces, in any
    /// case.
    ///
    /// The thumbprint replaces a CA: issuer, name and validity period are not checked, because the thumbprint
    /// identifies this very certificate. In particular it is accepted after it expired: to end the trust, remove the
    /// thumbprint. The server still has to prove that it holds the certificate's private key.
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
    /// Fails if the text is not 40 or 64 hexadecimal digits.
    #[inline]
    pub fn thumbprint(text: &str) -> Result<Self, ConfigError> {
        text.parse().map(Self::pinned)
    }

    /// Trusts one certificate, identified by its thumbprint; see [`Trust::thumbprint`].
    #[must_use]
    #[inline]
    pub fn pinned(thumbprint: Thumbprint) -> Self {
        Self::nothing().with_pinned(thumbprint)
    }

    /// Trusts any certificate that was issued for the server's name, under a CA that browsers trust, as of the release
    /// of the crate `webpki-roots`. Rarely suitable, because most key management servers have a CA of their own.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    #[inline]
    pub fn webpki_roots() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self::fixed(Anchors { roots: Arc::new(roots), ..Anchors::none() })
    }

    /// Trusts any certificate that was issued for the server's name, under a CA that this machine trusts, for
    /// organisations that install their own CA on all machines. On Linux the variables `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` set other locations. The CAs are read now, and not again.
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
    /// Fails if there is none. Single certificates that cannot be read are ignored.
    #[cfg(feature = "system-roots")]
    #[inline]
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

    /// Adds these CAs: the server's certificate may come from any of them.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`ca_pem`](Self::ca_pem).
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

    /// Adds this CA, in DER: the server's certificate may come from any of them.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`ca_der`](Self::ca_der).
    pub fn with_ca_der(mut self, der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        pem::is_der(Input::CaCertificates, der.as_ref())?;
        self.add_root(1, der.as_ref())?;
        Ok(self)
    }

    /// Adds a thumbprint. In addition to a CA, its certificates are trusted only with one of the thumbprints. In
    /// addition to other thumbprints, this one is trusted too, which allows changing a server's certificate without an
    /// interruption.
    ///
    /// # Errors
    ///
    /// Fails if the text is not 40 or 64 hexadecimal digits.
    #[inline]
    pub fn with_thumbprint(self, text: &str) -> Result<Self, ConfigError> {
        Ok(self.with_pinned(text.parse()?))
    }

    /// Does the same as [`with_thumbprint`](Self::with_thumbprint) for a parsed or computed thumbprint.
    #[must_use]
    #[inline]
    pub fn with_pinned(mut self, thumbprint: Thumbprint) -> Self {
        self.fixed.pins.push(Pin { thumbprint, digest_of: Thumbprint::same_digest_of });
        self
    }

    /// Adds revocation lists (PEM, one or several) of the CAs: a server is not trusted if a list contains its
    /// certificate, or that of an issuer below the trusted CA.
    ///
    /// With at least one list, every certificate on the way to the CA has to be covered by a list of its issuer; see
    /// [`unknown_revocation`](Self::unknown_revocation). Lists are not fetched. They expire after days or weeks: a
    /// long-running client should read them from renewed files, by [`watching`](Self::watching).
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
    /// Fails if the input is not PEM, has no list, or one that is damaged. A missing CA of a list is reported when the
    /// configuration is used.
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

    /// Adds a revocation list in DER, the format in which CAs publish it; see [`with_crl_pem`](Self::with_crl_pem).
    ///
    /// # Errors
    ///
    /// Fails if the input is not a revocation list in DER.
    pub fn with_crl_der(mut self, der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        pem::is_der(Input::RevocationLists, der.as_ref())?;
        self.add_list(1, der.as_ref())?;
        Ok(self)
    }

    /// Sets the treatment of a certificate with unknown revocation status. Default:
    /// [`Refuse`](UnknownRevocation::Refuse).
    #[must_use]
    #[inline]
    pub fn unknown_revocation(mut self, policy: UnknownRevocation) -> Self {
        self.fixed.unknown = policy;
        self
    }

    /// Creates a trust from the contents of these files by `make`, now, and again when one of them changes: for
    /// revocation lists, which expire after days or weeks, and for CAs that are replaced.
    ///
    /// Before each new connection the files are checked like those of
    /// [`Identity::from_files`](crate::Identity::from_files), and read if one of them has changed. If the result
    /// differs, TLS sessions start afresh, because a resumed session does not verify a certificate; existing
    /// connections continue. While the files are unusable, the last result stays in use; [`reload`](Self::reload)
    /// returns the reason. Other methods of the trust add to the contents of the files, whatever these are.
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
    /// Returns [`ConfigError::UnreadableFile`], and the errors of `make`.
    pub fn watching<const N: usize>(
        files: [impl Into<PathBuf>; N],
        make: impl Fn([&[u8]; N]) -> Result<Self, ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let make = move |contents: [&[u8]; N]| make(contents).map(|trust| Arc::new(trust.anchors()));
        let anchors = Arc::new(Watched::new(files, make, Anchors::same)?);
        Ok(Self { watched: Some(WatchedAnchors { anchors, and: Anchors::and }), ..Self::nothing() })
    }

    /// Reads the files of [`watching`](Self::watching) now, changed or not. Returns `true` if the contents differ;
    /// always `false` for a trust without files.
    ///
    /// # Errors
    ///
    /// Returns the reason for which the files cannot be used; the trust stays unchanged.
    #[inline]
    pub fn reload(&self) -> Result<bool, ConfigError> {
        self.watched.as_ref().map_or(Ok(false), |watched| watched.anchors.reload())
    }

    /// Returns an empty trust, the start of the other constructors. A configuration with it cannot be used.
    #[inline]
    fn nothing() -> Self {
        Self::fixed(Anchors::none())
    }

    #[inline]
    fn fixed(fixed: Anchors) -> Self {
        Self { fixed, watched: None }
    }

    #[inline]
    fn add_root(&mut self, number: usize, der: &[u8]) -> Result<(), ConfigError> {
        let certificate = CertificateDer::from(der);
        let anchor = webpki::anchor_from_trusted_cert(&certificate)
            .map_err(|error| unreadable(Input::CaCertificates, number, error))?;
        Arc::make_mut(&mut self.fixed.roots).roots.push(anchor.to_owned());
        Ok(())
    }

    #[inline]
    fn add_list(&mut self, number: usize, der: &[u8]) -> Result<(), ConfigError> {
        RevocationLists::add(&mut self.fixed.lists, &RevocationLists::read(number, der)?);
        Ok(())
    }
}

/// Methods for the verifier.
impl Trust {
    /// Returns the anchors that certificates are checked against.
    #[inline]
    pub(crate) fn anchors(&self) -> Anchors {
        match &self.watched {
            Some(watched) => (watched.and)(self.fixed.clone(), &watched.anchors.used()),
            None => self.fixed.clone(),
        }
    }

    /// Returns the anchors for a new connection, if they differ from those of the last call. Checks the files.
    #[inline]
    pub(crate) fn newest(&self, last: &mut Option<Arc<Anchors>>) -> Option<Anchors> {
        let watched = &self.watched.as_ref()?.anchors;
        watched.refresh();
        let used = watched.used();
        let changed = last.as_ref().is_some_and(|last| !Arc::ptr_eq(last, &used));
        *last = Some(used);
        changed.then(|| self.anchors())
    }
}

impl fmt::Debug for Trust {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Anchors { roots, pins, lists, .. } = self.anchors();
        let mut parts = Vec::new();
        if !roots.is_empty() {
            parts.push(format!("{} CA certificates", roots.len()));
        }
        parts.extend(pins.iter().map(|pin| format!("{:?}", pin.thumbprint)));
        if let Some(lists) = lists {
            parts.push(format!("{} revocation lists", lists.len()));
        }
        write!(f, "Trust({})", parts.join(", "))
    }
}
