//! Numbers as `/v1` has them: without the `+`, and with ids.

use serde_json::{Map, Value, json};

use super::{E164, MOST_DIGITS, PhoneNumber};
use crate::v1::{Fields, V1Error};
use crate::{AccountId, Owner, Sid};

const FIELDS: &[&str] =
    &["phone_number_sid", "number", "voip_carrier_sid", "account_sid", "application_sid", "service_provider_sid"];

/// What the id of a number has before its digits, which are its last fifteen: `00e16400-0000-8000-8014-158867900` and so on.
const SID: u128 = 0x00e1_6400_0000_8000_8000_0000_0000_0000;

impl E164 {
    /// Without the `+`.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// The id of the number, whoever has it: its digits in a UUID of version 8.
    #[must_use]
    pub fn sid(&self) -> Sid {
        let digits = self.digits().bytes().fold(0, |digits, digit| digits << 4 | u128::from(digit & 0x0f));
        Sid::from_bits(SID | digits)
    }

    /// The number with that id.
    #[must_use]
    pub fn of_sid(sid: Sid) -> Option<Self> {
        let digits = sid.bits() ^ SID;
        if digits >> (4 * MOST_DIGITS) != 0 {
            return None;
        }
        let number: Self = format!("+{digits:x}").parse().ok()?;
        (number.sid() == sid).then_some(number)
    }
}

/// Whose a number is, and what answers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assignment {
    /// The account that has it; none is the installation's pool.
    pub account: Option<AccountId>,
    /// The application that answers it.
    pub application: Option<Sid>,
    /// The service provider that may give it to its accounts.
    pub provider: Option<Sid>,
}

impl Assignment {
    /// What a change makes of it.
    ///
    /// # Errors
    /// The first rule that the change breaks.
    pub fn changed(self, body: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        fields.immutable("phone_number_sid")?;
        if let Some(fixed) = ["number", "voip_carrier_sid"].into_iter().find(|name| fields.raw(name).is_some()) {
            return Err(V1Error(format!("{fixed} may not be modified")));
        }
        self.apply(fields)
    }

    /// Whose the number's document is.
    #[must_use]
    pub fn owner(&self) -> Owner {
        self.account.map_or(Owner::System, Owner::Account)
    }

    fn apply(mut self, fields: Fields<'_>) -> Result<Self, V1Error> {
        if fields.raw("account_sid").is_some() {
            self.account = fields.account("account_sid")?;
        }
        if fields.raw("application_sid").is_some() {
            self.application = fields.sid("application_sid")?;
        }
        if fields.raw("service_provider_sid").is_some() {
            self.provider = fields.sid("service_provider_sid")?;
        }
        Ok(self)
    }
}

/// A request for a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumberRequest {
    /// The number.
    pub number: E164,
    /// The carrier that it comes from.
    pub carrier: Option<Sid>,
    /// Whose it shall be.
    pub assignment: Assignment,
}

impl PhoneNumberRequest {
    /// Reads a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        fields.immutable("phone_number_sid")?;
        let given = fields.text("number", 132)?.filter(|number| !number.is_empty());
        let given = given.ok_or_else(|| V1Error::new("number is required"))?;
        if given.contains(char::is_whitespace) {
            return Err(V1Error::new("number cannot contain whitespace"));
        }
        let wrong = |_| V1Error(format!("number must be an E.164 number of at most {MOST_DIGITS} digits"));
        let number = given.parse().map_err(wrong)?;
        let carrier = fields.sid("voip_carrier_sid")?;
        Ok(Self { number, carrier, assignment: Assignment::default().apply(fields)? })
    }
}

impl PhoneNumber {
    /// Whose it is, and what answers it, where its document is that owner's.
    #[must_use]
    pub fn assignment(&self, owner: Owner) -> Assignment {
        Assignment { account: owner.account(), application: self.application, provider: self.provider }
    }

    /// What a client of `/v1` sees, who is also told the carrier's id and whose accounts the number's account is among.
    #[must_use]
    pub fn shown_in_v1(&self, owner: Owner, carrier: Option<Sid>, provider: Option<Sid>) -> Map<String, Value> {
        let fields = [
            ("phone_number_sid", json!(self.id.sid())),
            ("number", json!(self.id.digits())),
            ("voip_carrier_sid", json!(carrier)),
            ("account_sid", json!(owner.account().map(AccountId::hyphenated))),
            ("application_sid", json!(self.application)),
            ("service_provider_sid", json!(provider)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbers_id_tells_the_number() {
        for text in ["+14158867900", "+442079460000", "+444444444444444"] {
            let number: E164 = text.parse().unwrap();
            assert_eq!(E164::of_sid(number.sid()), Some(number));
        }
        let number: E164 = "+14158867900".parse().unwrap();
        assert_eq!(number.sid().to_string(), "00e16400-0000-8000-8000-014158867900");
    }

    #[test]
    fn any_other_id_is_no_numbers() {
        for text in [
            "0e0681b0-d49f-4fb8-b973-b5a3c6758de1",
            "00e16400-0000-8000-8000-000000000000",
            "00e16400-0000-8000-8000-01415886790a",
            "00e16400-0000-8000-9000-014158867900",
        ] {
            assert_eq!(E164::of_sid(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn a_request_names_a_number_that_means_the_same_everywhere() {
        let refused = |number: Value| PhoneNumberRequest::from_request(&json!({"number": number})).unwrap_err().0;
        assert_eq!(refused(Value::Null), "number is required");
        assert_eq!(refused(json!("1 617")), "number cannot contain whitespace");
        assert_eq!(refused(json!("hello")), "number must be an E.164 number of at most 15 digits");
        for number in ["16173333456", "+16173333456"] {
            let asked = PhoneNumberRequest::from_request(&json!({"number": number})).unwrap();
            assert_eq!(asked.number.digits(), "16173333456");
        }
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let before = Assignment { application: Some(Sid::random()), ..Assignment::default() };
        let account = AccountId::random();
        let after = before.changed(&json!({"account_sid": account.hyphenated()})).unwrap();
        assert_eq!(after, Assignment { account: Some(account), ..before });
        assert_eq!(after.changed(&json!({"application_sid": null})).unwrap().application, None);
        for fixed in ["number", "voip_carrier_sid"] {
            assert_eq!(before.changed(&json!({fixed: "1"})).unwrap_err().0, format!("{fixed} may not be modified"));
        }
    }
}
