//! Checks the arguments of the programs, and the fixed-answer server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use kmip_client::protocol::operation::Get;
use kmip_client::{Config, Identity, Trust, blocking};
use kmip_ttlv::V1_4;

const PROGRAMS: [(&str, &str); 4] = [
    ("compare", env!("CARGO_BIN_EXE_compare")),
    ("loopback", env!("CARGO_BIN_EXE_loopback")),
    ("one", env!("CARGO_BIN_EXE_one")),
    ("ratios", env!("CARGO_BIN_EXE_ratios")),
];

#[test]
fn help_helps() {
    for (name, program) in PROGRAMS {
        let help = Command::new(program).arg("--help").output().expect("it runs");
        let text = String::from_utf8(help.stdout).expect("help is text");
        assert!(help.status.success() && text.contains(&format!("Usage: {name}")), "{text}");
    }
}

#[test]
fn a_typo_is_an_error_that_names_it() {
    for (name, program) in PROGRAMS {
        for typo in ["--asert", "W9"] {
            let run = Command::new(program).arg(typo).output().expect("it runs");
            let text = String::from_utf8_lossy(&run.stderr);
            assert_eq!(run.status.code(), Some(2), "{name} {typo}: {text}");
            assert!(text.contains(typo), "{name}: {text}");
        }
    }
}

#[test]
fn the_server_alone_says_how_to_reach_it() {
    let files = tempfile::tempdir().expect("a folder");
    let server = Command::new(env!("CARGO_BIN_EXE_loopback"))
        .args(["--serve", "--files"])
        .arg(files.path())
        .stdout(Stdio::piped())
        .spawn();
    let mut server = Running(server.expect("it runs"));
    let mut lines = BufReader::new(server.0.stdout.take().expect("it is piped")).lines();
    let said: Vec<String> = lines.by_ref().take(6).map(|line| line.expect("it says more")).collect();
    let value = |name: &str| said.iter().find_map(|line| line.strip_prefix(name)).map(str::trim).expect(name);
    let config = Config::new(value("address"))
        .version(V1_4)
        .identity(Identity::from_files(value("client"), value("key")).expect("they are an identity"))
        .trust(Trust::ca_pem(std::fs::read(value("ca ")).expect("it is there")).expect("it is a certificate"));
    let kms = blocking::Client::connect(&config).expect("it serves");
    let fetched = kms.call(&Get::id(value("id"))).expect("it answers");
    assert_eq!(fetched.payload().unique_identifier.to_string(), value("id"));
    let batch: Vec<_> = (0..benches::workload::MANY).map(|_| Get::id(value("id"))).collect();
    for reply in kms.batch(&batch).expect("it answers a batch") {
        reply.expect("with the key");
    }
}

/// Ends the process with the test, also if that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
