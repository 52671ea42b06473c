//! The day, on the embedded KMS.

#![allow(clippy::print_stderr)]

use std::io::{self, Write};

use kmip_client::test_server::TestServer;

use super::*;

fn day(arguments: &[&str], output: &mut (impl Write + Send)) -> Result<(), Failure> {
    run(&Arguments::parse_from([&["vm_encryption"], arguments].concat()), output)
}

fn printed(arguments: &[&str]) -> String {
    let mut output = Vec::new();
    day(arguments, &mut output).unwrap_or_else(|failure| panic!("{}", examples::report(&failure)));
    String::from_utf8(output).expect("it is text")
}

/// Checks that lines with these beginnings occur in this order.
fn assert_in_order(page: &str, lines: &[&str]) {
    // Without line breaks and indents.
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = page.as_str();
    for line in lines {
        let place = rest.find(line).unwrap_or_else(|| panic!("{line:?} is missing in: {rest}"));
        rest = &rest[place + line.len()..];
    }
}

const DAY: [&str; 21] = [
    "1. The KMS becomes",
    "status normal; 127.0.0.1:",
    "create AES-256 for esx-01.example, without a name",
    "label x-Product_Version, x-Vendor, x-Product",
    "activate 32 bytes fetched",
    "label x-Identifier, x-Component, x-Name",
    "create AES-256 for web-01",
    "3. The disk is encrypted",
    "4. The host restarts",
    "read the disk opens, every byte as it was",
    "the data key is wrapped anew, the disk untouched",
    "outage",
    "web-01.2.disk: encrypted with a new data key",
    "read the disk opens",
    "status degraded; 127.0.0.1:",
    "cannot generate key: cluster unreachable: cannot reach",
    "read the disk opens, every byte as it was",
    "restart the host forgets its keys",
    "cannot open the disk: cluster unreachable",
    "back the endpoints answer again",
    "read the disk opens",
];

const DIAGNOSES: [&str; 7] = [
    "(1) key not active:",
    "is Deactivated",
    "(2) key missing: the KMS has destroyed",
    "(3) key not active:",
    "(4) permission refused:",
    "(5) cluster unreachable:",
    "(6) not trusted:",
];

#[test]
fn a_day_on_the_embedded_kms() {
    let page = printed(&[]);
    assert_in_order(&page, &DAY);
    assert_in_order(&page, &DIAGNOSES);
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

#[needs::command("qemu-img")]
#[test]
fn a_day_with_qemu() {
    if !disk::qemu_is_installed() {
        let _ = writeln!(io::stderr(), "skipped: qemu-img is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("there is room");
    let page = printed(&["--qemu", "--dir", &folder.path().to_string_lossy()]);
    assert_in_order(&page, &DAY);
    assert_in_order(&page, &["amend qemu-img has replaced the data key", "read the disk opens"]);
    assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 0, "files are left");
}

/// A reader that ends after this many bytes, like `head`.
struct Head(usize);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= bytes.len().min(self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_and_bad_arguments_end_it() {
    let closed = day(&[], &mut Head(200));
    assert!(matches!(closed, Err(Failure::ClosedPipe)));

    let failed = |arguments: &[&str]| {
        let failure = day(arguments, &mut Vec::new()).expect_err("it cannot work");
        (failure.exit_code(), examples::report(&failure))
    };
    let (code, text) = failed(&["--server", "kms.example"]);
    assert_eq!((code, text.as_str()), (2, "--server needs --ca or --thumbprint, to know the server by"));
    let (code, text) = failed(&["--server", "127.0.0.1:1", "--ca", "/missing/ca.pem", "--cert", "c", "--key", "k"]);
    assert_eq!((code, text.starts_with("cannot read /missing/ca.pem: ")), (2, true), "{text}");
}

/// Writes what the command line of a KMS names; returns the arguments.
fn server_arguments(server: &TestServer, folder: &Path) -> Vec<String> {
    let alice = server.pki().issue_client("alice");
    let files = [
        ("--ca", "ca.pem", server.pki().ca_pem()),
        ("--cert", "client.pem", alice.certificate_pem().to_owned()),
        ("--key", "client.key", alice.private_key_pem().to_owned()),
    ];
    let mut arguments = vec!["--server".to_owned(), server.address().to_string()];
    for (flag, name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("there is room");
        arguments.extend([flag.to_owned(), path.display().to_string()]);
    }
    arguments
}

#[test]
fn a_kept_disk_opens_with_the_key_of_the_kms_and_not_without() {
    let server = TestServer::start();
    let (files, dir) = (tempfile::tempdir().expect("there is room"), tempfile::tempdir().expect("there is room"));
    let folder = dir.path().display().to_string();
    let arguments = server_arguments(&server, files.path());
    let arguments: Vec<_> = arguments.iter().map(String::as_str).chain(["--dir", &folder, "--keep"]).collect();
    let page = printed(&arguments);
    assert_in_order(&page, &["Kept", "files", "keys on the KMS:"]);

    // As `kmip get` does it.
    let vm = Vm::load(dir.path(), day::VM).expect("it was kept");
    let kms = kmip_client::blocking::Client::connect(&server.config()).expect("it is up");
    let kek = kms.secret_key(&*vm.kek).expect("it was kept");
    let file = dir.path().join("kek");
    std::fs::write(&file, kek.expose()).expect("there is room");
    let dek = printed(&["--dir", &folder, "--unwrap", &file.display().to_string()]);
    let dek: Vec<_> = (0..dek.len()).step_by(2).map(|at| u8::from_str_radix(&dek[at..at + 2], 16)).collect();
    let mut dek = dek.into_iter().collect::<Result<Vec<_>, _>>().expect("it is hex");
    let (plain, opened) = (dir.path().join("plain.img"), dir.path().join("opened.img"));
    Backend::Sealed.decrypt(&vm.disk(), &opened, &dek).expect("it is the key");
    assert!(disk::is_same(&plain, &opened).expect("both are there"));
    std::fs::remove_file(&opened).expect("it is there");
    dek[0] ^= 1;
    assert!(Backend::Sealed.decrypt(&vm.disk(), &opened, &dek).is_err());
    assert!(!opened.exists(), "a part of the disk was left");

    let failed = |file: &Path, folder: &str| {
        let failure = day(&["--dir", folder, "--unwrap", &file.display().to_string()], &mut Vec::new());
        failure.map(drop).map_err(|failure| (failure.exit_code(), examples::report(&failure)))
    };
    std::fs::write(&file, [7; 32]).expect("there is room");
    let (code, text) = failed(&file, &folder).expect_err("it is another key");
    assert_eq!((code, text.contains("does not open the data key")), (1, true), "{text}");
    std::fs::write(&file, [7; 31]).expect("there is room");
    let (code, text) = failed(&file, &folder).expect_err("it is too short");
    assert_eq!((code, text.contains("31 bytes")), (2, true), "{text}");
    std::fs::write(&file, [7; 32]).expect("there is room");
    let missing = dir.path().join("missing");
    assert_eq!(failed(&file, &missing.display().to_string()).map_err(|(code, _)| code), Err(2));
    assert!(!missing.exists(), "a folder was created to read from");
}
