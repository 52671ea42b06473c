//! The state of the copy.

use kmip_ttlv::enumeration::{RevocationReasonCode, State};
use kmip_ttlv::{DateTime, Tag};

use crate::client::kmip::Kmip;
use crate::flow::{FlowError, SETTLING, TRIES, activate, is_unknown, state};
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::operation::Revoke;

/// Brings the copy to the state of the original.
pub(super) async fn reach(
    to: &impl Kmip,
    copy: &str,
    wanted: State,
    attributes: &Attributes<'_>,
) -> Result<(), FlowError> {
    let date = |tag| attributes.find(tag).find_map(date_in);
    let code = attributes.find(Tag::REVOCATION_REASON).find_map(|value| match value {
        AttributeValue::RevocationReason(reason) => Some(reason.code),
        _ => None,
    });
    let revoke = match wanted {
        State::ACTIVE => return activate(to, copy).await,
        State::DEACTIVATED => Revoke::id(copy, code.unwrap_or(RevocationReasonCode::CESSATION_OF_OPERATION)),
        State::COMPROMISED => {
            let since = date(Tag::COMPROMISE_OCCURRENCE_DATE).or_else(|| date(Tag::COMPROMISE_DATE));
            Revoke::key_compromise(copy, since.or_else(|| date(Tag::INITIAL_DATE)).unwrap_or_default())
        }
        _ => return Ok(()),
    };
    let mut unknown = None;
    for _ in 0..TRIES {
        let now = state(to, copy).await?;
        if now == Some(wanted) {
            return Ok(());
        }
        if wanted == State::DEACTIVATED {
            activate(to, copy).await?;
        }
        match to.call(&revoke).await {
            Ok(_) => return Ok(()),
            Err(error) if is_unknown(&error) => unknown = Some(error),
            Err(error) => return Err(error.into()),
        }
        to.pause(SETTLING).await;
    }
    match unknown {
        Some(error) if state(to, copy).await? != Some(wanted) => Err(error.into()),
        _ => Ok(()),
    }
}

fn date_in(value: &AttributeValue<'_>) -> Option<DateTime> {
    match value {
        AttributeValue::CompromiseOccurrenceDate(date)
        | AttributeValue::CompromiseDate(date)
        | AttributeValue::InitialDate(date) => Some(*date),
        _ => None,
    }
}
