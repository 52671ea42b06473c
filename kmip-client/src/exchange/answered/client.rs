//! The parts of a response that only a client uses.

use bytes::Bytes;
use kmip_ttlv::ProtocolVersion;

use super::{Answered, Checked, ONE_EACH};
use crate::exchange::asked::Expected;
use crate::exchange::created::makes_object;
use crate::exchange::no_reply::NoReply;
use crate::exchange::reply::PayloadSource;

impl<E> Answered<E> {
    /// Returns the result of the next request, to replace an item of another response.
    pub(crate) fn next_item(&mut self) -> Result<Checked, E> {
        let item = self.items.next().expect(ONE_EACH)?;
        Ok(Checked { later: Some(self.frame.clone()), ..item })
    }

    /// Returns the answer to a single request if it is a success.
    pub(crate) fn into_success(mut self) -> Result<Self, E> {
        match self.items.as_slice() {
            [Err(_)] => self.next_item().map(|_| unreachable!("the item is an error")),
            _ => Ok(self),
        }
    }

    /// Returns the items, to replace some of them.
    pub(crate) fn items_mut(&mut self) -> &mut [Result<Checked, E>] {
        self.items.as_mut_slice()
    }
}

impl Answered<NoReply> {
    /// Returns the answer to an empty batch, which need not be sent.
    pub(crate) fn to_nothing<F>(version: ProtocolVersion) -> Answered<F> {
        Answered { frame: Bytes::new(), version, items: Vec::new().into_iter() }
    }

    /// Returns the payloads that name a newly created object.
    pub(crate) fn made_objects<'a>(&'a self, expected: &'a [Expected]) -> impl Iterator<Item = &'a [u8]> {
        let items = self.items.as_slice().iter().zip(expected);
        items.filter_map(|(item, expected)| match item {
            Ok(Checked { payload: PayloadSource::InFrame(range), .. }) if makes_object(expected.operation) => {
                self.frame.get(range.clone())
            }
            _ => None,
        })
    }

    /// Returns `true` if an item is a success.
    pub(crate) fn has_success(&self) -> bool {
        self.items.as_slice().iter().any(Result::is_ok)
    }

    /// Returns `true` if the server has declined each request, so that nothing was executed and another server might
    /// accept it: see [`NoReply::is_declined`].
    pub(crate) fn is_declined(&self, read_only: bool) -> bool {
        let items = self.items.as_slice();
        let is_declined = |item: &Result<_, NoReply>| matches!(item, Err(e) if e.is_declined(read_only));
        let is_undone = |item: &_| is_declined(item) || matches!(item, Err(NoReply::NotExecuted(_)));
        items.iter().any(is_declined) && items.iter().all(is_undone)
    }

    /// Converts the reasons for missing replies to errors for the caller. `explain` also gets the request.
    pub(crate) fn explain<F>(
        self,
        expected: &[Expected],
        mut explain: impl FnMut(&Expected, NoReply) -> F,
    ) -> Answered<F> {
        let items =
            self.items.zip(expected).map(|(item, expected)| item.map_err(|no_reply| explain(expected, no_reply)));
        let items: Vec<_> = items.collect();
        Answered { frame: self.frame, version: self.version, items: items.into_iter() }
    }
}
