//! Readers and writers of the standard library, for streams.

use std::io;

use crate::client::stream::{Sink, Source};

/// A reader or writer of the standard library.
pub(crate) struct StdIo<T>(pub(crate) T);

impl<T: io::Read> Source for StdIo<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<T: io::Write> Sink for StdIo<T> {
    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
