# The commands of the project. `make` or `make help` lists them.
# They work from any folder: make -C path/to/here, or make -f path/to/here/Makefile.

# Found by the shell, since make's own functions split paths at spaces.
export VCM_ROOT := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd)
# Taken as it was typed: `$(FILE)` would expand a `$` in the name.
export VCM_DEMO_FILE := $(value FILE)
# Where it was typed, which after `make -C` is not where make runs.
export VCM_DEMO_FOLDER := $(value PWD)
unexport FILE
# So is CMD, which may have a fault#0 in it.
export VCM_WAVE_COMMAND := $(value CMD)
unexport CMD
export VCM_PLOTS := $(value PLOTS)
unexport PLOTS
# tools/setup puts Verilator into .venv where the distribution's is too old.
export PATH := $(VCM_ROOT)/.venv/bin:$(PATH)

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

# In CI a test that fails does not stop the others, and one that hangs is ended.
NEXTEST_PROFILE := $(if $(CI),ci,default)

HERE := cd "$$VCM_ROOT" &&

# The board design: the top, and what is below it.
BOARD_TOP := rtl/zynq/vcm_zynq.v+rtl/zynq/vcm_zynq_core.v

.PHONY: help setup setup-arm rtl regs demo wave serve arm test campaign soak coverage mutate mutate-driver fuzz miri formal lint synth bench area bitstream python wheel clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' "$$VCM_ROOT/Makefile"

setup: ## Install the tools that are missing
	@"$$VCM_ROOT/tools/setup"

setup-arm: ## Install what builds and runs programs for the board's processor, in .arm
	@"$$VCM_ROOT/tools/setup-arm"

rtl: ## Write the Verilog of rtl/ from hdl-gen/
	@$(HERE) cargo run -p hdl-gen -- rtl

regs: ## Write the register manual, C header, SVD and JSON from driver/regs/src/
	@$(HERE) cargo run -p hdl-gen -- regs

demo: ## Copy a file by DMA through the simulated IOMMU (FILE=path: that file)
	@"$$VCM_ROOT/tools/setup" demo
	@"$$VCM_ROOT/tools/demo"

wave: ## Ask a waveform (FILE=a.vcd, CMD="list --kind fault"; without CMD: what can be asked)
	@"$$VCM_ROOT/tools/setup" demo
	@"$$VCM_ROOT/tools/wave"

serve: ## Serve a simulated board at the socket target/vcm.sock, for vcm-tool --device sim:target/vcm.sock
	@"$$VCM_ROOT/tools/setup" demo
	@$(HERE) cargo run --quiet -p vcm-sim --bin vcm-sim -- serve target/vcm.sock

arm: ## Build vcm-tool for the board: target/arm/armv7-unknown-linux-gnueabihf/release/vcm-tool
	@"$$VCM_ROOT/tools/setup-arm"
	@"$$VCM_ROOT/tools/arm" -p vcm-tool --release

test: ## Run all tests
	@"$$VCM_ROOT/tools/setup" test
	@[ -x "$$VCM_ROOT/.arm/qemu" ] || echo "SKIPPED: the tests of the board's program: 'make setup-arm' gets what they need" >&2
	@[ -n "$$(command -v "$${VCM_CHROMIUM:-chromium}" chromium-browser google-chrome google-chrome-stable)" ] || \
	    echo "SKIPPED: the timeline in a browser: there is no Chromium (Debian: apt install chromium)" >&2
	@[ -n "$$(command -v vcd2fst)" ] || \
	    echo "SKIPPED: waveforms as FST: there is no GTKWave (Debian: apt install gtkwave)" >&2
	$(HERE) cargo nextest run --workspace --profile $(NEXTEST_PROFILE)
	$(HERE) cargo test --doc --workspace --exclude vcm-loom

campaign: ## Random calls against a model of the framework, with failures (SEQUENCES=n, 10000 of each kind)
	$(HERE) VCM_CAMPAIGN="$(or $(SEQUENCES),10000)" cargo test -p vcm --lib proof::sequences

soak: ## Random campaigns on the simulated hardware until one fails (MINUTES=n, 1; SOAK: other arguments)
	@"$$VCM_ROOT/tools/setup" soak
	@$(HERE) cargo run -p vcm-sim --bin vcm-soak -- --minutes "$(or $(MINUTES),1)" $(SOAK)

# The models that count are slower, so they have a target folder of their own. Tests that simulate nothing are left out.
coverage: ## What the tests cover, in target/coverage/index.html (SEEDS=n, 600; DOCUMENT=1: write docs/verification.md)
	@"$$VCM_ROOT/tools/setup" test
	@$(HERE) rm -rf target/coverage && mkdir -p target/coverage
	@$(HERE) export VCM_COVERAGE="$$VCM_ROOT/target/coverage" VCM_MODEL_COVERAGE=1 CARGO_TARGET_DIR=target/coverage-build && \
	    nice cargo nextest run -p vcm-sim -p vcm-tests --profile $(NEXTEST_PROFILE) \
	        -E 'not binary(/^(area|bitstream|bugs|make|setup|synth)$$/)' && \
	    nice cargo run -p vcm-sim --bin vcm-soak -- --from 0 --seeds $(or $(SEEDS),600)
	@$(HERE) cargo run -p vcm-sim --bin vcm-coverage -- target/coverage --lines \
	    $(if $(DOCUMENT),--document docs/verification.md)

mutate: ## Break rtl/vcm_iommu.v on purpose, and tell what the tests do not see (COUNT=n, 100; SEED=n, 1; ONLY=3,12; SOC=1: the DMA engine; BY_HAND=1: tools/bugs.toml)
	@"$$VCM_ROOT/tools/setup" mutate
	@$(HERE) tools/mutate $(if $(BY_HAND),--by-hand,$(if $(SOC),--soc) --count $(or $(COUNT),100) --seed $(or $(SEED),1)) $(if $(ONLY),--only $(ONLY))

# A shard is every so-manieth break of the driver's.
mutate-driver: ## Break the driver on purpose, and tell what its tests do not see (SHARD=n/of, 0/20; CRATE=vcm-capi; results in target/mutate)
	@"$$VCM_ROOT/tools/setup" mutate-driver
	@$(HERE) mkdir -p target && cargo mutants -p $(or $(CRATE),vcm) --test-package $(or $(CRATE),vcm) --shard "$(or $(SHARD),0/20)" --sharding round-robin \
	    --profile mutants --test-tool nextest --minimum-test-timeout 60 --output target/mutate

fuzz: ## Attack the driver by libFuzzer (MINUTES=n of each target, 1; TARGET=name: only that)
	@"$$VCM_ROOT/tools/setup" fuzz
	@$(HERE) tools/fuzz "$(or $(MINUTES),1)" $(TARGET)

miri: ## Run the tests of allocators, tables and the C interface in Miri, which sees undefined behaviour (nightly Rust)
	@"$$VCM_ROOT/tools/setup" miri
	@$(HERE) export MIRIFLAGS=-Zmiri-disable-isolation CARGO_TARGET_DIR=target/miri; \
	cargo +nightly miri test -p vcm --lib -- $(or $(TESTS),frames:: iova:: table::tests); \
	[ -n "$(TESTS)" ] || { \
	    cargo +nightly miri test -p vcm-capi --test iommu; \
	    cargo +nightly miri test -p vcm-attack --test short -- hostile_calls; \
	}

formal: ## Prove properties of rtl/vcm_iommu.v (PROOF=name: only these; SHORT=1; DOCUMENT=1: write docs/verification.md)
	@"$$VCM_ROOT/tools/setup" formal
	@$(HERE) tools/formal $(if $(SHORT),--short) $(if $(DOCUMENT),--document) $(PROOF)

lint: ## Check formatting, lints, Verilog and that generated files are up to date
	@"$$VCM_ROOT/tools/setup" lint
	$(HERE) cargo fmt --all --check
	$(HERE) cargo clippy --workspace --all-targets -- -D warnings
	$(HERE) cargo clippy -p vcm-no-std --features program --profile no-std -- -D warnings
	$(HERE) cargo clippy -p vcm-capi --no-default-features --features bare-metal --profile no-std -- -D warnings
	@[ -x "$$VCM_ROOT/.arm/qemu-system" ] || echo "SKIPPED: the programs of vcm-bare: 'make setup-arm' gets what they need" >&2
	$(HERE) [ ! -x .arm/qemu-system ] || tools/arm bare clippy -- -D warnings
	$(HERE) cargo run --quiet -p hdl-gen -- regs --check
	$(HERE) cargo run --quiet -p hdl-gen -- rtl --check
	$(HERE) for top in vcm_iommu vcm_soc; do \
	    verilator --lint-only -Wall --top-module "$$top" rtl/vcm.vlt "rtl/$$top.v"; \
	done
	$(HERE) for walks in HP1 ACP; do \
	    verilator --lint-only -Wall "-GWALKS=\"$$walks\"" --top-module vcm_board rtl/vcm.vlt \
	        sim/rtl/vcm_board.v sim/rtl/ps7.v rtl/zynq/vcm_zynq.v rtl/zynq/vcm_zynq_core.v; \
	done

synth: ## Synthesise rtl/ with Yosys; fail on a latch or a combinational loop; size and clock of the board design
	@"$$VCM_ROOT/tools/setup" synth
	@$(HERE) tools/synth rtl/vcm_iommu.v rtl/vcm_soc.v $(BOARD_TOP)
	@$(HERE) tools/area --paths 1 $(BOARD_TOP)

bench: ## Measure speed (PLOTS=docs: also rewrite docs/performance.md and its plots)
	@"$$VCM_ROOT/tools/setup" bench
	@$(HERE) cargo run --release -p vcm-bench -- $(if $(PLOTS),--documents "$$VCM_PLOTS") $(BENCH)

area: ## Count LUTs, flip-flops and block RAMs of rtl/, estimate the clock; fail on a target missed
	@"$$VCM_ROOT/tools/setup" area
	@$(HERE) tools/area $(AREA) rtl/vcm_iommu.v:5000,5500,6,125 rtl/vcm_soc.v

bitstream: ## Make a bitstream (BOARD=pynq-z1|pynq-z2, FLOW=vivado|open, WALKS=HP1|ACP, MHZ=100)
	@$(HERE) BOARD="$(BOARD)" FLOW="$(FLOW)" WALKS="$(WALKS)" MHZ="$(MHZ)" SEED="$(SEED)" tools/bitstream

python: ## Build the Python package, install it in a fresh environment, test it, run its notebook
	@"$$VCM_ROOT/tools/setup" python
	@$(HERE) tools/python

wheel: ## Build the Python package for the board (armv7), into target/wheels
	@"$$VCM_ROOT/tools/setup" wheel
	@$(HERE) tools/wheel

clean: ## Remove everything that was built (not .venv)
	$(HERE) cargo clean
