//! Paths that the golden network does not have: peerings and middleboxes.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::{Value, json};
use vpc_net::{Flow, From, Network, NetworkBuilder, Trace};

fn interface(id: &str, subnet: &str, address: &str, group: &str, check: bool) -> Value {
    json!({"NetworkInterfaceId": id, "SubnetId": subnet, "PrivateIpAddress": address, "SourceDestCheck": check,
           "Groups": [{"GroupId": group}], "Attachment": {"Status": "attached"}})
}

fn local(block: &str) -> Value {
    json!({"DestinationCidrBlock": block, "GatewayId": "local", "State": "active"})
}

fn to_peering(block: &str) -> Value {
    json!({"DestinationCidrBlock": block, "VpcPeeringConnectionId": "pcx-1", "State": "active"})
}

/// `vpc-a` (10.1/16: a client, a middlebox, a server in three subnets) and
/// `vpc-b` (203.0.113.0/24, a public range), peered. The server takes 5432
/// from the client's group; who is in `vpc-b` takes all from it too.
fn network(routes_of_client: Value, routes_of_b: Value, peer_region: &str) -> Network {
    let any =
        json!([{"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let from_client = json!([{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "sg-client"}]}]);
    let group = |id: &str, ingress: &Value| json!({"GroupId": id, "IpPermissions": ingress, "IpPermissionsEgress": any});
    let subnet = |id: &str, vpc: &str, block: &str| json!({"SubnetId": id, "VpcId": vpc, "CidrBlock": block});
    let document = json!({
        "Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.1.0.0/16"}, {"VpcId": "vpc-b", "CidrBlock": "203.0.113.0/24"}],
        "Subnets": [subnet("subnet-client", "vpc-a", "10.1.1.0/24"), subnet("subnet-box", "vpc-a", "10.1.2.0/24"),
                    subnet("subnet-server", "vpc-a", "10.1.3.0/24"), subnet("subnet-b", "vpc-b", "203.0.113.0/24")],
        "RouteTables": [
            {"RouteTableId": "rtb-a", "VpcId": "vpc-a", "Associations": [{"Main": true}], "Routes": [local("10.1.0.0/16")]},
            {"RouteTableId": "rtb-client", "VpcId": "vpc-a", "Associations": [{"SubnetId": "subnet-client"}], "Routes": routes_of_client},
            {"RouteTableId": "rtb-b", "VpcId": "vpc-b", "Associations": [{"Main": true}], "Routes": routes_of_b},
        ],
        "SecurityGroups": [group("sg-client", &json!([])), group("sg-box", &any), group("sg-server", &from_client)],
        "NetworkInterfaces": [
            interface("eni-client", "subnet-client", "10.1.1.4", "sg-client", true),
            interface("eni-box", "subnet-box", "10.1.2.4", "sg-box", false),
            interface("eni-server", "subnet-server", "10.1.3.4", "sg-server", true),
            interface("eni-b", "subnet-b", "203.0.113.10", "sg-server", true),
        ],
        "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"},
            "RequesterVpcInfo": {"VpcId": "vpc-a", "Region": "us-east-1"}, "AccepterVpcInfo": {"VpcId": "vpc-b", "Region": peer_region}}],
    });
    NetworkBuilder::default().value(document).unwrap().build().unwrap()
}

fn ask(network: &Network, to: &str) -> Trace {
    let flow = Flow::tcp("10.1.1.4".parse().unwrap(), 40_000, to.parse().unwrap(), 5_432);
    network.trace(&From::Interface("eni-client".into()), flow).unwrap()
}

fn codes(trace: &Trace) -> Vec<(&str, &str)> {
    trace.blocks().map(|block| (block.code, block.at.as_str())).collect()
}

/// [VPC-3.1] [VPC-10.1] [VPC-5.6] Without anything special: by the client's
/// own table there and the main one back.
#[test]
fn straight() {
    let network = network(json!([local("10.1.0.0/16")]), json!([local("203.0.113.0/24")]), "us-east-1");
    let trace = ask(&network, "10.1.3.4");
    assert!(trace.is_reachable(), "{trace}");
    let tables: Vec<&str> = trace
        .forward
        .steps
        .iter()
        .chain(&trace.reply.as_ref().unwrap().steps)
        .map(|step| step.at.as_str())
        .filter(|at| at.starts_with("rtb-"))
        .collect();
    assert_eq!(tables, ["rtb-client", "rtb-a"]);
}

/// [VPC-3.24] [VPC-10.0] [VPC-11.1] A middlebox hides who sent a packet, so
/// that a rule with a group does not match any more.
#[test]
fn a_middlebox_hides_the_senders_group() {
    let by_box = json!([local("10.1.0.0/16"), {"DestinationCidrBlock": "10.1.3.0/24", "NetworkInterfaceId": "eni-box", "State": "active"}]);
    let network = network(by_box, json!([local("203.0.113.0/24")]), "us-east-1");
    let trace = ask(&network, "10.1.3.4");
    assert_eq!(codes(&trace), [("ENI_SG_RULES_MISMATCH", "eni-server")], "{trace}");
}

/// [VPC-10.4] [VPC-4.27] [VPC-1.7] Over a peering into a VPC of a public
/// range; a group counts there within a Region.
#[test]
fn over_a_peering() {
    let there = json!([local("10.1.0.0/16"), to_peering("203.0.112.0/23")]);
    let back = json!([local("203.0.113.0/24"), to_peering("10.1.0.0/16")]);
    let near = network(there.clone(), back.clone(), "us-east-1");
    let trace = ask(&near, "203.0.113.10");
    assert!(trace.is_reachable(), "{trace}");
    let far = network(there.clone(), back, "eu-west-1");
    assert_eq!(codes(&ask(&far, "203.0.113.10")), [("ENI_SG_RULES_MISMATCH", "eni-b")]);
    // A route may be wider than the other VPC; the peering is not.
    assert_eq!(codes(&ask(&near, "203.0.112.10")), [("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "pcx-1")]);
    let one_way = network(there, json!([local("203.0.113.0/24")]), "us-east-1");
    assert_eq!(codes(&ask(&one_way, "203.0.113.10")), [("NO_ROUTE_TO_DESTINATION", "rtb-b")]);
}
