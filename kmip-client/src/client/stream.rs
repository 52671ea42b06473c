//! Multi-part operations on data of any length: from a reader, part by part, in constant memory.

use std::future::Future;
use std::io;

use crate::client::calls::Calls;
use crate::client::error::Error;
use crate::exchange::Report;
use crate::exchange::asked::Asked;
use crate::exchange::parts::Parts;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{MultiPart, Operation};

/// One multi-part operation, with either client: data is pushed as it becomes available, and partial results are
/// returned.
///
/// [`Kmip::open_stream`](crate::Kmip::open_stream) returns one. `stream` of both clients does all of it with a reader
/// and a writer.
///
/// All parts go to the server that answered the first one, because other servers of the same KMS do not know the
/// operation. So a stream does not fail over when its server fails; it can be started again.
///
/// Servers limit the number of open operations. Dropping a stream before its end ends the operation on the server, if
/// possible: the async client does so in the background, while there is a runtime, and the blocking client immediately.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::protocol::operation::Hash;
/// use kmip_client::{Error, Kmip, Stream, blocking, test_server::TestServer};
///
/// async fn digest(kms: &impl Kmip, chunks: &[&[u8]]) -> Result<Vec<u8>, Error> {
///     let mut stream = Stream::new(kms, Hash::sha256(b""));
///     for chunk in chunks {
///         stream.push(chunk).await?;
///     }
///     let done = stream.finish().await?;
///     Ok(done.last().payload().data.unwrap_or_default().to_vec())
/// }
///
/// let server = TestServer::start();
/// let kms = blocking::Client::connect(&server.config())?;
/// let digest = kms.run(async |kms| digest(&kms, &[b"a", b"bc"]).await)?;
/// assert_eq!(digest[..4], [0xBA, 0x78, 0x16, 0xBF]);
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the data do nothing until they are sent"]
pub struct Stream<'k, K: Calls, R: MultiPart> {
    kms: &'k K,
    parts: Parts<R>,
    /// The index of the server that has the operation.
    index: Option<usize>,
    first: Option<Reply<R::Operation>>,
}

/// The default length of a part in bytes: a multiple of all block lengths, and accepted by all known servers.
const PART: usize = 64 * 1024;

impl<'k, K: Calls, R: MultiPart> Stream<'k, K, R> {
    /// Starts an operation in parts of 64 KiB. Nothing is sent yet. Data in the request comes first.
    pub fn new(kms: &'k K, request: R) -> Self {
        Self::with_part_size(kms, request, PART)
    }

    /// Does the same as [`Stream::new`] with parts of this many bytes. Servers may require a multiple of the block
    /// length.
    pub fn with_part_size(kms: &'k K, request: R, bytes: usize) -> Self {
        Self { kms, parts: Parts::new(request, bytes), index: None, first: None }
    }

    /// Adds data, and sends the parts that it fills. A full part that may be the last is held back until more data
    /// arrives. The replies have the partial results: ciphertext or plaintext.
    ///
    /// # Errors
    ///
    /// Returns the errors of a call. The operation cannot be continued after an error, because the state of the part is
    /// unknown.
    pub async fn push(&mut self, mut data: &[u8]) -> Result<Vec<Reply<R::Operation>>, Error> {
        let mut replies = Vec::new();
        while !data.is_empty() {
            if self.parts.is_full() {
                replies.push(self.send().await?);
            }
            data = &data[self.parts.push(data)..];
        }
        Ok(replies)
    }

    /// Sends the rest. The last reply has the rest of the result, or all of it.
    ///
    /// # Errors
    ///
    /// Returns the errors of a call.
    pub async fn finish(mut self) -> Result<Streamed<R::Operation>, Error> {
        let last = self.kms.call_at(self.index, &self.parts.last_request()).await;
        self.parts.end();
        Ok(Streamed { first: self.first.take(), last: last?.0 })
    }

    async fn send(&mut self) -> Result<Reply<R::Operation>, Error> {
        let (reply, index) = self.kms.call_at(self.index, &self.parts.request()).await?;
        self.parts.answered(&reply).map_err(|_| Error::NotInParts(R::Operation::CODE))?;
        self.index = Some(index);
        self.first.get_or_insert_with(|| reply.clone());
        Ok(reply)
    }
}

/// Ends the operation on the server by finishing it, because KMIP has no other way.
impl<K: Calls, R: MultiPart> Drop for Stream<'_, K, R> {
    fn drop(&mut self) {
        if let Some(index) = self.index.filter(|_| self.parts.is_open()) {
            self.parts.clear();
            self.kms.send_detached(index, Asked::new(&self.parts.last_request()));
        }
    }
}

/// The result of a multi-part operation.
#[derive(Clone, Debug)]
pub struct Streamed<O: Operation> {
    first: Option<Reply<O>>,
    last: Reply<O>,
}

impl<O: Operation> Streamed<O> {
    /// Returns the reply to the first part, with the IV if the server generated it.
    #[must_use]
    pub fn first(&self) -> &Reply<O> {
        self.first.as_ref().unwrap_or(&self.last)
    }

    /// Returns the reply to the last part, which may be the first, with the authentication tag, the signature, the
    /// code, the digest, or the verdict.
    #[must_use]
    pub fn last(&self) -> &Reply<O> {
        &self.last
    }
}

/// The reason for which a stream failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The server refused a part, or could not be reached.
    #[error(transparent)]
    Kms(#[from] Error),
    /// Reading the data failed.
    #[error("the data cannot be read")]
    Read(#[source] io::Error),
    /// Writing the result failed.
    #[error("the result cannot be written")]
    Write(#[source] io::Error),
}

impl StreamError {
    /// Returns the error and all of its causes in one line: see [`Error::report`].
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report::of(self)
    }
}

/// The source of the data.
pub(crate) trait Source {
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>>;
}

/// The destination of the result.
pub(crate) trait Sink {
    fn write_all(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>>;
    fn flush(&mut self) -> impl Future<Output = io::Result<()>>;
}

/// Passes all data of a source through an operation, and writes the result to a sink. A failure ends the operation on
/// the server too.
pub(crate) async fn transfer<K: Calls, R: MultiPart>(
    kms: &K,
    request: R,
    mut source: impl Source,
    mut sink: impl Sink,
) -> Result<Streamed<R::Operation>, StreamError> {
    let mut stream = Stream::new(kms, request);
    pump(&mut stream, &mut source, &mut sink).await?;
    let done = stream.finish().await?;
    write::<R>(&done.last, &mut sink).await?;
    sink.flush().await.map_err(StreamError::Write)?;
    Ok(done)
}

/// Sends all parts but the last.
async fn pump<K: Calls, R: MultiPart>(
    stream: &mut Stream<'_, K, R>,
    source: &mut impl Source,
    sink: &mut impl Sink,
) -> Result<(), StreamError> {
    loop {
        // A full part is the last one if no further byte follows.
        let mut byte = [0];
        let read =
            if stream.parts.is_full() { source.read(&mut byte).await } else { source.read(stream.parts.space()).await };
        match read {
            Ok(0) => return Ok(()),
            Ok(_) if stream.parts.is_full() => {
                let reply = stream.send().await?;
                write::<R>(&reply, sink).await?;
                stream.parts.push(&byte);
            }
            Ok(bytes) => stream.parts.filled(bytes),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(StreamError::Read(error)),
        }
    }
}

async fn write<R: MultiPart>(reply: &Reply<R::Operation>, sink: &mut impl Sink) -> Result<(), StreamError> {
    match R::output(&reply.payload()) {
        Some(bytes) => sink.write_all(bytes).await.map_err(StreamError::Write),
        None => Ok(()),
    }
}
