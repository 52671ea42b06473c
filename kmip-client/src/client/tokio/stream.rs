//! Readers and writers of tokio, for streams.

use std::io;

use crate::client::stream::{Sink, Source};

/// A reader or writer of tokio.
pub(crate) struct TokioIo<T>(pub(crate) T);

impl<T: ::tokio::io::AsyncRead + Unpin> Source for TokioIo<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        ::tokio::io::AsyncReadExt::read(&mut self.0, buffer).await
    }
}

impl<T: ::tokio::io::AsyncWrite + Unpin> Sink for TokioIo<T> {
    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        ::tokio::io::AsyncWriteExt::write_all(&mut self.0, bytes).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        ::tokio::io::AsyncWriteExt::flush(&mut self.0).await
    }
}
