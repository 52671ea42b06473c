//! The commands on an embedded KMS, and the errors for bad input.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

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

    /// Adds the profile `other`, for that KMS.
    fn profile_of(&self, other: &Self) {
        self.profile(&format!(
            "[profile.other]\nendpoints = [\"{}\"]\nca = \"{}\"\ncert = \"{}\"\nkey = \"{}\"\n",
            other.server.address(),
            other.file("ca.pem"),
            other.file("client.pem"),
            other.file("client.key")
        ));
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("config.toml")
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Runs a command line, and returns its output.
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

/// The names on a server are anybody's, and the terminal is the reader's.
#[test]
fn escapes_control_characters_in_what_a_server_names() {
    let kms = Kms::new();
    let client = Client::connect(&kms.server.config()).unwrap();
    let evil = "\u{1b}]0;owned\u{7}\r\n\u{202e}\u{2028}\u{9b}31m\0";
    let request = kmip_client::protocol::operation::Create::aes(256).name(evil);
    let id = client.call(&request).unwrap().payload().unique_identifier.to_string();
    for line in
        [&["locate"][..], &["attributes", "get", &id], &["--json", "locate"], &["--json", "attributes", "get", &id]]
    {
        let printed = kms.run(line).unwrap();
        let is_safe = |character: char| character == '\n' || character == ' ' || character.is_ascii_graphic();
        assert!(printed.chars().all(is_safe), "{line:?}: {printed:?}");
        assert!(printed.contains("owned"), "{line:?}: {printed}");
    }
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
    assert!(kms.fails(&["register", &kms.file("missing")], 2).contains("missing"));
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
    kms.profile_of(&other);
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
fn reports_errors_of_a_profile_in_one_line_with_their_place() {
    let kms = Kms::new();
    assert!(kms.fails(&["--profile", "nobody", "status"], 2).contains("there is test"));
    kms.profile("colour = \"red\"\n");
    let broken = kms.fails(&["status"], 2);
    assert!(broken.contains("config.toml, line 7") && !broken.contains('\n'), "{broken}");
    fs::write(kms.config(), "default = ").unwrap();
    assert!(kms.fails(&["status"], 2).contains("line 1"));
    fs::remove_file(kms.config()).unwrap();
    assert!(kms.fails(&["status"], 2).contains("config.toml"));
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

#[test]
fn any_attribute_is_set_changed_and_found_as_it_is_printed() {
    let kms = Kms::new();
    let id = kms.run(&["create", "--attribute", "Contact Information=storage team"]).unwrap().trim().to_owned();
    let other = kms.run(&["create"]).unwrap().trim().to_owned();
    let link = format!("Next Link={other}");
    let data = "Application Specific Information=Application Namespace: ssl, Application Data: \"a, b\"";
    kms.run(&["attributes", "add", &id, &link, data, "Object Group=one", "Object Group=two", "x-Owner=alice"]).unwrap();
    kms.run(&["attributes", "add", &id, "deactivation-date=2029-01-01"]).unwrap();
    kms.run(&["attributes", "modify", &id, "Deactivation Date=2030-01-01"]).unwrap();
    let json = kms.run(&["--json", "attributes", "get", &id]).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let has = |name: &str, value: &str| rows.iter().any(|row| row["attribute"] == name && row["value"] == value);
    assert!(
        has("Contact Information", "storage team") && has("Object Group", "two") && has("x-Owner", "alice"),
        "{json}"
    );
    assert!(has("Deactivation Date", "2030-01-01T00:00:00Z"), "{json}");
    assert!(has("Link", &format!("Link Type: NextLink, Linked Object Identifier: {other}")), "{json}");

    // Each printed value finds the object.
    for row in &rows {
        let (name, value) = (row["attribute"].as_str().unwrap(), row["value"].as_str().unwrap());
        if ["Link", "Object Group", "Deactivation Date", "Application Specific Information", "x-Owner"].contains(&name)
        {
            let found = kms.run(&["locate", "--ids", "--attribute", &format!("{name}={value}")]).unwrap();
            assert_eq!(found.trim(), id, "{name}={value}");
        }
    }

    // One value of several, by its index in KMIP 1.x and by itself in 2.x.
    for version in ["1.4", "2.1"] {
        let line = |words: &[&'static str]| [&["--kmip", version, "attributes"], words].concat();
        let group = |verb, rest: &[&'static str]| kms.run(&[&line(&[verb])[..], &[&id], rest].concat()).unwrap();
        group("modify", &["Object Group=three", "--old", "Object Group=two"]);
        let groups = group("delete", &["Object Group=one"]);
        assert!(groups.contains("three") && !groups.contains("two") && !groups.contains(" one"), "{groups}");
        group("delete", &["Object Group=three"]);
        group("add", &["Object Group=one", "Object Group=two"]);
    }
    let gone = ["--kmip", "1.4", "attributes", "delete", &id, "Object Group=four"];
    assert!(kms.fails(&gone, 3).contains("Object Group: four"));
    let left = kms.run(&["attributes", "delete", &id, "x-Owner", "contact information"]).unwrap();
    assert!(!left.contains("alice") && !left.contains("storage"), "{left}");
    let one = kms.run(&["attributes", "get", &id, "State"]).unwrap();
    assert_eq!(one.lines().count(), 2, "{one}");

    assert!(kms.fails(&["attributes", "add", &id, "Colour=blue"], 2).contains("x-"));
    assert!(kms.fails(&["attributes", "add", &id, "State=on"], 2).contains("PreActive"));
    // The server keeps some for itself.
    kms.fails(&["attributes", "modify", &id, "Initial Date=2030-01-01"], 4);
}

#[test]
fn a_pair_is_registered_from_one_file() {
    let kms = Kms::new();
    let printed =
        kms.run(&["--json", "register", &kms.file("client.key"), "--pair", "--name", "mine", "--activate"]).unwrap();
    let pair: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(pair["linked"], true);
    let (private, public) = (pair["private_key"].as_str().unwrap(), pair["public_key"].as_str().unwrap());
    assert!(kms.run(&["attributes", "get", private]).unwrap().contains(public));
    assert!(kms.run(&["attributes", "get", public]).unwrap().contains(private));
    assert_eq!(kms.run(&["locate", "--ids", "--name", "mine, public"]).unwrap().trim(), public);
    assert!(kms.fails(&["register", &kms.file("client.pem"), "--pair"], 2).contains("private key"));
}

#[test]
fn a_key_comes_wrapped() {
    let kms = Kms::new();
    let key = kms.run(&["create", "--activate"]).unwrap().trim().to_owned();
    let kek = kms.run(&["create", "--usage", "wrap-key,unwrap-key", "--activate"]).unwrap().trim().to_owned();
    kms.run(&["attributes", "add", &kek, "Cryptographic Parameters=Block Cipher Mode: NISTKeyWrap"]).unwrap();
    let wrapped = kms.file("wrapped");
    kms.run(&["get", &key, "--wrapped-with", &kek, "--out", &wrapped]).unwrap();
    assert_eq!(fs::read(&wrapped).unwrap().len(), 40);
}

#[test]
fn files_are_whole_or_as_they_were() {
    let kms = Kms::new();
    let id = kms.run(&["create", "--activate"]).unwrap().trim().to_owned();
    let error = kms.fails(&["get", &id, "--out", &kms.file("missing/key")], 1);
    assert!(error.starts_with("cannot write ") && error.contains("missing/key: "), "{error}");
    let kept = kms.file("kept");
    fs::write(&kept, "old").unwrap();
    kms.fails(&["get", "nobody", "--out", &kept], 3);
    assert_eq!(fs::read(&kept).unwrap(), b"old");
    // A device takes what is written; a full one says so.
    kms.run(&["get", &id, "--out", "/dev/null"]).unwrap();
    let full = kms.fails(&["get", &id, "--out", "/dev/full"], 1);
    assert!(full.starts_with("cannot write /dev/full: No space left"), "{full}");
}

#[test]
fn a_journal_that_cannot_be_kept_ends_the_run_before_anything_is_copied() {
    let (kms, other) = (Kms::new(), Kms::new());
    kms.profile_of(&other);
    kms.run(&["create", "--name", "one"]).unwrap();
    let error = kms.fails(&["migrate", "--to", "other", "--journal", "/dev/full"], 1);
    assert!(error.contains("/dev/full: a journal is a regular file"), "{error}");
    assert_eq!(other.run(&["locate", "--ids"]).unwrap(), "");
}

#[test]
fn keys_that_cannot_be_used_are_told_apart() {
    let kms = Kms::new();
    let (plain, sealed) = (kms.file("plain"), kms.file("sealed"));
    fs::write(&plain, "a disk key").unwrap();
    let id = kms.run(&["create"]).unwrap().trim().to_owned();
    let error = kms.fails(&["encrypt", &id, "--in", &plain, "--out", &sealed], 4);
    assert!(error.contains("active") || error.contains("Active"), "{error}");
    assert!(!Path::new(&sealed).exists());
    kms.run(&["destroy", &id, "--yes"]).unwrap();
    kms.fails(&["get", &id, "--show-secret"], 3);
    kms.fails(&["activate", &id], 4);
}

#[test]
fn an_answer_that_never_comes_has_its_own_code() {
    use kmip_client::test_server::Fault;
    use kmip_client::ttlv::enumeration::OperationCode;

    let kms = Kms::new();
    let id = kms.run(&["create"]).unwrap().trim().to_owned();
    kms.server.fail(Fault::Stall.on(OperationCode::GET).always());
    let error = kms.fails(&["--timeout", "1", "get", &id, "--show-secret"], 5);
    assert!(!error.contains('\n'), "{error}");
    kms.server.heal();
    // It may have been created: that is for a person to look at.
    kms.server.fail(Fault::LoseReply.on(OperationCode::CREATE));
    kms.fails(&["create", "--name", "lost"], 6);
}

#[test]
fn every_refusal_of_a_certificate_is_its_own() {
    let kms = Kms::new();
    let mut told = Vec::new();
    let mut refuses = |kms: &Kms| {
        let error = kms.fails(&["query"], 7);
        assert!(!error.contains('\n'), "{error}");
        // The table of `status` says the same.
        kms.fails(&["status"], 7);
        told.push(error);
    };
    let pki = kms.server.pki();
    kms.server.present(&pki.issue_expired_server());
    refuses(&kms);
    kms.server.present(&pki.issue_server_for(&["elsewhere.example"]));
    refuses(&kms);
    kms.server.present(&pki.issue_server());
    kms.run(&["query"]).unwrap();

    // A client that the server does not take.
    let expired = pki.issue_expired_client("alice");
    fs::write(kms.file("client.pem"), expired.certificate_pem()).unwrap();
    fs::write(kms.file("client.key"), expired.private_key_pem()).unwrap();
    refuses(&kms);

    // A pin of another certificate, and a certificate of another CA.
    let kms = Kms::new();
    let ca = fs::read(kms.file("ca.pem")).unwrap();
    fs::write(kms.file("ca.pem"), TestServer::start().pki().ca_pem()).unwrap();
    refuses(&kms);
    fs::write(kms.file("ca.pem"), ca).unwrap();
    let text = fs::read_to_string(kms.config()).unwrap();
    let pinned = text.replace("ca = \"ca.pem\"", &format!("thumbprints = [\"{}\"]", "AB".repeat(32)));
    fs::write(kms.config(), pinned).unwrap();
    refuses(&kms);

    // A certificate that nobody signed.
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let identity = kmip_client::Identity::from_pem(certificate.pem(), key.serialize_pem()).unwrap();
    let server = TestServer::builder().identity(identity).start();
    fs::write(kms.config(), text.replace(&kms.server.address().to_string(), &server.address().to_string())).unwrap();
    refuses(&kms);

    for (index, error) in told.iter().enumerate() {
        assert!(told[..index].iter().all(|other| other != error), "{told:#?}");
    }
    let expected = ["expired", "elsewhere.example", "certificate", "CA", "thumbprint", "self-signed"];
    for (error, word) in told.iter().zip(expected) {
        assert!(error.contains(word), "{word}: {error}");
    }
}

#[test]
fn thumbprints_are_those_that_openssl_prints() {
    let kms = Kms::new();
    let issued = kms.server.pki().issue_server();
    kms.server.present(&issued);
    fs::write(kms.file("server.pem"), issued.certificate_pem()).unwrap();
    let shown = kms.run(&["trust", &kms.server.address().to_string(), "--show"]).unwrap();
    for hash in ["-sha1", "-sha256"] {
        let line = ["x509", "-noout", "-fingerprint", hash, "-in", &kms.file("server.pem")];
        let Ok(printed) = std::process::Command::new("openssl").args(line).output() else {
            println!("skipped: there is no openssl here");
            return;
        };
        let printed = String::from_utf8(printed.stdout).unwrap();
        let (_, thumbprint) = printed.trim().split_once('=').unwrap();
        assert!(shown.split_whitespace().collect::<String>().contains(thumbprint), "{thumbprint}: {shown}");
    }
}

#[test]
fn a_passphrase_comes_from_a_file() {
    let kms = Kms::new();
    let line =
        ["pkcs8", "-topk8", "-in", &kms.file("client.key"), "-out", &kms.file("locked.key"), "-v2", "aes-256-cbc"];
    match std::process::Command::new("openssl").args(line).args(["-passout", "pass:s3cret"]).status() {
        Ok(status) => assert!(status.success()),
        Err(_) => return println!("skipped: there is no openssl here"),
    }
    let text = fs::read_to_string(kms.config()).unwrap();
    fs::write(kms.config(), text.replace("client.key", "locked.key")).unwrap();
    let none = kms.fails(&["status"], 2);
    assert!(none.contains("passphrase"), "{none}");
    fs::write(kms.file("passphrase"), "wrong\n").unwrap();
    let wrong = kms.fails(&["--passphrase-file", &kms.file("passphrase"), "status"], 2);
    assert!(wrong.contains("passphrase") && !wrong.contains("s3cret"), "{wrong}");
    fs::write(kms.file("passphrase"), "s3cret\n").unwrap();
    kms.run(&["--passphrase-file", &kms.file("passphrase"), "status"]).unwrap();
}
