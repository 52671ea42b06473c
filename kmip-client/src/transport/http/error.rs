//! Errors of HTTP responses.

/// The error of an HTTP response, and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The status is not 200, which every KMIP response requires.
    #[error("the server answered with the HTTP status {status}: {}", advice(*.status))]
    Status {
        /// The status (RFC 9110, 15).
        status: u16,
    },
    /// The peer does not speak HTTP.
    #[error(
        "what answered there does not speak HTTP/1.1: it may be the server's port for KMIP without HTTP; then give host:port in \
         place of the URL"
    )]
    NotHttp,
    /// The response is HTTP, but violates the rules of HTTP or of KMIP over it.
    #[error("the HTTP message cannot be read: {0}")]
    Malformed(&'static str),
    /// The response exceeds a limit.
    #[error("{part} of the HTTP message is over the limit of {limit}{}", too_large(part))]
    TooLarge {
        /// The part that exceeds it.
        part: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The body is not a KMIP message, and has another content type.
    #[error(
        "the answer is of the type {found}, and not {expected}: compare the path of the URL, and the encoding, with those of the \
         server's KMIP service"
    )]
    ContentType {
        /// The content type of the configured encoding.
        expected: &'static str,
        /// The content type of the response.
        found: String,
    },
    /// The body cannot be decoded to a KMIP message.
    #[error("the KMIP message in the body cannot be read")]
    Unreadable(#[source] kmip_ttlv::Error),
    /// The configured encoding cannot carry the request.
    #[error("the request cannot be written in the configured encoding: MessageEncoding::Ttlv can carry it")]
    Unwritable(#[source] kmip_ttlv::Error),
}

/// Statuses with their remedies.
const STATUSES: &[(u16, &str)] = &[
    (400, "it could not read the HTTP request"),
    (401, "it does not accept who asks: give it a client certificate that it knows, with Config::identity"),
    (
        403,
        "it does not allow this: the owner of the client certificate may need a right there, or what stands before the \
         server may keep this client out",
    ),
    (404, "there is no KMIP at this path: compare the URL with that of the server's KMIP service; /kmip is usual"),
    (405, "it takes no POST at this path: compare the URL with that of the server's KMIP service; /kmip is usual"),
    (408, "it has waited too long for the request"),
    (411, "it wants to know the length of the request, which was sent: something between may have removed it"),
    (413, "the request is larger than it allows"),
    (415, "it does not take this encoding: try another with Config::encoding"),
    (421, "it does not know itself by this host name"),
    (422, "it could not make anything of the request: it may not take this encoding; its log may say more"),
    (426, "it wants another version of HTTP than 1.1"),
    (429, "there were too many requests: ask less often"),
    (431, "the head of the request is larger than it allows"),
    (500, "it has failed; its log may say why"),
    (502, "the gateway has no good answer from the KMIP service behind it"),
    (503, "it is overloaded, or out of service for a while"),
    (504, "the gateway has no answer from the KMIP service behind it"),
];

/// The part of an HTTP message that holds the KMIP message.
pub(super) const BODY: &str = "the body";

fn too_large(part: &str) -> &'static str {
    match part {
        BODY => {
            ": ask for less at a time (Locate::at_most and offset_items, or locate_pages), or raise Config::max_response_size"
        }
        _ => "",
    }
}

fn advice(status: u16) -> &'static str {
    match STATUSES.iter().find(|(known, _)| *known == status) {
        Some((_, advice)) => advice,
        None if (300..400).contains(&status) => {
            "it redirects, which is not followed: give the URL where KMIP is served"
        }
        None => "200 is the only one that comes with a KMIP response; the server's log may say more",
    }
}

impl HttpError {
    /// Returns `true` if the server has certainly not executed the request.
    ///
    /// 4xx means that the request was at fault (RFC 9110, 15.5), so that another server may accept it. 3xx may follow
    /// an execution, and refer to the result; 5xx may come from a gateway whose server is still working.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Status { status: 400..=499 } | Self::Unwritable(_))
    }

    /// Returns `true` if a server may send it unasked: to a client that it has waited for, before it closes the
    /// connection (RFC 9110, 15.5.9). On a connection that has had answers, it then says nothing of the request.
    pub(crate) fn may_be_unasked(&self) -> bool {
        matches!(self, Self::Status { status: 408 })
    }
}
