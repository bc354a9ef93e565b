# /// script
# requires-python = ">=3.14"
# dependencies = ["pillow==12.3.0", "resvg-py==0.5.0"]
# ///
"""Renders docs/brand/icon.svg into the sizes and themes that Home Assistant looks for."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from resvg_py import svg_to_bytes

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "docs" / "brand" / "icon.svg"
IMAGES = ROOT / "custom_components" / "smsgateway24" / "brand"

# The indigo of the drawing is too dark to stand out from a dark page.
THEMES = {"": "", "dark_": ".house { fill: #8583ff }"}
SIZES = {"": 256, "@2x": 512}


def main() -> None:
    """Write every image, each with the digest of the drawing that it was made from.

    The digest lets the tests notice a drawing that was changed without its images.
    """
    drawing = DRAWING.read_text(encoding="utf-8")
    notes = PngInfo()
    notes.add_text("Drawing", sha256(drawing.encode()).hexdigest())
    IMAGES.mkdir(exist_ok=True)
    for prefix, style in THEMES.items():
        for suffix, size in SIZES.items():
            target = IMAGES / f"{prefix}icon{suffix}.png"
            pixels = svg_to_bytes(
                svg_string=drawing, style_sheet=style, width=size, height=size, skip_system_fonts=True
            )
            Image.open(BytesIO(pixels)).save(target, optimize=True, pnginfo=notes)
            print(f"{target.relative_to(ROOT)}: {size} x {size}, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
