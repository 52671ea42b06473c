//! Heads: the first line and the fields of a message (RFC 9112, 2 to 6).

use httparse::{EMPTY_HEADER, Header, Status};

use super::HttpError;

/// The maximum length of a head in bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// The maximum number of fields in a head.
const MOST_FIELDS: usize = 64;

/// The relevant parts of a head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) start: Start,
    pub(crate) length: Length,
    /// `true` if the connection ends with this message.
    pub(crate) close: bool,
    /// The media type, in lower case and without parameters.
    pub(crate) content_type: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Response { status: u16 },
    Request { method: String, target: String },
}

/// The framing of the body (RFC 9112, 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Sized(u64),
    Chunked,
}

impl Head {
    /// Returns `true` if the final response is still to come.
    pub(super) fn is_interim(&self) -> bool {
        matches!(self.start, Start::Response { status: 100..=199 })
    }
}

/// Parses the head of a response, and returns its length; `None` if it is incomplete.
pub(super) fn of_response(bytes: &[u8]) -> Result<Option<(usize, Head)>, HttpError> {
    let mut fields = [EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let Status::Complete(length) = response.parse(bytes).map_err(fault)? else { return Ok(None) };
    let (Some(status), Some(minor)) = (response.code, response.version) else { return Ok(None) };
    match status {
        // The client has not requested another protocol.
        101 => return Err(HttpError::Malformed("it switches to another protocol")),
        100..=200 => {}
        status => return Err(HttpError::Status { status }),
    }
    let fields = Fields::read(response.headers)?;
    let length_of_body = match fields.length()? {
        Some(length) => length,
        None if status != 200 => Length::Sized(0),
        // Such a body would end with the connection, so that a truncated one could not be recognized.
        None => return Err(HttpError::Malformed("it has no Content-Length, which KMIP demands")),
    };
    Ok(Some((length, fields.head(Start::Response { status }, length_of_body, minor))))
}

/// Parses the head of a request, and returns its length; `None` if it is incomplete.
pub(super) fn of_request(bytes: &[u8]) -> Result<Option<(usize, Head)>, HttpError> {
    let mut fields = [EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let Status::Complete(length) = request.parse(bytes).map_err(fault)? else { return Ok(None) };
    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version) else {
        return Ok(None);
    };
    let start = Start::Request { method: method.to_owned(), target: target.to_owned() };
    let fields = Fields::read(request.headers)?;
    let length_of_body = fields.length()?.unwrap_or(Length::Sized(0));
    Ok(Some((length, fields.head(start, length_of_body, minor))))
}

/// The relevant fields.
#[derive(Default)]
struct Fields {
    content_length: Option<u64>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    content_type: Option<String>,
}

impl Fields {
    fn read(fields: &[Header<'_>]) -> Result<Self, HttpError> {
        let mut read = Self::default();
        for Header { name, value } in fields {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let value = value.trim_ascii();
            if is("Content-Length") {
                let length = decimal(value).ok_or(HttpError::Malformed("its Content-Length is no number"))?;
                if read.content_length.replace(length).is_some_and(|other| other != length) {
                    return Err(HttpError::Malformed("it has two different Content-Lengths"));
                }
            } else if is("Transfer-Encoding") {
                if read.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(HttpError::Malformed("its Transfer-Encoding is another than chunked"));
                }
                read.chunked = true;
            } else if is("Connection") {
                for token in value.split(|byte| *byte == b',') {
                    read.close |= token.trim_ascii().eq_ignore_ascii_case(b"close");
                    read.keep_alive |= token.trim_ascii().eq_ignore_ascii_case(b"keep-alive");
                }
            } else if is("Content-Encoding") && !value.eq_ignore_ascii_case(b"identity") {
                return Err(HttpError::Malformed("its body is compressed, which nobody has asked for"));
            } else if is("Content-Type") {
                let media_type = value.split(|byte| *byte == b';').next().unwrap_or_default();
                let printable =
                    |byte: &u8| if byte.is_ascii_graphic() { char::from(byte.to_ascii_lowercase()) } else { '?' };
                read.content_type = Some(media_type.trim_ascii().iter().take(64).map(printable).collect());
            }
        }
        Ok(read)
    }

    /// Returns the framing of the body, if stated. Stating both is a way of smuggling messages (RFC 9112, 11.2).
    fn length(&self) -> Result<Option<Length>, HttpError> {
        match (self.content_length, self.chunked) {
            (Some(_), true) => Err(HttpError::Malformed("it has both a Content-Length and chunks")),
            (Some(length), false) => Ok(Some(Length::Sized(length))),
            (None, true) => Ok(Some(Length::Chunked)),
            (None, false) => Ok(None),
        }
    }

    fn head(self, start: Start, length: Length, minor: u8) -> Head {
        // HTTP/1.0 closes connections by default (RFC 9112, 9.3).
        let close = self.close || (minor == 0 && !self.keep_alive);
        Head { start, length, close, content_type: self.content_type }
    }
}

/// Parses digits and nothing else.
fn decimal(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn fault(error: httparse::Error) -> HttpError {
    match error {
        httparse::Error::TooManyHeaders => {
            HttpError::TooLarge { part: "the number of header fields", limit: MOST_FIELDS }
        }
        httparse::Error::Version | httparse::Error::Token => HttpError::NotHttp,
        _ => HttpError::Malformed("its head is not well formed"),
    }
}
