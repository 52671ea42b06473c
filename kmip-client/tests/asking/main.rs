//! Request options, asynchronous responses, multi-part operations, and multi-call flows: each with the blocking and the
//! async client.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod asynchronous;
mod credentials;
mod cuts;
mod flows;
mod habits;
mod races;
#[path = "../real_server/mod.rs"]
mod real_server;
mod reported;
mod streams;
mod wrapped;

use kmip_client::protocol::message::{ResponseBatchItem, ResponseMessage};
use kmip_client::{Config, blocking};
use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{DateTime, Encode, ProtocolVersion, Reader, Tag, encode};

/// Runs a flow with each client, as a value of the trait alone.
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

/// Returns a message with the response to this operation.
fn answer(version: ProtocolVersion, operation: OperationCode, payload: &impl Encode) -> Vec<u8> {
    let payload = encode(payload, Tag::RESPONSE_PAYLOAD, version).unwrap();
    let item = ResponseBatchItem::success(operation, Reader::new(&payload).next_item().unwrap().unwrap());
    ResponseMessage::new(version, DateTime(0), vec![item]).encode_message().unwrap()
}

/// Returns the connection error of each client.
fn cannot_connect(config: &Config) -> [kmip_client::Error; 2] {
    [
        blocking::Client::connect(config).unwrap_err(),
        runtime().block_on(kmip_client::Client::connect(config)).unwrap_err(),
    ]
}
