use serde_json::json;

use super::*;

fn account() -> Account {
    Account::from_request(&json!({"name": "Brandon", "sip_realm": "SIP.Brandon.com"}), Sid::random()).unwrap()
}

#[test]
fn the_documented_request_makes_an_account() {
    let body = json!({
        "name": "brandon's account",
        "sip_realm": "sip.brandon.com",
        "registration_hook": {"url": "https://brandon.com/reg", "method": "POST"},
        "service_provider_sid": "a44985ae-3b03-4d23-a602-4971cfd60a65",
    });
    let account = Account::from_request(&body, Sid::random()).unwrap();
    assert_eq!(account.registration_hook.unwrap().url, "https://brandon.com/reg");
    assert!(Account::requested_provider(&body).unwrap().is_some());
}

#[test]
fn an_account_has_the_documented_defaults() {
    let shown = serde_json::to_value(account()).unwrap();
    for (name, value) in [
        ("plan_type", json!("trial")),
        ("device_to_call_ratio", json!(5)),
        ("record_all_calls", json!(0)),
        ("record_format", json!("mp3")),
        ("disable_cdrs", json!(0)),
        ("enable_debug_log", json!(0)),
        ("bucket_credential", Value::Null),
        ("trial_end_date", Value::Null),
        ("deactivated_reason", Value::Null),
        ("stripe_customer_id", Value::Null),
        ("siprec_hook_sid", Value::Null),
        ("subspace_sip_teleport_destinations", Value::Null),
    ] {
        assert_eq!(shown.get(name), Some(&value), "{name}");
    }
}

#[test]
fn an_account_of_an_earlier_version_has_the_defaults() {
    let account = account();
    let mut stored = serde_json::to_value(&account).unwrap();
    let fields = stored.as_object_mut().unwrap();
    let later = [subscription::FIELDS, recording::FIELDS, subspace::FIELDS].concat();
    fields.retain(|name, _| !later.contains(&name.as_str()) && name != "disable_cdrs" && name != "siprec_hook_sid");
    fields.insert("device_calling_hook".into(), json!({"url": "http://a"}));
    assert_eq!(serde_json::from_value::<Account>(stored).unwrap(), account);
}

#[test]
fn what_it_is_given_is_kept() {
    let mut account = account();
    let given = json!({
        "plan_type": "paid",
        "trial_end_date": "Sun, 30 Nov 2025 00:00:00 +0000",
        "deactivated_reason": "unpaid",
        "device_to_call_ratio": 9,
        "disable_cdrs": true,
        "record_format": "wav",
        "record_all_calls": 1,
        "bucket_credential": {"vendor": "azure", "name": "calls", "connection_string": "secret"},
        "subspace_client_secret": "hush",
        "siprec_hook_sid": Sid::random(),
    });
    account.update(&given).unwrap();
    let stored = serde_json::to_value(&account).unwrap();
    assert_eq!((&stored["plan_type"], &stored["device_to_call_ratio"]), (&json!("paid"), &json!(9)));
    assert_eq!((&stored["disable_cdrs"], &stored["record_format"]), (&json!(1), &json!("wav")));
    for name in ["trial_end_date", "deactivated_reason", "bucket_credential", "siprec_hook_sid"] {
        assert_eq!(stored[name], given[name], "{name}");
    }
    assert_eq!(serde_json::from_value::<Account>(stored).unwrap(), account);
    assert!(!format!("{account:?}").contains("hush"));
    account.update(&json!({"bucket_credential": null, "trial_end_date": null})).unwrap();
    assert_eq!((account.recording.bucket_credential, account.subscription.trial_end_date), (None, None));
}

#[test]
fn an_account_survives_the_store_and_shows_itself_as_v1_does() {
    let account = account();
    let stored = serde_json::to_value(&account).unwrap();
    assert_eq!(stored["account_sid"], account.account_sid.hyphenated());
    assert_eq!(stored["is_active"], 1);
    assert_eq!(stored["sip_realm"], "sip.brandon.com");
    assert_eq!(serde_json::from_value::<Account>(stored).unwrap(), account);
}

#[test]
fn caller_ids_are_kept_and_taken_away() {
    let mut account = account();
    assert!(serde_json::to_value(&account).unwrap().get("caller_id").is_none());
    account.update(&json!({"caller_id": {"emergency": {"number": "+14155550000"}}})).unwrap();
    assert_eq!(serde_json::to_value(&account).unwrap()["caller_id"]["emergency"]["number"], "+14155550000");
    account.update(&json!({"caller_id": null})).unwrap();
    assert!(account.caller_id.is_empty());
}

#[test]
fn the_webhook_secret_is_the_hosts_and_is_not_printed() {
    let mut account = account();
    let first = account.webhook_secret.clone();
    account.update(&json!({"webhook_secret": "mine"})).unwrap();
    assert_eq!(account.webhook_secret, first);
    account.rotate_webhook_secret();
    assert_ne!(account.webhook_secret, first);
    assert!(!format!("{account:?}").contains(account.webhook_secret.expose()));
}

#[test]
fn ids_stay_and_names_are_known() {
    let mut account = account();
    let mut refusal = |body: Value| account.update(&body).unwrap_err().0;
    assert_eq!(refusal(json!({"account_sid": "x"})), "primary key account_sid is immutable");
    assert_eq!(refusal(json!({"service_provider_sid": "x"})), "service_provider_sid may not be modified");
    assert_eq!(refusal(json!({"hunt": "both"})), "hunt must be one of local, global, local_then_global");
    assert_eq!(refusal(json!({"is_active": 2})), "is_active must be 0, 1, true or false");
    assert_eq!(refusal(json!({"sip_realm": "a b"})), "invalid sip_realm: a b");
    assert_eq!(refusal(json!({"colour": "red"})), "unknown field colour");
    assert_eq!(refusal(json!({"caller_id": "1"})), "caller_id must be an object");
    assert_eq!(refusal(json!({"name": ""})), "missing field name");
    let replaced = "device_calling_hook is not supported: use device_calling_application_sid";
    assert_eq!(refusal(json!({"device_calling_hook": {"url": "http://a"}})), replaced);
    assert_eq!(refusal(json!({"plan_type": "gold"})), "plan_type must be one of trial, free, paid");
    assert_eq!(refusal(json!({"record_format": "ogg"})), "record_format must be one of mp3, wav");
    let ratio = "device_to_call_ratio must be a whole number of at most 1000";
    assert_eq!(refusal(json!({"device_to_call_ratio": -1})), ratio);
    assert_eq!(refusal(json!({"trial_end_date": "soon"})), "trial_end_date must be an RFC 2822 date");
}
