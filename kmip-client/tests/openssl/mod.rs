//! The command `openssl`, which generates keys and checks the results.
#![allow(clippy::print_stderr)]
#![allow(dead_code, reason = "no one who includes this uses all of it")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The keys that openssl generates here, and the arguments of `genpkey`.
pub(crate) const KINDS: [(&str, &[&str]); 8] = [
    ("RSA-2048", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    ("RSA-3072", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]),
    ("P-256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ("P-384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
    ("P-521", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
    ("secp256k1", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]),
    ("Ed25519", &["-algorithm", "ED25519"]),
    ("X25519", &["-algorithm", "X25519"]),
];

/// Returns `true` if openssl is available. Otherwise prints that the test is skipped.
pub(crate) fn is_there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    let there = *THERE.get_or_init(|| Command::new("openssl").arg("version").output().is_ok());
    if !there {
        eprintln!("skipped: there is no command openssl");
    }
    there
}

/// Runs openssl, and returns its standard output.
pub(crate) fn openssl(arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
    try_openssl(arguments, stdin).unwrap_or_else(|error| panic!("openssl {arguments:?}: {error}"))
}

/// Runs openssl, and returns its standard output, or its error output.
pub(crate) fn try_openssl(arguments: &[&str], stdin: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Generates a private key, as PKCS#8 in PEM.
pub(crate) fn generate(kind: &str) -> Vec<u8> {
    let (_, arguments) = KINDS.iter().find(|(name, _)| *name == kind).unwrap();
    openssl(&[&["genpkey"], *arguments].concat(), b"")
}

/// Returns the public half of a private key in PEM, as computed by openssl. Equal public halves mean equal keys.
pub(crate) fn public_half(pem: &[u8]) -> String {
    String::from_utf8(openssl(&["pkey", "-pubout"], pem)).unwrap()
}

/// Returns `true` if openssl verifies the signature of the data. Ed25519 has no hash.
pub(crate) fn verify(public: &str, hash: &str, options: &[&str], data: &[u8], signature: &[u8]) -> bool {
    let folder = Folder::new();
    let path = |name: &str, content: &[u8]| folder.write(name, content);
    let (key, signature) = (path("key.pem", public.as_bytes()), path("signature", signature));
    let data = path("data", data);
    let verified = match hash {
        "" => try_openssl(
            &["pkeyutl", "-verify", "-pubin", "-inkey", &key, "-rawin", "-in", &data, "-sigfile", &signature],
            b"",
        ),
        hash => {
            let hash = format!("-{hash}");
            try_openssl(
                &[&["dgst", &*hash], options, &["-verify", &key, "-signature", &signature, &data]].concat(),
                b"",
            )
        }
    };
    verified.is_ok()
}

/// A folder that is deleted on drop.
pub(crate) struct Folder(std::path::PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("kmip-client-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file, and returns its path.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
