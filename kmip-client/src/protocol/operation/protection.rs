//! Protection storage masks, shared by the operations that create objects.

use kmip_ttlv::enumeration::ProtectionStorageMask;
use kmip_ttlv::ttlv_struct;

ttlv_struct! {
    #[compact]
    /// The acceptable kinds of storage, each a mask of required properties (KMIP 2.1, 7.33). Since KMIP 2.0.
    pub struct ProtectionStorageMasks {
        /// The masks in order of preference.
        pub masks: Vec<ProtectionStorageMask> = PROTECTION_STORAGE_MASK,
    }
}
