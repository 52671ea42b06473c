//! Requests and their responses, without I/O.

pub(crate) mod answered;
pub(crate) mod asked;
pub(crate) mod batch;
mod binding;
#[cfg(feature = "_client")]
mod created;
pub(crate) mod endpoint;
pub(crate) mod incoming;
#[cfg(feature = "_client")]
mod likeness;
pub(crate) mod no_reply;
pub(crate) mod options;
mod outgoing;
pub(crate) mod parts;
pub(crate) mod reply;
pub(crate) mod report;
mod request;
mod stand_in;

#[cfg(feature = "_client")]
pub(crate) use self::{
    answered::{Answered, Checked, Proof},
    asked::{Asked, Expected},
    likeness::Carried,
    outgoing::Outgoing,
};
pub use self::{
    batch::{Arranged, Batch, Operations, Replies},
    endpoint::Endpoint,
    incoming::Incoming,
    no_reply::{NoReply, OutOfStep, Pending, Refusal, ServerNonce},
    options::{Credentials, RequestOptions},
    parts::Parts,
    reply::Reply,
    report::Report,
    request::Exchange,
};
