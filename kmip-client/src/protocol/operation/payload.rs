//! Payloads of batch items, whose type follows from the operation.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{Decode, Encode, Item, Reader, Result, Tag};

/// A payload of a batch item, decoded according to the operation: [`RequestPayload`](super::RequestPayload),
/// [`ResponsePayload`](super::ResponsePayload), or an [`Item`] to decode it later.
///
/// A server with operations of its own implements it for an enum of these.
pub trait Payload<'a>: Encode + Default {
    /// Decodes the payload of this operation in place of the value in `self`, and returns the reader after it. The
    /// operation is `None` if the message does not name it.
    ///
    /// # Errors
    ///
    /// Fails if the payload is not valid for the operation. `self` may then hold a part of it.
    fn decode_payload(&mut self, operation: Option<OperationCode>, reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>>;

    /// Does the same as [`Payload::decode_payload`] for an empty `place`. An enum of payloads overrides it to construct
    /// the value only once.
    #[doc(hidden)]
    #[inline(always)]
    fn decode_optional(
        place: &mut Option<Self>,
        operation: Option<OperationCode>,
        reader: Reader<'a>,
        tag: Tag,
    ) -> Result<Reader<'a>> {
        place.insert(Self::default()).decode_payload(operation, reader, tag)
    }
}

/// A payload that is decoded later: a client knows the operation that it has requested.
impl<'a> Payload<'a> for Item<'a> {
    fn decode_payload(&mut self, _: Option<OperationCode>, mut reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
        self.decode_into(&mut reader, tag)?;
        Ok(reader)
    }
}

/// Declares the payloads of one direction: one variant for each operation.
macro_rules! payloads {
    ($(#[$meta:meta])* $name:ident, $($operation:ident($payload:ty $(as $boxed:ident)?) = $code:ident;)*) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "payloads are decoded in place; a box each was measured and gained nothing")]
        pub enum $name<'a> {
            $(#[doc = concat!("Of [`", stringify!($operation), "`](struct@", stringify!($operation), ").")] $operation(payloads!(@ $payload $(as $boxed)?)),)*
            /// The payload of an operation that this crate does not know, or that the message does not name, as
            /// received.
            Other(Item<'a>),
        }

        impl<'a> Payload<'a> for $name<'a> {
            #[inline(always)]
            fn decode_payload(
                &mut self,
                operation: Option<OperationCode>,
                mut reader: Reader<'a>,
                tag: Tag,
            ) -> Result<Reader<'a>> {
                vacate(self, matches!(self, Self::Other(_)));
                // One assignment in each arm writes only the few bytes of its variant, not a whole value of the largest
                // size.
                match operation {
                    $(Some(OperationCode::$code) => begin(self, Self::$operation(Default::default())),)*
                    _ => begin(self, Self::Other(Item::default())),
                }
                match self {
                    $(Self::$operation(payload) => payload.decode_into(&mut reader, tag)?,)*
                    Self::Other(payload) => payload.decode_into(&mut reader, tag)?,
                }
                Ok(reader)
            }

            #[inline(always)]
            fn decode_optional(
                place: &mut Option<Self>,
                operation: Option<OperationCode>,
                mut reader: Reader<'a>,
                tag: Tag,
            ) -> Result<Reader<'a>> {
                vacate(place, place.is_none());
                match operation {
                    $(Some(OperationCode::$code) => begin(place, Some(Self::$operation(Default::default()))),)*
                    _ => begin(place, Some(Self::Other(Item::default()))),
                }
                match place {
                    $(Some(Self::$operation(payload)) => payload.decode_into(&mut reader, tag)?,)*
                    Some(Self::Other(payload)) => payload.decode_into(&mut reader, tag)?,
                    None => {}
                }
                Ok(reader)
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<'a> $name<'a> {
            /// The operations that have a variant.
            pub(crate) const OPERATIONS: &'static [OperationCode] = &[$(OperationCode::$code),*];

            /// Makes a payload of this operation out of any bytes.
            pub(crate) fn generate(
                operation: OperationCode,
                generator: &mut kmip_ttlv::arbitrary::Generator<'a>,
                tag: Tag,
            ) -> Self {
                match operation {
                    $(OperationCode::$code => Self::$operation(generator.value(tag)),)*
                    _ => Self::Other(generator.value(tag)),
                }
            }
        }

        /// No payload: the initial value of a field before decoding.
        impl Default for $name<'_> {
            fn default() -> Self {
                Self::Other(Item::default())
            }
        }

        impl Encode for $name<'_> {
            #[inline]
            fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                match self {
                    $(Self::$operation(payload) => payload.encode(tag, writer),)*
                    Self::Other(payload) => payload.encode(tag, writer),
                }
            }
        }
    };
    (@ $payload:ty) => { $payload };
    (@ $payload:ty as $boxed:ident) => { $boxed<$payload> };
}

pub(super) use payloads;
