//! Request headers: credentials, and the permitted kinds of response.

#[cfg(feature = "_client")]
mod client;
mod credentials;

use std::fmt;
use std::sync::Arc;

use kmip_ttlv::enumeration::{AsynchronousIndicator, AttestationType};
use kmip_ttlv::{DateTime, Error, ErrorKind, ProtocolVersion, Result, Tag, V1_4, V2_0, VersionRange};

pub use self::credentials::Credentials;
use crate::protocol::message::{Asynchronous, Authentication, RequestHeader};

/// Optional fields of a request's header (KMIP 2.1, 8.2; KMIP 1.4, 7.2). None are set by default.
///
/// A client has one from its [`Config`](crate::Config), and `with_request_options` of both clients returns a clone with
/// another. Without a client, [`Exchange::with`](crate::Exchange::with) takes it. It is cheap to clone, and prints no
/// secrets.
///
/// An option that the version of a request does not have is an encoding error: nothing is dropped silently.
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
    payload_version: Option<ProtocolVersion>,
}

impl RequestOptions {
    /// Creates a header with the required fields only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the credentials, in addition to the client certificate, in place of earlier ones; [`Credentials::and`]
    /// combines several.
    pub fn credential(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Removes the credentials, so that the client certificate alone identifies the client.
    pub fn without_credential(mut self) -> Self {
        self.credentials = None;
        self
    }

    /// Sets a correlation value for the logs of client and server, which the server repeats in its response. KMIP 1.4
    /// and later.
    pub fn client_correlation_value(mut self, value: impl Into<String>) -> Self {
        self.client_correlation_value = Some(Arc::from(value.into()));
        self
    }

    /// Limits the server's responses to this many bytes. The server refuses to perform an operation with a longer
    /// response. Not all servers observe the limit; [`Config::max_response_size`](crate::Config::max_response_size)
    /// applies in any case.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// Permits, requires or prohibits an asynchronous response (KMIP 2.1, 9.2). Prohibited by default. KMIP 1.x has no
    /// Mandatory.
    ///
    /// A pending response is an `Error::Pending`, unless the client [waits](Self::wait_for_pending).
    pub fn asynchronous(mut self, indicator: AsynchronousIndicator) -> Self {
        self.asynchronous = Some(indicator);
        self
    }

    /// Sets whether the client polls for a pending response, for at most
    /// [`Config::pending_timeout`](crate::Config::pending_timeout). This is not part of the header.
    pub fn wait_for_pending(mut self, wait: bool) -> Self {
        self.wait_for_pending = wait;
        self
    }

    /// Announces that the client can attest itself, and by which kinds of attestation. If the server requires an
    /// attestation, it refuses the request and sends a nonce with the refusal
    /// ([`Refusal::nonce`](crate::Refusal::nonce)) for an attestation credential. KMIP 1.2 and later.
    pub fn attestation_types(mut self, types: impl IntoIterator<Item = AttestationType>) -> Self {
        self.attestation_types = Some(types.into_iter().collect());
        self
    }

    /// Sets the time of the request: the server may refuse one that is too old. It is the same for all requests with
    /// these options.
    pub fn time_stamp(mut self, time: DateTime) -> Self {
        self.time_stamp = Some(time);
        self
    }

    /// Encodes the operations in this version, if it is later than the one that was agreed on with the server. The
    /// message still names the agreed version.
    ///
    /// For servers that have operations or attributes of a later version than they speak: Oracle Key Vault has Encrypt,
    /// of KMIP 1.2, and Extractable, of 1.4, in messages of 1.1. Responses are read by the later version too, and
    /// [`Reply::version`](crate::Reply::version) returns it. A later major version is an encoding error.
    ///
    /// ```
    /// use kmip_client::protocol::operation::Encrypt;
    /// use kmip_client::ttlv::{V1_1, V1_2};
    /// use kmip_client::{Exchange, RequestOptions};
    ///
    /// let encrypt = Encrypt::data("9dc02223", b"attack at dawn");
    /// assert!(Exchange::new(V1_1, &encrypt).is_err());
    ///
    /// let options = RequestOptions::new().payload_version(V1_2);
    /// assert!(Exchange::with(V1_1, &encrypt, &options).is_ok());
    /// ```
    pub fn payload_version(mut self, version: ProtocolVersion) -> Self {
        self.payload_version = Some(version);
        self
    }

    /// Returns the version in which operations are encoded in a message of this version, if it is another.
    pub(crate) fn payload_version_in(&self, version: ProtocolVersion) -> Result<Option<ProtocolVersion>> {
        let later = self.payload_version.filter(|later| *later > version);
        if later.is_some_and(|later| later.major() != version.major()) {
            let what = "RequestOptions::payload_version has to be of the same major version as the message";
            return Err(Error::of_value(Tag::PROTOCOL_VERSION, ErrorKind::Value(what)));
        }
        Ok(later)
    }

    /// Sets the fields of a request's header.
    pub(crate) fn apply<'o>(&'o self, header: &mut RequestHeader<'o>) -> Result<()> {
        let Self {
            credentials,
            client_correlation_value,
            max_response_size,
            asynchronous,
            wait_for_pending: _, // by the client
            attestation_types,
            time_stamp,
            payload_version: _, // by the encoder: see `payload_version_in`
        } = self;
        let version = header.protocol_version;
        header.client_correlation_value = client_correlation_value.as_deref();
        header.maximum_response_size = max_response_size.map(|bytes| i32::try_from(bytes).unwrap_or(i32::MAX));
        header.asynchronous_indicator = asynchronous.map(|asked| indicator(asked, version)).transpose()?;
        if let Some(types) = attestation_types {
            header.attestation_capable_indicator = Some(true);
            header.attestation_types = types.to_vec();
        }
        if let Some(credentials) = credentials {
            header.authentication = Some(authentication(credentials, version)?);
        }
        header.time_stamp = *time_stamp;
        Ok(())
    }
}

/// Returns the Asynchronous Indicator in the form of the version: KMIP 1.x has yes or no.
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

/// Returns the credentials. Several are an error in versions that allow only one.
fn authentication(credentials: &Credentials, version: ProtocolVersion) -> Result<Authentication<'_>> {
    let authentication = credentials.authentication();
    if authentication.credentials.len() > 1 && version < V1_4 {
        let range = VersionRange::since(V1_4);
        let kind = ErrorKind::ValueNotInVersion { name: "more than one Credential", version, range };
        return Err(Error::of_value(Tag::AUTHENTICATION, kind));
    }
    Ok(authentication)
}

/// Prints the options without the credentials.
impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            credentials,
            client_correlation_value,
            max_response_size,
            asynchronous,
            wait_for_pending,
            attestation_types,
            time_stamp,
            payload_version,
        } = self;
        f.debug_struct("RequestOptions")
            .field("credentials", credentials)
            .field("client_correlation_value", client_correlation_value)
            .field("max_response_size", max_response_size)
            .field("asynchronous", asynchronous)
            .field("wait_for_pending", wait_for_pending)
            .field("attestation_types", attestation_types)
            .field("time_stamp", time_stamp)
            .field("payload_version", payload_version)
            .finish()
    }
}
