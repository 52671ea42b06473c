//! Where objects may be kept: shared by the operations that make them.

use kmip_ttlv::enumeration::ProtectionStorageMask;
use kmip_ttlv::ttlv_struct;

ttlv_struct! {
    /// The kinds of storage that will do, each a mask of all that has to hold of it (KMIP 2.1, 7.33). Since KMIP 2.0.
    pub struct ProtectionStorageMasks {
        /// The masks, the best first.
        pub masks: Vec<ProtectionStorageMask> = PROTECTION_STORAGE_MASK,
    }
}
