//! Agreeing with a server on a version of KMIP.

use kmip_ttlv::enumeration::ResultReason;
use kmip_ttlv::{ProtocolVersion, V1_0, V1_1};

use super::network::{Link, Network};
use super::{Answer, Engine, Server, settled};
use crate::cluster::{Broken, Outcome};
use crate::error::{Error, Phase};
use crate::exchange::Exchange;
use crate::protocol::operation::{DiscoverVersions, DiscoverVersionsResponse};
use crate::time::Limit;

/// Why there is no version.
pub(super) type NoVersion = Outcome<Answer>;

impl<N: Network> Engine<N> {
    /// Agrees with a server on the newest version that both sides have. What it was to be asked for has not been sent yet.
    ///
    /// Discover Versions has a version itself: 1.1 is the first that has it, and the one that most servers understand. A server that refuses
    /// it there may understand another of ours; one that refuses it everywhere is one of 1.0.
    pub(super) async fn negotiate(
        &self,
        server: &Server<N::Link>,
        link: &mut N::Link,
        total: Limit,
    ) -> Result<ProtocolVersion, NoVersion> {
        let allowed = self.versions.as_slice();
        if let [only] = allowed {
            return Ok(*only);
        }
        let others = allowed.iter().copied().filter(|version| *version > V1_1);
        let mut refused = None;
        for asked_in in [V1_1].into_iter().chain(others) {
            match self.discover(link, asked_in, total).await? {
                Ok(theirs) => return self.newest_common(server, theirs),
                // Not a matter of versions: it would be refused again.
                Err(error) if error.reason() == Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL) => {
                    return Err(Outcome::Declined(Err(error)));
                }
                Err(error @ Error::Refused(_)) => refused = refused.or(Some(error)),
                Err(error) => return Err(Outcome::Declined(Err(error))),
            }
        }
        match refused {
            Some(error) if !allowed.contains(&V1_0) => Err(Outcome::Declined(Err(error))),
            _ => Ok(V1_0),
        }
    }

    /// Asks in this version which ones there are. The inner error is the server's.
    async fn discover(
        &self,
        link: &mut N::Link,
        asked_in: ProtocolVersion,
        total: Limit,
    ) -> Result<Result<Vec<ProtocolVersion>, Error>, NoVersion> {
        let request = DiscoverVersions::among(self.versions.iter().copied());
        let exchange = match Exchange::<DiscoverVersions>::new(asked_in, &request) {
            Ok(exchange) => exchange,
            Err(error) => return Ok(Err(Error::Encode(error))),
        };
        let limit = Limit::start(self.network.now(), Phase::Calling, self.config.limit_of_call()).within(total);
        // What the caller wants has not been sent, whatever became of this.
        let not_sent = |(Broken::NotSent(fault) | Broken::Ambiguous(fault))| Outcome::Broken(Broken::NotSent(fault));
        let frame = link.exchange(exchange.request(), limit).await.map_err(not_sent)?;
        match exchange.answer(frame) {
            Ok(reply) => {
                let DiscoverVersionsResponse { protocol_versions, .. } = reply.payload();
                Ok(Ok(protocol_versions))
            }
            Err(no_reply) => settled(no_reply).map(Err).map_err(not_sent),
        }
    }

    fn newest_common(
        &self,
        server: &Server<N::Link>,
        theirs: Vec<ProtocolVersion>,
    ) -> Result<ProtocolVersion, NoVersion> {
        let newest = self.versions.iter().copied().find(|version| theirs.contains(version));
        newest.ok_or_else(|| {
            Outcome::Declined(Err(Error::NoCommonVersion {
                endpoint: Box::new(server.endpoint.clone()),
                ours: self.versions.clone(),
                theirs,
            }))
        })
    }
}
