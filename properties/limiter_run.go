package properties

import (
	"flag"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// limiterPlan is what is done to a Limiter, drawn before it is.
type limiterPlan struct {
	// limits holds the limit of each host at the beginning.
	limits  []int
	clients [][]limiterCall
}

// limiterCall is one call. Which reservation it is about is told by its place
// among those given so far, live or not.
type limiterCall struct {
	do          linear.LedgerKind
	host, which int
	limit       int
}

// callKinds are the calls in the odds in which they are drawn, the plainest
// first.
var callKinds = []linear.LedgerKind{
	linear.Reserve, linear.Reserve, linear.Reserve, linear.Reserve, linear.Release, linear.Release, linear.Release,
	linear.Reassign, linear.Reassign, linear.Count, linear.SetLimit, linear.Detach, linear.Attach,
}

// drawLimiterPlan draws a plan of at most three clients with at most so many
// calls each: small enough to be judged at once.
func drawLimiterPlan(c dice, calls int) limiterPlan {
	var p limiterPlan
	for range between(c, "hosts", 1, 3) {
		p.limits = append(p.limits, between(c, "limit", 1, 2))
	}
	for range between(c, "clients", 1, 3) {
		var ops []limiterCall
		for range between(c, "calls", 1, calls) {
			ops = append(ops, limiterCall{
				do:    pick(c, "call", callKinds...),
				host:  1 + pick(c, "host", places(len(p.limits))...),
				which: between(c, "which", 0, 3),
				limit: between(c, "limit", 0, 2),
			})
		}
		p.clients = append(p.clients, ops)
	}
	return p
}

// places are the numbers below n.
func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// probes is how many reservations are tried at each host at the end: more than
// any limit.
const probes = 3

// String tells the plan in one line.
func (p limiterPlan) String() string {
	var parts []string
	for i, ops := range p.clients {
		parts = append(parts, fmt.Sprintf("client %d: %d calls", i+1, len(ops)))
	}
	return fmt.Sprintf("limits %v; %s", p.limits, strings.Join(parts, "; "))
}

// limiterRun is one Limiter and the history of its calls.
type limiterRun struct {
	plan limiterPlan
	made Limiter

	mu      sync.Mutex
	clock   int64
	given   []uint64
	history []porcupine.Operation
}

func newLimiterRun(plan limiterPlan, made Limiter) *limiterRun {
	return &limiterRun{plan: plan, made: made}
}

// prepare attaches the hosts, one after the other.
func (r *limiterRun) prepare() {
	for i, limit := range r.plan.limits {
		r.do(0, limiterCall{do: linear.Attach, host: i + 1, limit: limit})
	}
}

// probe asks what is there when everything has returned, so that a
// reservation that was lost, or never ended, shows.
func (r *limiterRun) probe() {
	for i := range r.plan.limits {
		r.do(0, limiterCall{do: linear.Count, host: i + 1})
		for range probes {
			r.do(0, limiterCall{do: linear.Reserve, host: i + 1})
		}
		r.do(0, limiterCall{do: linear.Count, host: i + 1})
	}
}

// free runs the clients as they like and tells whether they came to an end.
func (r *limiterRun) free(plan limiterPlan) bool {
	start := make(chan struct{})
	var clients sync.WaitGroup
	for i, ops := range plan.clients {
		clients.Go(func() {
			<-start
			for _, op := range ops {
				r.do(i+1, op)
			}
		})
	}
	close(start)
	done := make(chan struct{})
	go func() {
		clients.Wait()
		close(done)
	}()
	timer := time.NewTimer(limiterPatience)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// never is an id that no ledger gives.
const never = 1 << 62

// do makes one call and records it.
func (r *limiterRun) do(client int, c limiterCall) {
	in := linear.LedgerOp{Do: c.do, Host: c.host, Limit: c.limit}
	r.mu.Lock()
	if c.do == linear.Release || c.do == linear.Reassign {
		in.ID = never
		if len(r.given) > 0 {
			in.ID = r.given[c.which%len(r.given)]
		}
	}
	r.clock++
	begun := r.clock
	r.mu.Unlock()

	out := r.call(in)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock++
	if out.OK && (c.do == linear.Reserve || c.do == linear.Reassign) {
		r.given = append(r.given, out.ID)
	}
	r.history = append(r.history, porcupine.Operation{ClientId: client, Input: in, Call: begun, Output: out, Return: r.clock})
}

// call makes one call.
func (r *limiterRun) call(in linear.LedgerOp) (out linear.LedgerResult) {
	host := fmt.Sprintf("h%d", in.Host)
	switch in.Do {
	case linear.Attach:
		r.made.Attach(host, in.Limit)
		out.Known = linear.Unseen
	case linear.Detach:
		out.N = r.made.Detach(host)
	case linear.SetLimit:
		r.made.SetLimit(host, in.Limit)
	case linear.Reserve:
		out.ID, out.OK = r.made.Reserve(host)
	case linear.Reassign:
		out.ID, out.OK = r.made.Reassign(in.ID, host)
	case linear.Release:
		out.OK = r.made.Release(in.ID)
	case linear.Count:
		out.N = r.made.Reserved(host)
	}
	return out
}

// story tells the history, call by call, in the order in which they began. The
// numbers in front are the instants of call and return: two calls whose spans
// overlap may have happened in either order.
func (r *limiterRun) story() []string {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	history := append([]porcupine.Operation(nil), r.history...)
	sort.Slice(history, func(i, j int) bool { return history[i].Call < history[j].Call })
	describe := linear.Ledger().DescribeOperation
	var out []string
	for _, op := range history {
		out = append(out, fmt.Sprintf("%3d-%-3d client %d  %s", op.Call, op.Return, op.ClientId, describe(op.Input, op.Output)))
	}
	return out
}

// setFlags sets flags and returns what sets them back.
func setFlags(t *testing.T, values map[string]string) (restore func()) {
	before := make(map[string]string)
	set := func(name, value string) {
		if err := flag.Set(name, value); err != nil {
			t.Fatalf("rapid does not take -%s=%s: %v", name, value, err)
		}
	}
	for name, value := range values {
		if f := flag.Lookup(name); f != nil {
			before[name] = f.Value.String()
		}
		set(name, value)
	}
	return func() {
		for name, value := range before {
			set(name, value)
		}
	}
}
