//! Migration of many objects: kinds, links, interruptions, journals, wrapping; between embedded servers and, if
//! available, real ones.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

#[path = "real_server/mod.rs"]
mod real_server;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;

use kmip_client::blocking::Client;
use kmip_client::flow::{self, FlowError, Migration, MigrationReport};
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters};
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, Destroy, Get, GetAttributes, Locate, Register, RegisterRequest, Revoke,
};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, CryptographicUsageMask as Mask, OperationCode, RevocationReasonCode,
    SecretDataType,
};
use kmip_ttlv::{Tag, V1_2, V1_4, V2_1};

/// A file that is deleted with the test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("kmip-migration-{}-{name}", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn client(server: &TestServer) -> Client {
    Client::connect(&server.config()).unwrap()
}

/// Creates keys with and without a name, in several states, a secret, and a linked key pair.
fn furnish(kms: &Client) -> usize {
    let named = kms.call(&Create::aes(256).name("named")).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&named)).unwrap();
    let retired = kms.call(&Create::aes(128).name("retired")).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&retired)).unwrap();
    kms.call(&Revoke::id(&retired, RevocationReasonCode::SUPERSEDED)).unwrap();
    kms.call(&Create::aes(256)).unwrap();
    kms.call(&Create::aes(256).attribute(AttributeValue::ObjectGroup("backup"))).unwrap();
    kms.call(&Register::secret_data(SecretDataType::PASSWORD, b"correct horse").name("password")).unwrap();
    kms.call(&CreateKeyPair::rsa(2048).private_key_name("signer").public_key_name("signer, public")).unwrap();
    7
}

fn ids(kms: &Client) -> Vec<String> {
    let found = kms.call(&Locate::all()).unwrap();
    found.payload().unique_identifiers.iter().map(ToString::to_string).collect()
}

fn migrate(from: &Client, to: &Client, journal: Option<&Temporary>) -> MigrationReport {
    let run = from.run(async |from| {
        let to = to.for_flow();
        let migration = Migration::new(&from, &to);
        match journal {
            Some(journal) => migration.journal(&journal.0).run().await,
            None => migration.run().await,
        }
    });
    run.unwrap()
}

fn links(kms: &Client, id: &str) -> Vec<String> {
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::LINK)).unwrap();
    let attributes = reply.payload().attributes.unwrap_or_default();
    let linked = attributes.iter().filter_map(|value| match value {
        AttributeValue::Link(link) => Some(link.linked_object_identifier.to_string()),
        _ => None,
    });
    linked.collect()
}

#[test]
fn everything_goes_with_its_links_by_import_and_by_register() {
    for (versions, keeps_ids) in [(V1_4..=V2_1, true), (V1_2..=V1_2, false)] {
        let (old, new) = (TestServer::start(), TestServer::builder().versions(versions).start());
        let (old, new) = (client(&old), client(&new));
        let objects = furnish(&old);
        let journal = Temporary::new(&format!("all-{keeps_ids}"));
        let report = migrate(&old, &new, Some(&journal));
        assert_eq!(report.carried().len(), objects, "{report}");
        assert!(report.is_complete(), "{report}");
        assert_eq!(ids(&new).len(), objects);
        for carried in report.carried() {
            assert_eq!(carried.from == carried.to, keeps_ids);
            let expected: BTreeSet<_> = links(&old, &carried.from)
                .into_iter()
                .map(|id| report.carried().iter().find(|other| other.from == id).unwrap().to.clone())
                .collect();
            assert_eq!(links(&new, &carried.to).into_iter().collect::<BTreeSet<_>>(), expected);
        }
        // A second run finds everything: by the journal, or without one by the identifiers, if they are preserved.
        let again = migrate(&old, &new, Some(&journal).filter(|_| !keeps_ids));
        assert!(again.is_complete(), "{again}");
        assert_eq!(ids(&new).len(), objects, "nothing is copied twice");
    }
}

#[test]
fn a_run_that_is_cut_off_anywhere_goes_on_and_copies_nothing_twice() {
    for version in [V1_2, V1_4] {
        let (old, new) = (TestServer::start(), TestServer::builder().versions(version..=version).start());
        let from = client(&old);
        let objects = furnish(&from);
        let journal = Temporary::new(&format!("cut-{version}"));
        let mut runs = 0;
        let report = loop {
            // Each run loses one more reply than the one before, and is stopped after two objects.
            let to = client(&new).for_flow();
            let operation = if version == V1_4 { OperationCode::IMPORT } else { OperationCode::REGISTER };
            if runs < 4 {
                new.fail(Fault::LoseReply.on(operation));
            }
            let report = from.run(async |from| {
                Migration::new(&from, &to)
                    .journal(&journal.0)
                    .concurrency(NonZeroUsize::MIN)
                    .on_progress(|progress| {
                        if runs < 4 && progress.done >= 2 * (runs + 1) {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        }
                    })
                    .run()
                    .await
            });
            let report = report.unwrap();
            runs += 1;
            if report.left().is_empty() {
                break report;
            }
            assert!(runs < 10, "{report}");
        };
        assert!(runs > 2, "it was cut off");
        assert_eq!(report.carried().len(), objects);
        assert!(report.is_complete(), "{report}");
        assert_eq!(ids(&client(&new)).len(), objects, "nothing is lost and nothing is there twice");
    }
}

/// The journal gets a first record of an object with the copy, and a second one once the copy has lost its temporary
/// name. A run that ends between the two has removed the name without a word of it in the journal.
#[test]
fn a_run_that_ends_before_its_last_record_goes_on() {
    let (old, new) = (TestServer::start(), TestServer::builder().versions(V1_2..=V1_2).start());
    let (from, to) = (client(&old), client(&new));
    from.call(&Create::aes(256)).unwrap();
    from.call(&Create::aes(128)).unwrap();
    let journal = Temporary::new("between");
    let first = migrate(&from, &to, Some(&journal));
    assert!(first.is_complete(), "{first}");
    let whole = std::fs::read_to_string(&journal.0).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 1 + 2 * 2, "a header, and two records of each object: {whole}");
    assert!(lines[1..3].iter().all(|line| line.contains("which it has kept")), "{whole}");
    let resumed = migrate(&from, &to, Some(&journal));
    assert!(resumed.is_complete() && resumed.carried().iter().all(|carried| carried.resumed), "{resumed}");
    // Both, or one of them, with or without a part of the next.
    for cut in [lines[..3].concat(), lines[..4].concat(), lines[..3].concat() + &lines[3][..10]] {
        std::fs::write(&journal.0, &cut).unwrap();
        let again = migrate(&from, &to, Some(&journal));
        assert!(again.is_complete(), "{again}");
        assert_eq!(again.carried(), resumed.carried(), "the same copies, without a temporary name");
        assert_eq!(ids(&to).len(), 2, "nothing is copied twice");
        let records = std::fs::read_to_string(&journal.0).unwrap();
        assert_eq!(records.lines().collect::<BTreeSet<_>>(), whole.lines().collect::<BTreeSet<_>>());
    }
}

#[test]
fn two_objects_of_one_name_stay_two() {
    let (old, new) = (TestServer::start(), TestServer::builder().versions(V1_2..=V1_2).start());
    let (old, new) = (client(&old), client(&new));
    let taken = new.call(&Create::aes(256).name("twice")).unwrap().payload().unique_identifier.to_string();
    old.call(&Create::aes(256).name("twice")).unwrap();
    let report = migrate(&old, &new, None);
    assert_eq!(report.carried().len(), 1, "{report}");
    assert_ne!(report.carried()[0].to, taken);
    assert_eq!(report.carried()[0].left_out, ["Name"], "a name belongs to one object there");
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_would_stay() {
    let (old, new) = (TestServer::start(), TestServer::start());
    let (old, new) = (client(&old), client(&new));
    furnish(&old);
    new.call(&Create::aes(256).name("named")).unwrap();
    let report = old.run(async |old| Migration::new(&old, &new.for_flow()).dry_run(true).run().await).unwrap();
    assert_eq!(ids(&new).len(), 1);
    assert_eq!(report.carried().len(), 6);
    let [left] = report.left() else { panic!("{report}") };
    assert!(matches!(left.error.as_deref(), Some(FlowError::NameTaken { .. })));
}

fn wrapping_key(bytes: &[u8]) -> RegisterRequest<'_> {
    let parameters = CryptographicParameters::default().block_cipher_mode(BlockCipherMode::NIST_KEY_WRAP);
    Register::object(Register::symmetric_key(CryptographicAlgorithm::AES, bytes).object)
        .usage(Mask::WRAP_KEY | Mask::UNWRAP_KEY)
        .attribute(AttributeValue::CryptographicParameters(parameters.into()))
}

#[test]
fn keys_travel_wrapped_where_that_is_asked() {
    let (old_server, new_server) = (TestServer::start(), TestServer::start());
    let (old, new) = (client(&old_server), client(&new_server));
    let kek = [7; 32];
    let wrapping = |kms: &Client| {
        let id = kms.call(&wrapping_key(&kek)).unwrap().payload().unique_identifier.to_string();
        kms.call(&Activate::id(&id)).unwrap();
        id
    };
    let (here, there) = (wrapping(&old), wrapping(&new));
    let id = old.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await).unwrap();
    let report = old
        .run(async |old| {
            Migration::new(&old, &new.for_flow()).only([&id]).wrapped_in_transit(&here, &there).run().await
        })
        .unwrap();
    assert!(report.is_complete(), "{report}");
    assert!(!old_server.requests().contains_key(&OperationCode::GET), "no plain key has left the server");
    let key = |kms: &Client| {
        let reply = kms.call(&Get::id(&id)).unwrap();
        reply.payload().object.key_block().unwrap().bytes().unwrap().expose().to_vec()
    };
    assert_eq!(key(&old), key(&new));
}

#[test]
fn reports_objects_that_cannot_be_copied_with_the_reason() {
    let (old, new) = (TestServer::start(), TestServer::start());
    let (old, new) = (client(&old), client(&new));
    let report = old.run(async |old| Migration::new(&old, &new.for_flow()).only(["gone"]).run().await).unwrap();
    assert!(!report.is_complete());
    assert!(report.to_string().contains("gone: not copied"), "{report}");
    let journal = PathBuf::from("/nonexistent/folder/journal");
    let error = old.run(async |old| Migration::new(&old, &new.for_flow()).journal(&journal).run().await).unwrap_err();
    assert!(matches!(error, FlowError::Journal { .. }), "{error}");
    assert!(error.to_string().contains("/nonexistent/folder/journal"), "{error}");
}

#[test]
fn the_async_client_copies_several_at_once_on_any_thread() {
    fn sent<T: Send>(value: T) -> T {
        value
    }

    let (old, new) = (TestServer::start(), TestServer::builder().versions(V1_2..=V1_2).start());
    let objects = furnish(&client(&old));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(async {
        let old = kmip_client::Client::connect(&old.config()).await.unwrap();
        let new = kmip_client::Client::connect(&new.config()).await.unwrap();
        sent(Migration::new(&old, &new).run()).await.unwrap()
    });
    assert_eq!(report.carried().len(), objects);
    assert!(report.is_complete(), "{report}");
}

/// Creates objects on one real server, migrates them to the other and back, and destroys them all.
#[needs::env("KMIP_TEST_PYKMIP")]
#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn between_real_servers_in_both_directions() {
    let Some(pykmip) = real_server::config("KMIP_TEST_PYKMIP") else { return };
    let Some(cosmian) = real_server::config("KMIP_TEST_COSMIAN") else { return };
    let pykmip = Client::connect(&pykmip).unwrap();
    let cosmian = Client::connect(&cosmian).unwrap();
    let names: Vec<_> = (0..20).map(|n| format!("migration-test-{}-{n}", std::process::id())).collect();
    let mut here: Vec<String> = Vec::new();
    for name in &names {
        here.push(pykmip.run(async |kms| flow::create_active(&kms, name, &Create::aes(256)).await).unwrap());
    }
    here.push(pykmip.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string());

    let journal = Temporary::new("real");
    let there = pykmip
        .run(async |kms| Migration::new(&kms, &cosmian.for_flow()).only(&here).journal(&journal.0).run().await)
        .unwrap();
    println!("{there}");
    assert_eq!(there.carried().len(), here.len(), "{there}");
    assert!(there.is_complete(), "{there}");
    let copies: Vec<_> = there.carried().iter().map(|carried| carried.to.clone()).collect();
    for id in here {
        destroy(&pykmip, &id);
    }
    let back = cosmian.run(async |kms| Migration::new(&kms, &pykmip.for_flow()).only(&copies).run().await).unwrap();
    println!("{back}");
    assert_eq!(back.carried().len(), copies.len(), "{back}");
    assert!(back.is_complete(), "{back}");
    for carried in back.carried() {
        destroy(&cosmian, &carried.from);
        destroy(&pykmip, &carried.to);
    }
}

fn destroy(kms: &Client, id: &str) {
    let _ = kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION));
    kms.call(&Destroy::id(id)).unwrap();
}
