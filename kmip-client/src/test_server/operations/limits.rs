//! Permitted uses of keys: states, dates, Cryptographic Usage Mask and Usage Limits (KMIP 2.1, 4.57 and 4.61).

use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask as Mask, KeyFormatType, ObjectType, State, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, Tag};
use zeroize::Zeroizing;

use crate::protocol::attribute::{AttributeValue, CryptographicParameters, UsageLimits};
use crate::protocol::{Id, Secret};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::formats;
use crate::test_server::objects::attributes::OwnedAttribute;
use crate::test_server::objects::object::Managed;
use crate::test_server::objects::view::View;
use crate::test_server::state::call::Call;

/// The purpose of a key: the bit of the mask, and the direction. A key that is no longer active may still process data,
/// for example decrypt it.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct Purpose {
    bit: Mask,
    protects: bool,
}

impl Purpose {
    pub(in crate::test_server) const ENCRYPT: Self = Self::protect(Mask::ENCRYPT);
    pub(in crate::test_server) const DECRYPT: Self = Self::process(Mask::DECRYPT);
    pub(in crate::test_server) const SIGN: Self = Self::protect(Mask::SIGN);
    pub(in crate::test_server) const VERIFY: Self = Self::process(Mask::VERIFY);
    pub(in crate::test_server) const MAC: Self = Self::protect(Mask::MAC_GENERATE);
    pub(in crate::test_server) const MAC_VERIFY: Self = Self::process(Mask::MAC_VERIFY);
    pub(in crate::test_server) const WRAP: Self = Self::protect(Mask::WRAP_KEY);
    pub(in crate::test_server) const UNWRAP: Self = Self::process(Mask::UNWRAP_KEY);
    pub(in crate::test_server) const DERIVE: Self = Self::protect(Mask::DERIVE_KEY);

    const fn protect(bit: Mask) -> Self {
        Self { bit, protects: true }
    }

    const fn process(bit: Mask) -> Self {
        Self { bit, protects: false }
    }

    /// Refuses a use that the object does not permit now.
    pub(in crate::test_server) fn check(self, object: &Managed, view: View<'_>) -> Result<(), Refusal> {
        let (now, state) = (view.now, object.state());
        let in_state = state == State::ACTIVE
            || !self.protects && matches!(state, State::DEACTIVATED | State::COMPROMISED)
            // PyKMIP derives from keys that are not activated.
            || view.lenient && self.bit == Mask::DERIVE_KEY && state == State::PRE_ACTIVE;
        if !in_state {
            let state = state.title().unwrap_or("in no state");
            return Err(Cause::WrongState.because(format!("an object that is {state} cannot be used for this")));
        }
        let date = |tag| object.attributes.date(tag);
        if !self.protects && date(Tag::PROCESS_START_DATE).is_some_and(|start| now < start) {
            return Err(Cause::WrongState.because("the Process Start Date of the object is still to come"));
        }
        if self.protects && date(Tag::PROTECT_STOP_DATE).is_some_and(|stop| stop <= now) {
            return Err(Cause::WrongState.because("the Protect Stop Date of the object is over"));
        }
        if object.usage_mask().contains(self.bit) {
            Ok(())
        } else {
            Err(Cause::UsageMask.because("the Cryptographic Usage Mask of the object does not allow this"))
        }
    }
}

/// A key that may be used, taken out of the store.
pub(in crate::test_server) struct Key {
    pub(in crate::test_server) id: String,
    pub(in crate::test_server) object_type: ObjectType,
    pub(in crate::test_server) format: KeyFormatType,
    pub(in crate::test_server) bytes: Zeroizing<Vec<u8>>,
    algorithm: Option<CryptographicAlgorithm>,
    /// Its length in bits.
    pub(in crate::test_server) bits: i32,
    /// The first of its Cryptographic Parameters.
    parameters: Option<OwnedAttribute>,
}

impl Key {
    /// Returns the key of this object, if it may be used for the purpose.
    pub(in crate::test_server) fn of(
        call: &mut Call<'_>,
        id: Option<&Id<'_>>,
        purpose: Purpose,
    ) -> Result<Self, Refusal> {
        let view = call.view;
        let object = call.object(id)?;
        if object.value.is_some()
            && !matches!(
                object.object_type,
                ObjectType::SYMMETRIC_KEY | ObjectType::PUBLIC_KEY | ObjectType::PRIVATE_KEY | ObjectType::SECRET_DATA
            )
        {
            return Err(Cause::WrongKind.because("the object is no key"));
        }
        purpose.check(object, view)?;
        Self::read(object)
    }

    /// Returns the key of this object without checking its permitted uses.
    pub(in crate::test_server) fn read(object: &Managed) -> Result<Self, Refusal> {
        let value = object.value.as_ref().ok_or_else(|| Cause::KeyValueNotPresent.because("the key was destroyed"))?;
        let value = value.object();
        let block = value.key_block().ok_or_else(|| Cause::WrongKind.because("the object is no key"))?;
        if block.key_value.is_none() {
            return Err(Cause::KeyValueNotPresent.because("the server has the attributes of the key only"));
        }
        let computed = match (object.object_type, block.key_format_type) {
            (_, KeyFormatType::PKCS_1 | KeyFormatType::PKCS_8 | KeyFormatType::X_509) => None,
            (ObjectType::PRIVATE_KEY, _) => Some(KeyFormatType::PKCS_8),
            (ObjectType::PUBLIC_KEY, _) => Some(KeyFormatType::X_509),
            _ => None,
        };
        // In a format that the cryptographic library reads.
        let converted = computed.and_then(|to| formats::converted(&value, object.attributes.curve(), to));
        let own = || block.bytes().map(Secret::expose);
        let (format, bytes) = match converted.as_ref().and_then(|key| Some((key.format(), key.bytes()?))) {
            Some(converted) => converted,
            None => {
                let wrapped = || Cause::KeyFormatType.because("the key is wrapped, or is numbers, not bytes");
                (block.key_format_type, own().ok_or_else(wrapped)?)
            }
        };
        Ok(Self {
            id: object.id.clone(),
            object_type: object.object_type,
            format,
            bytes: Zeroizing::new(bytes.to_vec()),
            algorithm: match object.attributes.get(Tag::CRYPTOGRAPHIC_ALGORITHM) {
                Some(AttributeValue::CryptographicAlgorithm(algorithm)) => Some(algorithm),
                _ => None,
            },
            bits: match object.attributes.get(Tag::CRYPTOGRAPHIC_LENGTH) {
                Some(AttributeValue::CryptographicLength(bits)) => bits,
                _ => 0,
            },
            parameters: object.attributes.all(Tag::CRYPTOGRAPHIC_PARAMETERS.into()).next().cloned(),
        })
    }

    /// Returns the parameters of the request, or else the first ones of the key.
    pub(in crate::test_server) fn parameters<'p>(
        &'p self,
        asked: Option<&CryptographicParameters<'p>>,
    ) -> CryptographicParameters<'p> {
        let own = || match self.parameters.as_ref().map(OwnedAttribute::value) {
            Some(AttributeValue::CryptographicParameters(own)) => *own,
            _ => CryptographicParameters::default(),
        };
        asked.cloned().unwrap_or_else(own)
    }

    /// Returns the algorithm of the key. Parameters that contradict it are refused.
    pub(in crate::test_server) fn algorithm(
        &self,
        parameters: &CryptographicParameters<'_>,
    ) -> Result<CryptographicAlgorithm, Refusal> {
        match (self.algorithm, parameters.cryptographic_algorithm) {
            (Some(own), Some(asked)) if own != asked && !is_elliptic([own, asked]) => {
                Err(Cause::BadParameters.because(format!("the key is for {own}, and {asked} is asked for")))
            }
            (Some(own), _) => Ok(own),
            (None, asked) => asked.ok_or_else(|| Cause::BadParameters.because("the key has no algorithm")),
        }
    }

    /// Refuses a key that is of another kind.
    pub(in crate::test_server) fn expect(&self, kinds: &[ObjectType]) -> Result<(), Refusal> {
        if kinds.contains(&self.object_type) {
            Ok(())
        } else {
            Err(Cause::WrongKind.because(format!("this is not done with a {}", self.object_type)))
        }
    }
}

/// Returns `true` if both are algorithms of elliptic curve keys.
fn is_elliptic(algorithms: [CryptographicAlgorithm; 2]) -> bool {
    let elliptic = [CryptographicAlgorithm::EC, CryptographicAlgorithm::ECDSA];
    algorithms.iter().all(|algorithm| elliptic.contains(algorithm))
}

/// Subtracts this many bytes, or one use at the end of an operation, from the key's Usage Limits, if any. Subtracts all
/// or nothing.
pub(in crate::test_server) fn spend(call: &mut Call<'_>, id: &str, bytes: usize, ends: bool) -> Result<(), Refusal> {
    let now = call.view.now;
    let object = call.store.get(id, call.view)?;
    let Some((limits, left)) = object.usage_limits().zip(object.usage_left()) else { return Ok(()) };
    let needed = match limits.unit {
        UsageLimitsUnit::BYTE => i64::try_from(bytes).unwrap_or(i64::MAX),
        _ => i64::from(ends),
    };
    if needed > left {
        return Err(Cause::UsageLimit.because("the Usage Limits of the key do not allow as much"));
    }
    object.take_usage(needed, now)
}

/// The uses that protect data. Reading protected data is not limited.
const PROTECTING: [Mask; 6] = [
    Mask::SIGN,
    Mask::ENCRYPT,
    Mask::WRAP_KEY,
    Mask::MAC_GENERATE,
    Mask::DERIVE_KEY,
    Mask::CONTENT_COMMITMENT_NON_REPUDIATION,
];

impl Managed {
    /// Returns the permitted uses of the object.
    pub(in crate::test_server) fn usage_mask(&self) -> Mask {
        match self.attributes.get(Tag::CRYPTOGRAPHIC_USAGE_MASK) {
            Some(AttributeValue::CryptographicUsageMask(mask)) => mask,
            _ => Mask::EMPTY,
        }
    }

    /// Returns the limits for protecting data with the object.
    pub(in crate::test_server) fn usage_limits(&self) -> Option<UsageLimits> {
        match self.attributes.get(Tag::USAGE_LIMITS) {
            Some(AttributeValue::UsageLimits(limits)) => Some(limits),
            _ => None,
        }
    }

    /// Returns the remaining amount of the limits; `None` if there are none.
    pub(in crate::test_server) fn usage_left(&self) -> Option<i64> {
        self.usage_limits().map(|limits| limits.count.unwrap_or(limits.total))
    }

    /// Returns `true` if the limits have been used, after which they cannot be changed.
    pub(in crate::test_server) fn usage_has_begun(&self) -> bool {
        self.usage_limits().is_some_and(|limits| limits.count.is_some_and(|count| count < limits.total))
    }

    /// Refuses an object that does not protect data, or may not be used for it now.
    pub(in crate::test_server) fn check_protecting(&self, now: DateTime) -> Result<(), Refusal> {
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

    /// Subtracts this many units from the limits.
    pub(in crate::test_server) fn take_usage(&mut self, units: i64, now: DateTime) -> Result<(), Refusal> {
        let Some((limits, left)) = self.usage_limits().zip(self.usage_left()) else {
            return Err(Cause::NoUsageLimits.because("the object has no Usage Limits"));
        };
        if units > left {
            return Err(Cause::UsageLimitExceeded.because(format!("{units} are asked for, and {left} are left")));
        }
        let count = Some(left.saturating_sub(units));
        self.attributes.set(&AttributeValue::UsageLimits(UsageLimits { count, ..limits }))?;
        self.changed(now)
    }
}
