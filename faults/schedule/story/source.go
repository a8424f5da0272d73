package story

import (
	"os"
	"regexp"
	"strings"
)

// sources reads lines of the code under test, for display: where a file can't
// be read, as with -trimpath, there are none.
type sources struct{ files map[string][]string }

// line is the text of a line without its indentation, empty if it can't be
// read.
func (s *sources) line(c Call) string {
	if c.File == "" {
		return ""
	}
	lines, ok := s.files[c.File]
	if !ok {
		if s.files == nil {
			s.files = map[string][]string{}
		}
		if text, err := os.ReadFile(c.File); err == nil {
			lines = strings.Split(string(text), "\n")
		}
		s.files[c.File] = lines
	}
	if c.Line < 1 || c.Line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[c.Line-1])
}

// called are the ways in which a line of code names the one object that it
// uses.
var called = regexp.MustCompile(`(?:` +
	`\b([\w.]+)\.(?:Lock|RLock|TryLock|TryRLock|Unlock|RUnlock|Wait|Signal|Broadcast|Add|Done|Go|Do|Get|Put|Load|Store|Swap|CompareAndSwap|Delete|LoadOrStore|LoadAndDelete|Range|Send)\(` +
	`|\bclose\(([\w.]+)\)|\bClose\(([\w.]+)\)|\bRecv2?\(([\w.]+)\)|\bTo\(([\w.]+)\)|\bRange(?:Only)?\(([\w.]+)\)` +
	`|<-\s*([\w.]+)|([\w.]+)\s*<-|\brange ([\w.]+))`)

// name is what the line calls the object that it uses, empty if that isn't
// plain.
func (s *sources) name(c Call) string {
	line, _, _ := strings.Cut(s.line(c), "//")
	one := ""
	for _, found := range called.FindAllStringSubmatch(line, -1) {
		for _, name := range found[1:] {
			switch {
			case name == "" || name == "schedule" || name == one:
			case one != "":
				return ""
			default:
				one = name
			}
		}
	}
	return one
}
