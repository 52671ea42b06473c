//! A simulated network, with servers, a clock and an executor, all from one seed.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use kmip_ttlv::enumeration::OperationCode;

use super::answers::{self, Asked};
use crate::config::Endpoint;
use crate::transport::error::Broken;
use crate::transport::error::TransportError;
use crate::transport::hang_up::HangUp;
use crate::transport::network::{Link, Network};
use crate::transport::time::Limit;
use crate::transport::tls::TlsError;

/// The network and the clock. Cheap to clone.
#[derive(Clone)]
pub(super) struct World(Arc<Mutex<State>>);

pub(super) struct State {
    pub(super) now: Instant,
    pub(super) random: fastrand::Rng,
    /// The probability, in percent, of a fault of a connection or an exchange.
    pub(super) trouble: u32,
    /// `true` if nothing can be waited for, as in a runtime without timers.
    pub(super) has_no_timers: bool,
    timers: BinaryHeap<Reverse<(Instant, u64)>>,
    wakers: HashMap<u64, Waker>,
    next_timer: u64,
    pub(super) servers: Vec<Server>,
    /// The number of times that each object's request was executed.
    pub(super) done: HashMap<String, u32>,
    /// The objects of the requests, in order of arrival.
    pub(super) arrived: Vec<String>,
    /// The number of responses that were sent a second time, of connections that the server half closed, and of alerts.
    pub(super) repeats: usize,
    pub(super) half_closed: usize,
    pub(super) alerts: usize,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Server {
    pub(super) is_down: bool,
    /// `true` if it drops connections instead of refusing them while it is down.
    pub(super) is_silent: bool,
    /// `true` if it ends each connection with its first response, visibly.
    pub(super) hangs_up: bool,
    /// The probability, in percent, that it returns the Unique Batch Item ID of a request.
    pub(super) echoes: u32,
    /// Incremented when it fails, which ends its connections.
    life: u32,
    pub(super) open: usize,
    pub(super) most_open: usize,
}

impl Server {
    pub(super) fn go_down(&mut self) {
        self.is_down = true;
        self.life += 1;
    }
}

impl World {
    pub(super) fn new(seed: u64, servers: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            now: Instant::now(),
            random: fastrand::Rng::with_seed(seed),
            trouble: 0,
            has_no_timers: false,
            timers: BinaryHeap::new(),
            wakers: HashMap::new(),
            next_timer: 0,
            servers: vec![Server { echoes: 100, ..Server::default() }; servers],
            done: HashMap::new(),
            arrived: Vec::new(),
            repeats: 0,
            half_closed: 0,
            alerts: 0,
        })))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a random number of milliseconds below this.
    pub(super) fn some_ms(&self, below: u64) -> Duration {
        Duration::from_millis(self.state().random.u64(0..below))
    }

    /// Returns `true` with this probability, in percent.
    pub(super) fn chance(&self, percent: u32) -> bool {
        self.state().random.u32(0..100) < percent
    }

    fn trouble(&self) -> bool {
        let percent = self.state().trouble;
        self.chance(percent)
    }

    pub(super) async fn sleep(&self, time: Duration) {
        let until = self.state().now + time;
        self.sleep_until(until).await;
    }

    pub(super) async fn sleep_until(&self, until: Instant) {
        poll_fn(|context| {
            let mut state = self.state();
            if state.now >= until {
                return Poll::Ready(());
            }
            let timer = state.next_timer;
            state.next_timer += 1;
            state.timers.push(Reverse((until, timer)));
            state.wakers.insert(timer, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Runs all tasks, in an order determined by the seed. Time passes when no task is ready.
    ///
    /// # Panics
    ///
    /// Panics on a deadlock.
    pub(super) fn run<'t>(&self, tasks: Vec<Pin<Box<dyn Future<Output = ()> + 't>>>) {
        let tasks: Vec<_> = tasks.into_iter().map(|task| (RefCell::new(Some(task)), Ready::new())).collect();
        loop {
            let left = |task: &RefCell<Option<_>>| task.borrow().is_some();
            let ready: Vec<_> = tasks.iter().filter(|(task, ready)| left(task) && ready.is()).collect();
            if ready.is_empty() {
                if tasks.iter().all(|(task, _)| !left(task)) {
                    return;
                }
                assert!(self.pass_time(), "somebody waits for ever");
                continue;
            }
            let index = self.state().random.usize(0..ready.len());
            let (task, ready) = ready[index];
            ready.0.store(false, Ordering::Relaxed);
            let mut slot = task.borrow_mut();
            let Some(future) = slot.as_mut() else { continue };
            if future.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(ready)))).is_ready() {
                *slot = None;
            }
        }
    }

    /// Advances the clock to the next timer. Returns `false` if there is none.
    fn pass_time(&self) -> bool {
        let mut state = self.state();
        let Some(Reverse((at, timer))) = state.timers.pop() else { return false };
        state.now = state.now.max(at);
        let waker = state.wakers.remove(&timer);
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }
}

struct Ready(AtomicBool);

impl Ready {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(true)))
    }

    fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Network for World {
    type Link = Wire;

    async fn open(&self, index: usize, _: &Endpoint, limit: Limit) -> Result<Wire, TransportError> {
        let time = self.some_ms(40);
        let arrives = self.state().now + time;
        self.sleep_until(arrives.min(limit.deadline)).await;
        let trouble = self.trouble();
        let server = self.state().servers[index];
        if (server.is_down && server.is_silent) || (trouble && self.chance(30)) {
            self.sleep_until(limit.deadline).await;
        }
        if limit.has_passed(self.now()) {
            return Err(limit.timed_out());
        }
        if server.is_down || trouble {
            return Err(TransportError::Connect(io::ErrorKind::ConnectionRefused.into()));
        }
        let mut state = self.state();
        let server = &mut state.servers[index];
        server.open += 1;
        server.most_open = server.most_open.max(server.open);
        Ok(Wire {
            world: self.clone(),
            index,
            life: server.life,
            in_use: false,
            is_cut: false,
            has_answered: false,
            strays: VecDeque::new(),
            said_goodbye: false,
            half_closes: None,
        })
    }

    async fn until<F>(&self, deadline: Instant, future: F) -> io::Result<F::Output>
    where
        F: Future<Output: Send> + Send,
    {
        if self.state().has_no_timers {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let (mut future, mut over) = (pin!(future), pin!(self.sleep_until(deadline)));
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => over.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into())),
        })
        .await
    }

    /// No server of this world answers asynchronously, so that there is nothing to cancel.
    fn detach(&self, _: impl Future<Output = ()> + Send + 'static) {
        panic!("nobody leaves anything behind");
    }

    fn now(&self) -> Instant {
        self.state().now
    }
}

/// A connection.
pub(super) struct Wire {
    world: World,
    index: usize,
    life: u32,
    /// `true` if a request has no response yet: another request would be out of step.
    in_use: bool,
    /// `true` if it no longer carries anything.
    is_cut: bool,
    /// `true` if a request was answered.
    has_answered: bool,
    /// Repeated responses, and their times of arrival. They come before the next response of the server.
    strays: VecDeque<(Instant, Bytes)>,
    /// `true` if the server has ended TLS after a response, but still reads.
    said_goodbye: bool,
    /// The time at which the server half closes the connection: it still reads requests, and executes them.
    half_closes: Option<Instant>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.world.state().servers[self.index].open -= 1;
    }
}

impl Wire {
    fn server(&self) -> Server {
        self.world.state().servers[self.index]
    }

    /// Returns `true` if an unexpected message has arrived.
    fn has_stray(&self) -> bool {
        self.strays.front().is_some_and(|(arrives, _)| *arrives <= self.world.now())
    }

    fn is_dead(&self) -> bool {
        self.is_cut || self.server().life != self.life
    }

    fn is_half_closed(&self) -> bool {
        self.half_closes.is_some_and(|time| time <= self.world.now())
    }

    /// Returns the error of an alert, which ends the connection.
    fn alert(&mut self) -> TransportError {
        self.is_cut = true;
        self.world.state().alerts += 1;
        TransportError::Tls(TlsError::ClientCertificateRefused { alert: "access_denied" })
    }
}

impl Link for Wire {
    fn is_ready(&self) -> bool {
        !self.in_use && !self.said_goodbye && !self.has_stray()
    }

    /// A dead connection sometimes still looks alive.
    fn is_quiet(&mut self) -> bool {
        assert!(!self.in_use, "a connection that is out of step is looked at");
        self.is_ready()
            && !self.is_half_closed()
            && (!self.is_dead() || (!self.server().hangs_up && self.world.chance(10)))
    }

    async fn exchange(&mut self, request: &[u8], limit: Limit) -> Result<Bytes, Broken> {
        assert!(!std::mem::replace(&mut self.in_use, true), "a connection that is out of step is used");
        if self.said_goodbye {
            // Like the link over TLS, which does not write in this case.
            return Err(Broken::NotSent(TransportError::Closed(HangUp::IN_HANDSHAKE)));
        }
        let world = self.world.clone();
        let (there, back) = (world.some_ms(20), world.some_ms(20));
        let until = |time: Duration| (world.state().now + time).min(limit.deadline);
        world.sleep_until(until(there)).await;
        let trouble = world.trouble();
        if self.is_dead() || (trouble && world.chance(30)) {
            self.is_cut = true;
            return Err(Broken::Ambiguous(TransportError::Closed(HangUp::IN_HANDSHAKE)));
        }
        if limit.has_passed(world.now()) {
            return Err(Broken::Ambiguous(limit.timed_out()));
        }
        if trouble && !self.has_answered && world.chance(15) {
            // The first record after the handshake.
            return Err(Broken::NotSent(self.alert()));
        }
        if trouble && world.chance(5) {
            // Any other alert proves nothing, although the request was not executed.
            return Err(Broken::Ambiguous(self.alert()));
        }
        let echoes = world.chance(self.server().echoes);
        let reply = world.serve(request, echoes, trouble && world.chance(45));
        if self.is_half_closed() {
            // The request was read, and its response cannot be sent.
            self.is_cut = true;
            return Err(Broken::Ambiguous(TransportError::Closed(HangUp::IN_HANDSHAKE)));
        }
        if trouble && world.chance(10) {
            return Err(Broken::Ambiguous(self.alert()));
        }
        if trouble && world.chance(10) {
            // A flood of records without a response.
            world.sleep_until(limit.deadline).await;
        }
        let late = if trouble && world.chance(30) { world.some_ms(4000) } else { Duration::ZERO };
        world.sleep_until(until(back + late)).await;
        if self.is_dead() || (trouble && world.chance(50)) {
            self.is_cut = true;
            return Err(Broken::Ambiguous(TransportError::Truncated { received: 9, expected: None }));
        }
        if limit.has_passed(world.now()) {
            return Err(Broken::Ambiguous(limit.timed_out()));
        }
        self.in_use = false;
        self.is_cut = self.server().hangs_up;
        // A stray message is taken for the response, and the response follows it.
        let reply = match self.strays.pop_front() {
            Some((_, stray)) => {
                self.strays.push_back((world.now(), reply));
                stray
            }
            None => reply,
        };
        self.has_answered = true;
        if world.trouble() {
            world.state().repeats += 1;
            self.strays.push_back((world.now() + world.some_ms(3), reply.clone()));
        }
        self.said_goodbye = trouble && world.chance(20);
        if world.trouble() && world.chance(30) {
            world.state().half_closed += 1;
            self.half_closes = Some(world.now() + world.some_ms(30));
        }
        Ok(reply)
    }

    fn server_certificate(&self) -> Option<&[u8]> {
        None
    }

    fn is_resumed(&self) -> bool {
        false
    }
}

impl World {
    /// Executes the request and records it, or declines, being busy.
    fn serve(&self, request: &[u8], echoes: bool, is_busy: bool) -> Bytes {
        let asked = Asked::read(request);
        if asked.operation != OperationCode::DISCOVER_VERSIONS {
            let mut state = self.state();
            state.arrived.push(asked.name.to_owned());
            if !is_busy {
                *state.done.entry(asked.name.to_owned()).or_default() += 1;
            }
        }
        let is_busy = is_busy && asked.operation != OperationCode::DISCOVER_VERSIONS;
        answers::to(&asked, echoes, is_busy)
    }
}
