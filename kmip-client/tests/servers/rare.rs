//! Operations that few servers support.

use kmip_client::protocol::Ticket;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{
    Cancel, Certify, CreateSplitKey, DelegatedLogin, Get, Interop, JoinSplitKey, Log, Login, Logout, Ping, Pkcs11,
    Poll, Process, QueryAsynchronousRequests, ReCertify, ReProvision, Register, SetDefaults, SetEndpointRole, Validate,
};
use kmip_ttlv::enumeration::{
    CertificateType, CryptographicUsageMask as Mask, EndpointRole, ObjectType, Pkcs11Function, ValidityIndicator,
};
use kmip_ttlv::{V1_0, V1_2, V1_4, V2_0, V2_1};

use crate::Row;
use crate::objects::certificate_request;
use crate::session::{Probed, Session, certificate};

pub(crate) const ROWS: &[Row] = &[
    Row::since(V1_0, "Certify", certify),
    Row::since(V1_0, "Re-certify", re_certify),
    Row::since(V1_0, "Validate", validate),
    Row::since(V1_2, "Create Split Key", create_split_key),
    Row::since(V1_2, "Join Split Key", join_split_key),
    Row::since(V1_0, "Poll", poll),
    Row::since(V1_0, "Cancel", cancel),
    Row::since(V2_0, "Log", log),
    Row::since(V2_0, "Login", login),
    Row::since(V2_0, "Delegated Login", delegated_login),
    Row::since(V2_0, "Logout", logout),
    Row::since(V2_0, "Interop", interop),
    Row::since(V2_0, "PKCS#11", pkcs11),
    Row::since(V2_0, "Re-Provision", re_provision),
    Row::since(V2_1, "Set Defaults", set_defaults),
    Row::since(V2_0, "Set Endpoint Role", set_endpoint_role),
    Row::since(V2_1, "Ping", ping),
    Row::since(V2_1, "Process", process),
    Row::since(V2_1, "Query Asynchronous Requests", query_asynchronous_requests),
];

fn certified(kms: &Session) -> Result<String, kmip_client::Error> {
    let (_, public) = kms.rsa_pair();
    let name = kms.name();
    let mut request =
        Certify::id(&public).name(&name).attribute(AttributeValue::CertificateType(CertificateType::X_509));
    // Cosmian requires a subject in an attribute that only the server may set, by the standard.
    if kms.server == "Cosmian" && kms.version >= V1_4 {
        request = request.attribute(AttributeValue::CertificateSubjectCn("matrix"));
    }
    let reply = kms.call(&request)?;
    Ok(reply.payload().unique_identifier.to_string())
}

fn certify(kms: &Session) -> Probed {
    let id = certified(kms)?;
    let fetched = kms.must(&Get::id(&id));
    assert_eq!(fetched.payload().object_type, ObjectType::CERTIFICATE);
    Ok(())
}

fn re_certify(kms: &Session) -> Probed {
    let certified = certified(kms);
    // If it does not certify, Re-certify is refused itself.
    let id = certified.unwrap_or_else(|_| registered(kms));
    let id = if kms.server == "PyKMIP" { id } else { kms.activated(id) };
    let reply = kms.call(&ReCertify::id(&id))?;
    assert_ne!(reply.payload().unique_identifier.as_str(), Some(&*id));
    Ok(())
}

fn registered(kms: &Session) -> String {
    let der = certificate("p256.crt");
    kms.must(&Register::certificate(&der).usage(Mask::VERIFY)).payload().unique_identifier.to_string()
}

fn validate(kms: &Session) -> Probed {
    let id = registered(kms);
    let reply = kms.call(&Validate::id(&id))?;
    assert_eq!(reply.payload().validity_indicator, ValidityIndicator::VALID);
    Ok(())
}

fn parts(kms: &Session, id: &str) -> Result<Vec<String>, kmip_client::Error> {
    let reply = kms.call(&CreateSplitKey::xor(3).of(id))?;
    Ok(reply.payload().unique_identifiers.iter().map(ToString::to_string).collect())
}

fn create_split_key(kms: &Session) -> Probed {
    assert_eq!(parts(kms, &kms.key())?.len(), 3);
    Ok(())
}

fn join_split_key(kms: &Session) -> Probed {
    let id = kms.key();
    // If it does not split, Join Split Key is refused itself.
    let parts = parts(kms, &id).unwrap_or_else(|_| vec![kms.key(), kms.key()]);
    let reply = kms.call(&JoinSplitKey::symmetric_key(parts.iter().map(String::as_str)))?;
    assert_eq!(kms.bytes(&reply.payload().unique_identifier.to_string()), kms.bytes(&id));
    Ok(())
}

fn poll(kms: &Session) -> Probed {
    kms.call(&Poll::correlation_value(b"nothing"))?;
    Ok(())
}

fn cancel(kms: &Session) -> Probed {
    kms.call(&Cancel::correlation_value(b"nothing"))?;
    Ok(())
}

fn log(kms: &Session) -> Probed {
    kms.call(&Log::message("a test was here"))?;
    Ok(())
}

fn login(kms: &Session) -> Probed {
    kms.call(&Login::ticket())?;
    Ok(())
}

fn delegated_login(kms: &Session) -> Probed {
    kms.call(&DelegatedLogin::rights([]))?;
    Ok(())
}

fn logout(kms: &Session) -> Probed {
    kms.call(&Logout::ticket(Ticket::default()))?;
    Ok(())
}

fn interop(kms: &Session) -> Probed {
    kms.call(&Interop::begin("a test"))?;
    Ok(())
}

fn pkcs11(kms: &Session) -> Probed {
    kms.call(&Pkcs11::function(Pkcs11Function::C_INITIALIZE))?;
    Ok(())
}

fn re_provision(kms: &Session) -> Probed {
    let der = certificate_request();
    kms.call(&ReProvision::certificate_request(&der))?;
    Ok(())
}

fn set_defaults(kms: &Session) -> Probed {
    kms.call(&SetDefaults::defaults([]))?;
    Ok(())
}

fn set_endpoint_role(kms: &Session) -> Probed {
    kms.call(&SetEndpointRole::role(EndpointRole::SERVER))?;
    Ok(())
}

fn ping(kms: &Session) -> Probed {
    kms.call(&Ping::server())?;
    Ok(())
}

fn process(kms: &Session) -> Probed {
    kms.call(&Process::request(b"nothing"))?;
    Ok(())
}

fn query_asynchronous_requests(kms: &Session) -> Probed {
    kms.call(&QueryAsynchronousRequests::all())?;
    Ok(())
}
