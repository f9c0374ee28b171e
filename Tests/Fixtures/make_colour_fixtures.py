"""Writes colours.json: what the ffmpeg command makes of a picture in each pixel format, matrix and range.

For each of them, one SHA-256 over the RGB pictures of four sizes. The picture is drawn by a formula that the test has, too.
Needs the ffmpeg command; written with ffmpeg 5.1 of Debian 12.
"""

import hashlib
import json
import pathlib
import subprocess

WIDTH, HEIGHT = 32, 24
SIZES = [(32, 24), (16, 12), (24, 18), (40, 30)]
# Name: planes as (log2 of the subsampling across and down), samples of a pixel in a row of a plane, bits.
YUV = {
    "yuv420p": ([(0, 0), (1, 1), (1, 1)], 1, 8),
    "yuv422p": ([(0, 0), (1, 0), (1, 0)], 1, 8),
    "yuv440p": ([(0, 0), (0, 1), (0, 1)], 1, 8),
    "yuv444p": ([(0, 0), (0, 0), (0, 0)], 1, 8),
    "yuv410p": ([(0, 0), (2, 2), (2, 2)], 1, 8),
    "yuv411p": ([(0, 0), (2, 0), (2, 0)], 1, 8),
    "yuv420p10le": ([(0, 0), (1, 1), (1, 1)], 1, 10),
    "yuv422p10le": ([(0, 0), (1, 0), (1, 0)], 1, 10),
    "yuv444p10le": ([(0, 0), (0, 0), (0, 0)], 1, 10),
    "yuv420p12le": ([(0, 0), (1, 1), (1, 1)], 1, 12),
    "yuv444p16le": ([(0, 0), (0, 0), (0, 0)], 1, 16),
    "gray": ([(0, 0)], 1, 8),
}
RGB = {
    "gbrp": ([(0, 0)] * 3, 1, 8),
    "gbrp10le": ([(0, 0)] * 3, 1, 10),
    "gbrp12le": ([(0, 0)] * 3, 1, 12),
    "gbrp16le": ([(0, 0)] * 3, 1, 16),
    "bgr0": ([(0, 0)], 4, 8),
    "rgb24": ([(0, 0)], 3, 8),
    "rgb48le": ([(0, 0)], 3, 16),
}
MATRICES = ["unknown", "bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc"]


def picture(planes, samples, bits):
    """Rows of all planes; a sample is 16 + (7 x + 5 y + 60 plane) mod 220, shifted to the depth."""
    data = bytearray()
    for plane, (across, down) in enumerate(planes):
        for y in range(HEIGHT >> down):
            for x in range((WIDTH >> across) * samples):
                value = (16 + (7 * x + 5 * y + 60 * plane) % 220) << (bits - 8)
                data += value.to_bytes(1 if bits == 8 else 2, "little")
    return bytes(data)


def rgb(data, name, matrix, colour_range, size):
    width, height = size
    area = 2 * width <= WIDTH and 2 * height <= HEIGHT
    flags = ("area" if area else "bicubic") + "+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
    command = ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", name, "-s", f"{WIDTH}x{HEIGHT}", "-i", "-",
               "-vf", f"setparams=colorspace={matrix}:range={colour_range},scale={width}:{height}:flags={flags},format=rgb24",
               "-f", "rawvideo", "-"]
    out = subprocess.run(command, input=data, capture_output=True, check=True).stdout
    assert len(out) == 3 * width * height, command
    return out


def main():
    hashes = {}
    for formats, matrices in [(YUV, MATRICES), (RGB, ["gbr"])]:
        for name, layout in formats.items():
            data = picture(*layout)
            for matrix in matrices:
                for colour_range in ["tv", "pc"]:
                    pictures = b"".join(rgb(data, name, matrix, colour_range, size) for size in SIZES)
                    hashes[f"{name} {matrix} {colour_range}"] = hashlib.sha256(pictures).hexdigest()
    path = pathlib.Path(__file__).with_name("colours.json")
    path.write_text(json.dumps(hashes, indent=1) + "\n")


main()
