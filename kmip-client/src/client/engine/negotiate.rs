//! Agreeing with a server on a version of KMIP.

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
use crate::transport::network::Network;
use crate::transport::time::Limit;

/// Returns `true` if a refusal says that the server does not know Discover Versions, or the version that it was asked in.
fn is_of_the_question(refusal: &Refusal) -> bool {
    use ResultReason as Why;
    matches!(refusal.reason, Some(Why::OPERATION_NOT_SUPPORTED | Why::INVALID_MESSAGE | Why::FEATURE_NOT_SUPPORTED))
}

/// The outcome of a call that has no version to be sent in: whatever became of the question, what the caller wants has not been sent.
fn not_sent(error: TransportError) -> NoVersion {
    Outcome::Broken(Broken::NotSent(error))
}

/// The outcome of a call whose server has no version to speak.
pub(super) type NoVersion = Outcome<Answer>;

impl<N: Network> Engine<N> {
    /// Agrees with a server on the newest version that both sides have. What it was to be asked for has not been sent yet.
    ///
    /// Discover Versions has a version itself: 1.1 is the first that has it, and the one that most servers understand. A server that refuses
    /// it there may understand another of ours; one that does not know it in any is one of 1.0. One that refuses it for another reason is
    /// taken for one of 1.0 on this connection alone. The credentials are sent as far as each version can carry them.
    ///
    /// Servers that end a connection with each refusal are asked on with fresh ones. What the caller wants never goes out on one that has
    /// ended already, where it would be sent in vain.
    pub(super) async fn negotiate(
        &self,
        line: &mut Line<N::Link>,
        options: &RequestOptions,
        total: Limit,
    ) -> Result<Agreed, NoVersion> {
        let allowed = self.versions.as_slice();
        if let [only] = allowed {
            return Ok(Agreed::Told(*only));
        }
        let others = allowed.iter().copied().filter(|version| *version > V1_1);
        let (mut refused, mut hangs_up) = (None, false);
        for asked_in in [V1_1].into_iter().chain(others) {
            let request = DiscoverVersions::among(allowed.iter().copied());
            let options = options.to_negotiate_in(asked_in);
            let answered = match self.send_once(line, asked_in, &request, &options, total).await {
                // The end of the connection goes with the refusal before. Asking twice does no harm.
                Err(Broken::NotSent(TransportError::Closed(_)) | Broken::Ambiguous(TransportError::Closed(_)))
                    if refused.is_some() =>
                {
                    hangs_up = true;
                    *line = self.open(line.server, total).await.map_err(not_sent)?;
                    self.send_once(line, asked_in, &request, &options, total).await
                }
                answered => answered,
            };
            let broken = |(Broken::NotSent(error) | Broken::Ambiguous(error))| not_sent(error.on_discover_versions());
            match answered.map_err(broken)? {
                Ok(reply) => {
                    return self.newest_common(line.server, reply.payload().protocol_versions).map(Agreed::Told);
                }
                // Not a matter of versions: it would be refused again.
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
            Some(refusal) if !is_of_the_question(&refusal) => Ok(Agreed::Guessed(Guess { version: V1_0, refusal })),
            _ => Ok(Agreed::Told(V1_0)),
        }
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
