//! The states: the operations that each allows, and the transitions by dates.

use std::time::Duration;

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{
    Activate, AddAttribute, Create, CreateRequest, Destroy, Get, ModifyAttribute, ReKey, Register, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{OpaqueDataType, ResultReason as Reason, RevocationReasonCode as Code, State};
use kmip_ttlv::{DateTime, Interval, Tag, V1_4, V2_1};

use crate::wire::{VERSIONS, Wire, now, text};

const STATES: [State; 6] = [
    State::PRE_ACTIVE,
    State::ACTIVE,
    State::DEACTIVATED,
    State::COMPROMISED,
    State::DESTROYED,
    State::DESTROYED_COMPROMISED,
];

/// Creates a key in this state.
fn key_in(wire: &mut Wire, state: State, name: &str) -> String {
    let id = wire.new_key(name);
    let step = |result: Result<(), Reason>| result.unwrap();
    match state {
        State::PRE_ACTIVE => {}
        State::ACTIVE => step(wire.call(&Activate::id(&id)).map(drop)),
        State::DEACTIVATED => {
            step(wire.call(&Activate::id(&id)).map(drop));
            step(wire.call(&Revoke::id(&id, Code::CESSATION_OF_OPERATION)).map(drop));
        }
        State::COMPROMISED => step(wire.call(&Revoke::id(&id, Code::KEY_COMPROMISE)).map(drop)),
        State::DESTROYED => step(wire.call(&Destroy::id(&id)).map(drop)),
        _ => {
            step(wire.call(&Revoke::id(&id, Code::CA_COMPROMISE)).map(drop));
            step(wire.call(&Destroy::id(&id)).map(drop));
        }
    }
    assert_eq!(wire.state(&id), state);
    id
}

/// The result of an operation in each of the states, in order: another state, or a refusal on 1.x and on 2.x.
type Row = [Result<State, (Reason, Reason)>; 6];

#[test]
fn each_state_allows_what_it_should() {
    const NOT_NOW: Result<State, (Reason, Reason)> =
        Err((Reason::PERMISSION_DENIED, Reason::WRONG_KEY_LIFECYCLE_STATE));
    const NOT_REVOCABLE: Result<State, (Reason, Reason)> =
        Err((Reason::ILLEGAL_OPERATION, Reason::WRONG_KEY_LIFECYCLE_STATE));
    const DESTROYED: Result<State, (Reason, Reason)> = Err((Reason::PERMISSION_DENIED, Reason::OBJECT_DESTROYED));
    const GONE: Result<State, (Reason, Reason)> = Err((Reason::ILLEGAL_OPERATION, Reason::OBJECT_DESTROYED));
    type Operation = fn(&mut Wire, &str) -> Result<(), Reason>;
    let table: [(&str, Operation, Row); 6] = [
        (
            "activate",
            |wire, id| wire.call(&Activate::id(id)).map(drop),
            [Ok(State::ACTIVE), NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW],
        ),
        (
            "revoke",
            |wire, id| wire.call(&Revoke::id(id, Code::UNSPECIFIED)).map(drop),
            [NOT_REVOCABLE, Ok(State::DEACTIVATED), NOT_REVOCABLE, NOT_REVOCABLE, NOT_REVOCABLE, NOT_REVOCABLE],
        ),
        (
            "compromise",
            |wire, id| wire.call(&Revoke::id(id, Code::KEY_COMPROMISE)).map(drop),
            [
                Ok(State::COMPROMISED),
                Ok(State::COMPROMISED),
                Ok(State::COMPROMISED),
                NOT_REVOCABLE,
                Ok(State::DESTROYED_COMPROMISED),
                NOT_REVOCABLE,
            ],
        ),
        (
            "destroy",
            |wire, id| wire.call(&Destroy::id(id)).map(drop),
            [
                Ok(State::DESTROYED),
                NOT_NOW,
                Ok(State::DESTROYED),
                Ok(State::DESTROYED_COMPROMISED),
                DESTROYED,
                DESTROYED,
            ],
        ),
        (
            "get",
            |wire, id| wire.call(&Get::id(id)).map(drop),
            [Ok(State::PRE_ACTIVE), Ok(State::ACTIVE), Ok(State::DEACTIVATED), Ok(State::COMPROMISED), GONE, GONE],
        ),
        (
            "set a date",
            |wire, id| {
                let protect_stop = AttributeValue::ProtectStopDate(DateTime(now() + 3600));
                wire.call(&AddAttribute::id(id, protect_stop)).map(drop)
            },
            [Ok(State::PRE_ACTIVE), Ok(State::ACTIVE), NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW],
        ),
    ];
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        for (name, operation, row) in &table {
            for (from, expected) in STATES.into_iter().zip(row) {
                let id = key_in(&mut wire, from, &format!("{version} {name} {from}"));
                let result = operation(&mut wire, &id);
                let after = wire.state(&id);
                match *expected {
                    Ok(state) => assert_eq!((result, after), (Ok(()), state), "{name} from {from} on {version}"),
                    Err((v1, v2)) => {
                        let reason = wire.reason(v1, v2);
                        assert_eq!((result, after), (Err(reason), from), "{name} from {from} on {version}");
                    }
                }
            }
        }
    }
}

#[test]
fn operations_leave_their_dates() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let is_now = |date: Option<i64>| date.is_some_and(|date| (now() - date).abs() < 30);
        let id = key_in(&mut wire, State::DEACTIVATED, &format!("dates {version}"));
        assert!(is_now(wire.date(&id, Tag::INITIAL_DATE)));
        assert!(is_now(wire.date(&id, Tag::ACTIVATION_DATE)));
        assert!(is_now(wire.date(&id, Tag::DEACTIVATION_DATE)));
        assert_eq!(wire.date(&id, Tag::COMPROMISE_DATE), None);
        wire.call(&Revoke::key_compromise(&id, DateTime(1_000_000_000))).unwrap();
        assert!(is_now(wire.date(&id, Tag::COMPROMISE_DATE)));
        assert_eq!(wire.date(&id, Tag::COMPROMISE_OCCURRENCE_DATE), Some(1_000_000_000));
        wire.call(&Destroy::id(&id)).unwrap();
        assert!(is_now(wire.date(&id, Tag::DESTROY_DATE)));
        // Without a date from the client, the compromise dates back to the creation.
        let id = key_in(&mut wire, State::COMPROMISED, &format!("compromised {version}"));
        assert_eq!(wire.date(&id, Tag::COMPROMISE_OCCURRENCE_DATE), wire.date(&id, Tag::INITIAL_DATE));
    }
}

#[test]
fn an_occurrence_is_of_a_compromise() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let id = key_in(&mut wire, State::ACTIVE, "key");
    let mut request = Revoke::id(&id, Code::SUPERSEDED);
    request.compromise_occurrence_date = Some(DateTime(0));
    assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_FIELD));
    assert_eq!(wire.call(&Revoke::id(&id, Code::from_value(77))).err(), Some(Reason::INVALID_FIELD));
    assert_eq!(wire.state(&id), State::ACTIVE);
}

#[test]
fn dates_lead_from_state_to_state() {
    for version in [V1_4, V2_1] {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let create = |activation: i64, deactivation: i64| {
            Create::aes(128)
                .attribute(AttributeValue::ActivationDate(DateTime(activation)))
                .attribute(AttributeValue::DeactivationDate(DateTime(deactivation)))
        };
        let mut id_of = |request: CreateRequest<'_>| text(wire.call(&request).unwrap().payload().unique_identifier);
        let past = id_of(create(1, 2));
        let present = id_of(create(1, now() + 1000));
        let future = id_of(create(now() + 1000, now() + 2000));
        let states = |wire: &mut Wire| [&past, &present, &future].map(|id| wire.state(id));
        assert_eq!(states(&mut wire), [State::DEACTIVATED, State::ACTIVE, State::PRE_ACTIVE]);
        server.advance(Duration::from_secs(1500));
        assert_eq!(states(&mut wire), [State::DEACTIVATED, State::DEACTIVATED, State::ACTIVE]);
        server.advance(Duration::from_secs(1500));
        assert_eq!(states(&mut wire), [State::DEACTIVATED; 3]);
        // The Last Change Date is that of the transition, not that of the request.
        assert_eq!(wire.date(&future, Tag::LAST_CHANGE_DATE), wire.date(&future, Tag::DEACTIVATION_DATE));
        assert_eq!(
            wire.call(&create(10, 9)).err(),
            Some(wire.reason(Reason::INVALID_FIELD, Reason::INVALID_ATTRIBUTE_VALUE))
        );
    }
}

#[test]
fn modifying_a_date_can_change_the_state() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let later = AttributeValue::ActivationDate(DateTime(now() + 1000));
        let id = text(wire.call(&Create::aes(128).attribute(later)).unwrap().payload().unique_identifier);
        wire.call(&ModifyAttribute::id(&id, AttributeValue::ActivationDate(DateTime(now() - 10)))).unwrap();
        assert_eq!(wire.state(&id), State::ACTIVE);
        let again = ModifyAttribute::id(&id, AttributeValue::ActivationDate(DateTime(now())));
        let reason = wire.reason(Reason::PERMISSION_DENIED, Reason::WRONG_KEY_LIFECYCLE_STATE);
        assert_eq!(wire.call(&again).err(), Some(reason));
    }
}

#[test]
fn opaque_objects_have_states_too() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let request = Register::opaque_object(OpaqueDataType::from_value(0x8000_0001), b"data");
    let id = text(wire.call(&request).unwrap().payload().unique_identifier);
    wire.call(&Activate::id(&id)).unwrap();
    assert_eq!(wire.state(&id), State::ACTIVE);
}

#[test]
fn an_offset_moves_the_dates_of_the_new_key() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let start = now() - 5000;
        let create = Create::aes(256)
            .attribute(AttributeValue::ActivationDate(DateTime(start)))
            .attribute(AttributeValue::ProcessStartDate(DateTime(start + 10)))
            .attribute(AttributeValue::ProtectStopDate(DateTime(start + 9000)))
            .attribute(AttributeValue::DeactivationDate(DateTime(start + 10_000)));
        let old = text(wire.call(&create).unwrap().payload().unique_identifier);
        let mut request = ReKey::id(&old);
        request.offset = Some(Interval(600));
        let new = text(wire.call(&request).unwrap().payload().unique_identifier);
        let activation = wire.date(&new, Tag::ACTIVATION_DATE).unwrap();
        assert_eq!(activation, wire.date(&new, Tag::INITIAL_DATE).unwrap() + 600);
        assert_eq!(wire.date(&new, Tag::PROCESS_START_DATE), Some(activation + 10));
        assert_eq!(wire.date(&new, Tag::PROTECT_STOP_DATE), Some(activation + 9000));
        assert_eq!(wire.date(&new, Tag::DEACTIVATION_DATE), Some(activation + 10_000));
        assert_eq!((wire.state(&old), wire.state(&new)), (State::ACTIVE, State::PRE_ACTIVE));

        // An offset is relative to the Activation Date, and excludes explicit dates.
        let dateless = text(
            wire.call(&Create::aes(128).attribute(AttributeValue::DeactivationDate(DateTime(now() + 50))))
                .unwrap()
                .payload()
                .unique_identifier,
        );
        let mut request = ReKey::id(&dateless);
        request.offset = Some(Interval(1));
        let reason = wire.reason(Reason::ILLEGAL_OPERATION, Reason::INVALID_FIELD);
        assert_eq!(wire.call(&request).err(), Some(reason));
        let mut request = ReKey::id(&old);
        request.offset = Some(Interval(1));
        request.attributes = Some([AttributeValue::ActivationDate(DateTime(now()))].into_iter().collect());
        assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_MESSAGE));
    }
}
