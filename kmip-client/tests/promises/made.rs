//! A server that names an object twice, long after the first time.

use kmip_client::Error;
use kmip_client::protocol::operation::Create;
use kmip_client::{OutOfStep, TransportError};
use kmip_ttlv::enumeration::OperationCode;

use crate::evil::{Echo, Evil, Transport, created, serve};
use crate::{call, limits, run};

/// The client knows the last 64 objects of a server again, and those of a connection that repeats no ID.
#[test]
fn an_identifier_that_a_connection_has_named_before_is_not_that_of_another_object() {
    const MADE: usize = 70;
    let serve_it = |evil: Evil, connection: usize| {
        let mut made = 0;
        evil.answer_each(|request| {
            let id = format!("{connection}-{}", made % MADE);
            made += 1;
            created(request, Echo::Nothing, &id)
        });
    };
    for is_async in [false, true] {
        run(&limits(serve(Transport::Tls, serve_it)), is_async, async |client| {
            for number in 0..MADE {
                let made = call!(client, &Create::aes(256)).unwrap();
                assert_eq!(made.payload().unique_identifier.to_string(), format!("0-{number}"));
            }
            let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
            let Error::OutcomeUnknown(attempt) = &error else { panic!("{error:?}") };
            let repeated = OutOfStep::Repeated { operation: OperationCode::CREATE };
            assert!(matches!(attempt.error, TransportError::OutOfStep(what) if what == repeated), "{error:?}");
            let made = call!(client, &Create::aes(256)).unwrap();
            assert_eq!(made.payload().unique_identifier.to_string(), "1-0", "on a fresh connection");
        });
    }
}
