//! `/v1/Accounts/{sid}/Calls`: what call control answers, as HTTP says it.

use http::StatusCode;
use serde_json::{Value, json};

use super::harness::{ADMIN, Api};

fn from(number: &str) -> Value {
    json!({"from": number, "to": {"type": "phone", "number": "+16172375089"}, "call_hook": "http://a.example/hook"})
}

#[tokio::test]
async fn a_placed_call_is_201_with_both_ids() {
    let api = Api::new().await;
    let placed = api.body("POST", &api.v1("/Calls"), api.own.account_token, from("+15083728299")).await;
    assert_eq!((placed.status, &placed.json()["callId"]), (StatusCode::CREATED, &json!("c1@host")));
    let path = api.v1(&format!("/Calls/{}", placed.json()["sid"].as_str().unwrap()));
    let read = api.get(&path, api.own.account_token).await.json();
    assert_eq!((&read["from"], &read["call_status"]), (&json!("+15083728299"), &json!("trying")));
}

#[tokio::test]
async fn refusals_of_call_control_have_their_statuses() {
    let api = Api::new().await;
    for (number, status) in [
        ("+1overload", StatusCode::SERVICE_UNAVAILABLE),
        ("+1broken", StatusCode::SERVICE_UNAVAILABLE),
        ("+1inactive", StatusCode::FORBIDDEN),
        ("+1nowhere", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = api.body("POST", &api.v1("/Calls"), ADMIN, from(number)).await;
        assert_eq!(answer.status, status, "{number}");
        assert!(answer.json()["msg"].is_string(), "{number}");
        assert!(!answer.text.contains("/var/lib"), "a fault keeps its details to itself");
        assert_eq!(answer.headers.contains_key("retry-after"), status == StatusCode::SERVICE_UNAVAILABLE);
        // Where the call has a record that says more, the refusal names it.
        assert_eq!(answer.json()["sid"].is_string(), number == "+1nowhere");
    }
    let answer = api.body("POST", &api.v1("/Calls"), ADMIN, json!({})).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, json!({"msg": "missing from parameter"})));
}

#[tokio::test]
async fn an_update_is_204_when_done_and_202_while_under_way() {
    let api = Api::new().await;
    let path = api.v1(&format!("/Calls/{}", api.calls.add(api.own.account, "+15083728299")));
    for method in ["PUT", "POST"] {
        for (action, status) in [
            (json!({"call_status": "completed"}), StatusCode::NO_CONTENT),
            (json!({"tag": {"a": 1}}), StatusCode::ACCEPTED),
            (json!({"call_status": "no-answer"}), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({}), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(api.body(method, &path, api.own.account_token, action).await.status, status, "{method}");
        }
    }
    let unknown = api.v1("/Calls/0e0681b0-d49f-4fb8-b973-b5a3c6758de1");
    for (action, status) in [
        (json!({"call_status": "completed"}), StatusCode::NOT_FOUND),
        (json!({"call_status": "paused"}), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(api.body("PUT", &unknown, ADMIN, action).await.status, status);
    }
}

#[tokio::test]
async fn a_call_is_its_accounts_alone() {
    let api = Api::new().await;
    let theirs = api.calls.add(api.other.account, "+1");
    let path = api.v1(&format!("/Calls/{theirs}"));
    for method in ["GET", "DELETE"] {
        assert_eq!(api.send(method, &path, api.own.account_token, b"").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(api.get(&api.v1("/Calls"), api.own.account_token).await.json(), json!([]));
}

#[tokio::test]
async fn a_list_is_filtered_by_exact_match_and_paged() {
    let api = Api::new().await;
    for from in ["+1", "+2", "+2"] {
        api.calls.add(api.own.account, from);
    }
    let count = async |query: &str| {
        let calls = api.get(&api.v1(&format!("/Calls/?{query}")), api.own.account_token).await.json();
        calls.as_array().map(Vec::len)
    };
    assert_eq!(count("").await, Some(3));
    assert_eq!(count("from=%2B2").await, Some(2));
    assert_eq!(count("from=%2B2&callStatus=completed").await, Some(0));
    assert_eq!(count("direction=outbound&callStatus=trying").await, Some(3));
    for query in ["direction=sideways", "callStatus=alerting"] {
        let answer = api.get(&api.v1(&format!("/Calls?{query}")), api.own.account_token).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let page = api.get(&api.v1("/Calls?page=2&page_size=2"), api.own.account_token).await.json();
    assert_eq!((&page["total"], page["data"].as_array().map(Vec::len)), (&json!(3), Some(1)));
}

#[tokio::test]
async fn a_deleted_call_is_gone() {
    let api = Api::new().await;
    let path = api.v1(&format!("/Calls/{}", api.calls.add(api.own.account, "+1")));
    assert_eq!(api.delete(&path, api.own.account_token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.delete(&path, api.own.account_token).await.status, StatusCode::NOT_FOUND);
}
