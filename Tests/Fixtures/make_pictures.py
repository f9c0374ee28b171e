#!/usr/bin/env python3
"""Writes small pictures of the kinds that data sets hold, and what Pillow makes of each: turned as EXIF says, over black.

    pip install pillow
    Tests/Fixtures/make_pictures.py         # writes Tests/Fixtures/pictures.json

Each entry holds the file's bytes in base64 and the shown picture's size and RGB samples, likewise in base64.
"""
import base64
import io
import json
import os

from PIL import Image, ImageOps

WIDE, HIGH = 24, 16


def ground(mode="RGB"):
    """A gradient with a bright corner at the left top, so that every turn and mirror gives another picture."""
    image = Image.new("RGB", (WIDE, HIGH))
    for y in range(HIGH):
        for x in range(WIDE):
            corner = x < WIDE // 2 and y < HIGH // 2
            image.putpixel((x, y), (220 if corner else 60, 40 + 6 * x, 30 + 10 * y))
    if mode.endswith("A"):
        alpha = Image.new("L", (WIDE, HIGH))
        for y in range(HIGH):
            for x in range(WIDE):
                alpha.putpixel((x, y), min(255, 11 * x))
        image = image.convert(mode)
        image.putalpha(alpha)
        return image
    return image.convert(mode)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def encoded(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def palette():
    image = ground().quantize(16)
    image.info["transparency"] = 3
    return encoded(image, format="PNG", transparency=3)


def shown(data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    image = image.convert("RGBA")
    black = Image.new("RGBA", image.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, image).convert("RGB")


def main():
    files = {
        "rgb.png": encoded(ground(), format="PNG"),
        "grey.png": encoded(ground("L"), format="PNG"),
        "alpha.png": encoded(ground("RGBA"), format="PNG"),
        "grey-alpha.png": encoded(ground("LA"), format="PNG"),
        "palette.png": palette(),
        "turned.png": encoded(ground(), format="PNG", exif=exif(6)),
        "rgb.jpg": encoded(ground(), format="JPEG", quality=95, subsampling=0),
        "rgb.webp": encoded(ground(), format="WEBP", lossless=True),
        "alpha.webp": encoded(ground("RGBA"), format="WEBP", lossless=True, exact=True),
        "lossy-alpha.webp": encoded(ground("RGBA"), format="WEBP", quality=95),
        "turned.webp": encoded(ground(), format="WEBP", lossless=True, exif=exif(8)),
    }
    for orientation in range(1, 9):
        files[f"turned-{orientation}.jpg"] = encoded(
            ground(), format="JPEG", quality=95, subsampling=0, exif=exif(orientation))
    pictures = []
    for name, data in files.items():
        picture = shown(data)
        pictures.append({
            "name": name, "file": base64.b64encode(data).decode(), "width": picture.width, "height": picture.height,
            "pixels": base64.b64encode(picture.tobytes()).decode(),
        })
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures.json")
    with open(path, "w") as file:
        json.dump({"pillow": Image.__version__ if hasattr(Image, "__version__") else "", "pictures": pictures}, file, indent=1)
        file.write("\n")


main()
