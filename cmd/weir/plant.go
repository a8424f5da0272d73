package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"

	"github.com/weir-dev/weir/protocol"
)

// plantedDir holds the planted bugs, a patch each.
var plantedDir = filepath.Join("testdata", "planted")

// plant is a planted bug: a patch to the reference implementation, and the
// law that must catch it.
type plant struct {
	// ID names the bug in the collection, Law the law that it breaks, Title what
	// is wrong.
	ID, Law, Title string
	// Order is whether it is a matter of order: whether it shows depends on who
	// goes first, and not only on what is done.
	Order bool
	patch []byte
}

// plantID matches the id of a planted bug, which is part of names in Go.
var plantID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)

// readPlants reads the planted bugs, by their ids. The name of a patch is its
// id; it begins with the lines "law: " and "title: ", and "order: no" if it is
// not a matter of order. An error tells what is wrong with some of them; the
// others are returned with it.
func readPlants(root string) ([]plant, error) {
	entries, err := os.ReadDir(filepath.Join(root, plantedDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []plant
	var errs []error
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".patch")
		if !ok {
			continue
		}
		name := filepath.Join(plantedDir, e.Name())
		if !plantID.MatchString(id) {
			errs = append(errs, fmt.Errorf("%s: %q is no id, want letters and digits, as in R05", name, id))
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		p, err := parsePlant(id, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		out = append(out, p)
	}
	if len(out)+len(errs) == 0 {
		return nil, fmt.Errorf("%s holds no patch: without planted bugs nothing shows that the suite catches any", plantedDir)
	}
	return out, errors.Join(errs...)
}

// parsePlant reads the header of a patch.
func parsePlant(id string, text []byte) (plant, error) {
	p := plant{ID: id, Order: true, patch: text}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "diff ") || strings.HasPrefix(line, "--- ") {
			break
		}
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "law":
			p.Law = value
		case "title":
			p.Title = value
		case "order":
			if value != "yes" && value != "no" {
				return p, fmt.Errorf("order is %q, want yes if the bug is a matter of order, no if it is not", value)
			}
			p.Order = value == "yes"
		}
	}
	if p.Law == "" || p.Title == "" {
		return p, errors.New("the header is incomplete: begin the file with a line \"law: SLUG\", the law that must catch the bug, and a line \"title: TEXT\", what is wrong")
	}
	if _, ok := protocol.LawBySlug(p.Law); !ok {
		return p, fmt.Errorf("law %q is not in the catalogue; docs/laws.md lists them", p.Law)
	}
	return p, nil
}

// findPlant finds a planted bug by its id.
func findPlant(plants []plant, id string) (plant, error) {
	var ids []string
	for _, p := range plants {
		if p.ID == id {
			return p, nil
		}
		ids = append(ids, p.ID)
	}
	return plant{}, usageError{fmt.Errorf("planted bug %q is unknown, want one of %s; \"weir plants\" tells what they are", id, strings.Join(ids, ", "))}
}

// apply makes the bug for the tree at root as it is. A patch that does not
// apply exactly is an error.
func (p plant) apply(root string) (bug, error) {
	out := bug{id: p.ID, files: make(map[string][]byte)}
	files, _, err := gitdiff.Parse(bytes.NewReader(p.patch))
	if err != nil {
		return out, fmt.Errorf("planted bug %s is not a patch: %w", p.ID, err)
	}
	if len(files) == 0 {
		return out, fmt.Errorf("planted bug %s changes nothing: its patch has no hunk", p.ID)
	}
	for _, f := range files {
		name := f.NewName
		if name == "" {
			name = f.OldName
		}
		if f.IsNew || f.IsDelete || f.IsRename || f.IsCopy || f.NewName != f.OldName || !plantable(name) {
			return out, fmt.Errorf("planted bug %s touches %s: it may change Go files of impl only, and no tests", p.ID, name)
		}
		src, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return out, fmt.Errorf("planted bug %s no longer applies: %w", p.ID, err)
		}
		var dst bytes.Buffer
		if err := gitdiff.Apply(&dst, bytes.NewReader(src), f); err != nil {
			return out, fmt.Errorf("planted bug %s no longer applies to %s: %w; write it again for the code as it is", p.ID, name, err)
		}
		if bytes.Equal(dst.Bytes(), src) {
			return out, fmt.Errorf("planted bug %s changes nothing in %s", p.ID, name)
		}
		out.files[name] = dst.Bytes()
	}
	return out, nil
}

// plantable tells whether a planted bug may be in a file.
func plantable(name string) bool {
	return path.Clean(name) == name && strings.HasPrefix(name, "impl/") && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// protocolOf returns the protocol whose suite must catch the bug.
func (p plant) protocolOf() string {
	name, _, _ := strings.Cut(p.Law, "/")
	return name
}
