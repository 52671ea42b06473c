//! Managed objects, as the server stores them, and their state transitions (KMIP 2.1, 4.57; KMIP 1.4, 3.22).

use kmip_ttlv::enumeration::{ObjectType, RevocationReasonCode, State};
use kmip_ttlv::{DateTime, ProtocolVersion, Rules, Tag, V1_4, decode, encode};
use zeroize::Zeroizing;

use crate::protocol::attribute::{AttributeValue, DeactivationReason, RevocationReason};
use crate::protocol::object::Object;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::OwnedAttributes;

/// The value of an object, stored encoded and wiped on drop.
#[derive(Clone)]
pub(in crate::test_server) struct OwnedObject {
    version: ProtocolVersion,
    bytes: Zeroizing<Vec<u8>>,
}

impl OwnedObject {
    /// Stores an object from a message of this version. If it has fields of a later version, which a lenient server
    /// accepts, it is stored in that of KMIP 1.4.
    pub(in crate::test_server) fn new(object: &Object<'_>, version: ProtocolVersion) -> Result<Self, Refusal> {
        let encoded = |version| Ok((version, encode(object, Tag::OBJECT_TYPE, version)?));
        let kept = encoded(version).or_else(|error| if version < V1_4 { encoded(V1_4) } else { Err(error) });
        let (version, bytes) =
            kept.map_err(|error: kmip_ttlv::Error| Cause::InvalidField.because(error.to_string()))?;
        Ok(Self { version, bytes: Zeroizing::new(bytes) })
    }

    pub(in crate::test_server) fn object(&self) -> Object<'_> {
        decode(&self.bytes, Tag::OBJECT_TYPE, self.version, Rules::STRICT).expect("it was encoded here")
    }
}

/// An object of a client.
#[derive(Clone)]
pub(in crate::test_server) struct Managed {
    pub(in crate::test_server) id: String,
    pub(in crate::test_server) owner: String,
    pub(in crate::test_server) object_type: ObjectType,
    pub(in crate::test_server) attributes: OwnedAttributes,
    /// `None` once the object is destroyed.
    pub(in crate::test_server) value: Option<OwnedObject>,
}

impl Managed {
    pub(in crate::test_server) fn state(&self) -> State {
        self.attributes.state()
    }

    pub(in crate::test_server) fn is_destroyed(&self) -> bool {
        matches!(self.state(), State::DESTROYED | State::DESTROYED_COMPROMISED)
    }

    pub(in crate::test_server) fn is_archived(&self) -> bool {
        self.attributes.has(Tag::ARCHIVE_DATE.into())
    }

    /// Records a change.
    pub(in crate::test_server) fn changed(&mut self, now: DateTime) -> Result<(), Refusal> {
        self.attributes.set(&AttributeValue::LastChangeDate(now))
    }

    /// Returns `true` if [`Self::refresh`] would change the state.
    pub(in crate::test_server) fn is_due(&self, now: DateTime) -> bool {
        let reached = |tag| self.attributes.date(tag).is_some_and(|date| date <= now);
        self.object_type != ObjectType::TEMPLATE
            && match self.state() {
                State::PRE_ACTIVE => reached(Tag::ACTIVATION_DATE),
                State::ACTIVE => reached(Tag::DEACTIVATION_DATE),
                _ => false,
            }
    }

    /// Makes the transitions whose dates have passed.
    pub(in crate::test_server) fn refresh(&mut self, now: DateTime) -> Result<(), Refusal> {
        if self.object_type == ObjectType::TEMPLATE {
            return Ok(());
        }
        let reached = |date: Option<DateTime>| date.filter(|date| *date <= now);
        if self.state() == State::PRE_ACTIVE
            && let Some(date) = reached(self.attributes.date(Tag::ACTIVATION_DATE))
        {
            self.become_state(State::ACTIVE, date)?;
        }
        if self.state() == State::ACTIVE
            && let Some(date) = reached(self.attributes.date(Tag::DEACTIVATION_DATE))
        {
            self.become_state(State::DEACTIVATED, date)?;
        }
        Ok(())
    }

    /// Activates the object.
    pub(in crate::test_server) fn activate(&mut self, now: DateTime) -> Result<(), Refusal> {
        if self.object_type == ObjectType::TEMPLATE {
            return Err(Cause::WrongKind.because("a template has no state"));
        }
        if self.state() != State::PRE_ACTIVE {
            return Err(Cause::WrongState.because(format!("the object is {}, not Pre-Active", title(self.state()))));
        }
        self.attributes.set(&AttributeValue::ActivationDate(now))?;
        self.become_state(State::ACTIVE, now)
    }

    /// Revokes the object.
    pub(in crate::test_server) fn revoke(
        &mut self,
        reason: &RevocationReason<'_>,
        occurrence: Option<DateTime>,
        now: DateTime,
    ) -> Result<(), Refusal> {
        if self.object_type == ObjectType::TEMPLATE {
            return Err(Cause::WrongKind.because("a template has no state"));
        }
        let compromise = match reason.code {
            RevocationReasonCode::KEY_COMPROMISE | RevocationReasonCode::CA_COMPROMISE => true,
            code if code.name().is_some() => false,
            _ => return Err(Cause::InvalidField.because("the Revocation Reason Code is not known")),
        };
        if occurrence.is_some() && !compromise {
            return Err(Cause::InvalidField.because("a Compromise Occurrence Date is for a compromise only"));
        }
        let next = match (self.state(), compromise) {
            (State::PRE_ACTIVE | State::ACTIVE | State::DEACTIVATED, true) => State::COMPROMISED,
            (State::DESTROYED, true) => State::DESTROYED_COMPROMISED,
            (State::ACTIVE, false) => State::DEACTIVATED,
            (state, _) => {
                let message = format!("an object that is {} cannot be revoked for this reason", title(state));
                return Err(Cause::NotRevocable.because(message));
            }
        };
        if compromise {
            let occurrence = occurrence.or(self.attributes.date(Tag::INITIAL_DATE)).unwrap_or(now);
            self.attributes.set(&AttributeValue::CompromiseDate(now))?;
            self.attributes.set(&AttributeValue::CompromiseOccurrenceDate(occurrence))?;
        } else {
            self.attributes.set(&AttributeValue::DeactivationDate(now))?;
        }
        self.attributes.set(&AttributeValue::RevocationReason(reason.clone()))?;
        self.become_state(next, now)
    }

    /// Deactivates the object, now or at a future date.
    pub(in crate::test_server) fn deactivate(
        &mut self,
        reason: Option<DeactivationReason<'_>>,
        date: Option<DateTime>,
        now: DateTime,
    ) -> Result<(), Refusal> {
        if self.state() != State::ACTIVE {
            return Err(Cause::WrongState.because(format!("the object is {}, not Active", title(self.state()))));
        }
        self.attributes.set(&AttributeValue::DeactivationDate(date.unwrap_or(now)))?;
        if let Some(reason) = reason {
            self.attributes.set(&AttributeValue::DeactivationReason(reason))?;
        }
        self.changed(now)?;
        self.refresh(now)
    }

    /// Destroys the object: the value is removed, the attributes stay.
    pub(in crate::test_server) fn destroy(&mut self, now: DateTime) -> Result<(), Refusal> {
        let next = match self.state() {
            State::PRE_ACTIVE | State::DEACTIVATED => State::DESTROYED,
            State::COMPROMISED => State::DESTROYED_COMPROMISED,
            State::ACTIVE => {
                return Err(Cause::WrongState.because("the object is Active: revoke it before it is destroyed"));
            }
            _ => return Err(Cause::AlreadyDestroyed.because("the object was destroyed before")),
        };
        self.value = None;
        self.attributes.set(&AttributeValue::DestroyDate(now))?;
        self.become_state(next, now)
    }

    /// Archives the object.
    pub(in crate::test_server) fn archive(&mut self, now: DateTime) -> Result<(), Refusal> {
        self.attributes.set(&AttributeValue::ArchiveDate(now))?;
        self.changed(now)
    }

    /// Recovers the object. Has no effect on an online object.
    pub(in crate::test_server) fn recover(&mut self, now: DateTime) -> Result<(), Refusal> {
        if self.is_archived() {
            self.attributes.remove_all(Tag::ARCHIVE_DATE.into());
            self.changed(now)?;
        }
        Ok(())
    }

    fn become_state(&mut self, state: State, at: DateTime) -> Result<(), Refusal> {
        self.attributes.set(&AttributeValue::State(state))?;
        self.changed(at)
    }
}

/// Returns the state in the spelling of the specification.
fn title(state: State) -> &'static str {
    state.title().unwrap_or("in no state")
}
