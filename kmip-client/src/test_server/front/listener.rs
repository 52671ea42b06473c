//! The network of the server: one thread accepts, and each connection has a thread of its own.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::ServerConfig;

use crate::test_server::front::kms::Kms;
use crate::test_server::front::session::{Host, serve};

/// The longest time that stopping waits for busy connections.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that listens until it is dropped.
pub(in crate::test_server) struct Listener {
    address: SocketAddr,
    /// The configuration for new connections.
    tls: Arc<RwLock<Arc<ServerConfig>>>,
    connections: Arc<Connections>,
    accepting: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts listening on this address. Port 0 lets the system choose one.
    pub(in crate::test_server) fn start(
        address: SocketAddr,
        tls: Arc<ServerConfig>,
        https: bool,
        kms: Arc<Kms>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let connections = Arc::new(Connections::default());
        let shared = Arc::clone(&connections);
        let tls = Arc::new(RwLock::new(tls));
        let current = Arc::clone(&tls);
        let accepting = thread::Builder::new().name("test KMS".into()).spawn(move || {
            for stream in listener.incoming() {
                match stream {
                    Ok(stream) if shared.open(&stream) => {
                        let tls = Arc::clone(&current.read().unwrap_or_else(PoisonError::into_inner));
                        spawn(stream, tls, https, &kms, &shared);
                    }
                    Ok(_) => break,
                    // For example out of file descriptors: other connections may release some.
                    Err(_) => shared.pause(Duration::from_millis(10)),
                }
                if shared.lock().stopping {
                    break;
                }
            }
        })?;
        Ok(Self { address, tls, connections, accepting: Some(accepting) })
    }

    pub(in crate::test_server) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the configuration for new connections.
    pub(in crate::test_server) fn set_tls(&self, tls: Arc<ServerConfig>) {
        *self.tls.write().unwrap_or_else(PoisonError::into_inner) = tls;
    }

    /// Ends the connections of a client.
    pub(in crate::test_server) fn hang_up(&self, client: &str) {
        for connection in self.connections.lock().open.values() {
            if connection.client.as_deref() == Some(client) {
                // It may be closed already.
                let _ = connection.stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Returns the number of connections accepted so far.
    pub(in crate::test_server) fn accepted(&self) -> usize {
        self.connections.lock().accepted
    }
}

/// Closes all connections, and waits for their threads for a limited time.
impl Drop for Listener {
    fn drop(&mut self) {
        self.connections.stop();
        // Only a connection wakes the accepting thread.
        let woken = TcpStream::connect_timeout(&reachable(self.address), PATIENCE).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|thread| woken || thread.is_finished()) {
            // It may have panicked; either way it has ended.
            let _ = accepting.join();
        }
        self.connections.wait_until_closed();
    }
}

/// Returns the address that this process connects to: loopback if the listener has all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Serves the connection on its own thread.
fn spawn(stream: TcpStream, tls: Arc<ServerConfig>, https: bool, kms: &Arc<Kms>, connections: &Arc<Connections>) {
    let Ok(key) = stream.peer_addr() else { return };
    let open = Open { key, connections: Arc::clone(connections) };
    let kms = Arc::clone(kms);
    // A connection that fails, or that gets no thread, is closed; the client sees that.
    let _ = thread::Builder::new().name("test KMS connection".into()).spawn(move || {
        let _ = serve(stream, tls, https, &kms, &open);
    });
}

/// The open connections, by the address of the client.
#[derive(Default)]
struct Connections {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stopping: bool,
    accepted: usize,
    open: HashMap<SocketAddr, Connection>,
}

/// A handle by which a connection can be ended, and the client once it is known.
struct Connection {
    stream: TcpStream,
    client: Option<String>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a handle to the connection. Returns `false` once the server stops.
    fn open(&self, stream: &TcpStream) -> bool {
        let mut state = self.lock();
        if state.stopping {
            return false;
        }
        if let (Ok(address), Ok(handle)) = (stream.peer_addr(), stream.try_clone()) {
            state.accepted += 1;
            state.open.insert(address, Connection { stream: handle, client: None });
        }
        true
    }

    fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        for connection in state.open.values() {
            // It may be closed already.
            let _ = connection.stream.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
    }

    fn wait_until_closed(&self) {
        let waiting = self.changed.wait_timeout_while(self.lock(), PATIENCE, |state| !state.open.is_empty());
        drop(waiting);
    }

    /// Sleeps until the time has passed or the server stops.
    fn pause(&self, time: Duration) {
        let waiting = self.changed.wait_timeout_while(self.lock(), time, |state| !state.stopping);
        drop(waiting);
    }
}

/// The entry of a connection that is being served. Dropping it, also in a panic, removes the entry.
struct Open {
    key: SocketAddr,
    connections: Arc<Connections>,
}

impl Host for Open {
    fn pause(&self, time: Duration) {
        self.connections.pause(time);
    }

    fn serves(&self, client: &str) {
        if let Some(connection) = self.connections.lock().open.get_mut(&self.key) {
            connection.client = Some(client.to_owned());
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.lock().open.remove(&self.key);
        self.connections.changed.notify_all();
    }
}

/// A listener that can be stopped, and started again on the same port.
pub(in crate::test_server) struct Restartable {
    address: SocketAddr,
    https: bool,
    kms: Arc<Kms>,
    state: Mutex<Restarted>,
}

struct Restarted {
    listener: Option<Listener>,
    /// The configuration for new connections.
    tls: Arc<ServerConfig>,
    /// The number of connections that earlier listeners accepted.
    accepted_before: usize,
}

impl Restartable {
    pub(in crate::test_server) fn start(
        address: SocketAddr,
        tls: Arc<ServerConfig>,
        https: bool,
        kms: Arc<Kms>,
    ) -> io::Result<Self> {
        let listener = Listener::start(address, Arc::clone(&tls), https, Arc::clone(&kms))?;
        let address = listener.address();
        let state = Restarted { listener: Some(listener), tls, accepted_before: 0 };
        Ok(Self { address, https, kms, state: Mutex::new(state) })
    }

    /// Replaces the configuration for new connections.
    pub(in crate::test_server) fn set_tls(&self, tls: Arc<ServerConfig>) {
        let mut state = self.lock();
        if let Some(listener) = &state.listener {
            listener.set_tls(Arc::clone(&tls));
        }
        state.tls = tls;
    }

    /// Ends the connections of a client.
    pub(in crate::test_server) fn hang_up(&self, client: &str) {
        if let Some(listener) = &self.lock().listener {
            listener.hang_up(client);
        }
    }

    pub(in crate::test_server) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address that a client on this machine connects to.
    pub(in crate::test_server) fn reachable(&self) -> SocketAddr {
        reachable(self.address)
    }

    /// Returns the number of connections accepted so far.
    pub(in crate::test_server) fn accepted(&self) -> usize {
        let state = self.lock();
        state.accepted_before + state.listener.as_ref().map_or(0, Listener::accepted)
    }

    /// Closes all connections, and refuses new ones.
    pub(in crate::test_server) fn stop(&self) {
        let mut state = self.lock();
        if let Some(listener) = state.listener.take() {
            state.accepted_before += listener.accepted();
            drop(listener);
        }
    }

    /// Listens again. Retries while the port is taken, because the system may have assigned it to an outgoing
    /// connection.
    pub(in crate::test_server) fn restart(&self) -> io::Result<()> {
        const ATTEMPTS: u32 = 100;
        let mut state = self.lock();
        if state.listener.is_some() {
            return Ok(());
        }
        for attempt in 1.. {
            match Listener::start(self.address, Arc::clone(&state.tls), self.https, Arc::clone(&self.kms)) {
                Ok(listener) => {
                    state.listener = Some(listener);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && attempt < ATTEMPTS => {
                    thread::sleep(PATIENCE / ATTEMPTS);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Restarted> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
