//! What goes into a request beside its payload, answers that come later, data in parts, and steps of several calls: each with the blocking
//! client and with the async one.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod asynchronous;
mod credentials;
mod flows;
mod streams;

use std::path::PathBuf;

use kmip_client::{Config, Identity, Trust, blocking};

/// Runs a flow with each client, on its own: it sees no more of a client than that it is one.
macro_rules! with_both {
    ($config:expr, $kms:ident => $flow:block) => {{
        async fn flow($kms: &impl kmip_client::Kmip) {
            $flow
        }
        let config: &kmip_client::Config = $config;
        kmip_client::blocking::Client::connect(config).unwrap().run(async |kms| flow(&kms).await);
        crate::runtime().block_on(async {
            let kms = kmip_client::Client::connect(config).await.unwrap();
            flow(&kms).await;
        });
    }};
}

pub(crate) use with_both;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Why each client cannot connect.
fn cannot_connect(config: &Config) -> [kmip_client::Error; 2] {
    [
        blocking::Client::connect(config).unwrap_err(),
        runtime().block_on(kmip_client::Client::connect(config)).unwrap_err(),
    ]
}

/// The folder that `.ci/servers/... start` has named holds the address of a server, and certificates for it.
fn real_server(variable: &str) -> Option<Config> {
    let Some(folder) = std::env::var_os(variable).map(PathBuf::from) else {
        eprintln!("skipped: {variable} names no server; see .ci/servers");
        return None;
    };
    let read = |name| std::fs::read_to_string(folder.join(name)).unwrap();
    let identity = Identity::from_pem(read("client.pem"), read("client.key")).unwrap();
    Some(Config::new(read("address").trim()).identity(identity).trust(Trust::ca_pem(read("ca.pem")).unwrap()))
}
