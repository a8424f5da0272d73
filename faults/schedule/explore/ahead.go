package explore

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
)

// ahead keeps the choices of the running schedule in memory that a file
// mirrors, so that they outlive the process. It begins with the number of
// choices and the length of the test's name, then come the name and the choices.
type ahead struct {
	memory []byte
	at     int // of the choices
	n      uint32
}

const (
	aheadBytes = 1 << 20
	aheadHead  = 8
)

// aheads holds the mirrored memory of this process.
var aheads struct {
	once   sync.Once
	memory []byte
	err    error
}

// newAhead prepares for the schedules of a test; nil without a path.
func newAhead(path, test string) (*ahead, error) {
	if path == "" {
		return nil, nil
	}
	aheads.once.Do(func() { aheads.memory, aheads.err = mirror(path, aheadBytes) })
	if aheads.err != nil {
		return nil, fmt.Errorf("explore: %s: %w", path, aheads.err)
	}
	a := &ahead{memory: aheads.memory, at: aheadHead + len(test)}
	binary.LittleEndian.PutUint32(a.memory, 0)
	binary.LittleEndian.PutUint32(a.memory[4:], uint32(len(test)))
	copy(a.memory[aheadHead:], test)
	return a, nil
}

// begin forgets the choices of the schedule before.
func (a *ahead) begin() {
	a.n = 0
	binary.LittleEndian.PutUint32(a.memory, 0)
}

func (a *ahead) note(c uint32) {
	at := a.at + 4*int(a.n)
	if at+4 > len(a.memory) {
		return // a longer schedule is repeated as far as it is known
	}
	binary.LittleEndian.PutUint32(a.memory[at:], c)
	a.n++
	binary.LittleEndian.PutUint32(a.memory, a.n)
}

// end says that no schedule is running.
func (a *ahead) end() { binary.LittleEndian.PutUint32(a.memory[4:], 0) }

// ReadAhead reads what a process that ended left in its file: the test whose
// schedule was running, empty if none was, and the choices it had made.
func ReadAhead(path string) (test string, choices []uint32, err error) {
	text, err := os.ReadFile(path)
	if err != nil || len(text) < aheadHead {
		return "", nil, err
	}
	n, name := int(binary.LittleEndian.Uint32(text)), int(binary.LittleEndian.Uint32(text[4:]))
	if name == 0 {
		return "", nil, nil
	}
	if aheadHead+name+4*n > len(text) {
		return "", nil, fmt.Errorf("explore: %s is cut short", path)
	}
	test = string(text[aheadHead : aheadHead+name])
	for i := range n {
		choices = append(choices, binary.LittleEndian.Uint32(text[aheadHead+name+4*i:]))
	}
	return test, choices, nil
}
