//! A small network whose every answer was worked out by hand.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use serde_json::Value;
use std::net::IpAddr;
use vpc_net::{End, Flow, From, Network, NetworkBuilder, Trace};

const NETWORK: &str = include_str!("golden/network.json");
const FLOWS: &str = include_str!("golden/flows.json");

fn network() -> Network {
    NetworkBuilder::default().json(NETWORK).unwrap().build().unwrap()
}

fn text<'v>(case: &'v Value, member: &str) -> &'v str {
    case.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn port(case: &Value, member: &str) -> u16 {
    u16::try_from(case.get(member).unwrap().as_u64().unwrap()).unwrap()
}

fn query(network: &Network, case: &Value) -> (From, Flow, Trace) {
    let from = match text(case, "from") {
        "internet" => From::Internet,
        id => From::Interface(id.into()),
    };
    let own = match text(case, "from") {
        "eni-web" => "10.0.1.20",
        "eni-app" => "10.0.2.30",
        "eni-db" => "10.0.3.40",
        _ => text(case, "src"),
    };
    let (source, to): (IpAddr, IpAddr) = (own.parse().unwrap(), text(case, "to").parse().unwrap());
    let make = if text(case, "protocol") == "udp" { Flow::udp } else { Flow::tcp };
    let flow = make(source, port(case, "source_port"), to, port(case, "port"));
    let trace = network.trace(&from, flow).unwrap();
    (from, flow, trace)
}

#[test]
fn every_flow_of_the_golden_network() {
    let flows: Value = serde_json::from_str(FLOWS).unwrap();
    let network = network();
    let mut checked = 0;
    for case in flows.get("cases").unwrap().as_array().unwrap() {
        let (_, _, trace) = query(&network, case);
        let found: Vec<Value> = trace
            .blocks()
            .map(
                |block| serde_json::json!({"code": block.code, "at": block.at, "direction": block.direction}),
            )
            .collect();
        let id = text(case, "id");
        assert_eq!(&Value::Array(found), case.get("blocks").unwrap(), "{id}\n{trace}");
        let end = match &trace.forward.end {
            End::Interface { id } => id.as_str(),
            End::Internet => "internet",
            End::Service { endpoint, .. } => endpoint.as_str(),
            End::LocalService => "local",
            _ => "",
        };
        assert_eq!(end, text(case, "end"), "{id}\n{trace}");
        for component in case.get("passes").unwrap().as_array().unwrap() {
            let passed = trace.forward.steps.iter().chain(trace.reply.iter().flat_map(|reply| &reply.steps));
            let ids: Vec<&str> = passed.map(|step| step.at.as_str()).collect();
            assert!(ids.contains(&component.as_str().unwrap()), "{id}: {component} is not on {ids:?}");
        }
        checked += 1;
    }
    assert_eq!(checked, 18);
}

/// What the engine says would let a packet pass does.
#[test]
fn what_would_mend_it_mends_it() {
    let flows: Value = serde_json::from_str(FLOWS).unwrap();
    let mut mended = 0;
    for case in flows.get("cases").unwrap().as_array().unwrap() {
        let (from, flow, trace) = query(&network(), case);
        if trace.is_reachable() || trace.blocks().any(|block| block.mend.is_none()) {
            continue;
        }
        let better = trace.mends().fold(network(), |network, mend| network.with(mend));
        let again = better.trace(&from, flow).unwrap();
        assert!(again.is_reachable(), "{}\n{trace}\n{again}", text(case, "id"));
        mended += 1;
    }
    assert_eq!(mended, 5);
}

/// [VPC-3.19] [VPC-3.20] A deleted NAT gateway leaves a route that still
/// wins, and drops.
#[test]
fn a_deleted_nat_gateway_leaves_a_blackhole() {
    let mut document: Value = serde_json::from_str(NETWORK).unwrap();
    document.as_object_mut().unwrap().remove("NatGateways");
    let network = NetworkBuilder::default().value(document).unwrap().build().unwrap();
    let app = From::Interface("eni-app".into());
    let flow = |to: &str| Flow::tcp("10.0.2.30".parse().unwrap(), 40_000, to.parse().unwrap(), 443);
    let trace = network.trace(&app, flow("8.8.8.8")).unwrap();
    let block = trace.blocks().next().unwrap();
    assert_eq!((block.code, block.at.as_str()), ("BAD_STATE_ROUTE", "rtb-priv"));
    assert_eq!(block.why, "route 0.0.0.0/0 leads to nat-a, which is gone");
    assert!(network.trace(&app, flow("52.216.1.1")).unwrap().is_reachable());
}

#[test]
fn the_whole_explanation_of_a_blocked_answer() {
    let flow = Flow::tcp("10.0.2.30".parse().unwrap(), 61_500, "10.0.3.40".parse().unwrap(), 5_432);
    let trace = network().trace(&From::Interface("eni-app".into()), flow).unwrap();
    let expected = "\
tcp 10.0.2.30:61500 -> 10.0.3.40:5432: not reachable
  there
    eni-app                  sg-app (app) rule 1 lets it out
    acl-default              outbound entry 100 lets it out
    rtb-priv                 route 10.0.0.0/16 leads to local
    acl-c                    inbound entry 100 lets it in
    eni-db                   sg-db (db) rule 1 lets it in
    eni-db                   receives tcp 10.0.2.30:61500 -> 10.0.3.40:5432
  back
    eni-db                   security groups let the answer out by state
    rtb-priv                 route 10.0.0.0/16 leads to local
    acl-default              inbound entry 100 lets it in
    eni-app                  security groups let the answer in by state
    eni-app                  receives tcp 10.0.3.40:5432 -> 10.0.2.30:61500
    acl-c                    STOPPED, SUBNET_ACL_RESTRICTION: outbound entry * denies tcp 10.0.3.40:5432 -> 10.0.2.30:61500
                             would pass if you add outbound entry 200 to acl-c: allow tcp ports 1024-65535 to 10.0.2.30/32
";
    assert_eq!(trace.to_string(), expected);
}

#[test]
fn networks_and_traces_can_go_to_another_thread() {
    fn goes<T: Send + Sync + 'static>() {}
    goes::<Network>();
    goes::<Trace>();
}

#[test]
fn an_unknown_sender_is_told_which_there_are() {
    let flow = Flow::ping("10.0.2.30".parse().unwrap(), "10.0.3.40".parse().unwrap());
    let error = network().trace(&From::Interface("eni-nobody".into()), flow).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no network interface eni-nobody; expected one of the network's, such as eni-nat"
    );
}

proptest! {
    /// [VPC-17.4] The order of objects in the documents means nothing.
    #[test]
    fn order_does_not_matter(seed: u64) {
        let mut document: Value = serde_json::from_str(NETWORK).unwrap();
        let mut state = seed;
        let mut shuffle = |items: &mut Vec<Value>| {
            for last in (1..items.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                items.swap(last, usize::try_from(state >> 33).unwrap() % (last + 1));
            }
        };
        for objects in document.as_object_mut().unwrap().values_mut() {
            let objects = objects.as_array_mut().unwrap();
            shuffle(objects);
            for object in objects {
                for member in ["Routes", "Entries"] {
                    if let Some(Value::Array(items)) = object.get_mut(member) {
                        shuffle(items);
                    }
                }
            }
        }
        let shuffled = NetworkBuilder::default().value(document).unwrap().build().unwrap();
        let flows: Value = serde_json::from_str(FLOWS).unwrap();
        for case in flows.get("cases").unwrap().as_array().unwrap() {
            prop_assert_eq!(query(&shuffled, case).2, query(&network(), case).2);
        }
    }

    /// Any packet from anywhere ends somewhere: nothing loops or panics.
    #[test]
    fn every_packet_ends(source: [u8; 4], to: [u8; 4], protocol: u8, ports: (u16, u16), from in 0..4_usize) {
        let from = [From::Internet, From::Interface("eni-web".into()), From::Interface("eni-app".into()), From::Interface("eni-db".into())]
            .into_iter().nth(from).unwrap();
        let flow = Flow { source: IpAddr::from(source), destination: IpAddr::from(to), protocol, source_port: ports.0, destination_port: ports.1 };
        let trace = network().trace(&from, flow).unwrap();
        prop_assert!(trace.is_reachable() || trace.blocks().count() > 0);
    }
}
