//! The capabilities that a server advertises.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{Enumeration, ObjectType, OperationCode, ProfileName, QueryFunction};

use crate::client::calls::Calls;
use crate::client::error::Error;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{CapabilityInformation, Query, QueryResponse};

/// The description that a server gives of itself: its vendor and its capabilities.
///
/// `capabilities` of both clients requests it; [`ServerCapabilities::ask`] does so in code for either.
///
/// It is only a hint: servers refuse what they advertise, and support what they do not advertise. Nothing in this crate
/// relies on it. Only the reply to a request shows if the server supports it.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use kmip_client::{blocking::Client, test_server::TestServer};
/// use kmip_client::ttlv::enumeration::OperationCode;
///
/// let server = TestServer::start();
/// let kms = Client::connect(&server.config())?;
/// let capabilities = kms.capabilities()?;
/// assert_eq!(capabilities.vendor(), Some("kmip-client test server"));
/// assert!(capabilities.advertises(OperationCode::RE_KEY));
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ServerCapabilities {
    /// One response to all functions, or one to each.
    answers: Vec<Reply<Query>>,
    refused: Vec<QueryFunction>,
}

impl ServerCapabilities {
    /// Sends a Query with every function of the server's version; if the server refuses that, one function at a time.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::{Error, Kmip, ServerCapabilities};
    /// use kmip_client::ttlv::enumeration::ObjectType;
    ///
    /// async fn keeps_certificates(kms: &impl Kmip) -> Result<bool, Error> {
    ///     Ok(ServerCapabilities::ask(kms).await?.object_types().contains(&ObjectType::CERTIFICATE))
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the server answers none of the functions.
    pub async fn ask(kms: &impl Calls) -> Result<Self, Error> {
        let version = kms.negotiated_version();
        let known = QueryFunction::TABLE.entries().filter(|entry| entry.versions().contains(version));
        let functions: Vec<_> = known.map(|entry| QueryFunction::from_value(entry.value())).collect();
        let refusal = match kms.call_at(None, &Query::functions(functions.iter().copied())).await {
            Ok((answer, _)) => return Ok(Self { answers: vec![answer], refused: Vec::new() }),
            Err(refusal @ Error::Refused(_)) => refusal,
            Err(error) => return Err(error),
        };
        let (mut answers, mut refused) = (Vec::new(), Vec::new());
        for function in functions {
            match kms.call_at(None, &Query::functions([function])).await {
                Ok((answer, _)) => answers.push(answer),
                Err(Error::Refused(_)) => refused.push(function),
                Err(error) => return Err(error),
            }
        }
        if answers.is_empty() { Err(refusal) } else { Ok(Self { answers, refused }) }
    }

    /// Returns `true` if the server lists this operation.
    #[must_use]
    #[inline]
    pub fn advertises(&self, operation: OperationCode) -> bool {
        self.responses().any(|response| response.operations.contains(&operation))
    }

    /// Returns the operations that the server lists.
    #[must_use]
    #[inline]
    pub fn operations(&self) -> Vec<OperationCode> {
        self.responses().flat_map(|response| response.operations).collect()
    }

    /// Returns the kinds of objects that the server lists.
    #[must_use]
    #[inline]
    pub fn object_types(&self) -> Vec<ObjectType> {
        self.responses().flat_map(|response| response.object_types).collect()
    }

    /// Returns the vendor.
    #[must_use]
    #[inline]
    pub fn vendor(&self) -> Option<&str> {
        self.responses().find_map(|response| response.vendor_identification)
    }

    /// Returns the texts of the vendor, such as a product name and a version, each with its tag. Vendors choose the
    /// contents.
    #[must_use]
    #[inline]
    pub fn information(&self) -> Vec<(Tag, &str)> {
        self.responses().flat_map(|response| response.server_information_texts()).collect()
    }

    /// Returns the profiles that the server claims. KMIP 1.3 and later.
    #[must_use]
    #[inline]
    pub fn profiles(&self) -> Vec<ProfileName> {
        self.responses().flat_map(|response| response.profiles).map(|profile| profile.name).collect()
    }

    /// Returns capabilities other than operations: undoing batches, multi-part requests, and so on. KMIP 1.3 and later.
    #[must_use]
    #[inline]
    pub fn features(&self) -> Option<CapabilityInformation> {
        self.responses().find_map(|response| response.capabilities.into_iter().next())
    }

    /// Returns the functions that the server refused. An empty response to a function is more common.
    #[must_use]
    #[inline]
    pub fn refused(&self) -> &[QueryFunction] {
        &self.refused
    }

    /// Returns all responses: one to all functions, or if the server refused that, one to each.
    #[inline]
    pub fn responses(&self) -> impl Iterator<Item = QueryResponse<'_>> {
        self.answers.iter().map(Reply::payload)
    }
}
