//! Other clients of KMIP, on the same server.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use benches::server;
use kmip_client::test_server::Pki;

#[cfg(feature = "nlnet-client")]
use super::steady;
use super::{Failure, ID, Tls};

/// Seconds for a Get by NLnet Labs' client, over the TLS that the bare echo has: of those that it brings, rustls is of
/// 2021.
#[cfg(feature = "nlnet-client")]
pub(crate) fn nlnet(tls: &Tls, address: SocketAddr) -> Result<f64, Failure> {
    let client = kmip_protocol::client::ClientBuilder::new(tls.connect(address)?).build();
    steady(|| client.get_key(ID).map(drop).map_err(|error| error.to_string()))
}

/// Without the feature its client is not there.
#[cfg(not(feature = "nlnet-client"))]
pub(crate) fn nlnet(_: &Tls, _: SocketAddr) -> Result<f64, Failure> {
    Err("it needs --features nlnet-client, and OpenSSL's headers".into())
}

/// Seconds for a Get by PyKMIP's client, where it is installed as the tests have it (`.ci/servers/pykmip`).
pub(crate) fn pykmip(pki: &Pki, address: SocketAddr) -> Result<f64, Failure> {
    const PROGRAM: &str = "
import sys, time
from kmip.pie.client import ProxyKmipClient
folder, port, identifier = sys.argv[1:]
client = ProxyKmipClient(hostname='127.0.0.1', port=int(port), cert=folder + '/client.pem', key=folder + '/client.key',
                         ca=folder + '/ca.pem', ssl_version='PROTOCOL_TLSv1_2')
with client:
    times = []
    for _ in range(300):
        start = time.perf_counter()
        client.get(identifier)
        times.append(time.perf_counter() - start)
    print(sorted(times)[30])
";
    let python = installed().ok_or("it is not installed; .ci/servers/pykmip start does it")?;
    let folder = tempfile::tempdir()?;
    server::write_client_files(pki, folder.path())?;
    let run = Command::new(python)
        .args(["-W", "ignore", "-c", PROGRAM])
        .arg(folder.path())
        .args([&address.port().to_string(), ID])
        .output();
    let run = run?;
    let said = String::from_utf8_lossy(&run.stdout).trim().parse();
    said.map_err(|_| String::from_utf8_lossy(&run.stderr).lines().last().unwrap_or("it said nothing").to_owned().into())
}

fn installed() -> Option<PathBuf> {
    let cache = std::env::var_os("KMIP_CI_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/kmip-ci")))?;
    let environments = fs::read_dir(cache).ok()?.flatten().map(|entry| entry.path());
    environments
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pykmip-")))
        .map(|path| path.join("bin/python"))
        .find(|python| python.exists())
}
