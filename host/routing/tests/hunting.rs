//! `Hunt-Account-ID`, the clock of a request, and what endpoints are made of where documents are silent.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot set itself up must stop")]

mod support;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner, time};
use strowger_routing::{Defaults, EmergencyRules, HostProfile, Route, RouteRequest, Router};
use strowger_rows::{SelectorRow, SelectorRows};
use strowger_store::{Expect, Key, Kind, StoreExt};
use support::Fixture;

fn carrier(id: &str) -> Value {
    json!({"_id": id, "name": id, "gateways": [{"server": "h"}], "rules": ["."]})
}

fn asked(owner: Owner, more: &Value) -> RouteRequest {
    let mut fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    RouteRequest { explain: true, ..RouteRequest::call(owner, fields.as_object().unwrap().clone()) }
}

async fn hunted(fixture: &Fixture, owner: Owner, hunted: AccountId) -> Route {
    fixture.router.route(asked(owner, &json!({"Hunt-Account-ID": hunted.hex()}))).await.unwrap()
}

async fn permit(fixture: &Fixture, account: AccountId, hunted: &[AccountId]) {
    let key = Key::new(Owner::System, Kind::Account, account.hex());
    let hunted: Vec<String> = hunted.iter().map(|account| account.hex()).collect();
    fixture
        .store
        .put(key, json!({"hunt_accounts": hunted, "sip_realm": "own.example"}), Expect::Anything)
        .await
        .unwrap();
}

#[tokio::test]
async fn nobody_hunts_over_the_carriers_of_another_account_unless_an_administrator_lists_it() {
    let fixture = Fixture::with_resources(&json!([carrier("global")])).await;
    let (own, other) = (AccountId::random(), AccountId::random());
    fixture.save_resource(own.into(), &carrier("own")).await;
    fixture.save_resource(other.into(), &carrier("other")).await;
    let refused = hunted(&fixture, own.into(), other).await;
    assert_eq!((refused.resources.len(), refused.endpoints.len()), (0, 0));
    let failure = refused.failure.unwrap();
    assert_eq!((failure.kind, failure.module.as_str()), ("refused", "Hunt-Account-ID"));
    let unknown = hunted(&fixture, own.into(), AccountId::random()).await;
    assert_eq!(unknown.failure, Some(failure), "an account that is none is refused in other words");
    permit(&fixture, own, &[other]).await;
    let route = hunted(&fixture, own.into(), other).await;
    assert_eq!((route.resources, route.failure), (vec!["other".to_owned()], None));
    assert!(hunted(&fixture, other.into(), own).await.failure.is_some(), "a permission is good in both directions");
    assert_eq!(hunted(&fixture, Owner::System, other).await.resources, ["other"]);
}

#[tokio::test]
async fn an_account_that_names_itself_is_not_routed_over_the_installations_carriers() {
    let fixture = Fixture::with_resources(&json!([carrier("global")])).await;
    let own = AccountId::random();
    let route = hunted(&fixture, own.into(), own).await;
    assert_eq!((route.resources.len(), route.failure), (0, None));
    let dropped = &route.trace.last().unwrap().dropped[0];
    assert_eq!(dropped.id, "global");
    assert!(dropped.reason.contains("installation"), "{}", dropped.reason);
    fixture.save_resource(own.into(), &carrier("own")).await;
    assert_eq!(hunted(&fixture, own.into(), own).await.resources, ["own"]);
}

#[tokio::test]
async fn the_chain_is_that_of_the_named_account_and_the_caller_stays_who_it_is() {
    let fixture = Fixture::with_resources(&json!([])).await;
    let (own, other) = (AccountId::random(), AccountId::random());
    permit(&fixture, own, &[other]).await;
    let mut shown = carrier("b");
    shown["format_from_uri"] = json!(true);
    shown["from_account_realm"] = json!(true);
    fixture.save_resource(other.into(), &carrier("a")).await;
    fixture.save_resource(other.into(), &shown).await;
    let descending =
        json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost", "direction": "descend"}}]);
    let mut heavy = shown.clone();
    heavy["weight_cost"] = json!(90);
    fixture.save_resource(other.into(), &heavy).await;
    fixture.save_chain(other.into(), descending).await;
    let route = hunted(&fixture, own.into(), other).await;
    assert_eq!(route.resources, ["b", "a"]);
    assert_eq!(route.endpoints[0].fields["From-URI"], "sip:+12025550100@own.example");
}

#[tokio::test]
async fn rows_are_valid_at_the_time_of_the_request() {
    let fixture = Fixture::with_resources(&json!([carrier("a")])).await;
    let rows = SelectorRows::new(fixture.store.clone());
    let row = json!({"name": "by-day", "selector": "1", "resource": "a",
        "start_time": time::to_gregorian(1_000), "stop_time": time::to_gregorian(2_000)});
    let row = SelectorRow::from_document(row.as_object().unwrap().clone()).unwrap();
    rows.put(Owner::System, vec![row], None).await.unwrap();
    let chain = json!([{"get_resources": {}}, {"filter_prefix": {"value_a": "number", "value_b": "database:by-day", "action": "keep"}}]);
    fixture.save_chain(Owner::System, chain).await;
    for (time, found) in [(Some(999), 0), (Some(1_500), 1), (Some(2_001), 0), (None, 0)] {
        let request = RouteRequest { time, ..asked(Owner::System, &json!({})) };
        assert_eq!(fixture.router.route(request).await.unwrap().resources.len(), found, "{time:?}");
    }
}

#[tokio::test]
async fn the_installations_defaults_are_for_documents_that_are_silent() {
    let fixture = Fixture::with_resources(&json!([
        {"_id": "silent", "name": "s", "rules": ["^.+$"], "gateways": [{"server": "h"}]},
        {"_id": "telling", "name": "t", "rules": ["^.+$"], "media": {"audio": {"codecs": ["PCMU"]}},
         "formatters": {"to_did": [{"value": "own"}]}, "gateways": [{"server": "h", "prefix": "", "suffix": "9", "route": ""}]},
    ]))
    .await;
    let formatters = json!({"to_did": [{"value": "default"}]}).as_object().unwrap().clone();
    let defaults =
        Defaults { prefix: "00".into(), suffix: "#".into(), codecs: vec!["PCMA".into()], formatters, route: None };
    let Fixture { store, router, .. } = fixture;
    let router = router.on(HostProfile { defaults: defaults.clone(), ..HostProfile::default() });
    let told = router.route(asked(Owner::System, &json!({}))).await.unwrap();
    let shown = |route: &Route| -> Vec<Value> {
        let endpoints = route.endpoints.iter();
        endpoints.map(|it| json!([it.fields["Route"], it.fields["Codecs"], it.fields["To-DID"]])).collect()
    };
    let number = "+15125550177";
    let silent = json!([format!("sip:00{number}#@h"), ["PCMA"], "default"]);
    let telling = json!([format!("sip:{number}9@h"), ["PCMU"], "own"]);
    assert_eq!(shown(&told), [silent, telling.clone()]);
    let router = router.on(HostProfile {
        defaults: Defaults { route: Some("sip:all@trunk.example".into()), ..defaults },
        ..HostProfile::default()
    });
    let told = router.route(asked(Owner::System, &json!({}))).await.unwrap();
    assert_eq!(shown(&told), [json!(["sip:all@trunk.example", ["PCMA"], "default"]), telling]);
    drop(store);
}

async fn own_number(fixture: &Fixture, owner: AccountId, number: &str) {
    let body = json!({"id": number, "state": "reserved", "resource_id": "r", "module_name": "local", "pvt_created": 1, "pvt_modified": 1});
    fixture.store.put(Key::new(owner, Kind::PhoneNumber, number), body, Expect::Absent).await.unwrap();
    let entry = Key::new(Owner::System, Kind::Index, format!("phone_number:{number}"));
    fixture.store.put(entry, json!({"to": owner.hex()}), Expect::Absent).await.unwrap();
}

/// What an emergency call of the account would say of who calls.
async fn shown(router: &Router, owner: AccountId, ids: &Value) -> Route {
    let mut fields = json!({"To-DID": "911", "Outbound-Caller-ID-Number": "+12025550100"});
    fields.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
    let fields = fields.as_object().unwrap().clone();
    router.route(RouteRequest { explain: true, ..RouteRequest::call(owner, fields) }).await.unwrap()
}

fn caller(route: &Route) -> &Value {
    &route.endpoints[0].fields["Outbound-Caller-ID-Number"]
}

async fn emergency_services() -> Fixture {
    let services = json!({"_id": "psap", "name": "p", "emergency": true, "rules": ["^9\\d\\d$"], "rules_test": ["^933$"], "gateways": [{"server": "h"}]});
    Fixture::with_resources(&json!([services])).await
}

#[tokio::test]
async fn emergency_services_are_shown_a_number_of_the_accounts_own() {
    let fixture = emergency_services().await;
    let (own, other, none) = (AccountId::random(), AccountId::random(), AccountId::random());
    for (account, number) in [(own, "+12025550111"), (own, "+12025550122"), (other, "+12025550133")] {
        own_number(&fixture, account, number).await;
    }
    let unchecked = shown(&fixture.router, own, &json!({"Emergency-Caller-ID-Number": "+12025550133"})).await;
    assert_eq!(caller(&unchecked), "+12025550133", "nothing is checked unless the installation says so");
    let rules = EmergencyRules { ensure_valid: true, ..EmergencyRules::default() };
    let router = fixture.router.on(HostProfile { emergency: rules.clone(), ..HostProfile::default() });
    for (ids, expected) in [
        (json!({"Emergency-Caller-ID-Number": "+12025550122", "Emergency-Caller-ID-Name": "Site"}), "+12025550122"),
        (
            json!({"Emergency-Caller-ID-Number": "+12025550133", "Outbound-Caller-ID-Number": "+12025550122"}),
            "+12025550122",
        ),
        (json!({"Emergency-Caller-ID-Number": "+12025550133"}), "+12025550111"),
        (json!({}), "+12025550111"),
    ] {
        assert_eq!(caller(&shown(&router, own, &ids).await), expected, "{ids}");
    }
    let anonymous = shown(&router, none, &json!({})).await;
    assert_eq!(caller(&anonymous), "anonymous");
    assert!(anonymous.notes.iter().any(|note| note.contains("emergency caller id")), "{:?}", anonymous.notes);
    let default_number = Some("+12025550199".to_owned());
    let router = router
        .on(HostProfile { emergency: EmergencyRules { default_number, ..rules.clone() }, ..HostProfile::default() });
    assert_eq!(caller(&shown(&router, none, &json!({})).await), "+12025550199");
    let router =
        router.on(HostProfile { emergency: EmergencyRules { deny_invalid: true, ..rules }, ..HostProfile::default() });
    let refused = shown(&router, none, &json!({})).await;
    assert_eq!((refused.endpoints.len(), refused.resources.len()), (0, 1));
    assert_eq!(refused.failure.unwrap().kind, "emergency_caller_id");
    assert_eq!(caller(&shown(&router, own, &json!({})).await), "+12025550111");
    // A store that is away stops no emergency call.
    fixture.way.set_away(true);
    let unknown = shown(&router, own, &json!({})).await;
    assert_eq!((unknown.endpoints.len(), unknown.failure.as_ref()), (1, None));
    assert!(unknown.notes.iter().any(|note| note.contains("not checked")), "{:?}", unknown.notes);
}

#[tokio::test]
async fn an_emergency_route_says_so_and_whether_it_is_a_test() {
    let fixture = emergency_services().await;
    fixture
        .save_resource(
            Owner::System,
            &json!({"_id": "z", "name": "z", "rules": ["^\\+1"], "gateways": [{"server": "h"}]}),
        )
        .await;
    let route =
        async |number: &str| fixture.router.route(asked(Owner::System, &json!({"To-DID": number}))).await.unwrap();
    assert_eq!(route("933").await.emergency.map(|emergency| emergency.test), Some(true));
    assert_eq!(route("911").await.emergency.map(|emergency| emergency.test), Some(false));
    assert_eq!(route("+15125550177").await.emergency, None);
}

#[tokio::test]
async fn rows_of_carriers_that_are_not_there_are_told_of() {
    let fixture = Fixture::with_resources(&json!([carrier("a")])).await;
    let rows = SelectorRows::new(fixture.store.clone());
    let row = |name: &str, resource: String| {
        let row = json!({"name": name, "selector": "1", "resource": resource});
        SelectorRow::from_document(row.as_object().unwrap().clone()).unwrap()
    };
    let mut all = vec![row("lcr", "a".into()), row("lcr", "gone".into()), row("unused", "nobody".into())];
    all.extend((0..40).map(|n| row("many", format!("x{n:02}"))));
    rows.put(Owner::System, all, None).await.unwrap();
    for (name, expected) in [("lcr", ": gone"), ("many", ", and perhaps more")] {
        let value_b = format!("database:{name}");
        let chain = json!([{"get_resources": {}}, {"filter_prefix": {"value_a": "number", "value_b": value_b, "action": "keep"}}]);
        fixture.save_chain(Owner::System, chain).await;
        let told = fixture.router.route(asked(Owner::System, &json!({}))).await.unwrap().notes;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&format!("selector rows {name}: ")) && told[0].ends_with(expected), "{told:?}");
        assert!(told[0].len() < 200);
        let quiet = RouteRequest { explain: false, ..asked(Owner::System, &json!({})) };
        assert!(fixture.router.route(quiet).await.unwrap().notes.is_empty());
    }
}
