# Every target is a script in scripts/, so that people, CI and editors run the same thing.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types test-unit test-integration test-e2e test-faults test-cluster cluster cluster-down \
        bench bench-operator images openapi clean

help:             ## what can be made
	@scripts/help
setup:            ## installs everything into this folder
	@scripts/setup
demo: setup       ## runs the whole product on this machine
	@scripts/demo
test: setup       ## all tests, with the time each part took
	@scripts/test
lint: setup       ## style, import contracts, drift of generated files
	@scripts/lint
types: setup      ## mypy, pyright and the front end's compiler
	@scripts/types
test-unit: setup  ## rules and protocols, without I/O
	@scripts/test-unit
test-integration: setup ## real PostgreSQL, Redis, engine and simulator
	@scripts/test-integration
test-e2e: setup   ## people's journeys in Chromium
	@scripts/test-e2e
test-faults: setup ## kills everything, in the long form
	@scripts/test-faults full
test-cluster: setup ## Kubernetes: a real control plane, fake nodes, a real node
	@scripts/test-cluster full
bench: setup      ## speed and size, one JSON line each
	@scripts/bench
bench-operator: setup ## the operator on a real control plane, one JSON line each
	@scripts/bench-operator
images: setup     ## builds the container images into .cache/images
	@scripts/images
openapi: setup    ## writes frontend/openapi.json, its client, docs/settings.md, docs/conditions.md and what the chart copies
	@scripts/generate
cluster: setup    ## a throw-away Kubernetes cluster with Recado in it, as root
	@scripts/cluster
cluster-down:     ## removes that cluster and every trace of it
	@scripts/cluster-down
clean:            ## removes what setup and the tests made
	@scripts/clean
