"""Where attached files lie: on a disk or in S3-compatible storage, checked by content, scanned."""
