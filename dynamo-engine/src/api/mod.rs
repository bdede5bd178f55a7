//! Wire types: AWS's member names, nothing checked.

mod backup;
mod batch;
mod control;
mod item;
mod legacy;
mod policy;
mod query;
mod statement;
mod stream;
mod table;
mod transact;
mod update_table;
mod vector;

pub use backup::*;
pub use batch::*;
pub use control::*;
pub use item::*;
pub use legacy::*;
pub use policy::*;
pub use query::*;
pub use statement::*;
pub use stream::*;
pub use table::*;
pub use transact::*;
pub use update_table::*;
pub use vector::*;
