package wire

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/weir-dev/weir/faults"
)

// h2 is one HTTP/2 frame with a payload of n bytes.
func h2(n int) string {
	return string([]byte{byte(n >> 16), byte(n >> 8), byte(n), 0, 0, 0, 0, 0, 1}) + strings.Repeat("p", n)
}

func TestScannerCountsFrames(t *testing.T) {
	for name, c := range map[string]struct {
		prefaced bool
		text     string
		want     int
	}{
		"nothing":         {true, "", 0},
		"preface":         {true, preface, 0},
		"three":           {true, preface + h2(5) + h2(0) + h2(70000), 3},
		"not whole":       {true, preface + h2(5) + h2(8)[:16], 1},
		"only a header":   {true, preface + h2(5)[:9], 0},
		"from the server": {false, h2(0) + h2(1), 2},
		"no HTTP/2":       {true, "GET / HTTP/1.1\r\n" + strings.Repeat("\x00", 100), 0},
	} {
		for _, size := range []int{1, 7, 1 << 20} {
			s := scanner{prefaced: c.prefaced}
			for rest := c.text; rest != ""; {
				k := min(size, len(rest))
				s.pass([]byte(rest[:k]))
				rest = rest[k:]
			}
			if s.count != c.want {
				t.Errorf("%s in pieces of %d: %d frames, want %d", name, size, s.count, c.want)
			}
		}
	}
}

// A cut after frames is at the end of one, however the bytes were written.
func TestCutIsBetweenFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, size := range []int{1, 10, 1 << 20} {
			f := New(faults.Plan{{Kind: faults.Cut, Link: link, Dir: faults.Up, When: faults.AfterFrames(3)}}, 1)
			a, b := pair()
			c := f.Conn(a, link)
			want := preface + h2(5) + h2(0) + h2(700)
			go func() {
				for rest := want + h2(9) + h2(9); rest != ""; {
					k := min(size, len(rest))
					if _, err := c.Write([]byte(rest[:k])); err != nil {
						break
					}
					rest = rest[k:]
				}
			}()
			got, err := io.ReadAll(b)
			if string(got) != want || !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("in writes of %d: %d bytes came, %v, want %d and a reset", size, len(got), err, len(want))
			}
			f.Close()
		}
	})
}
