//! `/user_auth`: trades a log-in for a token, and tells whose a token is.

use serde_json::{Map, Value};
use strowger_model::{Secret, Violation, Violations};

use super::api_auth::{required, restrictions, text};
use super::error::Error;
use super::reply::Reply;
use super::request::{OpenRequest, Request};
use super::session;
use crate::auth::{AccountName, Method, Restrictions, Standing};

/// Bounds of the documented fields.
const LONGEST_CREDENTIALS: usize = 64;
const LONGEST_NAME: usize = 256;

/// What a log-in says.
struct LogIn {
    account: AccountName,
    method: Method,
    /// None where it is no digest of that method: nobody's, then.
    digest: Option<Secret>,
    restrictions: Option<Restrictions>,
}

impl LogIn {
    fn read(fields: &Map<String, Value>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let mut name = |field| text(fields, field, LONGEST_NAME, &mut violations);
        let (phone_number, realm, name) = (name("phone_number"), name("account_realm"), name("account_name"));
        if phone_number.is_none() && realm.is_none() && name.is_none() {
            violations.push(required("account_name"));
        }
        let before = violations.0.len();
        let credentials = text(fields, "credentials", LONGEST_CREDENTIALS, &mut violations);
        if credentials.is_none() && violations.0.len() == before {
            violations.push(required("credentials"));
        }
        let method = method(fields, &mut violations);
        let restrictions = restrictions(fields, &mut violations);
        violations.into_result()?;
        let digest = credentials.and_then(|credentials| method.read(&credentials));
        Ok(Self { account: AccountName { phone_number, realm, name }, method, digest, restrictions })
    }
}

fn method(fields: &Map<String, Value>, violations: &mut Violations) -> Method {
    match fields.get("method") {
        None | Some(Value::Null) => Method::Md5,
        Some(given) => given.as_str().and_then(Method::from_name).unwrap_or_else(|| {
            let methods = Value::from(Method::ALL.map(Method::name).to_vec());
            violations
                .push(Violation::new("method", "enum", "Value not found in enumerated list of values").target(methods));
            Method::Md5
        }),
    }
}

pub(super) async fn log_in(request: OpenRequest) -> Result<Reply, Error> {
    let LogIn { account, method, digest, restrictions } = LogIn::read(&request.envelope.into_object()?)?;
    let digest = digest.ok_or(Error::Unauthenticated)?;
    let issued = request.state.auth().log_in(&account, method, digest, restrictions).await?;
    let data = session::described(&request.state, issued.claims.scope, Some(&issued.claims)).await?;
    Ok(Reply::issued(data, issued.token))
}

/// Whose a token is, told to whoever has it, or may act on its account. It is never repeated.
pub(super) async fn describe(request: Request) -> Result<Reply, Error> {
    let auth = request.state.auth();
    let holder = auth.holder(request.segment("token")).await?.ok_or(Error::NotFound)?;
    let is_own = holder.token() == request.caller.token();
    let is_within_reach = match holder.account() {
        _ if is_own || request.caller.is_admin() => true,
        Some(account) if request.caller.is_privileged() => {
            auth.standing(&request.caller, account).await? == Standing::Granted
        }
        _ => false,
    };
    if !is_within_reach {
        return Err(Error::NotFound);
    }
    session::described(&request.state, holder.scope(), holder.claims()).await.map(Reply::ok)
}
