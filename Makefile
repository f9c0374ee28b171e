# Everything a user or CI calls. `make setup` installs what is missing on Debian 12, Swift too; all else builds on it.
.PHONY: setup setup-test build quickstart finetune understanding latents test guard fuzz power-cuts thread-sanitizer chaos chaos-ranks soak bench bench-plan bench-peer bench-learning bench-masked bench-autoencoder bench-ranks bench-decode lint format docs clean

PACKAGES = pkg-config libopenblas-dev libdnnl-dev libhdf5-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libarchive-dev libssl-dev libseccomp-dev libopenmpi-dev openmpi-bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFT_FILES = Sources Tests Package.swift
BIN = .build/release
# Else a build in a terminal and one whose output goes to a file differ in an option of the compiler, and all is built again.
SWIFT_OPTIONS = --no-color-diagnostics
# Where .setup/swift unpacks a toolchain; it need not be there yet.
export PATH := $(or $(SWIFT_TOOLCHAIN),$(CURDIR)/.toolchain)/usr/bin:$(PATH)

# Installs those of some Debian packages that are missing.
define install
@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
if [ -n "$$missing" ]; then echo "installing$$missing"; $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi
endef

setup:
	$(call install,$(PACKAGES))
	@.setup/swift

setup-test: setup
	$(call install,curl gpg gpg-agent)

build: setup
	swift build $(SWIFT_OPTIONS) -c release

# Renders the embedded set, trains on it, and measures what was learned on combinations never trained on.
quickstart: build
	$(BIN)/vfm-data synthesize Datasets/quickstart --clips 12000 --seed 1
	$(BIN)/vfm-train pretrain Recipes/quickstart.json --output Checkpoints/quickstart
	$(BIN)/vfm-eval --checkpoint Checkpoints/quickstart --manifest Datasets/quickstart/test.jsonl --guidance 1.2 --sheet Checkpoints/quickstart/test.png
	@echo "look at Checkpoints/quickstart/report.html and Checkpoints/quickstart/test.png"

# Teaches the quickstart's model a colour and a shape that it never saw, by adapters, and measures what it has learned and
# what it has forgotten.
finetune: build
	$(BIN)/vfm-data synthesize Datasets/narrow --clips 383 --seed 2 --colours cyan --shapes ring
	$(BIN)/vfm-data mix Datasets/mixed.jsonl Datasets/narrow/train.jsonl Datasets/quickstart/train.jsonl=300
	$(BIN)/vfm-train finetune Recipes/finetune-lora.json --output Checkpoints/finetune-lora
	$(BIN)/vfm-eval --checkpoint Checkpoints/finetune-lora --manifest Datasets/narrow/test.jsonl --base Checkpoints/quickstart --guidance 1.2
	$(BIN)/vfm-eval --checkpoint Checkpoints/finetune-lora --manifest Datasets/quickstart/test.jsonl --base Checkpoints/quickstart --guidance 1.2

# Learns from clips without labels how things move, and measures what that is worth: an encoder of random weights and the
# pretrained one, by a linear and an attentive probe, and fine-tuned with 20 labelled clips of each motion beside a model
# that begins from nothing. The random encoder is one after a single step at a rate of a millionth.
UNDERSTANDING = Datasets/understanding
FIGURES = Checkpoints/understanding
understanding: build
	$(BIN)/vfm-data synthesize $(UNDERSTANDING) --level medium --clips 9000 --seed 1
	$(BIN)/vfm-data mix $(UNDERSTANDING)/few.jsonl $(UNDERSTANDING)/train.jsonl=20/label
	$(BIN)/vfm-train pretrain Recipes/understanding-mae.json
	$(BIN)/vfm-train pretrain Recipes/understanding-mae.json --output Checkpoints/understanding-random --set training.steps=1 --set optimizer.warmupSteps=1000
	mkdir -p $(FIGURES)
	$(call probes,random)
	$(call probes,mae)
	$(BIN)/vfm-train pretrain Recipes/classify-few.json --set start.layerDecay=1 --output Checkpoints/few-nothing
	$(BIN)/vfm-train finetune Recipes/classify-few.json --base Checkpoints/understanding-mae --output Checkpoints/few-mae
	$(call measure,few-nothing)
	$(call measure,few-mae)
	@echo "Linear probes learn from all 8100 labelled clips, all else from 260, 20 of each motion:"
	$(BIN)/vfm-eval compare $(foreach row,linear-random linear-mae attentive-random attentive-mae few-nothing few-mae,$(FIGURES)/$(row).json)
	@echo "look at Checkpoints/few-mae/report.html; docs/understanding.md tells what the table says"

# Figures of a classifier on clips of combinations that no run was trained on.
define measure
$(BIN)/vfm-eval --checkpoint Checkpoints/$(1) --manifest $(UNDERSTANDING)/test.jsonl --json >$(FIGURES)/$(1).json
endef

# A linear and an attentive probe of an encoder.
define probes
for part in train test; do $(BIN)/vfm-eval features --checkpoint Checkpoints/understanding-$(1) \
  --manifest $(UNDERSTANDING)/$$part.jsonl --output $(FIGURES)/$(1)-$$part.h5 || exit 1; done
$(BIN)/vfm-eval probe $(FIGURES)/$(1)-train.h5 --test $(FIGURES)/$(1)-test.h5 --json >$(FIGURES)/linear-$(1).json
$(BIN)/vfm-train finetune Recipes/probe.json --base Checkpoints/understanding-$(1) --output Checkpoints/attentive-$(1)
$(call measure,attentive-$(1))
endef

# Learns to compress clips, encodes them once, and teaches a model to make clips of captions in those latents: two sheets, of
# reconstructions and of samples, and figures of either half.
latents: build
	$(BIN)/vfm-data synthesize Datasets/latents --level medium --clips 6000 --seed 3 --size 32 --frames 9
	$(BIN)/vfm-train pretrain Recipes/autoencoder.json --output Checkpoints/autoencoder
	$(BIN)/vfm-eval --checkpoint Checkpoints/autoencoder --manifest Datasets/latents/test.jsonl --sheet Checkpoints/autoencoder/test.png
	$(BIN)/vfm-data encode Recipes/latent.json
	$(BIN)/vfm-train pretrain Recipes/latent.json --output Checkpoints/latent
	$(BIN)/vfm-eval --checkpoint Checkpoints/latent --manifest Datasets/latents/test.jsonl --sheet Checkpoints/latent/test.png
	@echo "look at Checkpoints/latent/report.html and at test.png in Checkpoints/autoencoder and Checkpoints/latent"

# Tests see what the modules keep to themselves, which costs speed: they are built beside the product, not into it.
# The tests of .setup/swift fetch with curl and sign with gpg and its agent.
test: setup-test
	swift test $(SWIFT_OPTIONS) -c release -Xswiftc -enable-testing --scratch-path .build/tests

# Counts the instructions of a fixed training step. Valgrind knows no AVX-512, so the step is built for Haswell.
guard: setup
	$(call install,valgrind)
	VFM_MARCH=haswell swift build $(SWIFT_OPTIONS) -c release --product step-probe --scratch-path .build/guard
	Benchmarks/guard.sh .build/guard/release/step-probe

# Reads CLIPS damaged clips, the same for the same SEED, and prints what became of them.
fuzz: CLIPS = 20000
fuzz: SEED = 1
fuzz: setup
	FUZZ_CLIPS=$(CLIPS) FUZZ_SEED=$(SEED) swift test $(SWIFT_OPTIONS) -c release -Xswiftc -enable-testing --scratch-path .build/tests --filter MutatedClipTests

# Cuts the power of a run whose calls were recorded, STATES times by chance, the same for the same SEED, and prints what its
# checkpoints were then.
power-cuts: STATES = 2000
power-cuts: SEED = 1
power-cuts: setup
	POWER_CUT_STATES=$(STATES) POWER_CUT_SEED=$(SEED) swift test $(SWIFT_OPTIONS) -c release -Xswiftc -enable-testing --scratch-path .build/tests --filter PowerCutTests

# Looks for data races in what shares memory between threads: kernels, the clip loader, indexing, packing, and runs that
# start, stop and hear signals, with the commands they start. Tests that limit the size of files are left out: there the
# sanitizer itself cannot start. A build of its own, and then about six minutes.
RACES = ^(TensorsTests|ClipsTests|ClipIndexingTests|TrainingTests)[.]|[.](SignalTests|PretrainTests|StartTests|EndsOfRunsTests|PackTests|IndexAndCurateTests)/
thread-sanitizer: SANITIZED = $(SWIFT_OPTIONS) -c release -Xswiftc -enable-testing --sanitize=thread --scratch-path .build/thread-sanitizer
thread-sanitizer: setup
	swift build $(SANITIZED) --build-tests
	Tests/ThreadSanitizer/run.sh .build/thread-sanitizer swift test $(SANITIZED) --skip-build --filter '$(RACES)' --skip 'FullDisk|whatCannotBePackedIsTold'

# Kills, signals, full disks, damaged and hostile checkpoints, the same for the same SEED: about half an hour. Hostile files
# are made with h5py: PYTHON is one that has it.
chaos: SEED = 1
chaos: KILLS = 1000
chaos: SIGNALS = 1000
chaos: DISKS = 100
chaos: DAMAGED = 2000
chaos: HOSTILE = 2000
chaos: MUTATED = 2000
chaos: build
	$(PYTHON) Benchmarks/chaos.py --bin $(BIN) --seed $(SEED) --kills $(KILLS) --signals $(SIGNALS) --disks $(DISKS) --damaged $(DAMAGED) --hostile $(HOSTILE) --mutated $(MUTATED)

# Kills, signals and stops of runs on several ranks, and their bits on any number of them: about an hour.
chaos-ranks: SEED = 1
chaos-ranks: build
	$(PYTHON) Benchmarks/ranks_chaos.py --bin $(BIN) --seed $(SEED)

# A run of a small recipe with everything on, MINUTES long, whose memory, open files and threads may not grow; with
# ISOLATE=1 clips are read in processes of their own.
soak: MINUTES = 120
soak: build
	$(PYTHON) Benchmarks/soak.py --bin $(BIN) --minutes $(MINUTES) $(if $(ISOLATE),--isolate)

# A report of about five minutes; with OUTPUT=FOLDER also a table and plots of how cost grows.
bench: build
	$(BIN)/vfm-bench all $(if $(OUTPUT),--output $(OUTPUT))

# What --plan predicts, held against short runs of the same recipes.
bench-plan: build
	python3 Benchmarks/plan.py --bin $(BIN)

# The same step on PyTorch, turn by turn with ours: PYTHON is one with torch and diffusers (see the script).
PYTHON = python3
bench-peer: build
	$(PYTHON) Benchmarks/pytorch_peer.py compare --bench $(BIN)/vfm-bench
	$(PYTHON) Benchmarks/pytorch_peer.py compare --bench $(BIN)/vfm-bench --shape small
	$(PYTHON) Benchmarks/pytorch_peer.py compare --bench $(BIN)/vfm-bench --what sampling
	$(PYTHON) Benchmarks/pytorch_peer.py compare --bench $(BIN)/vfm-bench --what sampling --shape small

# The time to the held-out loss that PyTorch reaches on the quickstart's clips (about fifteen minutes).
bench-learning: build
	$(BIN)/vfm-data synthesize Datasets/quickstart --clips 12000 --seed 1
	$(PYTHON) Benchmarks/learning.py --bin $(BIN)

# A masked step of VideoMAE's small model, on ours and on PyTorch, turn by turn.
bench-masked: build
	$(PYTHON) Benchmarks/videomae_step.py --bench $(BIN)/vfm-bench

# A step of the video autoencoder on short clips, on longer ones and on pictures, on ours and on PyTorch, turn by turn.
bench-autoencoder: build
	$(BIN)/vfm-bench autoencoder --peer $(PYTHON) --clips 8 --size 9 32 32
	$(BIN)/vfm-bench autoencoder --peer $(PYTHON) --clips 2 --size 17 64 64
	$(BIN)/vfm-bench autoencoder --peer $(PYTHON) --clips 64 --size 1 32 32

# Steps of two ranks whose network is slow, and what a model of communication says of them. Root makes the network.
bench-ranks: build
	$(SUDO) $(PYTHON) Benchmarks/ranks_model.py --bin $(BIN)

# Random samples of the clips in CLIPS, read by ours, PyAV and torchcodec, turn by turn.
bench-decode: CLIPS = Datasets/quickstart/train.jsonl
bench-decode: build
	$(PYTHON) Benchmarks/decode_peer.py compare --bench $(BIN)/vfm-bench $(CLIPS)

lint:
	swift format lint --strict --recursive $(SWIFT_FILES)

format:
	swift format --in-place --recursive $(SWIFT_FILES)

# The recipe reference and its schema are made from the table that checks recipes.
docs: setup
	UPDATE_DOCS=1 swift test $(SWIFT_OPTIONS) -c release -Xswiftc -enable-testing --scratch-path .build/tests --filter ReferenceTests

clean:
	rm -rf .build
