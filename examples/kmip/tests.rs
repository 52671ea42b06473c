//! The commands on an embedded KMS, and what bad input gets.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use clap::Parser;
use examples::Failure;
use kmip_client::blocking::Client;
use kmip_client::test_server::TestServer;

use crate::{Cli, demo, start};

/// A KMS, and a folder with a profile for it.
struct Kms {
    server: TestServer,
    folder: tempfile::TempDir,
}

impl Kms {
    fn new() -> Self {
        let server = TestServer::start();
        let folder = tempfile::tempdir().unwrap();
        let issued = server.pki().issue_client("alice");
        fs::write(folder.path().join("client.pem"), issued.certificate_pem()).unwrap();
        fs::write(folder.path().join("client.key"), issued.private_key_pem()).unwrap();
        fs::write(folder.path().join("ca.pem"), server.pki().ca_pem()).unwrap();
        let kms = Self { server, folder };
        kms.profile("");
        kms
    }

    fn profile(&self, more: &str) {
        let text = format!(
            "default = \"test\"\n[profile.test]\nendpoints = [\"{}\"]\nca = \"ca.pem\"\ncert = \"client.pem\"\n\
             key = \"client.key\"\n{more}",
            self.server.address()
        );
        fs::write(self.config(), text).unwrap();
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("config.toml")
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Runs a command line; returns what it prints.
    fn run(&self, line: &[&str]) -> Result<String, Failure> {
        let config = self.config().display().to_string();
        let words = ["kmip", "--config", &config].into_iter().chain(line.iter().copied());
        let cli = Cli::try_parse_from(words).map_err(|error| Failure::Usage(error.to_string()))?;
        let mut printed = Vec::new();
        start(&cli, &mut printed)?;
        Ok(String::from_utf8(printed).unwrap())
    }

    fn fails(&self, line: &[&str], code: u8) -> String {
        let failure = self.run(line).expect_err("it has to fail");
        assert_eq!(failure.exit_code(), code, "{}", examples::report(&failure));
        examples::report(&failure)
    }
}

#[test]
fn the_demo_runs() {
    let mut printed = Vec::new();
    demo::run(&mut printed).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert!(printed.contains("$ kmip status"), "{printed}");
    assert!(printed.contains("Normal"), "{printed}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
}

#[test]
fn a_key_lives_from_create_to_destroy() {
    let kms = Kms::new();
    let id = kms.run(&["create", "--name", "vm-42", "--activate"]).unwrap().trim().to_owned();
    assert!(kms.run(&["locate", "--name", "vm-42"]).unwrap().contains(&id));
    assert_eq!(kms.run(&["locate", "--all", "--ids"]).unwrap().trim(), id);

    let file = kms.file("vm-42.key");
    kms.run(&["get", &id, "--out", &file, "--raw"]).unwrap();
    assert_eq!(fs::read(&file).unwrap().len(), 32);
    assert!(is_private(Path::new(&file)));
    let shown = kms.run(&["get", &id, "--show-secret"]).unwrap();
    assert_eq!(shown.trim().len(), 64);
    assert!(kms.fails(&["get", &id], 2).contains("--show-secret"));

    let new = kms.run(&["rotate", "vm-42", "--by-name"]).unwrap().trim().to_owned();
    assert_ne!(new, id);
    kms.run(&["attributes", "add", &new, "Object Group=web"]).unwrap();
    let attributes = kms.run(&["attributes", "get", &new]).unwrap();
    assert!(attributes.contains("Object Group") && attributes.contains("web"), "{attributes}");
    let json: serde_json::Value =
        serde_json::from_str(&kms.run(&["--json", "attributes", "get", &new]).unwrap()).unwrap();
    assert!(json.as_array().unwrap().iter().any(|row| row["attribute"] == "Object Group" && row["value"] == "web"));

    kms.fails(&["destroy", &new, "--yes"], 4);
    kms.run(&["destroy", &new, "--yes", "--revoke"]).unwrap();
    kms.fails(&["get", "nobody", "--show-secret"], 3);
    kms.fails(&["activate", "nobody", "--by-name"], 3);
}

#[test]
fn files_are_registered_and_come_back() {
    let kms = Kms::new();
    let id = kms.run(&["register", &kms.file("client.key"), "--name", "mine"]).unwrap().trim().to_owned();
    let back = kms.file("back.key");
    kms.run(&["get", &id, "--out", &back]).unwrap();
    assert!(fs::read_to_string(&back).unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
    let certificate = kms.run(&["register", &kms.file("client.pem")]).unwrap().trim().to_owned();
    let shown = kms.run(&["get", &certificate, "--show-secret"]).unwrap();
    assert_eq!(shown.trim(), fs::read_to_string(kms.file("client.pem")).unwrap().trim());
    fs::write(kms.file("noise"), [1, 2, 3]).unwrap();
    assert!(kms.fails(&["register", &kms.file("noise")], 2).contains("--type"));
    kms.run(&["register", &kms.file("noise"), "--type", "opaque"]).unwrap();
    assert!(kms.fails(&["register", &kms.file("missing")], 1).contains("missing"));
}

#[test]
fn the_kms_encrypts_and_signs() {
    let kms = Kms::new();
    let (plain, sealed, back) = (kms.file("plain"), kms.file("sealed"), kms.file("back"));
    fs::write(&plain, "a disk key").unwrap();
    let key = kms.run(&["create", "--activate"]).unwrap().trim().to_owned();
    for mode in ["gcm", "cbc"] {
        kms.run(&["encrypt", &key, "--in", &plain, "--out", &sealed, "--mode", mode]).unwrap();
        kms.run(&["decrypt", &key, "--in", &sealed, "--out", &back, "--mode", mode]).unwrap();
        assert_eq!(fs::read_to_string(&back).unwrap(), "a disk key");
    }
    let pair = kms.run(&["create-pair", "--rsa", "2048", "--activate"]).unwrap();
    let ids: Vec<_> = pair.lines().map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect();
    let signature = kms.file("signature");
    kms.run(&["sign", &ids[0], "--in", &plain, "--out", &signature]).unwrap();
    kms.run(&["verify", &ids[1], "--in", &plain, "--signature", &signature]).unwrap();
    fs::write(&plain, "another").unwrap();
    kms.fails(&["verify", &ids[1], "--in", &plain, "--signature", &signature], 1);
}

#[test]
fn a_pin_is_stored_and_trusted() {
    let kms = Kms::new();
    let address = kms.server.address().to_string();
    fs::remove_file(kms.config()).unwrap();
    let shown = kms.run(&["trust", &address, "--profile", "pinned", "--yes"]).unwrap();
    assert!(shown.contains(&kms.server.thumbprint().to_string()), "{shown}");
    let flags = ["--profile", "pinned", "--cert", &kms.file("client.pem"), "--key", &kms.file("client.key")];
    let line: Vec<_> = flags.into_iter().chain(["status"]).collect();
    assert!(kms.run(&line).unwrap().contains("Normal"));
}

#[test]
fn objects_move_with_a_journal() {
    let (kms, other) = (Kms::new(), Kms::new());
    kms.profile(&format!(
        "[profile.other]\nendpoints = [\"{}\"]\nca = \"{}\"\ncert = \"{}\"\nkey = \"{}\"\n",
        other.server.address(),
        other.file("ca.pem"),
        other.file("client.pem"),
        other.file("client.key")
    ));
    for name in ["one", "two", "three"] {
        kms.run(&["create", "--name", name, "--activate"]).unwrap();
    }
    let journal = kms.file("journal");
    let dry = kms.run(&["migrate", "--to", "other", "--dry-run"]).unwrap();
    assert!(dry.starts_with("A dry run"), "{dry}");
    assert_eq!(other.run(&["locate", "--ids"]).unwrap(), "");
    for resumed in [0, 3] {
        let report = kms.run(&["migrate", "--to", "other", "--journal", &journal]).unwrap();
        assert!(report.starts_with(&format!("3 copied ({resumed} of them by an earlier run), 0 left")), "{report}");
    }
    assert_eq!(other.run(&["locate", "--ids"]).unwrap().lines().count(), 3);
    fs::write(&journal, "precious").unwrap();
    assert!(kms.fails(&["migrate", "--to", "other", "--journal", &journal], 1).contains("not the journal"));
}

#[test]
fn what_is_wrong_with_a_profile_is_one_line_with_its_place() {
    let kms = Kms::new();
    assert!(kms.fails(&["--profile", "nobody", "status"], 2).contains("there is test"));
    kms.profile("colour = \"red\"\n");
    let broken = kms.fails(&["status"], 2);
    assert!(broken.contains("config.toml, line 7") && !broken.contains('\n'), "{broken}");
    fs::write(kms.config(), "default = ").unwrap();
    assert!(kms.fails(&["status"], 2).contains("line 1"));
    fs::remove_file(kms.config()).unwrap();
    assert!(kms.fails(&["status"], 1).contains("config.toml"));
}

#[test]
fn status_tells_by_its_exit_code() {
    let kms = Kms::new();
    assert!(kms.run(&["status"]).unwrap().contains("Normal"));
    let client = Client::connect(&kms.server.config()).unwrap();
    drop(client);
    let other = TestServer::start();
    fs::write(kms.file("ca.pem"), other.pki().ca_pem()).unwrap();
    kms.fails(&["status"], 7);
}

#[test]
fn an_identifier_stays_in_one_piece() {
    let kms = Kms::new();
    let id = kms.run(&["create", "--name", "a name of some length that wants its own lines"]).unwrap();
    let found = kms.run(&["locate"]).unwrap();
    assert!(found.lines().any(|line| line.starts_with(id.trim())), "{found}");
}

fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}
