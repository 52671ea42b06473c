//! An OVHcloud KMS endpoint, configured with the files that OVHcloud issues: the life of a key, and the supported
//! operations.
//!
//! ```text
//! cargo run --example okms
//! cargo run --example okms -- --endpoint eu-west-rbx.okms.ovh.net:5696 --credential credential.json
//! cargo run --example okms -- --csr ./okms
//! ```
//!
//! Without an endpoint it runs on the embedded KMS, restricted to the operations and versions of OVHcloud KMS. The
//! variables of OVHcloud's own tool are supported: KMS_KMIP_ENDPOINT, KMS_KMIP_CA, KMS_KMIP_CERT, KMS_KMIP_KEY.

mod access;
mod csr;
mod life;
mod profile;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use examples::{Failure, Output, wrap};
use kmip_client::blocking::Client;
use kmip_client::test_server::Fault;
use kmip_client::ttlv::enumeration::{OperationCode, ResultReason};
use kmip_client::ttlv::{ProtocolVersion, V1_0, V1_4};

/// Goes through the life of a key on an OVHcloud KMS endpoint.
#[derive(Parser, Debug)]
#[command(name = "okms", version, about, max_term_width = 80)]
struct Arguments {
    /// The KMIP endpoint, as in eu-west-rbx.okms.ovh.net:5696 (default: the embedded KMS)
    #[arg(long, value_name = "HOST:PORT", env = "KMS_KMIP_ENDPOINT")]
    endpoint: Option<String>,
    /// The JSON of the KMS from OVHcloud's API, in place of --endpoint: its kmipEndpoint is taken
    #[arg(long, value_name = "FILE", conflicts_with = "endpoint")]
    okms: Option<PathBuf>,
    /// The JSON of the access certificate from OVHcloud's API: certificatePEM and privateKeyPEM
    #[arg(long, value_name = "FILE")]
    credential: Option<PathBuf>,
    /// The access certificate, in PEM
    #[arg(long, value_name = "FILE", env = "KMS_KMIP_CERT")]
    cert: Option<PathBuf>,
    /// Its private key, in PEM; with --credential where that was made from a CSR
    #[arg(long, value_name = "FILE", env = "KMS_KMIP_KEY")]
    key: Option<PathBuf>,
    /// The CA of the endpoint, in PEM (default: the CAs that browsers trust)
    #[arg(long, value_name = "FILE", env = "KMS_KMIP_CA")]
    ca: Option<PathBuf>,
    /// The SHA-1 or SHA-256 of the endpoint's certificate
    #[arg(long, value_name = "HEX")]
    thumbprint: Option<String>,
    /// The version of KMIP to speak (default: the newest of 1.0 to 1.4 that the endpoint has)
    #[arg(long, value_name = "VERSION")]
    kmip: Option<ProtocolVersion>,
    /// The identifier of a service key that was made over REST, to see that KMIP does not have it
    #[arg(long, value_name = "ID")]
    rest_key: Option<String>,
    /// Make a private key and a certificate signing request for OVHcloud in this folder, and nothing else
    #[arg(long, value_name = "DIR")]
    csr: Option<PathBuf>,
}

fn main() -> ExitCode {
    examples::main(run)
}

fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<(), Failure> {
    if let Some(folder) = &arguments.csr {
        return csr::make(folder, output);
    }
    // The embedded KMS ends with this function.
    let embedded;
    let mut config = match access::config(arguments)? {
        Some(config) => config,
        None => {
            embedded = profile::embedded()?;
            writeln!(output, "{}\n", wrap(EMBEDDED))?;
            // A policy like those of IAM.
            let message = "Operation is not authorized".to_owned();
            let refusal = Fault::RefuseWithMessage(ResultReason::PERMISSION_DENIED, message);
            embedded.fail(refusal.on(OperationCode::LOCATE));
            embedded.config()
        }
    };
    config = match arguments.kmip {
        Some(version) => config.version(version),
        None => config.versions(V1_0..=V1_4),
    };
    let kms = Client::connect(&config)?;
    profile::introduce(&kms, output)?;
    life::go_through(&kms, arguments.rest_key.as_deref(), output)
}

const EMBEDDED: &str = "No --endpoint is given: this is the embedded KMS, in memory, on loopback, with the operations and versions of \
                        OVHcloud KMS. Its first Locate is refused, as by a policy of IAM that does not list it.";

#[cfg(test)]
mod tests;
