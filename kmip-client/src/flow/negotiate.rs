//! The version of KMIP that both sides have.

use kmip_ttlv::enumeration::ResultReason;
use kmip_ttlv::{ProtocolVersion, V1_0, V1_1};

use crate::config::Config;
use crate::engine::{Engine, Io};
use crate::error::Error;
use crate::options::RequestOptions;
use crate::protocol::operation::DiscoverVersions;

/// Connects to the server and agrees on a version with it, unless the configuration leaves but one.
pub(crate) async fn connect<I: Io>(io: I, config: &Config) -> Result<Engine<I>, Error> {
    let engine = Engine::start(io, config).await?;
    let allowed = config.allowed_versions()?;
    if allowed.len() > 1 {
        engine.agree_on(negotiate(&engine, &allowed, config.given_request_options()).await?);
    }
    Ok(engine)
}

/// Agrees with the server on the newest version that both sides have. `allowed` are ours, newest first, at least one.
///
/// Discover Versions has a version itself: 1.1 is the first that has it, and the one that most servers understand. A server that refuses it
/// there may understand another of ours; one that refuses it everywhere is one of 1.0.
async fn negotiate<I: Io>(
    engine: &Engine<I>,
    allowed: &[ProtocolVersion],
    options: &RequestOptions,
) -> Result<ProtocolVersion, Error> {
    let request = DiscoverVersions::among(allowed.iter().copied());
    let others = allowed.iter().copied().filter(|version| *version > V1_1);
    let mut refused = None;
    for asked_in in [V1_1].into_iter().chain(others) {
        match engine.call_in(asked_in, &request, &options.to_negotiate_in(asked_in)).await {
            Ok(reply) => return newest_common(engine, allowed, reply.payload().protocol_versions),
            // Not a matter of versions: it would be refused again.
            Err(error) if error.reason() == Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL) => return Err(error),
            Err(error @ Error::Refused(_)) => refused = refused.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    match refused {
        Some(error) if !allowed.contains(&V1_0) => Err(error),
        _ => Ok(V1_0),
    }
}

fn newest_common<I: Io>(
    engine: &Engine<I>,
    allowed: &[ProtocolVersion],
    theirs: Vec<ProtocolVersion>,
) -> Result<ProtocolVersion, Error> {
    allowed.iter().copied().find(|version| theirs.contains(version)).ok_or_else(|| Error::NoCommonVersion {
        endpoint: Box::new(engine.endpoint().clone()),
        ours: allowed.to_vec(),
        theirs,
    })
}
