//! An identity and a trust in files that are renewed while the client is in use.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use kmip_client::protocol::operation::{Create, Get, Locate};
use kmip_client::test_server::{Fault, Issued, TestServer};
use kmip_client::{
    Client, Config, ConfigError, EndpointState, Identity, ServerCheck, TlsError, TransportError, Trust,
    UnknownRevocation, blocking,
};
use kmip_ttlv::V1_4;

/// A folder that is deleted with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kmip-client-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn certificate(&self) -> PathBuf {
        self.0.join("client.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.join("client.key")
    }

    /// Replaces a file by renaming another, as most renewal programs do.
    fn put(&self, issued: &Issued) {
        replace(&self.key(), issued.private_key_pem());
        replace(&self.certificate(), issued.certificate_pem());
    }

    fn identity(&self) -> Identity {
        Identity::from_files(self.certificate(), self.key()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn replace(path: &Path, content: &str) {
    let new = path.with_extension("new");
    fs::write(&new, content).unwrap();
    fs::rename(new, path).unwrap();
}

fn config(server: &TestServer, identity: Identity) -> Config {
    Config::new(server.address().to_string())
        .identity(identity)
        .trust(Trust::ca_pem(server.pki().ca_pem()).unwrap())
        .version(V1_4)
}

/// An object belongs to the common name of the client that created it. This shows which certificate a connection used,
/// and that no session of the former one was resumed.
#[test]
fn calls_in_flight_finish_and_new_connections_have_the_new_certificate() {
    for (name, server) in
        [("tls12", TestServer::builder().tls12_only().start()), ("tls13", TestServer::builder().tls13_only().start())]
    {
        let folder = Folder::new(name);
        folder.put(&server.pki().issue_client("alice"));
        let kms = blocking::Client::connect(&config(&server, folder.identity())).unwrap();
        let id = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
        // The next connection resumes the session of this one, unless the certificate differs.
        let before = server.connections();

        server.fail_next(Fault::Delay(Duration::from_millis(500)));
        let in_flight = thread::spawn({
            let (kms, id) = (kms.clone(), id.clone());
            move || kms.call(&Get::id(&id)).map(drop)
        });
        thread::sleep(Duration::from_millis(100));
        folder.put(&server.pki().issue_client("bob"));
        let error = kms.call(&Get::id(&id)).expect_err("the new connection is still alice's");
        assert!(error.is_not_found(), "{error:?}");
        assert_eq!(server.connections(), before + 1);
        in_flight.join().unwrap().unwrap();
    }
}

#[test]
fn sessions_are_resumed_before_and_after_and_not_across() {
    for (name, server) in
        [("tls12s", TestServer::builder().tls12_only().start()), ("tls13s", TestServer::builder().tls13_only().start())]
    {
        let folder = Folder::new(name);
        folder.put(&server.pki().issue_client("alice"));
        let kms = blocking::Client::connect(&config(&server, folder.identity())).unwrap();
        let connections_of_two_calls = || {
            for _ in 0..2 {
                server.fail_next(Fault::CloseAfterReply);
                kms.call(&Locate::all()).unwrap();
                thread::sleep(Duration::from_millis(100));
            }
            let counters = kms.counters();
            (counters.endpoints[0].opened, counters.endpoints[0].resumed)
        };
        assert_eq!(connections_of_two_calls(), (2, 1), "{name}: the second resumes the first");
        folder.put(&server.pki().issue_client("alice"));
        assert_eq!(connections_of_two_calls(), (4, 2), "{name}: the first with the new certificate does not");
    }
}

#[test]
fn the_status_tells_of_the_certificate_that_is_shown_now() {
    let (server, folder) = (TestServer::start(), Folder::new("status"));
    folder.put(&server.pki().issue_client("alice"));
    let kms = blocking::Client::connect(&config(&server, folder.identity())).unwrap();
    let status = kms.probe();
    assert_eq!(status.endpoints[0].state, EndpointState::Normal);
    assert!(status.client_certificate_ends.unwrap() > SystemTime::now());

    folder.put(&server.pki().issue_expired_client("alice"));
    let status = kms.probe();
    assert_eq!(status.endpoints[0].state, EndpointState::Refused, "{status:?}");
    assert!(status.client_certificate_ends.unwrap() < SystemTime::now());
}

#[test]
fn the_async_client_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (server, folder) = (TestServer::start(), Folder::new("async"));
    folder.put(&server.pki().issue_client("alice"));
    runtime.block_on(async {
        let kms = Client::connect(&config(&server, folder.identity())).await.unwrap();
        let id = kms.call(&Create::aes(256)).await.unwrap().payload().unique_identifier.to_string();
        server.fail_next(Fault::Delay(Duration::from_millis(500)));
        let in_flight = tokio::spawn({
            let (kms, id) = (kms.clone(), id.clone());
            async move { kms.call(&Get::id(&id)).await.map(drop) }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        folder.put(&server.pki().issue_client("bob"));
        assert!(kms.call(&Get::id(&id)).await.unwrap_err().is_not_found());
        in_flight.await.unwrap().unwrap();
    });
}

#[test]
fn files_that_cannot_be_used_leave_what_is_in_use() {
    let (server, folder) = (TestServer::start(), Folder::new("broken"));
    let (alice, bob) = (server.pki().issue_client("alice"), server.pki().issue_client("bob"));
    folder.put(&alice);
    let identity = folder.identity();
    let before = identity.thumbprint();
    assert!(!identity.reload().unwrap(), "the same certificate");

    // Between the two halves of a renewal.
    replace(&folder.key(), bob.private_key_pem());
    let connect = || blocking::Client::connect(&config(&server, identity.clone())).map(drop);
    connect().unwrap();
    assert!(matches!(identity.reload().unwrap_err(), ConfigError::KeyMismatch { .. }));
    fs::remove_file(folder.certificate()).unwrap();
    connect().unwrap();
    let error = identity.reload().unwrap_err();
    assert!(matches!(&error, ConfigError::UnreadableFile { path, .. } if *path == folder.certificate()), "{error:?}");
    assert!(error.to_string().contains("client.pem"), "{error}");
    assert_eq!(identity.thumbprint(), before);

    replace(&folder.certificate(), bob.certificate_pem());
    let clone = identity.clone();
    assert!(identity.reload().unwrap(), "another certificate");
    assert_eq!(clone.thumbprint(), bob.identity().unwrap().thumbprint());
    connect().unwrap();
}

/// There has to be an initial identity.
#[test]
fn files_that_are_there_from_the_start() {
    let folder = Folder::new("missing");
    let error = Identity::from_files(folder.certificate(), folder.key()).unwrap_err();
    assert!(matches!(error, ConfigError::UnreadableFile { .. }), "{error:?}");
    let fixed = TestServer::start().pki().issue_client("alice").identity().unwrap();
    assert!(!fixed.reload().unwrap());
}

#[test]
fn one_file_that_is_read_by_the_program() {
    let folder = Folder::new("one");
    let server = TestServer::start();
    let both = |issued: &Issued| format!("{}{}", issued.certificate_pem(), issued.private_key_pem());
    let path = folder.0.join("both.pem");
    replace(&path, &both(&server.pki().issue_client("alice")));
    let identity = Identity::watching([&path], |[file]| Identity::from_pem(file, file)).unwrap();
    let before = identity.thumbprint();
    replace(&path, &both(&server.pki().issue_client("alice")));
    assert_eq!(identity.thumbprint(), before, "nothing has connected since");
    blocking::Client::connect(&config(&server, identity.clone())).unwrap();
    assert_ne!(identity.thumbprint(), before);
}

/// Returns a trust in two files, with nothing revoked.
fn trust(folder: &Folder, server: &TestServer) -> Trust {
    replace(&folder.0.join("ca.pem"), &server.pki().ca_pem());
    replace(&folder.0.join("crl.pem"), &server.pki().crl_pem(&[]));
    let files = [folder.0.join("ca.pem"), folder.0.join("crl.pem")];
    Trust::watching(files, |[ca, list]| Trust::ca_pem(ca)?.with_crl_pem(list)).unwrap()
}

/// The client was accepted before, so that a resumed session would be accepted again.
#[test]
fn a_revocation_list_that_is_renewed_holds_from_the_next_connection_on() {
    for (name, builder) in
        [("crl12", TestServer::builder().tls12_only()), ("crl13", TestServer::builder().tls13_only())]
    {
        let (server, folder) = (builder.start(), Folder::new(name));
        let (good, bad) = (server.pki().issue_server(), server.pki().issue_server());
        server.present(&bad);
        let kms = blocking::Client::connect(&server.config().trust(trust(&folder, &server))).unwrap();
        let call_on_a_new_connection = || {
            server.fail_next(Fault::CloseAfterReply);
            let called = kms.call(&Locate::all());
            thread::sleep(Duration::from_millis(100));
            called
        };
        call_on_a_new_connection().unwrap();
        call_on_a_new_connection().unwrap();
        assert!(kms.counters().endpoints[0].resumed > 0);

        replace(&folder.0.join("crl.pem"), &server.pki().crl_pem(&[&bad]));
        let error = call_on_a_new_connection().unwrap_err();
        let Some(TransportError::Tls(TlsError::Untrusted(untrusted))) = error.transport_error() else {
            panic!("{error:?}")
        };
        assert!(matches!(untrusted.check, ServerCheck::Revoked), "{untrusted:?}");
        assert_eq!(kms.probe().endpoints[0].state, EndpointState::Untrusted);

        server.present(&good);
        call_on_a_new_connection().unwrap();
    }
}

#[test]
fn a_ca_that_another_takes_the_place_of() {
    let (server, other, folder) = (TestServer::start(), TestServer::start(), Folder::new("cas"));
    let trust = trust(&folder, &server).unknown_revocation(UnknownRevocation::Accept);
    assert!(!trust.reload().unwrap());
    let config = server.config().trust(trust.clone());
    let kms = blocking::Client::connect(&config).unwrap();

    replace(&folder.0.join("ca.pem"), "no certificate");
    let error = trust.reload().unwrap_err();
    assert!(matches!(error, ConfigError::NotPem { .. }), "{error:?}");
    assert_eq!(kms.probe().endpoints[0].state, EndpointState::Normal, "what was read last is in use");

    replace(&folder.0.join("ca.pem"), &other.pki().ca_pem());
    assert_eq!(kms.probe().endpoints[0].state, EndpointState::Untrusted);
    assert_eq!(format!("{trust:?}"), "Trust(1 CA certificates, 1 revocation lists)");

    // Added roots remain, whatever the files contain.
    let both = trust.with_ca_pem(server.pki().ca_pem()).unwrap();
    assert_eq!(format!("{both:?}"), "Trust(2 CA certificates, 1 revocation lists)");
    let kms = blocking::Client::connect(&config.trust(both.clone())).unwrap();
    replace(&folder.0.join("ca.pem"), &[other.pki().ca_pem(), other.pki().ca_pem()].concat());
    assert_eq!(kms.probe().endpoints[0].state, EndpointState::Normal);
    assert_eq!(format!("{both:?}"), "Trust(3 CA certificates, 1 revocation lists)");
    assert!(!Trust::pinned(server.thumbprint()).reload().unwrap());
}

/// A device without an end is not read without one.
#[cfg(unix)]
#[test]
fn a_device_is_no_key() {
    let (server, folder) = (TestServer::start(), Folder::new("device"));
    folder.put(&server.pki().issue_client("alice"));
    let error = Identity::from_files(folder.certificate(), "/dev/zero").map(drop).unwrap_err();
    assert!(matches!(error, ConfigError::UnreadableFile { .. }), "{error:?}");
}

/// A pipe has its contents once. A call would wait for the next writer, so only `reload` reads it again.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_once() {
    let (server, folder) = (TestServer::start(), Folder::new("pipe"));
    let issued = server.pki().issue_client("alice");
    replace(&folder.certificate(), issued.certificate_pem());
    assert!(std::process::Command::new("mkfifo").arg(folder.key()).status().unwrap().success());
    let write = |key: &Issued| {
        let (path, key) = (folder.key(), key.private_key_pem().to_owned());
        thread::spawn(move || fs::write(path, key).unwrap())
    };
    let writer = write(&issued);
    let identity = folder.identity();
    writer.join().unwrap();
    let kms = blocking::Client::connect(&config(&server, identity.clone())).unwrap();
    // Another certificate, and a new connection: it would wait for a writer until its time is up.
    let renewed = server.pki().issue_client("bob");
    replace(&folder.certificate(), renewed.certificate_pem());
    server.fail_next(Fault::CloseAfterReply);
    kms.call(&Locate::all()).unwrap();
    kms.call(&Locate::all()).unwrap();
    let writer = write(&renewed);
    assert!(identity.reload().unwrap());
    writer.join().unwrap();
}
