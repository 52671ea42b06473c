//! A small service on tokio that keeps its keys in a KMS: with a cluster, a deadline for each request, health and
//! metrics, and a graceful shutdown.
//!
//! ```text
//! cargo run --example async_service
//! cargo run --example async_service -- --listen 127.0.0.1:8080 --server HOST:5696 --ca ca.pem --cert client.pem --key client.key
//!
//! curl -X POST http://127.0.0.1:8080/keys                                 # creates a key, answers its identifier
//! curl --data-binary @secret http://127.0.0.1:8080/keys/ID/encrypt > box  # the KMS encrypts
//! curl --data-binary @box http://127.0.0.1:8080/keys/ID/decrypt
//! curl http://127.0.0.1:8080/health                                       # 200 or 503, with a line for each server
//! curl http://127.0.0.1:8080/metrics                                      # in the format of Prometheus
//! curl -X DELETE http://127.0.0.1:8080/keys/ID
//! ```
//!
//! It is an example: everybody who can reach its port can use its keys. Ctrl-C or SIGTERM ends it, after the requests
//! in progress have been answered.

mod envelope;
mod metrics;
mod service;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use examples::{Failure, Kms, Output, ServerArgs, labelled};
use kmip_client::Client;
use kmip_client::test_server::TestServer;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::metrics::Metrics;
use crate::service::Service;

/// Runs a small HTTP service that encrypts with keys of a KMS.
#[derive(Parser, Debug)]
#[command(name = "async_service", version, about, max_term_width = 80)]
struct Arguments {
    #[command(flatten)]
    server: ServerArgs,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The longest time for a request, in milliseconds: all calls to the KMS that it takes, with all retries
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..))]
    deadline: u64,
    /// The longest time that the end waits for requests that have begun, in seconds
    #[arg(long, value_name = "S", default_value_t = 10)]
    grace: u64,
}

fn main() -> ExitCode {
    examples::main(|arguments, output| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::Other(format!("cannot start threads: {error}")))?;
        runtime.block_on(run(arguments, output, ended()))
    })
}

/// Waits for Ctrl-C or SIGTERM.
async fn ended() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without handlers the signals end the process at once.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Serves until `end`, and then until the requests in progress are answered.
async fn run(
    arguments: &Arguments,
    output: &mut Output<'_>,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let Kms { config, embedded } = arguments.server.kms(TestServer::builder(), 2, output)?;
    let metrics = Arc::new(Metrics::default());
    let kms = Client::connect(&config.observer(metrics.clone())).await?;
    let deadline = Duration::from_millis(arguments.deadline);
    let service = Service::new(kms.clone(), Arc::clone(&metrics), deadline);
    let listener = TcpListener::bind(arguments.listen).await;
    let listener =
        listener.map_err(|error| Failure::Other(format!("cannot listen on {}: {error}", arguments.listen)))?;
    let address = listener.local_addr()?;
    writeln!(output, "{}", labelled(0, "KMS", &format!("{}, KMIP {}", kms.endpoint(), kms.version())))?;
    writeln!(output, "{}", labelled(0, "service", &format!("http://{address}/keys, /health, /metrics")))?;
    writeln!(
        output,
        "{}",
        labelled(0, "deadline", &format!("{deadline:?} for each request; Ctrl-C ends the service"))
    )?;

    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let ends = async move {
        end.await;
        // The receiver is gone if the server has failed.
        let _ = stop.send(());
    };
    let serving = axum::serve(listener, service.router()).with_graceful_shutdown(ends).into_future();
    let grace = Duration::from_secs(arguments.grace);
    let too_late = async {
        // An error means that the server has failed, which `serving` reports.
        if stopping.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(grace).await;
    };
    let finished = tokio::select! {
        served = serving => served.map(|()| true)?,
        () = too_late => false,
    };
    let counters = kms.counters();
    let told = format!(
        "{} calls to the KMS, {} failed, {} went on to another server{}",
        counters.calls,
        counters.failed,
        counters.failovers,
        if finished { "" } else { "; some requests were cut off" },
    );
    writeln!(output, "{}", labelled(0, "ended", &told))?;
    drop(embedded);
    Ok(())
}

#[cfg(test)]
mod tests;
