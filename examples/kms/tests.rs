//! The program, and a client of it.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::Parser;
use kmip_client::blocking::Client;
use kmip_client::protocol::operation::{Create, Get, Locate};
use kmip_client::test_server::{Fault, Script};
use kmip_client::ttlv::enumeration::{OperationCode, ResultReason};
use kmip_client::{Config, Credentials, Error, Identity, Trust};

use super::*;

fn started(folder: &Path, arguments: &[&str]) -> Result<(TestServer, String), Failure> {
    let folder = folder.to_string_lossy();
    let common = ["kms", "--listen", "127.0.0.1:0", "--pki", &folder];
    let arguments = Arguments::try_parse_from([&common, arguments].concat());
    let arguments = arguments.map_err(|error| Failure::Usage(error.to_string()))?;
    let mut output = Vec::new();
    let server = start(&arguments, &mut output)?;
    Ok((server, String::from_utf8(output).expect("it is text")))
}

/// Returns the configuration of a client that has only the files.
fn config(folder: &Path, address: &str, name: &str) -> Config {
    let read = |name: String| fs::read(folder.join(name)).expect("the program has written it");
    let identity = Identity::from_pem(read(format!("{name}.pem")), read(format!("{name}.key")));
    let trust = Trust::ca_pem(read("ca.pem".into()));
    Config::new(address).identity(identity.expect("it is a pair")).trust(trust.expect("it is a CA"))
}

#[test]
fn clients_get_in_with_the_files_and_come_again() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let clients = ["--client", "alice", "--client", "bob"];
    let (server, page) = started(folder.path(), &clients)?;
    let address = server.address().to_string();
    assert!(page.contains(&format!("listens on  {address}")) && page.lines().all(|line| line.len() <= 80), "{page}");
    let alice = Client::connect(&config(folder.path(), &address, "alice"))?;
    let created = alice.call(&Create::aes(256))?;
    let bob = Client::connect(&config(folder.path(), &address, "bob"))?;
    let id = created.payload().unique_identifier;
    assert!(bob.call(&Get::id(id)).is_err_and(|error| error.is_not_found()));
    for key in ["ca.key", "server.key", "alice.key"] {
        assert_eq!(fs::metadata(folder.path().join(key))?.permissions().mode() & 0o777, 0o600, "{key}");
    }

    // The files of the first run are used by the second: the same CA, clients and thumbprint.
    let (thumbprint, old) = (server.thumbprint(), config(folder.path(), &address, "alice"));
    drop(server);
    let (server, _) = started(folder.path(), &clients)?;
    assert_eq!(server.thumbprint(), thumbprint);
    let (again, _) = started(folder.path(), &["--san", "kms.test"])?;
    assert_ne!(again.thumbprint(), thumbprint, "another name wants another certificate");
    let named = config(folder.path(), &again.address().to_string(), "alice").server_name("kms.test");
    Client::connect(&named)?;
    drop(old);
    Ok(())
}

#[test]
fn settings_and_faults_reach_the_server() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let (server, page) = started(
        folder.path(),
        &["--user", "alice:secret", "--versions", "1.0-1.2", "--read-only", "--fail", "refuse=GeneralFailure:Locate"],
    )?;
    assert!(page.contains("versions    1.0 to 1.2") && page.contains("asks for the password of alice"), "{page}");
    let config = config(folder.path(), &server.address().to_string(), "client");
    assert!(matches!(
        Client::connect(&config).and_then(|kms| kms.call(&Locate::all()).map(drop)),
        Err(Error::Refused(_))
    ));
    let reason = |result: Result<(), Error>| result.expect_err("the server refuses").reason();
    let kms = Client::connect(&config.credential(Credentials::user("alice", "secret")))?;
    assert_eq!(kms.version().to_string(), "1.2");
    assert_eq!(reason(kms.call(&Create::aes(128)).map(drop)), Some(ResultReason::PERMISSION_DENIED));
    // The fault applies to the first Locate.
    assert_eq!(reason(kms.call(&Locate::all()).map(drop)), Some(ResultReason::GENERAL_FAILURE));
    kms.call(&Locate::all())?;
    Ok(())
}

#[test]
fn faults_are_read_from_the_command_line() {
    let delay = Fault::Delay(std::time::Duration::from_millis(250));
    for (text, script) in [
        ("stall", Script::from(Fault::Stall)),
        ("lose-reply:Create", Fault::LoseReply.on(OperationCode::CREATE)),
        ("delay=250ms,always", delay.always()),
        ("http-status=503,after=2,times=3", Fault::HttpStatus(503).after(2).times(3)),
        ("refuse=PermissionDenied:ReKey", Fault::Refuse(ResultReason::PERMISSION_DENIED).on(OperationCode::RE_KEY)),
    ] {
        assert_eq!(fault::parse(text), Ok(script), "{text}");
    }
    for (text, error) in [
        ("stal", "there is no fault \"stal\"; --help lists them"),
        ("stall=1", "stall takes no value"),
        ("delay", "write it as delay=TIME"),
        ("delay=1h", "\"1h\" is no time: write it as 250ms or 2s"),
        ("stall:Creat", "there is no operation \"Creat\"; write it as in CreateKeyPair"),
        ("stall,twice", "\"twice\" is not one of after=N, times=N and always"),
    ] {
        assert_eq!(fault::parse(text), Err(error.to_owned()), "{text}");
    }
}

#[test]
fn bad_arguments_and_broken_folders_are_told() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let failed = |arguments: &[&str]| {
        let failure = started(folder.path(), arguments).map(drop).expect_err("it cannot start");
        (failure.exit_code(), examples::report(&failure))
    };
    let (code, text) = failed(&["--san", "no name"]);
    assert_eq!((code, text.contains("\"no name\" cannot stand in a certificate")), (2, true), "{text}");
    let (code, text) = failed(&["--client", "../alice"]);
    assert_eq!((code, text.contains("cannot be the name of its files")), (2, true), "{text}");
    assert!(failed(&["--versions", "1.0-4.0"]).1.contains("the server speaks 1.0 to 2.1"));

    let (server, _) = started(folder.path(), &[])?;
    let taken = server.address().to_string();
    let text = failed(&["--listen", &taken]).1;
    assert!(text.starts_with(&format!("cannot listen on {taken}: ")), "{text}");
    fs::remove_file(folder.path().join("ca.key"))?;
    let (code, text) = failed(&[]);
    assert_eq!((code, text.contains("ca.pem is there and ") && text.contains("put it back")), (1, true), "{text}");
    Ok(())
}
