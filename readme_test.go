//go:build lint

package weir_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stubOfMine stands for the implementation that a reader of the README has.
const stubOfMine = `package mine

import (
	"context"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
)

type peer struct{}

func (peer) Register(grpc.ServiceRegistrar) {}

func NewPeer(func(context.Context, []byte) ([]byte, error)) peer { return peer{} }

func NewRemote(func(context.Context) (properties.Conn, error), func(context.Context, protocol.Result)) properties.Remote {
	return nil
}

type gateway struct{ properties.Gateway }

func (gateway) Register(grpc.ServiceRegistrar) {}

func NewGateway(waiting, hostLimit int) gateway { return gateway{} }
`

// TestReadmeCompiles type-checks every Go sample of the README, as a package
// that exists only in an overlay of docs.
func TestReadmeCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := goBlocks(string(readme))
	if len(samples) != 3 {
		t.Errorf("README.md has %d Go samples, want 3", len(samples))
	}
	for i, sample := range samples {
		if out, err := vetSample(t, sample); err != nil {
			t.Errorf("sample %d of README.md: %v\n%s", i+1, err, out)
		}
	}
	if out, err := vetSample(t, "package main\n\nfunc main() { undefined() }\n"); err == nil {
		t.Errorf("a sample that does not compile is taken\n%s", out)
	}
}

func goBlocks(text string) (blocks []string) {
	for {
		_, rest, ok := strings.Cut(text, "```go\n")
		if !ok {
			return blocks
		}
		block, after, _ := strings.Cut(rest, "```\n")
		blocks, text = append(blocks, block), after
	}
}

func vetSample(t *testing.T, sample string) (output string, err error) {
	t.Helper()
	dir := t.TempDir()
	name := "sample.go"
	files := map[string]string{}
	if strings.HasPrefix(sample, "package mine\n") {
		name = "sample_test.go"
		files["mine.go"] = stubOfMine
	}
	files[name] = sample
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	replace := make(map[string]string)
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(root, "docs", name)] = p
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(config, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "vet", fmt.Sprintf("-overlay=%s", config), "./docs").CombinedOutput()
	return string(out), err
}
