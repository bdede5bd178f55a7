"""Checks what an endpoint that enforces IAM over clients/account refuses, and
why. Usage: denied.py URL"""

import sys

import boto3
from botocore.exceptions import ClientError

URL = sys.argv[1]
ALICE = "arn:aws:iam::111122223333:user/alice"


def client(service, key="AKIAEXAMPLEALICE0000", secret="an example, not a secret", token=None):
    return boto3.client(
        service, endpoint_url=URL, region_name="us-east-1", aws_access_key_id=key,
        aws_secret_access_key=secret, aws_session_token=token,
    )


def refused(code, text, why, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["Error"]["Message"] == text, error
        headers = error.response["ResponseMetadata"]["HTTPHeaders"]
        assert why in headers.get("x-endpoint-explanation", ""), headers
        return
    raise AssertionError(f"{code} did not come")


sqs, dynamo, kms, sts = client("sqs"), client("dynamodb"), client("kms"), client("sts")
assert sts.get_caller_identity()["Arn"] == ALICE
url = sqs.create_queue(QueueName="shop-orders")["QueueUrl"]
sqs.send_message(QueueUrl=url, MessageBody="an order")
refused(
    "AccessDenied",
    f"User: {ALICE} is not authorized to perform: sqs:createqueue on resource: "
    "arn:aws:sqs:us-east-1:111122223333:other because no identity-based policy allows the sqs:createqueue action",
    "shop", sqs.create_queue, QueueName="other",
)
dynamo.create_table(
    TableName="orders", BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": "user", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "user", "AttributeType": "S"}],
)
for user in ("alice", "bob"):
    dynamo.put_item(TableName="orders", Item={"user": {"S": user}})
assert dynamo.get_item(TableName="orders", Key={"user": {"S": "alice"}})["Item"]
refused(
    "AccessDeniedException",
    f"User: {ALICE} is not authorized to perform: dynamodb:GetItem on resource: "
    "arn:aws:dynamodb:us-east-1:111122223333:table/orders because no identity-based policy allows the "
    "dynamodb:GetItem action",
    "LeadingKeys", dynamo.get_item, TableName="orders", Key={"user": {"S": "bob"}},
)
key = kms.create_key()["KeyMetadata"]
refused(
    "AccessDeniedException",
    f"User: {ALICE} is not authorized to perform: kms:ScheduleKeyDeletion on resource: {key['Arn']} "
    "with an explicit deny in a service control policy",
    "KeepKeys", kms.schedule_key_deletion, KeyId=key["KeyId"],
)
issued = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/reader", RoleSessionName="s1")["Credentials"]
reader = client("sqs", issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
assert reader.receive_message(QueueUrl=url)["Messages"]
refused(
    "AccessDenied",
    "User: arn:aws:sts::111122223333:assumed-role/reader/s1 is not authorized to perform: sqs:sendmessage on "
    "resource: arn:aws:sqs:us-east-1:111122223333:shop-orders because no identity-based policy allows the "
    "sqs:sendmessage action",
    "read", reader.send_message, QueueUrl=url, MessageBody="x",
)
try:
    client("sqs", "AKIAUNKNOWN", "x").list_queues()
    raise AssertionError("an unknown key is taken")
except ClientError as error:
    assert error.response["Error"]["Code"] == "UnrecognizedClientException", error
print("denied as on AWS, and explained")
