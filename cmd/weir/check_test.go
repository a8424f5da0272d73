package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model/cmdline"
)

func TestParseCheck(t *testing.T) {
	flags, err := parseCheck([]string{"--exact", "remote/ci", "--law", "remote/order", "--max-bytes", "1GiB", "--variant=R05"})
	if err != nil || flags.spec != "remote/ci" || !flags.Exact || flags.Law != "remote/order" || flags.MaxBytes != 1<<30 || flags.variant != "R05" {
		t.Errorf("got %+v, %v", flags, err)
	}
	if got := strings.Join(flags.given, " "); got != "--exact --law remote/order --max-bytes 1GiB --variant=R05" {
		t.Errorf("got flags %q without the spec", got)
	}
	for args, want := range map[string]string{
		"":                        "which spec? One of remote, gateway, or a function",
		"remote gateway":          `argument "gateway" is one too many after "remote"`,
		"remote --fast":           "not defined: -fast",
		"./lock.Spec --variant X": "--variant is for the built-in specs",
		"remote --workers=-1":     "--workers is -1",
		"remote --dot no/such/x":  "no/such is no directory",
	} {
		var wrong usageError
		if _, err := parseCheck(strings.Fields(args)); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want a mistake of use that says %q", args, err, want)
		}
	}
}

func TestChooseSpecs(t *testing.T) {
	built := func(protocol, size string, deep bool) builtIn {
		var with func(string) builtIn
		with = func(variant string) builtIn {
			return builtIn{protocol: protocol, size: size, variant: variant, deep: deep, with: with}
		}
		return with("")
	}
	all := []builtIn{built("remote", "ci", false), built("remote", "ci-b", false), built("remote", "deep", true),
		{protocol: "remote", size: "small", variant: "R01", law: "remote/order", steps: 3}, {protocol: "remote", size: "tiny", variant: "R01", law: "remote/link"},
		built("gateway", "ci", false)}
	for _, c := range []struct{ name, variant, law, want string }{
		{"remote", "", "", "remote/ci remote/ci-b"},
		{"remote/deep", "", "", "remote/deep"},
		{"remote/ci", "R01", "", "remote/ciR01"},
		{"remote", "R01", "", "remote/smallR01 remote/tinyR01"},
		{"remote/tiny", "R01", "", "remote/tinyR01"},
		{"remote", "R01", "remote/link", "remote/tinyR01"},
		{"remote", "R01", "remote/window", "remote/smallR01 remote/tinyR01"},
		{"gateway", "", "", "gateway/ci"},
		{"remote/none", "", "", `size "none" of the remote is unknown, want one of ci, ci-b, deep`},
		{"remote/", "", "", `size "" of the remote is unknown, want one of ci, ci-b, deep`},
		{"remote", "R99", "", `bug "R99" of the remote is unknown, want one of R01`},
		{"limiter", "", "", `spec "limiter" is unknown, want one of remote, gateway, or a function, as in ./lock.Spec`},
	} {
		chosen, err := chooseSpecs(all, c.name, c.variant)
		var got []string
		for _, b := range aboutLaw(chosen, c.law) {
			got = append(got, b.name()+b.variant)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s with %q: got %q, want %q", c.name, c.variant, got, c.want)
		}
	}
}

func TestCheckAll(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	codes := func(codes ...int) (out []builtIn) {
		for _, c := range codes {
			out = append(out, builtIn{protocol: "p", size: "s", run: func(context.Context, cmdline.Options, io.Writer, io.Writer) int {
				if c < 0 {
					cancel()
					return exitHeld
				}
				return c
			}})
		}
		return out
	}
	for _, c := range []struct {
		codes []int
		want  int
		says  string
	}{
		{[]int{exitHeld}, exitHeld, ""},
		{[]int{exitHeld, exitHeld}, exitHeld, "2 specs: 2 held; exit 0\n"},
		{[]int{exitHeld, exitUndecided, exitHeld}, exitUndecided, "3 specs: 2 held; exit 3\n"},
		{[]int{exitUndecided, exitUsage, exitBroken, exitViolated, exitHeld}, exitViolated, "exit 1\n"},
		{[]int{exitUndecided, exitBroken, exitUsage}, exitBroken, "exit 4\n"},
		{[]int{-1, exitHeld, exitHeld}, exitUndecided, "not checked: p/s and 1 more\n"},
	} {
		var out bytes.Buffer
		if got := checkAll(ctx, codes(c.codes...), cmdline.Options{}, &out, io.Discard); got != c.want || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: got %d and %q, want %d and %q", c.codes, got, out.String(), c.want, c.says)
		}
	}
}

// The exit codes of the command are those of what it runs.
func TestExitCodesAgree(t *testing.T) {
	got := [...]int{exitHeld, exitViolated, exitUsage, exitUndecided, exitBroken}
	if want := [...]int{cmdline.Held, cmdline.Violated, cmdline.Usage, cmdline.Undecided, cmdline.Broken}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCheckBuiltIn(t *testing.T) {
	dir := t.TempDir()
	diagram := filepath.Join(dir, "s.mmd")
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"check", "gateway/ci", "--variant", "G01", "--law", "gateway/count", "--mermaid", diagram}, &out, &errs)
	if code != exitViolated {
		t.Errorf("got exit %d and %q, want %d", code, errs.String(), exitViolated)
	}
	contains(t, "report", out.String(), "gateway/count  always      violated   after 4 steps\n", "   4  reassign(r1, h1, h2)\n", "exit 1\n")
	text, err := os.ReadFile(diagram)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "diagram", string(text), "participant p0 as caller\n", "p0->>p1: enqueue(r1)\n", "Note over p1: reassign(r1, h1, h2)\n")

	out.Reset()
	if code := run(t.Context(), []string{"check", "--list"}, &out, &errs); code != exitHeld {
		t.Errorf("--list: got exit %d", code)
	}
	contains(t, "list", out.String(), "remote     remote/ci ", "  deep     gateway/deep", "  with G01 gateway/count (4 steps), gateway/no-lockup (5 steps)")
	errs.Reset()
	if code := run(t.Context(), []string{"check", "gateway", "--dot", filepath.Join(dir, "g")}, &out, &errs); code != exitUsage {
		t.Errorf("one file for several specs: got exit %d", code)
	}
	contains(t, "error", errs.String(), "takes one: name a size, as in gateway/ci, or a law")
}

// The help names every flag of check.
func TestHelpNamesFlags(t *testing.T) {
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	new(cmdline.Options).Define(f)
	f.VisitAll(func(f *flag.Flag) {
		if !strings.Contains(usage, "\n    --"+f.Name+" ") {
			t.Errorf("the help does not name --%s", f.Name)
		}
	})
}
