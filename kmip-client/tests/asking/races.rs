//! Flows while another program does the same.

use std::sync::Arc;

use kmip_client::flow::create_active;
use kmip_client::observe::Observer;
use kmip_client::protocol::operation::{Activate, Create, Locate};
use kmip_client::test_server::TestServer;
use kmip_client::{Error, RequestOptions, blocking};
use kmip_ttlv::enumeration::OperationCode as Code;

use crate::with_both;

/// Another program, which activates every key whenever this one is about to.
struct IsFaster(blocking::Client);

impl Observer for IsFaster {
    fn request_options(&self, operations: &[Code], options: RequestOptions) -> RequestOptions {
        if operations.contains(&Code::ACTIVATE) {
            let found = self.0.call(&Locate::all()).unwrap();
            for id in &found.payload().unique_identifiers {
                // The keys of earlier rounds are active already, which is a refusal.
                let _ = self.0.call(&Activate::id(*id));
            }
        }
        options
    }
}

#[test]
fn a_key_that_another_program_activates_first() {
    let server = TestServer::start();
    let other = blocking::Client::connect(&server.config()).unwrap();
    let config = server.config().observer(Arc::new(IsFaster(other)));
    with_both!(&config, kms => {
        let here = kms.call(&Locate::all()).await.unwrap().payload().unique_identifiers.len();
        let name = format!("vm-{here}");
        let id = create_active(kms, &name, &Create::aes(256)).await.unwrap();
        assert_eq!(create_active(kms, &name, &Create::aes(256)).await.unwrap(), id);
        // Without the flow the same is a refusal.
        let created = kms.call(&Create::aes(256)).await.unwrap();
        let error = kms.call(&Activate::id(created.payload().unique_identifier)).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    });
}
