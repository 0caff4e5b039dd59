"""The sweep of a live kernel: an ipywidgets panel that draws at each move."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ipywidgets import HTML, SelectionSlider, VBox

from companion.explore._frames import Frames, Parameter, Value
from companion.explore._static import encode


def panel(frames: Frames, start: Mapping[str, Value]) -> VBox:
    """Build one slider per parameter above the picture they change."""
    sliders = {p.key: slider(p, start[p.key]) for p in frames.parameters}
    # ipywidgets.Image takes no alternative text.
    picture = HTML(value=image(frames, start))

    def redraw(_: Any) -> None:
        values = {key: each.value for key, each in sliders.items()}
        try:
            picture.value = image(frames, values)
        except (RuntimeError, ValueError) as error:  # a callback has no cell to raise into
            picture.value = f"<pre>{escape(str(error))}</pre>"

    for each in sliders.values():
        each.observe(redraw, names="value")
    return VBox([*sliders.values(), picture])


def slider(parameter: Parameter, value: Value) -> SelectionSlider:
    return SelectionSlider(
        options=list(zip(parameter.texts, parameter.values, strict=True)),
        value=value,
        description=parameter.name,
        style={"description_width": "initial"},
        layout={"width": "min(40em, 95%)"},
    )


def image(frames: Frames, values: Mapping[str, Value]) -> str:
    source = encode(frames.picture(values), "webp")
    return (
        f'<img src="data:image/webp;base64,{source}" alt="{escape(frames.alt_text(values))}"'
        f' style="max-width:100%">'
    )
