//! The messages of a campaign: the same for the same seed, as long as the server names its objects the same.

use kmip_client::arbitrary::{Generator, request_message_by};
use kmip_client::protocol::message::RequestHeader;
use kmip_client::ttlv::ProtocolVersion;

use crate::mutate;
use crate::objects::Objects;

/// Random numbers that are the same each time: SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_be_bytes()).take(length.div_ceil(8)).flatten().collect()
    }
}

/// The distance of a message from a valid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Valid by construction.
    Valid,
    /// Well-formed and typed, with what its version does not have.
    Odd,
    /// Well-formed: items are missing, repeated, exchanged or of another type.
    Rearranged,
    /// Not well-formed.
    Damaged,
}

/// Makes the next message, about these objects.
pub(crate) fn next(random: &mut Random, versions: &[ProtocolVersion], objects: &Objects) -> (Kind, Vec<u8>) {
    loop {
        let version = versions[random.below(versions.len())];
        let kind = match random.below(16) {
            0..8 => Kind::Valid,
            8..12 => Kind::Odd,
            12..15 => Kind::Rearranged,
            _ => Kind::Damaged,
        };
        let size = 64 << random.below(6);
        let bytes = random.bytes(size);
        let odd = if kind == Kind::Odd { 24 } else { 0 };
        let mut request = request_message_by(&mut Generator::new(&bytes, version).oddities(odd));
        // Many servers refuse a message for its header alone: a time that is not theirs, options that they do not have.
        if random.below(8) != 0 {
            let mut plain = RequestHeader::default();
            plain.protocol_version = request.header.protocol_version;
            plain.batch_count = request.header.batch_count;
            request.header = plain;
        }
        // Oddities may have no form at all.
        let Ok(mut frame) = request.encode_again() else { continue };
        if random.below(8) != 0 {
            frame = objects.put_into(&frame, random);
        }
        let message = match kind {
            Kind::Valid | Kind::Odd => frame,
            Kind::Rearranged => mutate::rearranged(&frame, random),
            Kind::Damaged => mutate::damaged(frame, random),
        };
        return (kind, message);
    }
}
