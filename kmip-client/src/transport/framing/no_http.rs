//! Stands in for HTTP without the feature `https`: no connection has this framing.

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::config::{Endpoint, Messages};
use crate::transport::error::TransportError;

/// A type without values.
pub(crate) enum Http {}

impl Http {
    pub(super) fn new(_: &Endpoint, _: Messages) -> Option<Self> {
        None
    }

    pub(super) fn alpn(&self) -> &'static [u8] {
        match *self {}
    }

    pub(super) fn outgoing(&self, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        match *self {}
    }

    pub(super) fn space(&mut self) -> &mut [u8] {
        match *self {}
    }

    pub(super) fn is_ready(&self) -> bool {
        match *self {}
    }

    pub(super) fn received(&self) -> usize {
        match *self {}
    }

    pub(super) fn filled(&mut self, _: usize) -> Result<Option<Bytes>, TransportError> {
        match *self {}
    }
}
