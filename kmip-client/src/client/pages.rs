//! Locate in pages.

use crate::client::calls::Calls;
use crate::client::error::Error;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{Locate, LocateRequest, Operation as _};

/// The objects that a Locate finds, page by page, returned by `locate_pages` of the clients.
///
/// Each page is one call, whose offset is the number of objects on the pages before. The last page is one that is not
/// full, or one that reaches the total that the server states. Maximum Items of the request
/// ([`at_most`](LocateRequest::at_most)) limits all pages together, and Offset Items is the start.
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
pub struct Pages<'r, K: Calls> {
    kms: K,
    request: LocateRequest<'r>,
    size: usize,
    /// The number of objects still to return; `None` for all.
    left: Option<usize>,
    /// The server that sent the first page.
    server: Option<usize>,
    /// The first identifier of the last page.
    first: Option<String>,
    done: bool,
}

impl<'r, K: Calls> Pages<'r, K> {
    pub(crate) fn new(kms: K, request: LocateRequest<'r>, size: u32) -> Self {
        let left = request.maximum_items.map(|items| usize::try_from(items).unwrap_or(0));
        let size = usize::try_from(size.clamp(1, i32::MAX.unsigned_abs())).unwrap_or(usize::MAX);
        Self { kms, request, size, left, server: None, first: None, done: false }
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
        self.done |= page.is_err();
        Some(page)
    }

    async fn page(&mut self) -> Result<Reply<Locate>, Error> {
        let size = self.left.map_or(self.size, |left| left.min(self.size));
        self.request.maximum_items = Some(number(size));
        let (page, server) = self.kms.call_at(self.server, &self.request).await?;
        self.server = Some(server);
        let payload = page.payload();
        let found = payload.unique_identifiers.len();
        let first = payload.unique_identifiers.first().map(ToString::to_string);
        // A server that ignores the offset would send the first page for ever.
        if first.is_some() && first == self.first {
            return Err(Error::NotInPages(Locate::CODE));
        }
        self.first = first;
        let offset = self.request.offset_items.unwrap_or(0).saturating_add(number(found));
        self.left = self.left.map(|left| left.saturating_sub(found));
        // A server that ignores the size has sent everything.
        self.done = found != size || payload.located_items.is_some_and(|all| offset >= all);
        self.request.offset_items = Some(offset);
        Ok(page)
    }
}

/// Converts a number of items to the type in KMIP.
fn number(items: usize) -> i32 {
    i32::try_from(items).unwrap_or(i32::MAX)
}
