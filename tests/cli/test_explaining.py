from __future__ import annotations

from project.cli.sentences import explain


def test_what_a_device_has_no_deterministic_form_of_is_named() -> None:
    told = (
        "grid_sampler_2d_backward_cuda does not have a deterministic implementation, but you set "
        "'torch.use_deterministic_algorithms(True)'."
    )
    sentence = explain(RuntimeError(told), [])
    assert sentence is not None
    assert sentence.startswith("grid_sampler_2d_backward_cuda is not deterministic on this device")
    assert sentence.endswith("Leave that out, or train on another device: trainer=cpu.")
