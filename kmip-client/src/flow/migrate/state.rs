//! The state of the copy.

use kmip_ttlv::enumeration::{RevocationReasonCode, State};
use kmip_ttlv::{DateTime, Tag};

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::flow::{FlowError, SETTLING, TRIES, activate, is_unknown, state_in, unless_not_found};
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::operation::{GetAttributes, Revoke};

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
    let (mut unknown, mut revoked) = (None, false);
    let mut now = told_state(to, copy).await?;
    for _ in 0..TRIES {
        if now == Some(wanted) || (revoked && now.is_none()) {
            return Ok(());
        }
        if !revoked {
            if wanted == State::DEACTIVATED {
                activate(to, copy).await?;
            }
            match to.call(&revoke).await {
                Ok(_) => revoked = true,
                Err(error) if is_unknown(&error) => unknown = Some(error),
                // Some servers revoke active objects only.
                Err(Error::Refused(_)) if now == Some(State::PRE_ACTIVE) => {
                    activate(to, copy).await?;
                    now = Some(State::ACTIVE);
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
        }
        now = told_state(to, copy).await?;
        if now != Some(wanted) {
            // Some servers revoke a moment later.
            to.pause(SETTLING).await;
        }
    }
    match (now, unknown) {
        (Some(now), _) if now == wanted => Ok(()),
        (None, _) if revoked => Ok(()),
        (_, Some(error)) if !revoked => Err(error.into()),
        (now, _) => {
            let state = now.unwrap_or(State::ACTIVE);
            Err(FlowError::StateDiffers { id: copy.to_owned(), state, wanted })
        }
    }
}

/// Returns the state of an object; `None` if the server does not tell it.
async fn told_state(kms: &impl Kmip, id: &str) -> Result<Option<State>, Error> {
    let told = unless_not_found(kms.call(&GetAttributes::id(id).attribute(Tag::STATE)).await)?;
    Ok(told.and_then(|told| told.payload().attributes.unwrap_or_default().find(Tag::STATE).find_map(state_in)))
}

fn date_in(value: &AttributeValue<'_>) -> Option<DateTime> {
    match value {
        AttributeValue::CompromiseOccurrenceDate(date)
        | AttributeValue::CompromiseDate(date)
        | AttributeValue::InitialDate(date) => Some(*date),
        _ => None,
    }
}
