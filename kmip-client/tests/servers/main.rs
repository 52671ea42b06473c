//! Every operation on every version of every server, and its result: on the embedded KMS always, on PyKMIP and Cosmian
//! KMS if the environment names them (`.ci/servers`).
//!
//! A row is one use of one operation. Its probe sends the request and checks the result: keys are compared, ciphertexts
//! decrypted, signatures verified locally. It has to work from the first version with the operation on; before, the
//! client does not send it. Known gaps of a server are listed in `gaps.rs` with the reason of the refusal, and are
//! checked to be refused for that reason.
//!
//! All messages pass through a relay that records them: strict rules have to decode every one, and to encode it to the
//! same bytes.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod crypto;
mod gaps;
mod life;
mod objects;
mod rare;
#[path = "../real_server/mod.rs"]
mod real_server;
mod relay;
mod session;

use std::panic::{AssertUnwindSafe, catch_unwind};

use kmip_client::blocking::Client;
use kmip_client::protocol::Id;
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Destroy, Get, GetAttributes, ResponsePayload, Revoke};
use kmip_client::test_server::TestServer;
use kmip_client::{Batch, Error};
use kmip_ttlv::enumeration::RevocationReasonCode;
use kmip_ttlv::{ProtocolVersion, Rules, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, VersionRange};

use self::gaps::{Gap, Not};
use self::relay::{Relay, Spoken, Upstream};
use self::session::{Failure, Probed, Session, told};

/// One use of one operation.
#[derive(Clone, Copy)]
struct Row {
    versions: VersionRange,
    name: &'static str,
    probe: fn(&Session) -> Probed,
}

impl Row {
    const fn since(since: ProtocolVersion, name: &'static str, probe: fn(&Session) -> Probed) -> Self {
        Self { versions: VersionRange::since(since), name, probe }
    }

    const fn between(
        since: ProtocolVersion,
        until: ProtocolVersion,
        name: &'static str,
        probe: fn(&Session) -> Probed,
    ) -> Self {
        Self { versions: VersionRange::between(since, until), name, probe }
    }
}

const TABLES: [&[Row]; 4] = [life::ROWS, objects::ROWS, crypto::ROWS, rare::ROWS];

const VERSIONS: [ProtocolVersion; 7] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1];

#[test]
fn the_embedded_server() {
    let server = TestServer::start();
    all_of(Upstream::embedded(&server), "embedded", &VERSIONS, gaps::EMBEDDED);
}

#[needs::env("KMIP_TEST_PYKMIP")]
#[test]
fn pykmip() {
    if let Some(server) = Upstream::named_by("KMIP_TEST_PYKMIP") {
        all_of(server, "PyKMIP", &VERSIONS[..6], gaps::PYKMIP);
    }
}

#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn cosmian() {
    if let Some(server) = Upstream::named_by("KMIP_TEST_COSMIAN") {
        all_of(server, "Cosmian", &VERSIONS, gaps::COSMIAN);
    }
}

/// Compares the results of a server with the expected ones.
fn all_of(upstream: Upstream, server: &'static str, versions: &[ProtocolVersion], gaps: &[Gap]) {
    let relay = Relay::to(upstream);
    let rows = TABLES.concat();
    let mut table = vec![Vec::new(); rows.len()];
    let mut wrong = unknown_rows(gaps);
    let mut spoken: Vec<Spoken> = Vec::new();
    for version in versions {
        let client = Client::connect(&relay.config().version(*version)).unwrap();
        let session = Session::new(client, server);
        for (row, cells) in rows.iter().zip(&mut table) {
            let (seen, detail) = seen(*row, &session);
            let expected = expected(*row, *version, gaps);
            if seen != expected {
                wrong.push(format!("{} in KMIP {version}: {seen} ({detail}); expected: {expected}", row.name));
            }
            cells.push(seen);
        }
        let of_version = relay.take();
        let made = made(&of_version);
        spoken.extend(of_version);
        fetch(&session, &made);
        spoken.extend(relay.take());
        clear(&session, &made);
        relay.take();
    }
    eprintln!("{server} | {}", versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "));
    for (row, cells) in rows.iter().zip(&table) {
        eprintln!("{} | {}", row.name, cells.join(" | "));
    }
    eprintln!("{server}: {} requests and their answers, by strict rules", spoken.len());
    wrong.extend(spoken.iter().filter_map(|spoken| not_strict(spoken).err()));
    assert!(wrong.is_empty(), "{server}: {} are not as expected:\n{}", wrong.len(), wrong.join("\n"));
}

/// Returns the objects that were created.
fn made(spoken: &[Spoken]) -> Vec<String> {
    let ids = spoken.iter().flat_map(|spoken| match ResponseMessage::decode_message(&spoken.answer, Rules::STRICT) {
        Ok((message, _)) => {
            let payloads = message.batch_items.iter().filter_map(|item| item.payload.as_ref());
            payloads.flat_map(made_by).map(|id| id.to_string()).collect()
        }
        Err(_) => Vec::new(),
    });
    ids.collect()
}

/// Fetches everything about each object, ignoring refusals: the responses go through strict rules.
fn fetch(session: &Session, ids: &[String]) {
    for id in ids {
        let _ = session.client.batch(&(GetAttributes::id(id), Get::id(id)).keep_going());
    }
}

/// Destroys the created objects, because servers slow down with their number.
fn clear(session: &Session, ids: &[String]) {
    for id in ids {
        // An active object cannot be destroyed, and another one may not have a cessation of operation.
        let revoke = Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION);
        let _ = session.client.batch(&(revoke, Destroy::id(id)).keep_going());
    }
}

/// Returns the objects that an operation created.
fn made_by<'a>(payload: &ResponsePayload<'a>) -> Vec<Id<'a>> {
    use ResponsePayload as Made;
    match payload {
        Made::Create(made) => vec![made.unique_identifier],
        Made::Register(made) => vec![made.unique_identifier],
        Made::Import(made) => vec![made.unique_identifier],
        Made::DeriveKey(made) => vec![made.unique_identifier],
        Made::ReKey(made) => vec![made.unique_identifier],
        Made::Certify(made) => vec![made.unique_identifier],
        Made::ReCertify(made) => vec![made.unique_identifier],
        Made::JoinSplitKey(made) => vec![made.unique_identifier],
        Made::CreateSplitKey(made) => made.unique_identifiers.clone(),
        Made::CreateKeyPair(made) => vec![made.private_key_unique_identifier, made.public_key_unique_identifier],
        Made::ReKeyKeyPair(made) => vec![made.private_key_unique_identifier, made.public_key_unique_identifier],
        _ => Vec::new(),
    }
}

const WORKS: &str = "works";
const NOT_SENT: &str = "not sent";

fn expected(row: Row, version: ProtocolVersion, gaps: &[Gap]) -> String {
    if !row.versions.contains(version) {
        return NOT_SENT.to_owned();
    }
    let gap = gaps.iter().find(|gap| gap.versions.contains(version) && gap.rows.contains(&row.name));
    match gap.map(|gap| gap.what) {
        None => WORKS.to_owned(),
        Some(Not::Refused(reason)) => format!("refused: {reason}"),
        Some(Not::Wrongly(what)) => format!("wrong: {what}"),
    }
}

/// Returns the result of a row, and further details.
fn seen(row: Row, session: &Session) -> (String, String) {
    let failure = match catch_unwind(AssertUnwindSafe(|| (row.probe)(session))) {
        Ok(Ok(())) => return (WORKS.to_owned(), String::new()),
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            return ("panicked".to_owned(), text.unwrap_or_default().replace('\n', " "));
        }
    };
    match failure {
        Failure::Wrong(what) => (format!("wrong: {what}"), String::new()),
        Failure::Error(error) => {
            let seen = match &error {
                Error::Encode(_) => NOT_SENT.to_owned(),
                Error::Refused(refusal) => match refusal.reason {
                    Some(reason) => format!("refused: {reason}"),
                    None => "refused without a reason".to_owned(),
                },
                _ => "failed".to_owned(),
            };
            (seen, told(&error))
        }
    }
}

/// Returns the rows of gaps that do not exist.
fn unknown_rows(gaps: &[Gap]) -> Vec<String> {
    let is_known = |name: &&&str| TABLES.concat().iter().any(|row| row.name == **name);
    let names = gaps.iter().flat_map(|gap| gap.rows);
    names.filter(|name| !is_known(name)).map(|name| format!("no row is called {name}")).collect()
}

/// Checks every request and response by strict rules: nothing is skipped, and the bytes are the same after encoding.
fn not_strict(Spoken { request, answer }: &Spoken) -> Result<(), String> {
    let (asked, _) = RequestMessage::decode_message(request, Rules::STRICT).map_err(|error| error.to_string())?;
    let told = |error: kmip_ttlv::Error| match asked.batch_items.first() {
        Some(item) => format!("{} in KMIP {}: {error}", item.operation, asked.header.protocol_version),
        None => error.to_string(),
    };
    let (answered, _) = ResponseMessage::decode_message(answer, Rules::STRICT).map_err(told)?;
    for (again, received) in [(asked.encode_again(), request), (answered.encode_again(), answer)] {
        if again.map_err(told)? != *received {
            return Err(format!("{:?} becomes other bytes", answered.batch_items.first().map(|item| item.operation)));
        }
    }
    Ok(())
}
