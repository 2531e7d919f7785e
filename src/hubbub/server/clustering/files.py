"""The bucket in which nodes keep the bytes of files, if they are to."""

from typing import TYPE_CHECKING

from hubbub.chat.errors import ConfigError
from hubbub.server.config import ClusterSection, bucket_of
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from hubbub.log.chunks import Chunks


async def opened_bucket(section: ClusterSection) -> "Chunks | None":
    """Return the bucket of these settings, which was tried; None without any.

    Raises ConfigError if the settings are none, and LogError if the bucket cannot be used.
    """
    address = bucket_of(section)
    if address is None:
        return None
    try:
        from hubbub.log.bucket.chunks import Bucket  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "obstore":
            raise
        raise ConfigError(
            "Files in a bucket need a client of S3, which is not installed. Install it with "
            "pip install '.[s3]', in hubbub's checkout."
        ) from None
    bucket = Bucket(address)
    if await bucket.try_out():
        logger.warning(
            "the bucket keeps former versions: what is deleted here stays there",
            bucket=address.where,
            remedy="have it keep none, or have a rule of its lifecycle remove them",
        )
    return bucket
