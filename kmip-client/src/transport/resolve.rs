//! Resolving of host names on threads. The system has no other way, and no time limit for it.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::queue::{Queue, Ticket};
use super::thread::spawn;
use crate::config::Endpoint;

/// Resolves the host names of a client's endpoints.
///
/// Invariant: each name has one thread at most. The system cannot be told to give up, so a lookup goes on after its
/// caller has left, and later callers wait for the same one.
#[derive(Default)]
pub(crate) struct Resolver {
    lookups: Arc<Mutex<Lookups>>,
}

/// The lookups in progress. There are as few as there are endpoints.
type Lookups = Vec<(Host, Arc<Mutex<Lookup>>)>;

/// A host name and a port.
type Host = (String, u16);

/// A lookup in progress, or its result.
#[derive(Default)]
struct Lookup {
    found: Option<Result<Vec<SocketAddr>, (io::ErrorKind, String)>>,
    waiting: Queue,
}

impl Resolver {
    /// Returns the addresses of an endpoint. Needs only its waker.
    pub(crate) async fn addresses(&self, endpoint: &Endpoint) -> io::Result<Vec<SocketAddr>> {
        let port = endpoint.port();
        match endpoint.host().parse::<IpAddr>() {
            Ok(address) => Ok(vec![SocketAddr::new(address, port)]),
            Err(_) => {
                self.find((endpoint.host().to_owned(), port), |host| Ok(host.to_socket_addrs()?.collect()))?.await
            }
        }
    }

    /// Joins the lookup of this name, or starts one.
    fn find(
        &self,
        host: Host,
        resolve: impl FnOnce(&Host) -> io::Result<Vec<SocketAddr>> + Send + 'static,
    ) -> io::Result<Waiting> {
        let mut lookups = lock(&self.lookups);
        if let Some(lookup) = lookups.iter().find_map(|(name, lookup)| (*name == host).then_some(lookup)) {
            return Ok(Waiting { lookup: Arc::clone(lookup), ticket: None });
        }
        let lookup = Arc::new(Mutex::new(Lookup::default()));
        let waiting = Waiting { lookup: Arc::clone(&lookup), ticket: None };
        let (all, own, name) = (Arc::clone(&self.lookups), Arc::clone(&lookup), host.clone());
        let look_up = move || {
            let found = resolve(&name).map_err(|error| (error.kind(), error.to_string()));
            lock(&all).retain(|(host, _)| *host != name);
            let mut lookup = lock(&own);
            lookup.found = Some(found);
            let waiting = lookup.waiting.take_all();
            drop(lookup);
            waiting.for_each(Waker::wake);
        };
        spawn("KMIP name lookup", Box::new(look_up))?;
        lookups.push((host, lookup));
        Ok(waiting)
    }
}

/// A caller that waits for a lookup. Dropping it leaves the lookup to others.
struct Waiting {
    lookup: Arc<Mutex<Lookup>>,
    ticket: Option<Ticket>,
}

impl Future for Waiting {
    type Output = io::Result<Vec<SocketAddr>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { lookup, ticket } = &mut *self;
        let mut lookup = lock(lookup);
        match &lookup.found {
            Some(Ok(addresses)) => Poll::Ready(Ok(addresses.clone())),
            Some(Err((kind, text))) => Poll::Ready(Err(io::Error::new(*kind, text.clone()))),
            None => {
                match ticket.and_then(|ticket| lookup.waiting.waker(ticket)) {
                    Some(waker) => waker.clone_from(context.waker()),
                    None => *ticket = Some(lookup.waiting.push(context.waker().clone())),
                }
                Poll::Pending
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            lock(&self.lookup).waiting.remove(ticket);
        }
    }
}

/// Locks a state that is consistent at any time, even if another thread panicked.
fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::mpsc;
    use std::task::Wake;
    use std::thread;

    use super::*;

    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn poll(waiting: &mut Waiting, waker: &Waker) -> Poll<io::Result<Vec<SocketAddr>>> {
        Pin::new(waiting).poll(&mut Context::from_waker(waker))
    }

    fn wait(mut waiting: Waiting) -> io::Result<Vec<SocketAddr>> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        loop {
            match poll(&mut waiting, &waker) {
                Poll::Ready(found) => return found,
                Poll::Pending => thread::park(),
            }
        }
    }

    #[test]
    fn a_name_is_looked_up_once_however_many_ask_for_it_and_leave() {
        let resolver = Resolver::default();
        let host = || ("kms.example".to_owned(), 5696);
        let (go_on, is_held) = mpsc::channel::<()>();
        let address: SocketAddr = "192.0.2.1:5696".parse().unwrap();
        let first = resolver.find(host(), move |_| {
            let _ = is_held.recv();
            Ok(vec![address])
        });
        let first = first.unwrap();
        for _ in 0..1000 {
            let mut left = resolver.find(host(), |_| panic!("it is looked up twice")).unwrap();
            assert!(poll(&mut left, Waker::noop()).is_pending());
        }
        assert_eq!(lock(&first.lookup).waiting.len(), 0, "those that have left are forgotten");
        let last = resolver.find(host(), |_| panic!("it is looked up twice")).unwrap();
        go_on.send(()).unwrap();
        assert_eq!((wait(first).unwrap(), wait(last).unwrap()), (vec![address], vec![address]));
        // A result is not kept: the next call asks the system again.
        let next = resolver.find(host(), |_| Err(io::Error::new(io::ErrorKind::NotFound, "gone")));
        let error = wait(next.unwrap()).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::NotFound, "gone"));
    }
}
