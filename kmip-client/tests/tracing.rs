//! The contents of `tracing` events: the facts of each call of either client, and never a value.

#![allow(clippy::unwrap_used)]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use kmip_client::protocol::operation::{Get, Locate, Register};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::{Config, Credentials, Kmip, blocking};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, OperationCode, ResultReason};

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

const KEY: &[u8; 32] = b"SECRETSECRETSECRETSECRETSECRET!!";
const PASSWORD: &str = "correct horse battery";
/// The words of a refusal: a server may repeat there what it likes.
const WORDS: &str = "no SECRETSECRET for you\u{1b}[2J";

async fn calls(kms: &impl Kmip, server: &TestServer) -> String {
    let registered =
        kms.call(&Register::symmetric_key(CryptographicAlgorithm::AES, KEY).name("a-secret-name")).await.unwrap();
    let id = registered.payload().unique_identifier.to_string();
    server.fail_next(Fault::LoseReply);
    kms.call(&Get::id(&id)).await.unwrap();
    kms.call(&Get::id("no-such-object")).await.unwrap_err();
    server.fail(Fault::RefuseWithMessage(ResultReason::GENERAL_FAILURE, WORDS.to_owned()).on(OperationCode::LOCATE));
    kms.call(&Locate::name("a-secret-name")).await.unwrap_err();
    id
}

/// Returns the identifier of the key, and everything that was logged.
fn logged(server: &TestServer, config: &Config, is_async: bool) -> (String, String) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let id = tracing::subscriber::with_default(subscriber, || {
        if is_async {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            return runtime
                .block_on(async { calls(&kmip_client::Client::connect(config).await.unwrap(), server).await });
        }
        blocking::Client::connect(config).unwrap().run(async |kms| calls(&kms, server).await)
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (id, log)
}

#[test]
fn the_facts_of_each_call_and_no_values() {
    for is_async in [false, true] {
        let server = TestServer::builder().user("alice-the-user", PASSWORD).start();
        let config = server.config().credential(Credentials::user("alice-the-user", PASSWORD));
        let (id, log) = logged(&server, &config, is_async);
        let address = server.address().to_string();
        let calls: Vec<_> = log.lines().filter(|line| line.contains("call ended")).collect();
        assert_eq!(calls.len(), 4, "{log}");
        for (call, (operation, attempts, result)) in calls.iter().zip([
            ("Register", 1, "answered"),
            ("Get", 2, "answered"),
            ("Get", 1, "refused"),
            ("Locate", 1, "refused"),
        ]) {
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
        for value in [
            "SECRET",
            "a-secret-name",
            id.as_str(),
            "no-such-object",
            "534543524554",
            "83, 69",
            "alice-the-user",
            "correct horse",
            "for you",
            "\u{1b}",
        ] {
            assert!(!log.contains(value), "{value} shows in {log}");
        }
    }
}
