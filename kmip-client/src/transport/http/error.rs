//! What can be wrong with an answer that comes over HTTP.

/// What went wrong in HTTP, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The server answers with another status than 200, which it has to give where there is a KMIP response.
    #[error("the server answered with the HTTP status {status}: {}", advice(*.status))]
    Status {
        /// The status (RFC 9110, 15).
        status: u16,
    },
    /// What answered does not speak HTTP.
    #[error(
        "what answered there does not speak HTTP/1.1: it may be the server's port for KMIP without HTTP; then give host:port in \
         place of the URL"
    )]
    NotHttp,
    /// The answer is HTTP, and not as KMIP or HTTP want it.
    #[error("the HTTP message cannot be read: {0}")]
    Malformed(&'static str),
    /// The answer is larger than the limit.
    #[error("{part} of the HTTP message is over the limit of {limit}{}", too_large(part))]
    TooLarge {
        /// Which part of it.
        part: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The body cannot be read as a KMIP message, and is not said to be one.
    #[error(
        "the answer is of the type {found}, and not {expected}: compare the path of the URL, and the encoding, with those of the \
         server's KMIP service"
    )]
    ContentType {
        /// The type of the encoding that was configured.
        expected: &'static str,
        /// The type that the server names.
        found: String,
    },
    /// The body cannot be read as a KMIP message.
    #[error("the KMIP message in the body cannot be read")]
    Unreadable(#[source] kmip_ttlv::Error),
    /// The request cannot be said in the encoding that was configured.
    #[error("the request cannot be written in the configured encoding: MessageEncoding::Ttlv can carry it")]
    Unwritable(#[source] kmip_ttlv::Error),
}

/// A status, and what to do about it.
const STATUSES: &[(u16, &str)] = &[
    (400, "it could not read the HTTP request"),
    (401, "it wants to know who is asking: give it a client certificate that it knows, with Config::identity"),
    (403, "the client certificate is valid, and its owner must be let in by the server"),
    (404, "there is no KMIP at this path: compare the URL with that of the server's KMIP service; /kmip is usual"),
    (405, "it takes no POST at this path: compare the URL with that of the server's KMIP service; /kmip is usual"),
    (408, "it has waited too long for the request"),
    (411, "it wants to know the length of the request, which was sent: something between has removed it"),
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
    /// Returns `true` if it is certain that the server has not done what was asked.
    ///
    /// 4xx says that the request was at fault (RFC 9110, 15.5), so that another server may take it. 3xx may come after it was done, and tell
    /// where to look at the result; 5xx also comes from a gateway whose server is still at work.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Status { status: 400..=499 } | Self::Unwritable(_))
    }
}
