//! A relay to a server that can be cut, to show outages of servers that cannot be stopped.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// A relay on a port of loopback. It forwards bytes to a server until it is [cut](Self::cut). TLS passes through
/// unchanged.
pub struct Gate {
    address: SocketAddr,
    target: String,
    open: Mutex<Option<Open>>,
}

/// The state of an open gate.
struct Open {
    closing: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    accepting: JoinHandle<()>,
}

/// Locks the mutex, poisoned or not, because a list of streams is consistent at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    /// Opens a gate to the server at this address, as `host:port`.
    ///
    /// # Errors
    ///
    /// Fails if the system has no port or no thread left.
    pub fn open(target: impl Into<String>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let gate = Self { address: listener.local_addr()?, target: target.into(), open: Mutex::new(None) };
        *lock(&gate.open) = Some(Open::start(listener, gate.target.clone())?);
        Ok(gate)
    }

    /// Returns the address to connect to in place of the server's.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes all connections, and refuses new ones. Has no effect on a gate that is cut.
    pub fn cut(&self) {
        let Some(open) = lock(&self.open).take() else { return };
        open.closing.store(true, Ordering::SeqCst);
        // Only a connection wakes the accepting thread.
        if TcpStream::connect(self.address).is_ok() {
            // It may have panicked; either way it has ended.
            let _ = open.accepting.join();
        }
        for stream in lock(&open.streams).drain(..) {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Accepts connections again, at the same address. Has no effect on an open gate.
    ///
    /// # Errors
    ///
    /// Fails if another process has taken the port, or the system has no thread left.
    pub fn restore(&self) -> io::Result<()> {
        let mut open = lock(&self.open);
        if open.is_none() {
            *open = Some(Open::start(TcpListener::bind(self.address)?, self.target.clone())?);
        }
        Ok(())
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.cut();
    }
}

impl Open {
    fn start(listener: TcpListener, target: String) -> io::Result<Self> {
        let (closing, streams) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let (stop, kept) = (Arc::clone(&closing), Arc::clone(&streams));
        let accepting = thread::Builder::new().name("gate".into()).spawn(move || {
            for client in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                // A connection that cannot be forwarded is closed; the client sees that.
                if let Ok(client) = client {
                    let _ = relay(&client, &target, &kept);
                }
            }
        })?;
        Ok(Self { closing, streams, accepting })
    }
}

/// Forwards bytes in both directions until either side ends.
fn relay(client: &TcpStream, target: &str, kept: &Mutex<Vec<TcpStream>>) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    for (from, to) in [(client, &server), (&server, client)] {
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        from.set_nodelay(true)?;
        lock(kept).push(from.try_clone()?);
        thread::Builder::new().name("gate relay".into()).spawn(move || {
            // Either side may end; the other is closed too.
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn a_gate_passes_bytes_until_it_is_cut() -> io::Result<()> {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let gate = Gate::open(server.local_addr()?.to_string())?;
        let round_trip = || -> io::Result<TcpStream> {
            let mut client = TcpStream::connect(gate.address())?;
            client.write_all(b"ping")?;
            let (mut accepted, _) = server.accept()?;
            let mut bytes = [0; 4];
            accepted.read_exact(&mut bytes)?;
            assert_eq!(&bytes, b"ping");
            Ok(client)
        };
        let mut client = round_trip()?;
        gate.cut();
        gate.cut();
        assert!(matches!(client.read(&mut [0]), Ok(0) | Err(_)));
        assert!(TcpStream::connect(gate.address()).is_err());
        gate.restore()?;
        round_trip()?;
        Ok(())
    }
}
