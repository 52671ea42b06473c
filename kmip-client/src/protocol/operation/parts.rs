//! Operations in several parts: shared by those that can be given their data piece by piece (KMIP 2.1, 6.1; KMIP 1.4, 4).

use std::fmt;
use std::marker::PhantomData;

use kmip_ttlv::{Encode, ProtocolVersion, Result, Tag, Writer};

use super::{Operation, Repeat, Request};
use crate::protocol::Data;

/// A request that can be made in several parts, for data of any length. KMIP 1.3 and later.
///
/// Encrypt, Decrypt, Sign, Signature Verify, MAC, MAC Verify and Hash. [`Parts`](crate::Parts) makes the parts; `stream` of both clients takes
/// the data from a reader. Not all servers do it.
pub trait MultiPart: Request + Sealed {
    /// The data that the request has already.
    #[doc(hidden)]
    fn data(&self) -> Option<&Data<'_>>;

    /// The part at this place, with these data.
    #[doc(hidden)]
    fn part<'p>(&'p self, place: Place<'p>, data: &'p [u8]) -> Part<'p, Self::Operation>;

    /// The Correlation Value in an answer.
    #[doc(hidden)]
    fn correlation_value<'r>(response: &<Self::Operation as Operation>::Response<'r>) -> Option<&'r [u8]>;

    /// The data in an answer that are a part of the result. Nothing where the result comes as a whole, at the end.
    #[doc(hidden)]
    fn output<'r>(response: &<Self::Operation as Operation>::Response<'r>) -> Option<&'r [u8]>;
}

/// A request that is one of the parts.
///
/// A type of its own, and not the one of the whole request: the futures that hold it could not go to another thread, for a reason that the
/// compiler only has to give (rust-lang/rust, issue 100013).
pub struct Part<'p, O> {
    request: Box<dyn Encode + Send + Sync + 'p>,
    repeat: Repeat,
    operation: PhantomData<fn() -> O>,
}

impl<'p, O: Operation> Part<'p, O> {
    pub(super) fn new<R: Request<Operation = O> + Send + 'p>(request: R) -> Self {
        let repeat = request.repeat();
        Self { request: Box::new(request), repeat, operation: PhantomData }
    }
}

impl<O> Encode for Part<'_, O> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        self.request.encode(tag, writer)
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.request.encoded_len(tag, version)
    }
}

impl<O: Operation> Request for Part<'_, O> {
    type Operation = O;

    fn repeat(&self) -> Repeat {
        self.repeat
    }
}

/// Prints which operation it is, not the data.
impl<O: Operation> fmt::Debug for Part<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({})", O::CODE)
    }
}

/// Keeps [`MultiPart`] to the requests of the standard.
pub trait Sealed {}

/// Which part of an operation a request is.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Place<'p> {
    /// All there is.
    Only,
    /// The first of several.
    First,
    /// Another, of the operation with this Correlation Value.
    Next(&'p [u8]),
    /// The last of them.
    Last(&'p [u8]),
}

/// What makes a request one part of several, the same for every request that can be. Since KMIP 1.3.
///
/// `first` are the fields that go with the first part alone, `last` those that go with the last. The result that comes in parts follows, where
/// it does, as an expression of the response.
macro_rules! in_parts {
    ($request:ident, first: [$($first:ident),*], last: [$($last:ident),*], |$response:ident| $output:expr) => {
        impl<'a> $request<'a> {
            /// Makes this the first of several parts. The reply has the Correlation Value that the others need.
            #[must_use]
            pub fn first_part(mut self) -> Self {
                self.init_indicator = Some(true);
                self
            }

            /// Makes this another part of the operation with the Correlation Value.
            #[must_use]
            pub fn next_part(mut self, correlation_value: &'a [u8]) -> Self {
                self.correlation_value = Some(correlation_value);
                self
            }

            /// Makes this the last part of the operation with the Correlation Value.
            #[must_use]
            pub fn last_part(mut self, correlation_value: &'a [u8]) -> Self {
                self.final_indicator = Some(true);
                self.next_part(correlation_value)
            }

            /// Whether the request is all there is, and no part of several.
            #[must_use]
            pub fn is_single_part(&self) -> bool {
                let first_of_several = self.init_indicator == Some(true) && self.final_indicator != Some(true);
                self.correlation_value.is_none() && !first_of_several
            }
        }

        impl super::parts::Sealed for $request<'_> {}

        impl<'a> super::MultiPart for $request<'a> {
            fn data(&self) -> Option<&crate::protocol::Data<'_>> {
                self.data.as_ref()
            }

            fn part<'p>(&'p self, place: super::parts::Place<'p>, data: &'p [u8]) -> super::Part<'p, Self::Operation> {
                use super::parts::Place;

                let part = $request { data: Some(data.into()), ..self.clone() };
                super::Part::new(match place {
                    Place::Only => part,
                    Place::First => $request { $($last: None,)* ..part }.first_part(),
                    Place::Next(value) => $request { $($first: None,)* $($last: None,)* ..part }.next_part(value),
                    Place::Last(value) => $request { $($first: None,)* ..part }.last_part(value),
                })
            }

            fn correlation_value<'r>(
                response: &<Self::Operation as super::Operation>::Response<'r>,
            ) -> Option<&'r [u8]> {
                response.correlation_value
            }

            fn output<'r>($response: &<Self::Operation as super::Operation>::Response<'r>) -> Option<&'r [u8]> {
                $output
            }
        }
    };
}

pub(super) use in_parts;
