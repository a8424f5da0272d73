package leak_test

import (
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/leak"
)

// plantedVariable lets TestPlanted run: it leaks on purpose, in a process of
// its own.
const plantedVariable = "WEIR_LEAK_PLANTED"

// patience is that of the planted tests.
const patience = 100 * time.Millisecond

// open keeps a connection from being closed as garbage.
var open net.Conn

func wait(c chan bool) { <-c }

// serve echoes until the listener is closed.
func serve(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	return l
}

// The subtests run side by side: all wait for each other before they end.
func TestPlanted(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("fails on purpose, in a process of TestCheck")
	}
	leak.SetPatience(patience)
	var together sync.WaitGroup
	together.Add(4)
	side := func(name string, body func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body(t)
			together.Done()
			together.Wait()
		})
	}
	shared := make(chan bool)
	side("clean", func(t *testing.T) {
		leak.Check(t)
		c := make(chan bool)
		t.Cleanup(func() { close(c) })
		go wait(c)
		l := serve(t)
		t.Cleanup(func() { l.Close() })
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	})
	side("waits", func(t *testing.T) {
		leak.Check(t)
		go wait(shared)
	})
	side("accepts", func(t *testing.T) {
		leak.Check(t)
		l := serve(t)
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		open = conn
		conn.Write([]byte("x"))
		conn.Read(make([]byte, 1)) // it was accepted
	})
	side("allowed", func(t *testing.T) {
		leak.Check(t, "github.com/weir-dev/weir/faults/schedule/leak_test.wait")
		go wait(shared)
	})
	lone := make(chan bool)
	t.Run("around", func(t *testing.T) {
		leak.Check(t)
		t.Run("inner", func(t *testing.T) { go func() { lone <- true }() })
	})
	t.Run("slow", func(t *testing.T) {
		leak.Check(t)
		go time.Sleep(2 * patience)
	})
	t.Run("failed", func(t *testing.T) {
		leak.Check(t)
		go wait(make(chan bool))
		t.Error("for another reason")
	})
}

// planted is the output of TestPlanted.
func planted(t *testing.T, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestPlanted$", "-test.v", "-test.parallel=4")
	cmd.Env = append(append(os.Environ(), plantedVariable+"=1"), env...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("no leak was found:\n%s", out)
	}
	return string(out)
}

// Goroutines of several tests that look the same are told apart where the
// runtime writes labels into stacks.
func TestAlike(t *testing.T) {
	const ambiguous = "1 goroutine in leak_test.wait"
	if out := planted(t, "GODEBUG=tracebacklabels=0"); !strings.Contains(out, ambiguous) {
		t.Errorf("no line %q in\n%s", ambiguous, out)
	}
	if out := planted(t, "GODEBUG=tracebacklabels=1"); strings.Contains(out, ambiguous) {
		t.Errorf("a line %q in\n%s", ambiguous, out)
	}
}

// Each leak is blamed on the test that started it and on no other, with where
// it was started and what it waits in.
func TestCheck(t *testing.T) {
	out := planted(t)
	for name, want := range map[string]bool{
		"clean": true, "allowed": true, "slow": true, "waits": false, "accepts": false, "around": false, "around/inner": true, "failed": false,
	} {
		result := "--- FAIL: TestPlanted/" + name + " "
		if want {
			result = "--- PASS: TestPlanted/" + name + " "
		}
		if !strings.Contains(out, result) {
			t.Errorf("no line %q", result)
		}
	}
	for _, want := range []string{
		`leak: 1 goroutine of TestPlanted/waits still there`,
		`goroutine \d+ \[chan receive\] in leak_test.wait check_test.go:\d+\n *started at leak_test.TestPlanted.func\S+ check_test.go:\d+ by the test`,
		`leak: 2 goroutines of TestPlanted/accepts still there`,
		`goroutine \d+ \[IO wait\] in leak_test.serve.func1 check_test.go:\d+\n *started at leak_test.serve check_test.go:\d+ by the test`,
		`started at leak_test.serve.func1 check_test.go:\d+ by goroutine \d+, which was started at leak_test.serve check_test.go:\d+ by the test`,
		`leak: 1 goroutine of TestPlanted/around still there`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("nothing matches %s", want)
		}
	}
	for _, name := range []string{"clean", "allowed", "slow", "failed"} {
		if strings.Contains(out, "of TestPlanted/"+name+" still there") {
			t.Errorf("%s is blamed", name)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}
