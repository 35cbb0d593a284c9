"""The thread beside the event loop, for work that takes long: a search, a digest, a file, a document."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def start_worker() -> None:
    """Let `asyncio.to_thread` use one thread of the running event loop, which ends with the loop.

    Each server has its own, because a thread does not survive a fork. There is one, because what it works out shares
    the interpreter with the answers to everybody else: what waits for it is done in turn.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1, "flipsnack-mock work"))
