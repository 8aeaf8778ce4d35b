//! A gateway of a carrier resource as a `SipGateway`.

use serde_json::{Map, Value, json};

use super::carrier::is_ipv4;
use super::rule::{self, Field, Rule};
use super::{own, set, set_own, shared};
use crate::Sid;
use crate::v1::{Fields, V1Error};

const MAPPED: &[&str] =
    &["sip_gateway_sid", "voip_carrier_sid", "ipv4", "port", "inbound", "outbound", "is_active", "netmask"];

/// What only `/v1` has.
const KEPT: [Field; 6] = [
    ("send_options_ping", Rule::Flag),
    ("use_sips_scheme", Rule::Flag),
    ("pad_crypto", Rule::Flag),
    ("protocol", Rule::OneOf(&["udp", "tcp", "tls", "tls/srtp"])),
    ("remove_ice", Rule::Flag),
    ("dtls_off", Rule::Flag),
];

const SID: &str = "sip_gateway_sid";

const TCP: &str = "transport=tcp";

fn fields(body: &Value) -> Result<Fields<'_>, V1Error> {
    Fields::of(body, &[MAPPED, &KEPT.map(|(name, _)| name)])
}

/// The carrier that a body names.
///
/// # Errors
/// Where it names none.
pub fn requested_carrier(body: &Value) -> Result<Sid, V1Error> {
    fields(body)?.sid("voip_carrier_sid")?.ok_or_else(|| V1Error::new("missing voip_carrier_sid"))
}

/// The gateways of a carrier of that id, as a client of `/v1` sees them.
#[must_use]
pub fn gateways(carrier: Sid, document: &Map<String, Value>) -> Vec<(Sid, Map<String, Value>)> {
    let gateways = document.get("gateways").and_then(Value::as_array).into_iter().flatten();
    let shown = gateways.enumerate().filter_map(|(index, gateway)| {
        let gateway = gateway.as_object()?;
        let sid = sid(carrier, index, gateway);
        Some((sid, shown(carrier, sid, gateway)))
    });
    shown.collect()
}

/// A gateway that was made through `/v2` has an id that follows from its place; from the first change through `/v1` on it has its own.
fn sid(carrier: Sid, index: usize, gateway: &Map<String, Value>) -> Sid {
    let given = own(gateway, SID).and_then(|sid| sid.as_str()?.parse().ok());
    given.unwrap_or_else(|| Sid::named(&format!("gateway:{carrier}/{index}")))
}

fn shown(carrier: Sid, sid: Sid, gateway: &Map<String, Value>) -> Map<String, Value> {
    let flags = Flags::of(gateway);
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    show(SID, json!(sid));
    show("voip_carrier_sid", json!(carrier));
    show("ipv4", gateway.get("server").cloned().unwrap_or_default());
    show("port", gateway.get("port").cloned().unwrap_or_default());
    show("netmask", own(gateway, "netmask").unwrap_or_else(|| json!(32)));
    show("inbound", json!(u8::from(flags.inbound)));
    show("outbound", json!(u8::from(flags.outbound)));
    show("is_active", json!(u8::from(flags.active)));
    rule::show(gateway, &KEPT, &mut shown);
    shown
}

/// What a gateway is used for. `/v2` knows whether calls go out by it: `enabled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flags {
    inbound: bool,
    outbound: bool,
    active: bool,
}

impl Flags {
    fn of(gateway: &Map<String, Value>) -> Self {
        let said = |name: &str| own(gateway, name).map(|flag| flag == 1);
        let inbound = said("inbound").unwrap_or_else(|| gateway.contains_key("inbound_ip"));
        if gateway.get("enabled").is_none_or(|enabled| enabled != false) {
            return Self { inbound, outbound: true, active: true };
        }
        let outbound = said("outbound").unwrap_or(true);
        Self { inbound, outbound, active: !outbound && said("is_active").unwrap_or(true) }
    }

    fn write(self, gateway: &mut Map<String, Value>) {
        gateway.insert("enabled".into(), json!(self.outbound && self.active));
        for (name, flag) in [("inbound", self.inbound), ("outbound", self.outbound), ("is_active", self.active)] {
            set_own(gateway, name, json!(u8::from(flag)));
        }
    }
}

/// Adds a gateway. Answers its id.
///
/// # Errors
/// The first rule that the body breaks.
pub fn add_gateway(carrier: Sid, document: &mut Map<String, Value>, body: &Value) -> Result<Sid, V1Error> {
    let fields = fields(body)?;
    if let Some(missing) = ["ipv4", "inbound", "outbound"].into_iter().find(|name| fields.value(name).is_none()) {
        return Err(V1Error(format!("missing field {missing}")));
    }
    let shared = shared::of(document);
    let mut gateway = Map::new();
    apply(&mut gateway, fields)?;
    let sid = Sid::random();
    set_own(&mut gateway, SID, json!(sid));
    with_list(carrier, document, |list| list.push(Value::Object(gateway)));
    shared::give(document, shared);
    Ok(sid)
}

/// Changes what the body names of a gateway. Answers whether the carrier has it.
///
/// # Errors
/// The first rule that the body breaks.
pub fn change_gateway(
    carrier: Sid,
    document: &mut Map<String, Value>,
    wanted: Sid,
    body: &Value,
) -> Result<bool, V1Error> {
    let fields = fields(body)?;
    fields.immutable(SID)?;
    if fields.sid("voip_carrier_sid")?.is_some_and(|named| named != carrier) {
        return Err(V1Error::new("voip_carrier_sid may not be modified"));
    }
    let Some(index) = place(carrier, document, wanted) else { return Ok(false) };
    with_list(carrier, document, |list| match list.get_mut(index).and_then(Value::as_object_mut) {
        Some(gateway) => apply(gateway, fields).map(|()| true),
        None => Ok(false),
    })
}

/// Takes a gateway away. Answers whether the carrier had it.
pub fn remove_gateway(carrier: Sid, document: &mut Map<String, Value>, wanted: Sid) -> bool {
    let Some(index) = place(carrier, document, wanted) else { return false };
    let shared = shared::of(document);
    with_list(carrier, document, |list| drop(list.remove(index)));
    shared::give(document, shared);
    true
}

fn place(carrier: Sid, document: &Map<String, Value>, wanted: Sid) -> Option<usize> {
    gateways(carrier, document).iter().position(|(sid, _)| *sid == wanted)
}

/// Changes the list of gateways, each of which keeps the id that it has.
fn with_list<T>(carrier: Sid, document: &mut Map<String, Value>, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
    let mut list = match document.get_mut("gateways").map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    for (index, gateway) in list.iter_mut().enumerate() {
        if let Value::Object(gateway) = gateway {
            let sid = sid(carrier, index, gateway);
            set_own(gateway, SID, json!(sid));
        }
    }
    let changed = change(&mut list);
    document.insert("gateways".into(), Value::Array(list));
    changed
}

fn apply(gateway: &mut Map<String, Value>, fields: Fields<'_>) -> Result<(), V1Error> {
    let flag = |name, before| fields.flag(name).map(|said| said.unwrap_or(before));
    let before = Flags::of(gateway);
    let flags = Flags {
        inbound: flag("inbound", before.inbound)?,
        outbound: flag("outbound", before.outbound)?,
        active: flag("is_active", before.active)?,
    };
    if fields.raw("ipv4").is_some() {
        gateway.insert("server".into(), json!(fields.required_text("ipv4", 128)?));
    }
    if fields.raw("port").is_some() {
        set(gateway, "port", fields.value("port").cloned().unwrap_or_default());
    }
    check_server(gateway, flags)?;
    check_netmask(gateway, fields, flags)?;
    rule::keep(gateway, fields, &KEPT)?;
    check_transport(gateway)?;
    if fields.raw("protocol").is_some() {
        let tcp = own(gateway, "protocol").is_some_and(|protocol| protocol == "tcp");
        choose_transport(gateway, tcp);
    }
    flags.write(gateway);
    Ok(())
}

/// What is called in the clear must not have been meant to be secret.
fn check_transport(gateway: &Map<String, Value>) -> Result<(), V1Error> {
    let tls = own(gateway, "protocol").is_some_and(|protocol| protocol != "udp" && protocol != "tcp");
    if tls || own(gateway, "use_sips_scheme").is_some_and(|sips| sips == 1) {
        return Err(V1Error::new("protocol must be udp or tcp, without use_sips_scheme: TLS is not supported yet"));
    }
    Ok(())
}

/// A parameter of the request URI says it (RFC 3261, section 19.1.1).
fn choose_transport(gateway: &mut Map<String, Value>, tcp: bool) {
    let parameters = gateway.entry("invite_parameters").or_insert_with(|| json!({}));
    let Value::Object(parameters) = parameters else { return };
    let listed = parameters.get("static").and_then(Value::as_array).into_iter().flatten();
    let others = listed.filter(|parameter| *parameter != TCP).cloned();
    let listed: Vec<Value> = others.chain(tcp.then(|| json!(TCP))).collect();
    set(parameters, "static", if listed.is_empty() { Value::Null } else { Value::Array(listed) });
    if parameters.is_empty() {
        gateway.shift_remove("invite_parameters");
    }
}

fn check_server(gateway: &Map<String, Value>, flags: Flags) -> Result<(), V1Error> {
    let server = gateway.get("server").and_then(Value::as_str).unwrap_or_default();
    if server.contains(char::is_whitespace) {
        return Err(V1Error::new("Gateway must not contain whitespace"));
    }
    match flags.inbound && !is_ipv4(server) {
        true => Err(V1Error::new("Inbound gateway must be IPv4 address")),
        false => Ok(()),
    }
}

fn check_netmask(gateway: &mut Map<String, Value>, fields: Fields<'_>, flags: Flags) -> Result<(), V1Error> {
    if let Some(netmask) = fields.value("netmask") {
        let netmask = netmask.as_u64().filter(|netmask| (1..=32).contains(netmask));
        let netmask = netmask.ok_or_else(|| V1Error::new("netmask must be a number from 1 to 32"))?;
        set_own(gateway, "netmask", json!(netmask));
    }
    let whole = own(gateway, "netmask").is_none_or(|netmask| netmask == 32);
    match flags.outbound && !flags.inbound && !whole {
        true => Err(V1Error::new("For outbound only gateway netmask can only be 32")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier() -> (Sid, Map<String, Value>) {
        let document = super::super::fresh(&json!({"name": "a", "register_username": "joe", "tech_prefix": "9"}));
        (Sid::random(), document.unwrap())
    }

    fn refused(body: Value) -> String {
        let (sid, mut document) = carrier();
        add_gateway(sid, &mut document, &body).unwrap_err().0
    }

    #[test]
    fn a_gateway_gets_what_its_carrier_says_of_all() {
        let (sid, mut document) = carrier();
        let gateway = json!({"ipv4": "192.0.2.1", "port": 5080, "inbound": 0, "outbound": 1});
        let added = add_gateway(sid, &mut document, &gateway).unwrap();
        crate::resource::validate(&mut document).unwrap();
        let stored = &document["gateways"][0];
        assert_eq!(
            (&stored["server"], &stored["port"], &stored["enabled"]),
            (&json!("192.0.2.1"), &json!(5080), &json!(true))
        );
        assert_eq!(
            (&stored["username"], &stored["prefix"], &stored["invite_format"]),
            (&json!("joe"), &json!("9"), &json!("strip_plus"))
        );
        assert!(document["v1"].get("gateway").is_none());
        assert!(remove_gateway(sid, &mut document, added));
        assert_eq!(document["v1"]["gateway"]["username"], "joe", "kept for the next one");
        assert!(!remove_gateway(sid, &mut document, added));
    }

    #[test]
    fn every_combination_of_flags_is_kept() {
        for (outbound, active) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let (sid, mut document) = carrier();
            let body = json!({"ipv4": "192.0.2.1", "inbound": 1, "outbound": outbound, "is_active": active});
            add_gateway(sid, &mut document, &body).unwrap();
            assert_eq!(document["gateways"][0]["enabled"], json!(outbound == 1 && active == 1));
            let shown = &gateways(sid, &document)[0].1;
            assert_eq!(
                (&shown["inbound"], &shown["outbound"], &shown["is_active"]),
                (&json!(1), &json!(outbound), &json!(active))
            );
        }
    }

    #[test]
    fn gateways_of_v2_keep_their_ids_when_one_goes() {
        let document = json!({"name": "a", "gateways": [{"server": "b"}, {"server": "c", "enabled": false}]});
        let (sid, mut document) = (Sid::random(), document.as_object().unwrap().clone());
        let before = gateways(sid, &document);
        assert_eq!((&before[0].1["outbound"], &before[1].1["is_active"]), (&json!(1), &json!(0)));
        assert!(remove_gateway(sid, &mut document, before[0].0));
        assert_eq!(gateways(sid, &document)[0].0, before[1].0);
        assert!(change_gateway(sid, &mut document, before[1].0, &json!({"is_active": 1})).unwrap());
        assert_eq!(document["gateways"][0]["enabled"], json!(true));
    }

    #[test]
    fn tcp_is_a_parameter_of_the_request_uri() {
        let (sid, mut document) = carrier();
        let body = json!({"ipv4": "192.0.2.1", "inbound": 0, "outbound": 1, "protocol": "tcp"});
        let gateway = add_gateway(sid, &mut document, &body).unwrap();
        assert_eq!(document["gateways"][0]["invite_parameters"], json!({"static": ["transport=tcp"]}));
        change_gateway(sid, &mut document, gateway, &json!({"protocol": "udp"})).unwrap();
        assert!(document["gateways"][0].get("invite_parameters").is_none());
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(refused(json!({})), "missing field ipv4");
        assert_eq!(refused(json!({"ipv4": "a b", "inbound": 0, "outbound": 1})), "Gateway must not contain whitespace");
        assert_eq!(
            refused(json!({"ipv4": "a.b", "inbound": 1, "outbound": 1})),
            "Inbound gateway must be IPv4 address"
        );
        let netmask = json!({"ipv4": "a.b", "inbound": 0, "outbound": 1, "netmask": 24});
        assert_eq!(refused(netmask), "For outbound only gateway netmask can only be 32");
        let tls = json!({"ipv4": "a.b", "inbound": 0, "outbound": 1, "protocol": "tls"});
        assert_eq!(refused(tls), "protocol must be udp or tcp, without use_sips_scheme: TLS is not supported yet");
        assert_eq!(requested_carrier(&json!({})).unwrap_err().0, "missing voip_carrier_sid");
    }
}
