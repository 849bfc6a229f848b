# The commands for people. Each is a small script in setup/, which also installs what it needs.
.DEFAULT_GOAL := help
.PHONY: help demo test build dev check lint unit it e2e guards soak fuzz mutants bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build quickly, then serve the dashboard on http://localhost:3000 with a demo provider and a demo API
	@exec setup/demo.sh

test: ## everything a change must pass: format, lints, unit and integration tests, browser tests
	@setup/test.sh

build: ## the release binary, target/release/claimcheck: one file, the site is inside
	@setup/build.sh release

dev: ## the demo, rebuilt and restarted on every change
	@setup/dev.sh

check: ## the quick loop: format, and does it compile
	@setup/check.sh

lint: ## format and lints
	@setup/lint.sh

unit: ## unit tests of all crates, or those whose path contains T: make unit T=id_token
	@setup/rust-tests.sh unit $(T)

it: ## integration tests, or those whose path contains T: make it T=refresh::
	@setup/rust-tests.sh it $(T)

e2e: ## browser tests on the release binary, all or some: make e2e SPEC=table PROJECT='demo hydrated'
	@setup/e2e.sh '$(SPEC)' '$(PROJECT)'

guards: ## what may not grow unseen: instructions, bytes of a first visit, size of the binary; part of make test
	@setup/guards.sh

soak: ## the long runs: random histories of the session core, faults, load, several processes; an hour and a half
	@setup/soak.sh

mutants: ## do the tests notice? the core changed in a thousand small ways, one at a time; a day, or SHARD=3/24
	@setup/mutants.sh

fuzz: ## random input from outside: ten fuzz targets, six minutes each
	@setup/fuzz.sh

bench: ## figures in one run: boards beside bare programs, a slow API, bytes, a filter, Lighthouse, the stores, a logout
	@setup/bench.sh
