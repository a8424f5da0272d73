// Package red runs suites that must fail, and looks at how they do.
//
// The invariant it owns: a suite that holds, that fails by another law, or that
// did not run at all is a failed test. It refuses to take an exit code for a
// verdict: what counts is the law in the failure block.
//
//	func TestGateway(t *testing.T) {
//		red.Inside(t)
//		properties.TestGateway(t, newGateway, nil)
//	}
//
//	func TestGatewayIsRed(t *testing.T) { red.Want(t, "TestGateway", "gateway/no-leak") }
//
// A suite reports to the test that it runs in, so that a red one would make that
// test fail. It therefore runs in a process of its own: Inside skips the test in
// any other.
package red
