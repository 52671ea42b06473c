//! What a server says of itself.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{Enumeration, ObjectType, OperationCode, ProfileName, QueryFunction};

use crate::client::calls::Calls;
use crate::client::error::Error;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{CapabilityInformation, Query, QueryResponse};

/// What a server says of itself: who made it, and what it can do.
///
/// `capabilities` of both clients asks for it; [`ServerCapabilities::ask`] does in code for either.
///
/// It is a hint and no more: servers advertise what they refuse, and do what they do not advertise. Nothing in this crate relies on it. What
/// settles whether a server does something is its answer to the request.
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
    /// One answer to all questions, or one to each.
    answers: Vec<Reply<Query>>,
    refused: Vec<QueryFunction>,
}

impl ServerCapabilities {
    /// Asks the server everything that its version of KMIP has a question for; where it refuses that, one question after the other.
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
    /// Where the server answers none of the questions.
    pub async fn ask(kms: &impl Calls) -> Result<Self, Error> {
        let version = kms.negotiated_version();
        let known = QueryFunction::TABLE.entries().iter().filter(|entry| entry.versions().contains(version));
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

    /// Whether the server says that it has this operation.
    #[must_use]
    pub fn advertises(&self, operation: OperationCode) -> bool {
        self.responses().any(|response| response.operations.contains(&operation))
    }

    /// The operations that it says it has.
    #[must_use]
    pub fn operations(&self) -> Vec<OperationCode> {
        self.responses().flat_map(|response| response.operations).collect()
    }

    /// The kinds of objects that it says it keeps.
    #[must_use]
    pub fn object_types(&self) -> Vec<ObjectType> {
        self.responses().flat_map(|response| response.object_types).collect()
    }

    /// Who made it.
    #[must_use]
    pub fn vendor(&self) -> Option<&str> {
        self.responses().find_map(|response| response.vendor_identification)
    }

    /// What the vendor says of it in texts, such as a product name and a version, each with its tag. Vendors choose what they put there.
    #[must_use]
    pub fn information(&self) -> Vec<(Tag, &str)> {
        self.responses().flat_map(|response| response.server_information_texts()).collect()
    }

    /// The profiles that it says it keeps to. KMIP 1.3 and later.
    #[must_use]
    pub fn profiles(&self) -> Vec<ProfileName> {
        self.responses().flat_map(|response| response.profiles).map(|profile| profile.name).collect()
    }

    /// What it can do besides its operations: batches that are undone, requests in several parts, and so on. KMIP 1.3 and later.
    #[must_use]
    pub fn features(&self) -> Option<CapabilityInformation> {
        self.responses().find_map(|response| response.capabilities.into_iter().next())
    }

    /// The questions that it refused; that it answers one with nothing is more common.
    #[must_use]
    pub fn refused(&self) -> &[QueryFunction] {
        &self.refused
    }

    /// All that it has answered: one response to all questions or, where it refused that, one to each.
    pub fn responses(&self) -> impl Iterator<Item = QueryResponse<'_>> {
        self.answers.iter().map(Reply::payload)
    }
}
