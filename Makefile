# The commands of the project. Each is a small script in setup/, which also installs its tools.
.DEFAULT_GOAL := help
.PHONY: help demo test build dist image dev check lint unit it e2e interop proxies guards faults soak fuzz mutants bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## serve the dashboard with a demo provider and a demo API on http://localhost:3000 (quick build)
	@exec setup/demo.sh

test: ## run all checks: format, lints, unit, integration and browser tests
	@setup/test.sh

build: ## build the release binary, target/release/claimcheck: one file that contains the site
	@setup/build.sh release

dist: ## build a release: a static binary for Linux with its archive in target/dist/, or for another machine: make dist ARCH=aarch64
	@setup/dist.sh $(ARCH)

image: ## build the container image, start it read-only and sign in at its demo (Linux, buildah and podman)
	@setup/image.sh test

dev: ## serve the demo, rebuild and restart it on every change
	@setup/dev.sh

check: ## quick check: format and compile
	@setup/check.sh

lint: ## check format and lints
	@setup/lint.sh

unit: ## run unit tests of all crates, or those whose path contains T: make unit T=id_token
	@setup/rust-tests.sh unit $(T)

it: ## run integration tests, or those whose path contains T: make it T=refresh::
	@setup/rust-tests.sh it $(T)

e2e: ## run browser tests on the release binary, all or some: make e2e SPEC=table PROJECT='demo hydrated'
	@setup/e2e.sh '$(SPEC)' '$(PROJECT)'

interop: ## run browser tests with real Keycloak and an Auth0 simulator, all or some: make interop T=refresh (Java, Maven)
	@setup/interop.sh '$(T)'

proxies: ## run the release binary behind nginx and Caddy as the book configures them, at a root and below a path
	@setup/proxies.sh

guards: ## check the limits of instructions, bytes of a first visit and binary size; part of make test
	@setup/guards.sh

faults: ## run load and faults on the release binary: the short form, which is part of make test, or some: make faults T='bodies streams'
	@setup/faults.sh $(T)

soak: ## run soak tests: random session histories, all of load and faults, several processes, long runs; two hours
	@setup/soak.sh

mutants: ## run mutation tests of the core: about a thousand changes; takes a day, or SHARD=3/24
	@setup/mutants.sh

fuzz: ## run eleven fuzz targets, six minutes each
	@setup/fuzz.sh

bench: ## run benchmarks: boards, a slow API, bytes, a filter, Lighthouse, the stores, a logout
	@setup/bench.sh
