#!/usr/bin/env python3
"""Writes clip_frames.json: a hash of every frame that the ffmpeg command shows of the real clips.

    python3 Tests/Fixtures/make_clip_hashes.py FOLDER_OF_CLIPS

Needs ffmpeg and ffprobe (the fixture was made with 5.1) and Python's standard library. Frames are 8-bit RGB at the
size at which a player shows them. What the clip says of its display (turned, pixels that are not square) is read with
ffprobe; each frame is converted and stretched first and turned afterwards.
"""

import json
import subprocess
import sys
from pathlib import Path

FLAGS = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
DIGITS = 8
TURNS = {0: [], 90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"]}


def run(*arguments):
    result = subprocess.run(arguments, capture_output=True, text=True)
    return result.stdout if result.returncode == 0 else ""


def first_video_stream(path):
    text = run("ffprobe", "-v", "quiet", "-print_format", "json", "-show_streams", "-select_streams", "v:0", path)
    streams = json.loads(text or "{}").get("streams", [])
    return streams[0] if streams else None


def first_frame(path):
    """The first frame as it is coded: containers may leave sizes and pixel shapes to it."""
    text = run(
        "ffprobe", "-v", "quiet", "-print_format", "json", "-show_frames", "-select_streams", "v:0",
        "-read_intervals", "%+#60", path)
    frames = json.loads(text or "{}").get("frames", [])
    return frames[0] if frames else None


def clockwise(stream):
    """Degrees by which a player turns the frames; ffprobe counts them the other way round."""
    for data in stream.get("side_data_list", []):
        if "rotation" in data:
            return -int(data["rotation"]) % 360
    return 0


def aspect(stream, frame):
    """Width of a pixel over its height: the container's word, else the frame's, as libav chooses."""
    for ratio in (stream.get("sample_aspect_ratio"), frame.get("sample_aspect_ratio")):
        width, _, height = (ratio or "0:1").partition(":")
        if int(width) > 0 and int(height) > 0:
            return int(width), int(height)
    return 1, 1


def filters(stream, frame):
    wide, high = aspect(stream, frame)
    scale = f"scale=flags={FLAGS}"
    if wide != high:
        # Half a pixel and more is one.
        width = (2 * frame["width"] * wide + high) // (2 * high)
        scale = f"scale={width}:{frame['height']}:flags={FLAGS}"
    return ",".join([scale, "format=rgb24", *TURNS[clockwise(stream)]])


def frame_hashes(path):
    stream, frame = first_video_stream(path), first_frame(path)
    if stream is None or frame is None:
        return None
    lines = run(
        "ffmpeg", "-v", "quiet", "-threads", "1", "-noautorotate", "-i", path, "-map", "0:v:0",
        "-fps_mode", "passthrough", "-autoscale", "0", "-sws_flags", FLAGS, "-vf", filters(stream, frame), "-pix_fmt", "rgb24",
        "-threads", "1", "-f", "framehash", "-hash", "sha256", "-")
    hashes = [line.split(",")[-1].strip() for line in lines.splitlines() if line and line[0] != "#"]
    return "".join(hash[:DIGITS] for hash in hashes) or None


def main():
    folder = Path(sys.argv[1])
    version = run("ffmpeg", "-version").split()[2]
    clips = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".md"):
            continue
        clips[path.name] = frame_hashes(str(path))
        count = len(clips[path.name] or "") // DIGITS
        print(f"{path.name}: {count} frames")
    out = Path(__file__).with_name("clip_frames.json")
    facts = {"ffmpeg": version, "digits": DIGITS, "flags": FLAGS, "frames": clips}
    out.write_text(json.dumps(facts, indent=1) + "\n")


main()
