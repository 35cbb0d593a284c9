"""The thread beside the event loop, for work that takes long: a search, a digest, a file, a document."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def start_worker() -> None:
    """Give the running event loop its thread; it ends with the loop.

    Each server has its own, because a thread does not survive a fork. There is one, because what it works out shares
    the interpreter with the answers to everybody else.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1, "flipsnack-mock work"))


async def in_worker(work: Callable[[], Result]) -> Result:
    """The result of `work`, done in the thread while the event loop goes on; to the end, even if the client leaves.

    What is waiting for the thread is done in turn. Raises what `work` raises.
    """
    return await asyncio.get_running_loop().run_in_executor(None, work)
