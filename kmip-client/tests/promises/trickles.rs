//! Servers that are slow on purpose: a byte at a time, or not reading at all.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use kmip_client::protocol::operation::{Create, Register};
use kmip_client::test_server::TestServer;
use kmip_client::{Client, Config, EndpointState, Error, MessageEncoding, blocking};
use kmip_ttlv::enumeration::CryptographicAlgorithm;

use crate::evil::{Echo, Evil, TRANSPORTS, Transport, created, serve};
use crate::{call, limits, run};

/// The limit of handshakes, which is enough for those of a good server.
const HANDSHAKE: Duration = Duration::from_millis(600);

/// The limit of calls.
const CALL: Duration = Duration::from_millis(200);

/// A time that no such call takes, on the slowest machine.
const TOO_LONG: Duration = Duration::from_secs(8);

/// The pause between two bytes. A handshake of a kilobyte takes far longer than `HANDSHAKE`.
const PAUSE: Duration = Duration::from_millis(5);

/// Starts a proxy that passes on what the server sends a byte at a time.
fn trickling(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
            client.set_nodelay(true).unwrap();
            let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || {
                let _ = io::copy(&mut from_client, &mut to_server);
                let _ = to_server.shutdown(Shutdown::Both);
            });
            thread::spawn(move || trickle(server, client));
        }
    });
    address
}

fn trickle(from: TcpStream, mut to: TcpStream) {
    for byte in BufReader::new(from).bytes() {
        if byte.and_then(|byte| to.write_all(&[byte])).is_err() {
            return;
        }
        thread::sleep(PAUSE);
    }
}

/// Starts a server, and returns its address and the configuration of its clients, for an endpoint of any address.
fn server(is_https: bool) -> (TestServer, SocketAddr, impl Fn(SocketAddr) -> String) {
    let builder = TestServer::builder();
    let server = if is_https { builder.https().start() } else { builder.start() };
    let port = server.address().to_string().trim_end_matches("/kmip").rsplit(':').next().unwrap().parse().unwrap();
    let url = move |address: SocketAddr| if is_https { format!("https://{address}/kmip") } else { address.to_string() };
    (server, SocketAddr::from(([127, 0, 0, 1], port)), url)
}

fn hasty(server: &TestServer, address: String) -> Config {
    let config = Config::new(address).trust(kmip_client::Trust::ca_pem(server.pki().ca_pem()).unwrap());
    let config = config.identity(server.pki().issue_client("alice").identity().unwrap());
    limits(config).connect_timeout(HANDSHAKE)
}

#[track_caller]
fn in_time<R>(what: &str, action: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = action();
    assert!(start.elapsed() < TOO_LONG, "{what}: {:?}", start.elapsed());
    result
}

#[test]
fn a_handshake_that_trickles_ends_with_its_limit() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for is_https in [false, true] {
        let (server, address, url) = server(is_https);
        let config = hasty(&server, url(trickling(address)));
        let error = in_time("blocking", || blocking::Client::connect(&config).map(drop).unwrap_err());
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
        let error = in_time("fetching", || blocking::fetch_certificate(config.clone()).map(drop).unwrap_err());
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
        let error = in_time("async", || runtime.block_on(Client::connect(&config)).map(drop).unwrap_err());
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    }
}

/// The other server has its turn in the time of the call, and the probe reports both.
#[test]
fn the_server_after_one_that_trickles_has_its_turn() {
    for is_https in [false, true] {
        for is_async in [false, true] {
            let (server, address, url) = server(is_https);
            let slow = trickling(address);
            let what = format!("https: {is_https}, async: {is_async}");
            let config = hasty(&server, url(slow)).endpoint(url(address)).min_idle(2);
            run(&config, is_async, async |client| {
                let start = Instant::now();
                for _ in 0..3 {
                    call!(client, &Create::aes(256)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
                }
                let status = match &client {
                    crate::Either::Blocking(client) => client.probe(),
                    crate::Either::Async(client) => client.probe().await,
                };
                let states: Vec<_> = status.endpoints.iter().map(|endpoint| endpoint.state).collect();
                assert_eq!(states, [EndpointState::Unreachable, EndpointState::Normal], "{what}");
                assert!(start.elapsed() < TOO_LONG, "{what}: {:?}", start.elapsed());
            });
        }
    }
}

/// The request fills the buffers of both systems, and then nothing moves.
#[test]
fn a_server_that_reads_nothing_leaves_the_outcome_unknown_in_time() {
    let material: &[u8] = &vec![7; 16 << 20].leak()[..];
    for transport in TRANSPORTS.into_iter().take(2) {
        for is_async in [false, true] {
            let (end, ended) = mpsc::channel::<()>();
            let ended = std::sync::Arc::new(std::sync::Mutex::new(ended));
            let serve_it = move |evil: Evil, _| {
                let _ = ended.lock().unwrap().recv();
                drop(evil);
            };
            let config = limits(serve(transport, serve_it)).attempt_timeout(CALL);
            run(&config, is_async, async |client| {
                let start = Instant::now();
                let request = Register::symmetric_key(CryptographicAlgorithm::AES, material);
                let error = call!(client, &request).map(drop).unwrap_err();
                let what = format!("{transport:?}, async: {is_async}: {error:?}");
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}");
                // Dropping the client does not wait for the server either.
                drop(client);
                assert!(start.elapsed() < TOO_LONG, "{what}: {:?}", start.elapsed());
            });
            drop(end);
        }
    }
}

/// The bytes that trickle in the place of a response.
#[derive(Clone, Copy, Debug)]
enum Slow {
    /// The bytes of one TLS record.
    Record,
    /// The response, a record for each byte.
    Response,
    /// The head of HTTP, without an end.
    Head,
    /// Interim responses of HTTP, without an end.
    Interim,
    /// Chunks of one byte, without an end.
    Chunks,
}

#[test]
fn a_response_that_trickles_ends_with_the_call() {
    const HTTPS: Transport = Transport::Https(MessageEncoding::Ttlv);
    for (slow, transport) in [
        (Slow::Record, TRANSPORTS[0]),
        (Slow::Response, TRANSPORTS[0]),
        (Slow::Response, HTTPS),
        (Slow::Head, HTTPS),
        (Slow::Interim, HTTPS),
        (Slow::Chunks, HTTPS),
    ] {
        for is_async in [false, true] {
            let serve_it = move |mut evil: Evil, _| {
                let Some(request) = evil.request() else { return };
                // Longer than the limit of the call allows.
                let answer = created(&request, Echo::Id, &"n".repeat(4000));
                let framed = evil.framed(&answer);
                let pieces: Box<dyn Iterator<Item = Vec<u8>>> = match slow {
                    Slow::Record => {
                        let record = evil.sealed(&framed);
                        for byte in record {
                            if evil.tcp.write_all(&[byte]).is_err() {
                                return;
                            }
                            thread::sleep(PAUSE);
                        }
                        return;
                    }
                    Slow::Response => Box::new(framed.into_iter().map(|byte| vec![byte])),
                    Slow::Head => Box::new(
                        b"HTTP/1.1 200 OK\r\nX: ".iter().copied().chain(std::iter::repeat(b'a')).map(|byte| vec![byte]),
                    ),
                    Slow::Interim => Box::new(std::iter::repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())),
                    Slow::Chunks => Box::new(
                        std::iter::once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec())
                            .chain(std::iter::repeat(b"1\r\nB\r\n".to_vec())),
                    ),
                };
                for piece in pieces {
                    let record = evil.sealed(&piece);
                    if evil.tcp.write_all(&record).is_err() {
                        return;
                    }
                    thread::sleep(PAUSE);
                }
            };
            let config = limits(serve(transport, serve_it)).attempt_timeout(CALL);
            run(&config, is_async, async |client| {
                let start = Instant::now();
                let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
                let what = format!("{slow:?}, {transport:?}, async: {is_async}: {error:?}");
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}");
                assert!(start.elapsed() < TOO_LONG, "{what}: {:?}", start.elapsed());
            });
        }
    }
}
