//! Real work through the AWS SDK for Rust. Usage: `endpoint-client URL`
//!
//! The SDK checks more than others do: DynamoDB's crc32, SQS's digests, the
//! names of errors in both protocols' places.

use aws_sdk_dynamodb as dynamodb;
use aws_sdk_kms as kms;
use aws_sdk_sqs as sqs;
use dynamodb::client::Waiters as _;
use dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put, ScalarAttributeType,
    TransactWriteItem,
};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

type Fallible<T = ()> = Result<T, Box<dyn Error>>;

/// Says what is wrong instead of going on.
fn check(holds: bool, what: &str) -> Fallible {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn n(number: i32) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

async fn tables(client: &dynamodb::Client) -> Fallible {
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build()?;
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S);
    client
        .create_table()
        .table_name("rust")
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key)
        .attribute_definitions(id.build()?)
        .send()
        .await?;
    client.wait_until_table_exists().table_name("rust").wait(Duration::from_secs(30)).await?;

    // More than a page of 1 MB, so that the paginator has to turn it.
    let long = "x".repeat(300_000);
    for number in 0..8 {
        let put = client.put_item().table_name("rust").item("id", s(&number.to_string()));
        put.item("long", s(&long)).item("number", n(number)).send().await?;
    }
    let mut pages = client.scan().table_name("rust").into_paginator().send();
    let (mut turned, mut items) = (0, 0);
    while let Some(page) = pages.next().await {
        turned += 1;
        items += page?.count;
    }
    check(turned > 1 && items == 8, "a scan of 2.4 MB has several pages")?;

    let again = client.put_item().table_name("rust").item("id", s("1"));
    let refused = again.condition_expression("attribute_not_exists(id)").send().await;
    let refused = refused.err().ok_or("a condition that fails is refused")?.into_service_error();
    check(refused.is_conditional_check_failed_exception(), "the SDK knows the refusal by its type")?;

    let put = |id: &str, condition: Option<&str>| -> Fallible<TransactWriteItem> {
        let item = HashMap::from([("id".to_string(), s(id))]);
        let put = Put::builder().table_name("rust").set_item(Some(item));
        let put = put.set_condition_expression(condition.map(String::from)).build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    };
    let both = client
        .transact_write_items()
        .transact_items(put("new", None)?)
        .transact_items(put("1", Some("attribute_not_exists(id)"))?);
    let canceled = both.send().await.err().ok_or("a transaction fails as a whole")?.into_service_error();
    let dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(why) =
        canceled
    else {
        return Err(format!("{canceled}").into());
    };
    let codes: Vec<_> = why.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    check(codes == ["None", "ConditionalCheckFailed"], "each item has its reason")?;
    let left = client.get_item().table_name("rust").key("id", s("new")).send().await?;
    check(left.item.is_none(), "nothing of it is there")?;

    client.delete_table().table_name("rust").send().await?;
    client.wait_until_table_not_exists().table_name("rust").wait(Duration::from_secs(30)).await?;
    let gone = client.describe_table().table_name("rust").send().await;
    let gone = gone.err().ok_or("the table is gone")?.into_service_error();
    check(gone.is_resource_not_found_exception(), "and the SDK knows it")
}

async fn queues(client: &sqs::Client) -> Fallible {
    let queue = client.create_queue().queue_name("rust.fifo");
    let queue = queue.attributes(sqs::types::QueueAttributeName::FifoQueue, "true");
    let queue = queue.attributes(sqs::types::QueueAttributeName::ContentBasedDeduplication, "true");
    let url = queue.send().await?.queue_url.ok_or("a queue has a URL")?;
    let kind =
        sqs::types::MessageAttributeValue::builder().data_type("String").string_value("kind").build()?;
    for body in ["one", "two", "two"] {
        let send = client.send_message().queue_url(&url).message_group_id("g").message_body(body);
        send.message_attributes("kind", kind.clone()).send().await?;
    }
    let receive = || client.receive_message().queue_url(&url).max_number_of_messages(10);
    let got = receive().message_attribute_names("All").send().await?;
    let bodies: Vec<_> = got.messages().iter().filter_map(|message| message.body()).collect();
    check(bodies == ["one", "two"], "the order is kept, the duplicate is not")?;
    check(receive().send().await?.messages().is_empty(), "a group in flight is locked")?;
    for message in got.messages() {
        let handle = message.receipt_handle().ok_or("a message has a handle")?;
        client.delete_message().queue_url(&url).receipt_handle(handle).send().await?;
    }
    client.delete_queue().queue_url(&url).send().await?;
    let gone = client.send_message().queue_url(&url).message_body("late").message_group_id("g").send().await;
    let gone = gone.err().ok_or("the queue is gone")?.into_service_error();
    check(gone.is_queue_does_not_exist(), "and the SDK knows it by its JSON name")
}

async fn keys(client: &kms::Client) -> Fallible {
    let key = client.create_key().description("rust").send().await?;
    let id = key.key_metadata.ok_or("a key has metadata")?.key_id;
    let sealed = client.encrypt().key_id(&id).plaintext(kms::primitives::Blob::new("secret"));
    let sealed = sealed.encryption_context("order", "1").send().await?;
    let blob = sealed.ciphertext_blob.ok_or("there is a ciphertext")?;
    let open =
        |order: &str| client.decrypt().ciphertext_blob(blob.clone()).encryption_context("order", order);
    let plain = open("1").send().await?.plaintext.ok_or("there is a plaintext")?;
    check(plain.as_ref() == b"secret", "what was sealed opens")?;
    let refused = open("2").send().await.err().ok_or("another context is refused")?.into_service_error();
    check(refused.is_invalid_ciphertext_exception(), "and the SDK knows the refusal by its type")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible {
    let url = std::env::args().nth(1).ok_or("usage: endpoint-client URL")?;
    // Each service has a configuration of its own type.
    macro_rules! client {
        ($service:ident) => {{
            let key = $service::config::Credentials::new("AKIDEXAMPLE", "secret", None, None, "example");
            let config = $service::Config::builder()
                .endpoint_url(&url)
                .region($service::config::Region::new("us-east-1"))
                .credentials_provider(key)
                .http_client(aws_smithy_http_client::Builder::new().build_http());
            $service::Client::from_conf(config.build())
        }};
    }
    tables(&client!(dynamodb)).await?;
    queues(&client!(sqs)).await?;
    keys(&client!(kms)).await?;
    println!("the AWS SDK for Rust, as on AWS");
    Ok(())
}
