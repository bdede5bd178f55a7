//! What `aws ec2 describe-*` prints, as far as paths depend on it. Unknown
//! members are ignored and absent ones are empty, because exports differ in
//! age. `[VPC-17.1]` `[VPC-17.5]`

use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;

macro_rules! shape {
    ($(#[$meta:meta])* $Name:ident { $( $field:ident : $type:ty, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub(crate) struct $Name { $( pub(crate) $field: $type, )* }
    };
}

shape! {
    /// Any document, or several in one.
    Document {
        vpcs: Vec<Vpc>,
        subnets: Vec<Subnet>,
        route_tables: Vec<RouteTable>,
        network_acls: Vec<NetworkAcl>,
        security_groups: Vec<SecurityGroup>,
        network_interfaces: Vec<NetworkInterface>,
        internet_gateways: Vec<InternetGateway>,
        nat_gateways: Vec<NatGateway>,
        vpc_endpoints: Vec<VpcEndpoint>,
        prefix_lists: Vec<PrefixList>,
        vpc_peering_connections: Vec<Peering>,
    }
}
shape! { Vpc { vpc_id: String, cidr_block: String, cidr_block_association_set: Vec<BlockAssociation>, ipv6_cidr_block_association_set: Vec<Ipv6Association>, } }
shape! { BlockAssociation { cidr_block: String, cidr_block_state: StateName, } }
shape! { Ipv6Association { ipv6_cidr_block: String, ipv6_cidr_block_state: StateName, } }
shape! { StateName { state: String, } }
shape! { Subnet { subnet_id: String, vpc_id: String, cidr_block: String, availability_zone: String, ipv6_cidr_block_association_set: Vec<Ipv6Association>, } }
shape! { RouteTable { route_table_id: String, vpc_id: String, associations: Vec<TableAssociation>, routes: Vec<Route>, } }
shape! { TableAssociation { main: bool, subnet_id: Option<String>, gateway_id: Option<String>, } }
shape! {
    Route {
        destination_cidr_block: Option<String>,
        destination_ipv6_cidr_block: Option<String>,
        destination_prefix_list_id: Option<String>,
        gateway_id: Option<String>,
        nat_gateway_id: Option<String>,
        network_interface_id: Option<String>,
        vpc_peering_connection_id: Option<String>,
        transit_gateway_id: Option<String>,
        egress_only_internet_gateway_id: Option<String>,
        carrier_gateway_id: Option<String>,
        local_gateway_id: Option<String>,
        core_network_arn: Option<String>,
        origin: String,
        state: String,
    }
}
shape! { NetworkAcl { network_acl_id: String, vpc_id: String, is_default: bool, associations: Vec<AclAssociation>, entries: Vec<AclEntry>, } }
shape! { AclAssociation { subnet_id: String, } }
shape! {
    AclEntry {
        rule_number: u32,
        protocol: String,
        rule_action: String,
        egress: bool,
        cidr_block: Option<String>,
        ipv6_cidr_block: Option<String>,
        port_range: Option<PortRange>,
        icmp_type_code: Option<IcmpTypeCode>,
    }
}
shape! { PortRange { from: u16, to: u16, } }
shape! {
    IcmpTypeCode {
        r#type: i16,
        code: i16,
    }
}
shape! { SecurityGroup { group_id: String, group_name: String, vpc_id: String, ip_permissions: Vec<IpPermission>, ip_permissions_egress: Vec<IpPermission>, } }
shape! {
    IpPermission {
        ip_protocol: String,
        from_port: Option<i32>,
        to_port: Option<i32>,
        ip_ranges: Vec<IpRange>,
        ipv6_ranges: Vec<Ipv6Range>,
        prefix_list_ids: Vec<PrefixListId>,
        user_id_group_pairs: Vec<GroupPair>,
    }
}
shape! { IpRange { cidr_ip: String, } }
shape! { Ipv6Range { cidr_ipv6: String, } }
shape! { PrefixListId { prefix_list_id: String, } }
shape! { GroupPair { group_id: String, } }
shape! {
    NetworkInterface {
        network_interface_id: String,
        subnet_id: String,
        vpc_id: String,
        private_ip_address: Option<String>,
        private_ip_addresses: Vec<PrivateAddress>,
        ipv6_addresses: Vec<Ipv6Address>,
        ipv4_prefixes: Vec<Ipv4Prefix>,
        groups: Vec<GroupPair>,
        source_dest_check: Option<bool>,
        attachment: Option<Attachment>,
        association: Option<PublicAddress>,
    }
}
shape! { PrivateAddress { private_ip_address: String, association: Option<PublicAddress>, } }
shape! { PublicAddress { public_ip: String, } }
shape! { Ipv6Address { ipv6_address: String, } }
shape! { Ipv4Prefix { ipv4_prefix: String, } }
shape! { Attachment { status: String, } }
shape! { InternetGateway { internet_gateway_id: String, attachments: Vec<GatewayAttachment>, } }
shape! { GatewayAttachment { vpc_id: String, state: String, } }
shape! { NatGateway { nat_gateway_id: String, subnet_id: String, vpc_id: String, state: String, connectivity_type: String, nat_gateway_addresses: Vec<NatAddress>, } }
shape! { NatAddress { private_ip: Option<String>, public_ip: Option<String>, } }
shape! {
    VpcEndpoint {
        vpc_endpoint_id: String,
        vpc_endpoint_type: String,
        vpc_id: String,
        service_name: String,
        state: String,
    }
}
shape! {
    PrefixList {
        prefix_list_id: String,
        prefix_list_name: String,
        cidrs: Vec<String>,
        entries: Vec<PrefixListEntry>,
    }
}
shape! { PrefixListEntry { cidr: String, } }
shape! { Peering { vpc_peering_connection_id: String, status: PeeringStatus, accepter_vpc_info: PeeringEnd, requester_vpc_info: PeeringEnd, } }
shape! { PeeringStatus { code: String, } }
shape! { PeeringEnd { vpc_id: String, cidr_block: Option<String>, region: String, } }
