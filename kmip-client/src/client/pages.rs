//! Locate in pages.

use kmip_ttlv::V1_3;

use crate::client::calls::Calls;
use crate::client::error::Error;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{Locate, LocateRequest, Operation as _};

/// The objects that a Locate finds, page by page, returned by `locate_pages` of the clients. That of the
/// blocking client is `blocking::LocatePages`, an iterator.
///
/// Each page is one call, whose offset is the number of objects on the pages before. The last page is the one that
/// reaches the total that the server states; if it states none, the first empty one, because a server may cap its pages
/// below the requested size. Maximum Items of the request ([`at_most`](LocateRequest::at_most)) limits all pages
/// together, and Offset Items is the start.
///
/// Offset Items was added in KMIP 1.3: before that, a second page is an encoding error. All pages come from the server
/// that sent the first, because other servers of the KMS may have another order. Objects that are created or destroyed
/// meanwhile may be missing, or occur twice.
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// use kmip_client::Client;
/// use kmip_client::protocol::operation::{Create, Locate};
///
/// # async fn run() -> Result<(), kmip_client::Error> {
/// # let server = kmip_client::test_server::TestServer::start();
/// # let kms = Client::connect(&server.config()).await?;
/// # for _ in 0..5 { kms.call(&Create::aes(128)).await?; }
/// let mut pages = kms.locate_pages(Locate::all(), 2);
/// let mut found = 0;
/// while let Some(page) = pages.next().await {
///     found += page?.payload().unique_identifiers.len();
/// }
/// assert_eq!(found, 5);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is located until the pages are asked for"]
pub struct LocatePages<'r, K: Calls> {
    kms: K,
    request: LocateRequest<'r>,
    size: usize,
    /// The number of objects still to return; `None` for all.
    left: Option<usize>,
    /// The server that sent the first page.
    server: Option<usize>,
    /// The first identifier of the last page.
    first: Option<String>,
    /// `true` if the last page was not full, and the server did not state that more objects follow.
    may_be_last: bool,
    done: bool,
}

impl<'r, K: Calls> LocatePages<'r, K> {
    pub(crate) fn new(kms: K, request: LocateRequest<'r>, size: u32) -> Self {
        let left = request.maximum_items.map(|items| usize::try_from(items).unwrap_or(0));
        let size = usize::try_from(size.clamp(1, i32::MAX.unsigned_abs())).unwrap_or(usize::MAX);
        Self { kms, request, size, left, server: None, first: None, may_be_last: false, done: false }
    }

    /// Sends one call for the next page. Returns `None` after the last page, and after an error.
    ///
    /// # Errors
    ///
    /// Returns the errors of a call, and [`Error::NotInPages`] if the server sends the same page again.
    pub async fn next(&mut self) -> Option<Result<Reply<Locate>, Error>> {
        if self.done || self.left == Some(0) {
            return None;
        }
        let page = self.page().await;
        self.done |= !matches!(page, Ok(Some(_)));
        page.transpose()
    }

    /// Returns `None` after the last page.
    async fn page(&mut self) -> Result<Option<Reply<Locate>>, Error> {
        let size = self.left.map_or(self.size, |left| left.min(self.size));
        self.request.maximum_items = Some(number(size));
        let (page, server) = match self.kms.call_at(self.server, &self.request).await {
            Ok(answered) => answered,
            // The server has no further pages, and says so: it does not take an offset, or not this one.
            Err(Error::Refused(_)) if self.may_be_last => return Ok(None),
            Err(error) => return Err(error),
        };
        self.server = Some(server);
        let payload = page.payload();
        let found = payload.unique_identifiers.len();
        let first = payload.unique_identifiers.first().map(ToString::to_string);
        // A server that ignores the offset would send the first page for ever.
        if first.is_some() && first == self.first {
            return if self.may_be_last { Ok(None) } else { Err(Error::NotInPages(Locate::CODE)) };
        }
        if found == 0 && self.may_be_last {
            return Ok(None);
        }
        self.first = first;
        let offset = self.request.offset_items.unwrap_or(0).saturating_add(number(found));
        self.left = self.left.map(|left| left.saturating_sub(found));
        self.may_be_last = found < size && payload.located_items.is_none();
        self.done = match payload.located_items {
            _ if found == 0 => true,
            Some(all) => offset >= all,
            // A server that ignores the size has sent everything. Before KMIP 1.3 there is no second page.
            None => found > size || (found < size && self.kms.negotiated_version() < V1_3),
        };
        self.request.offset_items = Some(offset);
        Ok(Some(page))
    }
}

/// Converts a number of items to the type in KMIP.
fn number(items: usize) -> i32 {
    i32::try_from(items).unwrap_or(i32::MAX)
}
