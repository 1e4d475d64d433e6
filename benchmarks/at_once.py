"""Several GANs on one card at once: in a process each, or on a stream each of one process."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch

from benchmarks.gan_step import BATCH
from project.datamodules.batches import Batch
from project.losses.adversarial import CrossEntropy
from project.modules.cuda_graph import CUDARecorder
from project.modules.gan import GANModule
from project.networks.dcgan import DCGAN

Shape = tuple[int, int]  # pixels, base channels
WARM_UP = 3
PATIENCE = 120  # seconds that processes wait for each other


def captured_step(shape: Shape, device: str) -> tuple[Callable[[], object], Any]:
    """Returns a GAN's bf16 step as a graph, and the stream that it was captured on.

    It is the project's step without Lightning around it; on a CPU, where this is only tried out,
    it is the step itself.
    """
    size, base_channels = shape
    network = DCGAN(size=size, channels=3, latent=100, base_channels=base_channels)
    on_cuda = device == "cuda"
    adam = partial(torch.optim.Adam, lr=2e-4, betas=(0.5, 0.999), fused=True, capturable=on_cuda)
    module = GANModule(
        network=network,
        classes=None,
        loss=CrossEntropy(),
        penalties={},
        da=None,
        d_optimizer=adam,
        g_optimizer=adam,
        average_decay=0.999,
    ).to(device)
    # Lightning's own needs a trainer.
    module.manual_backward = lambda loss: loss.backward()  # type: ignore[assignment, method-assign]
    optimizers = module.configure_optimizers()
    images = torch.rand(BATCH, 3, size, size, device=device) * 2 - 1
    images = images.to(memory_format=torch.channels_last)
    batch = Batch(images, torch.zeros(BATCH, 0, dtype=torch.int64, device=device))
    share = torch.tensor(0.001, dtype=torch.float64, device=device)

    def step() -> dict[str, torch.Tensor]:
        with torch.autocast(device, torch.bfloat16):
            losses = module._alternate(batch, share, optimizers)
        return {name: value.detach() for name, value in losses.items()}

    if not on_cuda:
        return step, None
    recorder = CUDARecorder(module)
    for _ in range(WARM_UP):
        recorder.aside(step)
    replay, _ = recorder.record(step)
    return replay, recorder.stream


def rate(steps: list[Callable[[], object]], streams: list[Any], seconds: float) -> float:
    """Returns the images per second of steps that are launched in turn for some seconds."""
    settle = torch.cuda.synchronize if streams[0] is not None else lambda: None
    settle()
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        for _ in range(5):  # before the clock and the device are asked again
            for step, stream in zip(steps, streams, strict=True):
                with torch.cuda.stream(stream) if stream is not None else nullcontext():
                    step()
        done += 5 * len(steps)
        settle()
    return done * BATCH / (time.perf_counter() - begun)


def in_streams(shape: Shape, counts: list[int], device: str, seconds: float) -> dict[int, float]:
    """Returns the images per second of so many GANs in this process, all counted together."""
    made = [captured_step(shape, device) for _ in range(max(counts))]
    steps, streams = [step for step, _ in made], [stream for _, stream in made]
    return {count: rate(steps[:count], streams[:count], seconds) for count in counts}


def in_processes(
    shapes: list[Shape], counts: list[int], device: str, seconds: float
) -> dict[Shape, dict[int, float]]:
    """Returns the same of so many processes at once, which are started for all shapes once."""
    context = multiprocessing.get_context("spawn")
    barrier, told = context.Barrier(max(counts)), context.Queue()
    given = (shapes, counts, device, seconds, barrier, told)
    started = [context.Process(target=_work, args=(i, *given)) for i in range(max(counts))]
    for process in started:
        process.start()
    found: dict[Shape, dict[int, float]] = {shape: dict.fromkeys(counts, 0.0) for shape in shapes}
    try:
        for _ in range(len(shapes) * sum(counts)):
            shape, count, images_per_second = told.get(timeout=PATIENCE)
            found[shape][count] += images_per_second
    finally:
        for process in started:
            process.join(timeout=10)
            process.terminate()
    return found


def _work(
    number: int, shapes: list[Shape], counts: list[int], device: str, seconds: float,
    barrier: Any, told: Any,
) -> None:  # fmt: skip
    torch.set_num_threads(1)
    for shape in shapes:
        step, stream = captured_step(shape, device)
        for count in counts:
            barrier.wait(PATIENCE)
            if number < count:
                told.put((shape, count, rate([step], [stream], seconds)))
        barrier.wait(PATIENCE)
