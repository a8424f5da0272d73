// Package examples is empty: most packages below it are implementations
// of the two protocols that the suite of package properties is run on, as anybody
// may run it on his own.
//
//   - alia2018: the Remote that an article of 2018 sketched, red;
//   - edge1: a gateway that forgets a deduction, red, and its repair, green;
//   - woven: tests of packages that others wrote, for weir test;
//   - plain: a Remote, a Peer and a gateway that do nothing as one would expect
//     and everything as the protocol demands, green.
//
// The module owns one invariant: each of them is as red or as green as it says.
// It refuses to be a library: nothing in it is for import.
//
// A suite is a maker and a test of one line; the tests of plain show whole ones:
//
//	func newGateway(w *properties.GatewayWorld) properties.Gateway {
//		g := plain.NewGateway(plain.GatewayConfig{Waiting: w.Waiting, MaxWait: w.MaxWait, ...})
//		gatewayv1.RegisterGatewayServer(w.Registrar, g)
//		return gateway{g} // with Do, Close and, if it can be had, Stats
//	}
//
//	func TestGateway(t *testing.T) { properties.TestGateway(t, newGateway, nil) }
//
// Words. Red is a suite in which a law is violated, green one in which each law
// that could be observed held.
package examples
