import asyncio
import threading

from flipsnack_mock.server.engine import start_worker


def test_the_event_loop_goes_on_while_the_worker_is_busy() -> None:
    gate = threading.Event()

    async def play() -> tuple[bool, str]:
        start_worker()
        busy = asyncio.ensure_future(asyncio.to_thread(lambda: (gate.wait(30), threading.current_thread().name)))
        await asyncio.sleep(0)
        gate.set()
        return await busy

    released, thread = asyncio.run(play())
    assert released
    assert thread.startswith("flipsnack-mock work")
