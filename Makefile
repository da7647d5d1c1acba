# Launchpad: `make` builds, regenerates ops/, proves every guide and publishes the site; `make test` runs every test.

# `release` is what people run; tests and CI use `debug`, which builds faster.
CONFIGURATION ?= release
LAUNCHPAD = .build/$(CONFIGURATION)/launchpad
TOOLS = .build-tools
SWIFT ?= swift

# The real nats-server and nats-py, for comparison.
TEST_PATH = PATH="$(CURDIR)/$(TOOLS)/venv/bin:$$PATH"

# A test run that hangs or crashes ends by itself and says where.
TEST_DEADLINE = $(if $(shell command -v timeout),timeout --kill-after=30s 25m)
TEST_RUN = env SWIFT_BACKTRACE=interactive=no,color=no,threads=crashed,registers=none,images=none,timeout=60s \
	$(TEST_PATH) $(TEST_DEADLINE) $(SWIFT) test --skip-build

# Tests that start processes and servers run after the others, which keep every core busy, and one by one: each of them keeps
# several processes busy itself.
PROCESS_TESTS = ^(EndToEndTests|ProvingTests|NATSBrokerTests|NATSClientTests|NATSCommandsTests|PublishingTests)\.

.DEFAULT_GOAL := all
.PHONY: all dependencies test-dependencies build tangle check site serve test lint format bench screenshot clean help

all: site ## Build, regenerate ops/, prove every guide, publish the site
	@echo
	@echo "The site is in site/public: open site/public/index.html, or run: make serve"

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

dependencies: ## Install what the build needs (libcmark, libcrypt, zlib, pkg-config, bubblewrap)
	@Scripts/install-dependencies.sh build

test-dependencies: dependencies ## Install what the tests need (Python, nats-py, openssl, the real nats-server)
	@Scripts/install-dependencies.sh test

build: dependencies
	$(SWIFT) build -c $(CONFIGURATION) --product launchpad

tangle: build
	$(LAUNCHPAD) tangle --prune

check: tangle ## Prove every guide
	$(LAUNCHPAD) check

site: check ## Publish the site to site/public
	$(LAUNCHPAD) build --strict

serve: build ## Serve the site with live reload
	$(LAUNCHPAD) serve

test: test-dependencies ## Run every test
	$(SWIFT) build --build-tests
	$(TEST_RUN) --skip '$(PROCESS_TESTS)'
	$(TEST_RUN) --no-parallel --filter '$(PROCESS_TESTS)'

lint: ## Check the format of every Swift file
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format: ## Rewrite every Swift file in the project's format
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

bench: ## Measure speed, as ratios in one run
	Benchmarks/run.sh

screenshot: site ## Renew the screenshot in the README
	Scripts/screenshot.sh

clean: ## Remove what was built
	rm -rf .build .launchpad site/public $(TOOLS)
