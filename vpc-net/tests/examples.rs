//! Worked examples as data: blocks, routes and filters.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::AwsError as _;
use serde_json::{Value, json};
use vpc_net::{Cidr, End, Flow, From, Network, NetworkBuilder, aws_core, plan};

const EXAMPLES: &str = include_str!("examples.json");

fn examples(of: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(EXAMPLES).unwrap();
    all.get(of).unwrap().as_array().unwrap().clone()
}

fn text<'v>(case: &'v Value, member: &str) -> &'v str {
    case.get(member).and_then(Value::as_str).unwrap()
}

fn blocks(case: &Value, member: &str) -> Vec<Cidr> {
    serde_json::from_value(case.get(member).unwrap().clone()).unwrap()
}

/// A block, or why not.
fn said(result: Result<(), plan::BlockError>, block: &Cidr) -> String {
    match result {
        Ok(()) => block.to_string(),
        Err(error) if error.to_string().contains("is restricted. Use a CIDR") => "restricted".into(),
        Err(error) => error.query_code().into(),
    }
}

#[test]
fn blocks_of_vpcs() {
    for case in examples("vpc_blocks") {
        let block = plan::read_block(text(&case, "block"), "cidrBlock").unwrap();
        let vpc = blocks(&case, "vpc");
        let result = plan::check_further_block(&vpc, &block);
        assert_eq!(said(result, &block), text(&case, "result"), "{}", text(&case, "id"));
    }
}

#[test]
fn blocks_of_subnets() {
    for case in examples("subnet_blocks") {
        let block = plan::read_block(text(&case, "block"), "cidrBlock").unwrap();
        let result = plan::check_subnet_block(&blocks(&case, "vpc"), &blocks(&case, "others"), &block);
        assert_eq!(said(result, &block), text(&case, "result"), "{}", text(&case, "id"));
    }
}

/// [VPC-1.23] [VPC-1.4]
#[test]
fn usable_addresses_and_texts_that_are_no_blocks() {
    let all: Value = serde_json::from_str(EXAMPLES).unwrap();
    for (block, usable) in all.get("usable").unwrap().as_object().unwrap() {
        let block: Cidr = block.parse().unwrap();
        assert_eq!(block.usable_addresses(), u128::from(usable.as_u64().unwrap()), "{block}");
    }
    for bad in ["", "10.0.0.0", "10.0.0/16", "10.0.0.0/33", "10.0.0.0/+8", "::/129", "10.0.0.0/ 8", "a/8"] {
        assert!(bad.parse::<Cidr>().is_err(), "{bad}");
    }
    let error = plan::read_block("10.0.0/16", "cidrBlock").unwrap_err();
    assert_eq!(
        plan::line(&error),
        "InvalidParameterValue: Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block."
    );
}

/// The golden network with another table for its public subnet.
fn with_routes(routes: &Value) -> Network {
    let mut document: Value = serde_json::from_str(include_str!("golden/network.json")).unwrap();
    *document.pointer_mut("/RouteTables/0/Routes").unwrap() = routes.clone();
    document.as_object_mut().unwrap().insert(
        "VpcPeeringConnections".into(),
        json!([{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"},
                "AccepterVpcInfo": {"VpcId": "vpc-v"}, "RequesterVpcInfo": {"VpcId": "vpc-w"}}]),
    );
    NetworkBuilder::default().value(document).unwrap().build().unwrap()
}

#[test]
fn routes() {
    for case in examples("routes") {
        let network = with_routes(case.get("routes").unwrap());
        for (to, expected) in case.get("to").unwrap().as_object().unwrap() {
            let (to, from): (std::net::IpAddr, _) = (to.parse().unwrap(), From::Interface("eni-web".into()));
            let source = if to.is_ipv4() { "10.0.1.20" } else { "2001:db8::1" };
            let trace = network.trace(&from, Flow::tcp(source.parse().unwrap(), 50_000, to, 443)).unwrap();
            let code = trace.blocks().map(|block| block.code).find(|code| expected == code);
            let routed =
                trace.forward.steps.iter().find_map(|step| Some(step.what.split_once("leads to ")?.1));
            let found = match (&trace.forward.end, code) {
                (_, Some(code)) => code,
                (End::LocalService, _) => "local service",
                _ => routed.unwrap_or_default(),
            };
            assert_eq!(found, expected.as_str().unwrap(), "{} to {to}\n{trace}", text(&case, "id"));
        }
    }
}

/// Two interfaces in one subnet, one in another whose ACL lets all pass; the
/// case gives the ACL and the group of the first two.
fn with_filters(case: &Value) -> Network {
    let interface = |id: &str, subnet: &str, address: &str, group: &str| {
        json!({"NetworkInterfaceId": id, "SubnetId": subnet, "VpcId": "vpc-1", "PrivateIpAddress": address,
               "Groups": [{"GroupId": group}], "Attachment": {"Status": "attached"}})
    };
    let any = json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    let entry = |egress: bool| json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
    let document = json!({
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"},
                    {"SubnetId": "subnet-9", "VpcId": "vpc-1", "CidrBlock": "10.0.9.0/24"}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}],
                         "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]}],
        "NetworkAcls": [
            {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}], "Entries": case.get("acl")},
            {"NetworkAclId": "acl-9", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-9"}], "Entries": [entry(true), entry(false)]},
        ],
        "SecurityGroups": [
            {"GroupId": "sg-1", "GroupName": "one", "VpcId": "vpc-1", "IpPermissions": case.get("ingress"), "IpPermissionsEgress": case.get("egress")},
            {"GroupId": "sg-9", "GroupName": "nine", "VpcId": "vpc-1", "IpPermissions": [any], "IpPermissionsEgress": [any]},
        ],
        "NetworkInterfaces": [interface("eni-x", "subnet-1", "10.0.1.4", "sg-1"), interface("eni-y", "subnet-1", "10.0.1.5", "sg-1"),
                              interface("eni-z", "subnet-9", "10.0.9.4", "sg-9")],
    });
    NetworkBuilder::default().value(document).unwrap().build().unwrap()
}

#[test]
fn filters() {
    let address = |id: &str| match id {
        "eni-x" => "10.0.1.4".parse().unwrap(),
        "eni-y" => "10.0.1.5".parse().unwrap(),
        _ => "10.0.9.4".parse().unwrap(),
    };
    for case in examples("filters") {
        let (from, to) = (address(text(&case, "from")), address(text(&case, "to")));
        let port = |member: &str| u16::try_from(case.get(member).unwrap().as_u64().unwrap()).unwrap();
        let flow = match text(&case, "protocol") {
            "icmp" => Flow::ping(from, to),
            "udp" => Flow::udp(from, port("source_port"), to, port("port")),
            _ => Flow::tcp(from, port("source_port"), to, port("port")),
        };
        let trace = with_filters(&case).trace(&From::Interface(text(&case, "from").into()), flow).unwrap();
        let expected = case.get("reachable").unwrap().as_bool().unwrap();
        assert_eq!(trace.is_reachable(), expected, "{}\n{trace}", text(&case, "id"));
    }
}

/// [VPC-17.1] [VPC-17.5] An export that somebody else's tool wrote.
#[test]
fn an_accounts_export_is_read() {
    let mut builder = NetworkBuilder::default();
    for document in [
        include_str!("exports/ec2-describe-vpcs.json"),
        include_str!("exports/ec2-describe-subnets.json"),
        include_str!("exports/ec2-describe-security-groups.json"),
        include_str!("exports/ec2-describe-network-interfaces.json"),
        include_str!("exports/ec2-describe-vpc-endpoints.json"),
    ] {
        builder = builder.json(document).unwrap();
    }
    let built = builder.build();
    assert!(built.is_ok(), "{built:?}");
}

/// [VPC-3.4] [VPC-6.5] Everything that is wrong is told at once.
#[test]
fn faults_are_collected() {
    let error = NetworkBuilder::default()
        .value(json!({
            "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-none", "PrivateIpAddress": "10.0.0.999"}],
            "NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": 1, "Protocol": "tcp", "CidrBlock": "0.0.0.0/0"}]}],
            "SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "gre"}]}],
        }))
        .unwrap()
        .build()
        .unwrap_err();
    assert_eq!(
        error.faults,
        [
            "sg-1: \"gre\" is no protocol; expected tcp, udp, icmp, icmpv6, a number or -1",
            "eni-1: \"10.0.0.999\" is no address; expected one such as 10.0.0.4",
            "eni-1: subnet-none is not among the documents",
            "acl-1: \"tcp\" is no protocol number; expected 0 to 255 or -1",
        ]
    );
}
