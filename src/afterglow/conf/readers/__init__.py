"""On SQLite pages that only read are worked out by processes of their own, while one process writes: a page holds up neither another page nor a reading.

`relay` stands in the server and hands pages out; `child` is such a process; `wire` is how they speak.  See ADR 15.
"""
