//! What a key may be used for, when, and how much of it: the rules of Usage Limits and of the dates of protection (KMIP 2.1, 4.41 and 4.59).

use kmip_ttlv::enumeration::{CryptographicUsageMask as Mask, State};
use kmip_ttlv::{DateTime, Tag};

use super::object::Managed;
use super::refusal::{Cause, Refusal};
use crate::protocol::attribute::{AttributeValue, UsageLimits};

/// The uses that protect data. What they have protected may be read again without limit.
const PROTECTING: [Mask; 6] = [
    Mask::SIGN,
    Mask::ENCRYPT,
    Mask::WRAP_KEY,
    Mask::MAC_GENERATE,
    Mask::DERIVE_KEY,
    Mask::CONTENT_COMMITMENT_NON_REPUDIATION,
];

impl Managed {
    /// What the object may be used for.
    pub(super) fn usage_mask(&self) -> Mask {
        match self.attributes.get(Tag::CRYPTOGRAPHIC_USAGE_MASK) {
            Some(AttributeValue::CryptographicUsageMask(mask)) => mask,
            _ => Mask::EMPTY,
        }
    }

    /// What limits there are for protecting data with the object.
    pub(super) fn usage_limits(&self) -> Option<UsageLimits> {
        match self.attributes.get(Tag::USAGE_LIMITS) {
            Some(AttributeValue::UsageLimits(limits)) => Some(limits),
            _ => None,
        }
    }

    /// How much is left of the limits; `None` where there are none.
    pub(super) fn usage_left(&self) -> Option<i64> {
        self.usage_limits().map(|limits| limits.count.unwrap_or(limits.total))
    }

    /// Whether something was taken of the limits: from then on they stay as they are.
    pub(super) fn usage_has_begun(&self) -> bool {
        self.usage_limits().is_some_and(|limits| limits.count.is_some_and(|count| count < limits.total))
    }

    /// Whether the object is one to protect data with, and may be used for it now.
    pub(super) fn check_protecting(&self, now: DateTime) -> Result<(), Refusal> {
        let mask = self.usage_mask();
        if !PROTECTING.into_iter().any(|protecting| mask.contains(protecting)) {
            return Err(Cause::NotProtecting.because("the object is not for protecting data"));
        }
        let begun = self.attributes.date(Tag::PROCESS_START_DATE).is_none_or(|start| start <= now);
        let over = self.attributes.date(Tag::PROTECT_STOP_DATE).is_some_and(|stop| stop <= now);
        match self.state() {
            State::ACTIVE if begun && !over => Ok(()),
            State::ACTIVE => Err(Cause::NotProtectingNow.because("the time for protecting data is not now")),
            state => {
                let title = state.title().unwrap_or_default();
                Err(Cause::NotProtectingNow.because(format!("the object is {title}, not Active")))
            }
        }
    }

    /// Takes so much of the limits.
    pub(super) fn take_usage(&mut self, units: i64, now: DateTime) -> Result<(), Refusal> {
        let Some((limits, left)) = self.usage_limits().zip(self.usage_left()) else {
            return Err(Cause::NoUsageLimits.because("the object has no Usage Limits"));
        };
        if units > left {
            return Err(Cause::UsageLimit.because(format!("{units} are asked for, and {left} are left")));
        }
        let count = Some(left.saturating_sub(units));
        self.attributes.set(&AttributeValue::UsageLimits(UsageLimits { count, ..limits }))?;
        self.changed(now)
    }
}
