//! What goes into the header of a request: who asks, and how it may be answered.

mod credentials;

use std::fmt;
use std::sync::Arc;

use kmip_ttlv::enumeration::{AsynchronousIndicator, AttestationType};
use kmip_ttlv::{DateTime, Error, ErrorKind, ProtocolVersion, Result, Tag, V1_4, V2_0, VersionRange};

pub use self::credentials::Credentials;
use crate::protocol::message::{Asynchronous, Authentication, RequestHeader};

/// What the header of a request says beside what has to be there (KMIP 2.1, 8.2; KMIP 1.4, 7.2). By default nothing.
///
/// A client has one, from its [`Config`](crate::Config); `with_request_options` of both clients gives a clone with another. Without a client
/// [`Exchange::with`](crate::Exchange::with) takes it. Cheap to clone, and it prints no secrets.
///
/// What the version of a request has no place for makes it an error to encode: nothing is left out in silence.
///
/// ```
/// use kmip_client::protocol::operation::Locate;
/// use kmip_client::{Credentials, Exchange, RequestOptions};
/// use kmip_client::ttlv::{V1_2, V1_4};
///
/// let options = RequestOptions::new().credential(Credentials::user("alice", "secret")).client_correlation_value("backup 7");
/// assert!(Exchange::with(V1_4, &Locate::all(), &options).is_ok());
/// assert!(Exchange::with(V1_2, &Locate::all(), &options).is_err()); // the correlation value came with KMIP 1.4
/// ```
#[derive(Clone, Default)]
#[must_use = "options do nothing until a request is made with them"]
pub struct RequestOptions {
    credentials: Option<Credentials>,
    client_correlation_value: Option<Arc<str>>,
    max_response_size: Option<usize>,
    asynchronous: Option<AsynchronousIndicator>,
    wait_for_pending: bool,
    attestation_types: Option<Arc<[AttestationType]>>,
    time_stamp: Option<DateTime>,
}

impl RequestOptions {
    /// A header with what has to be there, and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says who asks, beside the client certificate. In place of what was said before; [`Credentials::and`] makes several.
    pub fn credential(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Does not say who asks: the client certificate has to do.
    pub fn without_credential(mut self) -> Self {
        self.credentials = None;
        self
    }

    /// A mark of the client's for its logs and the server's, which the server repeats in its answer. KMIP 1.4 and later.
    pub fn client_correlation_value(mut self, value: impl Into<String>) -> Self {
        self.client_correlation_value = Some(Arc::from(value.into()));
        self
    }

    /// Asks the server for answers of so many bytes at most: it refuses what would be longer, and has not done it then. Not all servers heed
    /// it; [`Config::max_response_size`](crate::Config::max_response_size) holds in any case.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// Says whether the server may answer later (KMIP 2.1, 9.2). Prohibited where nothing is said. KMIP 1.x has no Mandatory.
    ///
    /// What is to be answered later is an `Error::Pending`, unless the client [waits](Self::wait_for_pending).
    pub fn asynchronous(mut self, indicator: AsynchronousIndicator) -> Self {
        self.asynchronous = Some(indicator);
        self
    }

    /// Whether a client waits for what is answered later, by Poll, up to [`Config::pending_timeout`](crate::Config::pending_timeout).
    /// Says nothing in the header.
    pub fn wait_for_pending(mut self, wait: bool) -> Self {
        self.wait_for_pending = wait;
        self
    }

    /// Says that the client can prove what it is, and by which kinds of attestation. Where the server wants a proof it refuses the request,
    /// and sends a number with the refusal ([`Refusal::nonce`](crate::Refusal::nonce)) for an attestation credential. KMIP 1.2 and later.
    pub fn attestation_types(mut self, types: impl IntoIterator<Item = AttestationType>) -> Self {
        self.attestation_types = Some(types.into_iter().collect());
        self
    }

    /// When the request was made: the server may refuse one that is too old. The same for all requests with these options.
    pub fn time_stamp(mut self, time: DateTime) -> Self {
        self.time_stamp = Some(time);
        self
    }

    /// Whether to wait for what is answered later.
    #[cfg(feature = "_client")]
    pub(crate) fn waits_for_pending(&self) -> bool {
        self.wait_for_pending
    }

    /// The same options for what has to be answered at once: Poll and Cancel.
    #[cfg(feature = "_client")]
    pub(crate) fn at_once(&self) -> Self {
        Self { asynchronous: None, ..self.clone() }
    }

    /// The same options for asking in a version of KMIP which version to speak: who asks, as far as this version can say it.
    #[cfg(feature = "_client")]
    pub(crate) fn to_negotiate_in(&self, version: ProtocolVersion) -> Self {
        let credentials = self.credentials.clone().filter(|credentials| credentials.fit(version));
        Self { credentials, ..Self::default() }
    }

    /// Fills the header of a request.
    pub(crate) fn apply<'o>(&'o self, header: &mut RequestHeader<'o>) -> Result<()> {
        let version = header.protocol_version;
        header.client_correlation_value = self.client_correlation_value.as_deref();
        header.maximum_response_size = self.max_response_size.map(|bytes| i32::try_from(bytes).unwrap_or(i32::MAX));
        header.asynchronous_indicator = self.asynchronous.map(|asked| indicator(asked, version)).transpose()?;
        if let Some(types) = &self.attestation_types {
            header.attestation_capable_indicator = Some(true);
            header.attestation_types = types.to_vec();
        }
        if let Some(credentials) = &self.credentials {
            header.authentication = Some(authentication(credentials, version)?);
        }
        header.time_stamp = self.time_stamp;
        Ok(())
    }
}

/// Whether the server may answer later, in the words of the version: KMIP 1.x says yes or no.
fn indicator(asked: AsynchronousIndicator, version: ProtocolVersion) -> Result<Asynchronous> {
    match asked {
        indicator if version >= V2_0 => Ok(Asynchronous::Indicated(indicator)),
        AsynchronousIndicator::OPTIONAL => Ok(Asynchronous::Allowed(true)),
        AsynchronousIndicator::PROHIBITED => Ok(Asynchronous::Allowed(false)),
        _ => {
            let range = VersionRange::since(V2_0);
            Err(Error::of_value(
                Tag::ASYNCHRONOUS_INDICATOR,
                ErrorKind::ValueNotInVersion { name: "Mandatory", version, range },
            ))
        }
    }
}

/// The credentials; several of them only where the version has that.
fn authentication(credentials: &Credentials, version: ProtocolVersion) -> Result<Authentication<'_>> {
    let authentication = credentials.authentication();
    if authentication.credentials.len() > 1 && version < V1_4 {
        let range = VersionRange::since(V1_4);
        let kind = ErrorKind::ValueNotInVersion { name: "more than one Credential", version, range };
        return Err(Error::of_value(Tag::AUTHENTICATION, kind));
    }
    Ok(authentication)
}

/// Prints what is said, not who says it.
impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOptions")
            .field("credentials", &self.credentials)
            .field("client_correlation_value", &self.client_correlation_value)
            .field("max_response_size", &self.max_response_size)
            .field("asynchronous", &self.asynchronous)
            .field("wait_for_pending", &self.wait_for_pending)
            .field("attestation_types", &self.attestation_types)
            .field("time_stamp", &self.time_stamp)
            .finish()
    }
}
