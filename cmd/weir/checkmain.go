package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"
)

// ownMain is the program. It ends its search when its standard input does, which
// is when weir is interrupted or has gone. A spec that keeps a step from ending
// ends, too.
var ownMain = template.Must(template.New("main").Parse(`// Program main checks one spec.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"{{.Cmdline}}"
	own "{{.Package}}"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signal.Ignore(os.Interrupt)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel(errors.New("interrupted"))
		time.Sleep({{.Patience}})
		fmt.Fprintln(os.Stderr, "check: the spec does not come back: ended without a report")
		os.Exit(cmdline.Undecided)
	}()
	os.Exit(cmdline.Main(ctx, os.Args[1:], {{if .Fails}}own.{{.Func}}{{else}}cmdline.Sure(own.{{.Func}}){{end}}, os.Stdout, os.Stderr))
}
`))

// build builds the program and returns its path.
func (o *own) build(ctx context.Context) (string, error) {
	var source bytes.Buffer
	if err := ownMain.Execute(&source, map[string]any{"Cmdline": cmdlinePackage, "Package": o.pkg.ImportPath,
		"Func": o.name, "Patience": int64(ownPatience), "Fails": o.fails}); err != nil {
		return "", err
	}
	home, err := filepath.Abs(o.home())
	if err != nil {
		return "", err
	}
	file, config, binary := filepath.Join(o.dir, "main.go"), filepath.Join(o.dir, "overlay.json"), filepath.Join(o.dir, "check.exe")
	below := filepath.Base(o.dir) // unlike any directory that is there
	text, err := json.Marshal(overlay{Replace: map[string]string{filepath.Join(home, below, "main.go"): file}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.WriteFile(file, source.Bytes(), 0o666), os.WriteFile(config, text, 0o666)); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, o.goTool, "build", "-mod=readonly", "-overlay", config, "-o", binary, "./"+below)
	cmd.Dir = home
	said, err := cmd.CombinedOutput()
	if err == nil {
		return binary, nil
	}
	if strings.Contains(string(said), filepath.Join(below, "main.go")) {
		return "", usageError{fmt.Errorf("func %s returns %s, want *model.Spec[S], alone or with an error\n%s", o.name, o.result, head(string(said), compilerLines))}
	}
	return "", fmt.Errorf("%s can't be built: %w\n%s", o.pkg.ImportPath, err, head(string(said), compilerLines))
}

// ownPatience is how long the program may take to end once it is told to.
const ownPatience = 10 * time.Second

// runOwn runs the program and returns its exit code. A ctrl-C on the terminal,
// which reaches it too, it ignores: it ends with what it knows when its input
// closes.
func runOwn(ctx context.Context, binary string, args []string, out, errs io.Writer) (int, error) {
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = out, errs
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() { in.Close() })
	err = cmd.Wait()
	stop()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return exitHeld, nil
	case errors.As(err, &exit) && exit.Exited() && exit.ExitCode() <= exitBroken:
		return exit.ExitCode(), nil
	}
	return 0, interruptedOr(ctx, fmt.Errorf("check: the program that checks the spec ended without a verdict: %w", err))
}
