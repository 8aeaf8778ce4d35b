//! A formatter of an account's own.

use serde_json::{Value, json};
use strowger_hostile_raw::trapping_formatter;
use strowger_tests::{CALLED, CALLER, Method, Sipp, Tenant};

use crate::{PLUGINS, component, upload};

/// Changes what formats the endpoints of the account's calls.
async fn formatter(tenant: &Tenant, formatter: Value) -> strowger_tests::Answer {
    tenant.v2(Method::PATCH, "", json!({"data": {"formatter": formatter}})).await
}

/// How a call of the account would be routed.
async fn route(tenant: &Tenant) -> Value {
    let question = json!({"data": {"To-DID": CALLED, "Outbound-Caller-ID-Number": CALLER}});
    tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200).data().clone()
}

/// The user part that a carrier of the account gets.
async fn dialled(tenant: &Tenant) -> String {
    let carrier = Sipp::answer("refuse-486");
    tenant.carrier("a", carrier.port).await;
    tenant.call().await.ended().await;
    let received = carrier.finished().await;
    let address = received[0].request_uri().trim_start_matches("sip:").to_owned();
    address.split('@').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_accounts_own_formatter_changes_the_number_that_is_dialled_and_nobody_elses() {
    let (tenant, other) = (Tenant::new(json!([])).await, Tenant::new(json!([])).await);
    upload(&tenant, "mine", "1", component("formatter")).await;
    let parameters = json!({"route": {"regex": "^sip:(.*)$", "prefix": "sip:9"}});
    let set = formatter(&tenant, json!({"plugin": "mine@1", "parameters": parameters})).await.with_status(200);
    assert_eq!(set.data()["formatter"]["plugin"], "mine@1");
    assert_eq!(dialled(&tenant).await, "95125550177");
    assert_eq!(dialled(&other).await, "5125550177");
    let told = route(&tenant).await;
    let step = told["trace"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&step["module"], &step["plugin"], &step["rung"]),
        (&json!("formatter"), &json!("mine@1"), &json!("step"))
    );
    let asked = json!({"data": {"direction": "outbound", "request": {"Route": "sip:1@a"}, "formatters": {}}});
    let formatted = tenant.v2(Method::POST, "/resources/format", asked).await.with_status(200);
    assert_eq!(formatted.data()["Route"], "sip:91@a");
    let _ = formatter(&tenant, Value::Null).await.with_status(200);
    let back = route(&tenant).await["endpoints"][0]["route"].as_str().unwrap().to_owned();
    assert!(back.starts_with("sip:5125550177@"), "{back}");
}

#[tokio::test]
async fn without_parameters_it_is_told_the_formatters_of_each_carrier() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", component("formatter")).await;
    let formatters = json!({"outbound_caller_id_number": {"value": "4711"}});
    tenant.carrier_with("a", 5060, json!({ "formatters": formatters }), json!({})).await;
    tenant.carrier("b", 5061).await;
    let _ = formatter(&tenant, json!({"plugin": "mine"})).await.with_status(200);
    let endpoints = route(&tenant).await["endpoints"].clone();
    assert_eq!(endpoints[0]["fields"]["Outbound-Caller-ID-Number"], "4711");
    assert_eq!(endpoints[1]["fields"]["Outbound-Caller-ID-Number"], CALLER);
}

#[tokio::test]
async fn an_endpoint_that_it_fails_to_format_is_not_dialled_or_as_it_is_and_the_trace_says_so() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", &trapping_formatter()).await;
    tenant.carrier("a", 5060).await;
    let _ = formatter(&tenant, json!({"plugin": "mine"})).await.with_status(200);
    let refused = route(&tenant).await;
    assert_eq!(refused["endpoints"], json!([]), "{refused}");
    assert!(refused["refused"][0]["reason"].as_str().unwrap().contains("mine@1"), "{refused}");
    let step = refused["trace"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&step["rung"], &step["tried"][0]["kind"]), (&json!("fail"), &json!("trap")), "{step}");
    assert_eq!((&step["in"], &step["out"], &step["dropped"][0]["id"]), (&json!(1), &json!(0), &json!("a")));
    let _ = formatter(&tenant, json!({"plugin": "mine", "on_error": "skip"})).await.with_status(200);
    let skipped = route(&tenant).await;
    assert_eq!(skipped["endpoints"][0]["fields"]["Outbound-Caller-ID-Number"], CALLER, "{skipped}");
    let step = skipped["trace"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&step["rung"], &step["tried"][0]["kind"]), (&json!("skip"), &json!("trap")), "{step}");
    assert!(skipped["notes"][0].as_str().unwrap().contains("dialled unformatted"), "{skipped}");
}

#[tokio::test]
async fn a_call_for_help_is_dialled_unformatted_rather_than_not_at_all() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", &trapping_formatter()).await;
    tenant.carrier_with("a", 5060, json!({"emergency": true}), json!({})).await;
    let _ = formatter(&tenant, json!({"plugin": "mine", "on_error": "fail"})).await.with_status(200);
    let told = route(&tenant).await;
    assert_eq!(told["endpoints"].as_array().map(Vec::len), Some(1), "{told}");
}

#[tokio::test]
async fn only_a_formatter_that_is_there_is_named_and_then_it_stays() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "chooser", "1", component("order")).await;
    upload(&tenant, "mine", "1", component("formatter")).await;
    for (wrong, path, rule) in [
        (json!({"plugin": "nobody"}), "formatter.plugin", "enum"),
        (json!({"plugin": "chooser"}), "formatter.plugin", "type"),
        (json!({"plugin": "mine@2"}), "formatter.plugin", "usable"),
        (json!({"plugin": "a b"}), "formatter.plugin", "pattern"),
        (json!({"plugin": "mine", "parameters": {"route": 1}}), "formatter.parameters.route", "invalid"),
        (json!({"plugin": "mine", "on_error": "empty"}), "formatter.on_error", "enum"),
    ] {
        let refused = formatter(&tenant, wrong.clone()).await.with_status(400);
        assert!(refused.data()[path][rule].is_object(), "{wrong}: {}", refused.text);
    }
    let _ = formatter(&tenant, json!({"plugin": "mine"})).await.with_status(200);
    let kept = tenant.v2(Method::DELETE, &format!("{PLUGINS}/mine"), Value::Null).await.with_status(409);
    assert!(kept.text.contains("formatter"), "{}", kept.text);
    let v1 = tenant.v1(Method::PUT, "", json!({"formatter": {"plugin": "nobody"}})).await.with_status(400);
    assert!(v1.text.contains("formatter.plugin"), "{}", v1.text);
    let _ = tenant.v1(Method::PUT, "", json!({"formatter": null})).await.with_status(204);
    let _ = tenant.v2(Method::DELETE, &format!("{PLUGINS}/mine"), Value::Null).await.with_status(200);
}
