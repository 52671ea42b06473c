//! Batches: several requests in one message, and the types of their replies.

use kmip_ttlv::enumeration::BatchErrorContinuationOption;

use super::answered::Answered;
use super::asked::{Asked, BatchOptions, Requests};
use super::reply::Reply;
use crate::protocol::operation::{Operation, Request};

/// Requests that are sent in one message, in one round trip: a tuple of up to 12 requests of any kind, or a list of one
/// kind (an array, a slice, a `Vec`).
///
/// The replies to a tuple of requests are a tuple, those to a list a list. Each reply is a [`Result`] of its own, so
/// that a failure leaves the others readable. The server processes the requests in order, and stops at the first
/// failure. The requests after it are [`NoReply::NotExecuted`](crate::NoReply::NotExecuted), and `Error::NotExecuted`
/// in the clients. [`Id::Placeholder`] refers to the object that an earlier request of the batch has created or found.
///
/// Not every server accepts the placeholder everywhere: PyKMIP and Cosmian KMS require an identifier in Activate.
///
/// The methods set options of the batch. They are not sent with a single request, which has no use for them.
///
/// [`Id::Placeholder`]: crate::protocol::Id::Placeholder
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// # use kmip_client::{Client, test_server::TestServer};
/// use kmip_client::protocol::Id;
/// use kmip_client::protocol::operation::{Activate, Create, Destroy, Get};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config()).await?;
/// let (created, activated, fetched) =
///     kms.batch(&(Create::aes(256).name("vm-43"), Activate::id(Id::Placeholder), Get::id(Id::Placeholder))).await?;
/// let created = created?;
/// activated?;
/// assert_eq!(fetched?.payload().unique_identifier, created.payload().unique_identifier);
///
/// let names = ["vm-44", "vm-45"];
/// let created = kms.batch(&names.map(|name| Create::aes(256).name(name))).await?;
/// for reply in created {
///     kms.call(&Destroy::id(reply?.payload().unique_identifier)).await?;
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no batch of requests",
    note = "a batch is a tuple of up to 12 requests, or an array, a slice or a `Vec` of requests of one kind"
)]
pub trait Batch: Requests {
    /// The operations of the requests, in the same shape: a tuple such as `(Create, Get)`, or a list such as
    /// `Vec<Get>`.
    type Operations: Operations;

    /// Asks the server to continue after a request fails, and to answer all of them.
    ///
    /// Do not combine this with [`Id::Placeholder`]: if the request fails that should have created the object, the
    /// placeholder still refers to the one before. KMIP 1.x gives it no meaning in such a batch.
    ///
    /// Servers need not support this; one that does not refuses the whole batch.
    ///
    /// [`Id::Placeholder`]: crate::protocol::Id::Placeholder
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// # use kmip_client::{blocking::Client, test_server::TestServer};
    /// use kmip_client::Batch;
    /// use kmip_client::protocol::operation::{Create, Get};
    ///
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let (unknown, created) = kms.batch(&(Get::id("no such key"), Create::aes(256)).keep_going())?;
    /// assert!(unknown.is_err() && created.is_ok());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn keep_going(self) -> Arranged<Self>
    where
        Self: Sized,
    {
        Arranged::new(self, |options| options.on_failure = Some(BatchErrorContinuationOption::CONTINUE))
    }

    /// Asks the server to undo the whole batch if a request fails.
    ///
    /// Each undone item is a [`Refusal`](crate::Refusal) with the status Operation Undone. Servers need not support
    /// this; one that does not refuses the whole batch.
    ///
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
    /// # use kmip_client::{Client, test_server::TestServer};
    /// use kmip_client::Batch;
    /// use kmip_client::protocol::operation::{Create, Get, Locate};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// let (created, unknown) =
    ///     kms.batch(&(Create::aes(256).name("vm-46"), Get::id("no such key")).undo_on_failure()).await?;
    /// assert!(created.is_err() && unknown.is_err());
    /// assert!(kms.call(&Locate::name("vm-46")).await?.payload().unique_identifiers.is_empty());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
    /// # }
    /// ```
    fn undo_on_failure(self) -> Arranged<Self>
    where
        Self: Sized,
    {
        Arranged::new(self, |options| options.on_failure = Some(BatchErrorContinuationOption::UNDO))
    }

    /// Leaves the order to the server. Requires that no request depends on another, and cannot be combined with
    /// [`Id::Placeholder`].
    ///
    /// [`Id::Placeholder`]: crate::protocol::Id::Placeholder
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// # use kmip_client::{blocking::Client, test_server::TestServer};
    /// use kmip_client::Batch;
    /// use kmip_client::protocol::operation::Create;
    ///
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let requests = vec![Create::aes(256); 10];
    /// let created = kms.batch(&requests.in_any_order())?;
    /// assert_eq!(created.len(), 10); // the replies are in the order of the requests all the same
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn in_any_order(self) -> Arranged<Self>
    where
        Self: Sized,
    {
        Arranged::new(self, |options| options.in_any_order = true)
    }
}

/// The operations of a [`Batch`], which determine the type of the replies.
pub trait Operations: sealed::Sealed + 'static {
    /// The replies, in the same shape: each a reply, or an `E` with the reason for its absence.
    type Replies<E>;

    /// Converts the responses to the replies to these operations.
    #[doc(hidden)]
    fn replies<E>(answered: Answered<E>) -> Self::Replies<E>;
}

/// The replies to a batch, as returned by `batch` of the clients with `E = Error`.
pub type Replies<B, E> = <<B as Batch>::Operations as Operations>::Replies<E>;

/// A batch with options other than in order up to the first failure, as created by [`Batch::keep_going`] and others.
#[derive(Clone, Copy, Debug)]
#[must_use = "it is not sent yet"]
pub struct Arranged<B> {
    batch: B,
    options: BatchOptions,
}

impl<B: Batch> Arranged<B> {
    fn new(batch: B, change: impl FnOnce(&mut BatchOptions)) -> Self {
        let mut options = batch.options();
        change(&mut options);
        Self { batch, options }
    }
}

mod sealed {
    pub trait Sealed {}
}

impl<R: Request> Requests for [R] {
    fn asked(&self) -> Vec<Asked<'_>> {
        self.iter().map(Asked::new).collect()
    }
}

impl<R: Request> Batch for [R] {
    type Operations = Vec<R::Operation>;
}

impl<R: Request> Requests for Vec<R> {
    fn asked(&self) -> Vec<Asked<'_>> {
        self.as_slice().asked()
    }
}

impl<R: Request> Batch for Vec<R> {
    type Operations = Vec<R::Operation>;
}

impl<O: Operation> sealed::Sealed for Vec<O> {}

impl<O: Operation> Operations for Vec<O> {
    type Replies<E> = Vec<Result<Reply<O>, E>>;

    fn replies<E>(mut answered: Answered<E>) -> Self::Replies<E> {
        (0..answered.left()).map(|_| answered.next_reply()).collect()
    }
}

impl<R: Request, const N: usize> Requests for [R; N] {
    fn asked(&self) -> Vec<Asked<'_>> {
        self.as_slice().asked()
    }
}

impl<R: Request, const N: usize> Batch for [R; N] {
    type Operations = [R::Operation; N];
}

impl<O: Operation, const N: usize> sealed::Sealed for [O; N] {}

impl<O: Operation, const N: usize> Operations for [O; N] {
    type Replies<E> = [Result<Reply<O>, E>; N];

    fn replies<E>(mut answered: Answered<E>) -> Self::Replies<E> {
        std::array::from_fn(|_| answered.next_reply())
    }
}

impl<B: Batch + ?Sized> Requests for &B {
    fn asked(&self) -> Vec<Asked<'_>> {
        (**self).asked()
    }

    fn options(&self) -> BatchOptions {
        (**self).options()
    }
}

impl<B: Batch + ?Sized> Batch for &B {
    type Operations = B::Operations;
}

impl<B: Batch> Requests for Arranged<B> {
    fn asked(&self) -> Vec<Asked<'_>> {
        self.batch.asked()
    }

    fn options(&self) -> BatchOptions {
        self.options
    }
}

impl<B: Batch> Batch for Arranged<B> {
    type Operations = B::Operations;
}

/// Implements the traits for tuples, because each length is a type of its own.
macro_rules! tuples {
    ($($($name:ident)+;)+) => {
        $(
            impl<$($name: Request),+> Requests for ($($name,)+) {
                fn asked(&self) -> Vec<Asked<'_>> {
                    #[expect(non_snake_case, reason = "a field is called as its type")]
                    let ($($name,)+) = self;
                    vec![$(Asked::new($name)),+]
                }
            }

            impl<$($name: Request),+> Batch for ($($name,)+) {
                type Operations = ($($name::Operation,)+);
            }

            impl<$($name: Operation),+> sealed::Sealed for ($($name,)+) {}

            impl<$($name: Operation),+> Operations for ($($name,)+) {
                type Replies<E> = ($(Result<Reply<$name>, E>,)+);

                fn replies<E>(mut answered: Answered<E>) -> Self::Replies<E> {
                    ($(answered.next_reply::<$name>(),)+)
                }
            }
        )+
    };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D F;
    A B C D F G;
    A B C D F G H;
    A B C D F G H I;
    A B C D F G H I J;
    A B C D F G H I J K;
    A B C D F G H I J K L;
    A B C D F G H I J K L M;
}
