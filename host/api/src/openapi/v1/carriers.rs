//! `/v1/VoipCarriers` and `/v1/SipGateways`.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

const GATEWAYS: &str = "/sipgateways";
const GATEWAY: &str = "/sipgateways/{sip_gateway}";

pub(super) fn described() -> Subject {
    let about = "Carriers: the documents of `/v2/resources`, in the words of `/v1`. What `/v2` has no field for is in the object `v1` of a document and of its gateways. A carrier that is made here takes every number.";
    let mut descriptions = of("/voipcarriers", "/voipcarriers/{voip_carrier}", "voip_carrier", "voip_carriers");
    let (list, one) = ("/accounts/{account}/voipcarriers", "/accounts/{account}/voipcarriers/{voip_carrier}");
    descriptions.extend(of(list, one, "account_voip_carrier", "account_voip_carriers"));
    let list = "/serviceproviders/{provider}/voipcarriers";
    descriptions.extend(lists(list, "provider_voip_carrier", "provider_voip_carriers"));
    descriptions.push(changes("/serviceproviders/{provider}/voipcarriers/{voip_carrier}", "provider_voip_carrier"));
    subject("v1 carriers", about, descriptions)
}

fn of(list: &'static str, one: &'static str, noun: &'static str, nouns: &'static str) -> Vec<Description> {
    let mut descriptions = lists(list, noun, nouns);
    descriptions.push(describe(Get, one, "read", noun).says("Reads a carrier", "").shows("V1VoipCarrier"));
    descriptions.push(changes(one, noun));
    descriptions.push(
        describe(Delete, one, "delete", noun)
            .says("Removes a carrier", "422 while numbers come from it.")
            .answers_nothing()
            .refuses(&[409, 422]),
    );
    descriptions
}

fn lists(list: &'static str, noun: &'static str, nouns: &'static str) -> Vec<Description> {
    vec![
        describe(Get, list, "list", nouns)
            .says("Lists carriers", "Without secrets. An array, or an object around it where `page` is given.")
            .query(&["page", "page_size", "name_part", "of_account"])
            .answers(200, Shape::One("V1VoipCarriers"), "The list."),
        describe(Post, list, "create", noun)
            .says("Makes a carrier", "Calls go over it once it has a gateway.")
            .takes_one("V1VoipCarrierRequest")
            .makes(),
    ]
}

fn changes(one: &'static str, noun: &'static str) -> Description {
    describe(Put, one, "update", noun)
        .says("Changes the fields that the body names", "")
        .takes_one("V1VoipCarrierChange")
        .answers_nothing()
        .refuses(&[409, 422])
}

pub(super) fn gateways() -> Subject {
    let about = "Gateways of carriers: the `gateways` of the documents of `/v2/resources`.";
    let descriptions = vec![
        describe(Get, GATEWAYS, "list", "sip_gateways")
            .says("Lists the gateways of a carrier", "")
            .query(&["of_carrier"])
            .lists("V1SipGateway"),
        describe(Post, GATEWAYS, "create", "sip_gateway")
            .says("Adds a gateway to a carrier", "")
            .takes_one("V1SipGatewayRequest")
            .makes(),
        describe(Get, GATEWAY, "read", "sip_gateway").says("Reads a gateway", "").shows("V1SipGateway"),
        describe(Put, GATEWAY, "update", "sip_gateway")
            .says("Changes the fields that the body names", "")
            .takes_one("V1SipGatewayChange")
            .answers_nothing()
            .refuses(&[409, 422]),
        describe(Delete, GATEWAY, "delete", "sip_gateway")
            .says("Takes a gateway away from its carrier", "")
            .answers_nothing()
            .refuses(&[409, 422]),
    ];
    subject("v1 gateways", about, descriptions)
}
