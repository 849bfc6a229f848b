# The commands a person types; what they do is in setup/, a small file each. Every one installs what it lacks.
.DEFAULT_GOAL := help
.PHONY: help demo test build dev check soak fuzz mutants bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## build, then serve the dashboard on http://localhost:3000 with a demo provider and a demo API
	@exec target/release/claimcheck demo

test: ## everything a change must pass: format, lints, unit and integration tests, browser tests
	@setup/test.sh

build: ## the release binary, target/release/claimcheck: one file, the site is inside
	@setup/build.sh

dev: ## the demo, rebuilt and restarted on every change
	@setup/dev.sh

check: ## the quick loop: format, and does it compile
	@setup/check.sh

soak: ## the long runs: random histories of the session core, faults, load, several processes; an hour and a half
	@setup/soak.sh

mutants: ## do the tests notice? the core changed in a thousand small ways, one at a time; a day, or SHARD=3/24
	@setup/mutants.sh

fuzz: ## whatever comes from outside, at random: ten fuzz targets, six minutes each
	@setup/fuzz.sh

bench: ## figures in one run: boards beside bare programs, a slow API, bytes, a filter, Lighthouse, the stores, a logout
	@setup/bench.sh
