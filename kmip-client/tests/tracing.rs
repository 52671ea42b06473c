//! The contents of `tracing` events: the facts of each call, and never a value.

#![allow(clippy::unwrap_used)]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use kmip_client::blocking::Client;
use kmip_client::protocol::operation::{Get, Register};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::CryptographicAlgorithm;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_facts_of_each_call_and_no_values() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let server = TestServer::start();
    let key = *b"SECRETSECRETSECRETSECRETSECRET!!";
    let id = tracing::subscriber::with_default(subscriber, || {
        let kms = Client::connect(&server.config()).unwrap();
        let registered =
            kms.call(&Register::symmetric_key(CryptographicAlgorithm::AES, &key).name("a-secret-name")).unwrap();
        let id = registered.payload().unique_identifier.to_string();
        server.fail_next(Fault::LoseReply);
        kms.call(&Get::id(&id)).unwrap();
        kms.call(&Get::id("no-such-object")).unwrap_err();
        id
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let address = server.address().to_string();
    let calls: Vec<_> = log.lines().filter(|line| line.contains("call ended")).collect();
    assert_eq!(calls.len(), 3, "{log}");
    for (call, (operation, attempts, result)) in
        calls.iter().zip([("Register", 1, "answered"), ("Get", 2, "answered"), ("Get", 1, "refused")])
    {
        for fact in [
            format!("operation=\"{operation}\""),
            format!("endpoint=\"{address}\""),
            "version=\"2.1\"".to_owned(),
            format!("attempts={attempts}"),
            format!("result=\"{result}\""),
        ] {
            assert!(call.contains(&fact), "{fact} is missing in {call}");
        }
    }
    let broken = log.lines().find(|line| line.contains("an attempt brought no answer")).unwrap();
    assert!(broken.contains("WARN kmip_call") && broken.contains("was_sent=true"), "{broken}");
    for value in ["SECRET", "a-secret-name", id.as_str(), "no-such-object", "534543524554", "83, 69"] {
        assert!(!log.contains(value), "{value} shows in {log}");
    }
}
