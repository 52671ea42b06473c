//! The folder with the CA and the certificates.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use examples::{Failure, create_private, read};
use kmip_client::Identity;
use kmip_client::test_server::{Issued, Pki};

/// The contents of the folder.
pub(crate) struct Files {
    pub(crate) ca: PathBuf,
    /// Certificate and key of each client, as printed.
    pub(crate) clients: Vec<String>,
    pub(crate) authority: Pki,
    pub(crate) server: Identity,
}

impl Files {
    /// Reads the folder. Missing parts are created: the folder, the CA, the server's certificate, and those of the
    /// clients.
    ///
    /// The names of the server's certificate are stored beside it: if they have changed, a new certificate is issued.
    pub(crate) fn open(folder: &Path, names: &[String], clients: &[String]) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
        let ca = folder.join("ca.pem");
        let authority = authority(&ca, &folder.join("ca.key"))?;
        let server = Pair::new(folder, "server");
        let listed = folder.join("server.names");
        let wanted = names.join("\n");
        let is_current = fs::read_to_string(&listed).is_ok_and(|names| names.trim_end() == wanted);
        if !(server.exists() && is_current) {
            server.write(&authority.try_issue_server_for(names)?)?;
            fs::write(&listed, wanted + "\n").map_err(Failure::file("write", &listed))?;
        }
        let mut printed = Vec::new();
        for name in clients {
            if name.contains(['/', '\0']) || ["", ".", "..", "ca", "server"].contains(&name.as_str()) {
                return Err(Failure::Usage(format!("--client {name:?} cannot be the name of its files; take another")));
            }
            let client = Pair::new(folder, name);
            if !client.exists() {
                client.write(&authority.issue_client(name))?;
            }
            printed.push(format!("{} {}", client.certificate.display(), client.key.display()));
        }
        Ok(Self { ca, clients: printed, authority, server: server.identity()? })
    }
}

/// Returns the authority of the folder, or a new one.
fn authority(ca: &Path, key: &Path) -> Result<Pki, Failure> {
    match (ca.exists(), key.exists()) {
        (true, true) => {
            let text = |path| Ok::<_, Failure>(String::from_utf8_lossy(&read(path)?).into_owned());
            Ok(Pki::from_pem(&text(ca)?, &zeroize::Zeroizing::new(text(key)?))?)
        }
        (false, false) => {
            let authority = Pki::new();
            // The key first: a CA without its key would be refused the next time.
            write(key, authority.ca_key_pem().as_bytes())?;
            fs::write(ca, authority.ca_pem()).map_err(Failure::file("write", ca))?;
            Ok(authority)
        }
        (has_ca, _) => {
            let (there, missing) = if has_ca { (ca, key) } else { (key, ca) };
            let (there, missing) = (there.display(), missing.display());
            Err(Failure::Other(format!("{there} is there and {missing} is not: put it back, or remove both")))
        }
    }
}

fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    create_private(path)?.write_all(contents).map_err(Failure::file("write", path))
}

/// A certificate and its key.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
}

impl Pair {
    fn new(folder: &Path, name: &str) -> Self {
        Self { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) }
    }

    fn exists(&self) -> bool {
        self.certificate.exists() && self.key.exists()
    }

    fn write(&self, issued: &Issued) -> Result<(), Failure> {
        write(&self.key, issued.private_key_pem().as_bytes())?;
        fs::write(&self.certificate, issued.certificate_pem()).map_err(Failure::file("write", &self.certificate))
    }

    fn identity(&self) -> Result<Identity, Failure> {
        Ok(Identity::from_pem(read(&self.certificate)?, read(&self.key)?)?)
    }
}
