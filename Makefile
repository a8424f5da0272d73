# What a developer and CI type. There is no logic here: the work is done by go,
# by cmd/weir, and by the tests.

MODULES   := . $(patsubst %/go.mod,%,$(wildcard cmd/weir/go.mod examples/go.mod))
TOOL      := go tool -modfile=$(CURDIR)/tools/go.mod
FUZZTIME  ?= 30s
FUZZ      ?= .
CORPUS    ?= .weir/corpus
RACECOUNT ?= 5
BASELINE  := testdata/wire/baseline.binpb
EACH       = set -e; for m in $(MODULES); do echo "== $$m"; cd $(CURDIR)/$$m;

# Options of verify: JSON=FILE, DEEP=1, PLANT=ID, SEED=N.
VERIFY := $(if $(JSON),--json '$(JSON)') $(if $(DEEP),--deep) $(if $(PLANT),--plant '$(PLANT)') $(if $(SEED),--seed '$(SEED)')

.PHONY: help verify test race fuzz bench lint generate baseline crosscheck
.DEFAULT_GOAL := help

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

# make ends with 2 whatever failed. Who needs to know what did (1 a law, 3 an
# undecided one, 4 the suite itself) calls the binary, which says so in its last
# line, too.
verify: ## check both protocols, law by law [JSON=FILE] [DEEP=1] [PLANT=ID] [SEED=N]
	@go -C cmd/weir build -o ../../.weir/weir .
	@.weir/weir verify $(VERIFY)

test: ## run the tests of all modules under the race detector
	@$(EACH) go test -race ./...; done

race: ## run the tests of the concurrent rooms RACECOUNT times under the race detector
	go test -race -count=$(RACECOUNT) ./impl/... ./faults/... ./properties/...

fuzz: ## run the fuzz targets in the directories FUZZ, woven, for FUZZTIME each, and keep in CORPUS what is new
	@tools/fuzz.sh $(FUZZTIME) $(CORPUS) $(FUZZ)

bench: ## measure the 2018 figure and plot it beside the published one, in out/bench.svg
	@mkdir -p out
	go -C cmd/weir run . bench --svg $(CURDIR)/out/bench.svg

lint: ## check form, imports, comments, wire compatibility, and that what is generated is fresh
	@$(EACH) go mod tidy -diff; go vet ./...; $(TOOL) staticcheck ./...; done
	go -C tools mod tidy -diff
	for os in windows darwin freebsd; do GOOS=$$os go vet ./model/... || exit 1; done
	go vet -tags lint .
	$(TOOL) staticcheck -tags lint .
	$(TOOL) buf lint
	$(TOOL) buf breaking --against $(BASELINE)
	go test -tags lint -count=1 .

generate: ## write the gRPC stubs and the tables of laws
	$(TOOL) buf generate
	go test -count=1 -run '^TestLawTables$$' . -update

crosscheck: ## compare the model checker with Spin, where that is installed
	@tools/crosscheck.sh

baseline: ## record the wire as it is now as the one that must not break
	$(TOOL) buf build -o $(BASELINE)
