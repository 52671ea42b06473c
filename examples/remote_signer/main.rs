//! A TLS server whose private key stays in the KMS, which makes only the signature of each handshake.
//!
//! ```sh
//! cargo run --example remote_signer
//! openssl s_client -connect 127.0.0.1:4433 -CAfile cert.pem   # in another window, as it says
//! curl --cacert cert.pem https://127.0.0.1:4433/
//! ```
//!
//! It creates a key pair on the embedded KMS, or on the one that `--server` names, and a certificate that the key
//! signs. For each handshake it prints what was signed, where, and how long that took. With `--connections` it ends,
//! and destroys the key.

mod key;
mod told;

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use examples::{Failure, Output, ServerArgs, replace, report, wrap};
use kmip_client::blocking::Client;
use kmip_client::keys::TlsKey;
use kmip_client::rustls::{self, ServerConfig, ServerConnection, SignatureScheme};
use kmip_client::test_server::TestServer;

use crate::key::Key;
use crate::told::told;

/// The longest time that a handshake waits for the KMS.
const LIMIT: Duration = Duration::from_secs(2);

/// Serves TLS with a private key that stays in the KMS
#[derive(Parser)]
#[command(max_term_width = 80)]
struct Arguments {
    /// The address to serve
    #[arg(default_value = "127.0.0.1:4433")]
    listen: String,
    /// Use an RSA key in place of one on P-256
    #[arg(long)]
    rsa: bool,
    /// The file for the certificate (default: a file in the temporary folder)
    #[arg(long, value_name = "FILE")]
    cert_out: Option<PathBuf>,
    /// End after this many connections, and destroy the key
    #[arg(long, value_name = "NUMBER")]
    connections: Option<usize>,
    #[command(flatten)]
    server: ServerArgs,
}

fn main() -> ExitCode {
    examples::main(run)
}

fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<(), Failure> {
    let server = arguments.server.kms(TestServer::builder(), 1, output)?;
    let kms = Client::connect(&server.config)?;
    let listener = TcpListener::bind(&arguments.listen)
        .map_err(|error| Failure::Usage(format!("cannot serve {}: {error}", arguments.listen)))?;
    let key = Key::create(&kms, arguments.rsa)?;
    let served = serve(arguments, &listener, &key, &kms, output);
    // Without --connections only Ctrl-C ends it: the key is left on the KMS.
    let destroyed = key.destroy(&kms);
    served.and(destroyed)
}

fn serve(
    arguments: &Arguments,
    listener: &TcpListener,
    key: &Key,
    kms: &Client,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let (config, schemes) = server_config(key, kms.endpoint().to_string())?;
    let config = Arc::new(config);
    let path = arguments.cert_out.clone().unwrap_or_else(|| std::env::temp_dir().join("remote-signer.pem"));
    let pem = key.certificate.to_pem().map_err(|error| Failure::Other(report(&error)))?;
    replace(&path, pem.as_bytes())?;
    let address = listener.local_addr()?;
    let text = format!("The key {} stays in the KMS at {}.", key.signer.private_key_id(), kms.endpoint());
    writeln!(output, "{}", wrap(&text))?;
    writeln!(output, "{}\n", wrap(&format!("It signs {schemes:?}; TLS 1.3 needs another scheme than PKCS1.")))?;
    writeln!(output, "openssl s_client -connect {address} -CAfile {}", path.display())?;
    writeln!(output, "curl --cacert {} https://{address}/\n", path.display())?;

    let mut connections = Vec::new();
    for stream in listener.incoming().take(arguments.connections.unwrap_or(usize::MAX)) {
        let config = Arc::clone(&config);
        // One thread per connection: while one waits for the KMS, the others continue.
        connections.push(std::thread::spawn(move || {
            let ended = stream.and_then(|stream| greet(stream, config));
            let text = ended.unwrap_or_else(|error| format!("a connection failed: {error}"));
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "{text}");
        }));
        connections.retain(|connection| !connection.is_finished());
    }
    for connection in connections {
        connection.join().map_err(|_| Failure::Other("a connection has panicked".into()))?;
    }
    Ok(())
}

/// Returns the configuration, and the schemes that the KMS has proved to sign.
fn server_config(key: &Key, kms: String) -> Result<(ServerConfig, Vec<SignatureScheme>), Failure> {
    let other = |error: &dyn std::error::Error| Failure::Other(report(error));
    let tls = TlsKey::new(&key.signer, LIMIT).map_err(|error| other(&error))?;
    // Checks that the certificate belongs to the key.
    let certified = tls.certified(vec![key.certificate.clone().into()]).map_err(|error| other(&error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| other(&error))?.with_no_client_auth();
    Ok((config.with_cert_resolver(told(certified, kms)), tls.schemes()))
}

/// Greets the client, over HTTP if it speaks that, and closes the connection. Returns what the handshake was like.
fn greet(mut stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let began = Instant::now();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let version = connection.protocol_version().map_or_else(String::new, |version| format!("{version:?}"));
    let handshake = format!("{version}: handshake in {:.1?}", began.elapsed());
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    let mut line = [0; 1024];
    let len = tls.read(&mut line)?;
    if line.starts_with(b"GET ") {
        tls.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\n")?;
    } else {
        tls.write_all(&[b"hello, ", &line[..len]].concat())?;
    }
    connection.send_close_notify();
    connection.complete_io(&mut stream)?;
    Ok(handshake)
}

#[cfg(test)]
mod tests;
