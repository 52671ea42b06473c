//! The RNG Seed operation.

use kmip_ttlv::ttlv_struct;

use crate::protocol::Data;

/// Seeds the server's random number generator. KMIP 2.1, 6.1.50. Since KMIP 1.2.
///
/// A server may ignore the seed and return a length of 0, which is no error.
///
/// ```
/// use kmip_client::protocol::operation::RngSeed;
///
/// let request = RngSeed::bytes(b"heads, tails, tails");
/// # assert!(request.data.bytes().is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RngSeed;

impl RngSeed {
    /// Provides these bytes.
    #[must_use]
    pub fn bytes<'a>(seed: impl Into<Data<'a>>) -> RngSeedRequest<'a> {
        RngSeedRequest { data: seed.into() }
    }
}

ttlv_struct! {
    #[compact]
    /// A seed for the server's random number generator.
    pub struct RngSeedRequest<'a> {
        /// The seed.
        pub data: Data<'a> = DATA,
    }
}

ttlv_struct! {
    #[compact]
    /// The number of bytes that the server has used.
    pub struct RngSeedResponse {
        /// The number of bytes; 0 if the server accepts no seeds.
        pub data_length: i32 = DATA_LENGTH,
    }
}
