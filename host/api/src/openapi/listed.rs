//! The endpoints of both tables and those beside them, in one form.

use crate::table::Verb;
use crate::{v1, v2};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Whoever finds it.
    Open,
    /// Whoever has a token, whatever it is restricted to.
    Token,
    /// Whoever has a token that is not restricted from it.
    Restricted,
}

/// Which part of the host answers: each has its own way of refusing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Beside,
    V1,
    V2,
}

impl Part {
    pub(super) fn base(self) -> &'static str {
        match self {
            Self::Beside => "",
            Self::V1 => "/v1",
            Self::V2 => "/v2",
        }
    }
}

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub(super) part: Part,
    /// Below the part's base, as its table writes it.
    pub(super) path: &'static str,
    pub(super) verb: Verb,
    pub(super) door: Door,
    pub(super) deprecated: bool,
}

/// What lies beside both tables.
const BESIDE: [&str; 3] = ["/health", "/metrics", "/openapi.json"];

const OF_ACCOUNT: &str = "/accounts/{account}";

/// Words of `/v1` as its documents write them; the table has them in lower case, and any case is understood.
const SPELLED: &[(&str, &str)] = &[
    ("serviceproviders", "ServiceProviders"),
    ("accounts", "Accounts"),
    ("apikeys", "ApiKeys"),
    ("applications", "Applications"),
    ("phonenumbers", "PhoneNumbers"),
    ("voipcarriers", "VoipCarriers"),
    ("sipgateways", "SipGateways"),
    ("calls", "Calls"),
    ("recentcalls", "RecentCalls"),
    ("alerts", "Alerts"),
    ("messages", "Messages"),
    ("conferences", "Conferences"),
    ("participants", "Participants"),
    ("queues", "Queues"),
    ("clients", "Clients"),
    ("sbcs", "Sbcs"),
    ("webhooks", "Webhooks"),
    ("systeminformation", "SystemInformation"),
    ("passwordsettings", "PasswordSettings"),
    ("limits", "Limits"),
    ("members", "Members"),
    ("messageproviders", "MessageProviders"),
    ("messaging", "Messaging"),
];

/// Every endpoint of the host.
pub(super) fn endpoints() -> Vec<Listed> {
    let beside = BESIDE.map(|path| Listed::of(Part::Beside, path, Verb::Get, Door::Open));
    let open = v2::OPEN_ROUTES.iter().flat_map(|route| {
        route.endpoints.0.iter().map(|endpoint| Listed::of(Part::V2, route.path, endpoint.verb, Door::Open))
    });
    let second = v2::ROUTES.iter().flat_map(|route| {
        let door = if route.access == v2::Access::Token { Door::Token } else { Door::Restricted };
        let listed =
            move |verb| Listed { deprecated: route.deprecated, ..Listed::of(Part::V2, route.path, verb, door) };
        route.endpoints.0.iter().map(move |endpoint| listed(endpoint.verb))
    });
    let first = v1::ROUTES.iter().flat_map(|route| {
        route.endpoints.0.iter().map(|endpoint| Listed::of(Part::V1, route.path, endpoint.verb, Door::Restricted))
    });
    let messaging = v1::OPEN.iter().map(|(path, verb)| Listed::of(Part::V1, path, *verb, Door::Open));
    beside.into_iter().chain(open).chain(second).chain(first).chain(messaging).collect()
}

impl Listed {
    fn of(part: Part, path: &'static str, verb: Verb, door: Door) -> Self {
        Self { part, path, verb, door, deprecated: false }
    }

    /// Whether it is about one account's documents of a kind that the installation may have too.
    pub(super) fn is_of_account(self) -> bool {
        self.part == Part::V2 && self.path.strip_prefix(OF_ACCOUNT).is_some_and(|rest| !rest.is_empty())
    }

    /// The path by which it is described: an account's and the installation's are described together.
    pub(super) fn described(self) -> &'static str {
        if self.is_of_account() { self.path.strip_prefix(OF_ACCOUNT).unwrap_or(self.path) } else { self.path }
    }

    /// The path as clients write it.
    pub(super) fn shown(self) -> String {
        let spelled = |segment: &'static str| {
            let known = SPELLED.iter().find(|(word, _)| self.part == Part::V1 && *word == segment);
            known.map_or(segment, |(_, spelled)| spelled)
        };
        let path: Vec<&str> = self.path.split('/').map(spelled).collect();
        format!("{}{}", self.part.base(), path.join("/"))
    }

    /// Names of the path's parameters.
    pub(super) fn parameters(self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The verbs that the same path answers.
    pub(super) fn verbs_beside(self, all: &[Self]) -> Vec<Verb> {
        let same = all.iter().filter(|other| other.part == self.part && other.path == self.path);
        same.map(|other| other.verb).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accounts_path_is_described_with_the_installations() {
        let listed = |path| Listed::of(Part::V2, path, Verb::Get, Door::Restricted);
        assert_eq!(listed("/accounts/{account}/resources/{id}").described(), "/resources/{id}");
        assert_eq!(listed("/resources/{id}").described(), "/resources/{id}");
        assert_eq!(listed("/accounts/{account}").described(), "/accounts/{account}");
        let first = Listed::of(Part::V1, "/accounts/{account}/apikeys", Verb::Get, Door::Restricted);
        assert_eq!(first.described(), "/accounts/{account}/apikeys");
        assert_eq!(first.shown(), "/v1/Accounts/{account}/ApiKeys");
    }
}
