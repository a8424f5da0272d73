package weave

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// overlay is what the go command's flag -overlay reads. An empty replacement
// means that the file doesn't exist.
type overlay struct {
	Replace map[string]string
}

// readOverlay reads the overlay at path, with its paths made absolute from
// dir as the go command does. An empty path is an empty overlay.
func readOverlay(path, dir string) (overlay, error) {
	o := overlay{Replace: map[string]string{}}
	if path == "" {
		return o, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return o, fmt.Errorf("weave: overlay: %w", err)
	}
	var raw overlay
	if err := json.Unmarshal(text, &raw); err != nil {
		return o, fmt.Errorf("weave: overlay %s: %w", path, err)
	}
	abs := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	for from, to := range raw.Replace {
		o.Replace[abs(from)] = abs(to)
	}
	return o, nil
}

// read reads a source through the overlay.
func (o overlay) read(path string) ([]byte, error) {
	if to, ok := o.Replace[path]; ok {
		path = to
	}
	return os.ReadFile(path)
}

// marshal is the file's text; encoding/json sorts the keys.
func (o overlay) marshal() ([]byte, error) {
	text, err := json.MarshalIndent(o, "", "\t")
	return append(text, '\n'), err
}
