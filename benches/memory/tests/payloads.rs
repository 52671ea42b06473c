//! Every place of a message that can hold a secret is wiped, on each transport and with each client.
#![allow(clippy::unwrap_used)]

use std::{io, sync::LazyLock};

use kmip_client::{
    Config, Credentials, Identity, Kmip, MessageEncoding, blocking,
    protocol::{
        Password, Secret,
        message::{
            AttestationCredential, Credential, DeviceCredential, HashedPasswordCredential, Nonce,
            OneTimePasswordCredential, Timestamp, UsernameAndPassword,
        },
        object::{Object, SplitKey},
        operation::{
            Activate, Create, CreateSplitKey, Decrypt, DeriveKey, Encrypt, Export, Get, Hash, Import, JoinSplitKey,
            Mac, Register, RegisterRequest, RngSeed, Sign,
        },
    },
    test_server::{Fault, Pki, TestServer},
};
use kmip_ttlv::{
    DateTime, V1_4, V2_1,
    enumeration::{
        AttestationType, CryptographicAlgorithm, HashingAlgorithm, OpaqueDataType, SecretDataType, SplitKeyMethod,
    },
};
use memory::{Watcher, assert_wiped};

#[global_allocator]
static WATCHER: Watcher = Watcher;

const PASSWORD: &str = "correct horse battery staple";

/// A secret in binary and as in XML and JSON, and a password.
static SECRETS: LazyLock<[&'static [u8]; 4]> = LazyLock::new(|| {
    let bytes: Vec<u8> = (0..32_u8).map(|index| index.wrapping_mul(151) ^ 0xA7).collect();
    let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let lower = hexadecimal.to_lowercase();
    let texts = [hexadecimal, lower, PASSWORD.to_owned()].map(|text| &*text.into_bytes().leak());
    [bytes.leak(), texts[0], texts[1], texts[2]]
});

fn secret() -> &'static [u8] {
    SECRETS[0]
}

fn register() -> RegisterRequest<'static> {
    Register::symmetric_key(CryptographicAlgorithm::AES, secret())
}

/// Passes each transport to `attack`: a server, the configuration of its clients, and a function that runs an action
/// and checks that it wipes the secrets.
fn everywhere(attack: impl Fn(&TestServer, &Config, &dyn Fn(&str, &mut dyn FnMut()))) {
    // The secrets are created before the search begins.
    let secrets = *SECRETS;
    for encoding in [None, Some(MessageEncoding::Ttlv), Some(MessageEncoding::Xml), Some(MessageEncoding::Json)] {
        let server = TestServer::builder();
        let server = if encoding.is_some() { server.https().start() } else { server.start() };
        let config = server.config();
        let config = encoding.iter().fold(config, |config, encoding| config.encoding(*encoding));
        attack(&server, &config, &|what, action| {
            let over = format!("{what} over {encoding:?}");
            assert_wiped(&over, &secrets, action);
        });
    }
}

fn key(kms: &blocking::Client) -> String {
    let id = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&*id)).unwrap();
    id
}

#[test]
fn plaintext() {
    everywhere(|server, config, wiped| {
        let kms = blocking::Client::connect(config).unwrap();
        let id = key(&kms);
        let sealed = kms.call(&Encrypt::aes_gcm(&*id, secret())).unwrap();
        let iv = sealed.payload().iv_counter_nonce.unwrap();
        let (data, tag) = sealed.payload().ciphertext_and_tag().unwrap();
        let decrypt = || Decrypt::aes_gcm(&*id, iv, data, tag);
        wiped("Encrypt and Decrypt", &mut || {
            drop(kms.call(&Encrypt::aes_gcm(&*id, secret())).unwrap());
            let opened = kms.call(&decrypt()).unwrap();
            assert_eq!(opened.payload().data.unwrap().expose(), secret());
            assert!(!format!("{opened:?}").is_empty());
        });
        for fault in [Fault::HalfReply, Fault::LoseReply, Fault::ExtraItem, Fault::OtherOperation, Fault::CloseUnread] {
            wiped(&format!("{fault:?}"), &mut || {
                server.fail_next(fault.clone());
                let _ = kms.call(&decrypt()).map(drop);
                server.fail_next(fault.clone());
                let _ = kms.call(&Encrypt::aes_gcm(&*id, secret())).map(drop);
                server.heal();
            });
        }
        wiped("what other operations work on", &mut || {
            kms.call(&Encrypt::aes_gcm("nobody", secret())).map(drop).unwrap_err();
            drop(kms.call(&Hash::sha256(secret())).unwrap());
            let _ = kms.call(&Mac::data(&*id, secret())).map(drop);
            let _ = kms.call(&Sign::data(&*id, secret())).map(drop);
            let _ = kms.call(&RngSeed::bytes(secret())).map(drop);
        });
    });
}

/// A destination that is full.
struct Full;

impl io::Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn plaintext_in_parts() {
    const IV: &[u8] = b"0123456789abcdef";
    everywhere(|server, config, wiped| {
        let kms = blocking::Client::connect(config).unwrap();
        let id = key(&kms);
        let (encrypt, decrypt) = (|| Encrypt::aes_cbc(&*id, b"").iv(IV), || Decrypt::aes_cbc(&*id, IV, b""));
        let plain = secret().repeat(3000).leak();
        let mut sealed = Vec::new();
        kms.stream(encrypt(), &*plain, &mut sealed).map(drop).unwrap();
        wiped("parts", &mut || {
            kms.stream(decrypt(), &*sealed, io::sink()).map(drop).unwrap();
        });
        wiped("parts that are cut off", &mut || {
            server.fail_next(Fault::LoseReply);
            let _ = kms.stream(decrypt(), &*sealed, io::sink()).map(drop);
            server.heal();
            kms.stream(decrypt(), &*sealed, Full).map(drop).unwrap_err();
            kms.stream(encrypt(), &*plain, Full).map(drop).unwrap_err();
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        wiped("parts, async", &mut || {
            runtime.block_on(async {
                let kms = kmip_client::Client::connect(config).await.unwrap();
                kms.stream(encrypt(), &*plain, tokio::io::sink()).await.map(drop).unwrap();
                kms.stream(decrypt(), &*sealed, tokio::io::sink()).await.map(drop).unwrap();
            });
        });
    });
}

#[test]
fn objects() {
    everywhere(|server, config, wiped| {
        let kms = blocking::Client::connect(config).unwrap();
        let get = |id: &str| {
            let got = kms.call(&Get::id(id)).unwrap();
            assert_eq!(got.payload().object.key_block().unwrap().bytes().unwrap().expose(), secret());
        };
        wiped("Secret Data and Opaque Objects", &mut || {
            let data = kms.call(&Register::secret_data(SecretDataType::PASSWORD, secret())).unwrap();
            get(&data.payload().unique_identifier.to_string());
            let text = kms.call(&Register::secret_data(SecretDataType::PASSWORD, PASSWORD.as_bytes())).unwrap();
            drop(kms.call(&Get::id(text.payload().unique_identifier)).unwrap());
            drop(kms.call(&Register::opaque_object(OpaqueDataType::from_value(0x8000_0001), secret())).unwrap());
        });
        wiped("Export, Import and Derive Key", &mut || {
            let key = kms.call(&register()).unwrap().payload().unique_identifier.to_string();
            let exported = kms.call(&Export::id(&*key)).unwrap();
            let payload = exported.payload();
            let mut import = Import::object("other", payload.object.as_deref().unwrap().clone()).replace_existing(true);
            import.attributes = payload.attributes.clone().unwrap();
            drop(kms.call(&import).unwrap());
            get("other");
            drop(exported.clone());
            let _ = kms.call(&DeriveKey::aes(128).hmac(&*key, HashingAlgorithm::SHA_256, secret())).map(drop);
        });
        wiped("Split Keys", &mut || {
            let key = kms.call(&register()).unwrap().payload().unique_identifier.to_string();
            let parts = kms.call(&CreateSplitKey::xor(2).of(&*key)).unwrap();
            let parts: Vec<String> = parts.payload().unique_identifiers.iter().map(ToString::to_string).collect();
            let joined = kms.call(&JoinSplitKey::symmetric_key(parts.iter().map(|id| &**id))).unwrap();
            get(&joined.payload().unique_identifier.to_string());
            let request = register();
            let mut part = SplitKey::default().split_key_parts(2).key_part_identifier(1).split_key_threshold(2);
            part.split_key_method = SplitKeyMethod::XOR;
            part.key_block = request.object.key_block().unwrap().clone();
            let part = kms.call(&Register::object(Object::SplitKey(part))).unwrap();
            get(&part.payload().unique_identifier.to_string());
        });
        wiped("batches", &mut || {
            drop(kms.batch(&(register(), Get::id("nobody"), register())).unwrap());
            drop(kms.batch(&vec![register(); 40]).unwrap());
            server.fail_next(Fault::MissingItem);
            let _ = kms.batch(&(register(), register())).map(drop);
            server.heal();
        });
        wiped("a flow", &mut || {
            let register = async |kms: kmip_client::blocking::FlowClient| kms.call(&register()).await.map(drop);
            kms.run(register).unwrap();
        });
    });
}

#[test]
fn credentials() {
    let (password, bytes) = (Password::new(PASSWORD), Secret::new(secret()));
    let attestation = AttestationCredential::new(Nonce::new(b"id", b"value"), AttestationType::TPM_QUOTE);
    let all = [
        Credential::UsernameAndPassword(UsernameAndPassword::new("alice").password(password)),
        Credential::Device(DeviceCredential::default().device_serial_number("4711").password(password)),
        Credential::Attestation(attestation.clone().attestation_measurement(bytes)),
        Credential::Attestation(attestation.attestation_assertion(bytes)),
        Credential::OneTimePassword(OneTimePasswordCredential::new("alice", password).password(password)),
        Credential::HashedPassword(HashedPasswordCredential::new(
            "alice",
            Timestamp::Seconds(DateTime::default()),
            bytes,
        )),
    ];
    everywhere(|server, config, wiped| {
        for credential in &all {
            for version in [V1_4, V2_1] {
                wiped(&format!("{} in {version}", credential.credential_type()), &mut || {
                    let credentials = Credentials::of(credential).unwrap();
                    let two = credentials.and(&credentials).unwrap();
                    let config = config.clone().version(version).credential(credentials);
                    // Some do not exist in KMIP 1.4.
                    let Ok(kms) = blocking::Client::connect(&config) else { return };
                    let _ = kms.with_credential(two).call(&Create::aes(256)).map(drop);
                    server.fail_next(Fault::CloseUnread);
                    let _ = kms.call(&Get::id("nobody")).map(drop);
                    server.heal();
                });
            }
        }
    });
}

/// The buffer for a pipe, which has no length, grows.
#[cfg(unix)]
#[test]
fn a_private_key_from_a_pipe() {
    use std::{fs, io::Write as _, process::Command, thread};

    let issued = Pki::new().issue_client("alice");
    let folder = std::env::temp_dir().join(format!("kmip-memory-pipe-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (certificate, pipe) = (folder.join("certificate"), folder.join("pipe"));
    fs::write(&certificate, issued.certificate_pem()).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pem = issued.private_key_pem().to_owned().leak();
    // The first line is the same for all keys of a kind.
    let line = pem.lines().nth(2).unwrap().as_bytes();
    let long = [pem.as_bytes(), &[b'\n'; 20_000]].concat().leak();
    let writer = thread::spawn({
        let pipe = pipe.clone();
        move || fs::File::options().write(true).open(&pipe).unwrap().write_all(long).unwrap()
    });
    assert_wiped("a pipe", &[line], || drop(Identity::from_files(&certificate, &pipe).unwrap()));
    writer.join().unwrap();
    fs::remove_dir_all(folder).unwrap();
}
