"""Drives the endpoint with boto3 through real work; ends with an error if
anything is not as AWS does it. Usage: work.py URL"""

import sys
import time

import boto3
from botocore.exceptions import ClientError

URL = sys.argv[1]


def client(service, key="AKIDEXAMPLEOWNER", secret="secret", region="us-east-1", token=None):
    return boto3.client(
        service, endpoint_url=URL, region_name=region, aws_access_key_id=key,
        aws_secret_access_key=secret, aws_session_token=token,
    )


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"].get("Message", "")
    raise AssertionError(f"{code} did not come")


def tables():
    dynamo, streams = client("dynamodb"), client("dynamodbstreams")
    key = [{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "order", "KeyType": "RANGE"}]
    types = [{"AttributeName": "customer", "AttributeType": "S"}, {"AttributeName": "order", "AttributeType": "N"}]
    made = dynamo.create_table(
        TableName="orders", KeySchema=key, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    dynamo.get_waiter("table_exists").wait(TableName="orders")
    items = [
        {"customer": {"S": f"c{n % 7}"}, "order": {"N": str(n)}, "note": {"S": "x" * 200}} for n in range(250)
    ]
    for start in range(0, len(items), 25):
        batch = [{"PutRequest": {"Item": item}} for item in items[start:start + 25]]
        assert not dynamo.batch_write_item(RequestItems={"orders": batch})["UnprocessedItems"]
    for item in items:
        key_of = {"customer": item["customer"], "order": item["order"]}
        assert dynamo.get_item(TableName="orders", Key=key_of)["Item"] == item
    for n in range(200):
        done = dynamo.update_item(
            TableName="orders", Key={"customer": {"S": "c1"}, "order": {"N": "1"}}, ReturnValues="UPDATED_NEW",
            UpdateExpression="ADD seen :one", ExpressionAttributeValues={":one": {"N": "1"}})
        assert done["Attributes"]["seen"] == {"N": str(n + 1)}
    pages = dynamo.get_paginator("scan").paginate(TableName="orders", PaginationConfig={"PageSize": 40})
    assert sum(page["Count"] for page in pages) == 250
    pages = dynamo.get_paginator("query").paginate(
        TableName="orders", KeyConditionExpression="customer = :c AND #o > :o", ScanIndexForward=False, Limit=10,
        ExpressionAttributeNames={"#o": "order"}, ExpressionAttributeValues={":c": {"S": "c3"}, ":o": {"N": "100"}},
    )
    orders = [int(item["order"]["N"]) for page in pages for item in page["Items"]]
    assert orders == sorted((n for n in range(101, 250) if n % 7 == 3), reverse=True), orders

    transaction = [
        {"Put": {"TableName": "orders", "Item": {"customer": {"S": "new"}, "order": {"N": "1"}}}},
        {"ConditionCheck": {"TableName": "orders", "Key": {"customer": {"S": "c0"}, "order": {"N": "0"}},
                            "ConditionExpression": "attribute_not_exists(customer)"}},
    ]
    text = refused("TransactionCanceledException", dynamo.transact_write_items, TransactItems=transaction)
    assert text.endswith("[None, ConditionalCheckFailed]"), text
    update = [{"Update": {
        "TableName": "orders", "Key": {"customer": {"S": "c0"}, "order": {"N": "0"}},
        "UpdateExpression": "ADD hits :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
    }}]
    for _ in range(2):
        dynamo.transact_write_items(TransactItems=update, ClientRequestToken="once")
    got = dynamo.get_item(TableName="orders", Key={"customer": {"S": "c0"}, "order": {"N": "0"}}, ConsistentRead=True)
    assert got["Item"]["hits"] == {"N": "1"}, got

    arn, seen = made["LatestStreamArn"], 0
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        seen += len(streams.get_records(ShardIterator=place["ShardIterator"])["Records"])
    assert seen == 451, seen
    dynamo.update_table(
        TableName="orders", AttributeDefinitions=[{"AttributeName": "note", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "by-note", "KeySchema": [{"AttributeName": "note", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}}],
    )
    found = dynamo.query(
        TableName="orders", IndexName="by-note", KeyConditionExpression="note = :n", Select="COUNT",
        ExpressionAttributeValues={":n": {"S": "x" * 200}},
    )
    assert found["Count"] == 250, found
    dynamo.delete_table(TableName="orders")
    dynamo.get_waiter("table_not_exists").wait(TableName="orders")
    refused("ResourceNotFoundException", dynamo.describe_table, TableName="orders")


def queues():
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = '{"maxReceiveCount": "2", "deadLetterTargetArn": "%s"}' % arn
    url = sqs.create_queue(QueueName="work.fifo", Attributes={
        "FifoQueue": "true", "ContentBasedDeduplication": "true", "RedrivePolicy": policy})["QueueUrl"]
    for n in range(20):
        sqs.send_message(QueueUrl=url, MessageBody=f"job {n}", MessageGroupId=f"g{n % 4}")
    sqs.send_message(QueueUrl=url, MessageBody="job 0", MessageGroupId="g0")
    order = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        order += [message["Body"] for message in messages if message["Body"] != "job 7"]
        for message in messages:
            if message["Body"] == "job 7":
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
            else:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert len(order) == 19 and len(set(order)) == 19, order
    for group in range(4):
        own = [int(body.split()[1]) for body in order if int(body.split()[1]) % 4 == group]
        assert own == sorted(own), own
    letters = sqs.receive_message(QueueUrl=dead, MessageSystemAttributeNames=["All"])["Messages"]
    assert [letter["Body"] for letter in letters] == ["job 7"], letters
    assert letters[0]["Attributes"]["ApproximateReceiveCount"] == "3"
    assert letters[0]["Attributes"]["DeadLetterQueueSourceArn"].endswith(":work.fifo")
    sqs.change_message_visibility(QueueUrl=dead, ReceiptHandle=letters[0]["ReceiptHandle"], VisibilityTimeout=0)
    sqs.start_message_move_task(SourceArn=arn)
    back = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert [letter["Body"] for letter in back] == ["job 7"], back

    plain = sqs.create_queue(QueueName="plain", Attributes={"DelaySeconds": "1"})["QueueUrl"]
    sqs.send_message_batch(QueueUrl=plain, Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(3)])
    began = time.time()
    got = sqs.receive_message(QueueUrl=plain, WaitTimeSeconds=10, MaxNumberOfMessages=10)["Messages"]
    assert got and 0.5 < time.time() - began < 4, (got, time.time() - began)
    refused("AWS.SimpleQueueService.NonExistentQueue", sqs.get_queue_url, QueueName="none")


def keys():
    kms = client("kms")
    key = kms.create_key(Description="orders")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/orders", TargetKeyId=key)
    context = {"order": "10248"}
    sealed = kms.encrypt(KeyId="alias/orders", Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == b"secret"
    refused("InvalidCiphertextException", kms.decrypt, CiphertextBlob=sealed)
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]
    kms.rotate_key_on_demand(KeyId=key)
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == b"secret"
    kms.disable_key(KeyId=key)
    refused("DisabledException", kms.encrypt, KeyId=key, Plaintext=b"x")


def identities():
    sts = client("sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    role = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/worker", RoleSessionName="session")
    issued = role["Credentials"]
    own = client("sts", issued["AccessKeyId"], issued["SecretAccessKey"], token=issued["SessionToken"])
    assert own.get_caller_identity()["Arn"] == "arn:aws:sts::123456789012:assumed-role/worker/session"
    forged = client("sqs", issued["AccessKeyId"], "forged", token=issued["SessionToken"])
    refused("InvalidSignatureException", forged.list_queues)
    # Another Region is another world.
    client("sqs").create_queue(QueueName="here")
    assert "QueueUrls" not in client("sqs", region="eu-west-1").list_queues(QueueNamePrefix="here")


for job in (tables, queues, keys, identities):
    job()
    print(job.__name__, "as on AWS")
