//! Multi-part operations, which take their data in several requests (KMIP 2.1, 6.1; KMIP 1.4, 4).

use std::fmt;
use std::marker::PhantomData;

use kmip_ttlv::{Encode, Result, Tag, Writer};

use super::{Operation, Repeat, Request};
use crate::protocol::Data;

/// A request that can be made in several parts, for data of any length. KMIP 1.3 and later.
///
/// Encrypt, Decrypt, Sign, Signature Verify, MAC, MAC Verify and Hash implement it. [`Parts`](crate::Parts) creates the
/// parts; `stream` of both clients reads the data from a reader. Not all servers support it.
pub trait MultiPart: Request + Sealed {
    /// Returns the data that the request already has.
    #[doc(hidden)]
    fn data(&self) -> Option<&Data<'_>>;

    /// Returns the request for the part at this position, with this data.
    #[doc(hidden)]
    fn part<'p>(&'p self, place: Place<'p>, data: &'p [u8]) -> Part<'p, Self::Operation>;

    /// Returns the Correlation Value of a response.
    #[doc(hidden)]
    fn correlation_value<'r>(response: &<Self::Operation as Operation>::Response<'r>) -> Option<&'r [u8]>;

    /// Returns the partial result in a response; empty if the whole result comes at the end.
    #[doc(hidden)]
    fn output<'r>(response: &<Self::Operation as Operation>::Response<'r>) -> Option<&'r [u8]>;
}

/// A request that is one of the parts.
///
/// This is a type of its own and not the whole request, because futures that hold the latter would not be `Send` due to
/// a compiler limitation (rust-lang/rust, issue 100013).
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
}

impl<O: Operation> Request for Part<'_, O> {
    type Operation = O;

    fn repeat(&self) -> Repeat {
        self.repeat
    }
}

/// Prints the operation, not the data.
impl<O: Operation> fmt::Debug for Part<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({})", O::CODE)
    }
}

/// Keeps [`MultiPart`] to the requests of the standard.
pub trait Sealed {}

/// The position of a part within an operation.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Place<'p> {
    /// The whole operation.
    Only,
    /// The first of several parts.
    First,
    /// A later part of the operation with this Correlation Value.
    Next(&'p [u8]),
    /// The last part.
    Last(&'p [u8]),
}

/// Implements multi-part use for one request type. All multi-part requests share this code. Since KMIP 1.3.
///
/// `first` lists the fields that go with the first part alone, `last` those of the last. For operations with partial
/// results, an expression of the response follows.
macro_rules! in_parts {
    ($request:ident, first: [$($first:ident),*], last: [$($last:ident),*], |$response:ident| $output:expr) => {
        impl<'a> $request<'a> {
            /// Makes this the first of several parts. The reply has the Correlation Value for the others.
            #[must_use]
            pub fn first_part(mut self) -> Self {
                self.init_indicator = Some(true);
                self
            }

            /// Makes this a later part of the operation with the Correlation Value.
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

            /// Returns `true` if the request is the whole operation, not one of several parts.
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

            #[inline]
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
