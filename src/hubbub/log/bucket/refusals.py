"""What an operator is told of a store that does not do what it was asked, in a sentence."""

import re
from typing import Final

from hubbub.chat.errors import LogError
from hubbub.log.bucket.address import BucketAddress

_CODE: Final = re.compile(r"<Code>(\w+)</Code>")
_METADATA: Final = "/latest/"
"""In the address at which a machine at AWS is told its role."""

_OTHER_REGION: Final = (
    "The bucket '{bucket}' is not in the region {region}. Give its region as 'files_region' in "
    "[cluster], or as AWS_REGION in the environment."
)
_BY_CODE: Final = {
    "NoSuchBucket": "There is no bucket '{bucket}' at {host}. Make it, or correct 'files' in "
    "[cluster].",
    "AccessDenied": "{host} lets this key not do all of it in {where}. Allow it to read, write, "
    "list and delete there.",
    "InvalidAccessKeyId": "{host} knows no key with the id that was given. See AWS_ACCESS_KEY_ID "
    "in the environment, or 'files_key_id' in [cluster].",
    "SignatureDoesNotMatch": "{host} says that the secret key is not that of the key's id. See "
    "AWS_SECRET_ACCESS_KEY in the environment, or 'files_key' in [cluster].",
    "ExpiredToken": "The key for {host} is not valid any more. Give the server a new one.",
    "RequestTimeTooSkewed": "{host} has another time than this machine. Set the clock.",
    "AuthorizationHeaderMalformed": _OTHER_REGION,
    "PermanentRedirect": _OTHER_REGION,
}


def refusal(address: BucketAddress, error: Exception) -> LogError:
    """Return what to say of an error of the client.

    Never its own text: a store repeats in it what was signed, and by which key.
    """
    said = str(error)
    if found := _CODE.search(said):
        sentence = _BY_CODE.get(found[1], "{host} refuses it: {code}.")
    elif "incorrectly configured region" in said:
        sentence = _OTHER_REGION
    elif not address.key_id and _METADATA in said:
        sentence = (
            "There is no key for {host}, and this machine has no role there. Have "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or 'files_key_id' and "
            "'files_key' in [cluster]."
        )
    else:
        sentence = "{host} cannot be reached now, so no file can be stored or brought."
        if not address.endpoint:
            sentence += " See whether AWS has that region."
    return LogError(
        sentence.format(
            bucket=address.bucket,
            region=address.region,
            host=address.host,
            where=address.where,
            code=found and found[1],
        )
    )
