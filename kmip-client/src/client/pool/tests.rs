//! The pool alone, with numbers as connections.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use super::*;

const BOUNDS: Bounds = Bounds { most: 2, least_idle: 0, idle: Duration::from_secs(25) };

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Woken {
    fn times(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Polls once, with a counting waker.
macro_rules! poll {
    ($turn:expr, $woken:expr) => {
        $turn.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&$woken))))
    };
}

fn link(kept: Option<Kept<u8>>) -> Option<u8> {
    kept.map(|kept| kept.link)
}

#[test]
fn the_connection_used_last_is_used_next() {
    let (pool, now) = (Pool::new(BOUNDS), Instant::now());
    let (mut one, mut two) = (pool.try_lease(now).unwrap(), pool.try_lease(now).unwrap());
    assert_eq!(
        (link(one.take()), link(two.take())),
        (None, None),
        "it is lazy: nothing is open before somebody opens it"
    );
    assert!(pool.try_lease(now).is_none(), "two are the most");
    one.keep(1, now);
    two.keep(2, now);
    let mut lease = pool.try_lease(now).unwrap();
    assert_eq!(link(lease.take()), Some(2));
    assert_eq!(link(lease.another()), Some(1), "in place of one that was dead");
    assert_eq!((link(lease.another()), pool.slots()), (None, 1));
    drop(lease);
    assert_eq!(pool.slots(), 0);
}

#[test]
fn closes_connections_that_are_idle_for_too_long() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    for (least_idle, left) in [(0, 0), (1, 1), (5, 2)] {
        let pool = Pool::new(Bounds { least_idle, ..BOUNDS });
        let leases = (pool.try_lease(at(0)).unwrap(), pool.try_lease(at(0)).unwrap());
        leases.0.keep(1, at(0));
        leases.1.keep(2, at(1));
        let mut lease = pool.try_lease(at(27)).unwrap();
        assert_eq!(lease.take().is_some(), left > 0);
        assert_eq!(pool.idle_and_waiting().0, usize::from(left == 2));
    }
}

#[test]
fn serves_waiting_callers_in_fifo_order() {
    let (pool, now) = (Pool::new(Bounds { most: 1, ..BOUNDS }), Instant::now());
    let lease = pool.try_lease(now).unwrap();
    let (first, second) = (Arc::new(Woken::default()), Arc::new(Woken::default()));
    let (mut one, mut two) = (pin!(pool.lease()), pin!(pool.lease()));
    assert!(poll!(one, first).is_pending() && poll!(two, second).is_pending());
    lease.keep(7, now);
    assert!(pool.try_lease(now).is_none(), "nobody overtakes");
    assert_eq!((first.times(), second.times()), (1, 0));
    assert!(poll!(two, second).is_pending());
    let Poll::Ready(mut lease) = poll!(one, first) else { panic!("it was woken") };
    assert_eq!(link(lease.take()), Some(7), "the connection goes from hand to hand");
    drop(lease);
    let Poll::Ready(mut lease) = poll!(two, second) else { panic!("it was woken") };
    assert_eq!(link(lease.take()), None, "the connection went with its caller, the place did not");
}

#[test]
fn passes_on_the_turn_of_a_cancelled_caller() {
    let (pool, now) = (Pool::<i32>::new(Bounds { most: 1, ..BOUNDS }), Instant::now());
    let lease = pool.try_lease(now).unwrap();
    let woken = [(); 3].map(|()| Arc::new(Woken::default()));
    let mut one = Box::pin(pool.lease());
    let mut two = Box::pin(pool.lease());
    let mut three = pin!(pool.lease());
    assert!(poll!(one, woken[0]).is_pending());
    assert!(poll!(two, woken[1]).is_pending());
    assert!(poll!(three, woken[2]).is_pending());
    drop(two); // before its turn
    drop(lease);
    drop(one); // after its turn has come
    assert_eq!(woken.each_ref().map(|woken| woken.times()), [1, 0, 1]);
    let Poll::Ready(lease) = poll!(three, woken[2]) else { panic!("it was woken") };
    drop(lease);
    assert_eq!((pool.slots(), pool.idle_and_waiting()), (0, (0, 0)));
}

#[test]
fn closes_connections_that_return_to_a_closed_pool() {
    let (pool, now) = (Pool::new(BOUNDS), Instant::now());
    let (one, two) = (pool.try_lease(now).unwrap(), pool.try_lease(now).unwrap());
    one.keep(1, now);
    pool.close();
    assert_eq!((pool.slots(), pool.idle_and_waiting()), (1, (0, 0)), "the idle one is gone");
    two.keep(2, now);
    assert_eq!((pool.slots(), pool.idle_and_waiting()), (0, (0, 0)));
}
