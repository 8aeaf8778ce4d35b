//! Every field of a carrier's document on the wire: the table in `vectors/invite.json`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use strowger_tests::{Answer, BareSocket, CALLED, CALLER, Method, Server, SipMessage, Tenant};

/// Fields of the schema that are objects with cases of their own for what is in them.
const PARTS: [(&str, &str); 2] = [("media", "media"), ("gateways", "gateway")];

fn table() -> Value {
    serde_json::from_str(include_str!("../../vectors/invite.json")).expect("the table is JSON")
}

/// One case at its carrier.
struct Trial<'a> {
    case: &'a Value,
    tenant: Tenant,
    carrier: BareSocket,
}

impl<'a> Trial<'a> {
    async fn new(case: &'a Value, server: &Server) -> Self {
        let (tenant, carrier) = (Tenant::on(server.clone(), json!([])).await, BareSocket::bind().await);
        let trial = Self { case, tenant, carrier };
        if let Some(account) = case.get("account") {
            let path = format!("/v1/Accounts/{}", trial.tenant.account.sid);
            let _ = server.admin(Method::PUT, &path, Some(account)).await.with_status(204);
        }
        trial
    }

    /// The text with what only a running test knows.
    fn filled(&self, text: &str) -> String {
        text.replace("{port}", &self.carrier.port.to_string()).replace("{sip}", &self.tenant.server.sip.to_string())
    }

    fn part(&self, name: &str) -> Value {
        let part = self.case.get(name).cloned().unwrap_or_else(|| json!({}));
        serde_json::from_str(&part.to_string().replace("{port}", &self.carrier.port.to_string())).unwrap()
    }

    fn number(&self) -> &str {
        self.case["number"].as_str().unwrap_or(CALLED)
    }

    async fn save_carrier(&self) -> Answer {
        let over = |mut base: Value, part: Value| {
            base.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            base
        };
        let gateway = over(json!({"server": "127.0.0.1", "port": self.carrier.port}), self.part("gateway"));
        let resource = json!({"id": "a", "name": "a", "rules": ["^\\+1(\\d{10})$"], "gateways": [gateway]});
        let data = over(resource, self.part("resource"));
        self.tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await
    }

    fn call(&self) -> Value {
        let mut call = self.part("call");
        call["to"] = json!({"type": "phone", "number": self.number()});
        call
    }

    async fn run(&self) {
        let (id, expect) = (&self.case["id"], &self.case["expect"]);
        let saved = self.save_carrier().await;
        if let Some(field) = expect["invalid"].as_str() {
            assert!(saved.with_status(400).data().get(field).is_some(), "{id}");
            return;
        }
        let _ = saved.with_status(201);
        self.check_preview(expect).await;
        match expect["refused"].as_str() {
            Some(reason) => self.check_refusal(reason).await,
            None => self.check_invite(&self.invite().await, expect),
        }
    }

    async fn invite(&self) -> SipMessage {
        let call = self.tenant.call_with(self.call()).await;
        let (invite, host) = self.carrier.request("INVITE").await;
        self.carrier.refuse(&invite, 486, host).await;
        assert_eq!(call.ended().await["sip_status"], 486, "{}", self.case["id"]);
        invite
    }

    async fn check_refusal(&self, reason: &str) {
        let id = &self.case["id"];
        let body = self.tenant.call_body(self.call());
        let answer = self.tenant.v1(Method::POST, "/Calls", body).await.with_status(422).body;
        assert!(answer["msg"].as_str().unwrap().contains(reason), "{id}: {answer}");
        let path = format!("/Calls/{}", answer["sid"].as_str().unwrap());
        let record = self.tenant.v1(Method::GET, &path, Value::Null).await.with_status(200).body;
        let attempt = &record["attempts"][0];
        assert!(attempt["reason"].as_str().unwrap().contains(reason), "{id}: {record}");
        assert_eq!((&attempt["resource_id"], attempt.get("sip_status")), (&json!("a"), None), "{id}");
        assert!(self.carrier.waiting().is_empty(), "{id}: it was sent something");
    }

    /// What a client is told without placing a call.
    async fn check_preview(&self, expect: &Value) {
        let id = &self.case["id"];
        let mut data = self.part("request");
        data["To-DID"] = json!(self.number());
        data["Outbound-Caller-ID-Number"] = json!(CALLER);
        let asked = json!({ "data": data });
        let route = self.tenant.v2(Method::POST, "/resource_selectors/route", asked).await.with_status(200);
        let texts = |list: &Value| {
            let texts: Vec<String> =
                list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect();
            texts
        };
        let notes = texts(&route.data()["notes"]);
        let refused = expect["refused"].as_str().map(ToOwned::to_owned);
        for wanted in texts(&expect["notes"]).iter().chain(&refused) {
            assert!(notes.iter().any(|note| note.contains(wanted.as_str())), "{id}: {wanted}: {}", route.text);
        }
        assert!(expect.get("no_notes").is_none() || notes.is_empty(), "{id}: {notes:?}");
        if let Some(reason) = refused {
            let told = route.data()["refused"][0]["reason"].as_str().unwrap();
            assert!(told.contains(&reason), "{id}: {told}");
        }
        for (field, value) in expect["fields"].as_object().into_iter().flatten() {
            // The route that is shown knows nothing of what a call asks for besides.
            assert_eq!(&route.data()["endpoints"][0]["fields"][field], value, "{id} {field}: {}", route.text);
        }
    }

    fn check_invite(&self, invite: &SipMessage, expect: &Value) {
        let id = &self.case["id"];
        let untagged = |name: &str| invite.header(name).split(";tag=").next().unwrap_or_default().to_owned();
        let lines = [
            ("request_uri", invite.request_uri().to_owned()),
            ("to", invite.header("To").to_owned()),
            ("from", untagged("From")),
            ("audio", audio(invite)),
        ];
        for (name, found) in lines {
            if let Some(wanted) = expect[name].as_str() {
                assert_eq!(found, self.filled(wanted), "{id} {name}");
            }
        }
        for (name, value) in expect["headers"].as_object().unwrap_or(&Map::new()) {
            assert_eq!(invite.headers(name), [self.filled(value.as_str().unwrap())], "{id} {name}");
        }
        for name in expect["absent"].as_array().into_iter().flatten() {
            assert_eq!(invite.headers(name.as_str().unwrap()), Vec::<String>::new(), "{id}: {name} is there");
        }
        let has = |line: &Value| invite.body().lines().any(|found| line == found);
        assert!(expect["sdp"].as_array().into_iter().flatten().all(has), "{id}: {}", invite.body());
        assert!(!expect["no_sdp"].as_array().into_iter().flatten().any(has), "{id}: {}", invite.body());
    }
}

/// The payload types that are offered.
fn audio(invite: &SipMessage) -> String {
    let line = invite.body().lines().find(|line| line.starts_with("m=audio ")).expect("an offer of audio");
    line.split(" RTP/AVP ").nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_case_of_the_table() {
    let server = Server::shared().await;
    let table = table();
    for case in table["cases"].as_array().expect("cases") {
        Trial::new(case, &server).await.run().await;
    }
}

/// Whoever adds a field to the schema says here what it does.
#[test]
fn every_field_of_the_schema_has_a_case_or_a_reason_why_not() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../host/model/schemas/resource.json")).expect("the schema is JSON");
    let names = |part: &Value| part["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut fields = BTreeSet::new();
    for name in names(&schema) {
        match PARTS.into_iter().find(|(field, _)| *field == name) {
            None => drop(fields.insert(name)),
            Some((_, part)) => {
                let inner = names(&schema["$defs"][part]);
                fields.extend(inner.into_iter().map(|name| format!("{part}.{name}")));
            }
        }
    }
    let table = table();
    let cases = table["cases"].as_array().unwrap().iter().flat_map(|case| case["documents"].as_array().unwrap());
    let mut told: BTreeSet<String> = cases.map(|field| field.as_str().unwrap().to_owned()).collect();
    told.extend(table["without_effect_on_the_invite"].as_object().unwrap().keys().cloned());
    assert_eq!(fields.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "fields without a case");
    assert_eq!(told.difference(&fields).collect::<Vec<_>>(), Vec::<&String>::new(), "cases of no field");
}
