/*
Package weir is the root of a model-checked verification suite for streaming
RPC protocols, and of the reference implementation that the suite proves itself
on. It holds no code of its own: this page says where to go, and the tests
beside it keep the tree in shape.

Two protocols are covered. A Remote sends messages to a peer in order, over one
bidirectional gRPC stream that may break at any moment, and accounts for every
one of them. A Gateway spreads requests over hosts under reservations, moves
the slow ones elsewhere, and never loses count.

To use them:

	impl/remote, impl/gateway   the real thing: bounded, every message accounted for
	properties                  TestRemote and TestGateway, for an implementation of your own
	cmd/weir                    weir verify: laws checked in models, under faults, on real sockets

To understand them:

	protocol                    the document and the vocabulary; start there
	model                       what is allowed: checker, specs, sequential oracles
	faults                      what the adversary can do: networks, schedules, plans

The invariant of the root: an import goes down these floors and never up, and
never in a circle. The protocol is on the ground and knows nobody; impl, model
and faults stand side by side above it and know only the ground; properties
stands on model and faults, and meets impl in tests alone; the commands see
everything. So no bug can be shared by an implementation and its judge.
*/
package weir
