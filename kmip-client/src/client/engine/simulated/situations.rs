//! Single situations on the simulated network.

use std::io;
use std::time::SystemTime;

use super::*;
use crate::client::status::{EndpointState, EndpointStatus};

/// A call that has waited for a connection to a server which failed meanwhile tries another server first.
#[test]
fn a_server_that_fails_one_call_is_not_tried_by_those_who_wait_for_it() {
    let world = World::new(0, 2);
    let config = Config::new("s0").endpoint("s1").version(V2_1).max_connections(1);
    let config = config.connect_timeout(Duration::from_millis(300));
    let engine = Arc::new(Engine::new(world.clone(), &config).unwrap());
    world.state().servers[0].is_down = true;
    world.state().servers[0].is_silent = true;
    let calls = (0..5).map(|number| {
        let engine = &engine;
        Box::pin(async move {
            let terms = Terms::new(&engine.config);
            reply_to(engine, &terms, &GetAttributeList::id(&format!("{number}"))).await.unwrap();
        }) as Task<'_>
    });
    world.run(calls.collect());
    let failed = engine.counters().endpoints.iter().map(|endpoint| endpoint.failed_attempts).collect::<Vec<_>>();
    assert_eq!(failed, [1, 0]);
}

/// A request is not sent on a connection that the server has ended with its answer to Discover Versions.
#[test]
fn a_connection_that_ends_with_the_negotiation_is_replaced() {
    let world = World::new(0, 1);
    world.state().servers[0].hangs_up = true;
    let engine = Arc::new(Engine::new(world.clone(), &Config::new("s0").versions(V1_4..=V2_1)).unwrap());
    world.run(vec![Box::pin(async {
        reply_to(&engine, &Terms::new(&engine.config), &Create::aes(256).name("a")).await.unwrap();
    })]);
    let endpoint = &engine.counters().endpoints[0];
    assert_eq!((endpoint.opened, endpoint.failed_attempts), (2, 0));
}

/// An idle connection that turns out to be dead says nothing of its server.
#[test]
fn a_connection_that_dies_of_age_is_no_failure_of_its_server() {
    let world = World::new(0, 1);
    let engine = Arc::new(Engine::new(world.clone(), &Config::new("s0").version(V2_1)).unwrap());
    world.run(vec![Box::pin(async {
        let terms = Terms::new(&engine.config);
        reply_to(&engine, &terms, &GetAttributeList::id("a")).await.unwrap();
        // All connections end, and no new one can be opened.
        world.state().servers[0].go_down();
        world.state().servers[0].is_silent = true;
        let request = GetAttributeList::id("b");
        let cut = world.now() + Duration::from_millis(200);
        assert!(world.until_local(cut, reply_to(&engine, &terms, &request)).await.is_none(), "it is being tried");
        let endpoint = engine.counters().endpoints[0].clone();
        assert_eq!((endpoint.reused, endpoint.failed_attempts), (1, 1), "the old connection was tried first");
        assert_eq!(engine.status().endpoints[0].state, EndpointState::Normal);
        let error = reply_to(&engine, &terms, &request).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
        assert_eq!(engine.status().endpoints[0].state, EndpointState::Unreachable);
    })]);
}

#[test]
fn a_wait_that_is_impossible_is_not_over() {
    let world = World::new(0, 1);
    let engine = Arc::new(Engine::new(world.clone(), &Config::new("s0")).unwrap());
    world.run(vec![Box::pin(async {
        let start = world.now();
        engine.pause(Duration::from_secs(1)).await.unwrap();
        assert_eq!(world.now() - start, Duration::from_secs(1));
        world.state().has_no_timers = true;
        assert_eq!(engine.pause(Duration::from_secs(1)).await.unwrap_err().kind(), io::ErrorKind::Unsupported);
    })]);
}

#[test]
fn tasks_in_the_background_are_bounded() {
    let engine = Arc::new(Engine::new(World::new(0, 1), &Config::new("s0")).unwrap());
    let mut running: Vec<_> = (0..100).map_while(|_| Running::start(&engine)).collect();
    assert_eq!(running.len(), MOST_DETACHED);
    drop(running.pop());
    assert!(Running::start(&engine).is_some() && Running::start(&engine).is_some(), "each makes room at its end");
}

/// Each of the two certificates is warned of, whatever the other.
#[test]
fn a_certificate_that_ends_soon_is_warned_of_by_itself() {
    let engine = Engine::new(World::new(0, 1), &Config::new("s0")).unwrap();
    let state = |state, after| {
        let certificate_ends = Some(SystemTime::now() + after);
        let told = EndpointStatus { state, certificate_ends, ..engine.status().endpoints.remove(0) };
        engine.with_warnings(vec![told]).endpoints[0].state
    };
    let (soon, later) = (Duration::from_secs(60), Duration::from_secs(1000 * 24 * 60 * 60));
    assert_eq!(state(EndpointState::Normal, soon), EndpointState::Expiring);
    assert_eq!(state(EndpointState::Normal, later), EndpointState::Normal);
    assert_eq!(state(EndpointState::Unreachable, soon), EndpointState::Unreachable);
}
