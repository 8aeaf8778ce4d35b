//! What strangers get to hear.

use tokio::net::UdpSocket;

use crate::{PATIENCE, loopback, stack};

/// Sends one request and returns the answer.
async fn ask(method: &str, to: &str, more: &str) -> String {
    let stack = stack().await;
    let socket = UdpSocket::bind(loopback()).await.unwrap();
    let request = format!(
        "{method} sip:x@{} SIP/2.0\r\nVia: SIP/2.0/UDP {};branch=z9hG4bKx\r\nMax-Forwards: 70\r\n\
         From: <sip:a@b>;tag=1\r\nTo: {to}\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n{more}Content-Length: 0\r\n\r\n",
        stack.local_addr(),
        socket.local_addr().unwrap(),
    );
    socket.send_to(request.as_bytes(), stack.local_addr()).await.unwrap();
    let mut buffer = [0; 4_096];
    let length = tokio::time::timeout(PATIENCE, socket.recv(&mut buffer)).await.expect("no answer").unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

#[tokio::test]
async fn options_is_answered_with_what_we_can_do() {
    let answer = ask("OPTIONS", "<sip:x@y>", "").await;
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    assert!(answer.contains("\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE\r\n"));
}

#[tokio::test]
async fn a_call_to_us_is_refused_with_the_reason() {
    let answer = ask("INVITE", "<sip:x@y>", "").await;
    assert!(answer.starts_with("SIP/2.0 404 "), "{answer}");
    assert!(answer.contains("\r\nReason: SIP;cause=404;"));
}

#[tokio::test]
async fn other_methods_are_not_allowed_and_unknown_ones_not_implemented() {
    assert!(ask("REGISTER", "<sip:x@y>", "").await.starts_with("SIP/2.0 405 "));
    assert!(ask("SUBSCRIBE", "<sip:x@y>", "").await.contains("\r\nAllow: "));
    assert!(ask("MAKECOFFEE", "<sip:x@y>", "").await.starts_with("SIP/2.0 501 "));
}

#[tokio::test]
async fn a_dialog_that_is_not_ours_does_not_exist() {
    assert!(ask("BYE", "<sip:x@y>;tag=2", "").await.starts_with("SIP/2.0 481 "));
}

#[tokio::test]
async fn no_extension_can_be_required() {
    let answer = ask("OPTIONS", "<sip:x@y>", "Require: 100rel\r\n").await;
    assert!(answer.starts_with("SIP/2.0 420 "), "{answer}");
    assert!(answer.contains("\r\nUnsupported: 100rel\r\n"));
}
