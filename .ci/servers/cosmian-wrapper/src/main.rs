//! Cosmian KMS with its own command line: what its own `main` does, less telemetry and the interactive wizard.

use std::error::Error;
use std::sync::Arc;

use cosmian_kms_server::config::{ClapConfig, ServerParams};
use cosmian_kms_server::openssl_providers::init_openssl_providers;
use cosmian_kms_server::start_kms_server::start_kms_server;

/// The futures of an unoptimized build overflow tokio's default of 2 MiB.
const STACK: usize = 8 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()?.block_on(serve())
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let config = ClapConfig::load_configuration()?;
    cosmian_logger::log_init(config.logging.rust_log.as_deref());
    init_openssl_providers()?;
    let params = Arc::new(ServerParams::try_from(config)?);
    Box::pin(start_kms_server(params, None, None, None)).await?;
    Ok(())
}
