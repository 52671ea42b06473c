//! Every flow, cut off at every request and every reply: nothing is lost, nothing is made twice without a word, and a
//! second run finishes.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use kmip_client::flow::{FlowError, create_active, migrate, rotate, rotate_by_create, rotate_named};
use kmip_client::protocol::operation::{Activate, Create, GetAttributes, Locate};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::{Config, Kmip, blocking};
use kmip_ttlv::enumeration::{OperationCode as Code, ResultReason};
use kmip_ttlv::{Tag, V1_4};

use crate::runtime;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    CreateActive,
    Rotate,
    RotateByCreate,
    RotateNamed,
    Migrate,
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    /// One reply is lost.
    LoseReply,
    /// One request is lost.
    LoseRequest,
    /// The server executes everything from then on, and answers nothing.
    LoseAllReplies,
    /// The server refuses everything from then on.
    RefuseAll,
}

const CUTS: [Cut; 4] = [Cut::LoseReply, Cut::LoseRequest, Cut::LoseAllReplies, Cut::RefuseAll];

#[derive(Clone, Copy, Debug)]
struct Case {
    flow: Flow,
    /// The key has a name.
    named: bool,
    /// The server has Re-key.
    re_key: bool,
    cut: Cut,
    /// The number of requests before the cut.
    after: usize,
}

/// The server of the key, and the one to which it is migrated. They fail alike.
struct Servers([TestServer; 2]);

impl Servers {
    fn new(re_key: bool) -> Self {
        let servers = Self([TestServer::start(), TestServer::start()]);
        servers.prepare(re_key);
        servers
    }

    fn prepare(&self, re_key: bool) {
        for server in &self.0 {
            server.heal();
            if !re_key {
                server.fail(Fault::Refuse(ResultReason::OPERATION_NOT_SUPPORTED).on(Code::RE_KEY).always());
            }
        }
    }

    /// The server on which the flow makes an object.
    fn changed(&self, flow: Flow) -> &TestServer {
        &self.0[usize::from(flow == Flow::Migrate)]
    }
}

fn config(server: &TestServer) -> Config {
    server.config().version(V1_4).total_timeout(Duration::from_secs(2)).attempt_timeout(Duration::from_secs(2))
}

async fn run(flow: Flow, kms: &impl Kmip, to: &impl Kmip, old: &str) -> Result<String, FlowError> {
    match flow {
        Flow::CreateActive => create_active(kms, "new", &Create::aes(256)).await,
        Flow::Rotate => rotate(kms, old).await.map(|new| new.id().to_owned()),
        Flow::RotateByCreate => rotate_by_create(kms, old).await.map(|new| new.id().to_owned()),
        Flow::RotateNamed => rotate_named(kms, "backup").await.map(|new| new.id().to_owned()),
        Flow::Migrate => migrate(kms, to, old).await.map(|copy| copy.id().to_owned()),
    }
}

fn run_on(is_async: bool, flow: Flow, servers: &Servers, old: &str) -> Result<String, FlowError> {
    let [kms, to] = [&servers.0[0], &servers.0[1]].map(config);
    if is_async {
        return runtime().block_on(async {
            let kms = kmip_client::Client::connect(&kms).await?;
            let to = kmip_client::Client::connect(&to).await?;
            run(flow, &kms, &to, old).await
        });
    }
    let (kms, to) = (blocking::Client::connect(&kms)?, blocking::Client::connect(&to)?);
    kms.run(async |kms| run(flow, &kms, &to.for_flow(), old).await)
}

fn objects(server: &TestServer) -> BTreeSet<String> {
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let found = kms.call(&Locate::all()).unwrap();
    found.payload().unique_identifiers.iter().map(ToString::to_string).collect()
}

fn make_key(server: &TestServer, named: bool) -> String {
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let request = if named { Create::aes(256).name("backup") } else { Create::aes(256) };
    let id = kms.call(&request).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&id)).unwrap();
    id
}

fn is_active(server: &TestServer, id: &str) -> bool {
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::STATE)).unwrap();
    format!("{:?}", reply.payload().attributes).contains("Active")
}

fn attempt(case: Case, is_async: bool) {
    let Case { flow, named, re_key, cut, after } = case;
    let servers = Servers::new(re_key);
    let old = make_key(&servers.0[0], named);
    let changed = servers.changed(flow);
    let before = objects(changed);
    // Connecting takes one request, Discover Versions; the version is fixed here.
    for server in &servers.0 {
        server.fail(match cut {
            Cut::LoseReply => Fault::LoseReply.after(after),
            Cut::LoseRequest => Fault::CloseUnanswered.after(after),
            Cut::LoseAllReplies => Fault::LoseReply.after(after).always(),
            Cut::RefuseAll => Fault::Refuse(ResultReason::GENERAL_FAILURE).after(after).always(),
        });
    }
    let first = run_on(is_async, flow, &servers, &old);
    servers.prepare(re_key);
    let made: Vec<String> = objects(changed).difference(&before).cloned().collect();
    let new = match first {
        Ok(new) => new,
        Err(FlowError::CannotRepeat { left, source }) => {
            assert!(made.len() <= 1, "{case:?}: {made:?} after {source:?}");
            if let Some(left) = left {
                assert_eq!(made, [left], "{case:?}: {source:?}");
            }
            return;
        }
        Err(error) => {
            let again = run_on(is_async, flow, &servers, &old);
            again.unwrap_or_else(|again| panic!("{case:?}: {error:?}, and then {again:?}"))
        }
    };
    let made: Vec<String> = objects(changed).difference(&before).cloned().collect();
    assert_eq!(made, [new.as_str()], "{case:?}");
    assert!(is_active(changed, &new), "{case:?}");
    assert!(is_active(&servers.0[0], &old), "{case:?}: the old key is as it was");
}

/// Returns the number of requests of a run that nothing disturbs.
fn requests(flow: Flow, named: bool, re_key: bool) -> usize {
    let servers = Servers::new(re_key);
    let old = make_key(&servers.0[0], named);
    let count = || servers.0.iter().flat_map(|server| server.requests().into_values()).sum::<usize>();
    let before = count();
    run_on(false, flow, &servers, &old).unwrap();
    count() - before
}

#[test]
fn a_flow_that_is_cut_off_anywhere_finishes_or_says_what_it_left() {
    let mut cases = Vec::new();
    for (flow, named, re_key) in [
        (Flow::CreateActive, true, true),
        (Flow::Rotate, true, true),
        (Flow::Rotate, false, true),
        (Flow::Rotate, true, false),
        (Flow::RotateByCreate, true, true),
        (Flow::RotateByCreate, false, true),
        (Flow::RotateNamed, true, true),
        (Flow::RotateNamed, true, false),
        (Flow::Migrate, true, true),
        (Flow::Migrate, false, true),
    ] {
        for after in 0..requests(flow, named, re_key) {
            cases.extend(CUTS.map(|cut| Case { flow, named, re_key, cut, after }));
        }
    }
    assert!(cases.len() > 200, "{}", cases.len());
    // The flows mostly wait.
    let cases = std::sync::Mutex::new(cases.into_iter().enumerate());
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some((number, case)) = { cases.lock().unwrap().next() } {
                    attempt(case, number % 4 == 0);
                }
            });
        }
    });
}
