//! Negotiation of the KMIP version with a server.

use kmip_ttlv::enumeration::ResultReason;
use kmip_ttlv::{ProtocolVersion, V1_0, V1_1};

use super::server::{Agreed, Guess, Line};
use super::{Answer, Engine};
use crate::client::error::Error;
use crate::client::outcome::Outcome;
use crate::exchange::Refusal;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::DiscoverVersions;
use crate::transport::error::{Broken, TransportError};
use crate::transport::network::{Boxed, Network};
use crate::transport::time::Limit;

/// Returns `true` if a refusal means that the server does not know Discover Versions, or its version.
fn is_about_discovery(refusal: &Refusal) -> bool {
    use ResultReason as Why;
    matches!(refusal.reason, Some(Why::OPERATION_NOT_SUPPORTED | Why::INVALID_MESSAGE | Why::FEATURE_NOT_SUPPORTED))
}

/// Returns the outcome of a call without a version: whatever happened to the negotiation, the request has not been
/// sent.
fn not_sent(error: TransportError) -> NoVersion {
    Outcome::Broken(Broken::NotSent(error))
}

/// The outcome of a call to a server without a common version.
pub(super) type NoVersion = Outcome<Answer>;

impl<N: Network> Engine<N> {
    /// Negotiates the newest common version with a server. The request has not been sent yet.
    ///
    /// Discover Versions itself has a version: 1.1 is the first that has it, and the one that most servers understand.
    /// If a server refuses it there, other allowed versions are tried; if it does not know the operation in any
    /// version, it is assumed to use 1.0. If it refuses for another reason, 1.0 is assumed for this connection only.
    /// The credentials are sent as far as each version can carry them.
    ///
    /// For servers that close the connection with each refusal, fresh connections are used. The request is never sent
    /// on a connection that has already ended.
    pub(super) fn negotiate<'a>(
        &'a self,
        line: &'a mut Line<N::Link>,
        options: &'a RequestOptions,
        total: Limit,
    ) -> Boxed<'a, Result<Agreed, NoVersion>> {
        Box::pin(async move {
            let allowed = self.versions.as_slice();
            if let [only] = allowed {
                return Ok(Agreed::Negotiated(*only));
            }
            let others = allowed.iter().copied().filter(|version| *version > V1_1);
            let (mut refused, mut hangs_up) = (None, false);
            for asked_in in [V1_1].into_iter().chain(others) {
                let request = DiscoverVersions::among(allowed.iter().copied());
                let options = options.to_negotiate_in(asked_in);
                let answered = match self.send_once(line, asked_in, &request, &options, total).await {
                    // The server closed the connection after its refusal. Repeating Discover Versions is harmless.
                    Err(Broken::NotSent(TransportError::Closed(_)) | Broken::Ambiguous(TransportError::Closed(_)))
                        if refused.is_some() =>
                    {
                        hangs_up = true;
                        *line = self.open(line.server, total).await.map_err(not_sent)?;
                        self.send_once(line, asked_in, &request, &options, total).await
                    }
                    answered => answered,
                };
                let broken =
                    |(Broken::NotSent(error) | Broken::Ambiguous(error))| not_sent(error.on_discover_versions());
                match answered.map_err(broken)? {
                    Ok(reply) => {
                        return self
                            .newest_common(line.server, reply.payload().protocol_versions)
                            .map(Agreed::Negotiated);
                    }
                    // The refusal is not about the version, and would be repeated.
                    Err(error) if error.reason() == Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL) => {
                        return Err(Outcome::Declined(Err(error)));
                    }
                    Err(Error::Refused(refusal)) => refused = refused.or(Some(refusal)),
                    Err(error) => return Err(Outcome::Declined(Err(error))),
                }
            }
            if hangs_up {
                *line = self.open(line.server, total).await.map_err(not_sent)?;
            }
            match refused {
                Some(refusal) if !allowed.contains(&V1_0) => Err(Outcome::Declined(Err(Error::Refused(refusal)))),
                Some(refusal) if !is_about_discovery(&refusal) => Ok(Agreed::Guessed(Guess { version: V1_0, refusal })),
                _ => Ok(Agreed::Negotiated(V1_0)),
            }
        })
    }

    fn newest_common(&self, index: usize, theirs: Vec<ProtocolVersion>) -> Result<ProtocolVersion, NoVersion> {
        let newest = self.versions.iter().copied().find(|version| theirs.contains(version));
        newest.ok_or_else(|| {
            Outcome::Declined(Err(Error::NoCommonVersion {
                endpoint: Box::new(self.servers[index].endpoint.clone()),
                ours: self.versions.clone(),
                theirs,
            }))
        })
    }
}
