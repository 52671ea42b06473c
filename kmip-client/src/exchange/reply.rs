//! Replies, which calls return.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use bytes::Bytes;
use kmip_ttlv::{Decode, ProtocolVersion, Reader, Rules, Tag};

use crate::protocol::operation::Operation;

/// The response to a call. It owns the message as received, wipes it when the last clone is dropped, and lends the
/// payload.
///
/// It is `'static`, keeps nothing of the request, and can be sent to another thread.
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// # use kmip_client::protocol::operation::{Create, Get};
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = kmip_client::test_server::TestServer::start();
/// # let kms = kmip_client::Client::connect(&server.config()).await?;
/// # let created = kms.call(&Create::aes(256)).await?;
/// # let id = created.payload().unique_identifier;
/// let reply = kms.call(&Get::id(id)).await?;
/// let object = reply.payload().object; // borrows from the reply
/// assert_eq!(object.key_block().and_then(|block| block.cryptographic_length), Some(256));
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// # }
/// ```
pub struct Reply<O> {
    frame: Bytes,
    payload: PayloadSource,
    version: ProtocolVersion,
    skipped: u32,
    operation: PhantomData<fn() -> O>,
}

/// The location of a reply's payload.
#[derive(Clone)]
pub(crate) enum PayloadSource {
    /// The range in the frame.
    InFrame(Range<usize>),
    /// The payload that stands in for one that the server omitted.
    StandIn(Bytes),
}

impl PayloadSource {
    /// A payload without items.
    pub(crate) const EMPTY: Self = Self::StandIn(Bytes::from_static(&[0x42, 0x00, 0x7C, 0x01, 0, 0, 0, 0]));
}

impl<O: Operation> Reply<O> {
    /// Creates a reply whose payload has passed [`check`].
    pub(crate) fn checked(frame: Bytes, payload: PayloadSource, version: ProtocolVersion, skipped: u32) -> Self {
        Self { frame, payload, version, skipped, operation: PhantomData }
    }

    /// Returns the results. Decoding takes a fraction of a microsecond, so it is repeated on each call.
    #[must_use]
    pub fn payload(&self) -> O::Response<'_> {
        let mut reader = reader(&self.frame, &self.payload, self.version);
        O::Response::decode_next(&mut reader, Tag::RESPONSE_PAYLOAD)
            .expect("the same bytes were read when the reply was made")
    }

    /// Returns the version of KMIP of the server's response.
    #[must_use]
    pub fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// Returns the number of items of the response that were skipped because this crate does not know them, such as
    /// vendors' additions. In a batch, items of other replies are not counted.
    #[must_use]
    pub fn skipped(&self) -> u32 {
        self.skipped
    }

    /// Returns the whole message as received, which the replies to a batch share. It may contain keys.
    #[must_use]
    pub fn frame(&self) -> &Bytes {
        &self.frame
    }
}

/// A function that checks a payload, for any operation.
pub(crate) type Check = fn(&Bytes, &PayloadSource, ProtocolVersion) -> kmip_ttlv::Result<u32>;

/// Decodes a payload once, so that [`Reply::payload`] cannot fail, and returns the number of skipped items. The error
/// does not have its path.
pub(crate) fn check<O: Operation>(
    frame: &Bytes,
    payload: &PayloadSource,
    version: ProtocolVersion,
) -> kmip_ttlv::Result<u32> {
    let mut reader = reader(frame, payload, version);
    O::Response::decode_next(&mut reader, Tag::RESPONSE_PAYLOAD)?;
    Ok(reader.skipped())
}

fn reader<'r>(frame: &'r Bytes, payload: &'r PayloadSource, version: ProtocolVersion) -> Reader<'r> {
    let reader = match payload {
        PayloadSource::InFrame(range) => Reader::part_of(frame, range.clone(), PAYLOAD_LEVEL),
        PayloadSource::StandIn(bytes) => Reader::new(bytes),
    };
    reader.with_version(version).with_rules(RULES)
}

/// Deviations of real servers: unknown items are skipped and counted, and an Integer is accepted for an Enumeration.
pub(crate) const RULES: Rules = Rules::STRICT.skip_unknown().integer_stand_ins();

/// The number of structures around a payload: the message and the batch item.
const PAYLOAD_LEVEL: u8 = 2;

impl<O> Clone for Reply<O> {
    fn clone(&self) -> Self {
        let Self { frame, payload, version, skipped, operation } = self;
        Self {
            frame: frame.clone(),
            payload: payload.clone(),
            version: *version,
            skipped: *skipped,
            operation: *operation,
        }
    }
}

/// Prints the length of the message, not its contents.
impl<O: Operation> fmt::Debug for Reply<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, KMIP {}, {} bytes)", O::CODE, self.version, self.frame.len())
    }
}
