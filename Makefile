# Launchpad: `make` builds, regenerates ops/, proves every guide and publishes the site; `make test` runs every test.

# `release` is what people run; tests and CI use `debug`, which builds faster.
CONFIGURATION ?= release
LAUNCHPAD = .build/$(CONFIGURATION)/launchpad
TOOLS = .build-tools
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

# What people run brings all that it needs, the C library too: it starts in half the time, and runs where no Swift is. Every
# shared library takes the loader a tenth of a millisecond or more at each start; and an executable that the loader may put
# anywhere has 60,000 addresses moved at each start, which takes longer than all the rest of it. Where the system has not all of
# the archives, its shared libraries are used for what is not Swift's. Apple's systems bring these libraries along.
# The accessors' flag has code ask for the types that it uses directly, not by their mangled names: by name, each generic type
# cost a search through all 8,800 conformances of the executable, two thirds of the instructions that a server started with.
# With each function and variable in a section of its own, the linker leaves out what nobody uses and puts what a start
# touches side by side: elsewhere each bit of it has the system map, and count as memory, 64 KB of the file around it.
ARCHIVES = libc.a libm.a libstdc++.a libgcc_eh.a libcrypt.a libcmark.a libz.a
MISSING_ARCHIVES = $(shell for name in $(ARCHIVES); do test -e "$$(clang -print-file-name=$$name)" || echo $$name; done)
STATIC_FLAGS = $(if $(MISSING_ARCHIVES),--static-swift-stdlib -Xswiftc -Xclang-linker -Xswiftc -no-pie \
	-Xlinker --no-export-dynamic,-Xswiftc -static-executable \
	-Xlinker --wrap=__register_frame_info -Xlinker --wrap=__deregister_frame_info \
	-Xlinker --undefined=crypt_rn -Xlinker --undefined=crypt_gensalt_rn -Xlinker -lcrypt)
RELEASE_FLAGS = $(STATIC_FLAGS) -Xswiftc -use-ld=lld -Xlinker --no-rosegment --disable-local-rpath \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
	-Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xcc -fdata-sections \
	-Xlinker --symbol-ordering-file=$(CURDIR)/Scripts/start-order.txt -Xlinker --no-warn-symbol-ordering \
	$(if $(LINKER_MAP),-Xlinker --no-demangle -Xlinker -Map=$(LINKER_MAP))
BUILD_FLAGS = $(if $(filter release-Linux,$(CONFIGURATION)-$(shell uname -s)),$(RELEASE_FLAGS))

# The real nats-server and nats-py, for comparison.
TEST_PATH = PATH="$(CURDIR)/$(TOOLS)/venv/bin:$(CURDIR)/$(TOOLS)/services/bin:$$PATH"

# What stands in for the images of guides' services, beside the programs of the machine.
SERVICE_PATH = PATH="$(CURDIR)/$(TOOLS)/services/bin:$$PATH"

# A test run that hangs or crashes ends by itself and says where.
TEST_DEADLINE = $(if $(shell command -v timeout),timeout --kill-after=30s 25m)
TEST_RUN = env SWIFT_BACKTRACE=interactive=no,color=no,threads=crashed,registers=none,images=none,timeout=60s \
	$(TEST_PATH) $(TEST_DEADLINE) $(SWIFT) test --skip-build

# Tests that start processes and servers run after the others, which keep every core busy, and one by one: each of them keeps
# several processes busy itself.
PROCESS_TESTS = ^(EndToEndTests|ProvingTests|NATSBrokerTests|NATSClientTests|NATSCommandsTests|PublishingTests)\.

.DEFAULT_GOAL := all
.PHONY: all dependencies service-dependencies test-dependencies build start-order client-library tangle check engines audit site serve test crash-test lint format bench fuzz soak screenshot install dist clean help

all: site ## Build, regenerate ops/, prove every guide, publish the site
	@echo
	@echo "The site is in site/public: open site/public/index.html, or run: make serve"

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

dependencies: ## Install what the build needs (libcmark, zlib, pkg-config, bubblewrap)
	@Scripts/install-dependencies.sh build

service-dependencies: ## Install what guides are run by (PostgreSQL, rclone, the C client of NATS, nats-py)
	@Scripts/install-dependencies.sh services

test-dependencies: dependencies service-dependencies ## Install what the tests need (Python, nats-py, openssl, the real nats-server)
	@Scripts/install-dependencies.sh test

build: dependencies
	$(SWIFT) build -c $(CONFIGURATION) $(BUILD_FLAGS) --product launchpad

# Only after a start has changed much.
start-order: ## Find anew what a start touches, which the linker puts side by side
	@command -v valgrind >/dev/null || { echo "start-order: install valgrind first" >&2; exit 1; }
	rm -f .build/release/launchpad
	$(MAKE) build CONFIGURATION=release LINKER_MAP=$(CURDIR)/.build/launchpad.map
	Scripts/start-order.py .build/release/launchpad .build/launchpad.map >.build/start-order.txt
	mv .build/start-order.txt Scripts/start-order.txt

tangle: build
	$(LAUNCHPAD) tangle --prune

check: tangle service-dependencies client-library ## Prove every guide
	$(SERVICE_PATH) $(LAUNCHPAD) check

# The real nats-server comes with what the tests need. Without root, and without Docker, the engine is not run and says so.
engines: tangle test-dependencies client-library ## Prove every guide on every engine, the real ones too, and tell where they differ
	@Scripts/install-dependencies.sh engines
	@$(TEST_PATH) Scripts/with-docker.sh Scripts/check-engines.sh $(LAUNCHPAD)

# Some minutes. What it found is kept, and stands on the site's proof page.
audit: tangle service-dependencies ## Change one thing at a time in ops/*.conf and the Compose file, and fail where fewer than 90 % are noticed
	$(SERVICE_PATH) $(LAUNCHPAD) audit 'ops/*.conf' ops/docker-compose.yml --min-noticed 90

site: check ## Publish the site to site/public
	$(LAUNCHPAD) build

# What the guides' samples in Swift are compiled with.
client-library: build
	@Scripts/client-library.sh .build/$(CONFIGURATION) .build/client

# Not built anew, so that root need not build: `make && sudo make install`.
install: $(LAUNCHPAD) ## Install with manual pages and completions below PREFIX (/usr/local)
	Scripts/install.sh $(LAUNCHPAD) "$(DESTDIR)$(PREFIX)"

$(LAUNCHPAD):
	$(MAKE) build

dist: build ## Pack it for Debian and Ubuntu without Swift, and try it in a bare root: .build/dist
	Scripts/dist.sh $(LAUNCHPAD) .build/dist
	Scripts/test-dist.sh .build/dist

serve: build ## Serve the site with live reload
	$(LAUNCHPAD) serve

test: test-dependencies ## Run every test
	$(SWIFT) build --build-tests
	$(TEST_RUN) --skip '$(PROCESS_TESTS)'
	$(TEST_RUN) --no-parallel --filter '$(PROCESS_TESTS)'

crash-test: test-dependencies ## End the broker 1,000 times in the middle of its work, and look whether anything was lost
	$(SWIFT) build --build-tests
	CRASH_ROUNDS=1000 $(SWIFT) test --skip-build --filter NATSBrokerTests.CrashTests

lint: ## Check the format of every Swift file
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Fuzzing/Sources/Crypto Fuzzing/Sources/Fuzz Fuzzing/Sources/FuzzPages

format: ## Rewrite every Swift file in the project's format
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Fuzzing/Sources/Crypto Fuzzing/Sources/Fuzz Fuzzing/Sources/FuzzPages

bench: ## Measure speed, as ratios in one run
	Benchmarks/run.sh

fuzz: ## Fuzz the parsers of frames, subjects and configuration and the pages of guides, a minute each
	Fuzzing/fuzz.sh

soak: ## Run the broker under sanitizers with random clients, a minute each
	Fuzzing/soak.sh

screenshot: site ## Renew the screenshot in the README
	Scripts/screenshot.sh

clean: ## Remove what was built
	rm -rf .build .launchpad site/public $(TOOLS)
