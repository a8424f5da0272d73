// Package faults says what goes wrong on a link, and when: a [Plan] is a value
// that is drawn, printed, parsed and shrunk, and that the adversaries below it
// carry out: simnet on a simulated gRPC network, wire on any net.Conn.
//
// The invariant it owns: a plan that [Plan.Validate] accepts reads back from
// its own text as an equal plan, so that the line a failure prints is the plan
// that failed.
//
// It refuses to carry out a fault itself, to decide whether a run was right,
// and to guess: a plan with a fault that no network could show is an error.
//
// A plan in Go and the same plan as text:
//
//	plan := faults.Plan{
//		{Kind: faults.Cut, Link: "remote->peer", Nth: 2, Dir: faults.Down, When: faults.AfterFrames(3)},
//		{Kind: faults.Refuse, Link: "remote->peer", Count: 2},
//		{Kind: faults.Stall, Link: "remote->peer", Nth: 1, Dir: faults.Up, When: faults.AfterBytes(512), For: 2 * time.Second},
//	}
//	// cut remote->peer#2 down after 3 frames; refuse remote->peer 2 times; stall remote->peer#1 up after 512 bytes for 2s
//	same, err := faults.Parse(plan.String())
//
// Words. A party is an end of the network: "remote", "h1". A link is what one
// party opened to another, "remote->peer"; its generations are counted from 1,
// so "remote->peer#2" is the second. A frame is one message on a stream in
// simnet, one HTTP/2 frame in wire. Up is the direction from the party that opened the
// link, down the direction towards it. A fault fires when its trigger is met.
package faults
