//! No memory of this crate is freed with a key, a password or a plaintext in it.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{sync::LazyLock, task::Poll, time::Duration};

use kmip_client::{
    Config, Credentials, Exchange, Identity, Incoming, MessageEncoding,
    blocking::Client,
    protocol::operation::{Activate, Create, Encrypt, Get, Register, RegisterRequest},
    test_server::{Fault, TestServer},
};
use kmip_ttlv::{V1_4, V2_1, enumeration::CryptographicAlgorithm};
use memory::{Watcher, freed_with};

#[global_allocator]
static WATCHER: Watcher = Watcher;

/// A key, which is never freed.
fn key() -> &'static [u8] {
    Vec::leak((0..32_u8).map(|index| index.wrapping_mul(151) ^ 0xA7).collect())
}

fn register(key: &[u8]) -> RegisterRequest<'_> {
    Register::symmetric_key(CryptographicAlgorithm::AES, key)
}

/// Runs `action`, and checks that only rustls has freed the secret.
#[track_caller]
fn assert_wiped<R>(what: &str, secret: &[u8], action: impl FnOnce() -> R) -> R {
    memory::assert_wiped(what, &[secret], action).0
}

/// The test can fail: a vector that is not wiped is found, and one that grows; a wiped one is not.
#[test]
fn finds_buffers_that_are_not_wiped() {
    let (_, freed) = freed_with(&[key()], || drop(key().to_vec()));
    assert_eq!(freed.len(), 1, "{freed:?}");
    assert!(freed[0].starts_with("secrets::finds_buffers_that_are_not_wiped"), "{freed:?}");
    let (mut kept, freed) = freed_with(&[key()], || {
        let mut grown = key().to_vec();
        grown.reserve_exact(1 << 20);
        grown
    });
    assert_eq!(freed.len(), 1, "{freed:?}");
    let (_, freed) = freed_with(&[key()], || {
        kept.fill(0);
        drop(kept);
    });
    assert_eq!(freed.len(), 0, "{freed:?}");
}

/// The maximum wait for a response.
const LIMIT: Duration = Duration::from_millis(400);

/// The key in binary and as in XML and JSON, and the password of the client.
struct Secrets([&'static [u8]; 4]);

impl Secrets {
    /// Returns the secrets, which are created once, because creating them frees memory.
    fn get() -> &'static Self {
        static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::new);
        &SECRETS
    }

    fn new() -> Self {
        let hexadecimal: String = key().iter().map(|byte| format!("{byte:02X}")).collect();
        let lower = hexadecimal.to_lowercase();
        let [hexadecimal, lower, password] =
            [hexadecimal, lower, PASSPHRASE.to_owned()].map(|text| text.into_bytes().leak());
        Self([key(), hexadecimal, lower, password])
    }

    #[track_caller]
    fn assert_wiped<R>(&self, what: &str, action: impl FnOnce() -> R) -> R {
        memory::assert_wiped(what, &self.0, action).0
    }
}

/// Returns servers with the configuration and transport of their clients.
fn everywhere() -> impl Iterator<Item = (TestServer, Config, String)> {
    let https = [MessageEncoding::Ttlv, MessageEncoding::Xml, MessageEncoding::Json].map(Some);
    [None].into_iter().chain(https).map(|encoding| {
        let server = TestServer::builder().user("alice", PASSPHRASE);
        let server = if encoding.is_some() { server.https().start() } else { server.start() };
        let config = server.config().credential(Credentials::user("alice", PASSPHRASE));
        match encoding {
            Some(encoding) => (server, config.encoding(encoding), format!("HTTPS in {encoding:?}")),
            None => (server, config, "TLS".to_owned()),
        }
    })
}

#[test]
fn the_blocking_client() {
    let secrets = Secrets::get();
    for (server, config, over) in everywhere() {
        let what = |call: &str| format!("{call} over {over}");
        let client = secrets.assert_wiped(&what("connecting"), || Client::connect(&config).unwrap());
        let id = secrets.assert_wiped(&what("Register"), || {
            client.call(&register(key())).unwrap().payload().unique_identifier.to_string()
        });
        let get = || Get::id(&*id);
        secrets.assert_wiped(&what("Get"), || {
            let reply = client.call(&get()).unwrap();
            assert_eq!(reply.payload().object.key_block().unwrap().bytes().unwrap().expose(), key());
        });
        secrets.assert_wiped(&what("three Gets"), || drop(client.batch(&(get(), get(), get())).unwrap()));
        for fault in [Fault::HalfReply, Fault::ExtraItem, Fault::OtherOperation] {
            let what = what(&format!("Get with {fault:?}"));
            server.fail(fault.always());
            secrets.assert_wiped(&what, || client.call(&get()).map(drop).unwrap_err());
            server.heal();
        }
        for fault in [Fault::CloseUnread, Fault::LoseReply] {
            let what = what(&format!("Register with {fault:?}"));
            server.fail_next(fault);
            secrets.assert_wiped(&what, || client.call(&register(key())).map(drop).unwrap_err());
        }
        let hasty = Client::connect(&config.attempt_timeout(LIMIT)).unwrap();
        server.fail(Fault::Stall.always());
        secrets.assert_wiped(&what("a Get in vain"), || hasty.call(&get()).map(drop).unwrap_err());
        secrets.assert_wiped(&what("a Register in vain"), || hasty.call(&register(key())).map(drop).unwrap_err());
        server.heal();
        let encrypting = client.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
        client.call(&Activate::id(&*encrypting)).unwrap();
        let plaintext = key().repeat(8000).leak();
        secrets
            .assert_wiped(&what("Encrypt in parts"), || {
                client.stream(Encrypt::aes_cbc(&*encrypting, b""), &*plaintext, std::io::sink()).map(drop)
            })
            .unwrap();
        secrets.assert_wiped(&what("dropping the client"), || drop(client));
    }
}

/// The async client, with calls that are dropped at any moment.
#[test]
fn the_async_client() {
    let secrets = Secrets::get();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (server, config, over) in everywhere() {
        let what = |call: &str| format!("{call} over {over}, async");
        let client = runtime.block_on(kmip_client::Client::connect(&config)).unwrap();
        let id = secrets.assert_wiped(&what("Register"), || {
            let reply = runtime.block_on(client.call(&register(key()))).unwrap();
            reply.payload().unique_identifier.to_string()
        });
        let get = || Get::id(&*id);
        secrets.assert_wiped(&what("Get"), || {
            let reply = runtime.block_on(client.call(&get())).unwrap();
            assert_eq!(reply.payload().object.key_block().unwrap().bytes().unwrap().expose(), key());
        });
        let hasty = runtime.block_on(kmip_client::Client::connect(&config.attempt_timeout(LIMIT))).unwrap();
        server.fail(Fault::Stall.always());
        secrets.assert_wiped(&what("a Get in vain"), || runtime.block_on(hasty.call(&get())).map(drop).unwrap_err());
        server.heal();
        secrets.assert_wiped(&what("cancelled calls"), || {
            runtime.block_on(async {
                for turns in [0, 1, 2, 3, 5, 8] {
                    let _ = drop_after(turns, client.call(&get())).await;
                    let register = register(key());
                    let _ = drop_after(turns, client.call(&register)).await;
                }
                assert!(drop_after(1, client.call(&get())).await.is_none(), "no call ends without waiting");
            });
        });
        secrets.assert_wiped(&what("dropping the client"), || drop(client));
    }
}

/// Polls `call` up to `turns` times, and drops it if it is still pending. Counting turns rather than time makes the cut
/// independent of the machine's speed.
async fn drop_after<F: Future>(turns: u32, call: F) -> Option<F::Output> {
    let mut call = std::pin::pin!(call);
    let mut left = turns;
    std::future::poll_fn(|context| {
        let Some(after) = left.checked_sub(1) else { return Poll::Ready(None) };
        left = after;
        match call.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[test]
fn failover() {
    let secrets = Secrets::get();
    let first = TestServer::start();
    let second = first.replica();
    let client = Client::connect(&first.config().endpoint(second.address())).unwrap();
    let id = client.call(&register(key())).unwrap().payload().unique_identifier.to_string();
    secrets.assert_wiped("failover", || {
        first.fail_next(Fault::CloseUnread);
        let _ = client.call(&register(key()));
        first.stop();
        client.call(&Get::id(&*id)).unwrap();
        client.call(&register(key())).unwrap();
        drop(client);
    });
}

/// The buffers of rustls are out of reach. They hold a bounded number of copies of each record.
#[test]
fn rustls_frees_a_few_blocks_a_call() {
    let server = TestServer::start();
    let client = Client::connect(&server.config()).unwrap();
    let count = |what: &str, call: &mut dyn FnMut()| memory::assert_wiped(what, &[key()], call).1;
    let mut id = String::new();
    let register = count("Register", &mut || {
        id = client.call(&register(key())).unwrap().payload().unique_identifier.to_string();
    });
    let get = count("Get", &mut || drop(client.call(&Get::id(&*id)).unwrap()));
    let gets = count("a hundred Gets", &mut || (0..100).for_each(|_| drop(client.call(&Get::id(&*id)).unwrap())));
    println!("blocks that rustls frees with the key: {register} by Register, {get} by Get, {gets} by a hundred Gets");
    assert!((1..=4).contains(&get) && register <= 4 && gets <= 100 * get, "{register}, {get}, {gets}");
}

#[test]
fn requests_and_frames() {
    let key = key();
    assert_wiped("requests", key, || {
        drop(Exchange::new(V1_4, &register(key)).unwrap());
        drop(Exchange::batch(V2_1, &vec![register(key), register(key)]).unwrap());
    });
    assert_wiped("a frame in pieces, dropped in the middle", key, || {
        let exchange = Exchange::new(V1_4, &register(key)).unwrap();
        for end in [100, 150, 200, exchange.request().len()] {
            let mut incoming = Incoming::new(1 << 20);
            for mut piece in exchange.request()[..end.min(exchange.request().len())].chunks(7) {
                while !piece.is_empty() {
                    let space = incoming.space();
                    let here = space.len().min(piece.len());
                    space[..here].copy_from_slice(&piece[..here]);
                    drop(incoming.filled(here).unwrap());
                    piece = &piece[here..];
                }
            }
        }
    });
}

const PASSPHRASE: &str = "correct horse battery staple";

#[test]
fn credentials() {
    let password: &'static str = String::from(PASSPHRASE).leak();
    assert_wiped("credentials", password.as_bytes(), || {
        let credentials = Credentials::user("alice", password);
        let config = Config::new("kms.example").credential(credentials.clone());
        drop((credentials, config));
    });
}

macro_rules! pem {
    ($name:literal) => {
        include_bytes!(concat!("../../../kmip-client/tests/pem/", $name)).as_slice()
    };
}

/// Returns the 32 bytes of the private key in p256-pkcs8.key, which are the same in all of its forms.
fn private_key() -> Vec<u8> {
    // After 04 20, an octet string of 32 bytes.
    const START: usize = 36;
    let text = str::from_utf8(pem!("p256-pkcs8.key")).unwrap();
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut der, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in base64.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte)) {
        (held, bits) = (held << 6 | u32::try_from(digit).unwrap(), bits + 6);
        if bits >= 8 {
            bits -= 8;
            der.push(u8::try_from(held >> bits & 0xFF).unwrap());
        }
    }
    assert_eq!(der[START - 2..START], [0x04, 0x20]);
    der[START..START + 32].to_vec()
}

/// The private key is wiped in every form of an identity.
#[test]
fn identities() {
    let key = private_key().leak();
    let certificate = pem!("p256.crt");
    assert_wiped("PEM", key, || drop(Identity::from_pem(certificate, pem!("p256-pkcs8.key")).unwrap()));
    assert_wiped("SEC1", key, || drop(Identity::from_pem(certificate, pem!("p256-sec1.key")).unwrap()));
    for (form, file) in [
        ("PBKDF2", pem!("p256-pkcs8-encrypted.key")),
        ("PBKDF2 and 3DES", pem!("p256-pkcs8-3des.key")),
        ("scrypt", pem!("p256-pkcs8-scrypt.key")),
        ("PEM of the older form", pem!("p256-sec1-encrypted.key")),
        ("PEM of the older form with 3DES", pem!("p256-sec1-des3.key")),
    ] {
        assert_wiped(form, key, || drop(Identity::from_encrypted_pem(certificate, file, "secret").unwrap()));
        assert_wiped(form, key, || drop(Identity::from_encrypted_pem(certificate, file, "Secret").unwrap_err()));
    }
    for (form, file) in [
        ("PKCS#12", pem!("aes256.p12")),
        ("PKCS#12 with 3DES", pem!("3des.p12")),
        ("PKCS#12 with RC2", pem!("rc2-128.p12")),
        ("PKCS#12 that is not encrypted", pem!("plain.p12")),
    ] {
        assert_wiped(form, key, || drop(Identity::from_pkcs12(file, "secret").unwrap()));
        assert_wiped(form, key, || drop(Identity::from_pkcs12(file, "Secret").unwrap_err()));
    }
}

/// Passphrases are wiped too, in UTF-8 and in the UTF-16 of PKCS#12.
#[test]
fn passphrases() {
    let passphrase: &'static str = String::from(PASSPHRASE).leak();
    let wide: Vec<u8> = PASSPHRASE.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for secret in [passphrase.as_bytes(), &*wide.leak()] {
        for file in [pem!("aes256.p12"), pem!("3des.p12")] {
            assert_wiped("PKCS#12", secret, || drop(Identity::from_pkcs12(file, passphrase).unwrap_err()));
        }
        for key in [pem!("p256-pkcs8-encrypted.key"), pem!("p256-sec1-encrypted.key")] {
            let open = || drop(Identity::from_encrypted_pem(pem!("p256.crt"), key, passphrase).unwrap_err());
            assert_wiped("PEM", secret, open);
        }
    }
}
