//! Drives scripted stacks: `compare` measures one that answers, and reports one that crashes, hangs or answers
//! nonsense.

#![cfg(unix)]
#![allow(missing_docs)]

use std::ffi::OsString;
use std::fs;
use std::process::{Command, Output};
use std::time::Duration;

use benches::compare::{Fault, Input, Launch, Message, Operation, Peer, Plan, judge, measure};

/// Answers hello, and then as `rest` says; `$command` and `$rest` are what was asked.
fn script(rest: &str) -> String {
    format!(
        r#"while IFS= read -r line; do
  command=${{line%% *}} rest=${{line#* }}
  case $command in
    hello) echo '{{"protocol": 2, "name": "scripted", "version": "7"}}' ;;
    message) given=$rest; echo '{{}}' ;;
    {rest}
    *) echo '{{"error": "it cannot"}}' ;;
  esac
done"#
    )
}

fn launch(name: &str, script: &str) -> Launch {
    Launch { name: name.into(), command: ["sh", "-c", script].map(OsString::from).into() }
}

fn peer(rest: &str) -> Peer {
    Peer::start(launch("it", &script(rest))).expect("it says hello")
}

/// As few rounds as there are, and little patience.
fn plan(patience: Duration) -> Plan {
    Plan { round: Duration::ZERO, rounds: 3, time: Duration::ZERO, patience }
}

const PATIENT: Duration = Duration::from_secs(60);

fn first_message() -> Message {
    Message::workloads().remove(0)
}

/// The remark of a stack that decodes like this; `None` if it was measured.
fn decodes(rest: &str, patience: Duration) -> Option<String> {
    let message = first_message();
    let cells = measure(&mut [peer(rest)], Operation::Decode, &message, plan(patience));
    assert_eq!(cells.len(), 1);
    assert_eq!(cells[0].time.is_some(), cells[0].remark.is_none(), "{:?}", cells[0].remark);
    cells[0].remark.clone()
}

#[test]
fn a_stack_that_answers_is_measured() {
    assert_eq!(decodes(r#"decode) echo '{"ns": 1, "count": 1}' ;;"#, PATIENT), None);
}

#[test]
fn a_crash_is_reported_with_its_last_words() {
    let remark = decodes("decode) echo 'overflow at 7' >&2; kill -SEGV $$ ;;", PATIENT).expect("a crash");
    assert!(remark.starts_with("crashed: overflow at 7 (signal: 11"), "{remark}");
    let remark = decodes("decode) exit 3 ;;", PATIENT).expect("a crash");
    assert_eq!(remark, "crashed: exit status: 3");
}

#[test]
fn a_hang_is_ended() {
    let remark = decodes("decode) exec sleep 600 ;;", Duration::from_millis(300)).expect("a hang");
    assert_eq!(remark, "hung: no answer within 0.3 s");
}

#[test]
fn rejects_figures_that_cannot_be_true() {
    for (answer, reason) in [
        (r#"{"ns": 1000000000000000000, "count": 1}"#, "says 1000000000000000000 ns, where all of it took"),
        (r#"{"ns": 0, "count": 1}"#, "its answer has no time"),
        (r#"{"ns": 5}"#, "its answer has no time"),
        (r#"{"ns": 5, "count": 2}"#, "went through 2, where there are 1"),
        (r#"{"ns": 5, "count": -1}"#, "which is no answer"),
        ("a lot", "which is no answer"),
    ] {
        let remark = decodes(&format!("decode) echo '{answer}' ;;"), PATIENT).expect(answer);
        assert!(remark.contains(reason), "{remark}");
    }
}

#[test]
fn a_stack_that_does_not_read_is_ended() {
    let message = Message::workloads().remove(4);
    let stuck = r#"read -r hello; echo '{"protocol": 2}'; exec sleep 600"#;
    let stuck = Peer::start(launch("stuck", stuck)).expect("it says hello");
    let cells = measure(&mut [stuck], Operation::Decode, &message, plan(Duration::from_secs(2)));
    assert_eq!(cells[0].remark.as_deref(), Some("hung: no answer within 2 s"));
}

#[test]
fn a_line_without_an_end_is_not_read_for_ever() {
    let remark = decodes("decode) exec tr '\\0' x </dev/zero ;;", PATIENT).expect("no answer");
    assert!(remark.contains("which is no answer"), "{remark}");
}

#[test]
fn says_which_operations_a_peer_does_not_offer_or_declines() {
    let message = first_message();
    let mut peers = [peer("")];
    let mut remark = |operation| measure(&mut peers, operation, &message, plan(PATIENT)).remove(0).remark;
    assert_eq!(remark(Operation::Walk).as_deref(), Some("it cannot"));
    assert_eq!(remark(Operation::Decode).as_deref(), Some("it cannot"));
}

#[test]
fn other_bytes_are_remarked_on() {
    let message = first_message();
    let encode = |hex: &str| {
        let rest = format!(
            r#"encode) echo '{{"ns": 1, "count": 4}}' ;;
    bytes) echo '{{"hex": "{hex}"}}' ;;"#
        );
        measure(&mut [peer(&rest)], Operation::Encode, &message, plan(PATIENT)).remove(0)
    };
    let digits: String = message.bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let same = encode(&digits);
    assert!(same.time.is_some() && same.remark.is_none(), "{same:?}");
    let other = encode("42007b01ff");
    assert!(other.time.is_some());
    assert_eq!(other.remark.as_deref(), Some("encodes 5 bytes where it read 312: they differ at byte 4"));
    let none = encode("4g");
    assert!(none.time.is_none() && none.remark.as_deref() == Some("its answer has no bytes"));
}

#[test]
fn a_stack_that_crashed_is_started_anew_for_the_next_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let messages = Message::workloads();
    let flag = folder.path().join("crashed");
    let flag = flag.display();
    let rest = format!(r#"decode) [ -e '{flag}' ] || {{ : >'{flag}'; exit 1; }}; echo '{{"ns": 1, "count": 1}}' ;;"#);
    let mut peers = [peer(&rest)];
    let mut is_measured = |message| measure(&mut peers, Operation::Decode, message, plan(PATIENT))[0].time.is_some();
    assert!(!is_measured(&messages[0]));
    assert!(is_measured(&messages[1]));
}

#[test]
fn a_stack_that_is_not_there_or_speaks_otherwise_is_no_stack() {
    let start = |script: &str| Peer::start(launch("it", script)).err().expect("no stack");
    assert_eq!(
        start("echo 'not built: make it' >&2; exit 1"),
        Fault::NotThere("not built: make it (exit status: 1)".into())
    );
    assert!(matches!(start("exec /nowhere/at/all"), Fault::NotThere(_)));
    let spoken = start(r#"read -r hello; echo '{"protocol": 1}'; read -r bye"#);
    assert_eq!(spoken.to_string(), "it speaks version 1 of the protocol, this is 2");
}

#[test]
fn malformed_messages_are_tallied_and_faults_named() {
    // Each input is one byte.
    let mut peer = peer(
        r#"decode) case $given in
      03) kill -ABRT $$ ;;
      04) exec sleep 600 ;;
      01) echo '{"count": 1}' ;;
      05) echo '{"hex": ""}' ;;
      *) echo '{"error": "bad"}' ;;
    esac ;;"#,
    );
    let inputs = [("good", 1), ("bad", 2), ("crash", 3), ("hang", 4), ("odd", 5), ("bad", 2), ("crash", 3)]
        .map(|(what, byte)| Input { what, bytes: vec![byte] });
    let endurance = judge(&mut peer, &inputs, Duration::from_millis(500));
    let counts = [endurance.accepted, endurance.refused, endurance.crashed, endurance.hung, endurance.left_out];
    assert_eq!(counts, [1, 2, 2, 2, 0]);
    assert_eq!(endurance.faults.iter().map(|(what, _)| *what).collect::<Vec<_>>(), ["crash", "hang", "odd"]);
    assert!(endurance.faults[0].1.starts_with("crashed: signal: 6"), "{:?}", endurance.faults);
}

#[test]
fn faults_without_end_are_given_up() {
    let inputs: Vec<_> = (0..8).map(|_| Input { what: "any", bytes: Vec::new() }).collect();
    let mut peer = peer("decode) echo nonsense ;;");
    let endurance = judge(&mut peer, &inputs, PATIENT);
    assert_eq!((endurance.hung, endurance.left_out, endurance.faults.len()), (5, 3, 1));
}

/// Runs the program with a folder of two stacks: one that crashes, one that is not built.
fn compare(arguments: &[&str]) -> (tempfile::TempDir, Output) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, script) in
        [("crashes", script("decode) kill -SEGV $$ ;;")), ("missing", "echo 'not built' >&2; exit 1".into())]
    {
        let run = folder.path().join(name).join("run");
        fs::create_dir(folder.path().join(name)).expect("a folder");
        fs::write(&run, format!("#!/bin/sh\n{script}\n")).expect("it is written");
        assert!(Command::new("chmod").arg("+x").arg(&run).status().expect("chmod").success());
    }
    let output = Command::new(env!("CARGO_BIN_EXE_compare"))
        .args(["--seconds", "0", "--folder"])
        .arg(folder.path())
        .args(arguments)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, output)
}

#[test]
fn the_program_prints_a_table_and_draws() {
    let (folder, output) = compare(&["codec"]);
    let table = String::from_utf8(output.stdout).expect("a table is text");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    for line in ["  missing: not measured: not built (exit status: 1)", "  scripted 7"] {
        assert!(table.lines().any(|found| found == line), "{line} is not in\n{table}");
    }
    assert!(table.contains("scripted: decode W1, W2, W3, W4, W5: crashed: signal: 11"), "{table}");
    let svg = folder.path().join("compare.svg");
    compare(&["codec", "round-trips", "--only", "--svg", svg.to_str().expect("UTF-8")]);
    let picture = fs::read_to_string(svg).expect("it is drawn");
    assert!(picture.starts_with("<svg") && picture.contains("kmip-client") && picture.contains("Get over TLS"));
}

#[test]
fn the_program_prints_json_and_csv() {
    let (_folder, output) = compare(&["codec", "round-trips", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let cells = json["cells"].as_array().expect("cells");
    let ours = cells.iter().filter(|cell| cell["stack"] == "kmip-client");
    assert!(
        ours.clone().all(|cell| cell["time"]["ns"].as_f64().is_some_and(|ns| ns > 0.0) && cell["remark"].is_null())
    );
    assert_eq!((ours.count(), cells.len()), (16, 32));
    let (_folder, output) = compare(&["codec", "--csv"]);
    let csv = String::from_utf8(output.stdout).expect("CSV is text");
    assert_eq!(csv.lines().count(), 1 + 2 * 15);
    assert!(csv.starts_with("stack,version,operation,message,ns,low,high,rounds,ratio,remark\n"));
}
