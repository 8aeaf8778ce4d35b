//! `/SipGateways`: the gateways in carrier resources.

use serde_json::{Map, Value};
use strowger_model::{Sid, voip_carrier};
use strowger_store::Document;

use super::super::error::Error;
use super::super::listing;
use super::super::reply::Reply;
use super::super::request::Request;
use super::{find, write};

pub(in crate::v1) async fn create(request: Request) -> Result<Reply, Error> {
    let sid = voip_carrier::requested_carrier(&request.body)?;
    let carrier = carrier(&request, sid).await?;
    let add = |fields: &mut Map<String, Value>| {
        check_peer(fields)?;
        Ok(voip_carrier::add_gateway(sid, fields, &request.body)?)
    };
    Ok(Reply::created(write::change(&request, &carrier.key, add).await?))
}

/// Of one carrier.
pub(in crate::v1) async fn list(request: Request) -> Result<Reply, Error> {
    let sid: Option<Sid> = listing::parsed(&request.query, "voip_carrier_sid")?;
    let sid = sid.ok_or_else(|| Error::bad_request("missing voip_carrier_sid"))?;
    let carrier = carrier(&request, sid).await?;
    let rows = gateways(sid, &carrier).into_iter().map(|(_, gateway)| Value::Object(gateway));
    Ok(Reply::Ok(Value::Array(rows.collect())))
}

pub(in crate::v1) async fn read(request: Request) -> Result<Reply, Error> {
    let (_, _, gateway) = named(&request).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(Value::Object(gateway)))
}

pub(in crate::v1) async fn update(request: Request) -> Result<Reply, Error> {
    let (sid, carrier, _) = named(&request).await?.ok_or_else(invalid)?;
    let wanted: Sid = request.id("sip_gateway")?;
    let change = |fields: &mut Map<String, Value>| {
        check_peer(fields)?;
        let changed = voip_carrier::change_gateway(sid, fields, wanted, &request.body)?;
        if changed { Ok(()) } else { Err(invalid()) }
    };
    write::change(&request, &carrier.key, change).await?;
    Ok(Reply::NoContent)
}

pub(in crate::v1) async fn remove(request: Request) -> Result<Reply, Error> {
    let (sid, carrier, _) = named(&request).await?.ok_or_else(invalid)?;
    let wanted: Sid = request.id("sip_gateway")?;
    let remove = |fields: &mut Map<String, Value>| {
        check_peer(fields)?;
        if voip_carrier::remove_gateway(sid, fields, wanted) { Ok(()) } else { Err(invalid()) }
    };
    write::change(&request, &carrier.key, remove).await?;
    Ok(Reply::NoContent)
}

fn invalid() -> Error {
    Error::bad_request("invalid sip_gateway_sid")
}

/// The addresses of a peer are claimed before they are written, which `/v2` does.
fn check_peer(fields: &Map<String, Value>) -> Result<(), Error> {
    match fields.get("peer").is_some_and(|peer| peer == true) {
        true => Err(Error::unprocessable("the gateways of a peer are changed through /v2")),
        false => Ok(()),
    }
}

async fn carrier(request: &Request, sid: Sid) -> Result<Document, Error> {
    let found = find::within_reach(request, sid).await?;
    found.ok_or_else(|| Error::bad_request("invalid voip_carrier_sid"))
}

/// The path's gateway and its carrier, if the caller may act on it.
async fn named(request: &Request) -> Result<Option<(Sid, Document, Map<String, Value>)>, Error> {
    let wanted: Sid = request.id("sip_gateway")?;
    for owner in find::owners(request).await? {
        for carrier in find::all_of(&request.state, owner).await? {
            let sid = voip_carrier::sid(owner, &carrier.key.id);
            if let Some((_, gateway)) = gateways(sid, &carrier).into_iter().find(|(sid, _)| *sid == wanted) {
                return Ok(Some((sid, carrier, gateway)));
            }
        }
    }
    Ok(None)
}

fn gateways(sid: Sid, carrier: &Document) -> Vec<(Sid, Map<String, Value>)> {
    carrier.body.as_object().map(|fields| voip_carrier::gateways(sid, fields)).unwrap_or_default()
}
