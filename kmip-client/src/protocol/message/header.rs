//! The headers of messages.

use kmip_ttlv::enumeration::{AsynchronousIndicator, AttestationType, BatchErrorContinuationOption};
use kmip_ttlv::{DateTime, ProtocolVersion, V1_2, V1_4, V2_0, V2_1, ttlv_struct};

use super::Credential;
use crate::protocol::Secret;
use crate::protocol::either::either;

ttlv_struct! {
    /// The header of a request (KMIP 2.1, 8.2; KMIP 1.4, 7.2).
    pub struct RequestHeader<'a> {
        /// The version of the whole message.
        pub protocol_version: ProtocolVersion = PROTOCOL_VERSION,
        /// How many bytes the client takes as an answer.
        pub maximum_response_size: Option<i32> = MAXIMUM_RESPONSE_SIZE,
        /// A mark of the client's, for its logs and the server's.
        pub client_correlation_value: Option<&'a str> = CLIENT_CORRELATION_VALUE in V1_4..,
        /// The mark of the server's that came with an earlier answer.
        pub server_correlation_value: Option<&'a str> = SERVER_CORRELATION_VALUE in V1_4..,
        /// Whether the server may answer later.
        pub asynchronous_indicator: Option<Asynchronous> = ASYNCHRONOUS_INDICATOR,
        /// Whether the client can attest itself.
        pub attestation_capable_indicator: Option<bool> = ATTESTATION_CAPABLE_INDICATOR in V1_2..,
        /// The kinds of attestation that it can give.
        pub attestation_types: Vec<AttestationType> = ATTESTATION_TYPE in V1_2..,
        /// Who asks, beside the client certificate.
        pub authentication: Option<Authentication<'a>> = AUTHENTICATION,
        /// What happens to the rest of the batch where an item fails.
        pub batch_error_continuation_option: Option<BatchErrorContinuationOption> = BATCH_ERROR_CONTINUATION_OPTION,
        /// Whether the items are to be worked through in their order. KMIP 3.0 always does.
        pub batch_order_option: Option<bool> = BATCH_ORDER_OPTION in ..=V2_1,
        /// When the request was made, by the client's clock.
        pub time_stamp: Option<DateTime> = TIME_STAMP,
        /// How many items follow. KMIP 3.0 does not say it.
        pub batch_count: Option<i32> = BATCH_COUNT in ..=V2_1,
    }
}

ttlv_struct! {
    /// The header of a response (KMIP 2.1, 8.4; KMIP 1.4, 7.2).
    pub struct ResponseHeader<'a> {
        /// The version of the whole message.
        pub protocol_version: ProtocolVersion = PROTOCOL_VERSION,
        /// When the answer was made, by the server's clock.
        pub time_stamp: DateTime = TIME_STAMP,
        /// A number to attest or to hash a password with.
        pub nonce: Option<Nonce<'a>> = NONCE in V1_2..,
        /// The password of the client, hashed by the server, as a proof that it knows it.
        pub server_hashed_password: Option<Secret<'a>> = SERVER_HASHED_PASSWORD in V2_0..,
        /// The kinds of attestation that the server wants.
        pub attestation_types: Vec<AttestationType> = ATTESTATION_TYPE in V1_2..,
        /// The mark of the client's that came with the request.
        pub client_correlation_value: Option<&'a str> = CLIENT_CORRELATION_VALUE in V1_4..,
        /// A mark of the server's, for its logs and the client's.
        pub server_correlation_value: Option<&'a str> = SERVER_CORRELATION_VALUE in V1_4..,
        /// How many items follow. KMIP 3.0 does not say it.
        pub batch_count: Option<i32> = BATCH_COUNT in ..=V2_1,
    }
}

ttlv_struct! {
    /// Who asks, beside the client certificate (KMIP 2.1, 9.4).
    pub struct Authentication<'a> {
        /// One credential; several since KMIP 1.4.
        pub credentials: Vec<Credential<'a>> = CREDENTIAL,
    }
}

ttlv_struct! {
    /// A number that is used once (KMIP 2.1, 9.14).
    pub struct Nonce<'a> {
        /// What tells it from others of the server.
        pub nonce_id: &'a [u8] = NONCE_ID,
        /// The number.
        pub nonce_value: &'a [u8] = NONCE_VALUE,
    }
}

either! {
    /// Whether the server may answer later: yes or no in KMIP 1.x, one of three since 2.0 (KMIP 2.1, 9.2).
    pub enum Asynchronous {
        /// KMIP 1.x: whether it may.
        Allowed(bool): Boolean in ..=V1_4,
        /// KMIP 2.0 and later: whether it must, may, or must not.
        Indicated(AsynchronousIndicator): Enumeration in V2_0..,
    }
}
