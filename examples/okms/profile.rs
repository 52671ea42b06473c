//! The known features of OVHcloud KMS, and those that an endpoint reports.

use examples::{Failure, Output, labelled};
use kmip_client::blocking::Client;
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::OperationCode;
use kmip_client::ttlv::{V1_0, V1_4};

/// The operations of OVHcloud's KMIP guide (October 2024), and the two that its guide for Kubernetes uses since
/// (February 2026).
pub(crate) const OPERATIONS: [OperationCode; 22] = [
    OperationCode::CREATE,
    OperationCode::CREATE_KEY_PAIR,
    OperationCode::REGISTER,
    OperationCode::RE_KEY,
    OperationCode::LOCATE,
    OperationCode::GET,
    OperationCode::GET_ATTRIBUTES,
    OperationCode::GET_ATTRIBUTE_LIST,
    OperationCode::ADD_ATTRIBUTE,
    OperationCode::MODIFY_ATTRIBUTE,
    OperationCode::DELETE_ATTRIBUTE,
    OperationCode::OBTAIN_LEASE,
    OperationCode::GET_USAGE_ALLOCATION,
    OperationCode::ACTIVATE,
    OperationCode::REVOKE,
    OperationCode::DESTROY,
    OperationCode::ARCHIVE,
    OperationCode::RECOVER,
    OperationCode::QUERY,
    OperationCode::DISCOVER_VERSIONS,
    OperationCode::ENCRYPT,
    OperationCode::DECRYPT,
];

/// Operations on which the sources disagree: the endpoint's own list counts.
const UNCERTAIN: [OperationCode; 7] = [
    OperationCode::ENCRYPT,
    OperationCode::DECRYPT,
    OperationCode::SIGN,
    OperationCode::SIGNATURE_VERIFY,
    OperationCode::RE_KEY_KEY_PAIR,
    OperationCode::IMPORT,
    OperationCode::EXPORT,
];

/// Returns an embedded KMS with the operations and versions of OVHcloud KMS.
pub(crate) fn embedded() -> Result<TestServer, Failure> {
    Ok(TestServer::builder().versions(V1_0..=V1_4).operations(OPERATIONS).try_start()?)
}

/// Prints the description of the endpoint, and the operations that Query lists.
pub(crate) fn introduce(kms: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
    writeln!(output, "{:<12}{}", "endpoint", kms.endpoint())?;
    writeln!(output, "{:<12}KMIP {}", "version", kms.version())?;
    let told = kms.capabilities()?;
    writeln!(output, "{:<12}{}", "vendor", told.vendor().unwrap_or("does not say"))?;
    let names = |wanted: &dyn Fn(OperationCode) -> bool| {
        let names: Vec<_> = UNCERTAIN.into_iter().filter(|code| wanted(*code)).map(|code| code.to_string()).collect();
        if names.is_empty() { "none of them".to_owned() } else { names.join(", ") }
    };
    let count = told.operations().len();
    let allowed =
        format!("{count} operations; of those that guides disagree on: {}", names(&|code| told.advertises(code)));
    let missing = names(&|code| !told.advertises(code));
    for (what, text) in [("allowed", allowed), ("not listed", missing)] {
        writeln!(output, "{}", labelled(0, what, &text))?;
    }
    writeln!(output)?;
    Ok(())
}
