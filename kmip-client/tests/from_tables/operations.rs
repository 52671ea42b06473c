//! The operations of KMIP 2.0 and 2.1.

use kmip_client::protocol::attribute::{AttributeValue, Attributes, UsageLimits};
use kmip_client::protocol::operation::{
    AsynchronousRequest, Constraint, DelegatedLogin, DelegatedLoginResponse, GetConstraints, GetConstraintsResponse,
    Interop, InteropResponse, Log, LogResponse, Login, LoginResponse, Logout, LogoutResponse, ObjectDefaults,
    ObjectGroups, ObjectTypes, OperationList, Ping, PingResponse, Pkcs11, Pkcs11Call, Pkcs11Request, Pkcs11Response,
    Process, ProcessResponse, QueryAsynchronousRequests, QueryAsynchronousRequestsResponse, ReProvision,
    ReProvisionResponse, Right, SetConstraints, SetConstraintsResponse, SetDefaults, SetDefaultsResponse,
    SetEndpointRole, SetEndpointRoleResponse, TicketTime,
};
use kmip_client::protocol::{Secret, Ticket};
use kmip_ttlv::enumeration::{
    EndpointRole, InteropFunction, ObjectType, OperationCode, Pkcs11Function, ProcessingStage, TicketType,
    UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, DateTimeExtended, Interval, V2_0, V2_1};

use crate::bytes::{
    byte_string, date_time, date_time_extended, enumeration, integer, interval, long_integer, structure, text,
};
use crate::{
    ASYNCHRONOUS_CORRELATION_VALUE, ATTRIBUTES, SINCE_2_0, SINCE_2_1, UNIQUE_IDENTIFIER, payloads, request, response,
};

/// KMIP 2.1, tables 331 and 332; in the other direction 349 and 350.
#[test]
fn set_endpoint_role() {
    let asked = request(&[enumeration(0x42_0151, 1)]);
    let answered = response(&[enumeration(0x42_0151, 1)]);
    let role = SetEndpointRole::role(EndpointRole::CLIENT);
    let taken = SetEndpointRoleResponse::new(EndpointRole::CLIENT);
    payloads::<SetEndpointRole>(0x32, SINCE_2_0, (&role, &asked), (&taken, &answered));
}

/// KMIP 2.1, tables 313 and 314.
#[test]
fn re_provision() {
    let certificate_request =
        structure(0x42_0018, &[enumeration(0x42_0019, 2), byte_string(0x42_0140, b"request in DER")]);
    let certificate = structure(0x42_0013, &[enumeration(0x42_001D, 1), byte_string(0x42_001E, b"certificate in DER")]);
    let answered = response(&[text(UNIQUE_IDENTIFIER, "9dc02223")]);
    let given = ReProvisionResponse::default().unique_identifier("9dc02223");
    let versions = &[V2_0, V2_1];

    let signed = ReProvision::certificate_request(b"request in DER");
    payloads::<ReProvision>(0x35, versions, (&signed, &request(&[certificate_request])), (&given, &answered));
    let replaced = ReProvision::certificate(b"certificate in DER");
    payloads::<ReProvision>(0x35, versions, (&replaced, &request(&[certificate])), (&given, &answered));
    payloads::<ReProvision>(0x35, versions, (&ReProvision::key_pair(), &request(&[])), (&given, &answered));
}

/// KMIP 2.1, tables 328, 329, 363 and 374 to 376.
#[test]
fn set_defaults() {
    let attributes = Attributes::from_iter([AttributeValue::CryptographicLength(256)]);
    let keys = ObjectDefaults::new(attributes.clone()).object_type(ObjectType::SYMMETRIC_KEY);
    let pairs = ObjectDefaults::new(attributes)
        .object_types(ObjectTypes::default().types([ObjectType::PUBLIC_KEY, ObjectType::PRIVATE_KEY]))
        .object_groups(ObjectGroups::default().groups(["web", "mail"]));
    let length = || structure(ATTRIBUTES, &[integer(0x42_002A, 256)]);
    let keys_bytes = structure(0x42_0153, &[enumeration(0x42_0057, 2), length()]);
    let types = structure(0x42_0167, &[enumeration(0x42_0057, 3), enumeration(0x42_0057, 4)]);
    let groups = structure(0x42_0166, &[text(0x42_0056, "web"), text(0x42_0056, "mail")]);
    let pairs_bytes = structure(0x42_0153, &[types, length(), groups]);
    let asked = request(&[structure(0x42_0152, &[keys_bytes, pairs_bytes])]);

    let done = SetDefaultsResponse::default();
    payloads::<SetDefaults>(0x36, &[V2_1], (&SetDefaults::defaults([keys, pairs]), &asked), (&done, &response(&[])));
    payloads::<SetDefaults>(0x36, SINCE_2_1, (&SetDefaults::none(), &request(&[])), (&done, &response(&[])));
}

/// KMIP 2.1, tables 325, 326, 229, 230, 357 and 358.
#[test]
fn constraints() {
    let constraint = Constraint::default()
        .object_types(ObjectTypes::default().types([ObjectType::SYMMETRIC_KEY]))
        .object_groups(ObjectGroups::default().groups(["web"]))
        .attributes(Attributes::from_iter([AttributeValue::CryptographicLength(256)]));
    let set = SetConstraints::constraints([constraint, Constraint::default()]);
    let types = structure(0x42_0167, &[enumeration(0x42_0057, 2)]);
    let groups = structure(0x42_0166, &[text(0x42_0056, "web")]);
    let full = structure(0x42_0169, &[types, groups, structure(ATTRIBUTES, &[integer(0x42_002A, 256)])]);
    let all = [structure(0x42_0168, &[full, structure(0x42_0169, &[])])];

    let done = SetConstraintsResponse::default();
    payloads::<SetConstraints>(0x37, &[V2_1], (&set, &request(&all)), (&done, &response(&[])));
    let there = GetConstraintsResponse::default().constraints(set.constraints.clone().unwrap_or_default());
    payloads::<GetConstraints>(0x38, &[V2_1], (&GetConstraints::all(), &request(&[])), (&there, &response(&all)));
}

/// KMIP 2.1, tables 285, 286, 352, 353 and 377.
#[test]
fn query_asynchronous_requests() {
    let mark = |value: &[u8]| byte_string(ASYNCHRONOUS_CORRELATION_VALUE, value);
    let asked = request(&[
        structure(0x42_0176, &[mark(b"one"), mark(b"two")]),
        structure(0x42_014F, &[enumeration(0x42_005C, 1), enumeration(0x42_005C, 2)]),
    ]);
    let mut query = QueryAsynchronousRequests::correlation_values([&b"one"[..], b"two"]);
    query.operations =
        Some(OperationList::default().operations([OperationCode::CREATE, OperationCode::CREATE_KEY_PAIR]));

    let of = |value, operation, submitted, stage| {
        AsynchronousRequest::new(value, operation, DateTimeExtended(submitted), stage)
    };
    let requests = vec![
        of(&b"one"[..], OperationCode::CREATE, 1_577_836_800_000_250, ProcessingStage::IN_PROCESS),
        of(b"two", OperationCode::CREATE_KEY_PAIR, 1_577_836_800_000_000, ProcessingStage::COMPLETED),
    ];
    let there = QueryAsynchronousRequestsResponse::default().asynchronous_requests(requests);
    let of = |value: &[u8], operation, submitted, stage| {
        let submitted = date_time_extended(0x42_0174, submitted);
        structure(
            0x42_0173,
            &[mark(value), enumeration(0x42_005C, operation), submitted, enumeration(0x42_0175, stage)],
        )
    };
    let answered = response(&[of(b"one", 1, 1_577_836_800_000_250, 2), of(b"two", 2, 1_577_836_800_000_000, 3)]);

    payloads::<QueryAsynchronousRequests>(0x39, SINCE_2_1, (&query, &asked), (&there, &answered));
    let all = QueryAsynchronousRequests::all();
    payloads::<QueryAsynchronousRequests>(0x39, SINCE_2_1, (&all, &request(&[])), (&there, &answered));
    let none = QueryAsynchronousRequestsResponse::default();
    payloads::<QueryAsynchronousRequests>(0x39, SINCE_2_1, (&all, &request(&[])), (&none, &response(&[])));
}

/// KMIP 2.1, tables 278 and 279.
#[test]
fn process() {
    let asked = request(&[byte_string(ASYNCHRONOUS_CORRELATION_VALUE, b"one")]);
    let done = ProcessResponse::default();
    payloads::<Process>(0x3A, SINCE_2_1, (&Process::request(b"one"), &asked), (&done, &response(&[])));
}

/// KMIP 2.1, tables 271 and 272.
#[test]
fn ping() {
    let alive = PingResponse::default();
    payloads::<Ping>(0x3B, SINCE_2_1, (&Ping::server(), &request(&[])), (&alive, &response(&[])));
}

/// KMIP 2.1, tables 250 and 251, 241 and 242.
#[test]
fn log_and_interop() {
    let asked = request(&[text(0x42_0141, "disk 7 was replaced")]);
    let done = LogResponse::default();
    payloads::<Log>(0x2C, SINCE_2_0, (&Log::message("disk 7 was replaced"), &asked), (&done, &response(&[])));

    let done = InteropResponse::default();
    for (interop, function) in [(Interop::begin("BL-M-1-21"), 1), (Interop::end("BL-M-1-21"), 2)] {
        let asked = request(&[enumeration(0x42_0160, function), text(0x42_0161, "BL-M-1-21")]);
        payloads::<Interop>(0x34, SINCE_2_0, (&interop, &asked), (&done, &response(&[])));
    }
    assert_eq!(Interop::reset("BL-M-1-21").interop_function, InteropFunction::RESET);
}

/// KMIP 2.1, tables 253 to 257, 199, 200, 386, 387, 373 and 391.
#[test]
fn tickets() {
    let ticket = Ticket::new(TicketType::LOGIN, Secret::new(b"from the server"));
    let ticket_bytes =
        || structure(0x42_0149, &[enumeration(0x42_014A, 1), byte_string(0x42_014B, b"from the server")]);
    let limits = UsageLimits::new(100, UsageLimitsUnit::OBJECT).count(40);
    let limits_bytes = || {
        let counts = [long_integer(0x42_0097, 100), long_integer(0x42_0096, 40)];
        structure(0x42_0095, &[counts.concat(), enumeration(0x42_0098, 2)])
    };

    let mut login = Login::ticket().lasting(Interval(3600)).at_most(7);
    login.usage_limits = Some(limits.clone());
    let asked = request(&[interval(0x42_0049, 3600), integer(0x42_014C, 7), limits_bytes()]);
    let answered = response(&[ticket_bytes()]);
    let given = LoginResponse::new(ticket.clone());
    payloads::<Login>(0x2D, SINCE_2_0, (&login, &asked), (&given, &answered));

    login = Login::ticket();
    login.lease_time = Some(TicketTime::Until(DateTime(1_577_836_800)));
    let asked = request(&[date_time(0x42_0049, 1_577_836_800)]);
    payloads::<Login>(0x2D, SINCE_2_0, (&login, &asked), (&given, &answered));

    let asked = request(&[ticket_bytes()]);
    let gone = LogoutResponse::default();
    payloads::<Logout>(0x2E, SINCE_2_0, (&Logout::ticket(ticket.clone()), &asked), (&gone, &response(&[])));

    let mut right = Right::default().operation(OperationCode::GET).object("9dc02223");
    right.usage_limits = Some(limits);
    right.object_groups = Some(ObjectGroups::default().groups(["web"]));
    let mut delegated = DelegatedLogin::rights([right, Right::default()]);
    delegated.request_count = Some(7);
    let right = structure(
        0x42_0150,
        &[
            limits_bytes(),
            structure(0x42_014F, &[enumeration(0x42_005C, 0x0A)]),
            structure(0x42_014E, &[text(UNIQUE_IDENTIFIER, "9dc02223")]),
            structure(0x42_0166, &[text(0x42_0056, "web")]),
        ],
    );
    let asked = request(&[integer(0x42_014C, 7), structure(0x42_014D, &[right, structure(0x42_0150, &[])])]);
    let given = DelegatedLoginResponse::new(ticket);
    payloads::<DelegatedLogin>(0x2F, &[V2_0, V2_1], (&delegated, &asked), (&given, &answered));
}

/// KMIP 2.1, tables 273 and 274.
#[test]
fn pkcs_11() {
    let mut call = Pkcs11::function(Pkcs11Function::C_GET_INFO).after(b"mark").input(&[1, 2]);
    call.interface = Some("PKCS 11");
    let asked = request(&[
        text(0x42_0159, "PKCS 11"),
        enumeration(0x42_015A, 3),
        byte_string(0x42_00D6, b"mark"),
        byte_string(0x42_015B, &[1, 2]),
    ]);
    let mut given = Pkcs11Response::default()
        .interface("PKCS 11")
        .function(Pkcs11Call::Standard(Pkcs11Function::C_GET_INFO))
        .correlation_value(b"mark")
        .output_parameters(Secret::new(&[3]));
    let answered = response(&[
        text(0x42_0159, "PKCS 11"),
        enumeration(0x42_015A, 3),
        byte_string(0x42_00D6, b"mark"),
        byte_string(0x42_015C, &[3]),
        enumeration(0x42_015D, 0),
    ]);
    payloads::<Pkcs11>(0x33, SINCE_2_0, (&call, &asked), (&given, &answered));

    // A vendor's function is an Integer.
    call = Pkcs11Request::new(Pkcs11Call::Vendor(7));
    given = Pkcs11Response::default().function(call.function);
    let asked = request(&[integer(0x42_015A, 7)]);
    let answered = response(&[integer(0x42_015A, 7), enumeration(0x42_015D, 0)]);
    payloads::<Pkcs11>(0x33, SINCE_2_0, (&call, &asked), (&given, &answered));
}
