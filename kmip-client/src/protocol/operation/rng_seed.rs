//! RNG Seed: something random for the server's generator.

use kmip_ttlv::ttlv_struct;

use crate::protocol::Data;

/// RNG Seed: gives the server's random number generator something to start from. KMIP 2.1, 6.1.50. Since KMIP 1.2.
///
/// A server need not take it, and says so by a length of 0: that is no error.
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
    /// Gives these bytes.
    #[must_use]
    pub fn bytes<'a>(seed: impl Into<Data<'a>>) -> RngSeedRequest<'a> {
        RngSeedRequest { data: seed.into() }
    }
}

ttlv_struct! {
    /// What to take.
    pub struct RngSeedRequest<'a> {
        /// The seed.
        pub data: Data<'a> = DATA,
    }
}

ttlv_struct! {
    /// How much was taken.
    pub struct RngSeedResponse {
        /// How many bytes; 0 where the server takes no seeds.
        pub data_length: i32 = DATA_LENGTH,
    }
}
