//! Conferences, and the calls that take part in them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::queue::MAX_NAME;
use crate::v1::{Fields, V1Error, from_zero_one, hyphenated, zero_one};
use crate::{AccountId, Sid};

/// The most participants that a conference may allow.
const LARGEST: u64 = 1_000;

/// A conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conference {
    /// Its id.
    pub conference_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// Its name, unique in its account.
    pub name: String,
    /// Calls that may take part; no limit of its own where it is `null`.
    pub max_participants: Option<u64>,
    /// Whether a beep tells of those who come and go.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub beep: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
}

impl Conference {
    /// A new one of that account from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value, account_sid: AccountId) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[&["account_sid", "name", "max_participants", "beep"]])?;
        let name = fields.required_text("name", MAX_NAME)?;
        let max_participants = match fields.value("max_participants") {
            None => None,
            Some(most) => Some(
                most.as_u64()
                    .filter(|most| (1..=LARGEST).contains(most))
                    .ok_or_else(|| V1Error(format!("max_participants must be a number from 1 to {LARGEST}")))?,
            ),
        };
        let beep = fields.flag("beep")?.unwrap_or(false);
        let created_at = crate::time::now();
        Ok(Self { conference_sid: Sid::random(), account_sid, name, max_participants, beep, created_at })
    }
}

/// A call that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The call.
    pub call_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// The conference's name.
    pub conference: String,
    /// Whether the conference begins with it.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub moderator: bool,
    /// Whether it is not heard.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub muted: bool,
    /// Whether it neither hears nor is heard.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub held: bool,
    /// What others call it.
    pub tag: Option<String>,
    /// The tag of those that alone hear it.
    pub coaching: Option<String>,
    /// When it came in.
    #[serde(with = "time::serde::rfc2822")]
    pub joined_at: OffsetDateTime,
}

impl Participant {
    /// A call that comes in.
    #[must_use]
    pub fn joining(account_sid: AccountId, conference: &str, call_sid: Sid) -> Self {
        Self {
            call_sid,
            account_sid,
            conference: conference.to_owned(),
            moderator: true,
            muted: false,
            held: false,
            tag: None,
            coaching: None,
            joined_at: crate::time::now(),
        }
    }
}

/// What is to be done with a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParticipantAction {
    /// Others call it so; none takes the tag away.
    Tag(Option<String>),
    /// What changes who hears whom, by its name.
    Sound(&'static str),
}

/// Actions that change who hears whom.
const SOUND: [&str; 6] = ["coach", "uncoach", "mute", "unmute", "hold", "unhold"];

/// Longest tag in characters.
const MAX_TAG: usize = 256;

impl ParticipantAction {
    /// Reads `{action, tag?}`.
    ///
    /// # Errors
    /// The first rule that it breaks, in the words of live call control.
    pub fn from_request(body: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[&["action", "tag"]])?;
        let action = fields.text("action", 32)?.unwrap_or_default();
        let tag = fields.text("tag", MAX_TAG)?.filter(|tag| !tag.is_empty());
        let required =
            || V1Error(format!("conferenceParticipantAction requires tag property when action is '{action}'"));
        match action.as_str() {
            "tag" => tag.ok_or_else(required).map(|tag| Self::Tag(Some(tag))),
            "untag" => Ok(Self::Tag(None)),
            "coach" if tag.is_none() => Err(required()),
            other => {
                let known = SOUND.into_iter().find(|name| *name == other).map(Self::Sound);
                known.ok_or_else(|| V1Error(format!("conferenceParticipantAction invalid action property {other}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_conference_has_a_name_and_limits() {
        let body = json!({"name": "standup", "max_participants": 5, "beep": true});
        let conference = Conference::from_request(&body, AccountId::random()).unwrap();
        let stored = serde_json::to_value(&conference).unwrap();
        assert_eq!((&stored["beep"], &stored["max_participants"]), (&json!(1), &json!(5)));
        assert_eq!(serde_json::from_value::<Conference>(stored).unwrap(), conference);
        let refusal = |body: Value| Conference::from_request(&body, AccountId::random()).unwrap_err().0;
        assert_eq!(refusal(json!({"beep": 1})), "missing field name");
        let large = json!({"name": "x", "max_participants": 1_001});
        assert_eq!(refusal(large), "max_participants must be a number from 1 to 1000");
    }

    #[test]
    fn actions_are_read_in_the_words_of_live_call_control() {
        let read = |body: Value| ParticipantAction::from_request(&body).map_err(|error| error.0);
        assert_eq!(read(json!({"action": "tag", "tag": "agent"})), Ok(ParticipantAction::Tag(Some("agent".into()))));
        assert_eq!(read(json!({"action": "untag"})), Ok(ParticipantAction::Tag(None)));
        assert_eq!(read(json!({"action": "mute"})), Ok(ParticipantAction::Sound("mute")));
        for action in ["tag", "coach"] {
            let refusal = format!("conferenceParticipantAction requires tag property when action is '{action}'");
            assert_eq!(read(json!({"action": action})), Err(refusal));
        }
        let refusal = "conferenceParticipantAction invalid action property kick".to_owned();
        assert_eq!(read(json!({"action": "kick"})), Err(refusal));
    }
}
