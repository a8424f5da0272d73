package cmdline

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// docs/checker.md names every field of the report for machines.
func TestPageNamesFields(t *testing.T) {
	text, err := os.ReadFile("../../docs/checker.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range unnamed(string(text), record{}, lawRecord{}, actionRecord{}, storyRecord{}) {
		t.Errorf("docs/checker.md does not name field %s of --result", missing)
	}
	if got := unnamed("`law`, `kind`, `verdict` and `steps`", lawRecord{}); len(got) != 1 || got[0] != "reason" {
		t.Errorf("got %q, want that reason is missed", got)
	}
}

// unnamed returns the fields of records that a page does not name.
func unnamed(page string, records ...any) (missing []string) {
	for _, r := range records {
		for i := range reflect.TypeOf(r).NumField() {
			if tag := reflect.TypeOf(r).Field(i).Tag.Get("json"); !strings.Contains(page, "`"+tag+"`") {
				missing = append(missing, tag)
			}
		}
	}
	return missing
}
