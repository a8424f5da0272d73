//go:build !unix

package explore

import "errors"

// mirror needs a file that is mapped into memory.
func mirror(string, int) ([]byte, error) {
	return nil, errors.New("choices can't be kept ahead of a crash on this system: leave WEIR_AHEAD empty")
}
