"""The brand images: complete, of the right size, and drawn from the present drawing."""

from hashlib import sha256
from pathlib import Path

from PIL import Image
import pytest

from .files import ROOT, package

SIZES = {"icon.png": 256, "icon@2x.png": 512, "dark_icon.png": 256, "dark_icon@2x.png": 512}
MOST_BYTES = 20_000


def brand_faults(root: Path) -> list[str]:
    """Find images that Home Assistant would not show well, or that are older than their drawing."""
    folder = package(root) / "brand"
    drawing = sha256((root / "docs" / "brand" / "icon.svg").read_bytes()).hexdigest()
    found = {path.name for path in folder.iterdir()}
    faults = [f"{name} is missing" for name in sorted(SIZES.keys() - found)]
    faults += [f"{name} is not asked for" for name in sorted(found - SIZES.keys())]
    for name in sorted(found & SIZES.keys()):
        with Image.open(folder / name) as image:
            pixels = image.convert("RGBA").getchannel("A")
            if image.format != "PNG" or image.size != (SIZES[name], SIZES[name]):
                faults.append(f"{name} is no PNG of {SIZES[name]} pixels")
            if pixels.getbbox() != (0, 0, *image.size):
                faults.append(f"{name} has an empty border")
            if pixels.getextrema()[0] != 0:
                faults.append(f"{name} has no transparent background")
            if image.info.get("Drawing") != drawing:
                faults.append(f"{name} is older than the drawing: run scripts/brand")
        if (folder / name).stat().st_size > MOST_BYTES:
            faults.append(f"{name} is larger than {MOST_BYTES} bytes")
    return faults


def test_the_images_are_as_they_should_be() -> None:
    """The images of the repository pass every check."""
    assert brand_faults(ROOT) == []


def test_a_changed_drawing_is_noticed(copy: Path) -> None:
    """Whoever changes the drawing is reminded to draw the images again."""
    drawing = copy / "docs" / "brand" / "icon.svg"
    drawing.write_text(drawing.read_text(encoding="utf-8").replace("#3f3cbb", "#bb3c3f"), encoding="utf-8")
    assert brand_faults(copy) == [f"{name} is older than the drawing: run scripts/brand" for name in sorted(SIZES)]


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (Image.new("RGBA", (128, 128), "#00000000"), "icon.png is no PNG of 256 pixels"),
        (Image.new("RGBA", (256, 256), "#00000000"), "icon.png has an empty border"),
        (Image.new("RGB", (256, 256), "#3f3cbb"), "icon.png has no transparent background"),
        (Image.effect_noise((256, 256), 200), "icon.png is larger than 20000 bytes"),
    ],
)
def test_an_unfit_image_is_noticed(copy: Path, image: Image.Image, fault: str) -> None:
    """An image of the wrong size, with a border, a background or too many bytes is found."""
    image.save(package(copy) / "brand" / "icon.png")
    assert fault in brand_faults(copy)


def test_missing_and_needless_images_are_noticed(copy: Path) -> None:
    """Only the names that Home Assistant asks for are there, and all of those we draw."""
    folder = package(copy) / "brand"
    (folder / "dark_icon.png").rename(folder / "favicon.png")
    assert brand_faults(copy) == ["dark_icon.png is missing", "favicon.png is not asked for"]
