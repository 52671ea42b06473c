//! Agreeing with a server on a version of KMIP.

use kmip_ttlv::enumeration::ResultReason;
use kmip_ttlv::{ProtocolVersion, V1_0, V1_1};

use super::{Answer, Engine, Line};
use crate::client::cluster::Outcome;
use crate::client::error::Error;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::DiscoverVersions;
use crate::transport::fault::Broken;
use crate::transport::network::Network;
use crate::transport::time::Limit;

/// Why there is no version.
pub(super) type NoVersion = Outcome<Answer>;

impl<N: Network> Engine<N> {
    /// Agrees with a server on the newest version that both sides have. What it was to be asked for has not been sent yet.
    ///
    /// Discover Versions has a version itself: 1.1 is the first that has it, and the one that most servers understand. A server that refuses
    /// it there may understand another of ours; one that refuses it everywhere is one of 1.0. Who asks is said as far as each version can.
    pub(super) async fn negotiate(
        &self,
        place: usize,
        link: &mut Line<N::Link>,
        options: &RequestOptions,
        total: Limit,
    ) -> Result<ProtocolVersion, NoVersion> {
        let allowed = self.versions.as_slice();
        if let [only] = allowed {
            return Ok(*only);
        }
        let others = allowed.iter().copied().filter(|version| *version > V1_1);
        let mut refused = None;
        for asked_in in [V1_1].into_iter().chain(others) {
            let request = DiscoverVersions::among(allowed.iter().copied());
            // What the caller wants has not been sent, whatever became of this.
            let not_sent =
                |(Broken::NotSent(fault) | Broken::Ambiguous(fault))| Outcome::Broken(Broken::NotSent(fault));
            let options = options.to_negotiate_in(asked_in);
            match self.say_once(place, link, asked_in, &request, &options, total).await.map_err(not_sent)? {
                Ok(reply) => return self.newest_common(place, reply.payload().protocol_versions),
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

    fn newest_common(&self, place: usize, theirs: Vec<ProtocolVersion>) -> Result<ProtocolVersion, NoVersion> {
        let newest = self.versions.iter().copied().find(|version| theirs.contains(version));
        newest.ok_or_else(|| {
            Outcome::Declined(Err(Error::NoCommonVersion {
                endpoint: Box::new(self.servers[place].endpoint.clone()),
                ours: self.versions.clone(),
                theirs,
            }))
        })
    }
}
