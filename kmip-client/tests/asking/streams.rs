//! Data of any length through the operations of the server, compared with known digests and the local results of
//! aws-lc-rs.

use std::io::{self, Read};
use std::time::Duration;

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::{aead, hmac, signature};
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::CryptographicParameters;
use kmip_client::protocol::message::RequestMessage;
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, CreateRequest, Decrypt, Destroy, Encrypt, EncryptRequest, EncryptResponse, Get,
    Hash, HashResponse, Mac, MacVerify, MultiPart, Repeat, Request, RequestPayload, Revoke, Sign, SignatureVerify,
};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Config, Error, Exchange, Parts, Stream, StreamError, Streamed};
use kmip_ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, CryptographicUsageMask as Mask, DigitalSignatureAlgorithm,
    OperationCode as Code, RecommendedCurve, ResultReason, RevocationReasonCode,
};
use kmip_ttlv::{ErrorKind, Rules, Tag, V1_2, V1_3, V1_4, V2_0, V2_1};

use crate::{answer, real_server, runtime, with_both};

/// Returns the output of each client for this data: the result in parts, and the replies.
fn with_each<R: MultiPart + Clone>(
    config: &Config,
    request: &R,
    data: &[u8],
) -> Vec<(Vec<u8>, Streamed<R::Operation>)> {
    let mut out = Vec::new();
    let kms = Client::connect(config).unwrap();
    let done = kms.stream(request.clone(), Uneven(data), &mut out).unwrap();
    let mut async_out = Vec::new();
    let async_done = runtime().block_on(async {
        let kms = kmip_client::Client::connect(config).await.unwrap();
        kms.stream(request.clone(), data, &mut async_out).await.unwrap()
    });
    vec![(out, done), (async_out, async_done)]
}

/// Reads in pieces of varying lengths, none longer than requested.
struct Uneven<'a>(&'a [u8]);

impl Read for Uneven<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(buffer.len() <= 65_536, "a part at most");
        let length = buffer.len().min(1 + self.0.len() % 7_919);
        self.0.read(&mut buffer[..length])
    }
}

fn data(length: usize) -> Vec<u8> {
    (0..=250_u8).cycle().take(length).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// FIPS 180-2, B.3: one million times the letter a.
#[test]
fn the_digest_of_a_million_letters() {
    const KNOWN: &str = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    for version in [V1_3, V1_4, V2_0, V2_1] {
        let server = TestServer::start();
        for (out, done) in with_each(&server.config().version(version), &Hash::sha256(b""), &[b'a'; 1_000_000]) {
            assert_eq!(done.last().payload().data.map(hex).as_deref(), Some(KNOWN));
            assert!(out.is_empty());
            assert_ne!(done.first().payload(), done.last().payload());
        }
        assert_eq!(server.requests()[&Code::HASH], 2 * 16, "16 parts of 64 KiB at most");
    }
}

#[test]
fn decrypts_in_parts_and_in_one_what_was_encrypted_in_parts() {
    let server = TestServer::start();
    for version in [V1_3, V1_4, V2_1] {
        let config = server.config().version(version);
        let (id, bytes) = key(&config, &Create::aes(256));
        for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001] {
            let plaintext = data(length);
            for (ciphertext, done) in with_each(&config, &Encrypt::aes_cbc(&id, b""), &plaintext) {
                let first = done.first().payload();
                let iv = first.iv_counter_nonce.unwrap();
                let key = UnboundCipherKey::new(&AES_256, &bytes).unwrap();
                let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).unwrap();
                let mut here = ciphertext.clone();
                let context = DecryptionContext::Iv128(<[u8; 16]>::try_from(iv).unwrap().into());
                assert_eq!(key.decrypt(&mut here, context).unwrap(), plaintext, "{length}");
                for (there, _) in with_each(&config, &Decrypt::aes_cbc(&id, iv, b""), &ciphertext) {
                    assert!(there == plaintext, "{length}");
                }
            }
        }
    }
}

#[test]
fn a_mode_without_padding() {
    let server = TestServer::start();
    let config = server.config();
    let (id, bytes) = key(&config, &Create::aes(256));
    let parameters = CryptographicParameters::default()
        .block_cipher_mode(BlockCipherMode::CTR)
        .cryptographic_algorithm(CryptographicAlgorithm::AES);
    let (plaintext, iv) = (data(200_003), [9; 16]);
    for (ciphertext, _) in with_each(&config, &Encrypt::with(&id, parameters, b"").iv(&iv), &plaintext) {
        let key = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, &bytes).unwrap()).unwrap();
        let mut here = ciphertext.clone();
        assert!(key.decrypt(&mut here, DecryptionContext::Iv128(iv.into())).unwrap() == plaintext);
    }
}

#[test]
fn an_authenticated_mode() {
    let server = TestServer::start();
    // The tag has a field of its own since 1.4, and is at the end of the data before.
    for version in [V1_3, V1_4, V2_1] {
        let config = server.config().version(version);
        let (id, bytes) = key(&config, &Create::aes(256));
        let plaintext = data(200_003);
        let encrypt = match version {
            V1_3 => Encrypt::aes_gcm(&id, b""),
            _ => Encrypt::aes_gcm(&id, b"").additional_data(b"order 66"),
        };
        for (ciphertext, done) in with_each(&config, &encrypt, &plaintext) {
            let (first, last) = (done.first().payload(), done.last().payload());
            let iv = first.iv_counter_nonce.unwrap();
            let mut here = ciphertext.clone();
            here.extend_from_slice(last.tag.unwrap_or_default());
            let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, &bytes).unwrap());
            let additional: &[u8] = if version == V1_3 { b"" } else { b"order 66" };
            let nonce = aead::Nonce::try_assume_unique_for_key(iv).unwrap();
            assert!(key.open_in_place(nonce, aead::Aad::from(additional), &mut here).unwrap() == plaintext);

            let decrypt = match last.tag {
                Some(tag) => Decrypt::aes_gcm(&id, iv, b"", tag).additional_data(b"order 66"),
                None => Decrypt::aes_gcm_joined(&id, iv, b""),
            };
            for (there, _) in with_each(&config, &decrypt, &ciphertext) {
                assert!(there == plaintext);
            }
            let mut changed = ciphertext.clone();
            changed[100_000] ^= 1;
            let kms = Client::connect(&config).unwrap();
            let error = kms.stream(decrypt, changed.as_slice(), io::sink()).unwrap_err();
            assert!(matches!(error, StreamError::Kms(Error::Refused(_))), "{error:?}");
        }
    }
}

#[test]
fn codes_and_signatures() {
    let server = TestServer::start();
    let message = data(200_003);
    for version in [V1_3, V2_1] {
        let config = server.config().version(version);
        let request = Create::symmetric_key(CryptographicAlgorithm::HMAC_SHA256, 256);
        let (id, bytes) = key(&config, &request.usage(Mask::MAC_GENERATE | Mask::MAC_VERIFY));
        let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), &message);
        for (_, done) in with_each(&config, &Mac::data(&id, b""), &message) {
            assert_eq!(done.last().payload().mac_data, Some(expected.as_ref()));
        }
        for (code, valid) in [(expected.as_ref(), true), (&[0; 32], false)] {
            for (_, done) in with_each(&config, &MacVerify::data(&id, b"", code), &message) {
                assert_eq!(done.last().payload().is_valid(), valid);
            }
        }

        let kms = Client::connect(&config).unwrap();
        let request = CreateKeyPair::ec(RecommendedCurve::P_256);
        let made = kms.call(&request).unwrap();
        let (private, public) = (
            made.payload().private_key_unique_identifier.to_string(),
            made.payload().public_key_unique_identifier.to_string(),
        );
        for id in [&private, &public] {
            kms.call(&Activate::id(id)).unwrap();
        }
        let fetched = kms.call(&Get::id(&public)).unwrap();
        let object = fetched.payload().object;
        let spki = object.key_block().unwrap().bytes().unwrap().expose();
        let point = &spki[spki.len() - 65..];
        let algorithm = DigitalSignatureAlgorithm::ECDSA_WITH_SHA256;
        for (_, done) in with_each(&config, &Sign::data(&private, b"").algorithm(algorithm), &message) {
            let last = done.last().payload();
            let signed = last.signature_data.unwrap();
            let here = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point);
            here.verify(&message, signed).unwrap();
            for (message, valid) in [(&message[..], true), (&message[1..], false)] {
                let verify = SignatureVerify::data(&public, b"", signed).algorithm(algorithm);
                for (_, done) in with_each(&config, &verify, message) {
                    assert_eq!(done.last().payload().is_valid(), valid);
                }
            }
        }
    }
}

/// Data that fits one part needs no server and no version with multi-part support.
#[test]
fn sends_short_data_as_one_request() {
    let server = TestServer::start();
    let config = server.config().version(V1_2);
    for length in [0, 3, 65_536] {
        for (_, done) in with_each(&config, &Hash::sha256(b""), &data(length)) {
            let here = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &data(length));
            assert_eq!(done.last().payload().data, Some(here.as_ref()));
            assert_eq!(done.first().payload(), done.last().payload());
        }
    }
    assert_eq!(server.requests()[&Code::HASH], 2 * 3);
    let kms = Client::connect(&config).unwrap();
    let error = kms.stream(Hash::sha256(b""), data(65_537).as_slice(), io::sink()).unwrap_err();
    let StreamError::Kms(Error::Encode(error)) = error else { panic!("{error:?}") };
    assert!(matches!(error.kind(), ErrorKind::NotInVersion { tag: Tag::INIT_INDICATOR, .. }), "{error}");
}

#[test]
fn data_of_the_request_come_first() {
    let server = TestServer::start();
    let here = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"abc");
    for (_, done) in with_each(&server.config(), &Hash::sha256(b"ab"), b"c") {
        assert_eq!(done.last().payload().data, Some(here.as_ref()));
    }
}

/// Fails after this many bytes.
struct Broken(usize);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.min(buffer.len()) {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            length => {
                buffer[..length].fill(7);
                self.0 -= length;
                Ok(length)
            }
        }
    }
}

impl io::Write for Broken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.min(bytes.len()) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            length => {
                self.0 -= length;
                Ok(length)
            }
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The server keeps 16 operations of a client open: more would fail if they stayed open.
#[test]
fn ends_a_failed_stream_on_the_server() {
    let server = TestServer::start();
    let config = server.config();
    let (id, _) = key(&config, &Create::aes(256));
    let kms = Client::connect(&config).unwrap();
    for _ in 0..20 {
        let error = kms.stream(Hash::sha256(b""), Broken(200_000), io::sink()).unwrap_err();
        assert!(matches!(error, StreamError::Read(_)), "{error:?}");
        let error = kms.stream(Encrypt::aes_cbc(&id, b""), data(300_000).as_slice(), Broken(100_000)).unwrap_err();
        assert!(matches!(error, StreamError::Write(_)), "{error:?}");
    }
    // The server gathers 1 MiB at most for an operation that needs all its data at once.
    for _ in 0..2 {
        let error = kms.stream(Encrypt::aes_gcm(&id, b""), data(1_200_000).as_slice(), io::sink()).unwrap_err();
        let StreamError::Kms(error) = error else { panic!("{error:?}") };
        assert_eq!(error.reason(), Some(ResultReason::SERVER_LIMIT_EXCEEDED));
    }
    kms.stream(Hash::sha256(b""), data(300_000).as_slice(), io::sink()).unwrap();
}

/// The same, but the caller drops the future while the reader waits.
#[test]
fn ends_a_dropped_stream_on_the_server() {
    let server = TestServer::start();
    let config = server.config();
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        let data = data(200_000);
        for _ in 0..20 {
            let (mut writer, reader) = tokio::io::duplex(1 << 20);
            tokio::io::AsyncWriteExt::write_all(&mut writer, &data).await.unwrap();
            let stream = kms.stream(Hash::sha256(b""), reader, tokio::io::sink());
            tokio::time::timeout(Duration::from_millis(50), stream).await.unwrap_err();
        }
        kms.stream(Hash::sha256(b""), data.as_slice(), tokio::io::sink()).await.unwrap();
    });
}

#[test]
fn a_server_that_does_not_take_parts_is_found_out() {
    let reply = answer(V1_4, Code::HASH, &HashResponse::default().data(&[7; 32]));
    let server = TestServer::start();
    let kms = Client::connect(&server.config().version(V1_4)).unwrap();
    server.fail_next(Script::Reply(reply));
    let error = kms.stream(Hash::sha256(b""), data(100_000).as_slice(), io::sink()).unwrap_err();
    assert!(matches!(error, StreamError::Kms(Error::NotInParts(Code::HASH))), "{error:?}");
    assert_eq!(server.requests()[&Code::HASH], 1);
}

#[test]
fn piece_by_piece_with_either_client() {
    let server = TestServer::start();
    with_both!(&server.config(), kms => {
        let here = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &data(1000));
        let mut stream = Stream::with_part_size(kms, Hash::sha256(b""), 64);
        let mut parts = 0;
        for piece in data(1000).chunks(150) {
            parts += stream.push(piece).await.unwrap().len();
        }
        assert_eq!(parts, 15);
        let done = stream.finish().await.unwrap();
        assert_eq!(done.last().payload().data, Some(here.as_ref()));

        for _ in 0..20 {
            let mut stream = Stream::with_part_size(kms, Hash::sha256(b""), 64);
            stream.push(&[7; 100]).await.unwrap();
            drop(stream);
        }
    });
}

/// The servers of one KMS have the same keys, but only one knows the parts of an operation.
#[test]
fn all_parts_go_to_one_server() {
    let server = TestServer::start();
    let replica = server.replica();
    let config = server.config().endpoint(replica.address().to_string()).spread();
    let here = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &data(1000));
    with_both!(&config, kms => {
        for _ in 0..2 {
            let mut stream = Stream::with_part_size(kms, Hash::sha256(b""), 64);
            stream.push(&data(1000)).await.unwrap();
            let done = stream.finish().await.unwrap();
            let here = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &data(1000));
            assert_eq!(done.last().payload().data, Some(here.as_ref()));
        }
    });
    let hashed = |server: &TestServer| server.requests()[&Code::HASH];
    assert_eq!(
        (hashed(&server), hashed(&replica)),
        (32, 32),
        "16 parts, twice with each client: one of them on each server"
    );

    // It does not continue on another server.
    let kms = Client::connect(&config).unwrap();
    let error = kms.run(async |kms| {
        let mut stream = Stream::with_part_size(&kms, Hash::sha256(b""), 64);
        stream.push(&data(100)).await.unwrap();
        if hashed(&server) > 32 {
            server.stop();
        } else {
            replica.stop();
        }
        stream.push(&data(100)).await.unwrap_err()
    });
    assert!(matches!(error, Error::Unreachable(_) | Error::OutcomeUnknown(_)), "{error:?}");
    assert_eq!(hashed(&server) + hashed(&replica), 65);
    let done = kms.stream(Hash::sha256(b""), data(1000).as_slice(), io::sink()).unwrap();
    assert_eq!(done.last().payload().data, Some(here.as_ref()));
}

/// Without any client. The OASIS test case CS-BC-M-GCM-3 determines the fields of each part.
#[test]
fn without_a_client() {
    fn request(part: &impl Request<Operation = Encrypt>, seen: impl FnOnce(&EncryptRequest<'_>)) {
        let exchange = Exchange::new(V1_4, part).unwrap();
        let (message, _) = RequestMessage::decode_message(exchange.request(), Rules::STRICT).unwrap();
        let RequestPayload::Encrypt(request) = &message.batch_items[0].payload else { panic!("{message:?}") };
        assert_eq!(exchange.repeat(), request.repeat());
        seen(request);
    }
    let encrypt = Encrypt::aes_gcm("key", b"").iv(b"cafebabeface").additional_data(b"feed");
    let mut parts = Parts::new(encrypt, 4);
    assert_eq!((parts.push(b"abcde"), parts.is_full(), parts.is_open()), (4, true, false));
    assert_eq!(format!("{parts:?} {:?}", parts.request()), "Parts(4 of 4 bytes) Part(Encrypt)");
    let bytes = |data: &'static [u8]| Some(data.into());
    request(&parts.request(), |first| {
        assert_eq!((first.init_indicator, first.final_indicator, first.correlation_value), (Some(true), None, None));
        assert_eq!((first.iv_counter_nonce, first.additional_data), (Some(&b"cafebabeface"[..]), Some(&b"feed"[..])));
        assert_eq!(first.data, bytes(b"abcd"));
    });
    request(&parts.last_request(), |only| assert!(only.is_single_part() && only.repeat() == Repeat::Metered));

    let response = EncryptResponse::new("key").data(b"wxyz").correlation_value(b"4711");
    let reply =
        Exchange::new(V1_4, &parts.request()).unwrap().answer(answer(V1_4, Code::ENCRYPT, &response).into()).unwrap();
    parts.answered(&reply).unwrap();
    assert!(parts.is_open() && !parts.is_full());
    parts.push(b"e");
    for last in [false, true] {
        let seen = |next: &EncryptRequest<'_>| {
            assert_eq!((next.init_indicator, next.final_indicator), (None, last.then_some(true)));
            assert_eq!((next.iv_counter_nonce, next.additional_data), (None, None));
            assert_eq!((next.correlation_value, next.data), (Some(&b"4711"[..]), bytes(b"e")));
            assert_eq!(next.unique_identifier, Some("key".into()));
            assert!(next.cryptographic_parameters.is_some());
        };
        if last { request(&parts.last_request(), seen) } else { request(&parts.request(), seen) }
    }
}

#[test]
fn the_future_of_a_stream_goes_to_another_thread() {
    let server = TestServer::start();
    let config = server.config();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        let task = tokio::spawn(async move {
            let data = data(100_000);
            kms.stream(Hash::sha256(b""), data.as_slice(), tokio::io::sink()).await.map(drop)
        });
        task.await.unwrap().unwrap();
    });
}

/// Data that fits one part works on both servers. Neither supports several parts: PyKMIP refuses them, and Cosmian
/// takes the first for the whole data, which has to be detected before the result is used. Its Hash in KMIP 2.1 cannot
/// be detected: with each part it hashes the digest of the data before.
#[needs::env("KMIP_TEST_PYKMIP", "KMIP_TEST_COSMIAN")]
#[test]
fn on_real_servers() {
    const PYKMIP: &str = "KMIP_TEST_PYKMIP";
    const COSMIAN: &str = "KMIP_TEST_COSMIAN";
    for (variable, version) in [(PYKMIP, V1_4), (PYKMIP, V2_0), (COSMIAN, V1_4), (COSMIAN, V2_1)] {
        let Some(config) = real_server::config(variable) else { continue };
        let config = config.version(version);
        let (id, bytes) = key(&config, &Create::aes(256));
        let (iv, short, long) = ([7; 16], data(1000), data(100_000));
        for (ciphertext, _) in with_each(&config, &Encrypt::aes_cbc(&id, b"").iv(&iv), &short) {
            let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &bytes).unwrap()).unwrap();
            let mut here = ciphertext.clone();
            assert!(key.decrypt(&mut here, DecryptionContext::Iv128(iv.into())).unwrap() == short);
        }
        let kms = Client::connect(&config).unwrap();
        let encrypted = kms.stream(Encrypt::aes_cbc(&id, b"").iv(&iv), long.as_slice(), io::sink()).unwrap_err();
        let hashed = kms.stream(Hash::sha256(b""), long.as_slice(), io::sink());
        match (variable, version) {
            (PYKMIP, _) => {
                assert!(matches!(encrypted, StreamError::Kms(Error::Refused(_))), "{encrypted:?}");
                assert!(matches!(hashed, Err(StreamError::Kms(Error::Refused(_)))), "{hashed:?}");
            }
            _ => assert!(matches!(encrypted, StreamError::Kms(Error::NotInParts(Code::ENCRYPT))), "{encrypted:?}"),
        }
        match (variable, version) {
            (COSMIAN, V2_1) => {
                let sha256 = |bytes: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
                let (first, rest) = long.split_at(65_536);
                let wrong = sha256(&[sha256(first).as_ref(), rest].concat());
                assert_eq!(hashed.unwrap().last().payload().data, Some(wrong.as_ref()), "it is right by now: say so");
            }
            (COSMIAN, _) => {
                assert!(matches!(hashed, Err(StreamError::Kms(Error::NotInParts(Code::HASH)))), "{hashed:?}");
            }
            _ => {}
        }
        kms.call(&Revoke::id(&id, RevocationReasonCode::CESSATION_OF_OPERATION)).unwrap();
        kms.call(&Destroy::id(&id)).unwrap();
    }
}

/// Returns a usable key, and its bytes.
fn key(config: &Config, request: &CreateRequest<'_>) -> (String, Vec<u8>) {
    let kms = Client::connect(config).unwrap();
    let created = kms.call(request).unwrap();
    let id = created.payload().unique_identifier;
    kms.call(&Activate::id(id)).unwrap();
    let fetched = kms.call(&Get::id(id)).unwrap();
    let bytes = fetched.payload().object.key_block().unwrap().bytes().unwrap().expose().to_vec();
    (id.to_string(), bytes)
}
