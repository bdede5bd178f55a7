//! Conditions and filters: checked and compiled.

use super::fault::{ExpressionFault, ExpressionKind, Fault, What};
use super::parse::{self, Call, Comparator, Node, OPERATORS, Parsed};
use super::path::Path;
use super::placeholders::Placeholders;
use crate::Error;
use crate::value::{Value, ValueType};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Operands that IN lists. `[DDB-6.3.3]`
pub(crate) const LISTED: usize = 99;

/// A condition in postfix order, ready to run.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) steps: Vec<Op>,
}

#[derive(Debug, Clone)]
pub(crate) enum Op {
    Path(Path),
    Value(usize),
    Function(Function),
    Compare(Comparator),
    Between,
    In(usize),
    Not,
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    AttributeExists,
    AttributeNotExists,
    AttributeType,
    BeginsWith,
    Contains,
    Size,
}

impl Function {
    fn from_name(name: &str) -> Option<Self> {
        use Function::*;
        [AttributeExists, AttributeNotExists, AttributeType, BeginsWith, Contains, Size]
            .into_iter()
            .find(|function| function.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AttributeExists => "attribute_exists",
            Self::AttributeNotExists => "attribute_not_exists",
            Self::AttributeType => "attribute_type",
            Self::BeginsWith => "begins_with",
            Self::Contains => "contains",
            Self::Size => "size",
        }
    }

    const fn arguments(self) -> usize {
        match self {
            Self::AttributeExists | Self::AttributeNotExists | Self::Size => 1,
            Self::AttributeType | Self::BeginsWith | Self::Contains => 2,
        }
    }
}

/// What is known of an operand before any item is.
#[derive(Clone, Copy)]
enum Operand {
    /// The path at this step.
    Path(usize),
    Value(usize),
    /// What a function returns, or a condition.
    Of(ValueType),
}

impl Condition {
    /// Reads and checks a condition, in AWS's order. `[DDB-6.3.10]`
    pub(crate) fn compile(
        kind: ExpressionKind,
        source: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Self, Error> {
        Self::read(source, placeholders).map_err(|fault| {
            let what = What::Expression(kind, fault);
            Error::Invalid { fault: Box::new(Fault { layer: placeholders.layer(), what }) }
        })
    }

    /// Every path it names.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.steps.iter().filter_map(|step| if let Op::Path(path) = step { Some(path) } else { None })
    }

    fn read(source: &str, placeholders: &mut Placeholders) -> Result<Self, ExpressionFault> {
        let parsed = parse::condition(source)?;
        check_shape(&parsed)?;
        let mut compiler =
            Compiler { steps: Vec::with_capacity(parsed.nodes.len()), operands: Vec::new(), placeholders };
        for node in &parsed.nodes {
            compiler.node(node)?;
        }
        Ok(Self { steps: compiler.steps })
    }
}

/// What is checked of the whole expression before any placeholder is.
fn check_shape(parsed: &Parsed<'_>) -> Result<(), ExpressionFault> {
    if parsed.redundant {
        return Err(ExpressionFault::RedundantParentheses);
    }
    if parsed.operators > OPERATORS {
        return Err(ExpressionFault::TooManyOperators(parsed.operators));
    }
    let calls =
        || parsed.nodes.iter().filter_map(|node| if let Node::Call(call) = node { Some(call) } else { None });
    // [DDB-6.3.5]
    if let Some(call) =
        calls().filter(|call| Function::from_name(call.name).is_none()).min_by_key(|call| call.at)
    {
        return Err(match call.name {
            "if_not_exists" | "list_append" => {
                ExpressionFault::ForeignFunction(call.name.into(), "a condition")
            }
            name => ExpressionFault::UnknownFunction(name.into()),
        });
    }
    // [DDB-6.3.4]
    let misused = |call: &&Call<'_>| call.condition == (call.name == Function::Size.name());
    if let Some(call) = calls().filter(misused).min_by_key(|call| call.at) {
        return Err(ExpressionFault::MisusedFunction(call.name.into()));
    }
    parsed.nodes.iter().try_for_each(|node| match node {
        Node::Path(path) => path.check_reserved(),
        _ => Ok(()),
    })
}

struct Compiler<'p> {
    steps: Vec<Op>,
    operands: Vec<Operand>,
    placeholders: &'p mut Placeholders,
}

impl Compiler<'_> {
    fn node(&mut self, node: &Node<'_>) -> Result<(), ExpressionFault> {
        let step = match node {
            Node::Path(path) => {
                self.operands.push(Operand::Path(self.steps.len()));
                Op::Path(path.resolve(self.placeholders)?)
            }
            Node::Value(key) => {
                let value = self.placeholders.value(key)?;
                self.operands.push(Operand::Value(value));
                Op::Value(value)
            }
            Node::Call(call) => self.call(call)?,
            Node::Compare(comparator) => {
                let operands = self.take(2);
                self.check_distinct(comparator.sign(), &operands)?;
                if !matches!(comparator, Comparator::Eq | Comparator::Ne) {
                    self.check_ordered(comparator.sign(), &operands)?;
                }
                Op::Compare(*comparator)
            }
            Node::Between => {
                let operands = self.take(3);
                self.check_distinct("BETWEEN", &operands)?;
                self.check_ordered("BETWEEN", &operands)?;
                self.check_bounds(&operands)?;
                Op::Between
            }
            Node::In(listed) => {
                let operands = self.take(listed + 1);
                // [DDB-6.3.3]
                if *listed > LISTED {
                    return Err(ExpressionFault::TooManyIn(listed + 1));
                }
                self.check_distinct("IN", &operands)?;
                Op::In(*listed)
            }
            Node::Not => {
                self.take(1);
                Op::Not
            }
            Node::And => {
                self.take(2);
                Op::And
            }
            Node::Or => {
                self.take(2);
                Op::Or
            }
        };
        if !matches!(step, Op::Path(_) | Op::Value(_) | Op::Function(Function::Size)) {
            self.operands.push(Operand::Of(ValueType::Bool));
        }
        self.steps.push(step);
        Ok(())
    }

    fn take(&mut self, count: usize) -> Vec<Operand> {
        self.operands.split_off(self.operands.len().saturating_sub(count))
    }

    fn call(&mut self, call: &Call<'_>) -> Result<Op, ExpressionFault> {
        let name = call.name;
        let Some(function) = Function::from_name(name) else {
            return Err(ExpressionFault::UnknownFunction(name.into()));
        };
        let operands = self.take(call.arguments);
        if call.arguments != function.arguments() {
            return Err(ExpressionFault::OperandCount(name.into(), call.arguments));
        }
        self.check_distinct(name, &operands)?;
        let kinds: Vec<_> = operands.iter().map(|operand| self.kind(*operand)).collect();
        let refuse = |kind: ValueType| Err(ExpressionFault::OperandType(name.into(), kind.tag()));
        match (function, operands.as_slice(), kinds.as_slice()) {
            (Function::AttributeExists | Function::AttributeNotExists, [operand], _)
                if !matches!(operand, Operand::Path(_)) =>
            {
                return Err(ExpressionFault::NeedsPath(name.into()));
            }
            (Function::BeginsWith, _, kinds) => {
                if let Some(kind) =
                    kinds.iter().flatten().find(|kind| !matches!(kind, ValueType::S | ValueType::B))
                {
                    return refuse(*kind);
                }
            }
            (Function::Size, _, [Some(kind @ (ValueType::N | ValueType::Bool | ValueType::Null))]) => {
                return refuse(*kind);
            }
            (Function::AttributeType, [_, operand], [_, kind]) => match (kind, operand) {
                (Some(ValueType::S), Operand::Value(value)) => {
                    if let Value::S(tag) = self.placeholders.get(*value)
                        && ValueType::from_tag(tag).is_none()
                    {
                        return Err(ExpressionFault::UnknownType(tag.clone()));
                    }
                }
                (Some(kind), _) => return refuse(*kind),
                (None, _) => {
                    return Err(ExpressionFault::OperandType(name.into(), "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
                }
            },
            _ => {}
        }
        if function == Function::Size {
            self.operands.push(Operand::Of(ValueType::N));
        }
        Ok(Op::Function(function))
    }

    fn kind(&self, operand: Operand) -> Option<ValueType> {
        match operand {
            Operand::Path(_) => None,
            Operand::Value(value) => Some(self.placeholders.get(value).kind()),
            Operand::Of(kind) => Some(kind),
        }
    }

    /// [DDB-6.3.7]
    fn check_distinct(&self, name: &str, operands: &[Operand]) -> Result<(), ExpressionFault> {
        let path = |operand: &Operand| match operand {
            Operand::Path(step) => match self.steps.get(*step) {
                Some(Op::Path(path)) => Some(path),
                _ => None,
            },
            _ => None,
        };
        let Some((first, rest)) = operands.split_first() else { return Ok(()) };
        match path(first) {
            Some(first) if rest.iter().filter_map(path).any(|other| other == first) => {
                Err(ExpressionFault::NotDistinct(name.into(), first.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// [DDB-6.3.8] What the request brings must have an order.
    fn check_ordered(&self, name: &str, operands: &[Operand]) -> Result<(), ExpressionFault> {
        let kinds = operands.iter().filter_map(|operand| self.kind(*operand));
        match { kinds }.find(|kind| !matches!(kind, ValueType::S | ValueType::N | ValueType::B)) {
            Some(kind) => Err(ExpressionFault::OperandType(name.into(), kind.tag())),
            None => Ok(()),
        }
    }

    /// [DDB-6.3.9]
    fn check_bounds(&self, operands: &[Operand]) -> Result<(), ExpressionFault> {
        let [_, Operand::Value(low), Operand::Value(high)] = operands else { return Ok(()) };
        let (low, high) = (self.placeholders.get(*low), self.placeholders.get(*high));
        let bounds = || Box::new((low.clone(), high.clone()));
        match low.order(high) {
            None => Err(ExpressionFault::BoundTypes(bounds())),
            Some(Ordering::Greater) => Err(ExpressionFault::BoundOrder(bounds())),
            Some(_) => Ok(()),
        }
    }
}
