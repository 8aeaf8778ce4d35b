//! What a selector is shown: its memory, the pool, the call, the request, the rows, numbers, expressions, and the machine.

use serde_json::{Value, json};
use strowger_tests::{Method, Server};

use super::{Marked, install, marked_on, uploaded};
use crate::chain;

/// Where a spy finds the mark of its own account, which proves that it looks in the right places.
const MARKED: [&str; 5] = ["memory", "pool", "request", "rows", "regex"];

/// What a spy said for an account, line by line.
fn lines(log: &Value, account: &Marked) -> Vec<String> {
    let lines = log.as_array().unwrap().iter().filter(|line| line["account_id"] == account.tenant.account.id.as_str());
    lines.map(|line| line["message"].as_str().unwrap().to_owned()).collect()
}

/// Both are routed in turn, more than once; then neither has been shown anything of the other.
async fn look(customers: &[Marked; 2], plugin: &str, log: impl AsyncFn(&Marked) -> Value) {
    for customer in customers {
        customer.looks_by(plugin).await;
    }
    for _ in 0..3 {
        for customer in customers {
            let trace = customer.routed().await;
            assert_eq!(trace["resources"], json!([customer.mark]), "{trace}");
            let other = customers.iter().find(|other| other.mark != customer.mark).unwrap();
            assert!(!told(&trace).contains(other.mark), "{trace}");
        }
    }
    for (customer, other) in [(&customers[0], &customers[1]), (&customers[1], &customers[0])] {
        let log = log(customer).await;
        let lines = lines(&log, customer);
        for place in MARKED {
            let mark = if place == "regex" { "[" } else { customer.mark };
            let is_own = |line: &&String| line.starts_with(&format!("{place}: ")) && line.contains(mark);
            assert!(lines.iter().any(|line| is_own(&line)), "{place}: {lines:#?}");
        }
        for line in &lines {
            // It was given the names and keys to look for, and says under which name it found nothing.
            let line = line.replace(&format!("\"name\":\"{}-list\"", other.mark), "");
            assert!(!line.contains(other.mark) && !line.contains(other.number), "{}: {line}", customer.mark);
            assert!(!line.contains(&other.tenant.account.id), "{}: {line}", customer.mark);
        }
        let machine = lines.iter().find(|line| line.starts_with("machine: ")).unwrap();
        let expected = [r#""environment":[]"#, r#""arguments":[]"#, r#""folders":0"#];
        assert!(expected.iter().all(|nothing| machine.contains(nothing)), "{machine}");
    }
}

/// An answer without the trace's echo of the chain's parameters, which name both.
fn told(trace: &Value) -> String {
    let mut trace = trace.clone();
    for step in trace["trace"].as_array_mut().into_iter().flatten() {
        step.as_object_mut().unwrap().remove("parameters");
    }
    trace.to_string()
}

#[tokio::test]
async fn plugins_of_one_name_in_two_accounts_are_two_plugins() {
    let customers = marked_on(&Server::shared().await).await;
    for customer in &customers {
        uploaded(customer, "spy", strowger_hostile::SPY, json!({})).await;
    }
    look(&customers, "spy", async |customer: &Marked| customer.get("/plugins/spy/log?limit=1000").await).await;
}

#[tokio::test]
async fn a_plugin_of_the_installation_is_another_instance_for_each_account() {
    let server = Server::shared().await;
    let customers = marked_on(&server).await;
    install(&server, "common-spy", strowger_hostile::SPY, json!({})).await;
    look(&customers, "common-spy", async |_: &Marked| {
        let log = server.admin(Method::GET, "/v2/plugins/common-spy/log?limit=1000", None).await.with_status(200);
        log.data().clone()
    })
    .await;
    for customer in &customers {
        let log = customer.tenant.v2(Method::GET, "/plugins/common-spy/log", Value::Null).await;
        assert_eq!(log.status, 404, "its log is the operator's: {}", log.text);
    }
}

#[tokio::test]
async fn the_same_call_rolls_other_dice_for_each_account() {
    let server = Server::shared().await;
    let customers = marked_on(&server).await;
    install(&server, "dice", strowger_hostile::SPY, json!({})).await;
    for customer in &customers {
        let _ = chain(&customer.tenant, json!([{"get_resources": {}}, {"dice": {}}])).await.with_status(200);
        let question = json!({"data": {"To-DID": "+15125550177", "time": 1_700_000_000}});
        let asked = customer.tenant.v2(Method::POST, "/resource_selectors/route", question).await;
        let _ = asked.with_status(200);
    }
    let log = server.admin(Method::GET, "/v2/plugins/dice/log?limit=1000", None).await.with_status(200).data().clone();
    let [one, other] = customers.each_ref().map(|customer| {
        let machine = lines(&log, customer).into_iter().find(|line| line.starts_with("machine: ")).unwrap();
        machine.split_once("\"chance\":").unwrap().1.to_owned()
    });
    assert_ne!(one, other);
}

#[tokio::test]
async fn what_another_account_has_cannot_be_named_however_it_is_spelled() {
    let customers = marked_on(&Server::shared().await).await;
    let [owner, stranger] = &customers;
    uploaded(owner, "secret", strowger_hostile::SPY, json!({})).await;
    let id = &owner.tenant.account.id;
    for name in ["secret", "secret@1", &format!("{id}/secret"), &format!("{id}:secret"), "own:secret", "../secret"] {
        for rules in [json!([{ name: {} }]), json!([{"order": {"value": "resource:weight_cost"}, "fallback": name}])] {
            let refused = chain(&stranger.tenant, rules).await;
            assert_eq!(refused.status, 400, "{name}: {}", refused.text);
        }
        let body = json!({"data": {"count": 5, "rules": [{ name: {} }]}});
        let refused = stranger.tenant.v2(Method::POST, "/resource_selectors/replay", body).await;
        assert_eq!(refused.status, 400, "{name}: {}", refused.text);
    }
}
