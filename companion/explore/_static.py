"""The sweep of a built page: every frame drawn ahead, sliders that need no kernel."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from PIL import Image

from companion.explore._frames import Frames, Parameter, Value, as_text, slug

ROW = Template(
    '<div class="sweep-row" style="display:flex;flex-wrap:wrap;align-items:center;gap:0 .75em">\n'
    '<label for="$id">$name</label>\n'
    '<input type="range" id="$id" min="0" max="$last" step="1" value="$at"'
    ' aria-valuetext="$text" autocomplete="off" style="flex:1 1 8em;min-width:0;min-height:24px">\n'
    '<output for="$id" aria-live="off" style="min-width:${width}ch">$text</output>\n'
    "</div>"
)


def encode(picture: Image.Image, kind: str) -> str:
    """Encode a picture as base64 text, small enough for a page that holds all of them."""
    buffer = io.BytesIO()
    # method 2 instead of 4 costs 4 % of size and saves two thirds of the time.
    picture.save(buffer, format=kind, **({"quality": 80, "method": 2} if kind == "webp" else {}))
    return base64.b64encode(buffer.getvalue()).decode("ascii")


@dataclass(frozen=True)
class Sweep:
    """A sweep that can be drawn into a page."""

    frames: Frames
    start: Mapping[str, Value]
    label: str

    def __repr__(self) -> str:
        names = " × ".join(f"{p.name} ({len(p.values)} values)" for p in self.frames.parameters)
        return f"<sweep {self.label!r}: {names}; shown by a notebook or a built page>"

    def bundle(self) -> dict[str, str]:
        """HTML with all frames, the first one as PNG, and its text: one display, three readers."""
        pictures: dict[str, int] = {}  # identical frames are stored once
        order: list[int] = []
        alts: list[str] = []
        for values in self.frames:
            picture = self.frames.picture(values)
            order.append(pictures.setdefault(encode(picture, "webp"), len(pictures)))
            alts.append(self.frames.alt_text(values))
            if values == self.start:
                at, fallback = len(order) - 1, encode(picture, "png")
        return {
            "text/html": self.html(list(pictures), order, alts, at),
            "image/png": fallback,
            "text/plain": alts[at],
        }

    def html(self, pictures: list[str], order: list[int], alts: list[str], at: int) -> str:
        """Fill the template; ``at`` is the frame shown first, which the page holds only once."""
        stored = [None if i == order[at] else picture for i, picture in enumerate(pictures)]
        texts = [p.texts for p in self.frames.parameters]
        data = {"pictures": stored, "order": order, "alts": alts, "texts": texts}
        page = Template(files(__package__).joinpath("sweep.html").read_text(encoding="utf-8"))
        width, height = (math.floor(100 * side + 0.5) for side in self.frames.size)
        return page.substitute(
            id=f"sweep-{self.label}",
            rows="\n".join(self.row(p) for p in self.frames.parameters),
            picture=pictures[order[at]],
            alt=escape(alts[at]),
            width=width,
            height=height,
            # "<" could end the script element that holds the data.
            data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        )

    def row(self, parameter: Parameter) -> str:
        value = self.start[parameter.key]
        return ROW.substitute(
            # Labels hold single hyphens only: two of them keep this id from being another's.
            id=f"sweep-{self.label}--{slug(parameter.key)}",
            name=escape(parameter.name),
            last=len(parameter.values) - 1,
            at=parameter.values.index(value),
            text=escape(as_text(value)),
            width=max(len(text) for text in parameter.texts),
        )
