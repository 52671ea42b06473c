//! Generations of a key: by links, by names, and under a permanent name.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "real_server/mod.rs"]
mod real_server;

use kmip_client::blocking::Client;
use kmip_client::flow::{self, FlowError};
use kmip_client::protocol::operation::{Create, Destroy, Revoke};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::{OperationCode, ResultReason, RevocationReasonCode};

fn create(kms: &Client, name: &str) -> String {
    kms.run(async |kms| flow::create_active(&kms, name, &Create::aes(256)).await).unwrap()
}

fn lineage(kms: &Client, id: &str) -> Vec<String> {
    let lineage = kms.run(async |kms| flow::lineage(&kms, id).await).unwrap();
    assert_eq!(lineage.newest(), lineage.generations().last().unwrap());
    assert_eq!(lineage.oldest(), lineage.generations().first().unwrap());
    lineage.generations().iter().map(|generation| generation.id.clone()).collect()
}

#[test]
fn every_generation_leads_to_all_others() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    for by_re_key in [true, false] {
        let mut ids = vec![create(&kms, &format!("vm-{by_re_key}"))];
        for _ in 0..3 {
            let last = ids.last().unwrap();
            let next = kms.run(async |kms| {
                if by_re_key { flow::rotate(&kms, last).await } else { flow::rotate_by_create(&kms, last).await }
            });
            ids.push(next.unwrap().id().to_owned());
        }
        for id in &ids {
            assert_eq!(lineage(&kms, id), ids);
        }
    }
    let lone = create(&kms, "lone");
    assert_eq!(lineage(&kms, &lone), [lone]);
    let unknown = kms.run(async |kms| flow::lineage(&kms, "nobody").await).unwrap_err();
    assert!(matches!(unknown, FlowError::Kms(error) if error.is_not_found()));
}

#[test]
fn a_name_stays_with_the_newest_key_even_where_a_run_is_cut_off() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    // On a server without Re-key, two Modify Attribute move the name.
    server.fail(Fault::Refuse(ResultReason::OPERATION_NOT_SUPPORTED).on(OperationCode::RE_KEY).always());
    let old = create(&kms, "backup");
    // One reply that is lost is looked up.
    server.fail(Fault::CloseUnanswered.on(OperationCode::MODIFY_ATTRIBUTE).times(3));
    let cut_off = kms.run(async |kms| flow::rotate_named(&kms, "backup").await);
    assert!(cut_off.is_err());
    let new = kms.run(async |kms| flow::rotate_named(&kms, "backup").await).unwrap();
    assert_eq!(new.name(), Some("backup"));
    let newer = kms.run(async |kms| flow::rotate_named(&kms, "backup").await).unwrap();
    assert_eq!(newer.name(), Some("backup"));
    assert_eq!(lineage(&kms, &old), [old.as_str(), new.id(), newer.id()]);
    let nobody = kms.run(async |kms| flow::rotate_named(&kms, "nobody").await).unwrap_err();
    assert!(matches!(nobody, FlowError::NotNamed { .. }));
}

#[needs::env("KMIP_TEST_PYKMIP", "KMIP_TEST_COSMIAN")]
#[test]
fn on_real_servers() {
    for server in ["KMIP_TEST_PYKMIP", "KMIP_TEST_COSMIAN"] {
        let Some(config) = real_server::config(server) else { continue };
        let kms = Client::connect(&config).unwrap();
        let name = format!("lineage-{}", std::process::id());
        let first = create(&kms, &name);
        let second = kms.run(async |kms| flow::rotate_named(&kms, &name).await).unwrap();
        assert_eq!(second.name(), Some(name.as_str()), "{server}");
        let third = kms.run(async |kms| flow::rotate_named(&kms, &name).await).unwrap();
        let expected = [first.as_str(), second.id(), third.id()];
        for id in expected {
            assert_eq!(lineage(&kms, id), expected, "{server}");
        }
        for id in expected {
            let _ = kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION));
            let _ = kms.call(&Destroy::id(id));
        }
    }
}
