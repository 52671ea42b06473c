//! The service on the embedded KMS, called over HTTP.

use std::sync::Mutex;

use kmip_client::Config;
use kmip_client::test_server::Fault;
use kmip_client::ttlv::enumeration::OperationCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// Sends one request, and returns the status and the body.
async fn ask(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.expect("the service listens");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: service\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("it answers");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("it is HTTP");
    let status = std::str::from_utf8(&answer[9..12]).ok().and_then(|status| status.parse().ok());
    (status.expect("it is HTTP"), answer[end + 4..].to_vec())
}

/// Starts a service on two servers.
async fn served(config: Config, deadline: Duration) -> SocketAddr {
    let metrics = Arc::new(Metrics::default());
    let kms = Client::connect(&config.observer(metrics.clone())).await.expect("the servers run");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(axum::serve(listener, Service::new(kms, metrics, deadline).router()).into_future());
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_health_and_metrics() {
    let server = TestServer::start();
    let replica = server.replica();
    for version in [kmip_client::ttlv::V2_1, kmip_client::ttlv::V1_2] {
        let config = server.config().endpoint(replica.address().to_string()).version(version);
        let address = served(config, Duration::from_secs(20)).await;
        let (status, id) = ask(address, "POST", "/keys", b"").await;
        let id = String::from_utf8(id).expect("it is text");
        let key = format!("/keys/{}", id.trim_end());
        assert_eq!(status, 201);
        let (status, sealed) = ask(address, "POST", &format!("{key}/encrypt"), b"attack at dawn").await;
        assert_eq!((status, sealed.windows(6).any(|window| window == b"attack")), (200, false));
        let open = async |sealed: &[u8]| ask(address, "POST", &format!("{key}/decrypt"), sealed).await;
        assert_eq!(open(&sealed).await, (200, b"attack at dawn".to_vec()));
        assert_eq!(open(b"attack").await.0, 400);
        if version > kmip_client::ttlv::V1_4 {
            let changed: Vec<_> = sealed.iter().enumerate().map(|(place, byte)| byte ^ u8::from(place == 40)).collect();
            assert_eq!(open(&changed).await.0, 409);
        }
        assert_eq!(ask(address, "GET", &key, b"").await, (200, b"State: Active\n".to_vec()));

        // One failed server is no problem, and is reported.
        server.stop();
        assert_eq!(ask(address, "GET", &key, b"").await.0, 200);
        let (status, page) = ask(address, "GET", "/health", b"").await;
        let page = String::from_utf8(page).expect("it is text");
        assert_eq!((status, page.starts_with("degraded\n"), page.lines().count()), (200, true, 3), "{page}");
        server.restart();

        assert_eq!(ask(address, "DELETE", &key, b"").await.0, 204);
        assert_eq!(ask(address, "GET", "/keys/none", b"").await.0, 404);
        let page = String::from_utf8(ask(address, "GET", "/metrics", b"").await.1).expect("it is text");
        for line in [
            "kmip_calls_total{operation=\"Create\",outcome=\"answered\"} 1",
            "kmip_calls_total{operation=\"GetAttributes\",outcome=\"refused\"} 1",
            "kmip_call_seconds_count{operation=\"Encrypt\"} 1",
            &format!("kmip_connections_opened_total{{server=\"{}\"}}", replica.address()),
        ] {
            assert!(page.contains(line), "{line:?} is missing in: {page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kms_that_is_late_or_down_is_told() {
    let server = TestServer::start();
    let address = served(server.config(), Duration::from_millis(300)).await;
    server.fail(Fault::Stall.on(OperationCode::GET_ATTRIBUTES).always());
    assert_eq!(ask(address, "GET", "/keys/none", b"").await.0, 504);
    server.heal();
    server.stop();
    assert_eq!(ask(address, "POST", "/keys", b"").await.0, 503);
    let (status, page) = ask(address, "GET", "/health", b"").await;
    assert_eq!((status, page.starts_with(b"down\n")), (503, true));
}

/// Output that a test can read while the service runs.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Page {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panics")).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_requests_that_have_begun() {
    let page = Page::default();
    let (end, ends) = tokio::sync::oneshot::channel::<()>();
    let arguments = Arguments::parse_from(["async_service", "--listen", "127.0.0.1:0", "--deadline", "20000"]);
    let mut output = page.clone();
    let service = tokio::spawn(async move {
        run(&arguments, &mut output, async {
            let _ = ends.await;
        })
        .await
    });
    let address = loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let text = page.text();
        if let Some((_, rest)) = text.split_once("http://") {
            break rest.split('/').next().and_then(|address| address.parse::<SocketAddr>().ok()).expect("an address");
        }
    };
    // A request whose body has not arrived yet.
    let mut begun = TcpStream::connect(address).await.expect("the service listens");
    begun
        .write_all(b"POST /keys/none/decrypt HTTP/1.1\r\nHost: service\r\nContent-Length: 6\r\n\r\n")
        .await
        .expect("it reads");
    tokio::time::sleep(Duration::from_millis(100)).await;
    end.send(()).expect("it runs");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!service.is_finished(), "{}", page.text());
    begun.write_all(b"attack").await.expect("it still reads");
    let mut answer = Vec::new();
    begun.read_to_end(&mut answer).await.expect("it answers");
    assert!(answer.starts_with(b"HTTP/1.1 400 "), "{}", String::from_utf8_lossy(&answer));
    service.await.expect("it does not panic").expect("it ends well");
    assert!(page.text().contains("calls to the KMS, 0 failed") && TcpStream::connect(address).await.is_err());
}
