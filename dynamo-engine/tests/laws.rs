//! Every law of `aws_core::laws` on the DynamoDB engine.

mod workload;

#[test]
fn the_engine_keeps_every_law() {
    aws_core::laws::check(&workload::Tables, 300).unwrap();
}
