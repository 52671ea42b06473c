//! The network of the server: one thread that accepts, one for each connection.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::ServerConfig;

use super::kms::Kms;
use super::session::serve;

/// How long stopping waits for connections that are at work.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that listens on loopback until it is dropped.
pub(super) struct Listener {
    address: SocketAddr,
    connections: Arc<Connections>,
    accepting: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts to listen on this port of loopback; on one that the system chooses where it is 0.
    pub(super) fn start(port: u16, tls: Arc<ServerConfig>, kms: Arc<Kms>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let connections = Arc::new(Connections::default());
        let shared = Arc::clone(&connections);
        let accepting = thread::Builder::new().name("test KMS".into()).spawn(move || {
            for stream in listener.incoming() {
                match stream {
                    Ok(stream) if shared.open(&stream) => spawn(stream, &tls, &kms, &shared),
                    Ok(_) => break,
                    // Out of file descriptors, say: others may give some back.
                    Err(_) => shared.pause(Duration::from_millis(10)),
                }
                if shared.lock().stopping {
                    break;
                }
            }
        })?;
        Ok(Self { address, connections, accepting: Some(accepting) })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were accepted so far.
    pub(super) fn accepted(&self) -> usize {
        self.connections.lock().accepted
    }
}

/// Ends all connections, and waits for their threads, but not for ever.
impl Drop for Listener {
    fn drop(&mut self) {
        self.connections.stop();
        // The accepting thread wakes up for a connection only.
        let woken = TcpStream::connect_timeout(&self.address, PATIENCE).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|thread| woken || thread.is_finished()) {
            // It has panicked or not; either way it is gone.
            let _ = accepting.join();
        }
        self.connections.wait_until_closed();
    }
}

/// Serves the connection on a thread of its own.
fn spawn(stream: TcpStream, tls: &Arc<ServerConfig>, kms: &Arc<Kms>, connections: &Arc<Connections>) {
    let Ok(key) = stream.peer_addr() else { return };
    let open = Open { key, connections: Arc::clone(connections) };
    let (tls, kms) = (Arc::clone(tls), Arc::clone(kms));
    // A connection that fails, or for which there is no thread, is closed: the client sees it, and nobody else is interested.
    let _ = thread::Builder::new().name("test KMS connection".into()).spawn(move || {
        let _ = serve(stream, tls, &kms, |time| open.connections.pause(time));
    });
}

/// The connections that are open, by the address of the client.
#[derive(Default)]
struct Connections {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stopping: bool,
    accepted: usize,
    open: HashMap<SocketAddr, TcpStream>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a handle to the connection, to end it by; `false` once the server stops.
    fn open(&self, stream: &TcpStream) -> bool {
        let mut state = self.lock();
        if state.stopping {
            return false;
        }
        if let (Ok(address), Ok(handle)) = (stream.peer_addr(), stream.try_clone()) {
            state.accepted += 1;
            state.open.insert(address, handle);
        }
        true
    }

    fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        for stream in state.open.values() {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
    }

    fn wait_until_closed(&self) {
        let waiting = self.changed.wait_timeout_while(self.lock(), PATIENCE, |state| !state.open.is_empty());
        drop(waiting);
    }

    /// Waits, unless the server stops.
    fn pause(&self, time: Duration) {
        let waiting = self.changed.wait_timeout_while(self.lock(), time, |state| !state.stopping);
        drop(waiting);
    }
}

/// A connection that is being served; dropped, also by a panic, when it is not any more.
struct Open {
    key: SocketAddr,
    connections: Arc<Connections>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.lock().open.remove(&self.key);
        self.connections.changed.notify_all();
    }
}

/// A listener that can be stopped, and started again on the same port.
pub(super) struct Restartable {
    address: SocketAddr,
    tls: Arc<ServerConfig>,
    kms: Arc<Kms>,
    state: Mutex<Restarted>,
}

struct Restarted {
    listener: Option<Listener>,
    /// The connections that earlier listeners have accepted.
    accepted_before: usize,
}

impl Restartable {
    pub(super) fn start(tls: Arc<ServerConfig>, kms: Arc<Kms>) -> io::Result<Self> {
        let listener = Listener::start(0, Arc::clone(&tls), Arc::clone(&kms))?;
        let address = listener.address();
        Ok(Self { address, tls, kms, state: Mutex::new(Restarted { listener: Some(listener), accepted_before: 0 }) })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were accepted so far.
    pub(super) fn accepted(&self) -> usize {
        let state = self.lock();
        state.accepted_before + state.listener.as_ref().map_or(0, Listener::accepted)
    }

    /// Ends all connections, and refuses new ones.
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        if let Some(listener) = state.listener.take() {
            state.accepted_before += listener.accepted();
            drop(listener);
        }
    }

    /// Listens again. The system may have lent the port meanwhile, to a connection of somebody else's: it is waited for.
    pub(super) fn restart(&self) -> io::Result<()> {
        const ATTEMPTS: u32 = 100;
        let mut state = self.lock();
        if state.listener.is_some() {
            return Ok(());
        }
        for attempt in 1.. {
            match Listener::start(self.address.port(), Arc::clone(&self.tls), Arc::clone(&self.kms)) {
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
