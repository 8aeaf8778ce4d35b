//! Components that no compiler would make: each ends with a fault that names the limit or the rule.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must stop")]

use std::sync::Arc;

use serde_json::Map;
use strowger_hostile_raw::{CompileBomb, Misdeed, compile_bomb, selector};
use strowger_model::Owner;
use strowger_sandbox::{
    Carrier, Decision, Examined, NoRows, PluginFault, PluginId, RequestFields, RoutedCall, Sandbox, SandboxConfig,
    Selected, Terms,
};

fn sandbox() -> Sandbox {
    Sandbox::new(SandboxConfig { instances: 50, ..SandboxConfig::default() }).unwrap()
}

async fn examined(sandbox: &Sandbox, component: Vec<u8>) -> Examined {
    sandbox.examine(&PluginId::system("hostile", "1"), component.into(), Terms::default()).await
}

fn pool() -> Vec<Carrier> {
    let carrier = |id: &str| Carrier {
        id: id.into(),
        name: id.into(),
        weight_cost: 50,
        flags: Vec::new(),
        rules: Vec::new(),
        cid_rules: Vec::new(),
        document: "{}".into(),
    };
    vec![carrier("a"), carrier("b")]
}

/// One decision of a step over two carriers.
async fn decided(misdeed: Misdeed) -> Result<Selected, PluginFault> {
    let sandbox = sandbox();
    let examined = examined(&sandbox, selector(misdeed)).await;
    let module =
        examined.module.unwrap_or_else(|| panic!("{misdeed:?} is not accepted: {:?}", examined.verdict.faults));
    let mut step = module.prepare_step(Owner::System, "{}", &pool())?;
    let call = RoutedCall { number: "+15125550177".into(), cid_number: None, time: 0 };
    let fields = Arc::new(RequestFields::new(Map::new()));
    let decision = Decision::new(fields, Arc::new(NoRows), 0, false).about(call);
    step.select(Box::new(decision), &[1, 0]).1
}

#[tokio::test]
async fn the_harmless_one_is_accepted_and_hands_the_rows_on() {
    assert_eq!(decided(Misdeed::None).await.unwrap().rows, [1, 0]);
}

#[tokio::test]
async fn what_misbehaves_on_trial_is_refused() {
    for (misdeed, rule) in
        [(Misdeed::LoopInStart, "trial"), (Misdeed::LoopInDescribe, "trial"), (Misdeed::HugeMemory, "resources")]
    {
        let refused = examined(&sandbox(), selector(misdeed)).await;
        assert!(!refused.verdict.accepted && refused.module.is_none(), "{misdeed:?}");
        assert_eq!(refused.verdict.faults.first().map(|fault| fault.rule.as_str()), Some(rule), "{misdeed:?}");
    }
}

#[tokio::test]
async fn what_misbehaves_at_a_call_is_ended_by_the_limit_that_it_runs_into() {
    for (misdeed, kinds) in [
        (Misdeed::LoopInPrepare, &["fuel", "time"][..]),
        (Misdeed::LoopInSelect, &["fuel", "time"]),
        (Misdeed::LoopInRealloc, &["fuel", "time"]),
        (Misdeed::Recursion, &["stack"]),
        (Misdeed::MemoryGrowth, &["memory"]),
        (Misdeed::TableGrowth, &["table"]),
        (Misdeed::HandleLeak, &["handles"]),
        (Misdeed::HugeResult, &["invalid_result"]),
        (Misdeed::ResultOutside, &["invalid_result"]),
        (Misdeed::InvalidUtf8, &["invalid_result"]),
        (Misdeed::BadDiscriminant, &["invalid_result"]),
        (Misdeed::LogStorm, &["host_calls", "fuel", "time"]),
        (Misdeed::HostCallStorm, &["host_calls", "fuel", "time"]),
        (Misdeed::CopyGiants, &["fuel", "time"]),
    ] {
        let fault = decided(misdeed).await.map(|selected| selected.rows).unwrap_err();
        assert!(kinds.contains(&fault.kind.name()), "{misdeed:?}: {fault}");
    }
}

#[tokio::test]
async fn what_is_refused_without_harm_goes_on() {
    for misdeed in [Misdeed::RegexBomb, Misdeed::LoopInDrop] {
        assert_eq!(decided(misdeed).await.unwrap().rows, [1, 0], "{misdeed:?}");
    }
}

#[tokio::test]
async fn code_that_is_dear_to_compile_is_compiled_or_refused_and_ends() {
    for bomb in [CompileBomb::ManyFunctions, CompileBomb::DeepNesting] {
        let examined = examined(&sandbox(), compile_bomb(bomb)).await;
        let rules: Vec<&str> = examined.verdict.faults.iter().map(|fault| fault.rule.as_str()).collect();
        assert!(
            examined.verdict.accepted || rules.iter().all(|rule| ["valid", "compile_time"].contains(rule)),
            "{bomb:?}: {rules:?}"
        );
    }
}
