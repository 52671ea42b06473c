//! Data of any length through an operation of the server: from a reader, part by part, in constant memory.

use std::future::Future;
use std::io;

use crate::client::calls::Calls;
use crate::client::error::Error;
use crate::exchange::Report;
use crate::exchange::asked::Asked;
use crate::exchange::parts::Parts;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{MultiPart, Operation};

/// One operation in several parts, with either client: data go in as they come, what is ready comes out.
///
/// `stream` of both clients does this with a reader and a writer.
///
/// All parts go to the server that has answered the first: another one of the same KMS does not know the operation. So a stream does not go on
/// elsewhere when its server fails; it can be started anew.
///
/// Servers keep a few operations open at most. One that is dropped before its end is ended on the server, as far as that is possible: by the
/// async client in the background, while there is a runtime, and by the blocking one in place.
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
    /// The server that has the operation.
    place: Option<usize>,
    first: Option<Reply<R::Operation>>,
}

/// How long a part is unless something else is said: a multiple of all block lengths, and not too much for any server that was seen.
const PART: usize = 64 * 1024;

impl<'k, K: Calls, R: MultiPart> Stream<'k, K, R> {
    /// Starts an operation, in parts of 64 KiB. Nothing is sent yet. Data that the request has already come first.
    pub fn new(kms: &'k K, request: R) -> Self {
        Self::with_part_size(kms, request, PART)
    }

    /// [`Stream::new`] with parts of so many bytes. Servers may want a multiple of the block length.
    pub fn with_part_size(kms: &'k K, request: R, bytes: usize) -> Self {
        Self { kms, parts: Parts::new(request, bytes), place: None, first: None }
    }

    /// Takes more data, and sends the parts that are full by them, but not the last one before there is more. The replies hold what is
    /// ready: ciphertext or plaintext.
    ///
    /// # Errors
    ///
    /// As a call. The operation cannot be gone on with then, since what became of the part is not known.
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

    /// Sends the rest. The last reply holds the rest of the result, or all of it.
    ///
    /// # Errors
    ///
    /// As a call.
    pub async fn finish(mut self) -> Result<Streamed<R::Operation>, Error> {
        let last = self.kms.call_at(self.place, &self.parts.last_request()).await;
        self.parts.end();
        Ok(Streamed { first: self.first.take(), last: last?.0 })
    }

    async fn send(&mut self) -> Result<Reply<R::Operation>, Error> {
        let (reply, place) = self.kms.call_at(self.place, &self.parts.request()).await?;
        self.parts.answered(&reply).map_err(|_| Error::NotInParts(R::Operation::CODE))?;
        self.place = Some(place);
        self.first.get_or_insert_with(|| reply.clone());
        Ok(reply)
    }
}

/// KMIP has no other way to end an operation than to finish it.
impl<K: Calls, R: MultiPart> Drop for Stream<'_, K, R> {
    fn drop(&mut self) {
        if let Some(place) = self.place.filter(|_| self.parts.is_open()) {
            self.parts.clear();
            self.kms.send_detached(place, Asked::new(&self.parts.last_request()));
        }
    }
}

/// What came of an operation in several parts.
#[derive(Clone, Debug)]
pub struct Streamed<O: Operation> {
    first: Option<Reply<O>>,
    last: Reply<O>,
}

impl<O: Operation> Streamed<O> {
    /// The reply to the first part: with the IV, where the server has made it.
    #[must_use]
    pub fn first(&self) -> &Reply<O> {
        self.first.as_ref().unwrap_or(&self.last)
    }

    /// The reply to the last part, which may be the first: with the authentication tag, the signature, the code, the digest, or whether it is
    /// good.
    #[must_use]
    pub fn last(&self) -> &Reply<O> {
        &self.last
    }
}

/// Why data did not come through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The server did not do it, or cannot be reached.
    #[error(transparent)]
    Kms(#[from] Error),
    /// The data could not be read.
    #[error("the data cannot be read")]
    Read(#[source] io::Error),
    /// The result could not be written.
    #[error("the result cannot be written")]
    Write(#[source] io::Error),
}

impl StreamError {
    /// Tells the error and all of its causes in one line: see [`Error::report`].
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report::new(self)
    }
}

/// Where data come from.
pub(crate) trait Source {
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>>;
}

/// Where results go.
pub(crate) trait Sink {
    fn write_all(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>>;
    fn flush(&mut self) -> impl Future<Output = io::Result<()>>;
}

/// All data of a source through an operation, and its result into a sink. What goes wrong ends the operation on the server too.
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

/// All parts but the last.
async fn pump<K: Calls, R: MultiPart>(
    stream: &mut Stream<'_, K, R>,
    source: &mut impl Source,
    sink: &mut impl Sink,
) -> Result<(), StreamError> {
    loop {
        // A full part is the last one if nothing follows: a byte tells.
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

/// A reader or writer of the standard library.
#[cfg(feature = "blocking")]
pub(crate) struct StdIo<T>(pub(crate) T);

#[cfg(feature = "blocking")]
impl<T: io::Read> Source for StdIo<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

#[cfg(feature = "blocking")]
impl<T: io::Write> Sink for StdIo<T> {
    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A reader or writer of tokio.
#[cfg(feature = "tokio")]
pub(crate) struct TokioIo<T>(pub(crate) T);

#[cfg(feature = "tokio")]
impl<T: tokio::io::AsyncRead + Unpin> Source for TokioIo<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        tokio::io::AsyncReadExt::read(&mut self.0, buffer).await
    }
}

#[cfg(feature = "tokio")]
impl<T: tokio::io::AsyncWrite + Unpin> Sink for TokioIo<T> {
    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        tokio::io::AsyncWriteExt::write_all(&mut self.0, bytes).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        tokio::io::AsyncWriteExt::flush(&mut self.0).await
    }
}
