//! UpdateExpression: read, checked, compiled.

use super::fault::{ExpressionFault, ExpressionKind, Fault, What};
use super::lex::{Parentheses, TokenKind, Tokens};
use super::parse::OPERATORS;
use super::path::{Path, RawPath};
use super::placeholders::Placeholders;
use crate::Error;
use crate::value::ValueType;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// An update: what happens at which path. The paths do not overlap.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) actions: Vec<Action>,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) path: Path,
    pub(crate) what: ActionKind,
}

#[derive(Debug)]
pub(crate) enum ActionKind {
    /// To what these steps compute, in postfix order.
    Set(Vec<ValueOp>),
    Remove,
    Add(usize),
    /// What only AttributeUpdates can do: to the end of a list. `[DDB-7.6]`
    Append(usize),
    Delete(usize),
}

#[derive(Debug)]
pub(crate) enum ValueOp {
    Path(Path),
    Value(usize),
    IfNotExists,
    ListAppend,
    Plus,
    Minus,
}

/// As written.
struct Parsed<'e> {
    actions: Vec<(Section, RawPath<'e>, Vec<RawOp<'e>>)>,
    /// The first section that stands twice.
    twice: Option<Section>,
    redundant: bool,
    operators: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Set,
    Remove,
    Add,
    Delete,
}

impl Section {
    const ALL: [Self; 4] = [Self::Set, Self::Remove, Self::Add, Self::Delete];

    const fn word(self) -> &'static str {
        match self {
            Self::Set => "SET",
            Self::Remove => "REMOVE",
            Self::Add => "ADD",
            Self::Delete => "DELETE",
        }
    }
}

enum RawOp<'e> {
    Path(RawPath<'e>),
    Value(&'e str),
    Call { name: &'e str, at: usize, arguments: usize },
    Plus,
    Minus,
}

/// [DDB-6.6]
fn parse(source: &str) -> Result<Parsed<'_>, ExpressionFault> {
    let mut tokens = Tokens::new(source)?;
    let mut parsed = Parsed { actions: Vec::new(), twice: None, redundant: false, operators: 0 };
    let mut parentheses = Parentheses::default();
    let mut seen = Vec::new();
    loop {
        let token = tokens.peek();
        let Some(section) = Section::ALL.into_iter().find(|section| token.is_word(section.word())) else {
            return Err(tokens.unexpected());
        };
        tokens.next();
        if seen.contains(&section) {
            parsed.twice.get_or_insert(section);
        }
        seen.push(section);
        loop {
            // A section's word is no name: `SET REMOVE a` lacks an action.
            if Section::ALL.iter().any(|section| tokens.peek().is_word(section.word())) {
                return Err(tokens.unexpected());
            }
            let path = tokens.path()?;
            let mut value = Vec::new();
            match section {
                Section::Set => {
                    if !tokens.take("=") {
                        return Err(tokens.unexpected());
                    }
                    parsed.operators += set_value(&mut tokens, &mut value, &mut parentheses)?;
                }
                Section::Remove => {}
                Section::Add | Section::Delete => {
                    if tokens.peek().kind != TokenKind::Value {
                        return Err(tokens.unexpected());
                    }
                    value.push(RawOp::Value(tokens.next().text));
                }
            }
            parsed.actions.push((section, path, value));
            if !tokens.take(",") {
                break;
            }
        }
        if tokens.peek().kind == TokenKind::End {
            parsed.redundant = parentheses.redundant;
            return Ok(parsed);
        }
    }
}

enum Frame<'e> {
    Paren { open: usize, operand: bool },
    Call { name: &'e str, at: usize, arguments: usize },
    Arithmetic { minus: bool },
}

/// Reads the right side of a SET action; how many operators it has.
/// `[DDB-6.6.2]`
fn set_value<'e>(
    tokens: &mut Tokens<'e>,
    out: &mut Vec<RawOp<'e>>,
    parentheses: &mut Parentheses,
) -> Result<usize, ExpressionFault> {
    let mut frames: Vec<Frame<'e>> = Vec::new();
    let mut operators = 0;
    loop {
        let token = tokens.peek();
        let operand =
            frames.last().is_some_and(|frame| !matches!(frame, Frame::Paren { operand: false, .. }));
        match token.kind {
            TokenKind::Sign if token.is("(") => {
                frames.push(Frame::Paren { open: tokens.place(), operand });
                tokens.next();
                continue;
            }
            TokenKind::Word if tokens.second().is("(") => {
                let at = tokens.place();
                tokens.next();
                tokens.next();
                frames.push(Frame::Call { name: token.text, at, arguments: 1 });
                continue;
            }
            TokenKind::Word if Section::ALL.iter().any(|section| token.is_word(section.word())) => {
                return Err(tokens.unexpected());
            }
            TokenKind::Word | TokenKind::Name => out.push(RawOp::Path(tokens.path()?)),
            TokenKind::Value => {
                tokens.next();
                out.push(RawOp::Value(token.text));
            }
            _ => return Err(tokens.unexpected()),
        }
        let mut sum = false;
        loop {
            let token = tokens.peek();
            let sign = token.is("+") || token.is("-");
            match frames.last_mut() {
                Some(Frame::Arithmetic { minus }) => {
                    out.push(if *minus { RawOp::Minus } else { RawOp::Plus });
                    frames.pop();
                    sum = true;
                }
                None | Some(Frame::Paren { operand: false, .. }) if sign && !sum => {
                    tokens.next();
                    operators += 1;
                    frames.push(Frame::Arithmetic { minus: token.is("-") });
                    break;
                }
                Some(Frame::Paren { open, .. }) if token.is(")") => {
                    parentheses.closed(*open, tokens.place());
                    tokens.next();
                    frames.pop();
                }
                Some(Frame::Call { arguments, .. }) if token.is(",") => {
                    tokens.next();
                    *arguments += 1;
                    break;
                }
                Some(Frame::Call { name, at, arguments }) if token.is(")") => {
                    tokens.next();
                    out.push(RawOp::Call { name, at: *at, arguments: *arguments });
                    frames.pop();
                }
                None => return Ok(operators),
                Some(_) => return Err(tokens.unexpected()),
            }
        }
    }
}

impl Update {
    /// Reads and checks it, in AWS's order. `[DDB-6.6.6]`
    pub(crate) fn compile(source: &str, placeholders: &mut Placeholders) -> Result<Self, Error> {
        Self::read(source, placeholders).map_err(|fault| {
            let what = What::Expression(ExpressionKind::UpdateExpression, fault);
            Error::Invalid { fault: Box::new(Fault { layer: placeholders.layer(), what }) }
        })
    }

    /// The paths that it changes.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Path> {
        self.actions.iter().map(|action| &action.path)
    }

    /// The same, and whether each is set to a value of the request itself.
    pub(crate) fn targets_and_literals(&self) -> impl Iterator<Item = (&Path, bool)> {
        let literal = |what: &ActionKind| matches!(what, ActionKind::Set(ops) if matches!(ops.as_slice(), [ValueOp::Value(_)]));
        self.actions.iter().map(move |action| (&action.path, literal(&action.what)))
    }

    /// Every path it names.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let ops = self.actions.iter().filter_map(|action| match &action.what {
            ActionKind::Set(ops) => Some(ops),
            _ => None,
        });
        let read =
            ops.flatten().filter_map(|op| if let ValueOp::Path(path) = op { Some(path) } else { None });
        self.targets().chain(read)
    }

    fn read(source: &str, placeholders: &mut Placeholders) -> Result<Self, ExpressionFault> {
        let parsed = parse(source)?;
        check_shape(&parsed)?;
        // Names first, then values, over the whole expression.
        for (_, path, value) in &parsed.actions {
            path.resolve(placeholders)?;
            for op in value {
                if let RawOp::Path(path) = op {
                    path.resolve(placeholders)?;
                }
            }
        }
        let mut actions = Vec::with_capacity(parsed.actions.len());
        for (section, path, value) in &parsed.actions {
            let mut ops = Vec::with_capacity(value.len());
            for op in value {
                ops.push(match op {
                    RawOp::Path(path) => ValueOp::Path(path.resolve(placeholders)?),
                    RawOp::Value(key) => ValueOp::Value(placeholders.value(key)?),
                    RawOp::Call { name: "if_not_exists", .. } => ValueOp::IfNotExists,
                    RawOp::Call { .. } => ValueOp::ListAppend,
                    RawOp::Plus => ValueOp::Plus,
                    RawOp::Minus => ValueOp::Minus,
                });
            }
            let what = match (section, ops.as_slice()) {
                (Section::Remove, _) => ActionKind::Remove,
                (Section::Add, [ValueOp::Value(value)]) => ActionKind::Add(*value),
                (Section::Delete, [ValueOp::Value(value)]) => ActionKind::Delete(*value),
                _ => ActionKind::Set(ops),
            };
            actions.push(Action { path: path.resolve(placeholders)?, what });
        }
        Path::check_apart(&actions.iter().map(|action| &action.path).collect::<Vec<_>>())?;
        for ((_, _, raw), action) in parsed.actions.iter().zip(&actions) {
            check_operands(raw, &action.what, placeholders)?;
        }
        for (_, _, raw) in &parsed.actions {
            check_functions(raw)?;
        }
        Ok(Self { actions })
    }
}

/// What is checked before any placeholder is.
fn check_shape(parsed: &Parsed<'_>) -> Result<(), ExpressionFault> {
    if parsed.redundant {
        return Err(ExpressionFault::RedundantParentheses);
    }
    if parsed.operators > OPERATORS {
        return Err(ExpressionFault::TooManyOperators(parsed.operators));
    }
    for (_, path, value) in &parsed.actions {
        path.check_reserved()?;
        for op in value {
            if let RawOp::Path(path) = op {
                path.check_reserved()?;
            }
        }
    }
    let calls = parsed.actions.iter().flat_map(|(_, _, value)| value).filter_map(|op| match op {
        RawOp::Call { name, at, .. } if !matches!(*name, "if_not_exists" | "list_append") => {
            Some((*at, *name))
        }
        _ => None,
    });
    if let Some((_, name)) = calls.min() {
        return Err(match name {
            "attribute_exists"
            | "attribute_not_exists"
            | "attribute_type"
            | "begins_with"
            | "contains"
            | "size" => ExpressionFault::ForeignFunction(name.into(), "an update"),
            _ => ExpressionFault::UnknownFunction(name.into()),
        });
    }
    match parsed.twice {
        Some(section) => Err(ExpressionFault::SectionTwice(section.word())),
        None => Ok(()),
    }
}

/// [DDB-6.6.4]
fn check_operands(
    raw: &[RawOp<'_>],
    what: &ActionKind,
    placeholders: &Placeholders,
) -> Result<(), ExpressionFault> {
    let kind = |value: usize| placeholders.get(value).kind();
    let is_set = |kind| matches!(kind, ValueType::Ss | ValueType::Ns | ValueType::Bs);
    let ops = match what {
        ActionKind::Add(value) if kind(*value) != ValueType::N && !is_set(kind(*value)) => {
            return Err(ExpressionFault::ActionType("ADD", kind(*value)));
        }
        ActionKind::Delete(value) if !is_set(kind(*value)) => {
            return Err(ExpressionFault::ActionType("DELETE", kind(*value)));
        }
        ActionKind::Set(ops) => ops,
        _ => return Ok(()),
    };
    let mut stack: Vec<Option<ValueType>> = Vec::new();
    for (raw, op) in raw.iter().zip(ops) {
        let mut check = |name: &str, count: usize, wanted: Option<ValueType>| {
            let operands = stack.split_off(stack.len().saturating_sub(count));
            match operands.into_iter().flatten().find(|kind| wanted.is_some_and(|wanted| wanted != *kind)) {
                Some(kind) => Err(ExpressionFault::OperandType(name.into(), kind.tag())),
                None => Ok(()),
            }
        };
        let result = match (raw, op) {
            (RawOp::Call { name, arguments, .. }, _) if *arguments != 2 => {
                return Err(ExpressionFault::OperandCount((*name).into(), *arguments));
            }
            (_, ValueOp::Path(_)) => None,
            (_, ValueOp::Value(value)) => Some(kind(*value)),
            (_, ValueOp::IfNotExists) => {
                check("if_not_exists", 2, None)?;
                None
            }
            (_, ValueOp::ListAppend) => {
                check("list_append", 2, Some(ValueType::L))?;
                Some(ValueType::L)
            }
            (_, ValueOp::Plus) => {
                check("+", 2, Some(ValueType::N))?;
                Some(ValueType::N)
            }
            (_, ValueOp::Minus) => {
                check("-", 2, Some(ValueType::N))?;
                Some(ValueType::N)
            }
        };
        stack.push(result);
    }
    Ok(())
}

/// [DDB-6.6.3]
fn check_functions(raw: &[RawOp<'_>]) -> Result<(), ExpressionFault> {
    /// What an operand is, as far as functions mind.
    #[derive(Clone, Copy, PartialEq)]
    enum Operand {
        Path,
        Append,
        Other,
    }
    let mut stack: Vec<Operand> = Vec::new();
    for op in raw {
        let result = match op {
            RawOp::Path(_) => Operand::Path,
            RawOp::Value(_) => Operand::Other,
            RawOp::Plus | RawOp::Minus => {
                stack.truncate(stack.len().saturating_sub(2));
                Operand::Other
            }
            RawOp::Call { name, arguments, .. } => {
                let operands = stack.split_off(stack.len().saturating_sub(*arguments));
                if *name == "if_not_exists" && operands.first() != Some(&Operand::Path) {
                    return Err(ExpressionFault::NeedsPath((*name).into()));
                }
                if *name == "list_append" && operands.contains(&Operand::Append) {
                    return Err(ExpressionFault::MisusedFunction((*name).into()));
                }
                if *name == "list_append" { Operand::Append } else { Operand::Other }
            }
        };
        stack.push(result);
    }
    Ok(())
}
