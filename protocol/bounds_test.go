package protocol_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

var bounds = []protocol.Bound{
	protocol.Buffer, protocol.Window, protocol.MessageBytes, protocol.FrameMessages, protocol.FrameBytes,
	protocol.BackoffMin, protocol.BackoffMax, protocol.ConnectTimeout, protocol.Sessions, protocol.PeerQueue,
	protocol.Waiting, protocol.HostLimit, protocol.MaxAttempts, protocol.Hosts, protocol.HostQueue,
}

// TestBoundsAreAllHere keeps the list above complete.
func TestBoundsAreAllHere(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "bounds.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, s := range g.Specs {
				declared += len(s.(*ast.ValueSpec).Names)
			}
		}
	}
	if declared != len(bounds) {
		t.Errorf("bounds.go declares %d bounds, this test knows %d", declared, len(bounds))
	}
}

func TestBounds(t *testing.T) {
	for _, b := range bounds {
		t.Run(b.Name+" "+b.Unit, func(t *testing.T) {
			if b.Name == "" || b.Unit == "" || b.AtBound == "" {
				t.Errorf("got %+v, want a name, a unit and what happens at the bound", b)
			}
			if b.Min < 1 || b.Default < b.Min || b.Default > b.Max {
				t.Errorf("got min %d, default %d, max %d, want them positive and in this order", b.Min, b.Default, b.Max)
			}
			for v, want := range map[int64]int64{0: b.Default, b.Min: b.Min, b.Default: b.Default, b.Max: b.Max} {
				if got, err := b.Pick("part", v); err != nil || got != want {
					t.Errorf("Pick(%d) = %d, %v, want %d", v, got, err, want)
				}
			}
			refused := []int64{-1, b.Max + 1}
			if b.Min > 1 {
				refused = append(refused, b.Min-1)
			}
			for _, v := range refused {
				pickRefuses(t, b, v)
			}
		})
	}
}

func pickRefuses(t *testing.T, b protocol.Bound, v int64) {
	t.Helper()
	got, err := b.Pick("part", v)
	if !errors.Is(err, protocol.ErrConfig) || got != 0 {
		t.Errorf("Pick(%d) = %d, %v, want an error that wraps ErrConfig", v, got, err)
		return
	}
	says := []string{"part." + b.Name}
	for _, n := range []int64{v, b.Min, b.Max, b.Default} {
		if b.Unit == "ns" {
			says = append(says, time.Duration(n).String())
		} else {
			says = append(says, fmt.Sprint(n))
		}
	}
	if b.Unit != "ns" {
		says = append(says, b.Unit)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("Pick(%d) says %q, want it to name %q", v, err, s)
		}
	}
}

func TestSentinels(t *testing.T) {
	seen := make(map[string]bool)
	for _, err := range []error{
		protocol.ErrClosed, protocol.ErrFull, protocol.ErrTooLarge, protocol.ErrInDispatch, protocol.ErrOverloaded,
		protocol.ErrNoHost, protocol.ErrHostLost, protocol.ErrRefused, protocol.ErrConfig, protocol.ErrEvent,
	} {
		s := err.Error()
		if s == "" || seen[s] || strings.HasSuffix(s, ".") || s[0] < 'a' || s[0] > 'z' {
			t.Errorf("error %q: want its own text, lower case, without a period", s)
		}
		seen[s] = true
	}
	if got, want := (&protocol.HandlerError{Party: "h1", Message: "no"}).Error(), "handler at h1 failed: no"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (&protocol.HandlerError{Message: "no"}).Error(), "handler failed: no"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
