//! Which blocks a VPC and its subnets can have.

use crate::Cidr;
use alloc::boxed::Box;
use alloc::format;
use aws_core::AwsError;
use core::net::IpAddr;

aws_core::aws_errors! {
    /// Why EC2 refuses a block. EC2 speaks only Query; code and shape are one.
    pub enum BlockError / BlockErrorShape in "" {
        InvalidVpcRange ("InvalidVpc.Range", 400) {
            /// A size or a range that no VPC has. `[VPC-1.1]` `[VPC-1.2]`
            Range {
                /// The block.
                block: Cidr
            } => "The CIDR '{block}' is invalid.";
            /// A range that does not go with what the VPC has. `[VPC-1.10]`
            Restricted {
                /// The block.
                block: Cidr
            } => "The CIDR '{block}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html";
        }
        InvalidSubnetRange ("InvalidSubnet.Range", 400) {
            /// A size that no subnet has, or a block outside the VPC's.
            /// `[VPC-1.21]`
            SubnetRange {
                /// The block.
                block: Cidr
            } => "The CIDR '{block}' is invalid.";
        }
        InvalidSubnetConflict ("InvalidSubnet.Conflict", 400) {
            /// A block that overlaps another subnet's. `[VPC-1.21]`
            SubnetConflict {
                /// The block.
                block: Cidr
            } => "The CIDR '{block}' conflicts with another subnet";
        }
        InvalidParameterValue ("InvalidParameterValue", 400) {
            /// No block at all. `[VPC-1.4]`
            NotABlock {
                /// What was sent.
                text: Box<str>,
                /// The parameter.
                parameter: &'static str
            } => "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.";
        }
    }
}

/// Reads a parameter that has to be an IPv4 block. `[VPC-1.4]`
///
/// # Errors
/// EC2's refusal of anything else.
///
/// ```
/// let error = vpc_net::plan::read_block("::/0", "destinationCidrBlock").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Value (::/0) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
/// );
/// ```
pub fn read_block(text: &str, parameter: &'static str) -> Result<Cidr, BlockError> {
    let block = text.parse::<Cidr>().ok().filter(Cidr::is_ipv4);
    block.ok_or_else(|| BlockError::NotABlock { text: text.into(), parameter })
}

/// A range of addresses that the rules speak of.
const fn range(a: u8, b: u8, length: u8) -> (IpAddr, u8) {
    (IpAddr::V4(core::net::Ipv4Addr::new(a, b, 0, 0)), length)
}

fn within(block: &Cidr, (base, length): (IpAddr, u8)) -> bool {
    Cidr::new(base, length).covers(block)
}

/// Refuses a VPC's block that no VPC can have. `[VPC-1.1]` `[VPC-1.2]`
///
/// # Errors
/// A size other than /16 to /28, or a reserved range.
///
/// ```
/// use vpc_net::plan;
/// let read = |text: &str| plan::read_block(text, "cidrBlock");
/// assert!(plan::check_vpc_block(&read("10.0.0.0/16")?).is_ok());
/// assert_eq!(plan::check_vpc_block(&read("10.0.0.0/15")?).unwrap_err().to_string(), "The CIDR '10.0.0.0/15' is invalid.");
/// # Ok::<(), plan::BlockError>(())
/// ```
pub fn check_vpc_block(block: &Cidr) -> Result<(), BlockError> {
    let never = [range(0, 0, 8), range(127, 0, 8), range(169, 254, 16), range(224, 0, 3)];
    let refused = never.into_iter().any(|range| within(block, range));
    if !block.is_ipv4() || !(16..=28).contains(&block.length()) || refused {
        return Err(BlockError::Range { block: *block });
    }
    Ok(())
}

/// The families of ranges that do not mix. `[VPC-1.9]`
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Ten,
    OneSevenTwo,
    OneNineTwo,
    Benchmark,
    Public,
}

impl Family {
    fn of(block: &Cidr) -> Self {
        match block {
            block if within(block, range(10, 0, 8)) => Self::Ten,
            block if within(block, range(172, 16, 12)) => Self::OneSevenTwo,
            block if within(block, range(192, 168, 16)) => Self::OneNineTwo,
            block if within(block, range(198, 19, 16)) => Self::Benchmark,
            _ => Self::Public,
        }
    }

    fn is_private(self) -> bool {
        matches!(self, Self::Ten | Self::OneSevenTwo | Self::OneNineTwo)
    }
}

/// Refuses a further block that does not go with those a VPC has.
/// `[VPC-1.9]` `[VPC-1.10]` `[VPC-1.12]`
///
/// # Errors
/// A block that no VPC can have, one that overlaps, or one of a range that
/// does not mix with the others.
///
/// ```
/// use vpc_net::plan;
/// let read = |text: &str| plan::read_block(text, "cidrBlock");
/// let vpc = [read("10.0.0.0/16")?];
/// assert!(plan::check_further_block(&vpc, &read("10.1.0.0/16")?).is_ok());
/// let error = plan::check_further_block(&vpc, &read("192.168.0.0/16")?).unwrap_err();
/// assert!(error.to_string().starts_with("The CIDR '192.168.0.0/16' is restricted."));
/// # Ok::<(), plan::BlockError>(())
/// ```
pub fn check_further_block(existing: &[Cidr], block: &Cidr) -> Result<(), BlockError> {
    check_vpc_block(block)?;
    if existing.iter().any(|other| other.overlaps(block)) {
        return Err(BlockError::Range { block: *block });
    }
    let new = Family::of(block);
    let has_family = existing.iter().any(|other| Family::of(other) == new);
    let rejects = |other: &Cidr| {
        let old = Family::of(other);
        (old.is_private() && (new == Family::Benchmark || (new.is_private() && new != old)))
            || (within(other, range(10, 0, 15)) && within(block, range(10, 0, 16)))
            || (old == Family::OneSevenTwo && within(block, range(172, 31, 16)))
            || (old == Family::Benchmark && new.is_private())
            || (old == Family::Public && (new == Family::Benchmark || (new.is_private() && !has_family)))
    };
    if existing.iter().any(rejects) { Err(BlockError::Restricted { block: *block }) } else { Ok(()) }
}

/// Refuses a subnet's block. `[VPC-1.21]`
///
/// # Errors
/// A size other than /16 to /28, a block outside the VPC's, one that overlaps
/// another subnet's.
///
/// ```
/// use vpc_net::plan;
/// let read = |text: &str| plan::read_block(text, "cidrBlock");
/// let (vpc, others) = ([read("10.0.0.0/16")?], [read("10.0.1.0/24")?]);
/// let error = plan::check_subnet_block(&vpc, &others, &read("10.0.1.128/25")?).unwrap_err();
/// assert_eq!(error.to_string(), "The CIDR '10.0.1.128/25' conflicts with another subnet");
/// # Ok::<(), plan::BlockError>(())
/// ```
pub fn check_subnet_block(vpc: &[Cidr], others: &[Cidr], block: &Cidr) -> Result<(), BlockError> {
    let sized = block.is_ipv4() && (16..=28).contains(&block.length());
    if !sized || !vpc.iter().any(|whole| whole.covers(block)) {
        return Err(BlockError::SubnetRange { block: *block });
    }
    if others.iter().any(|other| other.overlaps(block)) {
        return Err(BlockError::SubnetConflict { block: *block });
    }
    Ok(())
}

/// One line about a refusal: its code and its text.
#[must_use]
pub fn line(error: &BlockError) -> alloc::string::String {
    format!("{}: {error}", error.query_code())
}
