//go:build lint

package weir_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// baseline is the wire that was promised to users: a compiled image of the
// .proto files. `make baseline` records a new one.
const baseline = "testdata/wire/baseline.binpb"

// bufRefuses is buf's exit code when it found something to complain of, as
// opposed to having failed.
const bufRefuses = 100

// buf runs the pinned buf. These tests have a build tag because building it
// takes minutes the first time; `make lint` runs them.
func buf(t *testing.T, args ...string) (output string, exit int) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"tool", "-modfile=tools/go.mod", "buf"}, args...)...)
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return string(out), failed.ExitCode()
	}
	if err != nil {
		t.Fatalf("buf %q: %v\n%s", args, err, out)
	}
	return string(out), 0
}

func TestGeneratedIsFresh(t *testing.T) {
	dir := t.TempDir()
	if out, exit := buf(t, "generate", "-o", dir); exit != 0 {
		t.Fatalf("buf generate: exit %d\n%s", exit, out)
	}
	want, got := stubs(t, dir), stubs(t, ".")
	if len(want) == 0 {
		t.Fatal("buf generate wrote nothing")
	}
	report(t, staleStubs(got, want))

	for name := range want {
		got[name] = append(bytes.Clone(got[name]), '\n')
		if c := staleStubs(got, want); len(c) != 1 {
			t.Errorf("one line more in %s: got complaints %q, want one", name, c)
		}
		delete(got, name)
		if c := staleStubs(got, want); len(c) != 1 {
			t.Errorf("without %s: got complaints %q, want one", name, c)
		}
		got[name] = want[name]
	}
	got["protocol/oldv1/old.pb.go"] = nil
	if c := staleStubs(got, want); len(c) != 1 {
		t.Errorf("one file too many: got complaints %q, want one", c)
	}
}

func staleStubs(got, want map[string][]byte) (complaints []string) {
	for name := range got {
		if _, ok := want[name]; !ok {
			complaints = append(complaints, name+" is generated from no .proto file: remove it")
		}
	}
	for name := range want {
		if !bytes.Equal(got[name], want[name]) {
			complaints = append(complaints, name+" is not what its .proto file gives: run make generate")
		}
	}
	return complaints
}

// stubs reads the generated files below a directory.
func stubs(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := make(map[string][]byte)
	root := filepath.Join(dir, "protocol")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".pb.go") {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWireIsLinted(t *testing.T) {
	if out, exit := buf(t, "lint"); exit != 0 {
		t.Errorf("buf lint: exit %d\n%s", exit, out)
	}
	dir := protoCopy(t, "remote/v1/remote.proto", "  // What the caller gave; the protocol does not look inside.\n", "")
	if out, exit := buf(t, "lint", dir); exit != bufRefuses || !strings.Contains(out, "comment") {
		t.Errorf("buf lint without a comment: exit %d, want %d\n%s", exit, bufRefuses, out)
	}
}

// TestWireIsKept refuses what would break an end that was built before, and
// shows that it does.
func TestWireIsKept(t *testing.T) {
	if out, exit := buf(t, "breaking", "--against", baseline); exit != 0 {
		t.Errorf("the wire breaks those who use it: exit %d; new behaviour needs a new versioned package\n%s", exit, out)
	}
	for _, tt := range []struct{ file, old, new, complaint string }{
		{"remote/v1/remote.proto", "uint64 seq = 1;", "uint64 seq = 9;", "field"},
		{"remote/v1/remote.proto", "fixed64 memory_id = 2;", "uint64 memory_id = 2;", "type"},
		{"remote/v1/remote.proto", "  uint64 ack = 2;\n", "", "deleted"},
		{"remote/v1/remote.proto", "DELIVERY_RESUME = 2;", "DELIVERY_RESUME = 3;", "DELIVERY_RESUME"},
		{"remote/v1/remote.proto", "repeated Message messages = 3;", "Message messages = 3;", "cardinality"},
		{"gateway/v1/gateway.proto", "rpc Attach(stream HostMessage)", "rpc Attach(HostMessage)", "streaming"},
		{"gateway/v1/gateway.proto", "rpc Attach(", "rpc Join(", "Attach"},
		{"gateway/v1/gateway.proto", "uint64 timeout_ms = 3;", "uint64 timeout = 3;", "timeout"},
	} {
		dir := protoCopy(t, tt.file, tt.old, tt.new)
		out, exit := buf(t, "breaking", dir, "--against", baseline)
		if exit != bufRefuses || !strings.Contains(out, tt.complaint) {
			t.Errorf("%q for %q: exit %d, want %d and a complaint about %q\n%s", tt.new, tt.old, exit, bufRefuses, tt.complaint, out)
		}
	}
}

// protoCopy copies the .proto files into a directory of their own, with the
// first old in one of them replaced by new.
func protoCopy(t *testing.T, name, old, new string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "protocol", "proto"), os.DirFS("protocol/proto")); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("buf.yaml")
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "protocol", "proto", "weir", filepath.FromSlash(name))
	text, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatal(fmt.Errorf("%s has no %q to replace", name, old))
	}
	text = bytes.Replace(text, []byte(old), []byte(new), 1)
	for p, b := range map[string][]byte{filepath.Join(dir, "buf.yaml"): config, target: text} {
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
