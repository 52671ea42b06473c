//! Faults on the command line: `FAULT[=VALUE][:OPERATION][,after=N][,times=N|,always]`.

use std::time::Duration;

use kmip_client::test_server::{Fault, Script};
use kmip_client::ttlv::enumeration::{OperationCode, ResultReason};

/// The help of `--fail`.
pub(crate) const HELP: &str = "\
A fault to inject; several times for more: FAULT[=VALUE][:OPERATION][,after=N][,times=N|,always]

It befalls the next request, or the next one of the OPERATION, as in Create; N requests with times=N, every one with always, and with after=N \
not the first N.

  close-unread, close-unanswered, close-after-reply, lose-reply,
  half-reply, stall, garbage, oversized, missing-item, extra-item,
  other-operation, other-version, answer-in-other-version,
  delay=TIME (250ms, 2s), refuse=REASON (PermissionDenied),
  http-status=CODE (503)";

pub(crate) fn parse(text: &str) -> Result<Script, String> {
    let mut parts = text.split(',');
    let head = parts.next().unwrap_or_default();
    let (fault, operation) = match head.split_once(':') {
        Some((fault, operation)) => (fault, Some(operation)),
        None => (head, None),
    };
    let (name, value) = match fault.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (fault, None),
    };
    let mut script = Script::from(fault_of(name, value)?);
    if let Some(name) = operation {
        let code = OperationCode::from_name(name)
            .ok_or_else(|| format!("there is no operation {name:?}; write it as in CreateKeyPair"))?;
        script = script.on(code);
    }
    for part in parts {
        script = match part.split_once('=') {
            Some(("after", number)) => script.after(count(number)?),
            Some(("times", number)) => script.times(count(number)?),
            None if part == "always" => script.always(),
            _ => return Err(format!("{part:?} is not one of after=N, times=N and always")),
        };
    }
    Ok(script)
}

fn fault_of(name: &str, value: Option<&str>) -> Result<Fault, String> {
    let needed = |what: &str| value.ok_or_else(|| format!("write it as {name}={what}"));
    let fault = match name {
        "close-unread" => Fault::CloseUnread,
        "close-unanswered" => Fault::CloseUnanswered,
        "close-after-reply" => Fault::CloseAfterReply,
        "lose-reply" => Fault::LoseReply,
        "half-reply" => Fault::HalfReply,
        "stall" => Fault::Stall,
        "garbage" => Fault::Garbage,
        "oversized" => Fault::Oversized,
        "missing-item" => Fault::MissingItem,
        "extra-item" => Fault::ExtraItem,
        "other-operation" => Fault::OtherOperation,
        "other-version" => Fault::OtherVersion,
        "answer-in-other-version" => Fault::AnswerInOtherVersion,
        "delay" => return Ok(Fault::Delay(duration(needed("TIME")?)?)),
        "refuse" => {
            let reason = needed("REASON")?;
            let reason =
                ResultReason::from_name(reason).ok_or_else(|| format!("there is no result reason {reason:?}"))?;
            return Ok(Fault::Refuse(reason));
        }
        "http-status" => {
            let code = needed("CODE")?;
            let status = code.parse().ok().filter(|status| (100..600).contains(status));
            return status.map(Fault::HttpStatus).ok_or_else(|| format!("{code:?} is no status of HTTP"));
        }
        _ => return Err(format!("there is no fault {name:?}; --help lists them")),
    };
    match value {
        None => Ok(fault),
        Some(_) => Err(format!("{name} takes no value")),
    }
}

fn count(number: &str) -> Result<usize, String> {
    number.parse().map_err(|_| format!("{number:?} is no number"))
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    match (number.parse(), unit) {
        (Ok(number), "ms") => Ok(Duration::from_millis(number)),
        (Ok(number), "s") => Ok(Duration::from_secs(number)),
        _ => Err(format!("{text:?} is no time: write it as 250ms or 2s")),
    }
}
