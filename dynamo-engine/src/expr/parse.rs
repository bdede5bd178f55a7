//! The grammar of conditions, by an explicit stack: no input recurses.
//! `[DDB-19.15]`

use super::fault::ExpressionFault;
use super::lex::{Parentheses, TokenKind, Tokens};
use super::path::RawPath;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

/// Operators of one expression. `[DDB-6.1.7]`
pub(crate) const OPERATORS: usize = 300;

/// `=`, `<>`, `<`, `<=`, `>`, `>=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparator {
    pub(crate) fn from_sign(sign: &str) -> Option<Self> {
        use Comparator::*;
        [Eq, Ne, Lt, Le, Gt, Ge].into_iter().find(|comparator| comparator.sign() == sign)
    }

    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// Whether two operands in this order satisfy it.
    pub(crate) const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }

    /// The comparator with its operands exchanged.
    pub(crate) const fn turned(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

/// A condition in postfix order, as written.
#[derive(Debug)]
pub(crate) struct Parsed<'e> {
    pub(crate) nodes: Vec<Node<'e>>,
    pub(crate) redundant: bool,
    pub(crate) operators: usize,
}

#[derive(Debug)]
pub(crate) enum Node<'e> {
    Path(RawPath<'e>),
    Value(&'e str),
    Call(Call<'e>),
    Compare(Comparator),
    Between,
    /// With this many listed operands.
    In(usize),
    Not,
    And,
    Or,
}

#[derive(Debug)]
pub(crate) struct Call<'e> {
    pub(crate) name: &'e str,
    /// The number of its token: which of two calls was written first.
    pub(crate) at: usize,
    pub(crate) arguments: usize,
    /// Whether it stands where a condition stands.
    pub(crate) condition: bool,
}

/// What is open to the left of the next token.
enum Frame<'e> {
    Paren { open: usize, operand: bool },
    Call { name: &'e str, at: usize, arguments: usize },
    Compare(Comparator),
    BetweenLow,
    BetweenHigh,
    In(usize),
    Not,
    And,
    Or,
}

impl Frame<'_> {
    /// Whether only an operand can follow.
    fn wants_operand(&self) -> bool {
        !matches!(self, Self::Not | Self::And | Self::Or | Self::Paren { operand: false, .. })
    }
}

/// What was completed last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Operand,
    /// The call at this node: an operand or a condition, what follows decides.
    Call(usize),
    Condition,
}

/// Reads a condition. `[DDB-6.3]` `[DDB-6.3.1]`
pub(crate) fn condition(source: &str) -> Result<Parsed<'_>, ExpressionFault> {
    let mut parser = Parser {
        tokens: Tokens::new(source)?,
        frames: Vec::new(),
        nodes: Vec::new(),
        parentheses: Parentheses::default(),
        operators: 0,
    };
    loop {
        let done = parser.operand()?;
        if !parser.settle(done)? {
            let Parser { nodes, parentheses, operators, .. } = parser;
            return Ok(Parsed { nodes, redundant: parentheses.redundant, operators });
        }
    }
}

struct Parser<'e> {
    tokens: Tokens<'e>,
    frames: Vec<Frame<'e>>,
    nodes: Vec<Node<'e>>,
    parentheses: Parentheses,
    operators: usize,
}

impl<'e> Parser<'e> {
    fn wants_operand(&self) -> bool {
        self.frames.last().is_some_and(Frame::wants_operand)
    }

    fn operator(&mut self, frame: Frame<'e>) {
        self.operators += 1;
        self.frames.push(frame);
    }

    /// Reads up to and including the next path or value.
    fn operand(&mut self) -> Result<Done, ExpressionFault> {
        loop {
            let token = self.tokens.peek();
            let keyword = ["AND", "OR", "NOT", "BETWEEN", "IN"].iter().any(|word| token.is_word(word));
            match token.kind {
                TokenKind::Sign if token.is("(") => {
                    let operand = self.wants_operand();
                    self.frames.push(Frame::Paren { open: self.tokens.place(), operand });
                    self.tokens.next();
                }
                TokenKind::Word if token.is_word("NOT") && !self.wants_operand() => {
                    self.tokens.next();
                    self.operator(Frame::Not);
                }
                TokenKind::Word if keyword => return Err(self.tokens.unexpected()),
                TokenKind::Word if self.tokens.second().is("(") => {
                    let at = self.tokens.place();
                    self.tokens.next();
                    self.tokens.next();
                    self.frames.push(Frame::Call { name: token.text, at, arguments: 1 });
                }
                TokenKind::Word | TokenKind::Name => {
                    let path = self.tokens.path()?;
                    self.nodes.push(Node::Path(path));
                    return Ok(Done::Operand);
                }
                TokenKind::Value => {
                    self.tokens.next();
                    self.nodes.push(Node::Value(token.text));
                    return Ok(Done::Operand);
                }
                _ => return Err(self.tokens.unexpected()),
            }
        }
    }

    fn emit(&mut self, node: Node<'e>) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Puts what was completed where it belongs. Whether more must follow.
    fn settle(&mut self, mut done: Done) -> Result<bool, ExpressionFault> {
        loop {
            let token = self.tokens.peek();
            match (self.frames.last_mut(), done) {
                (Some(Frame::Compare(comparator)), Done::Operand | Done::Call(_)) => {
                    let comparator = *comparator;
                    self.close(Node::Compare(comparator), &mut done);
                }
                (Some(Frame::BetweenHigh), Done::Operand | Done::Call(_)) => {
                    self.close(Node::Between, &mut done)
                }
                (Some(Frame::Not), Done::Condition) => self.close(Node::Not, &mut done),
                (Some(frame @ Frame::BetweenLow), _) if token.is_word("AND") => {
                    *frame = Frame::BetweenHigh;
                    self.tokens.next();
                    return Ok(true);
                }
                (Some(Frame::Call { arguments: count, .. } | Frame::In(count)), _) if token.is(",") => {
                    *count += 1;
                    self.tokens.next();
                    return Ok(true);
                }
                (Some(Frame::Call { name, at, arguments }), _) if token.is(")") => {
                    let call = Call { name, at: *at, arguments: *arguments, condition: false };
                    self.frames.pop();
                    self.tokens.next();
                    done = Done::Call(self.emit(Node::Call(call)));
                }
                (Some(Frame::In(count)), _) if token.is(")") => {
                    let count = *count;
                    self.tokens.next();
                    self.close(Node::In(count), &mut done);
                }
                (Some(Frame::Paren { open, .. }), _) if token.is(")") => {
                    let open = *open;
                    self.frames.pop();
                    self.parentheses.closed(open, self.tokens.place());
                    self.tokens.next();
                }
                (Some(frame), _) if frame.wants_operand() => return Err(self.tokens.unexpected()),
                _ => {
                    if let Some(more) = self.settle_condition(&mut done)? {
                        return Ok(more);
                    }
                }
            }
        }
    }

    fn close(&mut self, node: Node<'e>, done: &mut Done) {
        self.frames.pop();
        self.emit(node);
        *done = Done::Condition;
    }

    /// The same where a condition can stand. `None` to look again.
    fn settle_condition(&mut self, done: &mut Done) -> Result<Option<bool>, ExpressionFault> {
        let token = self.tokens.peek();
        if *done != Done::Condition {
            if let Some(comparator) =
                Comparator::from_sign(token.text).filter(|_| token.kind == TokenKind::Sign)
            {
                self.tokens.next();
                self.operator(Frame::Compare(comparator));
                return Ok(Some(true));
            }
            if token.is_word("BETWEEN") {
                self.tokens.next();
                self.operator(Frame::BetweenLow);
                return Ok(Some(true));
            }
            if token.is_word("IN") {
                self.tokens.next();
                if !self.tokens.take("(") {
                    return Err(self.tokens.unexpected());
                }
                self.operator(Frame::In(1));
                return Ok(Some(true));
            }
        }
        let (and, or) = (token.is_word("AND"), token.is_word("OR"));
        if !(and || or || token.is(")") || token.kind == TokenKind::End) {
            return Err(self.tokens.unexpected());
        }
        match *done {
            // [DDB-6.3.4] A path or a value is no condition.
            Done::Operand => Err(self.tokens.unexpected()),
            Done::Call(node) => {
                if let Some(Node::Call(call)) = self.nodes.get_mut(node) {
                    call.condition = true;
                }
                *done = Done::Condition;
                Ok(None)
            }
            Done::Condition => match self.frames.last() {
                Some(Frame::And) => {
                    self.close(Node::And, done);
                    Ok(None)
                }
                Some(Frame::Or) if !and => {
                    self.close(Node::Or, done);
                    Ok(None)
                }
                _ if and || or => {
                    self.tokens.next();
                    self.operator(if and { Frame::And } else { Frame::Or });
                    Ok(Some(true))
                }
                None if token.kind == TokenKind::End => Ok(Some(false)),
                _ => Err(self.tokens.unexpected()),
            },
        }
    }
}
