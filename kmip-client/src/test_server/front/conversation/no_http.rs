//! Stands in for HTTP without the feature `https`: no request has this framing.

use std::sync::Arc;

use bytes::Bytes;
use rustls::ServerConfig;

use crate::test_server::state::call::Answer;

/// A type without values.
pub(super) enum HttpRequests {}

/// A type without values.
#[derive(Clone, Copy)]
pub(in crate::test_server) enum HttpWrapping {}

/// A type without values.
#[derive(Clone, Copy)]
pub(in crate::test_server) enum HttpRefusal {}

pub(in crate::test_server) fn offer(_: &mut Arc<ServerConfig>) {}

impl HttpRequests {
    pub(super) fn begun_with(_: u8, _: usize) -> Option<Self> {
        None
    }

    pub(super) fn is_empty(&self) -> bool {
        match *self {}
    }

    pub(super) fn space(&mut self) -> &mut [u8] {
        match *self {}
    }

    pub(super) fn filled(&mut self, _: usize) -> Result<Option<(Bytes, HttpWrapping)>, HttpRefusal> {
        match *self {}
    }
}

impl HttpRefusal {
    pub(in crate::test_server) const fn is_last(self) -> bool {
        match self {}
    }

    pub(in crate::test_server) fn response(self) -> String {
        match self {}
    }
}

impl HttpWrapping {
    pub(super) const fn is_last(self) -> bool {
        match self {}
    }

    pub(super) fn around(self, _: &[u8]) -> Answer {
        match self {}
    }

    pub(super) fn status(self, _: u16) -> String {
        match self {}
    }

    pub(super) fn oversized(self) -> Vec<u8> {
        match self {}
    }
}
