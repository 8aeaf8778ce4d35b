//! The table of `/v1`. Paths are in lower case; requests are brought to it.

use super::carriers::{self, gateways};
use super::request::Handler;
use super::{
    accounts, alerts, api_keys, app_env, applications, calls, clients, conferences, installation, limits,
    message_providers, messages, messaging, phone_numbers, queues, recent_calls, sbcs, service_providers, sessions,
    sip_realms, webhook_secret, webhooks,
};
use crate::table::{Endpoint, Endpoints, Verb};

/// Who may use an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever has a valid token; the handler answers with what is theirs.
    Any,
    /// The same, however little the token may do.
    Token,
    /// Administrators; others are told the message.
    Admin(&'static str),
    /// Administrators and service providers.
    Provider,
    /// Administrators and the path's `{provider}` itself.
    OwnProvider,
    /// The same, and the accounts below that `{provider}`, which are answered with what is theirs.
    AtProvider,
    /// Whoever may act on the path's `{account}`.
    Account,
}

/// One path below `/v1`.
pub(crate) struct Route {
    /// In axum's syntax.
    pub(crate) path: &'static str,
    pub(crate) endpoints: Endpoints<(Access, Handler)>,
}

/// A path with the access and the handler of each verb.
macro_rules! route {
    ($path:literal, $($verb:ident $access:expr => $handler:path),+) => {
        Route {
            path: $path,
            endpoints: Endpoints(&[
                $(Endpoint { verb: Verb::$verb, work: ($access, |request| Box::pin($handler(request))) }),+
            ]),
        }
    };
}

use Access::{Account, Admin, Any, AtProvider, OwnProvider, Provider, Token};

const ADD_PROVIDER: Access = Admin("only admin users can add a service provider");
const DELETE_PROVIDER: Access = Admin("only admin users can delete a service provider");

const LIMIT_PROVIDER: Access = Admin("only admin users can limit a service provider");

const ADMIN_ONLY: Access = Admin("insufficient privileges");

/// Every route.
pub(crate) const ROUTES: &[Route] = &[
    route!("/serviceproviders", Get Any => service_providers::list, Post ADD_PROVIDER => service_providers::create),
    route!("/serviceproviders/{provider}",
        Get AtProvider => service_providers::read,
        Put OwnProvider => service_providers::update,
        Delete DELETE_PROVIDER => service_providers::remove),
    route!("/serviceproviders/{provider}/accounts", Get AtProvider => accounts::list_of_provider),
    route!("/serviceproviders/{provider}/apikeys", Get OwnProvider => api_keys::list_of_provider),
    route!("/accounts", Get Any => accounts::list, Post Provider => accounts::create),
    route!("/accounts/{account}",
        Get Account => accounts::read, Put Account => accounts::update, Delete Account => accounts::remove),
    route!("/accounts/{account}/apikeys", Get Account => api_keys::list),
    route!("/accounts/{account}/webhooksecret", Get Account => webhook_secret::read),
    route!("/accounts/{account}/siprealms/{sip_realm}", Post Account => sip_realms::set),
    route!("/accounts/{account}/registeredsipusers", Get Account => sip_realms::registered),
    route!("/accounts/{account}/registeredsipusers/{sip_user}", Get Account => sip_realms::registration),
    route!("/accounts/{account}/callcount", Get Account => calls::count),
    route!("/apikeys", Post Any => api_keys::create),
    route!("/apikeys/{key}", Delete Any => api_keys::remove),
    route!("/apikeys/{key}/rotate", Post Any => api_keys::rotate),
    route!("/appenv", Get Any => app_env::read),
    route!("/applications", Get Any => applications::list, Post Any => applications::create),
    route!("/applications/{application}",
        Get Any => applications::read, Put Any => applications::update, Delete Any => applications::remove),
    route!("/accounts/{account}/applications",
        Get Account => applications::list_of_account, Post Account => applications::create_in_account),
    route!("/accounts/{account}/applications/{application}",
        Get Account => applications::read, Put Account => applications::update, Delete Account => applications::remove),
    route!("/logout", Post Token => sessions::log_out),
    route!("/systeminformation",
        Get Any => installation::read_information, Post ADMIN_ONLY => installation::write_information),
    route!("/passwordsettings",
        Get Any => installation::read_passwords, Post ADMIN_ONLY => installation::write_passwords),
    route!("/sbcs", Get Any => sbcs::list, Post ADMIN_ONLY => sbcs::create),
    route!("/sbcs/{sbc}", Delete ADMIN_ONLY => sbcs::remove),
    route!("/webhooks", Post Any => webhooks::create),
    route!("/webhooks/{webhook}", Get Any => webhooks::read),
    route!("/clients", Get Any => clients::list, Post Any => clients::create),
    route!("/clients/{client}",
        Get Any => clients::read, Put Any => clients::update, Delete Any => clients::remove),
    route!("/accounts/{account}/limits",
        Get Account => limits::of_account, Post Account => limits::set, Delete Account => limits::remove),
    route!("/serviceproviders/{provider}/limits",
        Get OwnProvider => limits::of_provider,
        Post LIMIT_PROVIDER => limits::set_of_provider,
        Delete LIMIT_PROVIDER => limits::remove_of_provider),
    route!("/voipcarriers", Get Any => carriers::list, Post Any => carriers::create),
    route!("/voipcarriers/{voip_carrier}",
        Get Any => carriers::read, Put Any => carriers::update, Delete Any => carriers::remove),
    route!("/accounts/{account}/voipcarriers", Get Account => carriers::list, Post Account => carriers::create),
    route!("/accounts/{account}/voipcarriers/{voip_carrier}",
        Get Account => carriers::read, Put Account => carriers::update, Delete Account => carriers::remove),
    route!("/serviceproviders/{provider}/voipcarriers",
        Get AtProvider => carriers::list, Post OwnProvider => carriers::create),
    route!("/serviceproviders/{provider}/voipcarriers/{voip_carrier}", Put OwnProvider => carriers::update),
    route!("/sipgateways", Get Any => gateways::list, Post Any => gateways::create),
    route!("/sipgateways/{sip_gateway}",
        Get Any => gateways::read, Put Any => gateways::update, Delete Any => gateways::remove),
    route!("/phonenumbers", Get Any => phone_numbers::list, Post Any => phone_numbers::create),
    route!("/phonenumbers/{phone_number}",
        Get Any => phone_numbers::read, Put Any => phone_numbers::update, Delete Any => phone_numbers::remove),
    route!("/serviceproviders/{provider}/phonenumbers", Get AtProvider => phone_numbers::list_of_provider),
    route!("/serviceproviders/{provider}/applications", Get AtProvider => applications::list_of_provider),
    route!("/accounts/{account}/calls", Get Account => calls::list, Post Account => calls::create),
    route!("/accounts/{account}/calls/{call}",
        Get Account => calls::read,
        Put Account => calls::update,
        Post Account => calls::update,
        Delete Account => calls::remove),
    route!("/accounts/{account}/calls/{call}/routing", Get Account => calls::routing),
    route!("/accounts/{account}/conferences", Get Account => conferences::list, Post Account => conferences::create),
    route!("/accounts/{account}/conferences/{conference}",
        Get Account => conferences::read, Delete Account => conferences::remove),
    route!("/accounts/{account}/conferences/{conference}/participants", Get Account => conferences::participants),
    route!("/accounts/{account}/conferences/{conference}/participants/{call}",
        Get Account => conferences::participant,
        Put Account => conferences::change,
        Delete Account => conferences::leave),
    route!("/accounts/{account}/queues", Get Account => queues::list, Post Account => queues::create),
    route!("/accounts/{account}/queues/{queue}", Get Account => queues::read, Delete Account => queues::remove),
    route!("/accounts/{account}/queues/{queue}/members", Get Account => queues::members, Post Account => queues::join),
    route!("/accounts/{account}/queues/{queue}/members/front", Post Account => queues::front),
    route!("/accounts/{account}/queues/{queue}/members/{call}",
        Get Account => queues::member, Put Account => queues::move_member, Delete Account => queues::leave),
    route!("/accounts/{account}/messages", Get Account => messages::list, Post Account => messages::create),
    route!("/accounts/{account}/messages/{message}", Get Account => messages::read),
    route!("/accounts/{account}/messageproviders",
        Get Account => message_providers::list, Post Account => message_providers::create),
    route!("/accounts/{account}/messageproviders/{message_provider}",
        Get Account => message_providers::read,
        Put Account => message_providers::update,
        Delete Account => message_providers::remove),
    route!("/accounts/{account}/alerts", Get Account => alerts::list),
    route!("/serviceproviders/{provider}/alerts", Get OwnProvider => alerts::list_of_provider),
    route!("/accounts/{account}/recentcalls", Get Account => recent_calls::list),
    route!("/accounts/{account}/recentcalls/{call}", Get Account => recent_calls::read),
    route!("/serviceproviders/{provider}/recentcalls", Get OwnProvider => recent_calls::list_of_provider),
    route!("/serviceproviders/{provider}/recentcalls/{call}", Get OwnProvider => recent_calls::read_of_provider),
];

/// What needs no token: a message provider's own requests, which its plugin reads and believes or does not.
pub(crate) const OPEN: &[(&str, Verb)] = &[(messaging::PATH, Verb::Post)];
