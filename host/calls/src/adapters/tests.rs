//! The real stack and real sound against practice carriers on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use strowger_media::{AudioLibrary, MediaConfig, MediaEngine};
use strowger_model::call_record::{CallStatus, TerminatedBy};
use strowger_model::{AccountId, CallRecord};
use strowger_nodes::{Membership, NodeInfo};
use strowger_sip::{
    Credentials, DigestAlgorithm, PracticeCall, PracticeCarrier, PracticeChallenge, PracticeConfig, PracticeEnd,
    SipConfig, SipStack,
};
use strowger_store::MemoryStore;
use tokio::sync::mpsc;

use super::SipLegs;
use crate::testing::{FakeHooks, FakeSockets, FakeTexts};
use crate::{CallManager, CallsConfig, Candidate, CreateCall, Parts, RouteFailure, Routed, Routes, Turn};

const PATIENCE: Duration = Duration::from_secs(20);

struct Listed(Vec<Candidate>);

#[async_trait]
impl Routes for Listed {
    async fn route(&self, _: AccountId, _: Map<String, Value>) -> Result<Routed, RouteFailure> {
        Ok(self.0.iter().cloned().map(Turn::from).collect::<Vec<_>>().into())
    }
}

/// A carrier and the calls that it reports.
async fn carrier(configure: impl FnOnce(&mut PracticeConfig)) -> (SocketAddr, mpsc::UnboundedReceiver<PracticeCall>) {
    let mut config = PracticeConfig::new("127.0.0.1:0".parse().unwrap());
    configure(&mut config);
    let carrier = PracticeCarrier::bind(config).await.unwrap();
    let (address, (reports, calls)) = (carrier.local_addr(), mpsc::unbounded_channel());
    tokio::spawn(carrier.run(std::future::pending(), move |call| drop(reports.send(call))));
    (address, calls)
}

fn candidate(address: SocketAddr) -> Candidate {
    Candidate::direct(format!("sip:+16172375089@{address}"), vec![("X-Test".into(), "1".into())], None)
}

struct House {
    account: AccountId,
    calls: Arc<CallManager>,
    _media: tempfile::TempDir,
}

impl House {
    async fn new(hooks: Arc<FakeHooks>, candidates: Vec<Candidate>) -> Self {
        let media = tempfile::tempdir().unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(media.path().join("hello.wav"), spec).unwrap();
        (0..8_000).for_each(|sample: i16| writer.write_sample(sample % 100 * 50).unwrap());
        writer.finalize().unwrap();

        let ip = "127.0.0.1".parse().unwrap();
        let stack = SipStack::bind(SipConfig::new(SocketAddr::new(ip, 0))).await.unwrap();
        let engine = MediaEngine::new(MediaConfig { ip, ports: 30_000..=39_000 });
        let info = NodeInfo { name: "n".into(), http: "http://n:3000".into(), sip: "n:5060".into() };
        let store = MemoryStore::new();
        let parts = Parts {
            legs: Arc::new(SipLegs::new(stack, engine, "127.0.0.1")),
            routes: Arc::new(Listed(candidates)),
            hooks,
            sockets: FakeSockets::new().0,
            texts: FakeTexts::new(),
            nodes: Membership::start(store.clone(), info).await.unwrap(),
            store,
            library: Arc::new(AudioLibrary::new(Some(media.path().into()))),
            config: CallsConfig::default(),
        };
        Self { account: AccountId::random(), calls: CallManager::start(parts), _media: media }
    }

    async fn call(&self) -> CallRecord {
        let body = json!({
            "from": "+15083728299",
            "to": {"type": "phone", "number": "+16172375089"},
            "call_hook": "plugin:test",
        });
        let request = CreateCall::parse(&body).unwrap();
        let sid = self.calls.create(self.account, request).await.unwrap().sid;
        let ending = async {
            loop {
                let record = self.calls.get(self.account, sid).await.unwrap().unwrap();
                if record.call_status.is_final() {
                    return record;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ending).await.expect("the call never ended")
    }
}

#[tokio::test]
async fn a_prompt_is_heard_by_the_carrier_that_answers_after_two_that_do_not() {
    let (refusing, _) = carrier(|config| config.answer = 503).await;
    let (answering, mut heard) = carrier(|config| config.ring = true).await;
    let dead = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let hooks = FakeHooks::new();
    hooks.answer("plugin:test", json!([{"verb": "play", "url": "hello.wav"}, {"verb": "hangup"}]));
    let house = House::new(hooks, vec![candidate(refusing), candidate(dead), candidate(answering)]).await;

    let record = house.call().await;
    assert_eq!(record.call_status, CallStatus::Completed, "{record:?}");
    assert_eq!(record.call_termination_by, Some(TerminatedBy::Strowger));
    assert_eq!(record.attempts.len(), 3);
    assert_eq!(record.attempts[0].sip_status, Some(503));
    assert_eq!(record.attempts[2].gateway, answering.to_string());

    let call = tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
    assert_eq!((call.end, call.call_id), (PracticeEnd::HungUp, record.call_id));
    assert!(call.rtp_packets >= 25, "half a second is 25 packets, heard were {}", call.rtp_packets);
}

#[tokio::test]
async fn a_carrier_that_asks_for_a_password_gets_it() {
    let credentials = Credentials { username: "u".into(), password: "hunter2".into(), realm: None };
    let (address, mut reports) = carrier(|config| {
        let credentials = credentials.clone();
        config.challenge = Some(PracticeChallenge { credentials, algorithm: DigestAlgorithm::Sha256 });
    })
    .await;
    let known = Candidate { credentials: Some(credentials), ..candidate(address) };
    let house = House::new(FakeHooks::new(), vec![known]).await;
    assert_eq!(house.call().await.call_status, CallStatus::Completed);
    assert_eq!(tokio::time::timeout(PATIENCE, reports.recv()).await.unwrap().unwrap().status, 200);
}

#[tokio::test]
async fn a_busy_line_ends_the_call() {
    let (busy, _reports) = carrier(|config| config.answer = 486).await;
    let (unused, _unused_reports) = carrier(|_| {}).await;
    let house = House::new(FakeHooks::new(), vec![candidate(busy), candidate(unused)]).await;
    let record = house.call().await;
    assert_eq!((record.call_status, record.attempts.len()), (CallStatus::Busy, 1));
}
