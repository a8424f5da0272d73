package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weir-dev/weir/faults/schedule/explore"
)

// failedTests are the tests of which go test says that they failed.
func failedTests(output string) (names []string) {
	for line := range strings.Lines(output) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); ok {
			name, _, _ := strings.Cut(rest, " (")
			names = append(names, name)
		}
	}
	return names
}

// crashLine is the line in which a process says what it ends of, or empty.
func crashLine(output string) string {
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func crashReport(f explore.File, output string) string {
	_, after, _ := strings.Cut(output, f.Message)
	return fmt.Sprintf("explore: crash after %d choices\nobserved  %s\n%s", len(f.Failure.Choices), f.Message, head(after, compilerLines))
}

// outputOf is what go test printed of a test that failed: with -v what comes
// between its beginning and its end, else what follows its end.
func outputOf(test, output string) string {
	lines := strings.Split(output, "\n")
	end := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "--- FAIL: "+test+" ") })
	if end < 0 {
		return output
	}
	if begin := slices.Index(lines, "=== RUN   "+test); begin >= 0 && begin < end {
		return strings.Join(lines[begin:end+1], "\n")
	}
	last := end + 1
	for last < len(lines) && strings.HasPrefix(lines[last], " ") && !strings.HasPrefix(strings.TrimSpace(lines[last]), "--- ") {
		last++
	}
	return strings.Join(lines[end:last], "\n")
}

// raceReport is the first report of the race detector in an output.
func raceReport(output string) string {
	_, after, found := strings.Cut(output, "WARNING: DATA RACE")
	if !found {
		return ""
	}
	text, _, _ := strings.Cut(after, "==================")
	var lines []string
	all := strings.Split(strings.TrimSpace(text), "\n")
	for i := 0; i < len(all); i++ {
		if strings.Contains(all[i], modulePath+"/faults/schedule") {
			i++ // a call of the scheduler's, and its place
			continue
		}
		lines = append(lines, all[i])
	}
	return "race      " + strings.Join(lines, "\n          ") + "\n"
}
