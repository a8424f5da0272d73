package simnet

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// echo answers each message with a reply of the same seq and payload.
type echo struct {
	remotev1.UnimplementedPeerServer
	ended func(error) // told what ended the exchange, if not nil
}

func (e echo) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	for {
		in, err := stream.Recv()
		if err != nil {
			if e.ended != nil {
				e.ended(err)
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
		for _, m := range in.Messages {
			reply := &remotev1.PeerReply{Replies: []*remotev1.Reply{{Seq: m.Seq, Payload: m.Payload}}}
			if err := stream.Send(reply); err != nil {
				if e.ended != nil {
					e.ended(err)
				}
				return err
			}
		}
	}
}

type peerStream = grpc.BidiStreamingClient[remotev1.PeerRequest, remotev1.PeerReply]

func request(seq uint64) *remotev1.PeerRequest {
	return &remotev1.PeerRequest{Messages: []*remotev1.Message{{Seq: seq, Payload: []byte(fmt.Sprint("m", seq))}}}
}

func seqOf(r *remotev1.PeerReply) uint64 { return r.GetReplies()[0].GetSeq() }

func plan(t *testing.T, text string) faults.Plan {
	t.Helper()
	p, err := faults.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// direct runs f in a bubble on a network that delivers at once.
func direct(t *testing.T, planText string, f func(n *Network, conn *Conn)) {
	t.Helper()
	p := plan(t, planText)
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{Plan: p})
		defer n.Close()
		remotev1.RegisterPeerServer(n.Server("peer"), echo{})
		conn, err := n.Dial(context.Background(), "remote", "peer")
		if err != nil {
			t.Fatal(err)
		}
		f(n, conn)
	})
}

func exchange(t *testing.T, ctx context.Context, conn *Conn) peerStream {
	t.Helper()
	stream, err := remotev1.NewPeerClient(conn).Exchange(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// theatre is a network under a scheduler.
type theatre struct {
	t     *testing.T
	s     *schedule.Scheduler
	n     *Network
	steps []string
	wants []string // names of steps, in order, that are preferred
}

// Choose implements schedule.Chooser: the next wish when it is offered among
// the network's actions, which are the last of a choice, else 0.
func (th *theatre) Choose(c *schedule.Choice) int {
	if c.What != schedule.WhatStep || len(th.wants) == 0 {
		return 0
	}
	var actions []string
	th.n.Enabled(func(a schedule.Action) { actions = append(actions, a.Name) })
	if i := slices.Index(actions, th.wants[0]); i >= 0 {
		return c.N - len(actions) + i
	}
	return 0
}

func (th *theatre) step(s schedule.Step) {
	if len(th.wants) > 0 && s.Name == th.wants[0] {
		th.wants = th.wants[1:]
	}
	th.steps = append(th.steps, strings.TrimSpace(s.Name+" "+s.What))
}

// script is a scheduled run: who serves, which steps are preferred, and what
// the controlled goroutine "caller#1" does.
type script struct {
	plan    string
	wants   []string
	chooser schedule.Chooser // instead of wants
	quota   int
	server  remotev1.PeerServer
	caller  func(th *theatre, conn *Conn)
	after   func(th *theatre) // on the root, once the caller is done
}

// play runs the script until the caller is done and nothing else can happen,
// and returns the steps.
func (sc script) play(t *testing.T) (steps []string) {
	t.Helper()
	p := plan(t, sc.plan)
	if sc.server == nil {
		sc.server = echo{}
	}
	synctest.Test(t, func(t *testing.T) {
		th := &theatre{t: t, wants: sc.wants}
		if sc.chooser == nil {
			sc.chooser = th
		}
		s, err := schedule.New(schedule.Config{Chooser: sc.chooser, OnStep: th.step})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if stuck := s.Teardown(); stuck != 0 {
				t.Errorf("%d goroutines are stuck after the teardown", stuck)
			}
		}()
		th.s, th.n = s, New(Config{Scheduler: s, Plan: p, QuotaBytes: sc.quota})
		s.AddSource(th.n)
		defer th.n.Close()
		remotev1.RegisterPeerServer(th.n.Server("peer"), sc.server)
		done := false
		s.Go("caller#1", func() {
			conn, err := th.n.Dial(context.Background(), "remote", "peer")
			if err != nil {
				t.Error(err)
				return
			}
			sc.caller(th, conn)
			done = true
		})
		if v := s.Run(func() bool { return done }, time.Hour); v.Kind != schedule.Done {
			t.Errorf("run ended %v, want done; tasks %q, steps %q", v, v.Tasks, th.steps)
		}
		if sc.after != nil {
			s.Run(nil, 0)
			sc.after(th)
		}
		if len(th.wants) > 0 {
			t.Errorf("step %q was never offered in %q", th.wants[0], th.steps)
		}
		steps = th.steps
	})
	return steps
}

// expectBreaches compares the kinds of the breaches so far.
func expectBreaches(t *testing.T, n *Network, want ...BreachKind) {
	t.Helper()
	var got []BreachKind
	for _, b := range n.Breaches() {
		got = append(got, b.Kind)
	}
	if !slices.Equal(got, want) {
		t.Errorf("breaches %v, want %v", n.Breaches(), want)
	}
}

func expectCode(t *testing.T, what string, err error, want codes.Code) {
	t.Helper()
	if status.Code(err) != want {
		t.Errorf("%s got %v, want the code %v", what, err, want)
	}
}
