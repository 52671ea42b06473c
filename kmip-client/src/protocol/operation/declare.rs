//! The declaration of operations outside this crate.

/// Declares an operation that this crate lacks, such as a vendor's, in one row: its name, its request, its response and
/// its code. `idempotent` marks a request that has the same effect and reply when it is sent twice.
///
/// Both are structures declared by [`ttlv_struct!`](crate::ttlv::ttlv_struct). The lifetime has to be `'a`.
///
/// ```
/// use kmip_client::ttlv::enumeration::OperationCode;
/// use kmip_client::ttlv::{Tag, ttlv_struct};
///
/// const SPEED: Tag = Tag::from_bytes([0x54, 0x00, 0x01]);
///
/// ttlv_struct! {
///     /// Which tape to rewind, and how fast.
///     pub struct RewindRequest<'a> {
///         /// The tape.
///         pub unique_identifier: &'a str = UNIQUE_IDENTIFIER,
///         /// The speed, which only this vendor has.
///         pub speed: Option<i32> = (SPEED),
///     }
/// }
///
/// ttlv_struct! {
///     /// The tape that was rewound.
///     pub struct RewindResponse<'a> {
///         /// The tape.
///         pub unique_identifier: &'a str = UNIQUE_IDENTIFIER,
///     }
/// }
///
/// kmip_client::operation! {
///     /// Rewinds a tape.
///     pub Rewind(RewindRequest<'a>) -> RewindResponse<'a> = OperationCode::from_value(0x8000_0001), idempotent;
/// }
///
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// // The KMS for tests takes it too.
/// use kmip_client::blocking::Client;
/// use kmip_client::test_server::TestServer;
///
/// let server = TestServer::builder()
///     .operation::<Rewind>(|request, respond| respond.payload(&RewindResponse::new(request.unique_identifier)))
///     .start();
/// let kms = Client::connect(&server.config()).unwrap();
/// let reply = kms.call(&RewindRequest::new("tape 7").speed(2)).unwrap();
/// assert_eq!(reply.payload().unique_identifier, "tape 7");
/// # }
/// ```
#[macro_export]
macro_rules! operation {
    ($(#[$meta:meta])* $vis:vis $operation:ident($request:ty) -> $response:ty = $code:expr;) => {
        $crate::operation! { @ [$(#[$meta])* $vis] $operation($request) -> $response = $code, Never }
    };
    ($(#[$meta:meta])* $vis:vis $operation:ident($request:ty) -> $response:ty = $code:expr, idempotent;) => {
        $crate::operation! { @ [$(#[$meta])* $vis] $operation($request) -> $response = $code, Free }
    };
    (@ [$(#[$meta:meta])* $vis:vis] $operation:ident($request:ty) -> $response:ty = $code:expr, $repeat:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $vis struct $operation;

        impl $crate::protocol::operation::Operation for $operation {
            const CODE: $crate::ttlv::enumeration::OperationCode = $code;
            type Request<'a> = $request;
            type Response<'a> = $response;
        }

        impl<'a> $crate::protocol::operation::Request for $request {
            type Operation = $operation;

            fn repeat(&self) -> $crate::protocol::operation::Repeat {
                $crate::protocol::operation::Repeat::$repeat
            }
        }
    };
}
