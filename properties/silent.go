package properties

import (
	"runtime"
	"sync"

	"pgregory.net/rapid"
)

// check runs rapid on a goroutine of its own, because a failed check ends the
// goroutine.
func check(property func(*rapid.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		rapid.Check(&silent{}, property)
	}()
	<-done
}

// silent is a rapid.TB that keeps rapid's own account to itself: the suite
// tells its own.
type silent struct {
	mu     sync.Mutex
	failed bool
}

func (s *silent) Helper()               {}
func (s *silent) Name() string          { return "weir" }
func (s *silent) Logf(string, ...any)   {}
func (s *silent) Log(...any)            {}
func (s *silent) Skipf(string, ...any)  { runtime.Goexit() }
func (s *silent) Skip(...any)           { runtime.Goexit() }
func (s *silent) SkipNow()              { runtime.Goexit() }
func (s *silent) Errorf(string, ...any) { s.Fail() }
func (s *silent) Error(...any)          { s.Fail() }
func (s *silent) Fatalf(string, ...any) { s.FailNow() }
func (s *silent) Fatal(...any)          { s.FailNow() }

// FailNow ends the goroutine of the check.
func (s *silent) FailNow() {
	s.Fail()
	runtime.Goexit()
}

// Fail notes the failure.
func (s *silent) Fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = true
}

// Failed tells whether Fail was called.
func (s *silent) Failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}
