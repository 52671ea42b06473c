//! Answers and refusals that have arrived by the time that a call is over.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use kmip_client::protocol::operation::Register;
use kmip_client::{Error, Phase, TransportError};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, ResultReason};

use crate::evil::{Evil, TRANSPORTS, Transport, refusal, serve};
use crate::{call, limits, run};

const TOO_LARGE: u32 = 0x02;

/// The buffers of both ends of a connection hold less.
static MATERIAL: [u8; 32 << 20] = [7; 32 << 20];

/// A server reads the beginning of a request, and no more: writing ends with the time of the call.
fn register(transport: Transport, is_async: bool, refuses: bool) -> Error {
    let (said, is_said) = mpsc::channel();
    let stalls = move |mut evil: Evil, _| {
        if evil.begin_of_request().is_none() {
            return;
        }
        if refuses {
            evil.answer(&refusal(TOO_LARGE));
        }
        let _ = said.send(());
        // The connection stays open.
        thread::sleep(Duration::from_secs(60));
    };
    let config = limits(serve(transport, stalls)).attempt_timeout(Duration::from_secs(4));
    let mut error = None;
    run(&config, is_async, async |client| {
        let request = Register::symmetric_key(CryptographicAlgorithm::AES, &MATERIAL);
        error = Some(call!(client, &request).map(drop).unwrap_err());
    });
    is_said.try_recv().expect("the server has said it by then");
    error.unwrap()
}

#[test]
fn a_refusal_of_a_request_that_is_still_being_written_is_told_once_its_time_is_over() {
    thread::scope(|scope| {
        // Writing this much JSON or XML takes too long.
        for transport in TRANSPORTS.into_iter().take(2) {
            for (is_async, refuses) in [(false, false), (false, true), (true, false), (true, true)] {
                scope.spawn(move || {
                    let error = register(transport, is_async, refuses);
                    let what = format!("{transport:?}, async: {is_async}, refuses: {refuses}: {error:?}");
                    match error {
                        Error::Refused(refusal) if refuses => {
                            let told = (refusal.reason, refusal.message.as_deref());
                            assert_eq!(told, (Some(ResultReason::RESPONSE_TOO_LARGE), Some("not to you")), "{what}");
                        }
                        Error::OutcomeUnknown(attempt) if !refuses => {
                            let is_late =
                                matches!(attempt.error, TransportError::TimedOut { phase: Phase::Attempt, .. });
                            assert!(is_late, "{what}");
                        }
                        _ => panic!("{what}"),
                    }
                });
            }
        }
    });
}
