import asyncio

from workbench.evaluation.running.limiter import MOST, START, Limiter, Load, read_load


async def ended_well(limiter, count):
    for _ in range(count):
        await limiter.report(refused=False)


async def test_the_width_grows_while_nobody_waits():
    limiter = Limiter(load=free)
    widths = []
    for _ in range(12):
        await ended_well(limiter, limiter.width)
        widths.append(limiter.width)
    assert widths[0] > START
    assert widths == sorted(widths)
    assert widths[-1] == MOST


async def free():
    return Load(running=3, waiting=0)


async def busy():
    return Load(running=4, waiting=1)


async def flooded():
    return Load(running=2, waiting=9)


async def test_a_server_with_a_queue_stops_the_growth_and_a_long_queue_shrinks():
    limiter = Limiter(load=busy)
    await ended_well(limiter, 10 * START)
    assert limiter.width == START
    limiter = Limiter(load=flooded)
    await ended_well(limiter, START)
    assert limiter.width < START


async def test_a_server_that_does_not_tell_is_tried_with_more():
    async def silent():
        return None

    limiter = Limiter(load=silent)
    await ended_well(limiter, START)
    assert limiter.width > START


async def test_a_refusal_shrinks_at_once_and_never_below_one():
    limiter = Limiter()
    for _ in range(40):
        await limiter.report(refused=True)
    assert limiter.width == 1


async def test_a_fixed_width_stays():
    limiter = Limiter(3, free)
    await ended_well(limiter, 50)
    await limiter.report(refused=True)
    assert limiter.width == 3


async def test_no_more_hold_a_slot_than_the_width():
    limiter = Limiter(2)
    seen = []

    async def work():
        async with limiter.slot():
            seen.append(limiter.active)
            await asyncio.sleep(0)

    await asyncio.gather(*(work() for _ in range(9)))
    assert max(seen) == 2
    assert limiter.active == 0


def test_the_load_is_read_from_the_metrics_page():
    page = """# HELP vllm:num_requests_running Number of requests.
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_waiting{engine="0",model_name="m"} 2.0
vllm:num_requests_waiting_by_reason{reason="capacity"} 7.0
"""
    assert read_load(page) == Load(running=3, waiting=2)
    assert read_load("<html>") is None
