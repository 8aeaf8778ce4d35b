//! The wrong tenant: a plugin sees and changes nothing of another account, by any import of any world, whether both have a plugin of the
//! same name or both use one of the installation's. All that is an account's own carries its mark, so that a single one of another's in
//! what a plugin was shown fails the test.

mod hooks;
mod selectors;
mod unchanged;

use serde_json::{Value, json};
use strowger_tests::{ADMIN_KEY, Answer, Method, Server, Tenant};

use crate::{chain, judged, upload};

/// An account whose every document bears its mark.
pub(crate) struct Marked {
    pub(crate) tenant: Tenant,
    pub(crate) mark: &'static str,
    /// The number that its callers dial.
    number: &'static str,
}

/// Two accounts of one server.
pub(crate) async fn marked_on(server: &Server) -> [Marked; 2] {
    let quokka = Marked::on(server, "quokka", "+15125550101").await;
    [quokka, Marked::on(server, "numbat", "+15125550202").await]
}

impl Marked {
    async fn on(server: &Server, mark: &'static str, number: &'static str) -> Self {
        let tenant = Tenant::on(server.clone(), json!([])).await;
        tenant.carrier(mark, 9).await;
        let row =
            |name: &str, selector: &str| json!({"name": name, "selector": selector, "resource": mark, "value": "7"});
        let rows = json!([row("lcr", "1512"), row("list", mark), row(&format!("{mark}-list"), mark)]);
        let _ = tenant.v2(Method::PUT, "/resource_selectors/rows", json!({ "data": rows })).await.with_status(201);
        Self { tenant, mark, number }
    }

    /// Has its calls routed through that spy, which looks for what is its own and for what is the other's.
    pub(crate) async fn looks_by(&self, plugin: &str) {
        let parameters = json!({
            "note": self.mark,
            "fields": ["Flags", "Custom-SIP-Headers", "Account-ID", "To-DID", "Outbound-Caller-ID-Number"],
            "names": ["lcr", "list", "quokka-list", "numbat-list"],
            "keys": ["quokka", "numbat", "1512", "15125550101", "15125550202"],
        });
        let _ = chain(&self.tenant, json!([{"get_resources": {}}, { plugin: parameters }])).await.with_status(200);
    }

    /// How its call would be routed, with the trace.
    pub(crate) async fn routed(&self) -> Value {
        let question = json!({"data": {
            "To-DID": self.number, "Outbound-Caller-ID-Number": "+12025550100", "Flags": [self.mark],
            "Custom-SIP-Headers": {"X-Mark": self.mark},
        }});
        self.tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200).data().clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.tenant.v2(Method::GET, path, Value::Null).await.with_status(200).data().clone()
    }
}

/// Uploads a plugin of the installation, which every account may name.
pub(crate) async fn install(server: &Server, name: &str, component: &[u8], grants: Value) {
    let upload = server.request(Method::POST, &format!("/v2/plugins?name={name}&version=1")).bearer_auth(ADMIN_KEY);
    let upload = upload.header("content-type", "application/wasm").body(component.to_vec());
    let _ = Answer::to(upload).await.with_status(202);
    strowger_tests::eventually("a verdict", async || {
        let read = server.admin(Method::GET, &format!("/v2/plugins/{name}/versions/1"), None).await.with_status(200);
        (read.data()["status"] == "accepted").then_some(())
    })
    .await;
    let body = json!({"data": {"grants": grants}});
    let _ = server.admin(Method::PATCH, &format!("/v2/plugins/{name}"), Some(&body)).await.with_status(200);
}

/// Uploads a plugin of that name to the account.
pub(crate) async fn uploaded(customer: &Marked, name: &str, component: &[u8], grants: Value) {
    upload(&customer.tenant, name, "1", component).await;
    let version = judged(&customer.tenant, name, "1").await;
    assert_eq!(version["status"], "accepted", "{version}");
    let _ = crate::change(&customer.tenant, name, json!({ "grants": grants })).await.with_status(200);
    let active = crate::change(&customer.tenant, name, json!({"active": "1"})).await.with_status(200);
    assert_eq!(active.data()["usable"], true, "{}", active.text);
}
