//! The grammar of statements. Nesting is bounded, so that no statement
//! exhausts the stack. `[DDB-12.2]` `[DDB-19.15]`

use super::fault::{Position, Reading, StatementFault, malformed};
use super::lex::{Token, Tokens};
use super::statement::{Returning, Verb};
use super::term::Term;
use crate::expr::{
    Action, ActionKind, Comparator, Function, KeyClause, KeyTest, LISTED, Op, Path, Placeholders, Step,
    Update, ValueOp,
};
use crate::item::Item;
use crate::value::{AttributeValue, Value, ValueType};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Parentheses and NOTs inside each other. AWS's limit is not known.
const NESTING: usize = 100;

pub(super) struct Parser {
    pub(super) tokens: Tokens,
    pub(super) parameters: Vec<AttributeValue>,
    /// How many parameters have been used.
    pub(super) used: usize,
    pub(super) values: Placeholders,
    pub(super) depth: usize,
}

/// What a statement reads or writes.
pub(super) struct From {
    pub(super) table: String,
    pub(super) index: Option<String>,
    pub(super) at: Position,
}

/// An operand of a test: the steps that leave its value.
struct Operand {
    steps: Vec<Op>,
    /// The attribute, if it is one by itself.
    attribute: Option<String>,
    /// The value, if it is one.
    value: Option<Value>,
}

/// Words that end what stands before them.
const KEYWORDS: [&str; 23] = [
    "select",
    "from",
    "where",
    "order",
    "by",
    "insert",
    "into",
    "value",
    "update",
    "set",
    "remove",
    "delete",
    "returning",
    "and",
    "or",
    "not",
    "between",
    "in",
    "is",
    "exists",
    "asc",
    "desc",
    "as",
];

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

impl Parser {
    pub(super) fn statement(&mut self) -> Reading<(Verb, From, Option<Term>)> {
        let statement = match self.tokens.next() {
            Token::Word(word) if word.eq_ignore_ascii_case("select") => self.select(false)?,
            Token::Word(word) if word.eq_ignore_ascii_case("exists") => {
                self.tokens.want("(")?;
                self.tokens.want_word("SELECT")?;
                let select = self.select(true)?;
                self.tokens.want(")")?;
                select
            }
            Token::Word(word) if word.eq_ignore_ascii_case("insert") => self.insert()?,
            Token::Word(word) if word.eq_ignore_ascii_case("update") => self.update()?,
            Token::Word(word) if word.eq_ignore_ascii_case("delete") => self.delete()?,
            _ => return malformed("Expected data manipulation"),
        };
        self.tokens.take(";");
        // [DDB-X127]
        if self.tokens.peek() != &Token::End {
            return malformed("Unexpected token after expression");
        }
        Ok(statement)
    }

    fn select(&mut self, exists: bool) -> Reading<(Verb, From, Option<Term>)> {
        let paths = match self.tokens.take("*") {
            true => None,
            false => Some(self.projection()?),
        };
        self.tokens.want_word("FROM")?;
        let from = self.from()?;
        // [DDB-X126]
        match self.tokens.peek() {
            Token::Name(_) => return Err(StatementFault::Alias),
            Token::Word(word) if word.eq_ignore_ascii_case("as") || !is_keyword(word) => {
                return Err(StatementFault::Alias);
            }
            _ => {}
        }
        let condition = self.where_clause()?;
        let mut order = Vec::new();
        if self.tokens.take_word("ORDER") {
            self.tokens.want_word("BY")?;
            loop {
                let path = self.path()?;
                if !path.steps.is_empty() {
                    return malformed("Expected a key attribute in ORDER BY");
                }
                let descending = self.tokens.take_word("DESC");
                if !descending {
                    self.tokens.take_word("ASC");
                }
                order.push((path.name, descending));
                if !self.tokens.take(",") {
                    break;
                }
            }
        }
        Ok((Verb::Select { paths, order, exists }, from, condition))
    }

    fn projection(&mut self) -> Reading<Vec<Path>> {
        let mut paths = Vec::new();
        loop {
            // [DDB-12.6] A function is no path.
            if matches!(self.tokens.peek(), Token::Word(_)) && self.tokens.second() == &Token::Sign("(") {
                return Err(StatementFault::PathComponent(self.tokens.position()));
            }
            paths.push(self.path()?);
            if !self.tokens.take(",") {
                break;
            }
        }
        Path::check_apart(&paths.iter().collect::<Vec<_>>()).map_err(StatementFault::Expression)?;
        Ok(paths)
    }

    fn insert(&mut self) -> Reading<(Verb, From, Option<Term>)> {
        self.tokens.want_word("INTO")?;
        let from = self.from()?;
        if from.index.is_some() {
            return Err(StatementFault::ManyNames(from.at));
        }
        self.tokens.want_word("VALUE")?;
        let attributes = if self.tokens.take("{") {
            self.tuple("", 0, true)?
        } else {
            match self.literal("", 0)? {
                Value::M(attributes) => attributes,
                _ => return malformed("Expected a tuple after VALUE"),
            }
        };
        Ok((Verb::Insert(Item::new(attributes)), from, None))
    }

    fn update(&mut self) -> Reading<(Verb, From, Option<Term>)> {
        let from = self.from()?;
        let mut actions = Vec::new();
        loop {
            if self.tokens.take_word("SET") {
                loop {
                    let path = self.path()?;
                    self.tokens.want("=")?;
                    let what = self.set_value(&path)?;
                    actions.push(Action { path, what });
                    if !self.tokens.take(",") {
                        break;
                    }
                }
            } else if self.tokens.take_word("REMOVE") {
                loop {
                    actions.push(Action { path: self.path()?, what: ActionKind::Remove });
                    if !self.tokens.take(",") {
                        break;
                    }
                }
            } else {
                break;
            }
        }
        if actions.is_empty() {
            return malformed("Expected SET or REMOVE");
        }
        let paths: Vec<_> = actions.iter().map(|action| &action.path).collect();
        Path::check_apart(&paths).map_err(StatementFault::Expression)?;
        let condition = self.where_clause()?;
        let returning = self.returning()?;
        if from.index.is_some() {
            return Err(StatementFault::ManyNames(from.at));
        }
        Ok((Verb::Update(Update { actions }, returning), from, condition))
    }

    fn delete(&mut self) -> Reading<(Verb, From, Option<Term>)> {
        self.tokens.want_word("FROM")?;
        let from = self.from()?;
        let condition = self.where_clause()?;
        let returning = self.returning()?;
        if from.index.is_some() {
            return Err(StatementFault::ManyNames(from.at));
        }
        Ok((Verb::Delete(returning), from, condition))
    }

    fn returning(&mut self) -> Reading<Option<Returning>> {
        if !self.tokens.take_word("RETURNING") {
            return Ok(None);
        }
        let all = self.tokens.take_word("ALL");
        if !all {
            self.tokens.want_word("MODIFIED")?;
        }
        let old = self.tokens.take_word("OLD");
        if !old {
            self.tokens.want_word("NEW")?;
        }
        self.tokens.want("*")?;
        Ok(Some(match (all, old) {
            (true, true) => Returning::AllOld,
            (true, false) => Returning::AllNew,
            (false, true) => Returning::ModifiedOld,
            (false, false) => Returning::ModifiedNew,
        }))
    }

    /// A table, and perhaps its index.
    fn from(&mut self) -> Reading<From> {
        let at = self.tokens.position();
        let table = self.component()?;
        let index = match self.tokens.take(".") {
            true => Some(self.component()?),
            false => None,
        };
        if self.tokens.take(".") {
            return Err(StatementFault::ManyComponents);
        }
        Ok(From { table, index, at })
    }

    fn component(&mut self) -> Reading<String> {
        match self.tokens.next() {
            Token::Name(name) | Token::Word(name) if name.is_empty() => Err(StatementFault::EmptyComponent),
            Token::Name(name) => Ok(name),
            Token::Word(name) if !is_keyword(&name) => Ok(name),
            _ => malformed("Expected a table name"),
        }
    }

    /// `a.b[0]."c d"`, or `a['b']`.
    fn path(&mut self) -> Reading<Path> {
        let name = match self.tokens.next() {
            Token::Name(name) | Token::Word(name) if name.is_empty() => {
                return Err(StatementFault::EmptyComponent);
            }
            Token::Name(name) => name,
            Token::Word(name) if !is_keyword(&name) => name,
            _ => return malformed("Expected a path"),
        };
        let mut path = Path { name, steps: Vec::new() };
        loop {
            if self.tokens.take(".") {
                match self.tokens.next() {
                    Token::Name(name) | Token::Word(name) if name.is_empty() => {
                        return Err(StatementFault::EmptyComponent);
                    }
                    Token::Name(name) | Token::Word(name) => path.steps.push(Step::Name(name)),
                    _ => return malformed("Expected a name after '.'"),
                }
            } else if self.tokens.take("[") {
                match self.tokens.next() {
                    Token::Number(text) => match text.parse() {
                        Ok(index) => path.steps.push(Step::Index(index)),
                        Err(_) => return malformed("Expected an index"),
                    },
                    Token::Text(name) => path.steps.push(Step::Name(name)),
                    _ => return malformed("Expected an index"),
                }
                self.tokens.want("]")?;
            } else {
                return Ok(path);
            }
        }
    }

    /// The right side of SET.
    fn set_value(&mut self, target: &Path) -> Reading<ActionKind> {
        let name = match self.tokens.peek() {
            Token::Word(name) if self.tokens.second() == &Token::Sign("(") => name.to_lowercase(),
            _ => String::new(),
        };
        if name == "set_add" || name == "set_delete" {
            self.tokens.next();
            self.tokens.want("(")?;
            let path = self.path()?;
            if path != *target {
                return malformed(format!("{name} must name the attribute that is set"));
            }
            self.tokens.want(",")?;
            let value = self.literal("", 1)?;
            self.tokens.want(")")?;
            let kind = value.kind();
            if !matches!(kind, ValueType::Ss | ValueType::Ns | ValueType::Bs) {
                let name = if name == "set_add" { "set_add" } else { "set_delete" };
                return Err(StatementFault::OperandType(name, kind.tag()));
            }
            let value = self.values.push(value);
            return Ok(if name == "set_add" { ActionKind::Add(value) } else { ActionKind::Delete(value) });
        }
        let mut ops = Vec::new();
        self.sum(&mut ops, 0)?;
        Ok(ActionKind::Set(ops))
    }

    /// An operand, or two with a sign between them.
    fn sum(&mut self, ops: &mut Vec<ValueOp>, depth: usize) -> Reading<()> {
        self.set_operand(ops, depth)?;
        let sign = if self.tokens.take("+") {
            ValueOp::Plus
        } else if self.tokens.take("-") {
            ValueOp::Minus
        } else {
            return Ok(());
        };
        self.set_operand(ops, depth)?;
        ops.push(sign);
        Ok(())
    }

    fn set_operand(&mut self, ops: &mut Vec<ValueOp>, depth: usize) -> Reading<()> {
        if depth > NESTING {
            return malformed("The statement is nested too deep");
        }
        if self.tokens.take("(") {
            self.sum(ops, depth + 1)?;
            return self.tokens.want(")");
        }
        if self.at_literal() {
            let value = self.literal("", 1)?;
            ops.push(ValueOp::Value(self.values.push(value)));
            return Ok(());
        }
        let call = match self.tokens.peek() {
            Token::Word(name) if self.tokens.second() == &Token::Sign("(") => Some(name.clone()),
            _ => None,
        };
        let Some(call) = call else {
            ops.push(ValueOp::Path(self.path()?));
            return Ok(());
        };
        let op = match call.to_lowercase().as_str() {
            "list_append" => ValueOp::ListAppend,
            "if_not_exists" => ValueOp::IfNotExists,
            _ => return Err(self.unknown(&call)),
        };
        self.tokens.next();
        self.tokens.want("(")?;
        self.sum(ops, depth + 1)?;
        self.tokens.want(",")?;
        self.sum(ops, depth + 1)?;
        self.tokens.want(")")?;
        ops.push(op);
        Ok(())
    }

    /// The next token is a function that there is not.
    fn unknown(&self, name: &str) -> StatementFault {
        StatementFault::UnknownFunction(name.to_lowercase().into(), self.tokens.position())
    }

    fn where_clause(&mut self) -> Reading<Option<Term>> {
        match self.tokens.take_word("WHERE") {
            true => self.any().map(Some),
            false => Ok(None),
        }
    }

    /// Terms between ORs.
    fn any(&mut self) -> Reading<Term> {
        let mut terms = Vec::from([self.every()?]);
        while self.tokens.take_word("OR") {
            terms.push(self.every()?);
        }
        Ok(one_or(terms, Term::Or))
    }

    /// Terms between ANDs.
    fn every(&mut self) -> Reading<Term> {
        let mut terms = Vec::from([self.not()?]);
        while self.tokens.take_word("AND") {
            terms.push(self.not()?);
        }
        Ok(one_or(terms, Term::And))
    }

    fn not(&mut self) -> Reading<Term> {
        let mut negated = false;
        while self.tokens.take_word("NOT") {
            negated = !negated;
        }
        let term = self.parenthesised()?;
        Ok(if negated { Term::Not(Vec::from([term])) } else { term })
    }

    fn parenthesised(&mut self) -> Reading<Term> {
        if !self.tokens.take("(") {
            return self.test();
        }
        self.depth += 1;
        if self.depth > NESTING {
            return malformed("The statement is nested too deep");
        }
        let term = self.any()?;
        self.tokens.want(")")?;
        self.depth -= 1;
        Ok(term)
    }

    fn test(&mut self) -> Reading<Term> {
        if let Some(test) = self.predicate()? {
            return Ok(test);
        }
        let left = self.operand()?;
        let comparator = match self.tokens.peek() {
            Token::Sign("!=") => Some(Comparator::Ne),
            Token::Sign(sign) => Comparator::from_sign(sign),
            _ => None,
        };
        if let Some(comparator) = comparator {
            self.tokens.next();
            let right = self.operand()?;
            return compare(comparator, left, right);
        }
        if self.tokens.take_word("IS") {
            return self.is(left);
        }
        let negated = self.tokens.take_word("NOT");
        let term = if self.tokens.take_word("BETWEEN") {
            let low = self.operand()?;
            self.tokens.want_word("AND")?;
            between(left, low, self.operand()?)?
        } else if self.tokens.take_word("IN") {
            self.listed(left)?
        } else {
            return malformed("Expected an operator");
        };
        Ok(if negated { Term::Not(Vec::from([term])) } else { term })
    }

    /// A function that is a condition by itself.
    fn predicate(&mut self) -> Reading<Option<Term>> {
        let name = match self.tokens.peek() {
            Token::Word(name) if self.tokens.second() == &Token::Sign("(") => name.clone(),
            _ => return Ok(None),
        };
        let function = match name.to_lowercase().as_str() {
            "attribute_exists" => Function::AttributeExists,
            "attribute_not_exists" => Function::AttributeNotExists,
            "attribute_type" => Function::AttributeType,
            "begins_with" => Function::BeginsWith,
            "contains" => Function::Contains,
            "size" => return Ok(None),
            _ => return Err(self.unknown(&name)),
        };
        self.tokens.next();
        self.tokens.want("(")?;
        let first = self.operand()?;
        let mut steps = first.steps;
        let mut key = None;
        if !matches!(function, Function::AttributeExists | Function::AttributeNotExists) {
            self.tokens.want(",")?;
            let second = self.operand()?;
            match (&second.value, function) {
                (Some(Value::S(tag)), Function::AttributeType) if ValueType::from_tag(tag).is_none() => {
                    let fault = crate::expr::ExpressionFault::UnknownType(tag.clone());
                    return Err(StatementFault::Expression(fault));
                }
                (Some(value), Function::AttributeType) if value.kind() != ValueType::S => {
                    return Err(StatementFault::OperandType("attribute_type", value.kind().tag()));
                }
                (Some(value), Function::BeginsWith)
                    if !matches!(value.kind(), ValueType::S | ValueType::B) =>
                {
                    return Err(StatementFault::OperandType("begins_with", value.kind().tag()));
                }
                _ => {}
            }
            if let (Function::BeginsWith, Some(name), Some(start)) =
                (function, first.attribute, second.value.clone())
            {
                key = Some(KeyClause { name, test: KeyTest::BeginsWith(start) });
            }
            steps.extend(second.steps);
        }
        self.tokens.want(")")?;
        steps.push(Op::Function(function));
        Ok(Some(Term::Test { steps, key, among: None }))
    }

    /// A path, a value or a size.
    fn operand(&mut self) -> Reading<Operand> {
        if self.at_literal() {
            let value = self.literal("", 1)?;
            let place = self.values.push(value.clone());
            return Ok(Operand { steps: Vec::from([Op::Value(place)]), attribute: None, value: Some(value) });
        }
        if let Token::Word(name) = self.tokens.peek().clone()
            && self.tokens.second() == &Token::Sign("(")
        {
            if !name.eq_ignore_ascii_case("size") {
                return Err(self.unknown(&name));
            }
            self.tokens.next();
            self.tokens.want("(")?;
            let path = self.path()?;
            self.tokens.want(")")?;
            let steps = Vec::from([Op::Path(path), Op::Function(Function::Size)]);
            return Ok(Operand { steps, attribute: None, value: None });
        }
        let path = self.path()?;
        let attribute = path.steps.is_empty().then(|| path.name.clone());
        Ok(Operand { steps: Vec::from([Op::Path(path)]), attribute, value: None })
    }

    /// What comes after IS. `[DDB-12.2]`
    fn is(&mut self, operand: Operand) -> Reading<Term> {
        let negated = self.tokens.take_word("NOT");
        let Token::Word(word) = self.tokens.next() else { return malformed("Expected a type after IS") };
        let mut steps = operand.steps;
        let word = word.to_uppercase();
        if word == "MISSING" {
            steps.push(Op::Function(Function::AttributeNotExists));
        } else {
            let Some(tag) = type_tag(&word) else {
                return malformed(format!("Unknown type after IS: {word}"));
            };
            steps.push(Op::Value(self.values.push(Value::S(tag.into()))));
            steps.push(Op::Function(Function::AttributeType));
        }
        let test = Term::Test { steps, key: None, among: None };
        Ok(if negated { Term::Not(Vec::from([test])) } else { test })
    }

    /// What comes after IN. `[DDB-6.3.3]`
    fn listed(&mut self, left: Operand) -> Reading<Term> {
        let end = if self.tokens.take("(") {
            ")"
        } else if self.tokens.take("[") {
            "]"
        } else {
            return malformed("Expected '(' or '['");
        };
        let mut steps = left.steps;
        let (mut count, mut values) = (0, Some(Vec::new()));
        while !self.tokens.take(end) {
            if count > 0 {
                self.tokens.want(",")?;
            }
            let operand = self.operand()?;
            steps.extend(operand.steps);
            match (operand.value, &mut values) {
                (Some(value), Some(values)) => values.push(value),
                _ => values = None,
            }
            count += 1;
        }
        if count > LISTED {
            let fault = crate::expr::ExpressionFault::TooManyIn(count + 1);
            return Err(StatementFault::Expression(fault));
        }
        steps.push(Op::In(count));
        let among = left.attribute.zip(values);
        Ok(Term::Test { steps, key: None, among })
    }
}

fn one_or(mut terms: Vec<Term>, many: fn(Vec<Term>) -> Term) -> Term {
    match terms.len() {
        1 => terms.remove(0),
        _ => many(terms),
    }
}

/// Of a comparison, what no order is defined for. `[DDB-12.6]`
fn check_ordered(sign: &'static str, operands: &[&Operand]) -> Reading<()> {
    let kinds = operands.iter().filter_map(|operand| operand.value.as_ref()).map(Value::kind);
    match { kinds }.find(|kind| !matches!(kind, ValueType::S | ValueType::N | ValueType::B)) {
        Some(kind) => Err(StatementFault::OperandType(sign, kind.tag())),
        None => Ok(()),
    }
}

fn compare(comparator: Comparator, left: Operand, right: Operand) -> Reading<Term> {
    if !matches!(comparator, Comparator::Eq | Comparator::Ne) {
        check_ordered(comparator.sign(), &[&left, &right])?;
    }
    let key = match (&left, &right) {
        (Operand { attribute: Some(name), .. }, Operand { value: Some(value), .. }) => {
            Some((name, comparator, value))
        }
        (Operand { value: Some(value), .. }, Operand { attribute: Some(name), .. }) => {
            Some((name, comparator.turned(), value))
        }
        _ => None,
    };
    let key = key.filter(|_| comparator != Comparator::Ne).map(|(name, comparator, value)| KeyClause {
        name: name.clone(),
        test: KeyTest::Compare(comparator, value.clone()),
    });
    let mut steps: Vec<Op> = left.steps.iter().chain(&right.steps).cloned().collect();
    steps.push(Op::Compare(comparator));
    // [DDB-12.9] What is missing is not unequal either.
    if comparator == Comparator::Ne {
        for operand in [left, right].into_iter().filter(|operand| operand.value.is_none()) {
            steps.extend(operand.steps.iter().cloned());
            match operand.steps.last() {
                Some(Op::Function(Function::Size)) => {
                    // A size equals itself, unless there is none.
                    steps.extend(operand.steps);
                    steps.push(Op::Compare(Comparator::Eq));
                }
                _ => steps.push(Op::Function(Function::AttributeExists)),
            }
            steps.push(Op::And);
        }
    }
    Ok(Term::Test { steps, key, among: None })
}

fn between(operand: Operand, low: Operand, high: Operand) -> Reading<Term> {
    check_ordered("BETWEEN", &[&operand, &low, &high])?;
    if let (Some(low), Some(high)) = (&low.value, &high.value) {
        let bounds = || Box::new((low.clone(), high.clone()));
        let fault = match low.order(high) {
            None => Some(crate::expr::ExpressionFault::BoundTypes(bounds())),
            Some(core::cmp::Ordering::Greater) => Some(crate::expr::ExpressionFault::BoundOrder(bounds())),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            return Err(StatementFault::Expression(fault));
        }
    }
    let key = match (operand.attribute, &low.value, &high.value) {
        (Some(name), Some(low), Some(high)) => {
            Some(KeyClause { name, test: KeyTest::Between(low.clone(), high.clone()) })
        }
        _ => None,
    };
    let mut steps = operand.steps;
    steps.extend(low.steps);
    steps.extend(high.steps);
    steps.push(Op::Between);
    Ok(Term::Test { steps, key, among: None })
}

/// The tag of a type by its names in PartiQL and in DynamoDB.
fn type_tag(word: &str) -> Option<&'static str> {
    Some(match word {
        "NULL" => "NULL",
        "BOOL" | "BOOLEAN" => "BOOL",
        "STRING" | "S" => "S",
        "NUMBER" | "DECIMAL" | "N" => "N",
        "BINARY" | "BLOB" | "B" => "B",
        "LIST" | "L" => "L",
        "MAP" | "STRUCT" | "TUPLE" | "M" => "M",
        "SS" => "SS",
        "NS" => "NS",
        "BS" => "BS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Statement;
    use crate::AttributeValue;
    use alloc::string::ToString;
    use std::string::String;

    fn says(source: &str) -> String {
        match Statement::read(source, None) {
            Ok(_) => "fine".into(),
            Err(error) => error.to_string(),
        }
    }

    /// `[DDB-12.6]` `[DDB-12.2]` Positions and texts as captured.
    #[test]
    fn recorded_refusals() {
        for (source, text) in [
            ("SELECT COUNT(*) FROM \"T\"", "Unexpected path component at 1:8:5"),
            ("SELECT  count(pk) FROM \"T\"", "Unexpected path component at 1:9:5"),
            ("SELECT\n COUNT(*) FROM \"T\"", "Unexpected path component at 2:2:5"),
            ("SELECT * FROM \"T\" t WHERE pk='x'", "Aliasing is not supported"),
            ("SELECT * FROM \"\"", "Path component cannot be an empty string"),
            ("SELECT * FROM \"a\".\"b\".\"c\"", "A path may contain at most 2 components in the FROM clause"),
            (
                "INSERT   INTO   \"abcdefgh\".\"idx\" VALUE {'pk':'a'}",
                "FROM clause may only contain a single table name in data manipulation statements at 1:17:10",
            ),
            (
                "SELECT * FROM \"C\" WHERE pk = 1 foo",
                "Statement wasn't well formed, can't be processed: Unexpected token after expression",
            ),
            (
                "MERGE INTO \"T\"",
                "Statement wasn't well formed, can't be processed: Expected data manipulation",
            ),
            ("SELECT * FROM \"T\" # c", "Statement wasn't well formed, can't be processed: "),
            ("SELECT * FROM \"T\" WHERE a = 'x", "Statement wasn't well formed, can't be processed: "),
            ("SELECT * FROM \"T\" WHERE a = <<>>", "Empty bags are not supported"),
            (
                "SELECT * FROM \"T\" WHERE a < true",
                "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
            ),
            (
                "INSERT INTO \"T\" VALUE {'pk': 1, 'l': [1, 1e126]}",
                "Number overflow. Attempting to store a number with magnitude larger than supported range under root[1]",
            ),
            (
                "INSERT INTO \"T\" VALUE {'pk': 1e126}",
                "Number overflow. Attempting to store a number with magnitude larger than supported range under root",
            ),
            (
                "SELECT a.b, \"c d\"[1] FROM T -- comment\n WHERE /* x */ NOT a IN (1, 'x') AND b IS NOT MISSING",
                "fine",
            ),
        ] {
            assert_eq!(says(source), text, "{source}");
        }
    }

    #[test]
    fn parameters_are_counted() {
        let one = [AttributeValue::n(1)];
        let text = |source: &str| {
            Statement::read(source, Some(&one)).map_err(|error| error.to_string()).map(|_| ()).err()
        };
        assert_eq!(text("SELECT * FROM T WHERE a = ?"), None);
        let mismatch = "Number of parameters in request and statement don't match.".to_string();
        assert_eq!(text("SELECT * FROM T WHERE a = ? AND b = ?"), Some(mismatch.clone()));
        assert_eq!(text("SELECT * FROM T"), Some(mismatch));
    }

    /// `[DDB-19.15]` However deep, an answer comes.
    #[test]
    fn nesting_is_bounded() {
        for (open, close) in [("(", ")"), ("NOT ", ""), ("NOT (", ")")] {
            let source =
                alloc::format!("SELECT * FROM T WHERE {}a = 1{}", open.repeat(1_500), close.repeat(1_500));
            says(&source);
        }
        for (open, close) in [("[", "]"), ("{'a':", "}"), ("<<", ">>")] {
            let source =
                alloc::format!("INSERT INTO T VALUE {{'a': {}1{}}}", open.repeat(1_500), close.repeat(1_500));
            assert_ne!(says(&source), "fine");
        }
        assert_eq!(says(&alloc::format!("SELECT * FROM T WHERE {}a = 1", "NOT ".repeat(1_800))), "fine");
    }
}
