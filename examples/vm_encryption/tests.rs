//! The day, on the embedded KMS.

#![allow(clippy::print_stderr)]

use std::io::{self, Write};

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
    assert_eq!((code, text.starts_with("cannot read /missing/ca.pem: ")), (1, true), "{text}");
}
