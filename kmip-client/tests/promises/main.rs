//! The promises of the client, attacked by a malicious server: on both clients, over TLS and over HTTPS in each
//! encoding.
#![allow(clippy::needless_pass_by_value, clippy::print_stderr, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

mod alerts;
mod answers;
#[path = "../bytes/mod.rs"]
mod bytes;
mod endings;
mod evil;
mod floods;
mod hang_ups;
mod http;
mod idle;
mod key_updates;
mod late;
mod made;
mod messages;
mod nameless;
mod negotiation;
mod repeats;
mod reported;
mod trickles;

use std::time::Duration;

use kmip_client::{Client, Config, blocking};
use kmip_ttlv::V1_4;

use self::evil::{Evil, TRANSPORTS};

/// Runs an attack on a server of its own with each client over each transport.
fn attack(serve: impl Fn(Evil, usize) + Clone + Send + 'static, calls: impl AsyncFn(&dyn Fn() -> String, Either)) {
    for transport in TRANSPORTS {
        for is_async in [false, true] {
            let config = limits(evil::serve(transport, serve.clone()));
            run(&config, is_async, async |client| calls(&|| format!("{transport:?}, async: {is_async}"), client).await);
        }
    }
}

fn limits(config: Config) -> Config {
    config
        .version(V1_4)
        .connect_timeout(Duration::from_secs(5))
        .attempt_timeout(Duration::from_secs(5))
        .total_timeout(Duration::from_secs(10))
}

/// One of the clients.
enum Either {
    Blocking(blocking::Client),
    Async(Client),
}

/// Calls a method of either client.
#[macro_export]
macro_rules! call {
    ($client:expr, $request:expr) => {
        match &$client {
            $crate::Either::Blocking(client) => client.call($request),
            $crate::Either::Async(client) => client.call($request).await,
        }
    };
}

fn run(config: &Config, is_async: bool, calls: impl AsyncFnOnce(Either)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = if is_async {
            Either::Async(Client::connect(config).await.unwrap())
        } else {
            Either::Blocking(blocking::Client::connect(config).unwrap())
        };
        calls(client).await;
    });
}
