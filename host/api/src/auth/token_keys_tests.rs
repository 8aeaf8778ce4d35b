use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use strowger_model::Sid;
use strowger_model::api_key::Scope;
use strowger_store::MemoryStore;

use super::super::claims::Holder;
use super::*;

fn keys(store: &Arc<MemoryStore>, config: &AuthConfig) -> TokenKeys {
    TokenKeys::new(Arc::clone(store) as _, config)
}

fn claims(lifetime: i64) -> Claims {
    let now = time::unix_now();
    Claims {
        jti: "1".into(),
        iat: now,
        exp: now + lifetime,
        scope: Scope::Admin,
        account_id: None,
        owner_id: None,
        holder: Holder::Key { sid: Sid::random(), rotation: 0 },
        restrictions: None,
    }
}

fn part(value: &serde_json::Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_token_says_what_was_signed_and_every_node_reads_it() {
    let store = MemoryStore::new();
    let config = AuthConfig::default();
    let (here, there) = (keys(&store, &config), keys(&store, &config));
    assert_eq!(there.verify("a.b.c").await.unwrap(), None);
    let claims = claims(60);
    let token = here.sign(&claims).await.unwrap();
    assert_eq!(here.verify(&token).await.unwrap().as_ref(), Some(&claims));
    assert_eq!(there.verify(&token).await.unwrap(), Some(claims));
}

#[tokio::test]
async fn what_has_lapsed_or_was_signed_otherwise_says_nothing() {
    let store = MemoryStore::new();
    let keys = keys(&store, &AuthConfig::default());
    let token = keys.sign(&claims(60)).await.unwrap();
    let (header, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let forged = part(&json!(claims(3_600)));
    let none = part(&json!({"alg": "none", "kid": kid}));
    let other = part(&json!({"alg": "HS512", "kid": kid}));
    for wrong in [
        keys.sign(&claims(-1)).await.unwrap(),
        format!("{header}.{forged}.{signature}"),
        format!("{header}.{body}."),
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        format!("{other}.{body}.{signature}"),
        format!("{}.{body}.{signature}", part(&json!({"alg": "HS256"}))),
        format!("{}.{body}.{signature}", part(&json!({"alg": "HS256", "kid": "of-nobody"}))),
        format!("{token}.x"),
        "..".into(),
    ] {
        assert_eq!(keys.verify(&wrong).await.unwrap(), None, "{wrong}");
    }
}

#[tokio::test]
async fn keys_take_turns_and_tokens_outlive_the_turn() {
    let store = MemoryStore::new();
    let config = AuthConfig { signing_key_lifetime: Duration::ZERO, ..AuthConfig::default() };
    let keys = keys(&store, &config);
    let first = keys.sign(&claims(60)).await.unwrap();
    let second = keys.sign(&claims(60)).await.unwrap();
    assert_ne!(key_name(&first), key_name(&second));
    assert!(keys.verify(&first).await.unwrap().is_some());
    assert!(keys.verify(&second).await.unwrap().is_some());
}

#[tokio::test]
async fn one_key_is_made_when_many_sign_first() {
    let store = MemoryStore::new();
    let nodes: Vec<TokenKeys> = (0..4).map(|_| keys(&store, &AuthConfig::default())).collect();
    let claims = claims(60);
    let tokens = futures::future::join_all(nodes.iter().map(|node| node.sign(&claims))).await;
    let names: std::collections::HashSet<_> = tokens.iter().map(|token| key_name(token.as_ref().unwrap())).collect();
    assert_eq!(names.len(), 1);
}
