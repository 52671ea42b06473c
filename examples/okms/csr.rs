//! A key that never leaves this machine, and the certificate request for it.

use std::fs;
use std::io::Write;
use std::path::Path;

use examples::{Failure, Output, create_private, wrap};
use rcgen::{CertificateParams, DnType, KeyPair};
use zeroize::Zeroizing;

/// Creates `okms.key` and `okms.csr`. An existing key is used again, and never replaced.
pub(crate) fn make(folder: &Path, output: &mut Output<'_>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    let (key_file, csr_file) = (folder.join("okms.key"), folder.join("okms.csr"));
    let failed = |error: rcgen::Error| Failure::Other(format!("cannot make the request: {error}"));
    let key = if key_file.exists() {
        let pem = Zeroizing::new(fs::read_to_string(&key_file).map_err(Failure::file("read", &key_file))?);
        KeyPair::from_pem(&pem)
            .map_err(|error| Failure::Other(format!("{} cannot be used: {error}", key_file.display())))?
    } else {
        let key = KeyPair::generate().map_err(failed)?;
        let pem = Zeroizing::new(key.serialize_pem());
        create_private(&key_file)?.write_all(pem.as_bytes()).map_err(Failure::file("write", &key_file))?;
        key
    };
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "kmip-client");
    let csr = params.serialize_request(&key).and_then(|request| request.pem()).map_err(failed)?;
    fs::write(&csr_file, csr).map_err(Failure::file("write", &csr_file))?;
    writeln!(output, "{:<12}{}  (ECDSA P-256, keep it secret)", "key", key_file.display())?;
    writeln!(output, "{:<12}{}", "request", csr_file.display())?;
    let next = "Next: create an access certificate with this request as \"csr\" (POST /okms/resource/{okmsId}/credential), fetch it until \
                its status is READY, and run this again with --credential FILE --key";
    writeln!(output, "\n{} {}.", wrap(next), key_file.display())?;
    Ok(())
}
