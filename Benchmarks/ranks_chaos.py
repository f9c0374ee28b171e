#!/usr/bin/env python3
"""Runs on several ranks that are compared with one process, killed, signalled and stopped. Linux, with mpirun.

    Benchmarks/ranks_chaos.py --bin .build/release --seed 1               # all of it, the better part of an hour
    Benchmarks/ranks_chaos.py --only kills --kills 20

- matrix: recipes of several kinds on 1 to 4 ranks of 1 and 2 threads, and with stops in between, end in one state, to the
  bit; and a reduction that adds in the order of arrival does not, so the comparison can fail.
- kills: SIGKILL of a rank or of mpirun.
- signals: SIGUSR1 and SIGTERM, to mpirun or to one rank alone.
- stops: SIGSTOP of a rank, which the others must miss.

Whom it meets, when, and how many ranks go on is drawn from the seed. Whatever happens, the newest checkpoint must be whole
and lack at most one step of what metrics.jsonl told (none after a signal that a run hears), all processes must be gone in
time, and the same command must go on from there to the state, the samples and the held-out figures of a run that was left
alone. A table says what was lost, crashed (ended by a signal that nobody sent, or took itself for lost) or hung (was there
for too long). Exits with 1 unless all of it is 0.

A signal of the first moments, before all ranks listen, may end a run as any program. A rank that is stopped before all have
met, or after they parted, may be missed by nobody, and mpirun itself may stay when a rank ends before all have met: these are
counted aside, not as hangs.
"""

import argparse
import ctypes
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from chaos import Bench, Tally, end, hears_all, tell

STEPS = 40
# Seconds in which all processes must be gone: after a kill or a signal, and, the time in which silence is noticed included,
# after a rank was stopped; then what MPI has left of stopped ones.
ENDS, MISSED, LEFT = 15.0, 10.0, 8.0
PATIENCE = 120.0
MARK = "RANKS_CHAOS_JOB"
CRASHED = re.compile(r"Process received signal|Fatal error:|Program crashed|MPI failed:.*")

# What is changed of the tiny recipe.
RECIPES = {
    "plain": {},
    "units that ranks do not divide": {"training.gradientAccumulation": 5},
    "Muon": {"optimizer.kind": "muon"},
    "cautious AdamW": {"optimizer.cautious": True},
    "bfloat16 products": {"training.computePrecision": "bfloat16"},
    "bfloat16 activations": {"training.savedActivations": "bfloat16"},
    "several shapes": {"training.batchSize": 2, "data.shapes": [
        {"frames": 4, "share": 0.5}, {"frames": 2, "share": 0.25, "clips": 3}, {"frames": 4, "width": 32, "share": 0.25}]},
    "LoRA": {"start.lora.rank": 4},
}


class Job:
    """A command on some ranks (0: without mpirun), and all processes that it has."""

    number = 0

    def __init__(self, bench, ranks, words):
        Job.number += 1
        self.bench, self.ranks, self.sent, self.orphans = bench, ranks, set(), {}
        self.mark = f"{MARK}={os.getpid()}-{Job.number}"
        self.log = open(bench.path("log.txt"), "w+b")
        command = [os.path.join(bench.bin, "vfm-train"), *words]
        if ranks > 0:
            command = [*bench.mpirun, "-np", str(ranks), *command]
        environment = {**os.environ, **bench.environment, MARK: self.mark.split("=")[1]}
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, preexec_fn=hears_all)

    def members(self):
        """The processes that are there: numbers of ranks by process; None for mpirun and its helpers."""
        found = {}
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if self.mark not in words:
                continue
            ranks = [word.split("=")[1] for word in words
                     if word.startswith(("OMPI_COMM_WORLD_RANK=", "PMIX_RANK=", "PMI_RANK="))]
            found[int(name)] = int(ranks[0]) if ranks else None
        return found

    def rank(self, number):
        """The process of a rank, if it is there."""
        return next((process for process, rank in self.members().items() if rank == number), None)

    def send(self, number, process):
        self.sent.add(number)
        self.struck = time.monotonic()
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass

    def hears(self, number, processes):
        """Whether processes have a handler for a signal."""
        for process in processes:
            try:
                with open(f"/proc/{process}/status") as file:
                    caught = int(re.search(r"SigCgt:\s*(\w+)", file.read()).group(1), 16)
            except OSError:
                return False
            if not caught >> (number - 1) & 1:
                return False
        return bool(processes)

    def steps(self):
        """Waits until a step is told of. Says whether that came before the end."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if re.search(r"^step \d+", self.words, re.MULTILINE):
                return True
            if self.ends(0.01):
                return False
        return False

    def ends(self, seconds):
        """Whether the command itself ends within some seconds."""
        try:
            self.process.wait(timeout=max(seconds, 0))
            return True
        except subprocess.TimeoutExpired:
            return False

    def leaves(self, seconds):
        """Whether all processes are gone within some seconds. Those of a killed mpirun are this program's to bury."""
        end = time.monotonic() + seconds
        while True:
            members = self.members()
            for process in members:
                if process != self.process.pid:
                    self.orphans.setdefault(process, None)
            self.bury()
            if not members:
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.05)

    def bury(self):
        for process, status in self.orphans.items():
            if status is None:
                try:
                    done, code = os.waitpid(process, os.WNOHANG)
                except ChildProcessError:
                    continue
                if done:
                    self.orphans[process] = code

    def remove(self):
        """Kills what is there."""
        while members := self.members():
            for process in members:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.poll()
            self.leaves(1)
        self.process.wait()

    @property
    def code(self):
        return self.process.returncode

    @property
    def words(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def crash(self):
        """What tells of the end of a process that nobody wished, if anything does."""
        words = self.words
        if found := CRASHED.search(words):
            return f"“{found.group(0)}”: {tail(words)}"
        # mpirun ends the ranks that are left by these.
        usual = {*self.sent, signal.SIGTERM, signal.SIGKILL}
        for number in re.findall(r"exited on signal (\d+)", words):
            if int(number) not in usual:
                return f"a rank ended by signal {number}: {tail(words)}"
        for status in self.orphans.values():
            if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) not in usual:
                return f"a rank without mpirun ended by signal {os.WTERMSIG(status)}"
        return None


def tail(words):
    """The last lines that say something, without mpirun's frames and the steps."""
    lines = [line for line in words.split("\n") if line.strip("- ") and not re.match(r"step \d+", line)]
    return "\n".join(lines[-6:])[-900:]


class RanksBench(Bench):
    """A data set, recipes, and the run that was left alone."""

    def __init__(self, bin, folder, mpirun, segments):
        self.bin, self.folder, self.mpirun, self.commands = bin, folder, mpirun, {}
        # Ranks that are bound to a core would share it with those of other jobs. What is killed leaves its memory behind.
        self.environment = {"OMPI_MCA_hwloc_base_binding_policy": "none", "TMPDIR": folder}
        if segments:
            self.environment["OMPI_MCA_btl_vader_backing_directory"] = segments
        self.command("vfm-data", "synthesize", self.path("set"), "--clips", "60", "--seed", "3", "--size", "16",
                     "--frames", "4", "--frame-rate", "8", check=True)
        self.recipe("plain", {})
        self.recipe("trouble", {"training.steps": STEPS})

    def recipe(self, name, changes):
        """Writes a recipe, and keeps the words that train by it."""
        recipe = {
            "version": 2, "seed": 5,
            "data": {"train": self.path("set/train.jsonl"), "validation": self.path("set/validation.jsonl"),
                     "frames": 4, "height": 16, "width": 16, "frameRate": 8},
            "tokenizer": {"kind": "words"},
            "textEncoder": {"width": 16, "depth": 1, "heads": 2, "feedForward": 24},
            "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8], "frequencyWidth": 16},
            "objective": {"prediction": "x0"},
            "training": {"steps": 20, "batchSize": 1, "gradientAccumulation": 12, "checkpointEvery": 1,
                         "sampleEvery": 8, "validateEvery": 3, "validationClips": 3},
            "samples": {"prompts": ["a red circle moves left"], "steps": 8},
        }
        for key, value in changes.items():
            part = recipe
            *sections, last = key.split(".")
            for section in sections:
                part = part.setdefault(section, {})
            part[last] = value
        path = self.path(name.replace(" ", "-") + ".json")
        with open(path, "w") as file:
            json.dump(recipe, file)
        self.commands[name] = ["finetune", path, "--base", self.path("base"), "--method", "lora"] if name == "LoRA" \
            else ["pretrain", path]

    def start(self, name, run, ranks, *more):
        return Job(self, ranks, [*self.commands[name], "--output", self.path(run), *more])

    def finish(self, job, tally, how, code=0):
        """Waits for the end of a run in peace."""
        if not job.ends(PATIENCE):
            tally.note("hangs", f"{how}: no end: {tail(job.words)}")
            job.remove()
            return False
        if not job.leaves(ENDS):
            tally.note("hangs", f"{how}: processes are left")
            job.remove()
        if crash := job.crash():
            tally.note("crashes", f"{how}: {crash}")
        elif job.code < 0:
            tally.note("crashes", f"{how}: ended by signal {-job.code}")
        elif job.code != code:
            tally.note("crashes" if job.code in (70, *range(129, 160)) else "lost",
                       f"{how}: exit code {job.code} instead of {code}: {tail(job.words)}")
        else:
            return True
        return False

    def end(self, run):
        """What a run has come to: state, held-out figures, samples."""
        figures = [line for line in self.lines(run) if "heldOut" in line]
        return {"state": self.state(run), "held-out figures": figures, "samples": self.sample_files(run)}

    def lines(self, run):
        lines = []
        try:
            with open(self.path(run + "/metrics.jsonl")) as file:
                for line in file:
                    try:
                        lines.append(json.loads(line))
                    except ValueError:
                        pass  # torn by a kill
        except FileNotFoundError:
            pass
        return lines

    def told(self, run):
        """The last step that a run told of."""
        return max((line.get("step", 0) for line in self.lines(run)), default=0)

    def newest(self, run):
        """The step of the newest checkpoint."""
        try:
            names = os.listdir(self.path(run + "/checkpoints"))
        except FileNotFoundError:
            return 0
        return max((int(found.group(1)) for name in names if (found := re.fullmatch(r"step-(\d+)\.h5", name))), default=0)

    def leave_alone(self):
        """The run that meets no trouble, and how long one on ranks takes until its first step and from there on."""
        if hasattr(self, "alone"):
            return
        tally = Tally("alone")
        assert self.finish(self.start("trouble", "alone", 0), tally, "alone"), tally.notes
        self.alone = self.end("alone")
        assert len(self.alone["state"]) == 64 and self.alone["samples"], self.alone
        begun = time.monotonic()
        job = self.start("trouble", "timed", 3)
        job.steps()
        self.beginning = time.monotonic() - begun
        assert self.finish(job, tally, "timed"), tally.notes
        self.steps = time.monotonic() - begun - self.beginning

    def compare(self, run, calm, tally, how):
        end = self.end(run)
        for what in end:
            if end[what] != calm[what]:
                tally.note("lost", f"{how}: {what} {'are' if what.endswith('s') else 'is'} not of the run left alone")
                return


def matrix(bench, tally, random, count):
    """All kinds of recipe on all numbers of ranks and threads."""
    job = bench.start("plain", "base", 0, "--threads", "1")
    assert bench.finish(job, tally, "base"), tally.notes
    for name, changes in RECIPES.items():
        bench.recipe(name, changes)
        job = bench.start(name, "calm", 0, "--threads", "1")
        if not bench.finish(job, tally, f"{name} alone"):
            continue
        if "computes in float32" in job.words:
            tally.notes.append(f"{name}: this processor computes in float32")
        calm = bench.end("calm")
        assert len(calm["state"]) == 64 and calm["held-out figures"] and calm["samples"], calm
        for ranks in range(1, 5):
            for threads in (1, 2):
                how = f"{name}, {ranks} ranks of {threads} threads"
                tally.tries += 1
                job = bench.start(name, "run", ranks, "--threads", str(threads))
                if bench.finish(job, tally, how):
                    bench.compare("run", calm, tally, how)
                shutil.rmtree(bench.path("run"), ignore_errors=True)
        # Other ranks after each stop.
        tally.tries += 1
        stops = sorted(random.sample(range(1, 20), 3))
        for ranks, step in zip((4, 2, 3, 1), (*stops, None)):
            how = f"{name}, stops after {stops}, now {ranks} ranks"
            job = bench.start(name, "run", ranks, *(["--stop-after", str(step)] if step else []))
            if not bench.finish(job, tally, how, code=75 if step else 0):
                break
        else:
            bench.compare("run", calm, tally, how)
        for run in ("run", "calm"):
            shutil.rmtree(bench.path(run), ignore_errors=True)
    # The comparison can fail.
    states = set()
    for ranks in (1, 3):
        job = bench.start("plain", "run", ranks, "--set", "training.reduction=fast")
        if bench.finish(job, tally, f"fast reduction on {ranks} ranks"):
            states.add(bench.state("run"))
        shutil.rmtree(bench.path("run"), ignore_errors=True)
    tally.tries += 1
    if len(states) != 2:
        tally.note("lost", "a reduction in the order of arrival gives the same state: the comparison shows nothing")


def kill(bench, job, tally, draw, how):
    """SIGKILL of a rank, or of mpirun; of mpirun, too, when the rank is not there yet."""
    process = None if draw["whom"] is None else job.rank(draw["whom"])
    how += f", SIGKILL of {'mpirun' if process is None else 'rank %d' % draw['whom']}"
    job.send(signal.SIGKILL, process or job.process.pid)
    ended(bench, job, tally, how, {137, -signal.SIGKILL, 0})
    return how, 1


def ended(bench, job, tally, how, codes, seconds=ENDS, left=None):
    """Sees to it that a job ends in time, with one of some codes, and that nothing is left. Says whether all was well."""
    begun = time.monotonic()
    if not job.ends(seconds):
        ranks = sorted(rank for rank in job.members().values() if rank is not None)
        if ranks or "threads of each" in job.words:
            tally.note("hangs", f"{how}: mpirun and ranks {ranks} have not ended: {tail(job.words)}")
        else:
            tally.launchers += 1
        job.remove()
        return False
    if not job.leaves(left or seconds - (time.monotonic() - begun)):
        tally.note("hangs", f"{how}: {len(job.members())} processes are left")
        job.remove()
    tally.longest = max(tally.longest, time.monotonic() - job.struck)
    if crash := job.crash():
        tally.note("crashes", f"{how}: {crash}")
    elif job.code not in codes:
        tally.note("crashes" if job.code == 70 else "lost", f"{how}: exit code {job.code}: {tail(job.words)}")
    else:
        return True
    return False


def send(bench, job, tally, draw, how):
    """SIGUSR1 or SIGTERM, to mpirun or to a rank."""
    number = draw["signal"]
    ranks = [process for process, rank in job.members().items() if rank is not None]
    listens = len(ranks) == job.ranks and job.hears(number, ranks)
    process = job.process.pid if draw["whom"] is None else job.rank(draw["whom"])
    to_launcher = draw["whom"] is None or process is None
    how += f", {signal.Signals(number).name} to {'mpirun' if to_launcher else 'rank %d' % draw['whom']}"
    how += "" if listens else ", before all ranks listen"
    job.send(number, process or job.process.pid)
    # A run may be done already, and mpirun gives ranks two seconds after SIGTERM.
    codes = {0, 1} if to_launcher and number == signal.SIGTERM else {0, 75}
    if not listens:
        codes |= {1, 75, 128 + number, -number}
    well = ended(bench, job, tally, how, codes)
    if well and listens and job.code == 0 and not to_launcher and "steps done" not in job.words:
        tally.note("lost", f"{how}: exit code 0 before the end")
    return how, 0 if listens and not (to_launcher and number == signal.SIGTERM) else 1


def stop(bench, job, tally, draw, how):
    """SIGSTOP of a rank."""
    while (process := job.rank(draw["whom"])) is None:
        if job.ends(0.01):
            return None, 0
    how += f", SIGSTOP of rank {draw['whom']}"
    met = "threads of each" in job.words
    job.send(signal.SIGSTOP, process)
    if not job.ends(MISSED) and (not met or "report:" in job.words):
        tally.unheard += 1
        job.remove()
        return how + (" after they parted" if met else " before all had met"), 1
    # One that was stopped at its very end has left what the others needed.
    codes = {70} if met and "report:" not in job.words else {70, 0}
    well = ended(bench, job, tally, how, codes, seconds=0, left=LEFT)
    said = re.findall(r"rank (\d+) on \S+ has not answered", job.words)
    if well and job.code == 70 and met and said != [str(draw["whom"])]:
        tally.note("lost", f"{how}: ranks {said} are told to be silent: {tail(job.words)}")
    return how, 1


def series(blow, numbers, draws):
    """A kind of trouble that comes again and again, to a run and to those that go on from it."""
    def trouble(bench, tally, random, count):
        tally.unheard, tally.launchers, tally.longest = 0, 0, 0.0
        bench.leave_alone()
        while tally.tries < count:
            run, before, how = f"run{tally.tries}", 0, "in peace"
            while True:
                ranks = random.choice(numbers)
                # A third meets what comes before the first step.
                early, share, draw = random.random() < 0.33, random.random(), draws(random, ranks)
                peace = tally.tries >= count
                job = bench.start("trouble", run, ranks)
                delay = share * (bench.beginning if early else bench.steps)
                if peace or not early and not job.steps() or job.ends(delay):
                    break
                how = f"try {tally.tries + 1}: from step {before} on, {ranks} ranks, {delay:.3f} s"
                how += "" if early else " after the first step"
                struck, loss = blow(bench, job, tally, draw, how)
                if struck is None:
                    break
                how = struck
                tally.tries += 1
                after, told = bench.newest(run), bench.told(run)
                if after < max(told - loss, before):
                    tally.note("lost", f"{how}: step {after} is the newest, {told} were told, {before} had been there")
                if after > 0:
                    code, output, errors = bench.command("vfm-train", "inspect", bench.path(run), "--hash")
                    if code != 0 or len(output.strip()) != 64:
                        tally.note("lost", f"{how}: the newest checkpoint: exit code {code}: {errors[-300:]}")
                if os.environ.get("CHAOS_VERBOSE"):
                    print(f"{how}: exit code {job.code}, step {after}, {told} told", flush=True)
                before = after
            how += f", then {ranks} ranks in peace from step {before}"
            if not bench.finish(job, tally, how):
                tally.tries += 1  # so that this ends if nothing runs
            else:
                if before > 0 and f"going on from step {before} " not in job.words:
                    tally.note("lost", f"{how}: does not go on from there: {job.words[:600]}")
                bench.compare(run, bench.alone, tally, how)
            shutil.rmtree(bench.path(run), ignore_errors=True)
        tally.notes.append(f"all processes were gone after {tally.longest:.1f} s at the latest")
        if tally.unheard:
            tally.notes.append(f"{tally.unheard} ranks were stopped before all had met, or after they parted: nobody noticed")
        if tally.launchers:
            tally.notes.append(f"{tally.launchers} times mpirun alone stayed after ranks had ended before all had met")
    return trouble


def whom(random, ranks, launcher=0.2):
    """A rank, or at times None: mpirun."""
    rank = random.randrange(ranks)
    return None if random.random() < launcher else rank


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--signals", type=int, default=100)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--only", choices=["matrix", "kills", "signals", "stops"], action="append")
    parser.add_argument("--mpirun", default="mpirun --oversubscribe" + " --allow-run-as-root" * (os.geteuid() == 0),
                        help="what starts ranks, but for their number")
    options = parser.parse_args()
    mpirun = shlex.split(options.mpirun)
    if not shutil.which(mpirun[0]):
        sys.exit(f"there is no {mpirun[0]}: make setup installs Open MPI")
    # The ranks of a killed mpirun become children of this program, which then learns how they ended.
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="ranks-") as folder, \
            tempfile.TemporaryDirectory(prefix="ranks-", dir=shared) as segments:
        bench = RanksBench(os.path.abspath(options.bin), folder, mpirun, segments)
        kinds = [
            ("matrix", 1, matrix),
            ("kills", options.kills, series(kill, [1, 2, 3, 4], lambda r, n: {"whom": whom(r, n)})),
            ("signals", options.signals, series(send, [1, 2, 3, 4], lambda r, n: {
                "signal": r.choice([signal.SIGUSR1, signal.SIGTERM]), "whom": whom(r, n, launcher=0.5)})),
            ("stops", options.stops, series(stop, [2, 3, 4], lambda r, n: {"whom": whom(r, n, launcher=0)})),
        ]
        tallies = tell(bench, options.seed, [k for k in kinds if not options.only or k[0] in options.only])
    end(options.seed, tallies)


if __name__ == "__main__":
    main()
