//! Rust API guidelines that a change could break silently: auto traits, `Debug`, and error types.

use std::error::Error as StdError;
use std::fmt::Debug;

use kmip_client::flow::{FlowError, Generation, Lineage, Migrated, Migration, MigrationReport, Progress, Rotated};
use kmip_client::keys::{AeadError, Certificate, FetchError, KeyError, KmsAead, KmsSigner, PrivateKey, PublicKey};
use kmip_client::keys::{SecretKey, SignError, TlsKey};
use kmip_client::observe::Counters;
use kmip_client::protocol::attribute::{Attributes, ParsedAttribute};
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{
    Create, CreateRequest, EncryptRequest, Get, Hash, RequestPayload, ResponsePayload,
};
use kmip_client::test_server::{Builder, Pki, SetupError, TestServer};
use kmip_client::unversioned::transport::Io;
use kmip_client::*;

/// C-SEND-SYNC and C-DEBUG, for types that a program stores or passes to another thread.
const fn shared<T: Send + Sync + Debug + 'static>() {}

/// C-GOOD-ERR.
const fn error<T: StdError + Send + Sync + 'static>() {}

/// For types that are used up by one call, which may run in another task.
const fn sent<T: Send + Debug>() {}

/// The client over a network of the program's.
#[expect(dead_code, reason = "it has to compile")]
const fn over_any<I: Io>() {
    shared::<unversioned::transport::Client<I>>();
    cloned::<unversioned::transport::Client<I>>();
}

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
    shared::<(Streamed<Get>, Stream<'static, Client, EncryptRequest<'static>>)>();
    shared::<Parts<EncryptRequest<'static>>>();
    shared::<(Report<'static>, Report<'static, Error>)>();
    shared::<Arranged<[CreateRequest<'static>; 2]>>();
    shared::<(EndpointStatus, Verdict, HangUp, CertificateState, UntrustedServer, ServerNonce)>();
    shared::<(Phase, OutOfStep, Input, NotPem, Cause)>();
    shared::<LocatePages<'static, Client>>();
    shared::<(Lineage, Generation, Rotated, Migrated)>();
    shared::<(MigrationReport, Progress)>();
    sent::<Migration<'static, Client, blocking::FlowClient>>();
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
    // A report lives until the end of its statement.
    async fn reports(kms: &impl Kmip) {
        if let Err(error) = calls(kms).await {
            std::future::ready(error.report().to_string()).await;
        }
    }
    #[expect(dead_code, reason = "it has to compile")]
    fn check(kms: &Client) {
        future(&calls(kms));
        future(&reports(kms));
        // A method of the trait that one of the client would hide needs another name.
        future(&kms.open_stream(Hash::sha256(b"")).finish());
    }
}

/// The items between `pub use` and `;`, and the public modules, without hidden ones.
fn names_at_the_root(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_hidden = false;
    let mut used: Option<usize> = None;
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let (begun, code) = (at, line.trim());
        at += line.len();
        if let Some(module) = code.strip_prefix("pub mod ").filter(|_| !is_hidden) {
            names.push(module.trim_end_matches(';'));
        }
        if code.starts_with("pub use ") {
            used = Some(begun);
        }
        if let Some(start) = used.filter(|_| code.ends_with(';')) {
            let text = &source[start..at];
            let list = text.split_once('{').map_or(text, |(_, list)| list);
            let of = |item: &str| item.rsplit([' ', ':']).next().unwrap_or_default().len();
            let items = list.trim().trim_end_matches([';', '}']).split(',').map(str::trim);
            names.extend(items.filter(|item| !item.is_empty()).map(|item| &item[item.len() - of(item)..]));
            used = None;
        }
        is_hidden = code == "#[doc(hidden)]";
    }
    names
}

#[test]
fn every_name_at_the_root_has_a_place_in_its_table() {
    let source = include_str!("../src/lib.rs");
    let (_, table) = source.split_once("# Where things are").expect("the table");
    let (table, _) = table.split_once("# Features").expect("what follows it");
    let names = names_at_the_root(source);
    assert!(
        names.len() > 60 && ["Client", "Verdict", "ttlv", "flow"].iter().all(|name| names.contains(name)),
        "{names:?}"
    );
    let is_there =
        |name: &&str| ["[`{}`]", "[`{}::", "[{}]"].iter().any(|link| table.contains(&link.replace("{}", name)));
    let missing: Vec<_> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "the table \"Where things are\" of lib.rs lacks {missing:?}");
}
