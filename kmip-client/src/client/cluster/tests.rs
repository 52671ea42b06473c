//! Retry decisions, without a network.

use std::io;

use super::*;
use crate::transport::error::Phase;
use crate::transport::hang_up::HangUp;

const FRESH: AttemptInfo = AttemptInfo { kept: false, repeatable: false, out_of_time: false };
const KEPT: AttemptInfo = AttemptInfo { kept: true, ..FRESH };
const IDEMPOTENT: AttemptInfo = AttemptInfo { repeatable: true, ..FRESH };

fn not_sent() -> Outcome<()> {
    Outcome::Broken(Broken::NotSent(TransportError::Connect(io::ErrorKind::ConnectionRefused.into())))
}

fn lost() -> Outcome<()> {
    Outcome::Broken(Broken::Ambiguous(TransportError::Closed(HangUp::IN_HANDSHAKE)))
}

fn late() -> Outcome<()> {
    Outcome::Broken(Broken::Ambiguous(TransportError::TimedOut {
        phase: Phase::Attempt,
        limit: Duration::from_secs(1),
    }))
}

/// Returns the step after one attempt at the first of this many endpoints.
fn follows(endpoints: usize, outcome: &Outcome<()>, tried: AttemptInfo) -> Next {
    let (cluster, now) = (Cluster::new(endpoints, false, 0), Instant::now());
    let mut route = cluster.route(Access::Write);
    let candidate = cluster.next(&mut route, now).unwrap();
    cluster.judge(&mut route, candidate, outcome, tried, now)
}

#[test]
fn a_request_that_was_not_sent_goes_to_the_next_endpoint() {
    assert_eq!(follows(2, &not_sent(), FRESH), Next::Failover);
    assert_eq!(follows(1, &not_sent(), FRESH), Next::Return, "a fresh connection that fails would fail again");
    assert_eq!(follows(1, &not_sent(), KEPT), Next::Retry, "the kept one may have died of old age");
    assert_eq!(follows(2, &not_sent(), AttemptInfo { out_of_time: true, ..KEPT }), Next::Return);
}

#[test]
fn a_request_that_was_sent_goes_out_again_only_if_it_is_idempotent() {
    for endpoints in [1, 2] {
        assert_eq!(follows(endpoints, &lost(), FRESH), Next::Return);
        assert_eq!(follows(endpoints, &lost(), KEPT), Next::Return);
        assert_eq!(follows(endpoints, &lost(), AttemptInfo { kept: true, ..IDEMPOTENT }), Next::Retry);
    }
    assert_eq!(follows(1, &lost(), IDEMPOTENT), Next::Return);
    assert_eq!(follows(2, &lost(), IDEMPOTENT), Next::Failover);
    assert_eq!(follows(2, &lost(), AttemptInfo { out_of_time: true, ..IDEMPOTENT }), Next::Return);
}

#[test]
fn a_server_that_was_late_is_not_asked_again() {
    let kept = AttemptInfo { kept: true, ..IDEMPOTENT };
    assert_eq!(follows(1, &late(), kept), Next::Return);
    assert_eq!(follows(2, &late(), kept), Next::Failover);
    assert_eq!(follows(2, &late(), KEPT), Next::Return, "it may have done it");
}

#[test]
fn fails_over_when_an_endpoint_declines() {
    assert_eq!(follows(2, &Outcome::Declined(()), FRESH), Next::Failover);
    assert_eq!(follows(1, &Outcome::Declined(()), FRESH), Next::Return);
    assert_eq!(follows(2, &Outcome::Answered(()), FRESH), Next::Return);
}

#[test]
fn retries_transient_failures_where_there_are_several_endpoints() {
    /// Returns the step after each attempt of a call.
    fn all(endpoints: usize, outcome: &Outcome<()>) -> Vec<Next> {
        let (cluster, now) = (Cluster::new(endpoints, false, 0), Instant::now());
        let mut route = cluster.route(Access::Write);
        let mut follows = Vec::new();
        while let Some(candidate) = cluster.next(&mut route, now) {
            follows.push(cluster.judge(&mut route, candidate, outcome, IDEMPOTENT, now));
        }
        follows
    }
    use Next::{Backoff, Failover, Return};
    for outcome in [not_sent(), lost()] {
        assert_eq!(all(1, &outcome), [Return]);
        let (first, second) = (Backoff(PAUSES[0]), Backoff(PAUSES[1]));
        assert_eq!(all(2, &outcome), [Failover, first, Failover, second, Failover, Return]);
    }
    assert_eq!(all(2, &late()), [Failover, Return]);
    assert_eq!(all(2, &Outcome::Declined(())), [Failover, Return]);
}

/// Returns the endpoint indices in the order of a call that begins now.
fn order(cluster: &Cluster, now: Instant) -> Vec<usize> {
    let mut route = cluster.route(Access::Write);
    std::iter::from_fn(|| cluster.next(&mut route, now).map(|candidate| candidate.index)).collect()
}

fn first(cluster: &Cluster, now: Instant) -> usize {
    cluster.next(&mut cluster.route(Access::Write), now).unwrap().index
}

/// Runs a call whose first attempt has this outcome.
fn call(cluster: &Cluster, outcome: &Outcome<()>, now: Instant) -> usize {
    let mut route = cluster.route(Access::Write);
    let candidate = cluster.next(&mut route, now).unwrap();
    cluster.judge(&mut route, candidate, outcome, FRESH, now);
    candidate.index
}

#[test]
fn one_that_fails_is_set_aside_and_comes_back() {
    let (cluster, start) = (Cluster::new(3, false, 0), Instant::now());
    assert_eq!(order(&cluster, start), [0, 1, 2], "in the order given");
    assert_eq!(call(&cluster, &not_sent(), start), 0);
    assert_eq!(order(&cluster, start), [1, 2, 0], "tried last, but tried");
    assert_eq!(order(&cluster, start + FIRST_PAUSE / 3), [1, 2, 0]);

    let later = start + FIRST_PAUSE;
    assert_eq!(first(&cluster, later), 0, "one call tries it");
    assert_eq!(first(&cluster, later), 1, "the others keep away until that has an answer");
    let later = later + FIRST_PAUSE;
    assert_eq!(call(&cluster, &Outcome::Answered(()), later), 0);
    assert_eq!(order(&cluster, later), [0, 1, 2]);
}

/// Calls go to an endpoint even if all are set aside, and do not keep it aside.
#[test]
fn a_pause_ends_when_it_was_to_end() {
    let (cluster, start) = (Cluster::new(2, false, 0), Instant::now());
    for endpoint in [0, 1] {
        assert_eq!(call(&cluster, &not_sent(), start), endpoint);
    }
    let ends = || cluster.lock().health.iter().map(|health| health.backoff_until.unwrap()).collect::<Vec<_>>();
    let before = ends();
    let earliest = *before.iter().min().unwrap();
    for now in [start, start + FIRST_PAUSE / 4, earliest - Duration::from_nanos(1)] {
        assert_eq!(order(&cluster, now).len(), 2);
        assert_eq!(ends(), before, "{:?}", now - start);
    }
    order(&cluster, earliest);
    let after = ends();
    assert_eq!(after.iter().zip(&before).filter(|(after, before)| after > before).count(), 1, "one call tries it");
}

#[test]
fn pauses_grow_up_to_half_a_minute() {
    let (cluster, mut now) = (Cluster::new(2, false, 7), Instant::now());
    let mut pauses = Vec::new();
    for _ in 0..12 {
        assert_eq!(call(&cluster, &not_sent(), now), 0);
        let back = cluster.lock().health[0].backoff_until.unwrap();
        pauses.push(back - now);
        now = back;
    }
    for (index, pause) in pauses.iter().enumerate() {
        let most = FIRST_PAUSE.saturating_mul(1 << index).min(LONGEST_PAUSE);
        assert!(*pause <= most && *pause >= most / 2, "{index}: {pause:?}");
    }
}

#[test]
fn many_calls_that_fail_at_once_count_as_one() {
    let (cluster, now) = (Cluster::new(1, false, 0), Instant::now());
    let mut routes: Vec<_> = (0..50).map(|_| cluster.route(Access::Write)).collect();
    let stops: Vec<_> = routes.iter_mut().map(|route| cluster.next(route, now).unwrap()).collect();
    for (route, candidate) in routes.iter_mut().zip(stops) {
        cluster.judge(route, candidate, &not_sent(), FRESH, now);
    }
    assert_eq!(cluster.lock().health[0].failures, 1);
}

#[test]
fn defers_an_endpoint_that_failed_while_the_call_waited() {
    let (cluster, now) = (Cluster::new(2, false, 0), Instant::now());
    let mut route = cluster.route(Access::Write);
    let candidate = cluster.next(&mut route, now).unwrap();
    assert!(!cluster.defer(&mut route, candidate, now));
    call(&cluster, &not_sent(), now);
    assert!(cluster.defer(&mut route, candidate, now));
    let rest: Vec<_> = std::iter::from_fn(|| cluster.next(&mut route, now).map(|candidate| candidate.index)).collect();
    assert_eq!(rest, [1, 0]);
    let candidate = Candidate { index: 0, failures: 0 };
    assert!(
        !cluster.defer(&mut Route { left: Vec::new(), again: Vec::new(), rounds: 0 }, candidate, now),
        "there is no other"
    );
}

#[test]
fn answers_keep_a_server_alive() {
    let nonsense = Outcome::<()>::Broken(Broken::Ambiguous(TransportError::OutOfStep(crate::OutOfStep::ForeignItem)));
    let busy = Outcome::Broken(Broken::NotSent(TransportError::TimedOut { phase: Phase::Waiting, limit: FIRST_PAUSE }));
    let now = Instant::now();
    for outcome in [nonsense, busy, Outcome::Declined(()), Outcome::Answered(())] {
        let cluster = Cluster::new(2, false, 0);
        call(&cluster, &outcome, now);
        assert_eq!(order(&cluster, now), [0, 1], "{outcome:?}");
    }
    // A kept connection may have died alone; a timeout means the same on a kept and a fresh one.
    for (outcome, expected) in [(lost(), [0, 1]), (late(), [1, 0])] {
        let cluster = Cluster::new(2, false, 0);
        let mut route = cluster.route(Access::Write);
        let candidate = cluster.next(&mut route, now).unwrap();
        cluster.judge(&mut route, candidate, &outcome, KEPT, now);
        assert_eq!(order(&cluster, now), expected, "{outcome:?}");
    }
}

#[test]
fn calls_are_spread_where_that_is_asked_for() {
    let (cluster, now) = (Cluster::new(3, true, 0), Instant::now());
    assert_eq!([(); 4].map(|()| first(&cluster, now)), [0, 1, 2, 0]);
    assert_eq!(order(&cluster, now), [1, 2, 0]);
}

#[test]
fn a_request_that_changes_something_passes_over_endpoints_for_reading() {
    let route = |access, spread| {
        let cluster = Cluster::new(4, spread, 0).with_read_only(vec![false, true, true]);
        let (mut route, now) = (cluster.route(access), Instant::now());
        std::iter::from_fn(|| cluster.next(&mut route, now).map(|candidate| candidate.index)).collect::<Vec<_>>()
    };
    for spread in [false, true] {
        assert_eq!(route(Access::Read, spread), [0, 1, 2, 3]);
        assert_eq!(route(Access::Write, spread), [0, 3]);
    }
}
