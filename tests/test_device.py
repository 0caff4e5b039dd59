"""The device of a notebook follows the machine and the dtype."""

import pytest
import torch

from companion.device import default_device


def pretend(monkeypatch: pytest.MonkeyPatch, kind: str | None) -> None:
    device = torch.device(kind) if kind else None
    monkeypatch.setattr(
        torch.accelerator, "current_accelerator", lambda check_available=False: device
    )


def test_cpu_without_an_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, None)
    assert default_device() == torch.device("cpu")


def test_accelerator_that_supports_the_dtype(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "cuda")
    assert default_device(torch.float64).type == "cuda"
    pretend(monkeypatch, "mps")
    assert default_device(torch.float32).type == "mps"
    assert default_device(torch.float64).type == "cpu"
    assert default_device(torch.complex128).type == "cpu"


def test_default_is_torchs_default_dtype(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "mps")
    monkeypatch.setattr(torch, "get_default_dtype", lambda: torch.float64)
    assert default_device().type == "cpu"
    monkeypatch.setattr(torch, "get_default_dtype", lambda: torch.float32)
    assert default_device().type == "mps"


def test_wrong_type_is_named() -> None:
    with pytest.raises(TypeError, match=r"dtype must be a torch\.dtype or None, got str"):
        default_device("float64")  # type: ignore[arg-type]
