//! Rust API guidelines that a change could break silently: auto traits, `Debug`, and error types.

use std::error::Error as StdError;
use std::fmt::Debug;

use kmip_client::flow::{FlowError, Generation, Lineage, Migrated, MigrationReport, Rotated};
use kmip_client::keys::{AeadError, Certificate, FetchError, KeyError, KmsAead, KmsSigner, PrivateKey, PublicKey};
use kmip_client::keys::{SecretKey, SignError, TlsKey};
use kmip_client::observe::Counters;
use kmip_client::protocol::attribute::{Attributes, ParsedAttribute};
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Create, Get, Hash, RequestPayload, ResponsePayload};
use kmip_client::test_server::{Builder, Pki, SetupError, TestServer};
use kmip_client::*;

/// C-SEND-SYNC and C-DEBUG, for types that a program stores or passes to another thread.
const fn shared<T: Send + Sync + Debug + 'static>() {}

/// C-GOOD-ERR.
const fn error<T: StdError + Send + Sync + 'static>() {}

const fn cloned<T: Clone>() {}

/// C-COMMON-TRAITS: KMIP has no floating-point numbers, so that what can be compared is `Eq`.
const fn compared<T: Eq>() {}

/// C-CONV-TRAITS: the futures of a generic client are `Send`.
fn future<T: Send>(_: &T) {}

const _: () = {
    shared::<Client>();
    shared::<blocking::Client>();
    shared::<blocking::FlowClient>();
    shared::<Config>();
    shared::<Identity>();
    shared::<Trust>();
    shared::<Endpoint>();
    shared::<Thumbprint>();
    shared::<Credentials>();
    shared::<RequestOptions>();
    shared::<Reply<Get>>();
    shared::<Exchange<Create>>();
    shared::<Incoming>();
    shared::<Status>();
    shared::<Counters>();
    shared::<ServerCapabilities>();
    shared::<ServerCertificate>();
    shared::<Streamed<Get>>();
    shared::<LocatePages<'static, Client>>();
    shared::<(Lineage, Generation, Rotated, Migrated)>();
    shared::<MigrationReport>();
    shared::<(PrivateKey, PublicKey, Certificate)>();
    shared::<SecretKey>();
    shared::<KmsSigner<Client>>();
    shared::<KmsAead<blocking::FlowClient>>();
    shared::<TlsKey>();
    shared::<(TestServer, Pki)>();
    shared::<Builder>();

    error::<Error>();
    error::<ConfigError>();
    error::<TransportError>();
    error::<TlsError>();
    error::<NoReply>();
    error::<Refusal>();
    error::<Pending>();
    error::<StreamError>();
    error::<FlowError>();
    error::<KeyError>();
    error::<FetchError>();
    error::<SignError>();
    error::<AeadError>();
    error::<SetupError>();
    error::<ttlv::Error>();

    // Every payload, and with it every structure, every object and every attribute.
    compared::<(RequestMessage<'static>, ResponseMessage<'static>)>();
    compared::<(RequestPayload<'static>, ResponsePayload<'static>)>();
    compared::<(Attributes<'static>, ParsedAttribute)>();

    cloned::<(Status, MigrationReport, ServerCapabilities)>();
    cloned::<(Client, blocking::Client, Config, Identity, Trust)>();
    cloned::<(Credentials, RequestOptions, Reply<Get>, PrivateKey, SecretKey)>();
};

/// The futures of the async client are `Send`, so that they run on any executor.
#[test]
fn futures_are_send() {
    let config = Config::new("127.0.0.1:1");
    future(&Client::connect(&config));
    async fn calls(kms: &impl Kmip) -> Result<(), Error> {
        let requests = (Create::aes(256), Get::id("9dc02223"));
        let _ = kms.batch(&requests).await?;
        kms.probe().await;
        kms.call(&Get::id("9dc02223")).await.map(drop)
    }
    #[expect(dead_code, reason = "it has to compile")]
    fn check(kms: &Client) {
        future(&calls(kms));
        // A method of the trait that one of the client would hide needs another name.
        future(&kms.open_stream(Hash::sha256(b"")).finish());
    }
}
