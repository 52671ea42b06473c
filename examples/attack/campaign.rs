//! The campaign: message after message, and whether the server is alive in between.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use kmip_client::Exchange;
use kmip_client::protocol::message::ResponseMessage;
use kmip_client::protocol::operation::Query;
use kmip_client::ttlv::enumeration::{QueryFunction, ResultReason, ResultStatus};
use kmip_client::ttlv::{ProtocolVersion, Rules, V1_2, Walk};

use crate::args::Arguments;
use crate::connection::{Connection, Outcome, Target};
use crate::findings::{Finding, Findings};
use crate::message::{self, Kind, Random};
use crate::objects::{self, Objects};

/// The number of messages that are sent before the server is asked whether it is alive.
const BETWEEN: usize = 200;
/// The number of messages after which objects are made anew: those that were there may be destroyed by then.
const OBJECTS_FOR: u64 = 2000;
/// The time that a server that is down may take to come back, before the campaign ends.
const REVIVAL: Duration = Duration::from_secs(60);

pub(crate) struct Campaign {
    target: Target,
    connection: Option<Connection>,
    findings: Findings,
    random: Random,
    versions: Vec<ProtocolVersion>,
    patience: Duration,
    seconds: Duration,
    messages: u64,
    pace: Option<Duration>,
    /// The objects that the messages name.
    objects: Objects,
    /// A request that every server answers, whatever it was asked before.
    probe: Vec<u8>,
    sent: BTreeMap<Kind, usize>,
    outcomes: BTreeMap<String, usize>,
    slowest: Duration,
    died: usize,
}

impl Campaign {
    pub(crate) fn new(target: Target, arguments: &Arguments) -> Result<Self, Box<dyn std::error::Error>> {
        let probe = Exchange::new(V1_2, &Query::functions([QueryFunction::QUERY_OPERATIONS]))?.request().to_vec();
        let campaign = Self {
            connection: None,
            findings: Findings::new(&arguments.out)?,
            random: Random(arguments.seed),
            versions: arguments.versions(),
            patience: arguments.patience(),
            seconds: arguments.duration(),
            messages: arguments.messages(),
            objects: Objects::default(),
            pace: arguments.pace(),
            probe,
            sent: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            slowest: Duration::ZERO,
            died: 0,
            target,
        };
        match campaign.alive() {
            Ok(()) => Ok(campaign),
            Err(why) => Err(format!("the server does not answer Query before the first message: {why}").into()),
        }
    }

    pub(crate) fn run(&mut self) -> std::io::Result<()> {
        let (started, mut since) = (Instant::now(), 0);
        for number in 0..self.messages {
            if number.is_multiple_of(OBJECTS_FOR) {
                self.make_objects();
            }
            if started.elapsed() >= self.seconds {
                break;
            }
            let (kind, request) = message::next(&mut self.random, &self.versions, &self.objects);
            let begun = Instant::now();
            let broke = self.send(kind, &request)?;
            since += 1;
            if broke || since >= BETWEEN {
                since = 0;
                if let Err(why) = self.alive() {
                    let detail = format!("the server does not answer Query afterwards: {why}");
                    self.findings.add(&Finding { what: "dead", detail, kind, request: &request, answer: &[] })?;
                    if !self.revived() {
                        self.died += 1;
                        return Ok(());
                    }
                }
            }
            if let Some(pace) = self.pace {
                std::thread::sleep(pace.saturating_sub(begun.elapsed()));
            }
        }
        Ok(())
    }

    /// Has the server make objects for the messages to be about, as far as it can.
    fn make_objects(&mut self) {
        let version = self.versions[0];
        let Ok(mut connection) = self.target.connect(self.patience) else { return };
        for request in objects::requests(version) {
            let Outcome::Answered(answer) = connection.ask(&request, self.patience) else { return };
            for id in self.objects.learn(&answer) {
                let Some(activation) = objects::activation(version, &id) else { continue };
                let Outcome::Answered(_) = connection.ask(&activation, self.patience) else { return };
            }
        }
    }

    /// Sends one message and judges the answer. Returns `true` if the connection is gone.
    fn send(&mut self, kind: Kind, request: &[u8]) -> std::io::Result<bool> {
        let mut connection = match self.connection.take().map_or_else(|| self.target.connect(self.patience), Ok) {
            Ok(connection) => connection,
            // The watch finds out whether it is down.
            Err(error) => {
                *self.outcomes.entry(format!("no connection: {}", error.kind())).or_default() += 1;
                return Ok(true);
            }
        };
        *self.sent.entry(kind).or_default() += 1;
        let begun = Instant::now();
        let outcome = connection.ask(request, self.patience);
        self.slowest = self.slowest.max(begun.elapsed());
        let mut finding =
            |what, detail, answer: &[u8]| self.findings.add(&Finding { what, detail, kind, request, answer });
        let (outcome, broke) = match outcome {
            Outcome::Answered(answer) => {
                self.connection = Some(connection);
                self.objects.learn(&answer);
                let (outcome, fault) = judged(kind, &answer);
                if let Some((what, detail)) = fault {
                    finding(what, detail, &answer)?;
                }
                (outcome, false)
            }
            Outcome::Garbage(answer) => {
                finding("garbage", "what came back is no message".into(), &answer)?;
                ("garbage".into(), true)
            }
            Outcome::Silent => {
                finding("silence", "no answer, and the connection stays open".into(), &[])?;
                ("silence".into(), true)
            }
            Outcome::Closed(error) => {
                // It need not talk to who does not speak TTLV.
                if kind != Kind::Damaged {
                    finding("closed", format!("the connection ended without an answer: {}", error.kind()), &[])?;
                }
                (format!("closed: {}", error.kind()), true)
            }
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        Ok(broke)
    }

    /// Returns `Ok` if the server answers a Query over a new connection.
    fn alive(&self) -> Result<(), String> {
        let mut connection = self.target.connect(self.patience).map_err(|error| format!("no connection: {error}"))?;
        match connection.ask(&self.probe, self.patience) {
            Outcome::Answered(answer) => match ResponseMessage::decode_message(&answer, lenient()) {
                Ok(_) => Ok(()),
                Err(error) => Err(format!("its answer cannot be read: {error}")),
            },
            Outcome::Garbage(_) => Err("its answer is no message".into()),
            Outcome::Closed(error) => Err(format!("it closes the connection: {error}")),
            Outcome::Silent => Err("no answer in time".into()),
        }
    }

    /// Waits for a server that somebody starts again.
    fn revived(&self) -> bool {
        let until = Instant::now() + REVIVAL;
        while Instant::now() < until {
            std::thread::sleep(Duration::from_millis(500));
            if self.alive().is_ok() {
                return true;
            }
        }
        false
    }

    /// Writes the report and returns the number of findings.
    pub(crate) fn finish(self) -> Result<usize, Box<dyn std::error::Error>> {
        let total: usize = self.sent.values().sum();
        let mut head = format!("{total} messages: {:?}; the slowest took {} ms\n", self.sent, self.slowest.as_millis());
        _ = writeln!(head, "{} objects are known at the end", self.objects.count());
        for (outcome, count) in &self.outcomes {
            _ = writeln!(head, "{count:>7}  {outcome}");
        }
        if self.died > 0 {
            head.push_str("the server went down and did not come back\n");
        }
        _ = writeln!(head, "{} findings", self.findings.count());
        self.findings.report(&head)?;
        Ok(self.findings.count())
    }
}

fn lenient() -> Rules {
    Rules::STRICT.skip_unknown().any_padding().integer_stand_ins()
}

/// Names what an answer is, and what is wrong with it.
fn judged(kind: Kind, answer: &[u8]) -> (String, Option<(&'static str, String)>) {
    if let Some(Err(error)) = Walk::new(answer).find(Result::is_err) {
        return (
            "malformed".into(),
            Some(("malformed", format!("the answer is not well-formed TTLV: {}", error.kind()))),
        );
    }
    let message = match ResponseMessage::decode_message(answer, lenient()) {
        Ok((message, _)) => message,
        Err(error) => {
            return (
                "untyped".into(),
                Some(("untyped", format!("the answer is no response message: {}", error.kind()))),
            );
        }
    };
    let failed = message.batch_items.iter().find(|item| item.result_status == ResultStatus::OPERATION_FAILED);
    let Some(failed) = failed else { return ("success".into(), None) };
    let reason = failed.result_reason.map_or_else(|| "no reason".into(), |reason| reason.to_string());
    // A server says so when something went wrong that it did not foresee.
    let unforeseen = failed.result_reason == Some(ResultReason::GENERAL_FAILURE) && kind == Kind::Valid;
    let finding = unforeseen.then(|| {
        (
            "general-failure",
            format!("a valid request is refused by General Failure: {}", failed.result_message.unwrap_or("")),
        )
    });
    (format!("refused: {reason}"), finding)
}
