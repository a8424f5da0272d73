package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/properties"
)

// The test binary takes the place of a suite's test binary when
// fakeSuiteVariable names a directory, and of the go command when
// fakeGoVariable does.
const (
	fakeSuiteVariable = "WEIR_FAKE_SUITE"
	fakeGoVariable    = "WEIR_FAKE_GO"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// fakeCheckout makes a directory that looks like a checkout.
func fakeCheckout(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "module "+modulePath+"\n\ngo 1.26.0\n")
	write(t, filepath.Join(root, "impl", "a.go"), "zero\none\nthree\n")
	write(t, filepath.Join(root, "properties", "p.go"), "package properties\n")
	for name, text := range files {
		write(t, filepath.Join(root, filepath.FromSlash(name)), text)
	}
	return root
}

// patchOf is a planted bug in the second of three lines of a file.
func patchOf(law, title, file, minus, plus string) string {
	return fmt.Sprintf("law: %s\ntitle: %s\n\n%s", law, title, diffOf(file, minus, plus))
}

func diffOf(file, minus, plus string) string {
	return fmt.Sprintf("diff --git a/%[1]s b/%[1]s\n--- a/%[1]s\n+++ b/%[1]s\n@@ -1,3 +1,3 @@\n zero\n%[2]s\n%[3]s\n three\n", file, minus, plus)
}

// flagOf is the value of a flag of the test binary.
func flagOf(args []string, name string) string {
	for _, a := range args {
		if v, ok := strings.CutPrefix(a, "-"+name+"="); ok {
			return v
		}
	}
	return ""
}

// fakeSuite does what the script says that is named after the implementation,
// the test and the network: it writes its lines to the report, but for "hang",
// at which it starts a process and does not end, "sleep" and "say TEXT".
// It fails after that, if there is "exit".
func fakeSuite(dir string, args []string) int {
	if len(args) == 1 && args[0] == "hang" {
		time.Sleep(time.Minute)
		return 0
	}
	test := strings.Trim(flagOf(args, "test.run"), "^$")
	name := filepath.Base(flagOf(args, "weir.dir")) + "-" + test + "-" + flagOf(args, "weir.net")
	script, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	report, err := os.OpenFile(flagOf(args, "weir.report"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for line := range strings.Lines(string(script)) {
		switch what, rest, _ := strings.Cut(strings.TrimSpace(line), " "); what {
		case "hang":
			child := exec.Command(os.Args[0], "hang")
			if err := child.Start(); err != nil {
				fmt.Println(err)
				return 1
			}
			os.WriteFile(filepath.Join(dir, "pid"), []byte(fmt.Sprint(child.Process.Pid)), 0o666)
			child.Wait()
		case "say":
			fmt.Println(rest)
		case "exit":
			return 1
		default:
			report.WriteString(line)
		}
	}
	return 0
}

// fakeGo notes its arguments, and writes the file that "test -c" is to make;
// if there is a file "fail", or "fail once", its text is what the compiler says,
// and a file "touch" names one that is changed meanwhile.
func fakeGo(dir string, args []string) int {
	if args[0] == "env" {
		fmt.Println(`{"GOVERSION": "go0", "GOGCCFLAGS": "` + fmt.Sprint(os.Getpid()) + `"}`)
		return 0
	}
	f, _ := os.OpenFile(filepath.Join(dir, "calls"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	fmt.Fprintln(f, strings.Join(args, " "))
	f.Close()
	if text, err := os.ReadFile(filepath.Join(dir, "fail")); err == nil {
		os.Stderr.Write(text)
		return 1
	}
	if text, err := os.ReadFile(filepath.Join(dir, "fail once")); err == nil && os.Remove(filepath.Join(dir, "fail once")) == nil {
		os.Stderr.Write(text)
		return 1
	}
	if path, err := os.ReadFile(filepath.Join(dir, "touch")); err == nil {
		os.WriteFile(string(path), []byte("changed"), 0o666)
	}
	for i, a := range args {
		if a == "-o" {
			os.WriteFile(args[i+1], []byte("binary"), 0o777)
		}
	}
	return 0
}

// note is a line of a report.
func note(t *testing.T, n properties.Note) string {
	t.Helper()
	b, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// heldTally is that of a suite in which all that is judged was, and all that
// is looked for was seen, but for some laws.
func heldTally(protocolName string, but ...string) *properties.Tally {
	t := &properties.Tally{Cases: 1200, Steps: 250_000, Points: 90_000, Messages: 3400, Fired: 70, Repeated: 20,
		Judged: map[string]int{}, Seen: map[string]bool{}}
	for _, slug := range append(properties.Judges(protocolName), "gateway/linearizable") {
		t.Judged[slug] = 1200
	}
	for _, slug := range properties.Witnesses(protocolName) {
		t.Seen[slug] = true
	}
	for _, slug := range but {
		delete(t.Judged, slug)
		delete(t.Seen, slug)
	}
	return t
}

// failureOf is a violated law.
func failureOf(law string, found int) *properties.Failure {
	return &properties.Failure{Law: law, Network: properties.Simulated, Observed: "two, want one", Allowed: "one", World: "limit=1",
		Story: []string{"0s  attach"}, By: "pos", Found: found, Repeats: true, File: "/cases/" + strings.ReplaceAll(law, "/", "-") + ".case"}
}

// contains fails the test if a text lacks something.
func contains(t *testing.T, what, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%s", what, want, text)
		}
	}
}

// quiet is a progress that nobody reads.
func quiet() *progress { return newProgress(&bytes.Buffer{}) }
