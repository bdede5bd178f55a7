//! Whether there are units for a call.

use super::Table;
use crate::capacity::{Demand, Draw, Meter};
use crate::value::Value;
use crate::{Arm, Error, Event, Throttle, ThrottledBy, ThrottlingReason};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use aws_core::{Sink, Timestamp, Unit, Usage};

impl Table {
    /// The buckets of the table or of an index; a local index uses the
    /// table's. `[CAP-22]` `[CAP-36]`
    fn meter(&self, index: Option<usize>) -> &Meter {
        let own = index.and_then(|index| self.indexes.get(index)).and_then(|index| index.meter.as_ref());
        own.unwrap_or(&self.meter)
    }

    /// Takes units from every partition named, or from none, and says so. A
    /// starved index throttles the writes of its table. `[CAP-9.2]`
    /// `[CAP-30]` `[CAP-4.27]`
    pub(crate) fn admit<S: Sink<Event>>(
        &mut self,
        demand: Demand,
        draws: &[(Option<usize>, Draw)],
        key: impl FnOnce(&str) -> Option<Value>,
        now: Timestamp,
        sink: &mut S,
    ) -> Result<(), Error> {
        if let Err(throttle) = self.check_units(demand, draws, key, now) {
            sink.event(now, || Event::Throttled((*throttle).clone()));
            return Err(Self::throttled(throttle));
        }
        self.take_units(demand, draws, now, sink);
        Ok(())
    }

    /// Takes units that were asked for before, even if others have taken the
    /// last ones since: a transaction is let in whole. `[CAP-9.2]`
    pub(crate) fn take_units<S: Sink<Event>>(
        &mut self,
        demand: Demand,
        draws: &[(Option<usize>, Draw)],
        now: Timestamp,
        sink: &mut S,
    ) {
        for (place, draw) in draws {
            let table = self.definition.name.clone();
            let index = place.and_then(|place| self.indexes.get_mut(place));
            let arm = index.as_ref().map_or(Arm::Table, |index| Arm::of(&index.definition));
            let meter = index.and_then(|index| index.meter.as_mut()).unwrap_or(&mut self.meter);
            meter.take(demand, *draw, now);
            let unit = match demand {
                Demand::Read => Unit::ReadUnits,
                Demand::Write => Unit::WriteUnits,
            };
            sink.usage(Usage { unit, quantity: draw.units });
            let Draw { partition, units } = *draw;
            sink.event(now, || Event::Consumed { table, arm, partition, demand, units });
        }
    }

    /// Whether every partition named has units left.
    pub(crate) fn check_units(
        &self,
        demand: Demand,
        draws: &[(Option<usize>, Draw)],
        key: impl FnOnce(&str) -> Option<Value>,
        now: Timestamp,
    ) -> Result<(), Box<Throttle>> {
        for (index, draw) in draws {
            let Err(full) = self.meter(*index).admits(demand, draw.partition, now) else { continue };
            let own = index.and_then(|index| self.indexes.get(index)).filter(|index| index.meter.is_some());
            let name = own.map(|index| index.definition.name.clone());
            let definition = &self.definition;
            let (kind, resource) = match &name {
                None => ("Table", definition.arn.as_ref().into()),
                Some(name) => ("Index", format!("{}/index/{name}", definition.arn)),
            };
            let limit = match full.by {
                ThrottledBy::Provisioned => "ProvisionedThroughputExceeded",
                ThrottledBy::Partition => "KeyRangeThroughputExceeded",
                ThrottledBy::Ceiling => "MaxOnDemandThroughputExceeded",
            };
            let throttle = Throttle {
                reasons: Vec::from([ThrottlingReason {
                    reason: format!("{kind}{demand:?}{limit}"),
                    resource,
                }]),
                table: definition.name.clone(),
                index: name,
                on_demand: definition.provisioned.is_none(),
                demand,
                by: full.by,
                partition: draw.partition,
                key: key(&definition.schema.hash.name),
                asked: draw.units,
                left: full.left,
                opens: full.opens,
            };
            return Err(Box::new(throttle));
        }
        Ok(())
    }
}
