//! The table of `/v2`.

use super::request::{Handler, OpenHandler, StreamHandler};
use super::{
    accounts, api_auth, api_key, api_keys, audit, collection, decisions, format, jobs, modules, nodes, numbers,
    phone_numbers, plugins, resources, route, rows, rules, selector, selectors, tasks, token_auth, tree, user_auth,
    users, whois,
};
use crate::state::ApiState;
use crate::table::{Endpoint, Endpoints, Verb};

/// Who may use a route, and whose documents it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever has a valid token.
    Any,
    /// Whoever has a valid token, whatever it is restricted to: it is about that token.
    Token,
    /// Whoever may act on the path's `{account}`, which may be a service provider too. The documents are the account's; a service
    /// provider has none of its own.
    Node,
    /// Administrators; the documents are the installation's.
    Admin,
    /// Whoever may act on the path's `{account}`; the documents are that account's.
    Account,
}

/// One path below `/v2`.
pub(crate) struct Route {
    /// In axum's syntax.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) endpoints: Endpoints<Handler>,
    /// An older name of another route.
    pub(crate) deprecated: bool,
}

/// A path that belongs to `access`, with the handler of each verb.
macro_rules! route {
    ($access:ident $path:literal, $($verb:ident $handler:path),+ $(; $deprecated:ident)?) => {
        Route {
            path: $path,
            access: Access::$access,
            endpoints: Endpoints(&[
                $(Endpoint { verb: Verb::$verb, work: |request| Box::pin($handler(request)) }),+
            ]),
            deprecated: false $(|| stringify!($deprecated).len() > 0)?,
        }
    };
}

/// An endpoint that needs no token.
macro_rules! open {
    ($verb:ident $handler:path) => {
        Endpoint { verb: Verb::$verb, work: |request| Box::pin($handler(request)) }
    };
}

/// One path below `/v2` that needs no token.
pub(crate) struct OpenRoute {
    pub(crate) path: &'static str,
    pub(crate) endpoints: Endpoints<OpenHandler>,
}

/// Every route that needs no token.
pub(crate) const OPEN_ROUTES: &[OpenRoute] = &[
    OpenRoute { path: "/api_auth", endpoints: Endpoints(&[open!(Put api_auth::trade)]) },
    OpenRoute { path: "/user_auth", endpoints: Endpoints(&[open!(Put user_auth::log_in)]) },
];

/// An endpoint that takes a body of one type as it comes, since it may be larger than what is held; `ROUTES` has the same endpoint
/// for a body of JSON.
pub(crate) struct Streamed {
    pub(crate) path: &'static str,
    pub(crate) verb: Verb,
    pub(crate) media_type: &'static str,
    /// Bytes of the body.
    pub(crate) most: fn(&ApiState) -> u64,
    pub(crate) work: StreamHandler,
}

const fn uploaded(path: &'static str) -> Streamed {
    Streamed {
        path,
        verb: Verb::Put,
        media_type: "text/csv",
        most: |state| state.tasks().limits().max_file_bytes,
        work: |request, body| Box::pin(tasks::upload(request, body)),
    }
}

const fn component(path: &'static str) -> Streamed {
    Streamed {
        path,
        verb: Verb::Post,
        media_type: plugins::WASM,
        most: |_| strowger_sandbox::MAX_COMPONENT as u64,
        work: |request, body| Box::pin(plugins::upload(request, body)),
    }
}

/// Every endpoint that takes its body as it comes.
pub(crate) const STREAMED: &[Streamed] = &[
    uploaded("/accounts/{account}/tasks"),
    uploaded("/tasks"),
    component("/accounts/{account}/plugins"),
    component("/plugins"),
];

/// Every route that needs one. Paths below `/accounts/{account}` are the account's, the same ones without it the installation's.
pub(crate) const ROUTES: &[Route] = &[
    route!(Any "/user_auth/{token}", Get user_auth::describe),
    route!(Token "/token_auth", Get token_auth::check, Delete token_auth::revoke),
    route!(Any "/accounts", Get accounts::list, Put accounts::create),
    route!(Node "/accounts/{account}",
        Get nodes::read, Put accounts::create_below, Post nodes::replace, Patch nodes::merge, Delete nodes::remove),
    route!(Node "/accounts/{account}/children", Get tree::children),
    route!(Node "/accounts/{account}/descendants", Get tree::children),
    route!(Node "/accounts/{account}/siblings", Get tree::siblings),
    route!(Node "/accounts/{account}/parents", Get tree::parents),
    route!(Node "/accounts/{account}/tree", Get tree::tree),
    route!(Account "/accounts/{account}/api_key",
        Get api_key::read, Put api_key::replace, Post api_key::replace, Delete api_key::remove),
    route!(Account "/accounts/{account}/api_keys", Get api_keys::list, Put api_keys::create),
    route!(Account "/accounts/{account}/api_keys/{key}", Get api_keys::read, Delete api_keys::remove),
    route!(Account "/accounts/{account}/api_keys/{key}/rotate", Post api_keys::rotate),
    route!(Account "/accounts/{account}/users", Get users::list, Put users::create),
    route!(Account "/accounts/{account}/users/{user}",
        Get users::read, Post users::replace, Patch users::merge, Delete users::remove),
    route!(Account "/accounts/{account}/audit", Get audit::of_account),
    route!(Admin "/audit", Get audit::of_installation),
    route!(Account "/accounts/{account}/resources", Get resources::list, Put resources::create),
    route!(Admin "/resources", Get resources::list, Put resources::create),
    route!(Account "/accounts/{account}/resources/{id}",
        Get resources::read, Post resources::replace, Patch resources::merge, Delete resources::remove),
    route!(Admin "/resources/{id}",
        Get resources::read, Post resources::replace, Patch resources::merge, Delete resources::remove),
    route!(Account "/accounts/{account}/resources/format", Post format::format),
    route!(Admin "/resources/format", Post format::format),
    route!(Account "/accounts/{account}/resources/collection", Put collection::create, Post collection::merge),
    route!(Admin "/resources/collection", Put collection::create, Post collection::merge),
    route!(Account "/accounts/{account}/resources/jobs", Get jobs::list, Put jobs::create),
    route!(Admin "/resources/jobs", Get jobs::list, Put jobs::create),
    route!(Account "/accounts/{account}/resources/jobs/{job}", Get jobs::read, Delete jobs::cancel),
    route!(Admin "/resources/jobs/{job}", Get jobs::read, Delete jobs::cancel),
    route!(Account "/accounts/{account}/local_resources", Get resources::list, Put resources::create; deprecated),
    route!(Account "/accounts/{account}/local_resources/{id}",
        Get resources::read, Post resources::replace, Patch resources::merge, Delete resources::remove; deprecated),
    route!(Account "/accounts/{account}/local_resources/collection",
        Put collection::create, Post collection::merge; deprecated),
    route!(Account "/accounts/{account}/local_resources/jobs", Get jobs::list, Put jobs::create; deprecated),
    route!(Account "/accounts/{account}/local_resources/jobs/{job}",
        Get jobs::read, Delete jobs::cancel; deprecated),
    route!(Admin "/global_resources", Get resources::list, Put resources::create; deprecated),
    route!(Admin "/global_resources/{id}",
        Get resources::read, Post resources::replace, Patch resources::merge, Delete resources::remove; deprecated),
    route!(Admin "/global_resources/collection", Put collection::create, Post collection::merge; deprecated),
    route!(Admin "/global_resources/jobs", Get jobs::list, Put jobs::create; deprecated),
    route!(Admin "/global_resources/jobs/{job}", Get jobs::read, Delete jobs::cancel; deprecated),
    route!(Admin "/accounts/{account}/global_resources", Get resources::list, Put resources::create; deprecated),
    route!(Admin "/accounts/{account}/global_resources/{id}",
        Get resources::read, Post resources::replace, Patch resources::merge, Delete resources::remove; deprecated),
    route!(Admin "/accounts/{account}/global_resources/collection",
        Put collection::create, Post collection::merge; deprecated),
    route!(Admin "/accounts/{account}/global_resources/jobs", Get jobs::list, Put jobs::create; deprecated),
    route!(Admin "/accounts/{account}/global_resources/jobs/{job}",
        Get jobs::read, Delete jobs::cancel; deprecated),
    route!(Account "/accounts/{account}/resource_selectors", Get selectors::rows, Put selector::create),
    route!(Admin "/resource_selectors", Get selectors::rows, Put selector::create),
    route!(Account "/accounts/{account}/resource_selectors/rules",
        Get rules::read, Post rules::replace, Delete rules::remove),
    route!(Admin "/resource_selectors/rules",
        Get rules::read, Post rules::replace, Delete rules::remove),
    route!(Account "/accounts/{account}/resource_selectors/rows", Put rows::load),
    route!(Admin "/resource_selectors/rows", Put rows::load),
    route!(Account "/accounts/{account}/resource_selectors/route", Post route::route),
    route!(Admin "/resource_selectors/route", Post route::route),
    route!(Account "/accounts/{account}/resource_selectors/name", Get selectors::names),
    route!(Admin "/resource_selectors/name", Get selectors::names),
    route!(Account "/accounts/{account}/resource_selectors/name/{name}", Get selectors::resources_of),
    route!(Admin "/resource_selectors/name/{name}", Get selectors::resources_of),
    route!(Account "/accounts/{account}/resource_selectors/name/{name}/resource/{resource}", Get selectors::rows_of),
    route!(Admin "/resource_selectors/name/{name}/resource/{resource}", Get selectors::rows_of),
    route!(Account "/accounts/{account}/resource_selectors/resource", Get selectors::resources),
    route!(Admin "/resource_selectors/resource", Get selectors::resources),
    route!(Account "/accounts/{account}/resource_selectors/resource/{resource}", Get selectors::names_of),
    route!(Admin "/resource_selectors/resource/{resource}", Get selectors::names_of),
    route!(Account "/accounts/{account}/resource_selectors/resource/{resource}/name/{name}", Get selectors::rows_of),
    route!(Admin "/resource_selectors/resource/{resource}/name/{name}", Get selectors::rows_of),
    route!(Account "/accounts/{account}/resource_selectors/{row}",
        Get selector::read, Post selector::replace, Patch selector::merge, Delete selector::remove),
    route!(Admin "/resource_selectors/{row}",
        Get selector::read, Post selector::replace, Patch selector::merge, Delete selector::remove),
    route!(Account "/accounts/{account}/resource_selectors/modules", Get modules::list),
    route!(Any "/resource_selectors/modules", Get modules::list),
    route!(Account "/accounts/{account}/resource_selectors/whois", Get whois::whois, Post whois::whois),
    route!(Admin "/resource_selectors/whois", Get whois::whois, Post whois::whois),
    route!(Any "/phone_numbers/classifiers/{number}", Get numbers::classify),
    route!(Account "/accounts/{account}/phone_numbers/classifiers/{number}", Get numbers::classify),
    route!(Account "/accounts/{account}/phone_numbers", Get phone_numbers::list),
    route!(Account "/accounts/{account}/phone_numbers/{number}", Get phone_numbers::read, Delete phone_numbers::remove),
    route!(Admin "/phone_numbers", Get phone_numbers::list),
    route!(Admin "/phone_numbers/{number}", Get phone_numbers::find_owner, Delete phone_numbers::remove),
    route!(Account "/accounts/{account}/tasks", Get tasks::list, Put tasks::create),
    route!(Admin "/tasks", Get tasks::list, Put tasks::create),
    route!(Account "/accounts/{account}/tasks/{task}", Get tasks::read, Patch tasks::start, Delete tasks::remove),
    route!(Admin "/tasks/{task}", Get tasks::read, Patch tasks::start, Delete tasks::remove),
    route!(Account "/accounts/{account}/tasks/{task}/stop", Patch tasks::stop),
    route!(Admin "/tasks/{task}/stop", Patch tasks::stop),
    route!(Account "/accounts/{account}/decisions", Get decisions::list),
    route!(Account "/accounts/{account}/calls/{call}/routing", Get decisions::of_call),
    route!(Account "/accounts/{account}/resource_selectors/replay", Post decisions::replay_chain),
    route!(Account "/accounts/{account}/plugins/{plugin}/versions/{version}/replay", Post decisions::replay_version),
    route!(Account "/accounts/{account}/plugins", Get plugins::list, Post plugins::create),
    route!(Admin "/plugins", Get plugins::list, Post plugins::create),
    route!(Account "/accounts/{account}/plugins/{plugin}",
        Get plugins::read, Post plugins::change, Patch plugins::change, Delete plugins::remove),
    route!(Admin "/plugins/{plugin}",
        Get plugins::read, Post plugins::change, Patch plugins::change, Delete plugins::remove),
    route!(Account "/accounts/{account}/plugins/usage", Get plugins::account_usage),
    route!(Account "/accounts/{account}/plugins/{plugin}/usage", Get plugins::usage),
    route!(Admin "/plugins/{plugin}/usage", Get plugins::usage),
    route!(Account "/accounts/{account}/plugins/{plugin}/log", Get plugins::log),
    route!(Admin "/plugins/{plugin}/log", Get plugins::log),
    route!(Account "/accounts/{account}/plugins/{plugin}/limits", Get plugins::read_limits, Put plugins::set_limits),
    route!(Admin "/plugins/{plugin}/limits", Get plugins::read_limits, Put plugins::set_limits),
    route!(Account "/accounts/{account}/plugins/{plugin}/rollback", Post plugins::roll_back),
    route!(Admin "/plugins/{plugin}/rollback", Post plugins::roll_back),
    route!(Account "/accounts/{account}/plugins/{plugin}/rollout",
        Get plugins::read_rollout, Put plugins::roll_out, Delete plugins::end_rollout),
    route!(Admin "/plugins/{plugin}/rollout",
        Get plugins::read_rollout, Put plugins::roll_out, Delete plugins::end_rollout),
    route!(Account "/accounts/{account}/plugins/{plugin}/versions/{version}",
        Get plugins::read_version, Delete plugins::remove_version),
    route!(Admin "/plugins/{plugin}/versions/{version}",
        Get plugins::read_version, Delete plugins::remove_version),
    route!(Account "/accounts/{account}/plugins/{plugin}/versions/{version}/component", Get plugins::download),
    route!(Admin "/plugins/{plugin}/versions/{version}/component", Get plugins::download),
];
