"""Decrypts the pipeline's orders with AWS's own Python SDK.

    python decrypt.py FILE

FILE is what `order_pipeline --envelopes FILE` writes. Needs the package
`aws-encryption-sdk` (4.0.7). Ends with 1 if an order does not come out as it
went in.
"""

import base64
import json
import sys

from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider


def escrow(key):
    """A provider of the one AES key, under its namespace and name."""
    secret = base64.b64decode(key["key"])

    class Escrow(RawMasterKeyProvider):
        provider_id = key["namespace"]

        def _get_raw_key(self, key_id):
            return WrappingKey(
                wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
                wrapping_key=secret,
                wrapping_key_type=EncryptionKeyType.SYMMETRIC,
            )

    provider = Escrow()
    provider.add_master_key(key["name"])
    return provider


def main(path):
    with open(path, encoding="utf-8") as lines:
        provider = escrow(json.loads(next(lines)))
        orders = [json.loads(line) for line in lines]
    client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    for order in orders:
        plain, header = client.decrypt(source=base64.b64decode(order["message"]), key_provider=provider)
        if plain != base64.b64decode(order["plaintext"]) or header.encryption_context != order["context"]:
            print(f"{order['context']} did not come out as it went in", file=sys.stderr)
            return 1
    if not orders:
        print("no orders", file=sys.stderr)
        return 1
    print(f"{len(orders)} orders decrypted by aws-encryption-sdk, suite {header.algorithm.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
